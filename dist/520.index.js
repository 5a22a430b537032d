export const id = 520;
export const ids = [520];
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
    const wasRenamedTo = async (registration) => own?.kind === 'repository' &&
        registration?.kind === 'repository' &&
        (await isSameRepository(own, registration));
    if (named !== undefined) {
        if (own === undefined || (0,_registration_js__WEBPACK_IMPORTED_MODULE_2__/* .sameRegistration */ .YG)(own, named)) {
            return { registration: named, source: 'the inputs', wasRenamed: false };
        }
        if (await wasRenamedTo(named)) {
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
    if (currentRepository !== undefined && (await wasRenamedTo(currentRepository))) {
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
            happened: `The installation in ${directory} says that its runner is registered with ${JSON.stringify(url.slice(0, 200))}, which is no repository, organization or enterprise. Nothing was changed.`,
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
/* harmony export */   ou: () => (/* binding */ documentationUrl)
/* harmony export */ });
/* unused harmony export failureKinds */
/**
 * The ways in which a run can fail. Each is the anchor of a section of `docs/troubleshooting.md`; people link to them,
 * so that a name, once published, stays.
 */
const failureKinds = (/* unused pure expression or super */ null && ([
    'invalid-input',
    'bad-credentials',
    'missing-permission',
    'not-found',
    'server-error',
    'network',
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
    ].join('\n');
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


/***/ }),

/***/ 7318:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   GC: () => (/* binding */ explainRefusal),
/* harmony export */   n3: () => (/* binding */ explainNoAnswer),
/* harmony export */   zR: () => (/* binding */ explainInvalidAnswer)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _registration_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9362);


/** Explains a request that was never answered, or not in a way that can be read. */
function explainNoAnswer(error, purpose, server) {
    const causes = causesOf(error);
    const foreseen = causes.find((cause) => cause instanceof _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR);
    if (foreseen !== undefined) {
        return foreseen;
    }
    const said = String(causes.at(-1)?.message ?? error);
    return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('network', {
        happened: `Could not ${purpose}: ${new URL(server.apiUrl).host} did not answer (${said}).`,
        cause: 'This machine cannot reach the host: its name, a firewall, a proxy that is missing or wrong, or an outage.',
        remedy: `Check from this machine that ${server.apiUrl} can be reached, and that https_proxy and no_proxy are set for this step as the network needs them.`,
    }, { cause: error });
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
/** Explains an answer that refuses what was asked. */
function explainRefusal(request, answer, adminToken, server) {
    const failed = `Could not ${request.purpose}: GitHub answered ${answer.status}${messageOf(answer)}.`;
    const requestId = header(answer, 'x-github-request-id');
    const what = (0,_registration_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRegistration */ .B4)(request.registration);
    switch (answer.status) {
        case 401:
            return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('bad-credentials', {
                happened: failed,
                cause: `The token in the input "token" is not valid on ${server.webUrl}: expired, revoked, cut off when it was copied, or made on another server.`,
                remedy: 'Make a new token, store it as the secret again, and check that "github-api-url" names the server it was made on.',
                requestId,
            });
        case 403:
            return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('missing-permission', {
                happened: failed,
                cause: causeOf403(adminToken, what),
                remedy: remedyFor(request.registration),
                requestId,
            });
        case 404:
            return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('not-found', {
                happened: failed,
                cause: `Either the token has no admin rights on the ${what} (GitHub then answers as if it were not there), or there is no such ${request.registration.kind} on ${server.webUrl}.`,
                remedy: `${remedyFor(request.registration)} Check the spelling in the inputs too.`,
                requestId,
            });
        default:
            return answer.status < 500
                ? explainInvalidAnswer(request, answer, `where ${request.expected.join(' or ')} was due`)
                : new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('server-error', {
                    happened: failed,
                    cause: 'GitHub, or a proxy in front of it, has a problem of its own.',
                    remedy: 'Run the job again later, and look at https://www.githubstatus.com.',
                    requestId,
                });
    }
}
/** Explains an answer that is not one of GitHub's REST API to this request. */
function explainInvalidAnswer(request, answer, problem) {
    return new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('invalid-response', {
        happened: `Could not ${request.purpose}: the answer cannot be used (status ${answer.status}, ${problem}).`,
        cause: 'Something between this machine and GitHub, such as a proxy or a sign-in page, answers in its place.',
        remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
        requestId: header(answer, 'x-github-request-id'),
    });
}
/** GitHub tells the kinds of token apart by how they begin. */
function causeOf403(adminToken, what) {
    if (adminToken.startsWith('ghs_')) {
        return `The token is either the workflow's own GITHUB_TOKEN, which can never do this, or that of a GitHub App without the permission on the ${what}.`;
    }
    return `The token lacks the permission, or the person who made it is no admin of the ${what}.`;
}
function remedyFor(registration) {
    switch (registration.kind) {
        case 'repository':
            return 'Use a token with the repository permission "Administration: write" (fine-grained or GitHub App), or the scope "repo" of an admin (classic).';
        case 'organization':
            return 'Use a token with the organization permission "Self-hosted runners: write" (fine-grained or GitHub App), or the scope "admin:org" (classic).';
        case 'enterprise':
            return 'Use a token with the enterprise permission "Self-hosted runners: write", or the scope "manage_runners:enterprise" (classic).';
    }
}
function messageOf(answer) {
    const { data } = answer;
    return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
        ? `, "${data.message}"`
        : '';
}
function header(answer, name) {
    return answer.headers[name]?.toString();
}


/***/ }),

