export const id = 632;
export const ids = [632];
export const modules = {

/***/ 4632:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   watchForCancellation: () => (/* binding */ watchForCancellation)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1633);
/* harmony import */ var _runner_processes_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3447);


/**
 * The time, in milliseconds, that what is in flight has to finish after a cancellation. The runner sends SIGINT, after
 * 7.5 seconds SIGTERM, and after another 2.5 it kills.
 */
const grace = 6_000;
/**
 * Watches for the runner's wish to cancel the step.
 *
 * @param signals tells of signals: `process`
 * @param requests what is being asked of GitHub
 * @returns is aborted at the first one. What is in flight goes on for a while; then requests are
 *   aborted and the programs that were started are ended, so that their removals fail in the ordinary way and put back what they had set aside.
 */
function watchForCancellation(signals, platform, requests, log, clock) {
    const controller = new AbortController();
    const cancel = () => {
        if (!controller.signal.aborted) {
            log.warning('The step is being cancelled: no further removal is begun, and those under way are ended soon.');
            controller.abort();
            clock.later(grace, () => {
                requests.abort(new _failure_js__WEBPACK_IMPORTED_MODULE_0__/* .Failure */ .HR('removal-failed', {
                    happened: 'The step was cancelled before GitHub had answered.',
                    cause: 'Somebody cancelled the job, or the step ran into its time limit.',
                    remedy: 'Run the step again; it goes on where it stopped.',
                }));
                void (0,_runner_processes_js__WEBPACK_IMPORTED_MODULE_1__/* .endDescendants */ ._9)(platform);
            });
        }
    };
    signals.on('SIGINT', cancel).on('SIGTERM', cancel);
    return controller.signal;
}


/***/ }),

/***/ 5047:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E6: () => (/* binding */ removeTokenVariable),
/* harmony export */   F5: () => (/* binding */ scriptEnvironment),
/* harmony export */   nq: () => (/* binding */ allowListed)
/* harmony export */ });
/** What the runner's scripts need, and nothing that could change what they do or tell them what is not theirs. */
const passedOn = [
    // The account, its locale and time zone.
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LANGUAGE',
    /LC_[A-Z]+/,
    'TZ',
    'TMPDIR',
    'TMP',
    'TEMP',
    // The way to GitHub.
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    // The .NET runtime of the runner. A start-up hook or a store of additional dependencies would load foreign code.
    /DOTNET_(?!STARTUP_HOOKS$|ADDITIONAL_DEPS$|SHARED_STORE$).+/,
    // The runner ends what a job left behind by this mark.
    'RUNNER_TRACKING_ID',
    // Windows does not start programs without most of these.
    'SYSTEMROOT',
    'SYSTEMDRIVE',
    'WINDIR',
    'COMSPEC',
    'PATHEXT',
    'OS',
    'NUMBER_OF_PROCESSORS',
    /PROCESSOR_.+/,
    'COMPUTERNAME',
    'USERNAME',
    'USERDOMAIN',
    'USERPROFILE',
    'HOMEDRIVE',
    'HOMEPATH',
    'APPDATA',
    'LOCALAPPDATA',
    'PROGRAMDATA',
    'ALLUSERSPROFILE',
    'PUBLIC',
    /(COMMON)?PROGRAM(FILES|W6432)(\(X86\))?/,
    'COMMONPROGRAMW6432',
    'PSMODULEPATH',
].map((name) => new RegExp(`^${typeof name === 'string' ? name : name.source}$`, 'i'));
/** The argument of `config.sh` that is the remove token, as the variable that it can come in. */
const removeTokenVariable = 'ACTIONS_RUNNER_INPUT_TOKEN';
/** The variables that other programs are given: an allow-list. The admin token is in this process's own, as an input. */
function allowListed(environment) {
    const entries = Object.entries(environment).filter((entry) => entry[1] !== undefined && passedOn.some((pattern) => pattern.test(entry[0])));
    return Object.fromEntries(entries);
}
/**
 * The environment for the runner's scripts: the allow-list, without any variable that holds a secret. A variable can
 * hold one under any name, because workflows set what they like with `env:`.
 */
function scriptEnvironment(environment, secrets) {
    const entries = Object.entries(allowListed(environment)).filter(([, value]) => !secrets.appearIn(value));
    return Object.fromEntries(entries);
}


