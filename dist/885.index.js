export const id = 885;
export const ids = [885];
export const modules = {

/***/ 8319:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ addressedByInputs),
/* harmony export */   d: () => (/* binding */ addressedByRunner)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _registration_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9362);
/* harmony import */ var _server_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1836);



/**
 * The registration that is meant where no runner has a say in it: the one that the inputs name, or else the current
 * repository.
 *
 * @throws Failure `invalid-input` when there is neither
 */
function addressedByInputs({ named, currentRepository }) {
    if (named !== undefined) {
        return { registration: named, source: 'the inputs' };
    }
    if (currentRepository === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('invalid-input', {
            happened: 'No registration is named in the inputs. Nothing was requested or changed.',
            cause: 'The variable GITHUB_REPOSITORY, which would tell the current repository, is not set.',
            remedy: 'Name the repository (repo: owner/name), the organization or the enterprise in the inputs.',
        });
    }
    return { registration: currentRepository, source: 'the current repository' };
}
/**
 * The registration of a runner: its own, provided that it is the one the inputs name or, when they name none, the
 * current repository or the organization that owns it. Anything else has to be named: jobs can write to an
 * installation's files, and must not be able to aim an admin token. A repository that was only renamed is the same.
 *
 * @param directory the installation, as messages name it
 * @param url the address that the installation says it was registered with, if it says any
 * @param isSameRepository asks GitHub about two names
 * @throws Failure `registration-mismatch`
 */
async function addressedByRunner(directory, url, { named, currentRepository, server }, isSameRepository) {
    const own = url === undefined ? undefined : ownRegistration(directory, url, (0,_server_js__WEBPACK_IMPORTED_MODULE_1__/* .webHost */ .Rr)(server));
    const wasRenamed = async (former, present) => former.kind === 'repository' &&
        present.kind === 'repository' &&
        (await isSameRepository(former, present));
    if (named !== undefined) {
        if (own === undefined || (0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .sameRegistration */ .YG)(own, named)) {
            return { registration: named, source: 'the inputs', wasRenamed: false };
        }
        if (await wasRenamed(own, named)) {
            return { registration: named, source: 'the inputs', wasRenamed: true };
        }
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The runner in ${directory} is registered with the ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .describeRegistration */ .B4)(own)}, not with the ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .describeRegistration */ .B4)(named)} that the inputs name. Nothing was changed.`,
            cause: '"runner-directory" holds another runner than the one that is meant, or the inputs name the wrong registration.',
            remedy: `Name the ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .describeRegistration */ .B4)(own)} in the inputs if this runner is meant, or correct "runner-directory".`,
        });
    }
    if (own === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The installation in ${directory} does not say where its runner is registered. Nothing was changed.`,
            cause: 'It was configured just in time, which does not always leave the address behind.',
            remedy: 'Name the repository (repo), the organization or the enterprise in the inputs.',
        });
    }
    const near = currentRepository
        ? [currentRepository, { kind: 'organization', organization: currentRepository.owner }]
        : [];
    if (near.some((registration) => (0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .sameRegistration */ .YG)(own, registration))) {
        return { registration: own, source: "the runner's installation", wasRenamed: false };
    }
    if (currentRepository !== undefined && (await wasRenamed(own, currentRepository))) {
        return { registration: currentRepository, source: "the runner's installation", wasRenamed: true };
    }
    throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
        happened: `The runner in ${directory} is registered with the ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .describeRegistration */ .B4)(own)}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
        cause: 'The runner belongs elsewhere, or somebody changed the files of its installation.',
        remedy: `If this runner is meant, name the ${(0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .describeRegistration */ .B4)(own)} in the inputs (repo, organization or enterprise). It is not taken from the installation alone, because every job on this machine can write there.`,
    });
}
function ownRegistration(directory, url, host) {
    const own = (0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .parseRegistrationUrl */ .g6)(url);
    if (own === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The installation in ${directory} says that its runner is registered with ${(0,_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .showValue */ .vp)(url)}, which is no repository, organization or enterprise. Nothing was changed.`,
            cause: 'The file .runner was damaged or changed.',
            remedy: 'Configure the runner again, or remove it in the settings of the repository or organization.',
        });
    }
    if (own.host !== host) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('registration-mismatch', {
            happened: `The runner in ${directory} is registered on ${own.host}, but the token is for ${host}. Nothing was changed.`,
            cause: '"runner-directory" holds a runner of another server, or "github-api-url" names the wrong one.',
            remedy: `Set "github-api-url" to the API root of ${own.host} and "token" to a token of that server, or correct "runner-directory".`,
        });
    }
    return own.registration;
}


/***/ }),

/***/ 1633:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HR: () => (/* binding */ Failure),
/* harmony export */   Ic: () => (/* binding */ describeFailure),
/* harmony export */   cZ: () => (/* binding */ causesOf),
/* harmony export */   ou: () => (/* binding */ documentationUrl),
/* harmony export */   vp: () => (/* binding */ showValue)
/* harmony export */ });
/* unused harmony export failureKinds */
/**
 * The ways in which a run can fail. Each is the anchor of a section of `docs/troubleshooting.md`; people link to them,
 * so that a name, once published, stays.
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
    'runner-runs-this-job',
    'service-needs-root',
    'service-needs-administrator',
    'github-hosted-runner',
    'container-job',
    'removal-failed',
    'still-registered',
    'unexpected-error',
]));
/** A failure that was foreseen, explained for the person who reads the log. */
class Failure extends Error {
    name = 'Failure';
    kind;
    explanation;
    constructor(kind, explanation, options) {
        super(`${explanation.happened} ${explanation.cause} ${explanation.remedy}`, options);
        this.kind = kind;
        this.explanation = explanation;
    }
    /** The failure that an error is; one that nobody foresaw is a defect of this action. */
    static from(error) {
        if (error instanceof Failure) {
            return error;
        }
        const message = error instanceof Error ? error.message : String(error);
        return new Failure('unexpected-error', {
            happened: `Something unexpected happened: ${message}.`,
            cause: 'A defect of this action, or a machine that it was not tried on.',
            remedy: "Run the job again with step debug logging (the secret ACTIONS_STEP_DEBUG set to true), and report what it says in this action's repository.",
        }, { cause: error });
    }
}
/**
 * An error, its cause, the cause of that, and so on: the deepest says what the operating system said. Where several
 * addresses were tried, that is about the last of them.
 */
function causesOf(error) {
    if (typeof error !== 'object' || error === null) {
        return [];
    }
    const { errors, cause } = error;
    return [error, ...causesOf(errors?.at(-1) ?? cause)];
}
/**
 * The message of a failure: what happened, the likely cause, what to do, a line each.
 *
 * @param documentation where the action's documentation is found (see `documentationUrl`), if that is known
 */
function describeFailure(failure, documentation) {
    const { happened, cause, remedy, requestId } = failure.explanation;
    return [
        happened,
        `Likely cause: ${cause}`,
        `What to do: ${remedy}`,
        ...(requestId === undefined ? [] : [`GitHub request id: ${requestId}`]),
        documentation === undefined
            ? `More: the section "${failure.kind}" of docs/troubleshooting.md in this action's repository`
            : `More: ${documentation}#${failure.kind}`,
    ]
        .map((line) => line.replaceAll(/\s+/g, ' '))
        .join('\n');
}
/**
 * The address of the troubleshooting page in the version of the action that is running.
 *
 * The runner sets the two variables for `uses: OWNER/REPO@REF`; they are empty for an action in the workflow's own
 * repository (`uses: ./`), which has no address of its own.
 */
function documentationUrl(environment) {
    const repository = environment['GITHUB_ACTION_REPOSITORY'];
    if (!repository) {
        return undefined;
    }
    const server = environment['GITHUB_SERVER_URL'] || 'https://github.com';
    const ref = environment['GITHUB_ACTION_REF'] || 'HEAD';
    return `${server}/${repository}/blob/${ref}/docs/troubleshooting.md`;
}
/**
 * A value from elsewhere, to be shown in a message. A long one is left out as a whole: a part of it could hold a part of
 * a secret, which nothing would recognize.
 */
function showValue(value) {
    return value.length > 200 ? `(${value.length} characters)` : JSON.stringify(value);
}


/***/ }),

