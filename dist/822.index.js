"use strict";
exports.id = 822;
exports.ids = [822];
exports.modules = {

/***/ 1633:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HR: () => (/* binding */ Failure),
/* harmony export */   Ic: () => (/* binding */ describeFailure),
/* harmony export */   cZ: () => (/* binding */ causesOf),
/* harmony export */   vp: () => (/* binding */ showValue)
/* harmony export */ });
/* unused harmony export failureKinds */
/**
 * The kinds of failure. Each is the anchor of a section in `docs/troubleshooting.md`. People link to them, so a published
 * name stays.
 */
const failureKinds = (/* unused pure expression or super */ null && ([
    'invalid-input',
    'bad-credentials',
    'github-token-not-allowed',
    'missing-permission',
    'sso-required',
    'ip-not-allowed',
    'not-found',
    'rate-limited',
    'server-error',
    'network',
    'tls',
    'proxy',
    'invalid-response',
    'not-a-runner',
    'registration-mismatch',
    'runner-busy',
    'runner-online',
    'runner-runs-this-job',
    'service-needs-root',
    'service-needs-administrator',
    'github-hosted-runner',
    'container-job',
    'removal-failed',
    'still-registered',
    'unexpected-error',
]));
/** A failure with an explanation for the person who reads the log. */
class Failure extends Error {
    name = 'Failure';
    kind;
    explanation;
    constructor(kind, explanation, options) {
        const { happened, cause, likelyCause, remedy } = explanation;
        super(`${happened} ${cause ?? `Likely cause: ${likelyCause}`} ${remedy}`, options);
        this.kind = kind;
        this.explanation = explanation;
    }
    /** Any other error is a bug in this action. */
    static from(error) {
        if (error instanceof Failure) {
            return error;
        }
        const message = error instanceof Error ? error.message : String(error);
        return new Failure('unexpected-error', {
            happened: `An unexpected error occurred: ${message.replace(/\.$/, '')}.`,
            likelyCause: 'A bug in this action, or an environment that it was not tested on.',
            remedy: "Re-run the job with debug logging enabled and report the log in this action's repository.",
        }, { cause: error });
    }
}
/** An error, its cause, the cause of that, and so on. Of an `AggregateError`, the last error counts. */
function causesOf(error) {
    if (typeof error !== 'object' || error === null) {
        return [];
    }
    const { errors, cause } = error;
    return [error, ...causesOf(errors?.at(-1) ?? cause)];
}
/** The message of a failure, one line for each part. */
function describeFailure(failure, environment) {
    const { happened, cause, likelyCause, remedy, requestId } = failure.explanation;
    return [
        happened,
        cause === undefined ? `Likely cause: ${likelyCause}` : `Cause: ${cause}`,
        `What to do: ${remedy}`,
        ...(requestId === undefined ? [] : [`GitHub request ID: ${requestId}`]),
        `More: ${troubleshootingSection(failure.kind, environment)}`,
    ]
        .map((line) => line.replaceAll(/\s+/g, ' '))
        .join('\n');
}
/**
 * Where to read about a kind of failure, for the running version of the action.
 *
 * The runner leaves the variables empty for `uses: ./`. Only github.com gets a link: on other servers an action may come
 * from github.com too (GitHub Connect), and the environment does not say which.
 */
function troubleshootingSection(kind, environment) {
    const { GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref, GITHUB_SERVER_URL: server, } = environment;
    if (!repository) {
        return `section "${kind}" of docs/troubleshooting.md in this action's repository`;
    }
    return server === 'https://github.com'
        ? `${server}/${repository}/blob/${encodeURI(ref || 'HEAD').replaceAll('#', '%23')}/docs/troubleshooting.md#${kind}`
        : `section "${kind}" of docs/troubleshooting.md in ${repository}`;
}
/** A value from elsewhere, quoted for a message. A long one is left out entirely: redaction cannot recognize part of a secret. */
function showValue(value) {
    return value.length > 200 ? `(${value.length} characters)` : JSON.stringify(value);
}


/***/ }),

/***/ 2291:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fh: () => (/* binding */ isJson),
/* harmony export */   Xg: () => (/* binding */ describeResponse),
/* harmony export */   bD: () => (/* binding */ messageOf),
/* harmony export */   hD: () => (/* binding */ quote),
/* harmony export */   wx: () => (/* binding */ header),
/* harmony export */   z2: () => (/* binding */ requestId)
/* harmony export */ });
function header({ headers }, name) {
    return headers[name]?.toString();
}
function requestId(response) {
    return header(response, 'x-github-request-id');
}
/** GitHub's error message, or an empty string. */
function messageOf({ data }) {
    return isObject(data) && 'message' in data && typeof data.message === 'string' ? data.message : '';
}
/** Every body of the REST API is a JSON object or array. */
function isJson({ data }) {
    return isObject(data) && !(data instanceof ArrayBuffer);
}
function describeResponse({ purpose }, response) {
    const message = messageOf(response);
    return `Could not ${purpose}: GitHub responded ${response.status}${message && `, ${quote(message)}`}.`;
}
/** A long text is left out entirely: redaction cannot recognize part of a secret. */
function quote(text) {
    return text.length > 500 ? `(${text.length} characters)` : `"${text}"`;
}
function isObject(data) {
    return typeof data === 'object' && data !== null;
}


/***/ }),

/***/ 4314:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   G: () => (/* binding */ explainInvalidResponse),
/* harmony export */   j: () => (/* binding */ explainResponse)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _registration_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9362);
/* harmony import */ var _api_response_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2291);
/* harmony import */ var _rate_limit_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7403);
/* harmony import */ var _retry_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8129);





/** Which token may manage the runners of a registration. */
const requiredToken = {
    repository: 'Use a fine-grained token or a GitHub App with the repository permission "Administration: write", or a classic token of a repository admin with the scope "repo".',
    organization: 'Use a fine-grained token or a GitHub App with the organization permission "Self-hosted runners: write", or a classic token of an organization owner with the scope "admin:org".',
    enterprise: 'Use a classic token of an enterprise owner with the scope "manage_runners:enterprise".',
};
/** Explains a response with an unexpected status, or without JSON. */
function explainResponse(request, response, tokenKind, server) {
    const { status } = response;
    if ((0,_rate_limit_js__WEBPACK_IMPORTED_MODULE_1__/* .isRateLimited */ .Jz)(response)) {
        return (0,_rate_limit_js__WEBPACK_IMPORTED_MODULE_1__/* .explainRateLimit */ .Zw)(request, response);
    }
    if (status >= 500 || status === 408) {
        return explainServerError(request, response, server);
    }
    // Replaced or cut off on its way, unless it is a page that refuses the request.
    const isDamaged = request.expected.includes(status) || (status < 300 && status !== 204);
    if (!(0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .isJson */ .Fh)(response) && (isDamaged || isWebPage(response))) {
        const problem = isWebPage(response) ? 'is a web page instead of JSON' : 'is not JSON';
        const failure = explainInvalidResponse(request, response, problem, server);
        return new _retry_js__WEBPACK_IMPORTED_MODULE_2__/* .FailedAttempt */ .$(failure, isDamaged ? ((0,_rate_limit_js__WEBPACK_IMPORTED_MODULE_1__/* .retryAfter */ .P9)(response) ?? 'backoff') : 'never');
    }
    const refusal = refusalOf({ registration: request.registration, response, tokenKind, server });
    if (refusal === undefined) {
        const problem = `should have status ${request.expected.join(' or ')}`;
        return new _retry_js__WEBPACK_IMPORTED_MODULE_2__/* .FailedAttempt */ .$(explainInvalidResponse(request, response, problem, server), 'never');
    }
    const { kind, ...reason } = refusal;
    const happened = (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .describeResponse */ .Xg)(request, response);
    return new _retry_js__WEBPACK_IMPORTED_MODULE_2__/* .FailedAttempt */ .$(new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR(kind, { ...reason, happened, requestId: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .requestId */ .z2)(response) }), 'never');
}
/**
 * Explains a response that cannot come from GitHub's REST API.
 *
 * @param problem follows "the response (status 200)"
 */