/***/ 6520:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main),
  post: () => (/* binding */ post)
});

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./src/addressing.ts
var addressing = __webpack_require__(8319);
// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./node_modules/@actions/github/lib/github.js + 21 modules
var github = __webpack_require__(1758);
// EXTERNAL MODULE: ./node_modules/@octokit/request-error/dist-src/index.js
var dist_src = __webpack_require__(1015);
// EXTERNAL MODULE: ./src/registration.ts
var src_registration = __webpack_require__(9362);
// EXTERNAL MODULE: ./src/github/diagnosis.ts
var diagnosis = __webpack_require__(7318);
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/index.js + 1 modules
var lib = __webpack_require__(4942);
// EXTERNAL MODULE: ./node_modules/undici/index.js
var undici = __webpack_require__(6752);
;// CONCATENATED MODULE: ./src/github/fetch.ts



/** A request that has no answer after this time, in milliseconds, has failed. */
const requestTimeout = 30_000;
/** Of an answer's body no more is read than this, in bytes; the answers that are expected have a few hundred. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;
/**
 * Makes the `fetch` that Octokit talks to the server with: through the proxy that the environment names for this very
 * server, bounded in time and size, and never to another host, because every request carries the admin token.
 *
 * @param apiUrl the root of the server's REST API
 */