/***/ 1893:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fh: () => (/* binding */ isJson),
/* harmony export */   bD: () => (/* binding */ messageOf),
/* harmony export */   hD: () => (/* binding */ quote),
/* harmony export */   wx: () => (/* binding */ header)
/* harmony export */ });
/** A header, by its name in lower case. */
function header(answer, name) {
    return answer.headers[name]?.toString();
}
/** What GitHub says in words about a request that failed; empty when it says nothing. */
function messageOf({ data }) {
    return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
        ? data.message
        : '';
}
/** Whether the body is what every answer of the REST API is that has one: a JSON object or array. */
function isJson({ data }) {
    return typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);
}
/**
 * Text from elsewhere in quotation marks. One that is too long to read is left out as a whole: a part of it could hold a
 * part of a secret, which nothing would recognize.
 */
function quote(text) {
    return text.length > 500 ? `(${text.length} characters)` : `"${text}"`;
}


/***/ }),

/***/ 2313:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  i: () => (/* binding */ explainAnswer),
  z: () => (/* binding */ explainInvalidAnswer)
});

// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./src/registration.ts
var src_registration = __webpack_require__(9362);
// EXTERNAL MODULE: ./src/github/answer.ts
var github_answer = __webpack_require__(1893);
// EXTERNAL MODULE: ./src/github/retry.ts
var retry = __webpack_require__(8129);
;// CONCATENATED MODULE: ./src/github/rate-limit.ts



/** GitHub asks for at least a minute after a secondary limit for which it names no time. */
const waitAfterSecondaryLimit = 60_000;
const day = 24 * 60 * 60 * 1000;
/**
 * Whether an answer is about too many requests.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function isRateLimited(answer) {
    return (answer.status === 429 ||
        (answer.status === 403 &&
            ((0,github_answer/* header */.wx)(answer, 'retry-after') !== undefined ||
                (0,github_answer/* header */.wx)(answer, 'x-ratelimit-remaining') === '0' ||
                /rate limit/i.test((0,github_answer/* messageOf */.bD)(answer)))));
}
/** How long the server asks to wait, in milliseconds; `undefined` when it does not. */
function waitAskedFor(answer) {
    const retryAfter = (0,github_answer/* header */.wx)(answer, 'retry-after');
    if (retryAfter !== undefined) {
        const time = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now(answer);
        return Number.isNaN(time) ? undefined : Math.max(time, 0);
    }
    const reset = (0,github_answer/* header */.wx)(answer, 'x-ratelimit-reset');
    return (0,github_answer/* header */.wx)(answer, 'x-ratelimit-remaining') === '0' && /^\d+$/.test(String(reset))
        ? Math.max(Number(reset) * 1000 - now(answer), 0)
        : undefined;
}
/** Explains that there were too many requests, and when the next can be made. */
function explainRateLimit(answer, failed) {
    const isPrimary = (0,github_answer/* header */.wx)(answer, 'x-ratelimit-remaining') === '0';
    const isSecondary = /secondary rate limit|abuse/i.test((0,github_answer/* messageOf */.bD)(answer));
    const wait = waitAskedFor(answer) ?? (isSecondary ? waitAfterSecondaryLimit : undefined);
    const failure = new src_failure/* Failure */.HR('rate-limited', {
        happened: failed,
        cause: isPrimary
            ? 'The requests that this token (or all of its owner) may make in an hour are used up.'
            : 'Too many requests in a short time, by this token and all that share it: GitHub limits what is read in a minute, and more narrowly what creates tokens.',
        remedy: `${wait === undefined ? 'Run the job again in a few minutes.' : `It will work again ${when(wait, now(answer))}.`} If it happens often, spread the jobs out, give this action a token of its own, or ask once for many runners: one remove token serves all of a registration.`,
        requestId: (0,github_answer/* header */.wx)(answer, 'x-github-request-id'),
    });
    return new retry/* Setback */.Q(failure, wait ?? 'passing');
}
/** When it will work again: `at 2026-11-21T10:00:00Z, in 12 minutes`. */
function when(wait, from) {
    if (wait > day) {
        return 'in more than a day';
    }
    const time = new Date(from + wait).toISOString().replace(/\.\d+/, '');
    return `at ${time}, in ${wait < 120_000 ? `${Math.ceil(wait / 1000)} seconds` : `${Math.ceil(wait / 60_000)} minutes`}`;
}
/** The time on the server's clock: this machine's may be wrong. */
function now(answer) {
    const date = Date.parse((0,github_answer/* header */.wx)(answer, 'date') ?? '');
    return Number.isNaN(date) ? Date.now() : date;
}

;// CONCATENATED MODULE: ./src/github/diagnosis.ts