function explainInvalidResponse(request, response, problem, server) {
    const isRoot = server !== undefined && /^https?:\/\/(?!api\.)[^/]+$/.test(server.apiUrl);
    return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('invalid-response', {
        happened: `Could not ${request.purpose}: the response (status ${response.status}) ${problem}.`,
        likelyCause: isRoot
            ? '"github-api-url" has no path. The REST API of a GitHub Enterprise Server is at /api/v3.'
            : 'A proxy or a sign-in page between this machine and GitHub responded instead.',
        remedy: isRoot
            ? `Set "github-api-url" to ${server.apiUrl}/api/v3, and check the proxy settings of this machine.`
            : 'Check the input "github-api-url" and the proxy settings of this machine.',
        requestId: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .requestId */ .z2)(response),
    });
}
function explainServerError(request, response, server) {
    const wait = (0,_rate_limit_js__WEBPACK_IMPORTED_MODULE_1__/* .retryAfter */ .P9)(response);
    const time = wait === undefined ? 'later' : (0,_rate_limit_js__WEBPACK_IMPORTED_MODULE_1__/* .describeWait */ .Ng)(wait, response);
    const failure = new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('server-error', {
        happened: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .describeResponse */ .Xg)(request, response),
        likelyCause: 'A problem at GitHub, or at a proxy in front of it.',
        remedy: `Re-run the job ${time}. ${server.webUrl === 'https://github.com'
            ? 'Check https://www.githubstatus.com.'
            : `If the problem persists, contact the administrator of ${server.webUrl}.`}`,
        requestId: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .requestId */ .z2)(response),
    });
    return new _retry_js__WEBPACK_IMPORTED_MODULE_2__/* .FailedAttempt */ .$(failure, wait ?? 'backoff');
}
function isWebPage(response) {
    return /^text\/html\b/i.test((0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .header */ .wx)(response, 'content-type') ?? '');
}
/** Why GitHub refused a request; `undefined` if the response does not say. */
function refusalOf(refused) {
    const { response, server } = refused;
    if (/^required\b/i.test((0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .header */ .wx)(response, 'x-github-sso') ?? '')) {
        return singleSignOn(refused);
    }
    switch (response.status) {
        case 401:
            return {
                kind: 'bad-credentials',
                likelyCause: `The token is expired, revoked or incomplete, or it was not created on ${server.webUrl}.`,
                remedy: 'Create a new token and update the secret. Check that "github-api-url" is the server that the token was created on.',
            };
        case 403:
            return policy(refused) ?? insufficientToken(refused) ?? forbidden(refused);
        case 404:
            return insufficientToken(refused) ?? notFound(refused);
        default:
            return (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .messageOf */ .bD)(response) === ''
                ? undefined
                : {
                    kind: 'invalid-response',
                    cause: "GitHub's message gives the reason. This version of the action does not know it.",
                    remedy: "Follow GitHub's message. If it does not help, check for a newer version of this action.",
                };
    }
}
function singleSignOn({ registration, response }) {
    const [, url] = /url=(https:\/\/[^\s;]{1,500})/i.exec(String((0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .header */ .wx)(response, 'x-github-sso'))) ?? [];
    return {
        kind: 'sso-required',
        cause: `The owner of ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_4__/* .describeRegistration */ .B4)(registration)} requires SAML single sign-on, and the token is not authorized for it.`,
        remedy: url === undefined
            ? 'Authorize the token in Settings > Developer settings > Personal access tokens > Configure SSO.'
            : `Open ${url} as the owner of the token and authorize it.`,
    };
}
/** A refusal that no other token would change. */
function policy({ registration, response }) {
    const message = (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .messageOf */ .bD)(response);
    if (/ip allow list/i.test(message)) {
        return {
            kind: 'ip-not-allowed',
            cause: `The owner of ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_4__/* .describeRegistration */ .B4)(registration)} has an IP allow list that does not contain the address of this machine or its proxy.`,
            remedy: 'Add the address to the IP allow list of the organization or enterprise, or run the step on a machine with an allowed address.',
        };
    }
    return /\barchived\b/i.test(message)
        ? {
            kind: 'missing-permission',
            cause: 'The repository is archived and cannot be changed.',
            remedy: 'Unarchive the repository while you remove its runners.',
        }
        : undefined;
}
/** A token that certainly lacks the permission. GitHub responds 403 or 404 to it. */
function insufficientToken({ registration, response, tokenKind }) {
    const kind = 'missing-permission';
    const remedy = requiredToken[registration.kind];
    if (registration.kind === 'enterprise' && (tokenKind === 'app' || tokenKind === 'fine-grained')) {
        const what = tokenKind === 'app' ? 'comes from a GitHub App or is GITHUB_TOKEN' : 'is a fine-grained token';
        const cause = `GitHub accepts only classic tokens for the runners of an enterprise. This token ${what}.`;
        return { kind, cause, remedy };
    }
    const scopes = scopesOf(response);
    if (scopes === undefined || scopes.accepted.some((scope) => scopes.held.includes(scope))) {
        return undefined;
    }
    const held = scopes.held.length === 0 ? 'no scopes' : `the scopes ${(0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .quote */ .hD)(scopes.held.join(', '))}`;
    const cause = `The token has ${held}. GitHub requires one of ${(0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .quote */ .hD)(scopes.accepted.join(', '))}.`;
    return { kind, cause, remedy };
}
function forbidden({ registration, response, tokenKind }) {
    const what = (0,_registration_js__WEBPACK_IMPORTED_MODULE_4__/* .describeRegistration */ .B4)(registration);
    const remedy = requiredToken[registration.kind];
    const accepted = (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .header */ .wx)(response, 'x-accepted-github-permissions');
    const permission = `the required permission${accepted === undefined ? '' : ` (${(0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .quote */ .hD)(accepted)})`}`;
    switch (tokenKind) {
        case 'app':
            return {
                kind: 'github-token-not-allowed',
                likelyCause: `The token is GITHUB_TOKEN, which cannot manage runners, or comes from a GitHub App without ${permission} for ${what}.`,
                remedy: `${remedy} If the permissions of a GitHub App change, the owner of each installation must accept them.`,
            };
        case 'fine-grained':
            return {
                kind: 'missing-permission',
                likelyCause: `The fine-grained token does not have ${permission} for ${what}, or an owner has not approved the token yet.`,
                remedy,
            };
        default:
            return {
                kind: 'missing-permission',
                likelyCause: scopesOf(response) === undefined
                    ? `The token does not have ${permission}, or its owner is not an admin of ${what}.`
                    : `The token has a required scope, but its owner is not an admin of ${what}.`,
                remedy,
            };
    }
}
/** GitHub responds 404 if something does not exist, and if the token cannot see it. */
function notFound(refused) {
    const { registration, server } = refused;
    const slug = registration.kind === 'enterprise'
        ? ' Use the slug of the enterprise, as in its URL (/enterprises/SLUG). Some servers have no enterprise accounts.'
        : '';
    return {
        kind: 'not-found',
        likelyCause: `${whyInvisible(refused)}, or the ${registration.kind} does not exist on ${server.webUrl}.`,
        remedy: `Check the spelling in the inputs.${slug} ${requiredToken[registration.kind]}`,
    };
}
function whyInvisible({ registration, response, tokenKind }) {
    const what = (0,_registration_js__WEBPACK_IMPORTED_MODULE_4__/* .describeRegistration */ .B4)(registration);
    switch (tokenKind) {
        case 'app':
            return `The GitHub App is not installed for ${what} (GITHUB_TOKEN can access its own repository only, and cannot manage runners)`;
        case 'fine-grained':
            return `The fine-grained token has no access to ${what} (see its resource owner and repositories)`;
        default:
            return scopesOf(response) === undefined
                ? `The token has no admin rights for ${what}`
                : `The token has a required scope, but its owner is not an admin of ${what}`;
    }
}
/** The scopes of a classic token, and those that GitHub accepts; `undefined` if GitHub does not say. */
function scopesOf(response) {
    const [held, accepted] = ['x-oauth-scopes', 'x-accepted-oauth-scopes'].map((name) => (0,_api_response_js__WEBPACK_IMPORTED_MODULE_3__/* .header */ .wx)(response, name)
        ?.split(',')
        .map((scope) => scope.trim())
        .filter((scope) => scope !== ''));
    if (held === undefined || accepted === undefined || accepted.length === 0) {
        return undefined;
    }
    // GitHub does not list the scopes that another one includes.
    const included = held.includes('admin:enterprise') ? ['manage_runners:enterprise'] : [];
    return { held: [...held, ...included], accepted };
}


/***/ }),

/***/ 7403:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jz: () => (/* binding */ isRateLimited),
/* harmony export */   Ng: () => (/* binding */ describeWait),
/* harmony export */   P9: () => (/* binding */ retryAfter),
/* harmony export */   Zw: () => (/* binding */ explainRateLimit),
/* harmony export */   nI: () => (/* binding */ serverTime)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _api_response_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2291);
/* harmony import */ var _retry_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8129);



/** GitHub's advice for a secondary rate limit without a time, in milliseconds. */
const waitAfterSecondaryLimit = 60_000;
const day = 24 * 60 * 60 * 1000;
/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimited(response) {
    return (response.status === 429 ||
        (response.status === 403 &&
            ((0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .header */ .wx)(response, 'retry-after') !== undefined ||
                isUsedUp(response) ||
                /rate limit/i.test((0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .messageOf */ .bD)(response)))));
}
function explainRateLimit(request, response) {
    const isSecondary = /secondary rate limit|abuse/i.test((0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .messageOf */ .bD)(response));
    const wait = retryAfter(response) ?? (isSecondary ? waitAfterSecondaryLimit : undefined);
    const failure = new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('rate-limited', {
        happened: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .describeResponse */ .Xg)(request, response),
        cause: isUsedUp(response)
            ? 'The hourly limit of requests for this token, or for all tokens of its owner, is used up.'
            : "Too many requests in a short time from this token or its owner's other tokens. The limit for requests that create something is lower.",
        remedy: `Re-run the job ${wait === undefined ? 'in a few minutes' : describeWait(wait, response)}. If this happens often, spread the jobs out, use a separate token for this action, or remove several runners in one step: they share one remove token.`,
        requestId: (0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .requestId */ .z2)(response),
    });
    return new _retry_js__WEBPACK_IMPORTED_MODULE_1__/* .FailedAttempt */ .$(failure, wait ?? 'backoff');
}
/** How long the server asks to wait, in milliseconds. */
function retryAfter(response) {
    const value = (0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .header */ .wx)(response, 'retry-after');
    if (value !== undefined) {
        const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - serverTime(response);
        return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
    }
    const reset = (0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .header */ .wx)(response, 'x-ratelimit-reset');
    return isUsedUp(response) && /^\d+$/.test(String(reset))
        ? Math.max(Number(reset) * 1000 - serverTime(response), 0)
        : undefined;
}
/** For example `after 2026-11-21T10:00:00Z (in 12 minutes)`. */
function describeWait(wait, response) {
    if (wait > day) {
        return 'in more than a day';
    }
    const time = new Date(serverTime(response) + wait).toISOString().replace(/\.\d+/, '');
    const duration = wait < 120_000 ? `${Math.ceil(wait / 1000)} seconds` : `${Math.ceil(wait / 60_000)} minutes`;
    return `after ${time} (in ${duration})`;
}
/** The server's time in milliseconds. This machine's clock may be wrong. */
function serverTime(response) {
    const date = Date.parse((0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .header */ .wx)(response, 'date') ?? '');
    return Number.isNaN(date) ? Date.now() : date;
}
function isUsedUp(response) {
    return (0,_api_response_js__WEBPACK_IMPORTED_MODULE_2__/* .header */ .wx)(response, 'x-ratelimit-remaining') === '0';
}


