export const id = 315;
export const ids = [315];
export const modules = {

/***/ 3691:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runInBackground: () => (/* binding */ runInBackground)
/* harmony export */ });
/* unused harmony export removeAfterJob */
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _runner_deregistration_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8646);
/* harmony import */ var _runner_installation_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6000);
/* harmony import */ var _runner_processes_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3447);
/* harmony import */ var _runner_retirement_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8219);
/* harmony import */ var _runner_script_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(1839);
/* harmony import */ var _secrets_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(7194);








/** How often it is looked whether a job has ended, in milliseconds: a signal to one process, which costs next to nothing. */
const watchInterval = 1_000;
/** The first and the longest pause between two attempts to deregister, in milliseconds. */
const firstPause = 5_000;
const longestPause = 60_000;
/** So many attempts may fail for another reason than a job that runs. */
const maximumFailures = 5;
/**
 * Runs as the background process of `remove: after-job`. What to do comes over the pipe to the step that started it,
 * which is told `ready` when nothing more is needed of what the end of the job takes away.
 */
async function runInBackground(process, delay) {
    const [removal] = (await (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(process, 'message'));
    const secrets = new _secrets_js__WEBPACK_IMPORTED_MODULE_7__/* .Secrets */ .S(() => undefined);
    secrets.protect(removal.removeToken);
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.open)(removal.logFile, 'wx');
    const log = async (text) => {
        await file.write(`[${new Date().toISOString()}] ${secrets.redact(text.trim())}\n`);
    };
    await log(`Waiting for the job to end, to remove the runner in ${removal.script.directory}.`);
    process.send?.('ready');
    try {
        process.exitCode = (await removeAfterJob(removal, log, delay)) ? 0 : 1;
    }
    catch (error) {
        await log(`The runner was not removed: ${error.message}`);
        process.exitCode = 1;
    }
    finally {
        await file.close();
    }
}
/**
 * Waits for the job to end, then deregisters the runner, uninstalls its service and stops its listener. While GitHub says
 * that the runner is busy (with another job, by then) it tries again, until the token expires.
 *
 * @param log takes a text; it holds no secret that is not redacted there
 * @returns whether the runner was removed
 * @throws Failure when its service cannot be uninstalled
 */
async function removeAfterJob(removal, log, delay) {
    const { script, removeToken } = removal;
    const expiry = Date.parse(removal.expiresAt);
    let failures = 0;
    for (let pause = firstPause;; pause = Math.min(pause * 2, longestPause)) {
        await jobsEnded(script, delay, expiry);
        if (Date.now() >= expiry) {
            await log('The remove token has expired. The runner was not removed, and stays in service.');
            return false;
        }
        await log('No job is running: the runner is deregistered.');
        const result = await (0,_runner_deregistration_js__WEBPACK_IMPORTED_MODULE_2__/* .deregister */ .B)(script, removeToken);
        await log(result.output);
        if (result.exitCode === 0 && !(await (0,_runner_installation_js__WEBPACK_IMPORTED_MODULE_3__/* .isConfigured */ .jD)(script.directory))) {
            return finish(removal, log, delay);
        }
        if (/NotFound|\b404\b/.test(result.output)) {
            await log('GitHub does not know the runner any more: its local configuration is removed.');
            await log((await (0,_runner_deregistration_js__WEBPACK_IMPORTED_MODULE_2__/* .removeLocalConfiguration */ .a)(script)).output);
            return finish(removal, log, delay);
        }
        if (!/running a job/i.test(result.output)) {
            failures += 1;
            if (failures === maximumFailures) {
                await log(`The runner was not removed, and stays in service: ${(0,_runner_script_js__WEBPACK_IMPORTED_MODULE_6__/* .lastLineOf */ .SH)(result)}`);
                return false;
            }
        }
        await log(`Trying again in ${pause / 1_000} seconds.`);
        await delay(pause);
    }
}
/** A job can begin at the very last moment; the service is not stopped before it has ended. */
async function finish(removal, log, delay) {
    const printed = [];
    while (!(await (0,_runner_retirement_js__WEBPACK_IMPORTED_MODULE_5__/* .retire */ .S)(removal, (output) => printed.push(output)))) {
        await jobsEnded(removal.script, delay);
    }
    await log([...printed, 'The runner was removed.'].join('\n'));
    return true;
}
/** Waits until no job runs on the installation, or the deadline (milliseconds since 1970) has passed. */
async function jobsEnded({ directory, platform }, delay, deadline = Number.POSITIVE_INFINITY) {
    let workers = await (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_4__/* .processesOf */ .L6)(directory, 'Runner.Worker', platform);
    for (let looks = 1; workers.length > 0 && Date.now() < deadline; looks += 1) {
        await delay(watchInterval);
        // Now and then all processes are looked at: one that has ended can be there until its parent takes notice.
        if (looks % 10 === 0 || !workers.some(({ id }) => (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_4__/* .isAlive */ ._n)(id))) {
            workers = await (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_4__/* .processesOf */ .L6)(directory, 'Runner.Worker', platform);
        }
    }
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


/***/ })

};