/** What a kind of registration asks of a token, as GitHub's settings and its API call it. */
const needs = {
    repository: { permission: 'repository permission "Administration: write"', scope: 'repo' },
    organization: { permission: 'organization permission "Self-hosted runners: write"', scope: 'admin:org' },
    enterprise: {
        permission: 'enterprise permission "Self-hosted runners: write"',
        scope: 'manage_runners:enterprise',
    },
};
/** Explains an answer that is not what was asked for. */
function explainAnswer(request, answer, adminToken, server) {
    const { status } = answer;
    const message = (0,github_answer/* messageOf */.bD)(answer);
    const failed = `Could not ${request.purpose}: GitHub answered ${status}${message === '' ? '' : `, ${(0,github_answer/* quote */.hD)(message)}`}.`;
    if (isRateLimited(answer)) {
        return explainRateLimit(answer, failed);
    }
    if (status >= 500 || status === 408) {
        return explainServerError(answer, failed);
    }
    // An answer to the question that was cut off or replaced on its way; a page that refuses stays.
    const isDamaged = request.expected.includes(status) || (status < 300 && status !== 204);
    if (!(0,github_answer/* isJson */.Fh)(answer) && (isDamaged || isPage(answer))) {
        const problem = isPage(answer) ? 'a web page instead of JSON' : 'not JSON';
        const failure = explainInvalidAnswer(request, answer, problem, server);
        return new retry/* Setback */.Q(failure, isDamaged ? (waitAskedFor(answer) ?? 'passing') : 'permanent');
    }
    const refusal = explainRefusal(request, answer, { failed, adminToken, server });
    return new retry/* Setback */.Q(refusal, 'permanent');
}
/** GitHub tells the kinds of token apart by how they begin (github.blog, "Behind GitHub's new authentication token formats"). */
function explainRefusal(request, answer, { failed, adminToken, server }) {
    const requestId = (0,github_answer/* header */.wx)(answer, 'x-github-request-id');
    const { registration } = request;
    const what = (0,src_registration/* describeRegistration */.B4)(registration);
    const explained = (kind, cause, remedy) => new src_failure/* Failure */.HR(kind, { happened: failed, cause, remedy, requestId });
    const signOn = /^required\b(?:.*url=(https:\/\/[^\s;]{1,500}))?/i.exec((0,github_answer/* header */.wx)(answer, 'x-github-sso') ?? '');
    if (signOn !== null) {
        return explained('sso-required', `The token is not authorized for single sign-on (SAML), which the owner of the ${what} demands.`, signOn[1] === undefined
            ? 'Authorize the token: Settings, Developer settings, Personal access tokens, Configure SSO.'
            : `Open ${signOn[1]} as the owner of the token and authorize it.`);
    }
    switch (answer.status) {
        case 401:
            return explained('bad-credentials', `The token in the input "token" is not valid on ${server.webUrl}: expired, revoked, cut off when it was copied, or made on another server.`, 'Make a new token, store it as the secret again, and check that "github-api-url" names the server it was made on.');
        case 403:
            if (/ip allow list/i.test((0,github_answer/* messageOf */.bD)(answer))) {
                return explained('ip-not-allowed', `The owner of the ${what} lets only certain addresses use the API, and the one that this machine (or its proxy) comes from is not among them.`, 'Have the address in the message added to the IP allow list of the organization or enterprise, or run the step where an allowed address is used.');
            }
            if (/\barchived\b/i.test((0,github_answer/* messageOf */.bD)(answer))) {
                return explained('missing-permission', `The ${what} is archived, and nothing in it can be changed.`, 'Unarchive the repository for as long as it takes to remove its runners.');
            }
            if (adminToken.startsWith('ghs_')) {
                return explained('github-token-not-allowed', `The token is either the workflow's own GITHUB_TOKEN, which can never do this, or that of a GitHub App without the permission on the ${what}${acceptedPermissions(answer)}.`, `Use another token than GITHUB_TOKEN. ${remedyFor(registration)} A changed permission of an app has to be accepted in its installation.`);
            }
            return explained('missing-permission', causeOf403(answer, adminToken, what), remedyFor(registration));
        case 404:
            return explained('not-found', causeOf404(request, answer, adminToken, server), `${remedyFor(registration)} Check the spelling in the inputs too.${hintForEnterprise(registration)}`);
        default:
            return (0,github_answer/* messageOf */.bD)(answer) === ''
                ? explainInvalidAnswer(request, answer, `where ${request.expected.join(' or ')} was due`, server)
                : explained('invalid-response', 'GitHub refuses for a reason that this version of the action does not know; its own words are above.', 'Do what they say; if they say nothing of use, look whether there is a newer version of the action.');
    }
}
/** Explains an answer that is not one of GitHub's REST API to this request. */
function explainInvalidAnswer(request, answer, problem, server) {
    const isRoot = server !== undefined && /^https?:\/\/(?!api\.)[^/]+$/.test(server.apiUrl);
    return new src_failure/* Failure */.HR('invalid-response', {
        happened: `Could not ${request.purpose}: the answer cannot be used (status ${answer.status}, ${problem}).`,
        cause: isRoot
            ? '"github-api-url" has no path: the API of a GitHub Enterprise Server is below /api/v3, and its web pages answered. Or a proxy or a sign-in page answers in its place.'
            : 'Something between this machine and GitHub, such as a proxy or a sign-in page, answers in its place.',
        remedy: isRoot
            ? `Set "github-api-url" to ${server.apiUrl}/api/v3, or check the proxy settings of this machine.`
            : 'Check the input "github-api-url" and the proxy settings of this machine.',
        requestId: (0,github_answer/* header */.wx)(answer, 'x-github-request-id'),
    });
}
function explainServerError(answer, failed) {
    const wait = waitAskedFor(answer);
    const failure = new src_failure/* Failure */.HR('server-error', {
        happened: failed,
        cause: 'GitHub, or a proxy in front of it, has a problem of its own.',
        remedy: `Run the job again later${wait === undefined ? '' : ` (it asks to come back ${when(wait, now(answer))})`}, and look at https://www.githubstatus.com.`,
        requestId: (0,github_answer/* header */.wx)(answer, 'x-github-request-id'),
    });
    return new retry/* Setback */.Q(failure, wait ?? 'passing');
}
function isPage(answer) {
    return /^text\/html\b/i.test((0,github_answer/* header */.wx)(answer, 'content-type') ?? '');
}
function causeOf403(answer, adminToken, what) {
    if (adminToken.startsWith('github_pat_')) {
        return `The fine-grained token lacks the permission on the ${what}${acceptedPermissions(answer)}, or an owner has not approved it yet.`;
    }
    const scopes = scopesOf(answer);
    if (scopes?.isMissing) {
        return `The token has ${scopes.described}, or the person who made it is no admin of the ${what}.`;
    }
    return scopes === undefined
        ? `The token lacks the permission${acceptedPermissions(answer)}, or the person who made it is no admin of the ${what}.`
        : `The person who made the token is no admin of the ${what}: the token itself has the scope.`;
}
/** GitHub answers "not found" for what a token may not know about: which is likelier depends on the token. */
function causeOf404({ registration }, answer, adminToken, server) {
    const what = (0,src_registration/* describeRegistration */.B4)(registration);
    const missing = `there is no such ${registration.kind} on ${server.webUrl}`;
    if (adminToken.startsWith('ghs_')) {
        return `Either the GitHub App is not installed on the ${what} (the workflow's own GITHUB_TOKEN knows its own repository only, and can never do this), or ${missing}.`;
    }
    if (adminToken.startsWith('github_pat_')) {
        return `Either the fine-grained token was not given access to the ${what} when it was made (its resource owner and its repositories), or ${missing}.`;
    }
    const scopes = scopesOf(answer);
    if (scopes !== undefined && !scopes.isMissing) {
        return `The token has the scope; so either ${missing}, or the person who made the token has no admin rights on the ${what} (GitHub then answers as if it were not there).`;
    }
    const lacking = scopes === undefined ? '' : `, as it has ${scopes.described}`;
    return `Either the token has no admin rights on the ${what}${lacking} (GitHub then answers as if it were not there), or ${missing}.`;
}
/** What a classic token may do, against what is accepted; `undefined` when GitHub does not say. */
function scopesOf(answer) {
    const [held, accepted] = ['x-oauth-scopes', 'x-accepted-oauth-scopes'].map((name) => (0,github_answer/* header */.wx)(answer, name)
        ?.split(',')
        .map((scope) => scope.trim())
        .filter((scope) => scope !== ''));
    if (held === undefined || accepted === undefined || accepted.length === 0) {
        return undefined;
    }
    const has = held.length === 0 ? 'no scope' : `the scopes ${(0,github_answer/* quote */.hD)(held.join(', '))}`;
    return {
        isMissing: !accepted.some((scope) => held.includes(scope)),
        described: `${has}, and one of ${(0,github_answer/* quote */.hD)(accepted.join(', '))} is needed`,
    };
}
function acceptedPermissions(answer) {
    const accepted = (0,github_answer/* header */.wx)(answer, 'x-accepted-github-permissions');
    return accepted === undefined ? '' : ` (GitHub wants ${(0,github_answer/* quote */.hD)(accepted)})`;
}
function remedyFor({ kind }) {
    const { permission, scope } = needs[kind];
    const holder = kind === 'enterprise' ? '' : ' (fine-grained or GitHub App)';
    const admin = kind === 'repository' ? ' of an admin' : '';
    return `Use a token with the ${permission}${holder}, or the scope "${scope}"${admin} (classic).`;
}
function hintForEnterprise({ kind }) {
    return kind === 'enterprise'
        ? ' An enterprise is named by its slug, as in the address of its page (/enterprises/SLUG); a server without enterprise accounts has no such runners.'
        : '';
}


/***/ }),

/***/ 8231:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ ProxyError),
/* harmony export */   i: () => (/* binding */ proxyFor)
/* harmony export */ });
/* harmony import */ var _actions_http_client_lib_proxy__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9783);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1633);


/** A proxy did not open the way to the server. */
class ProxyError extends Error {
    /** The proxy's host, without what logs in to it. */
    proxy;
    /** What the proxy answered; `undefined` when it did not. */
    status;
    constructor(proxy, status, options) {
        super(`the proxy ${proxy} ${status === undefined ? 'did not answer' : `answered ${status}`}`, options);
        this.proxy = proxy;
        this.status = status;
    }
}
/**
 * The proxy that the environment names for a server, if it names one: `https_proxy` or `http_proxy`, in either case, but
 * for the hosts in `no_proxy` and loopback; as in every action that uses the toolkit.
 *
 * @throws Failure when what the environment names cannot be a proxy. The toolkit goes past it.
 */
function proxyFor(serverUrl) {
    const server = new URL(serverUrl);
    const variable = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
    const address = process.env[variable] || process.env[variable.toUpperCase()];
    if (!address || (0,_actions_http_client_lib_proxy__WEBPACK_IMPORTED_MODULE_0__/* .checkBypass */ .H)(server)) {
        return undefined;
    }
    const proxy = parseProxy(address);
    if (proxy === undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_1__/* .Failure */ .HR('proxy', {
            happened: `The variable ${variable} cannot be used. Nothing was requested or changed.`,
            cause: 'It is not the address of an HTTP proxy, or its user name or password holds a character that has to be percent-encoded.',
            remedy: `Set ${variable} to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (a SOCKS proxy cannot be used), or name ${server.hostname} in no_proxy if it is reached without one.`,
        });
    }
    return proxy;
}
/** Reads `http://USER:PASSWORD@HOST:PORT`, all but the host optional. */
function parseProxy(address) {
    try {
        const url = new URL(address.includes('://') ? address : `http://${address}`);
        const login = decodeURIComponent(`${url.username}:${url.password}`);
        return ['http:', 'https:'].includes(url.protocol)
            ? {
                uri: url.origin,
                ...(url.username !== '' && { token: `Basic ${Buffer.from(login).toString('base64')}` }),
            }
            : undefined;
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 8129:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ withRetries),
/* harmony export */   Q: () => (/* binding */ Setback)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);