/***/ }),

/***/ 8129:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ FailedAttempt),
/* harmony export */   L: () => (/* binding */ withRetries)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);

class FailedAttempt {
    failure;
    /** A number is what the server asks to wait, in milliseconds. */
    retry;
    constructor(failure, retry) {
        this.failure = failure;
        this.retry = retry;
    }
}
/** The longest wait before the first retry, in milliseconds. It doubles with each retry. */
const firstWait = 1_000;
/** A server that asks for more time gets no retry: the message says when to re-run the job. */
const maximumWait = 90_000;
/** No attempt starts later than this after the first, in milliseconds: the examples limit the step to five minutes. */
const maximumElapsed = 150_000;
/**
 * Repeats an attempt after a transient error. Every request of this action can be repeated: reading, deleting, and
 * creating a remove token, which changes nothing.
 *
 * Octokit's plugins do not fit. `plugin-retry` (8.1) ignores `Retry-After`, has no jitter and retries certificate errors.
 * `plugin-throttling` (11.0) recognizes secondary rate limits by their wording only and delays requests that need no
 * delay. Neither gives up on a long wait.
 *
 * @throws Failure of the last attempt
 */
async function withRetries(attempt, { retries, log, clock, signal, mayRetry }) {
    const start = clock.now();
    for (let attempts = 1;; attempts += 1) {
        const result = await attempt();
        if (!(result instanceof FailedAttempt)) {
            return result;
        }
        const { failure, retry } = result;
        if (retry === 'never' || attempts > retries) {
            throw afterAttempts(failure, attempts);
        }
        const wait = waitBefore(retry, attempts);
        if (wait > maximumWait || clock.now() + wait > start + maximumElapsed) {
            throw afterAttempts(failure, attempts);
        }
        log.info(`${failure.explanation.happened} Retry ${attempts} of ${retries} in ${(wait / 1000).toFixed(1)} seconds.`);
        await clock.sleep(wait, signal);
        if ((await mayRetry?.()) === false) {
            throw afterAttempts(failure, attempts);
        }
    }
}
/** Jitter keeps jobs that failed together from retrying together. It never shortens the wait that a server asks for. */
function waitBefore(retry, attempts) {
    const jitter = Math.random();
    return retry === 'backoff'
        ? firstWait * 2 ** (attempts - 1) * (0.5 + jitter / 2)
        : retry * (1 + jitter / 10);
}
function afterAttempts(failure, attempts) {
    if (attempts === 1) {
        return failure;
    }
    const happened = `${failure.explanation.happened} Gave up after ${attempts} attempts.`;
    return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR(failure.kind, { ...failure.explanation, happened }, { cause: failure.cause });
}


/***/ }),

/***/ 648:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  P: () => (/* binding */ isPattern),
  K: () => (/* binding */ readInputs)
});

;// CONCATENATED MODULE: ./src/admin-token.ts
const prefixes = [
    // GITHUB_TOKEN is an app's token too.
    ['ghs_', 'app'],
    ['github_pat_', 'fine-grained'],
    ['ghp_', 'classic'],
];
/** @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
function adminTokenKind(value) {
    return prefixes.find(([prefix]) => value.startsWith(prefix))?.[1] ?? 'unknown';
}

// EXTERNAL MODULE: ./src/failure.ts
var failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./src/registration.ts
var registration = __webpack_require__(9362);
;// CONCATENATED MODULE: ./src/inputs.ts



const maximumRetries = 10;
/** A day. */
const maximumMinutes = 1_440;
const appTokenMinutes = 60;
const maximumSelectorLength = 256;
/**
 * Reads and validates every input.
 *
 * @param environment the environment of the step
 * @param secrets protects the admin token before anything else happens
 * @throws Failure `invalid-input`
 */
