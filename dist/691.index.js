export const id = 691;
export const ids = [691];
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
/** After so many looks all processes are looked at, which costs a hundred times as much. */
const looksUntilAll = 300;
/** The first and the longest pause between two attempts to deregister, in milliseconds. */
const firstPause = 5_000;
const longestPause = 60_000;
/** So many attempts may fail for another reason than a job that runs. */
const maximumFailures = 5;
const remedy = 'Run the action again: in another job of this runner, or with remove: true in a job of another runner on this machine.';
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
            await log(`The runner was not removed, and stays in service: the remove token has expired. ${remedy}`);
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
                await log(`The runner was not removed, and stays in service: "${(0,_runner_script_js__WEBPACK_IMPORTED_MODULE_6__/* .lastLineOf */ .SH)(result)}". ${remedy}`);
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
        // Now and then all are looked at: a process that has ended is there until its parent takes notice.
        if (looks % looksUntilAll === 0 || !workers.some(({ id }) => (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_4__/* .isAlive */ ._n)(id))) {
            workers = await (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_4__/* .processesOf */ .L6)(directory, 'Runner.Worker', platform);
        }
    }
}


/***/ })

};