/** An attempt that did not succeed. */
class Setback {
    failure;
    /** Whether another attempt may succeed; the milliseconds to wait for it when the server says so. */
    outlook;
    constructor(failure, outlook) {
        this.failure = failure;
        this.outlook = outlook;
    }
}
/** The wait before the second attempt, in milliseconds; it doubles with each further one. */
const firstWait = 1_000;
/** A longer wait is not worth a runner's time: the user is told when it will work instead. */
const longestWait = 90_000;
/** No attempt begins later than this after the first, in milliseconds: examples give the step five minutes. */
const ceiling = 150_000;
/**
 * Tries until it succeeds, or there is no use in trying again. Everything that this action asks of GitHub may be
 * repeated: reading, deleting, and creating a remove token, which changes nothing.
 *
 * Octokit's plugins for this do not fit (plugin-retry 8.1, plugin-throttling 11.0). The first ignores `retry-after`,
 * waits without jitter, and tries certificate errors again; the second knows a secondary limit by its wording only, and
 * spaces requests that need no spacing. Neither gives up on a long wait, and both bundle Bottleneck.
 *
 * @throws Failure of the last attempt
 */
async function withRetries(attempt, { retries, clock, log, signal }) {
    const begin = clock.now();
    for (let attempts = 1;; attempts += 1) {
        const outcome = await attempt();
        if (!(outcome instanceof Setback)) {
            return outcome;
        }
        const { failure, outlook } = outcome;
        if (outlook === 'permanent' || attempts > retries) {
            throw afterAttempts(failure, attempts);
        }
        const wait = waitFor(outlook, attempts);
        if (wait > longestWait || clock.now() + wait > begin + ceiling) {
            throw afterAttempts(failure, attempts);
        }
        log.info(`${failure.explanation.happened} Trying again in ${(wait / 1000).toFixed(1)} seconds (${attempts} of ${retries}).`);
        await clock.sleep(wait, signal);
    }
}
/** Jobs that failed together do not come back together: the wait varies, but is never shorter than it has to be. */
function waitFor(outlook, attempts) {
    const variation = Math.random();
    return outlook === 'passing'
        ? firstWait * 2 ** (attempts - 1) * (0.5 + variation / 2)
        : outlook * (1 + variation / 10);
}
function afterAttempts(failure, attempts) {
    if (attempts === 1) {
        return failure;
    }
    const happened = `${failure.explanation.happened} It was tried ${attempts} times.`;
    return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR(failure.kind, { ...failure.explanation, happened }, { cause: failure.cause });
}


/***/ }),

/***/ 9362:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B4: () => (/* binding */ describeRegistration),
/* harmony export */   Ei: () => (/* binding */ webPath),
/* harmony export */   Eo: () => (/* binding */ isName),
/* harmony export */   RV: () => (/* binding */ registrationKey),
/* harmony export */   SU: () => (/* binding */ parseRepository),
/* harmony export */   YG: () => (/* binding */ sameRegistration),
/* harmony export */   g6: () => (/* binding */ parseRegistrationUrl),
/* harmony export */   nz: () => (/* binding */ withoutGit),
/* harmony export */   sJ: () => (/* binding */ apiRoute)
/* harmony export */ });
/**
 * Whether the text may be the name of an account, a repository or an enterprise: safe in a URL's path. GitHub's own
 * rules are narrower and change, so that they are not repeated here.
 */
function isName(text) {
    return /^[A-Za-z0-9._-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}
/** Reads `owner/name`; `undefined` when it is something else. A `.git` at the end is dropped. */
function parseRepository(text) {
    const [, owner = '', name = ''] = /^([^/]*)\/([^/]*)$/.exec(text) ?? [];
    const repo = withoutGit(name);
    return isName(owner) && isName(repo) ? { kind: 'repository', owner, repo } : undefined;
}
/** A repository's name without the `.git` that addresses to clone from end with. */
function withoutGit(name) {
    return name.replace(/\.git$/i, '');
}
/**
 * Reads the address that a runner was registered with (`--url`): `https://HOST/OWNER/REPO`, `https://HOST/ORGANIZATION`
 * or `https://HOST/enterprises/SLUG`, as people type it: with a slash at the end, in any case, with `www.`.
 *
 * @returns the host (lower case, with the port if it is not the usual one) and the registration; `undefined` when the
 *   text is no such address
 */
function parseRegistrationUrl(text) {
    if (!URL.canParse(text)) {
        return undefined;
    }
    const url = new URL(text);
    const names = url.pathname.split('/').filter((name) => name !== '');
    const registration = registrationOf(names);
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
/** The path of a registration's web address. */
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
/** A registration in words: `repository octo/app`. */
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
/** A registration's routes in GitHub's REST API, as its published description writes them, and the values to fill in. */
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
/** Tells registrations of one server apart; names are not case sensitive. */
function registrationKey(registration) {
    return webPath(registration).toLowerCase();
}
/** Whether both are the same registration of one server. */
function sameRegistration(one, other) {
    return registrationKey(one) === registrationKey(other);
}


/***/ }),

/***/ 7194:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ Secrets)
/* harmony export */ });
/**
 * The secrets of a run. A value goes through here before anything else is done with it, so that the runner masks it
 * and nothing that this action writes can hold it.
 */
class Secrets {
    #mask;
    #patterns = [];
    /** @param mask makes the runner hide a value from the log: `setSecret` of `@actions/core` */
    constructor(mask) {
        this.#mask = mask;
    }
    /** Masks a value, remembers it, and gives it back. A value that is empty or blank is no secret and left alone. */
    protect(value) {
        if (value.trim() !== '') {
            this.#mask(value);
            this.#patterns.push(...formsOf(value).map(acrossLines));
        }
        return value;
    }
    /** The text with `***` for every secret in it, also in the forms that encodings give it. */
    redact(text) {
        return this.#patterns.reduce((redacted, pattern) => redacted.replaceAll(pattern, '***'), text);
    }
    /** Whether a secret is in the text. */
    appearIn(text) {
        return this.redact(text) !== text;
    }
}
/** A value as it is, and as it looks inside a URL, a JSON string and Base64. */
function formsOf(value) {
    const forms = [
        value,
        // Half a surrogate pair, which JSON can hold, cannot be escaped.
        encodeURIComponent(value.toWellFormed()),
        JSON.stringify(value).slice(1, -1),
        ...base64FormsOf(value),
    ];
    return [...new Set(forms)].sort((one, other) => other.length - one.length);
}
/**
 * What Base64 makes of a value depends on how many bytes stand before it, modulo three. The characters at either end
 * hold bits of the neighbours too and are left out.
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
/** No token of GitHub's comes near this; a regular expression of some ten thousand characters overflows. */
const longestPattern = 1_000;
/**
 * Matches the text also where line breaks or other white space were put into it, as they are or escaped. Of a very long
 * one it matches the beginning and all that follows up to white space.
 */
function acrossLines(text) {
    const characters = [...text.slice(0, longestPattern)].map((character) => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'));
    const rest = text.length > longestPattern ? '\\S*' : '';
    return new RegExp(characters.join('(?:\\s|\\\\[rn]){0,8}') + rest, 'g');
}


/***/ }),

/***/ 1836:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Rr: () => (/* binding */ webHost),
/* harmony export */   ld: () => (/* binding */ parseServer)
/* harmony export */ });
/* unused harmony export InvalidApiUrl */
/** Why an address cannot be the root of a REST API that a secret is sent to. */
class InvalidApiUrl extends Error {
}
/**
 * Reads the root of a server's REST API: `https://api.github.com`, `https://api.NAME.ghe.com` or
 * `https://HOST/api/v3`. Plain `http` is taken on loopback only: there the token does not leave the machine.
 *
 * @throws InvalidApiUrl that says what is wrong, without the credentials that the address may carry
 */
function parseServer(text) {
    if (!URL.canParse(text)) {
        throw new InvalidApiUrl('It is not a URL.');
    }
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
        throw new InvalidApiUrl('It carries a user name or a password.');
    }
    if (/[?#]/.test(text)) {
        throw new InvalidApiUrl('It has a query or a fragment.');
    }
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
        throw new InvalidApiUrl('A token may only be sent over https.');
    }
    const host = url.host.replace(/^api\.(github\.com|[^.]+\.ghe\.com)$/, '$1');
    return { apiUrl: url.href.replace(/\/+$/, ''), webUrl: `${url.protocol}//${host}` };
}
/** The host of a server's web pages, as `parseRegistrationUrl` gives it: without `www.`. */
function webHost(server) {
    return new URL(server.webUrl).host.replace(/^www\./, '');
}
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}