function readInputs(getInput, environment, secrets) {
    const adminToken = parseToken(secrets.protect(getInput('token')));
    const currentRepository = (0,registration/* parseRepository */.SU)(environment['GITHUB_REPOSITORY'] ?? '');
    const apiUrl = getInput('github-api-url') || environment['GITHUB_API_URL'] || 'https://api.github.com';
    const removal = parseRemoval(getInput);
    return {
        adminToken,
        server: parseApiUrl(apiUrl),
        registration: parseRegistration(getInput, currentRepository),
        currentRepository,
        removal,
        retries: parseInteger(getInput, 'retries', maximumRetries) ?? 3,
        warnings: [
            ...inputsWithoutEffect(getInput, removal),
            ...labelWarnings(removal),
            ...tokenWarnings(adminToken, removal),
        ],
    };
}
function parseToken(value) {
    if (value === '') {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: 'The input "token" is empty. Nothing was requested or changed.',
            likelyCause: 'The secret does not exist, or this event cannot read it (for example a pull request from a fork).',
            remedy: 'Set "token" to a secret that this workflow can read and that contains a token with admin rights.',
        });
    }
    if (!/^[\x21-\x7e]+$/.test(value)) {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: 'The input "token" is invalid. Nothing was requested or changed.',
            cause: 'The value contains white space, a line break or another character that tokens do not contain.',
            remedy: 'Store the token in the secret again, exactly as GitHub showed it, on one line.',
        });
    }
    return { value, kind: adminTokenKind(value) };
}
function parseApiUrl(value) {
    try {
        return (0,registration/* parseServer */.ld)(value);
    }
    catch (error) {
        throw invalidInput('github-api-url', 
        // The part before an @ can contain a password.
        value.replace(/^(https?:\/\/)?.*@/is, '$1***@'), `The value ${error.message}.`, 'Use the root of the REST API: https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3. Plain http is accepted on loopback only.');
    }
}
function parseRegistration(getInput, currentRepository) {
    const given = ['organization', 'enterprise', 'owner', 'repo'].filter((input) => getInput(input) !== '');
    const [input, another] = given;
    if (input === undefined) {
        return undefined;
    }
    if (another !== undefined && input !== 'owner') {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: `The inputs "${input}" and "${another}" are mutually exclusive. Nothing was requested or changed.`,
            cause: 'Each of these inputs names a different registration.',
            remedy: 'Use only "organization" for runners of an organization, only "enterprise" for runners of an enterprise, or only "repo" (with or without "owner") for runners of a repository.',
        });
    }
    switch (input) {
        case 'organization':
            return { kind: 'organization', organization: parseName(input, getInput(input)) };
        case 'enterprise':
            return { kind: 'enterprise', enterprise: parseName(input, getInput(input)) };
        default:
            return parseRepositoryInputs(getInput('owner'), getInput('repo'), currentRepository);
    }
}
function parseRepositoryInputs(ownerInput, repoInput, currentRepository) {
    const owner = ownerInput === '' ? undefined : parseName('owner', ownerInput);
    if (repoInput === '') {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: `The input "owner" (${(0,failure/* showValue */.vp)(ownerInput)}) is set without "repo". Nothing was requested or changed.`,
            cause: 'An owner alone does not name a registration.',
            remedy: `Add "repo" for runners of a repository. For runners of an organization, use "organization: ${ownerInput}" instead of "owner".`,
        });
    }
    if (repoInput.includes('/')) {
        const repository = (0,registration/* parseRepository */.SU)(repoInput);
        if (repository === undefined) {
            throw invalidInput('repo', repoInput, 'The value is neither a repository name nor an owner and a name separated by a slash.', `Use NAME or OWNER/NAME. ${nameRule}`);
        }
        if (owner !== undefined && owner.toLowerCase() !== repository.owner.toLowerCase()) {
            throw invalidInput('owner', ownerInput, `The input "repo" names a different owner: "${repository.owner}".`, 'Remove "owner", or use the same owner in both inputs.');
        }
        return repository;
    }
    const repo = parseName('repo', (0,registration/* withoutGit */.nz)(repoInput), repoInput);
    const effectiveOwner = owner ?? currentRepository?.owner;
    if (effectiveOwner === undefined) {
        throw invalidInput('repo', repoInput, 'The owner is unknown: GITHUB_REPOSITORY is not set.', 'Use OWNER/NAME, or add the input "owner".');
    }
    return { kind: 'repository', owner: effectiveOwner, repo };
}
const nameRule = 'A name consists of up to 100 letters, digits, ".", "_" and "-", and cannot be "." or "..".';
function parseName(input, name, value = name) {
    if (!(0,registration/* isName */.Eo)(name)) {
        throw invalidInput(input, value, 'The value cannot be a name on GitHub.', `Correct the value. ${nameRule}`);
    }
    return name;
}
function parseRemoval(getInput) {
    const remove = parseWord(getInput, 'remove', ['false', 'true', 'after-job']);
    const directories = parseLines(getInput, 'runner-directory');
    const names = parseLines(getInput, 'runner-name').map((line) => parseSelector('runner-name', line));
    const labels = parseLines(getInput, 'runner-label').map((line) => parseSelector('runner-label', line));
    const selection = {
        names,
        labels,
        status: parseWord(getInput, 'runner-status', ['offline', 'any']),
        offlineMinutes: parseInteger(getInput, 'offline-minutes', maximumMinutes),
    };
    const settings = {
        waitMinutes: parseInteger(getInput, 'wait-minutes', maximumMinutes) ?? 0,
        dryRun: parseWord(getInput, 'dry-run', ['false', 'true']) === 'true',
    };
    const selector = ['runner-name', 'runner-label'].find((input) => getInput(input) !== '');
    switch (remove) {
        case 'false':
            return undefined;
        case 'after-job':
            refuseSelection(selector, 'remove: after-job', 'the runner that executes this job');
            return { kind: 'installed', when: 'after-job', directories, ...settings };
        case 'true':
            if (directories.length > 0) {
                refuseSelection(selector, 'runner-directory', 'runners that are installed on this machine');
            }
            return selector === undefined
                ? { kind: 'installed', when: 'now', directories: requireDirectory(directories), ...settings }
                : { kind: 'registered', ...selection, ...settings };
    }
}
function parseLines(getInput, input) {
    return getInput(input)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
}
/** GitHub's own rules for names and labels are narrower, and change. */
function parseSelector(input, line) {
    const what = input === 'runner-name' ? 'name or pattern' : 'label';
    // A list on one line would be taken as one name that GitHub does not know, and reported as already removed.
    if (line.length > maximumSelectorLength || /[\p{Cc},]/u.test(line)) {
        throw invalidInput(input, line, `A line is longer than ${maximumSelectorLength} characters, or contains a comma or a control character.`, `Use one ${what} per line.`);
    }
    if (line.startsWith('!')) {
        throw invalidInput(input, line, 'Lines that start with "!" exclude in "runner-directory" only.', `Use a ${what} that selects fewer runners.`);
    }
    return line;
}
/** Whether a line contains wildcards. In `runner-name`, these make it a pattern instead of a full name. */
function isPattern(line) {
    return /[*?]/.test(line);
}
/** @param words what the input accepts, in any case; the first is the default */
function parseWord(getInput, input, words) {
    const value = getInput(input) || words[0];
    const word = words.find((accepted) => accepted === value.toLowerCase());
    if (word === undefined) {
        const list = new Intl.ListFormat('en-GB', { type: 'disjunction' });
        const accepted = list.format(words.map((accepted) => `"${accepted}"`));
        throw invalidInput(input, value, 'The value is unsupported.', `Use ${accepted}.`);
    }
    return word;
}
function refuseSelection(selector, other, what) {
    if (selector !== undefined) {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: `The inputs "${selector}" and "${other}" are mutually exclusive. Nothing was requested or changed.`,
            cause: `"${other}" selects ${what}, and "${selector}" selects registered runners, wherever their machines are.`,
            remedy: `Remove "${selector}" or "${other}", or use two steps.`,
        });
    }
}
function requireDirectory(directories) {
    if (directories.every((line) => line.startsWith('!'))) {
        throw new failure/* Failure */.HR('invalid-input', {
            happened: 'The input "remove" is "true", but no runner is selected. Nothing was requested or changed.',
            cause: directories.length === 0
                ? 'The inputs "runner-directory", "runner-name" and "runner-label" are empty.'
                : 'Every line of "runner-directory" starts with "!" and so excludes directories.',
            remedy: 'To remove runners of this machine, set "runner-directory" to their installation directories (those that contain config.sh), one per line. Globs are allowed. To remove registered runners whose machine is gone, set "runner-name" or "runner-label". To remove the runner that executes this job, use "remove: after-job" instead.',
        });
    }
    return directories;
}
/** A teardown that silently does nothing is the worst outcome. */
function inputsWithoutEffect(getInput, removal) {
    const defaults = { 'runner-status': 'offline', 'wait-minutes': '0', 'dry-run': 'false' };
    const given = (...inputs) => inputs.filter((input) => !['', defaults[input]].includes(getInput(input).toLowerCase()));
    if (removal === undefined) {
        const inputs = ['runner-directory', 'runner-name', 'runner-label', 'offline-minutes'];
        return given(...inputs, ...Object.keys(defaults)).map((input) => `The input "${input}" has no effect: "remove" is "false", so this step only creates a remove token. To remove runners, set "remove" to "true" or "after-job".`);
    }
    if (removal.kind === 'installed') {
        const warnings = given('runner-status', 'offline-minutes').map((input) => `The input "${input}" has no effect: it applies to runners selected by "runner-name" or "runner-label", which are empty.`);
        return removal.waitMinutes === 0 || removal.directories.length > 0
            ? warnings
            : [
                ...warnings,
                'The input "wait-minutes" has no effect: it applies to "runner-directory", which is empty. The runner of this job is removed as soon as it is idle after the job, within 55 minutes.',
            ];
    }
    const { status, offlineMinutes = 0, waitMinutes, names } = removal;
    if (status === 'any') {
        return offlineMinutes === 0
            ? []
            : ['The input "offline-minutes" has no effect: with "runner-status: any", runners may be online.'];
    }
    return waitMinutes === 0 || names.some((line) => !isPattern(line))
        ? []
        : [
            'The input "wait-minutes" has no effect: runners that are busy or online are left alone if they only match a pattern or a label. To wait for a runner, add its full name to "runner-name", or set "runner-status" to "any".',
        ];
}
/** Otherwise, such a label selects no runner, and the step succeeds. */
function labelWarnings(removal) {
    const labels = removal?.kind === 'registered' ? removal.labels.filter(isPattern) : [];
    return labels.map((label) => `In "runner-label", "*" and "?" are not wildcards: ${(0,failure/* showValue */.vp)(label)} selects only runners with exactly this label. Use patterns in "runner-name".`);
}
function tokenWarnings({ kind }, removal) {
    const minutes = removal === undefined ? 0 : longestWait(removal);
    return kind === 'app' && minutes >= appTokenMinutes
        ? [
            `The step can wait for ${minutes} minutes ("wait-minutes" and "offline-minutes"), but the token of a GitHub App expires after ${appTokenMinutes} minutes. If the step waits longer, it fails.`,
        ]
        : [];
}
/** In minutes. */
function longestWait(removal) {
    if (removal.kind === 'installed') {
        return removal.directories.length === 0 ? 0 : removal.waitMinutes;
    }
    const { status, offlineMinutes = 0, waitMinutes } = removal;
    return waitMinutes + (status === 'any' ? 0 : offlineMinutes);
}
/** @returns `undefined` if the input is empty */
function parseInteger(getInput, input, maximum) {
    const value = getInput(input);
    if (value === '') {
        return undefined;
    }
    const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= maximum)) {
        throw invalidInput(input, value, `The value must be an integer from 0 to ${maximum}.`, `Correct the value, or remove "${input}" to use the default.`);
    }
    return number;
}
function invalidInput(input, value, cause, remedy) {
    return new failure/* Failure */.HR('invalid-input', {
        happened: `The input "${input}" is invalid: ${(0,failure/* showValue */.vp)(value)}. Nothing was requested or changed.`,
        cause,
        remedy,
    });
}


/***/ }),

/***/ 1822:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js
var lib_core = __webpack_require__(7484);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./src/clock.ts

const systemClock = {
    now: () => performance.now(),
    sleep: (milliseconds, signal) => (0,promises_.setTimeout)(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted()),
    later: (milliseconds, act) => void setTimeout(act, milliseconds).unref(),
};

// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./node_modules/@octokit/core/dist-src/index.js + 12 modules
var dist_src = __webpack_require__(4730);
// EXTERNAL MODULE: ./node_modules/@octokit/request-error/dist-src/index.js
var request_error_dist_src = __webpack_require__(1015);
// EXTERNAL MODULE: ./src/registration.ts
var src_registration = __webpack_require__(9362);
// EXTERNAL MODULE: ./src/github/api-response.ts
var api_response = __webpack_require__(2291);
// EXTERNAL MODULE: ./src/github/retry.ts
var github_retry = __webpack_require__(8129);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./src/github/transport.ts

/** Milliseconds that a request may take, with its redirects and its body. */
const requestTimeout = 30_000;
/** In bytes. Most responses have some hundreds of bytes; a page of 100 runners has about 100,000. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;
/** A response that is not from GitHub. */
class ForeignResponse extends Error {
}
/**
 * Creates a `fetch` for Octokit. The built-in one loads slowly and cannot use a proxy. Each request carries the admin
 * token, so all of them go to the origin of the API.
 *
 * @param deadline aborts all requests
 */
function createFetch(apiUrl, proxy, deadline) {
    const { origin } = new URL(apiUrl);
    let sender;
    return async (address, options) => {
        sender ??= createSender(origin, proxy, deadline);
        const send = await sender;
        const signal = AbortSignal.any([AbortSignal.timeout(requestTimeout), deadline]);
        try {
            let url = resolveUrl(address, origin);
            for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
                const response = await send(url, { ...options, signal });
                const { location } = response.headers;
                const status = Number(response.statusCode);
                if (status < 300 || status > 399 || location === undefined) {
                    return await read(response, status);
                }
                response.destroy();
                url = resolveUrl(location, url.href);
            }
            throw new ForeignResponse(`the request was redirected more than ${maximumRedirects} times`);
        }
        catch (error) {
            // The error of the aborted connection says less.
            signal.throwIfAborted();
            throw error;
        }
    };
}
/** Resolves the target of a redirect, or the next page of a list. */
function resolveUrl(address, base) {
    const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
    if (url?.origin !== new URL(base).origin) {
        throw new ForeignResponse(`the request was referred to ${url?.host || 'an invalid URL'}, but the token is sent to one host only`);
    }
    return url;
}
/** Sends single requests. Loads `node:https` only if it is needed. */
async function createSender(origin, proxy, deadline) {
    const { Agent, request } = origin.startsWith('https:')
        ? await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 23))
        : await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 7067, 23));
    const agent = new Agent({ keepAlive: true, proxyEnv: proxy ? { https_proxy: proxy.href } : {} });
    // Node.js (24.21) leaves the connection to a proxy open if the proxy refuses the tunnel, or if the request is aborted
    // before the tunnel is established. The process would not end.
    const createConnection = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) => {
        const connection = createConnection(options, (error, socket) => {
            if (error) {
                connection?.destroy();
            }
            callback?.(error, socket);
        });
        return connection && (0,external_node_stream_.addAbortSignal)(deadline, connection);
    };
    return (url, { body, ...options }) => new Promise((resolve, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason));
        // The timeout is that of a proxy's tunnel. The signal ends everything else.
        request(url, { ...options, agent, timeout: requestTimeout }, resolve)
            .on('error', reject)
            // A response that changes the protocol (101) causes no error.
            .on('close', () => reject(new Error('the connection was closed without a response')))
            .end(body);
    });
}
async function read(response, status) {
    const chunks = [];
    let size = 0;
    for await (const chunk of await decompress(response)) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maximumBodySize) {
            throw new ForeignResponse(`the response is longer than ${maximumBodySize} bytes`);
        }
    }
    const body = Buffer.concat(chunks);
    return {
        status,
        headers: new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
        text: async () => body.toString(),
        arrayBuffer: async () => new Uint8Array(body).buffer,
    };
}
/** Requests do not ask for compression, but a proxy may compress the response. */
async function decompress(response) {
    if (response.headers['content-encoding'] !== 'gzip') {
        return response;
    }
    const { createGunzip } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 8522, 23));
    // The reader of the decompressed stream gets the errors.
    return (0,external_node_stream_.pipeline)(response, createGunzip(), () => undefined);
}