/***/ }),

/***/ 3447:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L6: () => (/* binding */ processesOf),
/* harmony export */   _9: () => (/* binding */ endDescendants),
/* harmony export */   _n: () => (/* binding */ isAlive),
/* harmony export */   _u: () => (/* binding */ askToEnd)
/* harmony export */ });
/* unused harmony export listProcesses */
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1260);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5047);




/**
 * Finds the processes that run a program of an installation: from its `bin` directory or, after a self-update, from the
 * `bin.VERSION` that `bin` links to.
 *
 * @param directory the installation's root, without symbolic links
 */
async function processesOf(directory, program, platform) {
    const path = platform === 'win32' ? node_path__WEBPACK_IMPORTED_MODULE_1__.win32 : node_path__WEBPACK_IMPORTED_MODULE_1__.posix;
    const named = (await listProcesses(platform)).filter((process) => path
        .basename(process.program)
        .replace(/\.exe$/i, '')
        .toLowerCase() === program.toLowerCase());
    const found = await Promise.all(named.map(async (process) => ({ process, binaries: await resolved(path.dirname(process.program)) })));
    return found
        .filter(({ binaries }) => path.relative(path.dirname(binaries), directory) === '')
        .map(({ process }) => process);
}
/** @param proc where Linux shows its processes */
async function listProcesses(platform, proc = '/proc') {
    switch (platform) {
        case 'linux': {
            const ids = (await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readdir)(proc)).filter((name) => /^\d+$/.test(name));
            const processes = await Promise.all(ids.map((id) => readProcess((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(proc, id), Number(id))));
            return processes.filter((process) => process !== undefined);
        }
        case 'win32':
            return parseProcesses(await outputOf('powershell.exe', [
                '-NoProfile',
                '-NonInteractive',
                '-Command',
                'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.ExecutablePath)" }',
            ]));
        default:
            return parseProcesses(await outputOf('ps', ['-axww', '-o', 'pid=,ppid=,comm=']));
    }
}
/** @returns `undefined` when it has ended meanwhile */
async function readProcess(directory, id) {
    try {
        // The link `exe` may be read by the owner and by root only, the arguments by everybody.
        const program = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readlink)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'exe')).catch(async () => {
            const commandLine = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'cmdline'), 'utf8');
            return commandLine.split('\0', 1).join();
        });
        // What stands in parentheses is the program's name and may hold anything.
        const [, parent] = (await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'stat'), 'utf8')).replace(/^.*\) /s, '').split(' ');
        return { id, parent: Number(parent), program };
    }
    catch {
        return undefined;
    }
}
async function outputOf(command, args) {
    return (await (0,_actions_exec__WEBPACK_IMPORTED_MODULE_2__/* .getExecOutput */ .H)(command, args, { silent: true, env: (0,_environment_js__WEBPACK_IMPORTED_MODULE_3__/* .allowListed */ .nq)(process.env) })).stdout;
}
/** Reads lines of a process's id, its parent's id, and its program, which may be empty. */
function parseProcesses(output) {
    return [...output.matchAll(/^ *(\d+) +(\d+) *(.*?)\r?$/gm)].map(([, id, parent, program]) => ({
        id: Number(id),
        parent: Number(parent),
        program: String(program),
    }));
}
async function resolved(directory) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.realpath)(directory).catch(() => directory);
}
/** Ends every process that this one has started, and those that they have. (The runner signals this process only.) */
async function endDescendants(platform) {
    const processes = await listProcesses(platform);
    const childrenOf = (id) => processes
        .filter((process) => process.parent === id)
        .flatMap((process) => [process, ...childrenOf(process.id)]);
    for (const { id } of childrenOf(process.pid)) {
        askToEnd(id);
    }
}
/** @returns whether the process could be asked: it may have ended, or belong to somebody else */
function askToEnd(id) {
    try {
        return process.kill(id, 'SIGTERM');
    }
    catch {
        return false;
    }
}
/** Whether a process has not ended. */
function isAlive(id) {
    try {
        return process.kill(id, 0);
    }
    catch (error) {
        // It lives, and belongs to somebody else.
        return error.code === 'EPERM';
    }
}


/***/ })

};