/***/ }),

/***/ 8885:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  t: () => (/* binding */ scheduledState),
  start: () => (/* binding */ start)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./src/addressing.ts
var addressing = __webpack_require__(8319);
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
// EXTERNAL MODULE: ./src/github/answer.ts
var github_answer = __webpack_require__(1893);
// EXTERNAL MODULE: ./src/github/proxy.ts
var github_proxy = __webpack_require__(8231);
// EXTERNAL MODULE: ./src/github/retry.ts
var retry = __webpack_require__(8129);
;// CONCATENATED MODULE: ./src/github/connection.ts



/** What the operating system, Node.js and undici call a failure, and where it comes from. */
const causesOfNoAnswer = [
    [
        ['ENOTFOUND', 'EAI_AGAIN'],
        "The name of the host cannot be resolved: it is misspelled, or this machine's name server does not know it or has a problem.",
    ],
    [
        ['ECONNREFUSED'],
        'Nothing listens there, or a firewall refuses the connection: the server or port is wrong, or it is down.',
    ],
    [
        ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'TimeoutError'],
        'A firewall that drops packets, a proxy that is needed and not set, or an outage.',
    ],
];
/** Errors of OpenSSL and of Node.js about certificates: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode = /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const trustProblem = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
/** Explains a request that was never answered, or not in a way that can be read. */
function explainNoAnswer(error, purpose, server) {
    const causes = (0,src_failure/* causesOf */.cZ)(error);
    const foreseen = causes.find((cause) => cause instanceof src_failure/* Failure */.HR);
    if (foreseen !== undefined) {
        return new retry/* Setback */.Q(foreseen, 'permanent');
    }
    const proxyError = causes.find((cause) => cause instanceof github_proxy/* ProxyError */.T);
    const deepest = causes.at(-1) ?? {};
    // The code of a DOMException, such as a time-out, is an old number; its name tells more.
    const code = String(typeof deepest.code === 'string' ? deepest.code : deepest.name);
    if (tlsCode.test(code)) {
        const other = proxyError === undefined ? new URL(server.apiUrl).host : `the proxy ${proxyError.proxy}`;
        return explainTlsError(code, String(deepest.message), { error, purpose, other });
    }
    if (proxyError !== undefined) {
        return explainProxyError(proxyError, { error, purpose, server });
    }
    const { host } = new URL(server.apiUrl);
    if (/^(HPE_|UND_ERR_HEADERS_OVERFLOW|Z_)/.test(code)) {
        const failure = new src_failure/* Failure */.HR('invalid-response', {
            happened: `Could not ${purpose}: the answer of ${host} cannot be read (${deepest.message}).`,
            cause: 'Something that does not speak HTTP listens there, or a proxy damaged the answer.',
            remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
        }, { cause: error });
        // An unpacked body may have been cut off on its way; what is no HTTP stays none.
        return new retry/* Setback */.Q(failure, code.startsWith('Z_') ? 'passing' : 'permanent');
    }
    const said = code === 'TimeoutError' ? 'nothing for 30 seconds' : String(deepest.message ?? error);
    const [, cause = 'The connection broke off: a restart, a firewall or a proxy on the way, or an outage.'] = causesOfNoAnswer.find(([codes]) => codes.includes(code)) ?? [];
    const failure = new src_failure/* Failure */.HR('network', {
        happened: `Could not ${purpose}: ${host} did not answer (${said}).`,
        cause,
        remedy: `Check from this machine that ${server.apiUrl} can be reached, and that https_proxy and no_proxy are set for this step as the network needs them.`,
    }, { cause: error });
    return new retry/* Setback */.Q(failure, 'passing');
}
function explainTlsError(code, message, { error, purpose, other }) {
    // What OpenSSL itself says holds addresses in memory and lines of its source.
    const said = /ERR_SSL|EPROTO/.test(code) ? code : `${code}: ${message}`;
    const failure = new src_failure/* Failure */.HR('tls', {
        happened: `Could not ${purpose}: no secure connection to ${other} could be made (${said}).`,
        ...explainCertificate(code),
    }, { cause: error });
    return new retry/* Setback */.Q(failure, 'permanent');
}
function explainCertificate(code) {
    if (trustProblem.test(code)) {
        return {
            cause: 'Its certificate comes from an authority that Node.js does not know: a private one, or that of a proxy which opens TLS.',
            remedy: "Set NODE_EXTRA_CA_CERTS to a file (PEM) with that authority's certificate, in the .env file of the runner or in the step's env. Do not turn the check off: the token would go to anybody.",
        };
    }
    if (/HAS_EXPIRED|NOT_YET_VALID/.test(code)) {
        return {
            cause: `The certificate is out of date, or the clock of this machine is wrong: it says ${new Date().toISOString()}.`,
            remedy: "Compare the clock with the time of day and set it right (NTP). If it is right, the server's administrator has to renew the certificate.",
        };
    }
    if (/ALTNAME|HOSTNAME/.test(code)) {
        return {
            cause: 'The certificate is for another name: the host in "github-api-url" is an alias or an address, or another machine answers in its place.',
            remedy: 'Use the name in the certificate in "github-api-url", or have the certificate extended.',
        };
    }
    return {
        cause: 'The other side does not speak TLS on this port, or no version of it that Node.js accepts.',
        remedy: 'Check the protocol and the port in "github-api-url" and in the proxy settings of this machine.',
    };
}
function explainProxyError({ proxy, status, cause: reason }, { error, purpose, server }) {
    const { hostname } = new URL(server.apiUrl);
    const said = status === undefined ? `did not answer (${(0,src_failure/* causesOf */.cZ)(reason).at(-1)?.message})` : `answered ${status}`;
    const failure = new src_failure/* Failure */.HR('proxy', {
        happened: `Could not ${purpose}: the proxy ${proxy} ${said}, so that ${hostname} was not reached.`,
        ...explainProxyStatus(status, hostname),
    }, { cause: error });
    const isPassing = status === undefined || status >= 500 || status === 429 || status === 408;
    return new retry/* Setback */.Q(failure, isPassing ? 'passing' : 'permanent');
}
function explainProxyStatus(status, hostname) {
    if (status === undefined) {
        return {
            cause: 'The address of the proxy is wrong, or it is down.',
            remedy: `Check https_proxy in the .env file of the runner and in the step's env, or name ${hostname} in no_proxy if it is reached without a proxy.`,
        };
    }
    if (status === 407) {
        return {
            cause: 'It wants a user name and a password, and got none or the wrong ones.',
            remedy: 'Set https_proxy to http://USER:PASSWORD@HOST:PORT, with the password percent-encoded. Only the basic scheme is spoken.',
        };
    }
    return status < 500
        ? {
            cause: `The rules of the proxy do not let this machine reach ${hostname}.`,
            remedy: `Have ${hostname} allowed on the proxy, or name it in no_proxy if it is reached without one.`,
        }
        : {
            cause: `The proxy cannot reach ${hostname}: it does not know the name, or the way on is interrupted.`,
            remedy: `Try curl --proxy with the API root ${hostname} from this machine, and look at the log of the proxy.`,
        };
}

// EXTERNAL MODULE: ./src/github/diagnosis.ts + 1 modules
var diagnosis = __webpack_require__(2313);
;// CONCATENATED MODULE: ./src/github/direct.ts
/**
 * Sends requests straight to a server, with what Node.js has for it. Its `fetch` is a whole HTTP client, which takes
 * longer to load than all the rest of a run that asks for a token.
 */
async function sendDirectly(serverUrl) {
    const { Agent, request } = serverUrl.startsWith('https:')
        ? await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 23))
        : await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 7067, 23));
    // Unlike the one that all of Node.js shares, it goes through no proxy whatever the environment says.
    const agent = new Agent({ keepAlive: true });
    return (url, { body, ...options }) => new Promise((resolve, reject) => {
        request(url, { ...options, agent }, (answer) => resolve({ status: Number(answer.statusCode), headers: answer.headers, body: answer }))
            .on('error', reject)
            // Without an error, or the answer above, it was one that changes the protocol.
            .on('close', () => reject(new Error('the connection was closed without an answer')))
            .end(body);
    });
}