;// CONCATENATED MODULE: ./src/github/explain-network-error.ts



/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode = /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const checkSettings = 'Check the input "github-api-url" and the proxy settings of this machine.';
/** Explains a request without a response, or with one that cannot be read. */
function explainNetworkError(error, request) {
    const causes = (0,src_failure/* causesOf */.cZ)(error);
    const failure = causes.find((cause) => cause instanceof src_failure/* Failure */.HR);
    if (failure !== undefined) {
        return new github_retry/* FailedAttempt */.$(failure, 'never');
    }
    const { kind, retry, ...reason } = reasonFor(causes.at(-1) ?? { message: error }, request);
    const happened = `Could not ${request.purpose}: ${reason.happened}.`;
    return new github_retry/* FailedAttempt */.$(new src_failure/* Failure */.HR(kind, { ...reason, happened }, { cause: error }), retry);
}
function reasonFor(error, { server, proxy }) {
    const { host, hostname } = new URL(server.apiUrl);
    // The code of a DOMException, such as a timeout, is a number.
    const code = String(typeof error.code === 'string' ? error.code : error.name);
    if (error instanceof ForeignResponse) {
        return {
            kind: 'invalid-response',
            retry: 'never',
            happened: error.message,
            likelyCause: 'A proxy or a sign-in page responded instead of GitHub, or "github-api-url" is not the root of the REST API.',
            remedy: checkSettings,
        };
    }
    if (tlsCode.test(code)) {
        const peer = proxy?.protocol === 'https:' ? `${host}, or to the proxy ${proxy.host},` : host;
        // OpenSSL's own messages contain memory addresses and source lines.
        const detail = /ERR_SSL|EPROTO/.test(code) ? code : `${code}: ${error.message}`;
        return {
            kind: 'tls',
            retry: 'never',
            happened: `the secure connection to ${peer} failed (${detail})`,
            ...explainCertificate(code),
        };
    }
    if (/^(HPE_|Z_)/.test(code)) {
        return {
            kind: 'invalid-response',
            // Compressed data may have been cut off. A server that does not use HTTP will not start to.
            retry: code.startsWith('Z_') ? 'backoff' : 'never',
            happened: `the response of ${host} cannot be read (${error.message})`,
            likelyCause: 'The server does not use HTTP on this port, or a proxy damaged the response.',
            remedy: checkSettings,
        };
    }
    if (proxy !== undefined && (code === 'ERR_PROXY_TUNNEL' || isConnecting(error))) {
        return explainProxy(error, proxy, hostname);
    }
    const peer = proxy === undefined ? host : `${host} through the proxy ${proxy.host}`;
    return {
        kind: 'network',
        retry: 'backoff',
        happened: code === 'TimeoutError'
            ? `the request to ${peer} timed out after 30 seconds`
            : `the request to ${peer} failed (${error.message})`,
        likelyCause: proxy === undefined
            ? likelyNetworkCause(code)
            : 'The proxy or the server does not respond, or closed the connection.',
        remedy: `Check that this machine can reach ${server.apiUrl}, and that https_proxy and no_proxy are set for this step as your network requires.`,
    };
}
/** With a proxy, Node.js resolves and connects to the proxy only. */
function isConnecting({ syscall }) {
    return syscall === 'connect' || syscall === 'getaddrinfo';
}
function likelyNetworkCause(code) {
    switch (code) {
        case 'ENOTFOUND':
        case 'EAI_AGAIN':
            return 'The host name cannot be resolved: it is misspelled, or the DNS server of this machine is unavailable or does not know it.';
        case 'ECONNREFUSED':
            return 'Nothing listens on this host and port, or a firewall rejects the connection.';
        case 'ETIMEDOUT':
        case 'EHOSTUNREACH':
        case 'ENETUNREACH':
        case 'TimeoutError':
            return 'A firewall drops the packets, a required proxy is not set, or the server is down.';
        default:
            return 'The server, a firewall or a proxy closed the connection.';
    }
}
function explainCertificate(code) {
    if (/^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code)) {
        return {
            likelyCause: 'The certificate was issued by a private certificate authority, or by a proxy that inspects TLS traffic. Node.js does not trust it.',
            remedy: "Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of that authority, in the runner's .env file or in the step's env. Do not disable the verification: anyone could then read the token.",
        };
    }
    if (/HAS_EXPIRED|NOT_YET_VALID/.test(code)) {
        return {
            likelyCause: `The certificate is expired or not yet valid, or the clock of this machine is wrong. The clock shows ${new Date().toISOString()}.`,
            remedy: 'Check the clock. If it is right, the certificate of the server must be renewed.',
        };
    }
    if (/ALTNAME|HOSTNAME/.test(code)) {
        return {
            likelyCause: 'The certificate is for another host name: the host in "github-api-url" is an alias or an IP address, or another machine responded.',
            remedy: 'Set "github-api-url" to a host name in the certificate, or issue a certificate for the present host name.',
        };
    }
    return {
        likelyCause: 'The server does not use TLS on this port, or no TLS version that Node.js accepts.',
        remedy: checkSettings,
    };
}
function explainProxy(error, proxy, hostname) {
    const kind = 'proxy';
    const happened = `the proxy ${proxy.host} did not connect to ${hostname}`;
    const withoutProxy = `If ${hostname} can be reached without the proxy, add it to no_proxy.`;
    // `NaN` is the status of a response that is not HTTP.
    const status = Number(error.statusCode) || undefined;
    if (status === undefined) {
        const detail = isConnecting(error) ? error.message : 'no HTTP response';
        return {
            kind,
            retry: 'backoff',
            happened: `${happened} (${detail})`,
            likelyCause: 'The URL of the proxy is wrong, or the proxy is down.',
            remedy: `Check https_proxy in the runner's .env file and in the step's env. ${withoutProxy}`,
        };
    }
    const responded = `${happened}: it responded ${status}`;
    if (status === 407) {
        return {
            kind,
            retry: 'never',
            happened: responded,
            cause: 'The proxy requires a user name and password, and got none or the wrong ones.',
            remedy: 'Set https_proxy to http://USER:PASSWORD@HOST:PORT, with a percent-encoded password. Only Basic authentication is supported.',
        };
    }
    return status >= 500 || status === 429 || status === 408
        ? {
            kind,
            retry: 'backoff',
            happened: responded,
            likelyCause: `The proxy cannot resolve or reach ${hostname}.`,
            remedy: `Run curl --proxy with ${hostname} on this machine, and check the log of the proxy. ${withoutProxy}`,
        }
        : {
            kind,
            retry: 'never',
            happened: responded,
            likelyCause: `The rules of the proxy do not allow connections to ${hostname}.`,
            remedy: `Allow ${hostname} on the proxy. ${withoutProxy}`,
        };
}

// EXTERNAL MODULE: ./src/github/explain-response.ts
var explain_response = __webpack_require__(4314);
;// CONCATENATED MODULE: ./src/github/proxy.ts


/**
 * The proxy for requests to a server: `https_proxy` in either case, unless the server is a loopback address or in
 * `no_proxy`, where a domain includes its subdomains. The runner and `@actions/http-client` choose the same way; Node.js
 * uses a proxy for loopback too, and only takes `.example.com` for the subdomains.
 *
 * @throws Failure if the value cannot be used. Node.js would ignore it and connect directly.
 */