function createFetch(apiUrl) {
    const dispatcher = new lib/* HttpClient */.Qq().getAgentDispatcher(apiUrl);
    return async (input, init) => {
        const options = {
            ...init,
            ...(dispatcher === undefined ? {} : { dispatcher }),
            redirect: 'manual',
            signal: AbortSignal.timeout(requestTimeout),
        };
        let url = new URL(input.toString());
        for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
            const response = await (0,undici.fetch)(url, options);
            const location = response.headers.get('location');
            if (response.status < 300 || response.status > 399 || location === null) {
                return withBoundedBody(response);
            }
            await response.body?.cancel();
            url = sameHost(url, location);
        }
        throw new src_failure/* Failure */.HR('invalid-response', {
            happened: `${url.host} redirected a request more than ${maximumRedirects} times.`,
            cause: 'Something between this machine and GitHub redirects in a circle.',
            remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
        });
    };
}
/** GitHub redirects requests for a renamed repository to another path; the method and body are kept. */
function sameHost(from, location) {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (to?.origin !== from.origin) {
        throw new src_failure/* Failure */.HR('invalid-response', {
            happened: `${from.host} redirected a request to ${to?.host ?? 'an address that cannot be read'}, which was not followed: the token is sent to one host only.`,
            cause: 'A sign-in page or a proxy answers in GitHub\'s place, or "github-api-url" is not the API root.',
            remedy: 'Set "github-api-url" to the root of the REST API, and check that this machine reaches it directly or through its proxy.',
        });
    }
    return to;
}
async function withBoundedBody(response) {
    if (response.body === null) {
        return response;
    }
    const chunks = [];
    let size = 0;
    for await (const chunk of response.body) {
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
    return new undici.Response(Buffer.concat(chunks), response);
}

;// CONCATENATED MODULE: ./src/github/client.ts





/** @param adminToken is sent to this server and to no other */
function createClient(server, adminToken, log) {
    const octokit = (0,github/* getOctokit */.Q)(adminToken, {
        baseUrl: server.apiUrl,
        userAgent: 'runner-remove-token',
        // Octokit warns of deprecated routes, in words that come from the answer; without this, on the console.
        request: { fetch: createFetch(server.apiUrl), log: { warn: log.debug } },
    });
    async function answerTo({ purpose, registration, method, path, parameters }) {
        const base = (0,src_registration/* apiRoute */.sJ)(registration);
        try {
            return await octokit.request(`${method} ${base.path}${path}`, {
                ...base.parameters,
                ...parameters,
                headers: { 'x-github-api-version': '2022-11-28' },
            });
        }
        catch (error) {
            if (error instanceof dist_src/* RequestError */.G && error.response !== undefined) {
                return error.response;
            }
            throw (0,diagnosis/* explainNoAnswer */.n3)(error, purpose, server);
        }
    }
    return {
        request: async (request) => {
            const answer = await answerTo(request);
            if (!request.expected.includes(answer.status)) {
                throw (0,diagnosis/* explainRefusal */.GC)(request, answer, adminToken, server);
            }
            return answer;
        },
    };
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
    };
    const answer = await client.request(request);
    if (hasToken(answer.data)) {
        secrets.protect(answer.data.token);
    }
    if (!isRemoveToken(answer.data)) {
        throw (0,diagnosis/* explainInvalidAnswer */.zR)(request, answer, 'without a token and the time that it expires');
    }
    return answer.data;
}
function hasToken(data) {
    return typeof data === 'object' && data !== null && 'token' in data && typeof data.token === 'string';
}
/** The optional properties are not looked at: nothing here depends on them. */
function isRemoveToken(data) {
    return (hasToken(data) &&
        /^[\x21-\x7e]+$/.test(data.token) &&
        'expires_at' in data &&
        typeof data.expires_at === 'string' &&
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
    const shown = invalid.value === undefined ? '' : `: ${JSON.stringify(invalid.value.slice(0, 200))}`;
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
        warning: (message) => core.warning(secrets.redact(message)),
        debug: (message) => core.debug(secrets.redact(message)),
        group: (title, output) => {
            core.startGroup(oneLine(secrets.redact(title)));
            core.info(quoted(secrets.redact(output)));
            core.endGroup();
        },
    };
}
// What the runner takes for a workflow command: `::` at the start of a line, `##[` anywhere. A carriage return ends a
// line too. (actions/runner, Runner.Common/ActionCommand.cs; `warning`, `debug` and `setFailed` escape line breaks.)
/** The message on one line, without a workflow command in it. */
function oneLine(message) {
    return message.replaceAll(/\s+/g, ' ').replaceAll('##[', '## [').replace(/^ ?::/, ': :');
}
/** Another program's output, each line behind a bar, without a workflow command in it. */
function quoted(output) {
    return output
        .trim()
        .split(/\r\n|\r|\n/)
        .map((line) => `| ${line.replaceAll('##[', '## [')}`)
        .join('\n');
}

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
// EXTERNAL MODULE: ./src/start.ts
var start = __webpack_require__(2115);
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
                core.saveState(start/* scheduledState */.t, directory);
            }
            await summarize(core, secrets, reports);
        },
        failures: (failures) => {
            if (failures.length === 0) {
                return;
            }
            for (const failure of failures) {
                log.debug((0,external_node_util_.inspect)(failure));
            }
            const messages = failures.map((failure) => (0,src_failure/* describeFailure */.Ic)(failure, documentation));
            core.setFailed(secrets.redact(messages.join('\n\n')));
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
    await core.summary
        .addHeading('Removed runners', 3)
        .addTable([header, ...rows])
        .write()
        .catch((error) => core.debug(secrets.redact(String(error))));
}
/** A runner's name, and what GitHub says, may hold anything. */
function escapeHtml(text) {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
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
async function main(core, machine, signals) {
    await run(core, machine, async ({ inputs, client, grants, secrets, log, report }) => {
        if (inputs.removal.when === 'never') {
            report.tokens([await grants.for((0,addressing/* addressedByInputs */.U)(inputs))]);
            return;
        }
        // Loaded only here: most runs ask for a token and nothing else.
        const [{ removeRunners }, { watchForCancellation }] = await Promise.all([
            Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(973), __webpack_require__.e(725)]).then(__webpack_require__.bind(__webpack_require__, 4725)),
            Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(632)]).then(__webpack_require__.bind(__webpack_require__, 4632)),
        ]);
        const cancelled = watchForCancellation(signals, machine.platform, log, promises_.setTimeout);
        const endings = await removeRunners(inputs, inputs.removal, {
            client,
            grants,
            secrets,
            log,
            machine,
            cancelled,
        });
        report.tokens(await grants.all());
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
async function post(core, machine, directory, program) {
    await run(core, machine, async ({ inputs, ...tools }) => {
        const { handToBackground } = await Promise.all(/* import() */[__webpack_require__.e(260), __webpack_require__.e(973), __webpack_require__.e(661)]).then(__webpack_require__.bind(__webpack_require__, 8661));
        await handToBackground(directory, inputs, { ...tools, machine }, program);
    });
}
async function run(core, machine, act) {
    const secrets = new src_secrets/* Secrets */.S(core.setSecret);
    const log = createLog(core, secrets);
    const report = createReport(core, log, secrets, (0,src_failure/* documentationUrl */.ou)(machine.environment));
    try {
        const inputs = readInputs(core.getInput, machine.environment, secrets);
        const client = createClient(inputs.server, inputs.adminToken, log);
        await act({ inputs, client, grants: new Grants(client, secrets, log), secrets, log, report });
    }
    catch (error) {
        report.failures([src_failure/* Failure */.HR.from(error)]);
    }
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
/** Matches the text also where a line break was put into it. */
function acrossLines(text) {
    const characters = [...text].map((character) => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'));
    return new RegExp(characters.join('(?:\\r?\\n)?'), 'g');
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


/***/ })

};