;// CONCATENATED MODULE: ./src/github/exchange.ts


/**
 * The line of the debug log about a request, without its query:
 * `GET /orgs/octo/actions/runners: 200 in 12 ms, request id 04AC:1:22, 4999 requests left`.
 */
function describeExchange({ registration, method, path, parameters }, answer, milliseconds) {
    const base = (0,src_registration/* apiRoute */.sJ)(registration);
    const values = { ...base.parameters, ...parameters };
    const route = `${base.path}${path}`.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
    const told = answer === undefined
        ? ''
        : `, request id ${(0,github_answer/* header */.wx)(answer, 'x-github-request-id')}, ${(0,github_answer/* header */.wx)(answer, 'x-ratelimit-remaining')} requests left`;
    return `${method} ${route}: ${answer?.status ?? 'no answer'} in ${Math.round(milliseconds)} ms${told}`;
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./src/github/fetch.ts


/** A request that has no answer after this time, in milliseconds, has failed. */
const requestTimeout = 30_000;
/** Of an answer's body no more is read than this, in bytes; the answers that are expected have a few hundred. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;
/**
 * Makes the `fetch` that Octokit talks to the server with: bounded in time and size, and never to another host than the
 * one that it is called with, because every request carries the admin token.
 *
 * @param ending is aborted when there is no more time for an answer
 */
function createFetch(send, ending) {
    return async (address, { method, headers, body }) => {
        const signal = AbortSignal.any([AbortSignal.timeout(requestTimeout), ending]);
        const request = { method, headers, signal, ...(body !== undefined && { body }) };
        try {
            let url = new URL(address);
            for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
                const answer = await send(url, request);
                const { location } = answer.headers;
                if (answer.status < 300 || answer.status > 399 || location === undefined) {
                    return await readResponse(answer);
                }
                answer.body.destroy();
                url = sameHost(url, location);
            }
            throw new src_failure/* Failure */.HR('invalid-response', {
                happened: `${url.host} redirected a request more than ${maximumRedirects} times.`,
                cause: 'Something between this machine and GitHub redirects in a circle.',
                remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
            });
        }
        catch (error) {
            // What became of the connection when the time was up says less.
            signal.throwIfAborted();
            throw error;
        }
    };
}
/** GitHub redirects requests for a renamed repository to another path; the method and body are kept. */
function sameHost(from, location) {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (to?.origin !== from.origin) {
        throw new src_failure/* Failure */.HR('invalid-response', {
            happened: `${from.host} redirected a request to ${to?.host || 'an address that cannot be read'}, which was not followed: the token is sent to one host only.`,
            cause: 'A sign-in page or a proxy answers in GitHub\'s place, or "github-api-url" is not the API root.',
            remedy: 'Set "github-api-url" to the root of the REST API, and check that this machine reaches it directly or through its proxy.',
        });
    }
    return to;
}
async function readResponse({ status, headers, body }) {
    const chunks = [];
    let size = 0;
    for await (const chunk of await unpacked(body, headers['content-encoding'])) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maximumBodySize) {
            throw new src_failure/* Failure */.HR('invalid-response', {
                happened: `The answer to a request is longer than ${maximumBodySize} bytes and was not read further.`,
                cause: 'It does not come from GitHub: these answers have a few hundred bytes.',
                remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
            });
        }
    }
    const content = Buffer.concat(chunks);
    return {
        status,
        headers: new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        text: async () => content.toString(),
        arrayBuffer: async () => new Uint8Array(content).buffer,
    };
}
/** No request asks for a packed body, but what is between may pack it all the same. */
async function unpacked(body, encoding) {
    if (encoding !== 'gzip') {
        return body;
    }
    const { createGunzip } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 8522, 23));
    // An error reaches whoever reads what comes out.
    return (0,external_node_stream_.pipeline)(body, createGunzip(), () => undefined);
}

;// CONCATENATED MODULE: ./src/github/client.ts












/**
 * @param inputs the server, the token (which is sent to this server and to no other), and how often what failed for a
 *   passing reason is tried again
 * @param signal is aborted when there is no more time, with the failure of what is then still under way
 */
function createClient({ server, adminToken, retries }, log, clock = systemClock, signal = new AbortController().signal) {
    const proxy = (0,github_proxy/* proxyFor */.i)(server.apiUrl);
    const options = (send) => ({
        baseUrl: server.apiUrl,
        userAgent: 'runner-remove-token',
        // Octokit warns of deprecated routes, in words that come from the answer; without this, on the console.
        request: { fetch: createFetch(send, signal), log: { warn: log.debug } },
    });
    /** Only the way through a proxy takes what the toolkit's Octokit brings along: an HTTP client, slow to load. */
    async function connect() {
        if (proxy === undefined) {
            return new dist_src/* Octokit */.E({ auth: adminToken, ...options(await sendDirectly(server.apiUrl)) });
        }
        const { getOctokit, sendThrough } = await Promise.all(/* import() */[__webpack_require__.e(420), __webpack_require__.e(110)]).then(__webpack_require__.bind(__webpack_require__, 9110));
        return getOctokit(adminToken, options(sendThrough(proxy)));
    }
    let octokit;
    async function send({ registration, method, path, parameters }) {
        const base = (0,src_registration/* apiRoute */.sJ)(registration);
        octokit ??= connect();
        const { request } = await octokit;
        try {
            return await request(`${method} ${base.path}${path}`, {
                ...base.parameters,
                ...parameters,
                headers: { 'x-github-api-version': '2022-11-28' },
            });
        }
        catch (error) {
            if (error instanceof request_error_dist_src/* RequestError */.G && error.response !== undefined) {
                return error.response;
            }
            throw error;
        }
    }
    async function attempt(request) {
        const begin = clock.now();
        let answer;
        try {
            answer = await send(request);
        }
        catch (error) {
            log.debug(describeExchange(request, undefined, clock.now() - begin));
            return explainNoAnswer(error, request.purpose, server);
        }
        request.onAnswer?.(answer);
        log.debug(describeExchange(request, answer, clock.now() - begin));
        const isAnswer = request.expected.includes(answer.status) && (answer.status === 204 || (0,github_answer/* isJson */.Fh)(answer));
        return isAnswer ? answer : (0,diagnosis/* explainAnswer */.i)(request, answer, adminToken, server);
    }
    return { request: (request) => (0,retry/* withRetries */.L)(() => attempt(request), { retries, clock, log, signal }) };
}

;// CONCATENATED MODULE: ./src/github/remove-token.ts


/**
 * Asks for a token that removes runners of the registration, any number of them, for an hour.
 *
 * @see https://docs.github.com/en/rest/actions/self-hosted-runners
 * @throws Failure when GitHub refuses, or answers with something that is no token
 */
async function createRemoveToken(client, registration, secrets) {
    const request = {
        purpose: `create a remove token for the ${(0,src_registration/* describeRegistration */.B4)(registration)}`,
        registration,
        method: 'POST',
        path: '/actions/runners/remove-token',
        expected: [201],
        onAnswer: ({ data }) => {
            if (hasToken(data)) {
                secrets.protect(data.token);
            }
        },
    };
    const answer = await client.request(request);
    if (!isRemoveToken(answer.data)) {
        throw (0,diagnosis/* explainInvalidAnswer */.z)(request, answer, 'without a token and the time that it expires');
    }
    return answer.data;
}
function hasToken(data) {
    return typeof data?.token === 'string';
}
/** The optional properties are not looked at: nothing here depends on them. */
function isRemoveToken(data) {
    return (hasToken(data) &&
        /^[\x21-\x7e]{1,1000}$/.test(data.token) &&
        'expires_at' in data &&
        typeof data.expires_at === 'string' &&
        // Date.parse alone takes a good deal more, such as comments in parentheses.
        /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(data.expires_at) &&
        !Number.isNaN(Date.parse(data.expires_at)));
}

;// CONCATENATED MODULE: ./src/grants.ts