function proxyFor(apiUrl, node = process) {
    const server = new URL(apiUrl);
    const value = node.env['https_proxy'] || node.env['HTTPS_PROXY'];
    const excluded = node.env['no_proxy'] || node.env['NO_PROXY'] || '';
    if (!value || (0,src_registration/* isLoopback */.U9)(server.hostname) || isExcluded(server, excluded)) {
        return undefined;
    }
    const withoutProxy = `If ${server.hostname} can be reached without a proxy, add it to no_proxy.`;
    // Added to Node.js together with `proxyEnv` of `https.Agent`.
    if (!node.allowedNodeEnvironmentFlags.has('--use-env-proxy')) {
        throw new src_failure/* Failure */.HR('proxy', {
            happened: `The proxy in https_proxy cannot be used with Node.js ${node.version}. Nothing was requested or changed.`,
            cause: 'Proxies require Node.js 24.5, which comes with runner 2.328 (not with the one for 32-bit Arm).',
            remedy: `Update the runner. ${withoutProxy}`,
        });
    }
    const proxy = parseProxy(value);
    if (proxy === undefined) {
        throw new src_failure/* Failure */.HR('proxy', {
            happened: 'The value of https_proxy cannot be used. Nothing was requested or changed.',
            cause: 'It is not the URL of an HTTP proxy, or its user name or password is not percent-encoded. SOCKS proxies are not supported.',
            remedy: `Set https_proxy to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. ${withoutProxy}`,
        });
    }
    return proxy;
}
/** Parses `http://USER:PASSWORD@HOST:PORT`. Everything except the host is optional. */
function parseProxy(value) {
    try {
        const url = new URL(value.includes('://') ? value : `http://${value}`);
        decodeURIComponent(`${url.username}:${url.password}`);
        return ['http:', 'https:'].includes(url.protocol) ? url : undefined;
    }
    catch {
        return undefined;
    }
}
/** Whether a list such as `ghe.example.com,.example.org,host:8443` contains the server. */
function isExcluded({ hostname, port }, list) {
    const names = [`.${hostname}`, `.${hostname}:${port || 443}`];
    const entries = list.toLowerCase().match(/[^\s,]+/g) ?? [];
    return entries.some((entry) => {
        const suffix = entry.replace(/^(\*?\.)?/, '.');
        return entry === '*' || names.some((name) => name.endsWith(suffix));
    });
}

;// CONCATENATED MODULE: ./src/github/api-client.ts









/** 500 pages are 50,000 runners, far more than GitHub allows. */
const maximumPages = 500;
/** @throws Failure if the environment names a proxy that cannot be used */
function createApiClient({ server, adminToken, ...options }) {
    const { log, clock, signal } = options;
    const proxy = proxyFor(server.apiUrl);
    const octokitOptions = {
        baseUrl: server.apiUrl,
        userAgent: 'runner-remove-token',
        request: {
            fetch: createFetch(server.apiUrl, proxy, signal),
            // Octokit's warning about a deprecated route quotes the response; by default it goes to the console.
            log: { warn: log.debug },
        },
    };
    async function attempt(send, request, url) {
        const start = clock.now();
        const logResponse = (response) => log.debug(describeExchange(request, url, clock.now() - start, response));
        let response;
        try {
            response = await send();
        }
        catch (error) {
            if (!(error instanceof request_error_dist_src/* RequestError */.G && error.response)) {
                logResponse();
                return explainNetworkError(error, { purpose: request.purpose, server, proxy });
            }
            response = error.response;
        }
        request.onResponse?.(response);
        logResponse(response);
        const isExpected = request.expected.includes(response.status) && (response.status === 204 || (0,api_response/* isJson */.Fh)(response));
        return isExpected ? response : (0,explain_response/* explainResponse */.j)(request, response, adminToken.kind, server);
    }
    /** Adds retries, explanations and the debug log to the requests of an Octokit. */
    function prepare(octokit, request) {
        octokit.hook.wrap('request', (send, parameters) => {
            const url = new URL(octokit.request.endpoint(parameters).url);
            const { mayRetry } = request;
            return (0,github_retry/* withRetries */.L)(() => attempt(() => send(parameters), request, url), { ...options, mayRetry });
        });
        return octokit;
    }
    return {
        request: (request) => {
            const octokit = prepare(new dist_src/* Octokit */.E({ auth: adminToken.value, ...octokitOptions }), request);
            return octokit.request(...endpointOf(request));
        },
        requestPages: async (request) => {
            // Loads slowly, and few runs need it.
            const { getOctokit } = await __webpack_require__.e(/* import() */ 420).then(__webpack_require__.bind(__webpack_require__, 6420));
            const octokit = prepare(getOctokit(adminToken.value, octokitOptions), request);
            const pages = [];
            octokit.hook.wrap('request', async (send, parameters) => {
                const page = await send(parameters);
                pages.push(page);
                if (pages.length > maximumPages) {
                    throw (0,explain_response/* explainInvalidResponse */.G)(request, page, `belongs to a list of more than ${maximumPages} pages`);
                }
                // `paginate` follows the links. It would take the first property of the page for the list.
                return { ...page, data: [] };
            });
            await octokit.paginate(...endpointOf(request));
            return pages;
        },
    };
}
function endpointOf({ registration, method, path, parameters, }) {
    const root = (0,src_registration/* apiRoute */.sJ)(registration);
    const headers = { 'x-github-api-version': '2022-11-28' };
    return [`${method} ${root.path}${path}`, { ...root.parameters, ...parameters, headers }];
}
/** For example `GET /orgs/octo/actions/runners?page=2: 200 in 12 ms, request ID 04AC:1:22, 4999 requests left`. */
function describeExchange({ method }, { pathname, search }, milliseconds, response) {
    const id = response && (0,api_response/* requestId */.z2)(response);
    const remaining = response && (0,api_response/* header */.wx)(response, 'x-ratelimit-remaining');
    return [
        `${method} ${pathname}${search}: ${response?.status ?? 'no response'} in ${Math.round(milliseconds)} ms`,
        ...(id === undefined ? [] : [`request ID ${id}`]),
        ...(remaining === undefined ? [] : [`${remaining} requests left`]),
    ].join(', ');
}

// EXTERNAL MODULE: ./src/inputs.ts + 1 modules
var src_inputs = __webpack_require__(648);
;// CONCATENATED MODULE: ./src/log.ts
function createLog(core, secrets) {
    return {
        info: (message) => core.info(oneLine(secrets.redact(message))),
        warning: (message) => core.warning(escapeCommands(secrets.redact(message))),
        debug: (message) => core.debug(escapeCommands(secrets.redact(message))),
        group: (title, output) => {
            core.startGroup(oneLine(secrets.redact(title)));
            core.info(prefixLines(secrets.redact(output)));
            core.endGroup();
        },
    };
}
// The runner executes `::` at the start of a line, also after white space (which includes U+0085 in .NET), and `##[`
// anywhere in a line. A carriage return ends a line too.
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
/** Breaks up the kind of workflow command that works anywhere in a line. */
function escapeCommands(text) {
    return text.replaceAll('##[', '## [');
}
function oneLine(message) {
    return escapeCommands(message.replaceAll(/[\s\x85]+/g, ' ')).replace(/^ ?::/, ': :');
}
function prefixLines(output) {
    return output
        .trim()
        .split(/\r\n|\r|\n/)
        .map((line) => `| ${escapeCommands(line)}`)
        .join('\n');
}

// EXTERNAL MODULE: ./src/github/rate-limit.ts
var rate_limit = __webpack_require__(7403);
;// CONCATENATED MODULE: ./src/github/remove-token.ts



/** @see https://docs.github.com/en/rest/actions/self-hosted-runners */
async function createRemoveToken(client, registration, secrets) {
    const request = {
        purpose: `create a remove token for ${(0,src_registration/* describeRegistration */.B4)(registration)}`,
        registration,
        method: 'POST',
        path: '/actions/runners/remove-token',
        expected: [201],
        onResponse: ({ data }) => {
            const { token } = propertiesOf(data);
            if (typeof token === 'string') {
                secrets.protect(token);
            }
        },
    };
    const response = await client.request(request);
    const { token, expires_at } = propertiesOf(response.data);
    if (!isToken(token) || !isTime(expires_at)) {
        throw (0,explain_response/* explainInvalidResponse */.G)(request, response, 'has no valid token and expiration time');
    }
    return { token, expires_at, lifetime: Date.parse(expires_at) - (0,rate_limit/* serverTime */.nI)(response) };
}
function propertiesOf(data) {
    return data ?? {};
}
function isToken(value) {
    return typeof value === 'string' && /^[\x21-\x7e]{1,1000}$/.test(value);
}
/** `Date.parse` alone also accepts other text, such as comments in parentheses. */
function isTime(value) {
    return (typeof value === 'string' &&
        /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) &&
        !Number.isNaN(Date.parse(value)));
}

;// CONCATENATED MODULE: ./src/remove-tokens.ts


/** A token lives for an hour. After a long wait, a new one is requested. */
const maximumAge = 45 * 60_000;
/** The remove tokens of a run: one for each registration, however many runners share it. */
class RemoveTokens {
    #client;
    #secrets;
    #log;
    #clock;
    #issued = new Map();
    constructor(client, secrets, log, clock) {
        this.#client = client;
        this.#secrets = secrets;
        this.#log = log;
        this.#clock = clock;
    }
    /** Requests the registration's token on the first call, and again when it is old. */
    async for(target) {
        const key = (0,src_registration/* registrationKey */.RV)(target.registration);
        const requestedAt = this.#clock.now();
        const issued = this.#issued.get(key);
        if (issued !== undefined && requestedAt - issued.requestedAt < maximumAge) {
            return issued.token;
        }
        const token = this.#request(target);
        this.#issued.set(key, { token, requestedAt });
        if (issued !== undefined) {
            // A wait outlasts a transient error: the next call tries again.
            token.catch(() => this.#issued.set(key, issued));
        }
        return token;
    }
    /** The tokens that GitHub issued, the newest for each registration. */
    async all() {
        const settled = await Promise.allSettled([...this.#issued.values()].map(({ token }) => token));
        return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    }
    async #request({ registration, source }) {
        const what = `for ${(0,src_registration/* describeRegistration */.B4)(registration)} (from ${source})`;
        this.#log.debug(`Requesting a remove token ${what}.`);
        const token = await createRemoveToken(this.#client, registration, this.#secrets);
        this.#log.info(`Created a remove token ${what}. It expires at ${token.expires_at}.`);
        return token;
    }
}

;// CONCATENATED MODULE: ./src/report.ts


/** The state that the main step saves for the post step: the installation that is removed after the job. */
const scheduledState = 'after-job';
/** If there are more runners, the log and the summary collapse them. */
const maximumShown = 20;
/**
 * In bytes. GitHub rejects a job summary of more than 1 MiB.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
const maximumSummary = 900_000;
const maximumFailures = 10;
function createReport(core, log, secrets, environment) {
    return {
        tokens: (issued) => {
            const [first, another] = issued;
            if (first !== undefined && another === undefined) {
                core.setOutput('remove-token', first.token);
                core.setOutput('expires-at', first.expires_at);
            }
        },
        runners: async (reports) => {
            const lines = reports.map(describeReport);
            if (lines.length > maximumShown) {
                log.group(`Runners: ${countResults(reports)}`, lines.join('\n'));
            }
            else {
                lines.forEach(log.info);
            }
            const redacted = (_, value) => typeof value === 'string' ? secrets.redact(value) : value;
            core.setOutput('runners', JSON.stringify(reports, redacted));
            for (const { directory } of reports.filter(({ result }) => result === 'scheduled')) {
                core.saveState(scheduledState, directory);
            }
            await writeSummary(core, log, secrets, reports);
        },
        failures: (failures) => {
            if (failures.length === 0) {
                return;
            }
            for (const failure of failures) {
                // Not `inspect`: it escapes and wraps text, which would hide a secret from redaction.
                log.debug((0,src_failure/* causesOf */.cZ)(failure).map(stackOf).join('\nCaused by '));
            }
            const messages = failures
                .slice(0, maximumFailures)
                .map((failure) => (0,src_failure/* describeFailure */.Ic)(failure, environment));
            if (failures.length > maximumFailures) {
                messages.push(`And ${failures.length - maximumFailures} more. The output "runners" contains all failures.`);
            }
            core.setFailed(escapeCommands(secrets.redact(messages.join('\n\n'))));
        },
    };
}
/** A summary that cannot be written does not fail the step: old versions of GitHub Enterprise Server have none. */
async function writeSummary(core, log, secrets, reports) {
    // After an empty line, GitHub reads Markdown instead of HTML.
    const cell = (text) => escapeHtml(secrets.redact(text).replaceAll(/\s+/g, ' '));
    const header = ['Runner', 'Registration', 'Result', 'Detail'].map((data) => ({ data, header: true }));
    let size = 0;
    const rowsOf = (shown) => shown
        .map(({ directory, name, registration, result, detail = '' }) => [
        cell(String(name ?? directory)),
        cell(registration ?? ''),
        cell(result),
        cell(detail),
    ])
        .filter((row) => {
        size += Buffer.byteLength(`<tr>${row.map((text) => `<td>${text}</td>`).join('')}</tr>`);
        return size <= maximumSummary;
    });
    const isCollapsed = ({ result }) => reports.length > maximumShown && ['removed', 'already-removed', 'would-remove'].includes(result);
    const first = rowsOf(reports.filter((report) => !isCollapsed(report)));
    const rest = rowsOf(reports.filter(isCollapsed));
    const omitted = reports.length - first.length - rest.length;
    const { summary } = core;
    summary.addHeading('Runner removal', 3).addRaw(`<p>${countResults(reports)}</p>`, true);
    if (first.length > 0) {
        summary.addTable([header, ...first]);
    }
    if (rest.length > 0) {
        summary
            .addRaw('<details><summary>Show the runners</summary>', true)
            .addTable([header, ...rest])
            .addRaw('</details>', true);
    }
    if (omitted > 0) {
        summary.addRaw(`<p>And ${omitted} more. The output "runners" contains all.</p>`, true);
    }
    await summary.write().catch((error) => log.debug(`The job summary was not written: ${error}`));
}
/** For example `298 removed, 2 failed`. */
function countResults(reports) {
    const counts = new Map();
    for (const { result } of reports) {
        counts.set(result, (counts.get(result) ?? 0) + 1);
    }
    return [...counts].map(([result, count]) => `${count} ${result}`).join(', ') || 'No runner was removed.';
}
function describeReport({ name, directory, result, detail }) {
    const who = name === null ? directory : `"${name}"${directory === null ? '' : ` in ${directory}`}`;
    return `Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`;
}
/** Runner names and GitHub's responses can contain anything. */
function escapeHtml(text) {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
function stackOf(error) {
    return String(error.stack ?? error.message);
}

// EXTERNAL MODULE: ./src/secrets.ts
var src_secrets = __webpack_require__(7194);
// EXTERNAL MODULE: ./src/target.ts
var target = __webpack_require__(6746);
;// CONCATENATED MODULE: ./src/main.ts











/** The argument that starts the background process of `remove: after-job`. */
const backgroundArgument = 'remove-after-job';
/** Runs what this process was started for: the main step, the post step, or the background process of `after-job`. */
async function run(process, core = lib_core, clock = systemClock) {
    const [, program, argument] = process.argv;
    if (argument === backgroundArgument) {
        const { runInBackground } = await Promise.all(/* import() */[__webpack_require__.e(896), __webpack_require__.e(706)]).then(__webpack_require__.bind(__webpack_require__, 3706));
        return runInBackground(process, clock);
    }
    const secrets = new src_secrets/* Secrets */.S(core.setSecret);
    const log = createLog(core, secrets);
    const report = createReport(core, log, secrets, process.env);
    try {
        const inputs = (0,src_inputs/* readInputs */.K)(core.getInput, process.env, secrets);
        const { adminToken, ...shown } = inputs;
        log.debug(`Inputs: ${JSON.stringify({ ...shown, tokenKind: adminToken.kind })}`);
        const deadline = new AbortController();
        const client = createApiClient({ ...inputs, log, clock, signal: deadline.signal });
        const removeTokens = new RemoveTokens(client, secrets, log, clock);
        const scheduled = core.getState(scheduledState);
        if (scheduled === '') {
            inputs.warnings.forEach(log.warning);
        }
        if (inputs.removal === undefined) {
            report.tokens([await removeTokens.for((0,target/* targetOfInputs */.E)(inputs))]);
            return;
        }
        // Most runs only create a token and do not load this.
        const { removeRunners, startBackgroundRemoval, watchForCancellation } = await Promise.all(/* import() */[__webpack_require__.e(896), __webpack_require__.e(359)]).then(__webpack_require__.bind(__webpack_require__, 6359));
        const cancellation = watchForCancellation(process, deadline, log, clock);
        const machine = machineOf(process);
        const context = { inputs, machine, client, removeTokens, secrets, log, clock, cancellation };
        if (scheduled !== '') {
            // Not post.js, which does nothing without the state of the step.
            const index = (0,external_node_path_.join)((0,external_node_path_.dirname)(String(program)), 'index.js');
            await startBackgroundRemoval(scheduled, [index, backgroundArgument], context);
            return;
        }
        const results = await removeRunners(inputs.removal, context);
        report.tokens(await removeTokens.all());
        await report.runners(results.map((result) => result.report));
        report.failures(results.flatMap(({ failure }) => failure ?? []));
    }
    catch (error) {
        report.failures([src_failure/* Failure */.HR.from(error)]);
    }
}
function machineOf(process) {
    const { platform, execPath, argv0, env } = process;
    return { platform, execPath, argv0, environment: env, isRoot: process.getuid?.() === 0 };
}


/***/ }),

/***/ 9362:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B4: () => (/* binding */ describeRegistration),
/* harmony export */   Ei: () => (/* binding */ webPath),
/* harmony export */   Eo: () => (/* binding */ isName),
/* harmony export */   RV: () => (/* binding */ registrationKey),
/* harmony export */   Rr: () => (/* binding */ webHost),
/* harmony export */   SU: () => (/* binding */ parseRepository),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   YG: () => (/* binding */ sameRegistration),
/* harmony export */   g6: () => (/* binding */ parseRegistrationUrl),
/* harmony export */   ld: () => (/* binding */ parseServer),
/* harmony export */   nz: () => (/* binding */ withoutGit),
/* harmony export */   sJ: () => (/* binding */ apiRoute)
/* harmony export */ });
/**
 * Whether the text is safe as the name of an account, repository or enterprise in a URL's path. GitHub's own rules are
 * narrower, and change.
 */