/** The remove tokens of a run: one for each registration, however many runners share it. */
class Grants {
    #client;
    #secrets;
    #log;
    #grants = new Map();
    constructor(client, secrets, log) {
        this.#client = client;
        this.#secrets = secrets;
        this.#log = log;
    }
    /**
     * The token of a registration, asked for when it is needed first, and the line in the log that says so.
     *
     * @throws Failure when there is none to be had
     */
    async for(addressed) {
        const key = (0,src_registration/* registrationKey */.RV)(addressed.registration);
        const grant = this.#grants.get(key) ?? this.#request(addressed);
        this.#grants.set(key, grant);
        return grant;
    }
    /** All that were asked for. */
    async all() {
        return Promise.all(this.#grants.values());
    }
    async #request({ registration, source }) {
        this.#log.debug(`A remove token is asked for, for the ${(0,src_registration/* describeRegistration */.B4)(registration)} (from ${source}).`);
        const token = await createRemoveToken(this.#client, registration, this.#secrets);
        this.#log.info(`Remove token for the ${(0,src_registration/* describeRegistration */.B4)(registration)} (from ${source}), expires at ${token.expires_at}`);
        return { registration, source, token };
    }
}

// EXTERNAL MODULE: ./src/server.ts
var server = __webpack_require__(1836);
;// CONCATENATED MODULE: ./src/inputs.ts



const maximumRetries = 10;
/**
 * Reads and checks every input, before anything is requested or changed.
 *
 * @param environment the variables that the runner sets for a step
 * @param secrets learns the admin token before anything else is done with it
 * @throws Failure `invalid-input` that names the input, shows the value and says what is accepted
 */
function readInputs(read, environment, secrets) {
    const adminToken = parseToken(secrets.protect(read('token')));
    const currentRepository = (0,src_registration/* parseRepository */.SU)(environment['GITHUB_REPOSITORY'] ?? '');
    return {
        adminToken,
        server: parseApiUrl(read('github-api-url') || environment['GITHUB_API_URL'] || 'https://api.github.com'),
        named: parseRegistration(read, currentRepository),
        currentRepository,
        removal: parseRemoval(read),
        retries: parseRetries(read('retries') || '3'),
    };
}
function parseToken(value) {
    if (value === '') {
        throw invalidInput({
            input: 'token',
            problem: 'It is empty, as a secret is that does not exist, or that this event may not read (a pull request from a fork).',
            accepted: 'a token with admin rights, from a secret that this workflow may read',
        });
    }
    if (!/^[\x21-\x7e]+$/.test(value)) {
        throw invalidInput({
            input: 'token',
            problem: 'It contains white space, a line break or another character that no token has.',
            accepted: 'one token, as GitHub showed it, on one line',
        });
    }
    return value;
}
function parseApiUrl(value) {
    try {
        return (0,server/* parseServer */.ld)(value);
    }
    catch (error) {
        throw invalidInput({
            input: 'github-api-url',
            // What stands before an @ may be a password.
            value: value.replace(/^(https?:\/\/)?.*@/is, '$1***@'),
            problem: error.message,
            accepted: 'the root of a REST API: https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3 (http only on loopback)',
        });
    }
}
function parseRegistration(read, currentRepository) {
    const given = ['organization', 'enterprise', 'owner', 'repo'].filter((input) => read(input) !== '');
    const [input, another] = given;
    if (input === undefined) {
        return undefined;
    }
    if (another !== undefined && given[0] !== 'owner') {
        throw invalidInput({
            input,
            value: read(input),
            problem: `The input "${another}" is given too, and the two address different registrations.`,
            accepted: 'one of organization, enterprise, and repo (with or without owner)',
        });
    }
    switch (input) {
        case 'organization':
            return { kind: 'organization', organization: parseName(input, read(input)) };
        case 'enterprise':
            return { kind: 'enterprise', enterprise: parseName(input, read(input)) };
        default:
            return parseRepositoryInputs(read('owner'), read('repo'), currentRepository);
    }
}
function parseRepositoryInputs(ownerInput, repoInput, currentRepository) {
    const owner = ownerInput === '' ? undefined : parseName('owner', ownerInput);
    if (repoInput === '') {
        throw invalidInput({
            input: 'owner',
            value: ownerInput,
            problem: 'It says whose repository is meant, but not which.',
            accepted: 'owner together with repo; for the runners of an organization, organization instead of owner',
        });
    }
    if (repoInput.includes('/')) {
        const repository = (0,src_registration/* parseRepository */.SU)(repoInput);
        if (repository === undefined) {
            throw invalidInput({
                input: 'repo',
                value: repoInput,
                problem: 'It is neither a name nor owner/name.',
                accepted: `a repository's name or owner/name (${nameRule})`,
            });
        }
        if (owner !== undefined && owner.toLowerCase() !== repository.owner.toLowerCase()) {
            throw invalidInput({
                input: 'owner',
                value: ownerInput,
                problem: `It contradicts the input "repo", which names the owner "${repository.owner}".`,
                accepted: 'the same owner in both, or owner/name in repo alone',
            });
        }
        return repository;
    }
    const repo = parseName('repo', (0,src_registration/* withoutGit */.nz)(repoInput), repoInput);
    const effectiveOwner = owner ?? currentRepository?.owner;
    if (effectiveOwner === undefined) {
        throw invalidInput({
            input: 'repo',
            value: repoInput,
            problem: 'It has no owner, and GITHUB_REPOSITORY, which would tell the current one, is not set.',
            accepted: 'owner/name, or a name together with the input "owner"',
        });
    }
    return { kind: 'repository', owner: effectiveOwner, repo };
}
const nameRule = 'letters, digits, ".", "_" and "-", at most 100, not "." or ".."';
function parseName(input, name, value = name) {
    if (!(0,src_registration/* isName */.Eo)(name)) {
        throw invalidInput({
            input,
            value,
            problem: 'It cannot be a name on GitHub.',
            accepted: `a name: ${nameRule}`,
        });
    }
    return name;
}
function parseRemoval(read) {
    const remove = read('remove') || 'false';
    const directories = read('runner-directory')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
    const dryRun = parseBoolean('dry-run', read('dry-run') || 'false');
    switch (remove.toLowerCase()) {
        case 'false':
            return { when: 'never' };
        case 'true':
            return { when: 'now', directories: atLeastOne(directories), dryRun };
        case 'after-job':
            return { when: 'after-job', directories, dryRun };
        default:
            throw invalidInput({
                input: 'remove',
                value: remove,
                problem: 'It is not one of the words that this input takes.',
                accepted: 'false, true or after-job',
            });
    }
}
function atLeastOne(directories) {
    if (directories.length === 0) {
        throw invalidInput({
            input: 'runner-directory',
            problem: 'It is empty, and with remove: true it has to say which runner is meant.',
            accepted: 'directories of runner installations (those with config.sh in them), one a line; globs are allowed',
        });
    }
    return directories;
}
function parseBoolean(input, value) {
    switch (value.toLowerCase()) {
        case 'true':
            return true;
        case 'false':
            return false;
        default:
            throw invalidInput({
                input,
                value,
                problem: 'It is neither yes nor no.',
                accepted: 'true or false',
            });
    }
}
function parseRetries(value) {
    const retries = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
    if (!(retries <= maximumRetries)) {
        throw invalidInput({
            input: 'retries',
            value,
            problem: 'It is not a number of retries.',
            accepted: `a whole number from 0 to ${maximumRetries}`,
        });
    }
    return retries;
}
/** An input that cannot be used. `value` is left out for a secret. */
function invalidInput(invalid) {
    const shown = invalid.value === undefined ? '' : `: ${(0,src_failure/* showValue */.vp)(invalid.value)}`;
    return new src_failure/* Failure */.HR('invalid-input', {
        happened: `The input "${invalid.input}" cannot be used${shown}. Nothing was requested or changed.`,
        cause: invalid.problem,
        remedy: `Set "${invalid.input}" to what is accepted: ${invalid.accepted}.`,
    });
}

;// CONCATENATED MODULE: ./src/log.ts
/** @param secrets are kept out of everything that is written */
function createLog(core, secrets) {
    return {
        info: (message) => core.info(oneLine(secrets.redact(message))),
        warning: (message) => core.warning(inert(secrets.redact(message))),
        debug: (message) => core.debug(inert(secrets.redact(message))),
        group: (title, output) => {
            core.startGroup(oneLine(secrets.redact(title)));
            core.info(quoted(secrets.redact(output)));
            core.endGroup();
        },
    };
}
// What the runner takes for a workflow command: `::` at the start of a line, `##[` anywhere. A carriage return ends a
// line too. (actions/runner, Runner.Common/ActionCommand.cs; `warning`, `debug` and `setFailed` escape line breaks.)
/** The text without the kind of workflow command that works anywhere in a line. */
function inert(text) {
    return text.replaceAll('##[', '## [');
}
/** The message on one line, without a workflow command in it. */
function oneLine(message) {
    return inert(message.replaceAll(/\s+/g, ' ')).replace(/^ ?::/, ': :');
}
/** Another program's output, each line behind a bar, without a workflow command in it. */
function quoted(output) {
    return output
        .trim()
        .split(/\r\n|\r|\n/)
        .map((line) => `| ${inert(line)}`)
        .join('\n');
}

;// CONCATENATED MODULE: ./src/report.ts



/** @param documentation where the action's documentation is found, if that is known */
function createReport(core, log, secrets, documentation) {
    return {
        tokens: (grants) => {
            const [grant, another] = grants;
            if (grant !== undefined && another === undefined) {
                core.setOutput('remove-token', grant.token.token);
                core.setOutput('expires-at', grant.token.expires_at);
            }
        },
        runners: async (reports) => {
            for (const { name, directory, result, detail } of reports) {
                const who = name === null ? directory : `"${name}" in ${directory}`;
                log.info(`Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`);
            }
            core.setOutput('runners', secrets.redact(JSON.stringify(reports)));
            for (const { directory } of reports.filter(({ result }) => result === 'scheduled')) {
                core.saveState(scheduledState, directory);
            }
            await summarize(core, secrets, reports);
        },
        failures: (failures) => {
            if (failures.length === 0) {
                return;
            }
            for (const failure of failures) {
                // Not `inspect`, which escapes and breaks text up: a secret in it could not be recognized.
                log.debug((0,src_failure/* causesOf */.cZ)(failure).map(stackOf).join('\nCaused by '));
            }
            const messages = failures.map((failure) => (0,src_failure/* describeFailure */.Ic)(failure, documentation));
            core.setFailed(inert(secrets.redact(messages.join('\n\n'))));
        },
    };
}
/** Adds a table to the job's summary. The runner limits its size, and old servers have none: it may fail. */
async function summarize(core, secrets, reports) {
    const cell = (text) => escapeHtml(secrets.redact(text));
    const header = ['Runner', 'Registration', 'Result', 'Why'].map((data) => ({ data, header: true }));
    const rows = reports.map(({ directory, name, registration, result, detail = '' }) => [
        cell(name ?? directory),
        cell(registration ?? ''),
        cell(result),
        cell(detail),
    ]);
    const summary = await core.summary();
    await summary
        .addHeading('Removal of runners', 3)
        .addTable([header, ...rows])
        .write()
        .catch((error) => core.debug(secrets.redact(String(error))));
}
/** A runner's name, and what GitHub says, may hold anything. */
function escapeHtml(text) {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
function stackOf(error) {
    return String(error.stack ?? error.message);
}

// EXTERNAL MODULE: ./src/secrets.ts
var src_secrets = __webpack_require__(7194);
;// CONCATENATED MODULE: ./src/main.ts









/**
 * The main step: a remove token is created, masked and handed on; with `remove`, runners are taken out of service with
 * it. However it ends, the user is told through `core`, and nothing is thrown.
 *
 * @param signals tells of the runner's wish to cancel the step: `process`
 */
async function main(core, machine, signals, clock = systemClock) {
    await run(core, machine, clock, async ({ inputs, requests, report, ...tools }) => {
        if (inputs.removal.when === 'never') {
            report.tokens([await tools.grants.for((0,addressing/* addressedByInputs */.U)(inputs))]);
            return;
        }
        // Loaded only here: most runs ask for a token and nothing else.
        const { removeRunners, watchForCancellation } = await Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(973), __webpack_require__.e(213)]).then(__webpack_require__.bind(__webpack_require__, 8213));
        const cancelled = watchForCancellation(signals, machine.platform, requests, tools.log, clock);
        const endings = await removeRunners(inputs, inputs.removal, { ...tools, machine, cancelled });
        report.tokens(await tools.grants.all());
        await report.runners(endings.map((ending) => ending.report));
        report.failures(endings.flatMap(({ failure }) => failure ?? []));
    });
}
/**
 * The post step of `remove: after-job`, at the end of the job and whatever its outcome.
 *
 * @param directory the installation that the main step has scheduled
 * @param program what Node.js runs in the background: a file and arguments
 */
async function post(core, machine, directory, program, clock = systemClock) {
    await run(core, machine, clock, async ({ inputs, ...tools }) => {
        const { handToBackground } = await Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(973), __webpack_require__.e(213)]).then(__webpack_require__.bind(__webpack_require__, 8213));
        await handToBackground(directory, inputs, { ...tools, machine }, program);
    });
}
async function run(core, machine, clock, act) {
    const secrets = new src_secrets/* Secrets */.S(core.setSecret);
    const log = createLog(core, secrets);
    const report = createReport(core, log, secrets, (0,src_failure/* documentationUrl */.ou)(machine.environment));
    try {
        const inputs = readInputs(core.getInput, machine.environment, secrets);
        const { server, named, currentRepository, removal } = inputs;
        log.debug(`Inputs: ${JSON.stringify({ server, named, currentRepository, removal })}`);
        const requests = new AbortController();
        const client = createClient(inputs, log, clock, requests.signal);
        await act({ inputs, client, grants: new Grants(client, secrets, log), secrets, log, report, requests });
    }
    catch (error) {
        report.failures([src_failure/* Failure */.HR.from(error)]);
    }
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./node_modules/@actions/core/lib/command.js + 1 modules
var command = __webpack_require__(2227);
;// CONCATENATED MODULE: ./src/workflow-commands.ts


// The toolkit's own modules, past the one that its package exports (3.0.1): that one loads an HTTP client too, for OpenID
// Connect, which takes longer than all the rest of a run that asks for a token.

/**
 * Speaks to the runner as `@actions/core` does, with its means.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
const workflowCommands = {
    getInput: (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
    setSecret: (secret) => (0,command/* issueCommand */.L)('add-mask', {}, secret),
    setOutput: (name, value) => append('GITHUB_OUTPUT', name, value),
    saveState: (name, value) => append('GITHUB_STATE', name, value),
    setFailed: (message) => {
        process.exitCode = 1;
        (0,command/* issueCommand */.L)('error', {}, message);
    },
    info: (message) => void process.stdout.write(`${message}${external_node_os_.EOL}`),
    warning: (message) => (0,command/* issueCommand */.L)('warning', {}, message),
    debug: (message) => (0,command/* issueCommand */.L)('debug', {}, message),
    startGroup: (title) => (0,command/* issueCommand */.L)('group', {}, title),
    endGroup: () => (0,command/* issueCommand */.L)('endgroup', {}, ''),
    summary: async () => (await __webpack_require__.e(/* import() */ 170).then(__webpack_require__.bind(__webpack_require__, 1170))).summary,
};
/**
 * Adds to the file that a variable names. The toolkit's own way loads cryptography, for a mark around values of several
 * lines; this action has none.
 */
function append(variable, name, value) {
    const file = process.env[variable];
    if (file === undefined || /[\r\n]/.test(value)) {
        throw new Error(`"${name}" cannot be written to the file in ${variable}`);
    }
    (0,external_node_fs_.appendFileSync)(file, `${name}=${value}${external_node_os_.EOL}`);
}

;// CONCATENATED MODULE: ./src/start.ts




/** The argument that tells the background process of `remove: after-job` from a step. */
const backgroundArgument = 'remove-after-job';
/** The state that the main step leaves for the post step: the installation to remove, if one was scheduled. */
const scheduledState = 'after-job';
/** Does what this process was started for: as the main step, as the post step, or in the background. */
async function start(process) {
    const [, program, argument] = process.argv;
    if (argument === backgroundArgument) {
        const { runInBackground } = await Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(973), __webpack_require__.e(691)]).then(__webpack_require__.bind(__webpack_require__, 3691));
        return runInBackground(process, promises_.setTimeout);
    }
    const machine = {
        platform: process.platform,
        isRoot: process.getuid?.() === 0,
        execPath: process.execPath,
        environment: process.env,
    };
    const scheduled = process.env[`STATE_${scheduledState}`];
    return scheduled
        ? // The post step's own file, beside this one, would find nothing to do.
            post(workflowCommands, machine, scheduled, [
                (0,external_node_path_.join)((0,external_node_path_.dirname)(String(program)), 'index.js'),
                backgroundArgument,
            ])
        : main(workflowCommands, machine, process);
}


/***/ })

};