function isName(text) {
    return /^[A-Za-z0-9._-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}
/** Parses `owner/name`, with or without `.git`; `undefined` if the text is anything else. */
function parseRepository(text) {
    const [, owner = '', name = ''] = /^([^/]*)\/([^/]*)$/.exec(text) ?? [];
    const repo = withoutGit(name);
    return isName(owner) && isName(repo) ? { kind: 'repository', owner, repo } : undefined;
}
function withoutGit(name) {
    return name.replace(/\.git$/i, '');
}
/**
 * Parses the URL that a runner was registered with: `https://HOST/OWNER/REPO`, `https://HOST/ORGANIZATION` or
 * `https://HOST/enterprises/SLUG`, as a person typed it: perhaps with a trailing slash, other case, or `www.`.
 *
 * @returns the host (lower case, with a port other than the default) and the registration; `undefined` if the text is
 *   anything else
 */
function parseRegistrationUrl(text) {
    if (!URL.canParse(text)) {
        return undefined;
    }
    const url = new URL(text);
    const registration = registrationOf(url.pathname.split('/').filter((name) => name !== ''));
    return registration && { host: url.host.replace(/^www\./, ''), registration };
}
function registrationOf(names) {
    const [first, second] = names;
    if (first === undefined || names.length > 2 || !names.every(isName)) {
        return undefined;
    }
    if (second === undefined) {
        return { kind: 'organization', organization: first };
    }
    return first.toLowerCase() === 'enterprises'
        ? { kind: 'enterprise', enterprise: second }
        : parseRepository(`${first}/${second}`);
}
/** The path of the registration's page on GitHub. */
function webPath(registration) {
    switch (registration.kind) {
        case 'repository':
            return `${registration.owner}/${registration.repo}`;
        case 'organization':
            return registration.organization;
        case 'enterprise':
            return `enterprises/${registration.enterprise}`;
    }
}
/** For example `repository octo/app`. */
function describeRegistration(registration) {
    switch (registration.kind) {
        case 'repository':
            return `repository ${registration.owner}/${registration.repo}`;
        case 'organization':
            return `organization ${registration.organization}`;
        case 'enterprise':
            return `enterprise ${registration.enterprise}`;
    }
}
/** The root of the registration's REST routes, as in GitHub's OpenAPI description, and its parameters. */
function apiRoute(registration) {
    switch (registration.kind) {
        case 'repository':
            return {
                path: '/repos/{owner}/{repo}',
                parameters: { owner: registration.owner, repo: registration.repo },
            };
        case 'organization':
            return { path: '/orgs/{org}', parameters: { org: registration.organization } };
        case 'enterprise':
            return { path: '/enterprises/{enterprise}', parameters: { enterprise: registration.enterprise } };
    }
}
/** Identifies a registration on its server. Names are case-insensitive. */
function registrationKey(registration) {
    return webPath(registration).toLowerCase();
}
function sameRegistration(one, other) {
    return registrationKey(one) === registrationKey(other);
}
/**
 * Parses the root of a REST API: `https://api.github.com`, `https://api.NAME.ghe.com` or `https://HOST/api/v3`. Plain
 * `http` is accepted on loopback only, where the token does not leave the machine.
 *
 * @throws Error that says why not, in words that follow "The value", without the credentials that the URL may contain
 */
function parseServer(text) {
    if (!URL.canParse(text)) {
        throw new Error('is not a URL');
    }
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
        throw new Error('contains a user name or password');
    }
    if (/[?#]/.test(text)) {
        throw new Error('contains a query or fragment');
    }
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
        throw new Error('does not use https');
    }
    const host = url.host.replace(/^api\.(github\.com|[^.]+\.ghe\.com)$/, '$1');
    return { apiUrl: url.href.replace(/\/+$/, ''), webUrl: `${url.protocol}//${host}` };
}
/** The host of the server's web pages, in the form of `parseRegistrationUrl`. */
function webHost(server) {
    return new URL(server.webUrl).host.replace(/^www\./, '');
}
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}


/***/ }),

/***/ 7194:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ Secrets)
/* harmony export */ });
/** The secrets of a run. Every secret goes through `protect` before it is used. */
class Secrets {
    #mask;
    /** The forms of the secrets, and each without white space and escaped line breaks. */
    #forms = new Map();
    /** @param mask hides a value from the log: `setSecret` of `@actions/core` */
    constructor(mask) {
        this.#mask = mask;
    }
    /** Masks a value, remembers it, and returns it. A blank value is not a secret. */
    protect(value) {
        if (value.trim() !== '') {
            this.#mask(value);
            for (const form of formsOf(value)) {
                this.#forms.set(form, condense(form).text);
            }
        }
        return value;
    }
    /**
     * Replaces every secret in the text with `***`, including one that is URL, JSON or Base64 encoded, and one that is
     * broken up by white space or by escaped line breaks.
     */
    redact(text) {
        let redacted = '';
        let position = 0;
        for (const { start, end } of this.#find(text)) {
            if (start >= position) {
                redacted += `${text.slice(position, start)}***`;
            }
            position = Math.max(position, end);
        }
        return redacted + text.slice(position);
    }
    /** Whether the text contains a secret. */
    isIn(text) {
        return this.#find(text).length > 0;
    }
    #find(text) {
        const { text: condensed, origin } = condense(text);
        return [...this.#forms]
            .flatMap(([form, condensedForm]) => [
            ...occurrences(form, text),
            ...occurrences(condensedForm, condensed).map(({ start, end }) => ({
                start: Number(origin[start]),
                end: Number(origin[end - 1]) + 1,
            })),
        ])
            .sort((one, other) => one.start - other.start);
    }
}
/** A value as it is, and as it appears in a URL, a JSON string and Base64. */
function formsOf(value) {
    return [
        value,
        // Unpaired surrogates, which JSON can hold, cannot be URL encoded.
        encodeURIComponent(value.toWellFormed()),
        JSON.stringify(value).slice(1, -1),
        ...base64FormsOf(value),
    ];
}
/**
 * The Base64 form of a value depends on the number of bytes in front of it, modulo three. The first and the last character
 * may contain bits of the neighbors and are left out.
 */
function base64FormsOf(value) {
    return [0, 1, 2]
        .map((before) => {
        const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
        const whole = Math.floor((bytes.length * 8) / 6);
        return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
    })
        .filter((form) => form.length >= 8);
}
/**
 * The text without white space and escaped line breaks, and where each of its characters comes from. A backslash and an `n`
 * that become adjacent in this way are left out too, so a value is condensed to the same text wherever it is broken up.
 */
function condense(text) {
    const kept = [];
    const origin = [];
    for (const [index, character] of text.split('').entries()) {
        if ((character === 'n' || character === 'r') && kept.at(-1) === '\\') {
            kept.pop();
            origin.pop();
        }
        else if (!/\s/.test(character)) {
            kept.push(character);
            origin.push(index);
        }
    }
    return { text: kept.join(''), origin };
}
function occurrences(form, text) {
    const found = [];
    if (form !== '') {
        for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + form.length)) {
            found.push({ start, end: start + form.length });
        }
    }
    return found;
}


/***/ }),

/***/ 6746:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ targetOfInputs),
/* harmony export */   T: () => (/* binding */ targetOfRunner)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _registration_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9362);


/**
 * The registration named by the inputs, or else the current repository.
 *
 * @throws Failure `invalid-input` if there is neither
 */
function targetOfInputs({ registration, currentRepository }) {
    if (registration !== undefined) {
        return { registration, source: 'the inputs' };
    }
    if (currentRepository === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('invalid-input', {
            happened: 'The registration of the runners is unknown. Nothing was requested or changed.',
            cause: 'The inputs do not name one, and GITHUB_REPOSITORY (the current repository) is not set.',
            remedy: 'Set the input "repo" (to OWNER/NAME), "organization" or "enterprise".',
        });
    }
    return { registration: currentRepository, source: 'the current repository' };
}
/**
 * The registration of an installed runner. It must be the one that the inputs name. If they name none, it must be the
 * current repository or the organization that owns it: jobs can write to the installation's files and must not be able to
 * redirect the admin token. A renamed repository is the same repository.
 *
 * @param directory the installation, for messages
 * @param url the URL that the runner was registered with, if its configuration contains one
 * @param isSameRepository checks two names with GitHub
 * @throws Failure `registration-mismatch`
 */
async function targetOfRunner(directory, url, { registration: named, currentRepository, server }, isSameRepository) {
    const own = url === undefined ? undefined : ownRegistration(directory, url, (0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .webHost */ .Rr)(server));
    const wasRenamed = async (former, present) => former.kind === 'repository' &&
        present.kind === 'repository' &&
        (await isSameRepository(former, present));
    if (named !== undefined) {
        if (own === undefined || (0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .sameRegistration */ .YG)(own, named)) {
            return { registration: named, source: 'the inputs', wasRenamed: false };
        }
        if (await wasRenamed(own, named)) {
            return { registration: named, source: 'the inputs', wasRenamed: true };
        }
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The runner in ${directory} is registered with ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(own)}, but the inputs name ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(named)}. Nothing was changed.`,
            likelyCause: 'The inputs name the wrong registration, or "runner-directory" includes a runner that is to stay.',
            remedy: `To remove this runner, name ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(own)} in the inputs. Otherwise, correct "runner-directory".`,
        });
    }
    if (own === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The registration of the runner in ${directory} is unknown. Nothing was changed.`,
            cause: 'Its configuration contains no URL, which is normal for a just-in-time runner.',
            remedy: 'Name its registration in the inputs ("repo", "organization" or "enterprise").',
        });
    }
    const accepted = currentRepository
        ? [currentRepository, { kind: 'organization', organization: currentRepository.owner }]
        : [];
    if (accepted.some((registration) => (0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .sameRegistration */ .YG)(own, registration))) {
        return { registration: own, source: "the runner's installation", wasRenamed: false };
    }
    if (currentRepository !== undefined && (await wasRenamed(own, currentRepository))) {
        return { registration: currentRepository, source: "the runner's installation", wasRenamed: true };
    }
    throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
        happened: `The runner in ${directory} is registered with ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(own)}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
        cause: "Without a registration in the inputs, only these two are accepted: jobs can write to the installation's files and must not be able to redirect your token.",
        remedy: `To remove this runner, name ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(own)} in the inputs ("repo", "organization" or "enterprise").`,
    });
}
function ownRegistration(directory, url, host) {
    const own = (0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .parseRegistrationUrl */ .g6)(url);
    if (own === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The runner in ${directory} is registered with ${(0,_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .showValue */ .vp)(url)}, which is not the URL of a repository, organization or enterprise. Nothing was changed.`,
            likelyCause: 'The file .runner is damaged or was changed.',
            remedy: 'Remove the runner on GitHub, in the settings of its repository, organization or enterprise.',
        });
    }
    if (own.host !== host) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The runner in ${directory} is registered on ${own.host}, but the token is for ${host}. Nothing was changed.`,
            likelyCause: '"github-api-url" is wrong, or "runner-directory" includes a runner of another server.',
            remedy: `Set "github-api-url" to the API root of ${own.host} and "token" to a token for that server, or correct "runner-directory".`,
        });
    }
    return own.registration;
}


/***/ })

};
;