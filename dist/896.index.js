"use strict";
exports.id = 896;
exports.ids = [896];
exports.modules = {

/***/ 2896:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Qt: () => (/* binding */ rememberScriptFiles),
/* harmony export */   aj: () => (/* binding */ removeLocalConfiguration),
/* harmony export */   dP: () => (/* binding */ configScriptName),
/* harmony export */   gH: () => (/* binding */ removeWithConfigScript)
/* harmony export */ });
/* unused harmony export decideOutcome */
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1633);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5047);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(869);
/* harmony import */ var _installation_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6000);
/* harmony import */ var _lock_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2751);
/* harmony import */ var _script_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(1839);
/* harmony import */ var _service_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(7929);









/**
 * Lets a runner deregister itself: `config.sh remove` (`config.cmd remove`), which also deletes its local configuration.
 *
 * The token goes through the environment: every user of the machine can read arguments (actions/runner#355). The script
 * refuses while the marker of a service exists, so the marker is set aside meanwhile. When the removal fails, the runner
 * stays in service, so what the script wrote before it contacted GitHub is restored.
 *
 * @returns `undefined` if the runner is not configured any more: another removal finished in the meantime
 * @throws Failure `removal-failed` before anything is changed; what happens later is in the result
 */
async function removeWithConfigScript(script, removeToken) {
    const { directory, platform } = script;
    const run = () => runConfigScript(script, [], { [_environment_js__WEBPACK_IMPORTED_MODULE_3__/* .removeTokenVariable */ .E6]: removeToken });
    return runExclusively(script, async () => {
        if (!(await (0,_installation_js__WEBPACK_IMPORTED_MODULE_5__/* .isConfigured */ .jD)(directory))) {
            return undefined;
        }
        if (platform === 'win32') {
            // config.cmd writes no files, and uninstalls the service itself.
            return run();
        }
        const restoreFiles = await rememberScriptFiles(directory);
        const restoreMarker = await (0,_service_js__WEBPACK_IMPORTED_MODULE_8__/* .setMarkerAside */ .b)(directory);
        const result = await run();
        const warnings = result.outcome === 'removed' ? [] : await restoreFiles();
        await restoreMarker().catch((error) => {
            warnings.push(`The service marker of ${directory} could not be restored: ${error.message}. Rename ${_service_js__WEBPACK_IMPORTED_MODULE_8__/* .markerAside */ .nz} to .service.`);
        });
        return { ...result, warnings };
    });
}
/**
 * Deletes the local configuration of a runner without contacting GitHub: `config.sh remove --local`, since 2.301. It
 * leaves the private key where the credentials are already gone, so the key is deleted here.
 */
async function removeLocalConfiguration(script) {
    return runExclusively(script, async () => {
        const result = await runConfigScript(script, ['--local'], {});
        const key = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(script.directory, _installation_js__WEBPACK_IMPORTED_MODULE_5__/* .keyFile */ ._$);
        const warnings = [];
        if (result.outcome === 'removed') {
            await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.rm)(key, { force: true }).catch((error) => {
                warnings.push(`The private key ${key} could not be deleted: ${error.message}. It is not needed any more: delete it by hand.`);
            });
        }
        return { ...result, warnings };
    });
}
function configScriptName(platform) {
    return platform === 'win32' ? 'config.cmd' : 'config.sh';
}
/** Remembers the files that `config.sh` writes before it contacts GitHub (see `rememberFiles`). */
async function rememberScriptFiles(directory) {
    return (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .rememberFiles */ .XL)(['.path', '.env'].map((name) => (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, name)));
}
async function runExclusively(script, act) {
    return (0,_lock_js__WEBPACK_IMPORTED_MODULE_6__/* .withLock */ .k)(script, act).catch((error) => {
        throw error instanceof _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR
            ? error
            : new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR('removal-failed', {
                happened: `The removal of the runner in ${script.directory} could not begin: ${error.message}. Nothing was changed.`,
                likelyCause: 'This account cannot create and rename files in the directory.',
                remedy: 'Fix the permissions of the directory, or run the step as its owner or as root.',
            }, { cause: error });
    });
}
async function runConfigScript(script, flags, variables) {
    const program = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(script.directory, configScriptName(script.platform));
    const result = await (0,_script_js__WEBPACK_IMPORTED_MODULE_7__/* .runScript */ .j3)((0,_script_js__WEBPACK_IMPORTED_MODULE_7__/* .asOwner */ .gv)(script, [program, 'remove', ...flags]), script, variables).catch((error) => ({ exitCode: null, output: error.message }));
    return {
        ...result,
        outcome: decideOutcome(result, await (0,_installation_js__WEBPACK_IMPORTED_MODULE_5__/* .isConfigured */ .jD)(script.directory)),
        skippedServer: /Skipping removing runner from the server/i.test(result.output),
        warnings: [],
    };
}
/**
 * Decides how `config.sh remove` ended. It prints a line for each response that is an error:
 * `Http response code: NotFound from 'Delete https://.../actions/runners/7' (Request Id: ...)`. It never retries a 404.
 *
 * @param isLeft whether settings or credentials are still there
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/RunnerDotcomServer.cs
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Configuration/ConfigurationManager.cs
 */
function decideOutcome({ exitCode, output }, isLeft) {
    if (exitCode === 0 && !isLeft) {
        return 'removed';
    }
    if (/running a job/i.test(output)) {
        return 'busy';
    }
    const [, status = '', request = ''] = [...output.matchAll(/Http response code: (\w+) from '([^']*)'/gi)].at(-1) ?? [];
    const isDeletion = /^DELETE \S+\/actions\/runners\/\d+$/i.test(request);
    if (isDeletion && status === 'NotFound') {
        return 'not-found';
    }
    // The older flow exchanges the remove token first. An expired or foreign token is a 404 there (actions/runner#4042).
    const sendsToken = isDeletion || /^POST \S+\/actions\/runner-registration$/i.test(request);
    const isRefusal = ['Unauthorized', 'Forbidden', 'NotFound'].includes(status) && !/rate limit/i.test(output);
    return sendsToken && isRefusal ? 'token-refused' : 'failed';
}


/***/ }),

/***/ 5047:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E6: () => (/* binding */ removeTokenVariable),
/* harmony export */   F5: () => (/* binding */ scriptEnvironment),
/* harmony export */   Q1: () => (/* binding */ allowListedEnvironment)
/* harmony export */ });
/** Variables that the runner's scripts need. Any other could change what they do, or contain a secret. */
const allowedNames = [
    // Account, locale, time zone, temporary directory.
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
    // Proxies and certificates.
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    // The runner's .NET runtime, without the variables that load other code into it.
    /DOTNET_(?!STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE).+/,
    // The runner uses this variable to find the processes that a job left behind.
    'RUNNER_TRACKING_ID',
    // Windows needs most of these to start programs.
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
    'PSMODULEPATH',
].map((name) => new RegExp(`^${typeof name === 'string' ? name : name.source}$`, 'i'));
/** Passes the remove token to `config.sh`, which takes any argument from such a variable. */
const removeTokenVariable = 'ACTIONS_RUNNER_INPUT_TOKEN';
/** The variables that other programs get. This process also has the admin token, in `INPUT_TOKEN`. */
function allowListedEnvironment(environment) {
    const entries = Object.entries(environment).filter((entry) => entry[1] !== undefined && allowedNames.some((pattern) => pattern.test(entry[0])));
    return Object.fromEntries(entries);
}
/** The same without values that contain a secret: workflows can set any variable with `env:`. */
function scriptEnvironment(environment, secrets) {
    const entries = Object.entries(allowListedEnvironment(environment)).filter(([, value]) => !secrets.isIn(value));
    return Object.fromEntries(entries);
}


/***/ }),

/***/ 869:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   EW: () => (/* binding */ readSmallFile),
/* harmony export */   R1: () => (/* binding */ readThroughLinks),
/* harmony export */   XL: () => (/* binding */ rememberFiles),
/* harmony export */   rM: () => (/* binding */ meansMissing),
/* harmony export */   t2: () => (/* binding */ exists)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1633);



/** In bytes. Real files have a few thousand at most, and `env.sh` takes half a minute for a `.env` of this size. */
const maximumSize = 100_000;
/**
 * Reads a small file of an installation. Jobs can write there, so this follows no symbolic link, does not wait for a
 * named pipe, and reads nothing large. (Windows has neither kind of file. It lacks both flags, which `|` treats as 0.)
 *
 * @throws Error when it is missing, unreadable, large, or not a regular file
 */
async function readSmallFile(path) {
    return (await readContent(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NOFOLLOW)).bytes;
}
/**
 * Reads a file that `config.sh` or the runner reads through symbolic links.
 *
 * @returns `undefined` when nothing is at the path
 * @throws Failure `removal-failed` when something is there and cannot be read
 */
async function readThroughLinks(path) {
    try {
        return (await exists(path)) ? await readContent(path) : undefined;
    }
    catch (error) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR('removal-failed', {
            happened: `${path} cannot be read: ${error.message}. Nothing was changed.`,
            cause: 'config.sh uses this file and can change it. The action must be able to check its content, and to restore it if the removal fails.',
            remedy: `Delete ${path}, or make it a regular file of at most ${maximumSize / 1_000} kB that this account can read.`,
        }, { cause: error });
    }
}
async function readContent(path, flags = 0) {
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.open)(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_RDONLY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NONBLOCK | flags);
    try {
        const status = await file.stat();
        if (!status.isFile() || status.size > maximumSize) {
            throw new Error(`it is not a regular file of at most ${maximumSize / 1_000} kB`);
        }
        return { bytes: await file.readFile(), identity: `${status.dev}:${status.ino}` };
    }
    finally {
        await file.close();
    }
}
/** Whether something is at the path, even a broken link. `false` only when that is certain. */
async function exists(path) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.lstat)(path).then(() => true, (error) => !meansMissing(error));
}
/** Whether the operating system's error says that nothing is there: a link that leads to itself leads nowhere. */
function meansMissing({ code }) {
    return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(code));
}
/** Whether this account could change a file, or might be able to create it. */
async function isChangeable(path) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.access)(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.W_OK).then(() => true, ({ code }) => code === 'ENOENT');
}
/**
 * Remembers files as they are now.
 *
 * @returns restores them: changed ones get their old content, new ones are deleted. It never throws, and returns a
 *   sentence for each file that could not be restored.
 * @throws Failure `removal-failed` for a file that could be changed and cannot be read
 */
async function rememberFiles(paths) {
    const remembered = await Promise.all(paths.map(async (path) => (await isChangeable(path)) ? [{ path, before: await readThroughLinks(path) }] : []));
    return async () => {
        const failures = remembered.flat().map(({ path, before }) => restore(path, before).then(() => [], (error) => [`${path} could not be restored: ${error.message}.`]));
        return (await Promise.all(failures)).flat();
    };
}
/**
 * Writes into the file, as `env.sh` did: a link stays a link, owner and mode stay, and a full disk needs no new file.
 * Root may be doing this in a directory of an account that is not trusted, so it writes only into the very file that it read.
 */
async function restore(path, before) {
    if (before === undefined) {
        return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rm)(path, { force: true });
    }
    if ((await readContent(path)).bytes.equals(before.bytes)) {
        return;
    }
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.open)(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_WRONLY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NONBLOCK);
    try {
        const { dev, ino } = await file.stat();
        if (`${dev}:${ino}` !== before.identity) {
            throw new Error('it was replaced by another file');
        }
        await file.writeFile(before.bytes);
        await file.truncate(before.bytes.length);
    }
    finally {
        await file.close();
    }
}


/***/ }),

/***/ 6000:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   TD: () => (/* binding */ readConfiguration),
/* harmony export */   Vm: () => (/* binding */ isInstallation),
/* harmony export */   Z_: () => (/* binding */ readInstallation),
/* harmony export */   _$: () => (/* binding */ keyFile),
/* harmony export */   jD: () => (/* binding */ isConfigured),
/* harmony export */   tG: () => (/* binding */ hasLeftovers)
/* harmony export */ });
/* unused harmony export parseSettings */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1633);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(869);





/** The files of a configured installation, each with its copy after a migration. */
const settingsFiles = ['.runner', '.runner_migrated'];
const credentialsFiles = ['.credentials', '.credentials_migrated'];
const keyFile = '.credentials_rsaparams';
/**
 * Reads the installation in a directory. Its files are not trusted: jobs can write to them.
 *
 * @throws Failure `not-a-runner`
 */
async function readInstallation(directory, platform) {
    const root = await resolveDirectory(directory);
    if (!(await isInstallation(root, platform))) {
        throw notARunner(directory, `is not a runner installation: ${programsOf(platform).join(' or ')} is missing`);
    }
    const { uid, gid } = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.stat)(root);
    return {
        directory: root,
        configuration: await readConfiguration(root),
        hasCredentials: (await firstOf(root, credentialsFiles)) !== undefined,
        owner: { uid, gid },
    };
}
/** Whether a directory contains a runner. One that this account cannot enter counts: `readInstallation` reports it. */
async function isInstallation(directory, platform) {
    const found = await Promise.all(programsOf(platform).map((name) => (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, name))));
    return found.every(Boolean);
}
function programsOf(platform) {
    return platform === 'win32'
        ? ['config.cmd', 'bin/Runner.Listener.exe']
        : ['config.sh', 'bin/Runner.Listener'];
}
/** Whether the installation holds settings or credentials of a registration. */
async function isConfigured(directory) {
    return (await firstOf(directory, [...settingsFiles, ...credentialsFiles])) !== undefined;
}
/** Whether anything is left of a registration; the private key can stay behind alone. */
async function hasLeftovers(directory) {
    return (await isConfigured(directory)) || (await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, keyFile)));
}
async function resolveDirectory(directory) {
    try {
        const root = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.realpath)(directory);
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.access)(root, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.R_OK | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.X_OK);
        return root;
    }
    catch (error) {
        throw notARunner(directory, `cannot be read (${error.message})`, error);
    }
}
/**
 * Reads what the installation in a directory is registered as; `undefined` when it is not configured.
 *
 * @throws Failure `not-a-runner` when the settings cannot be used
 */
async function readConfiguration(root) {
    const file = await firstOf(root, settingsFiles);
    if (file === undefined) {
        return undefined;
    }
    try {
        return parseSettings((await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .readSmallFile */ .EW)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(root, file))).toString());
    }
    catch (error) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_3__/* .Failure */ .HR('not-a-runner', {
            happened: `${(0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(root, file)} cannot be used: ${error.message}. Nothing was changed.`,
            likelyCause: 'The file is damaged, or this account cannot read it.',
            remedy: `Fix its permissions. If it is damaged, remove the runner on GitHub, delete ${file} and re-run the step.`,
        }, { cause: error });
    }
}
/**
 * Reads the runner's settings. `config.sh` writes camel case and a byte order mark, just-in-time configuration Pascal
 * case, strings for every value, and no mark.
 */
function parseSettings(text) {
    const settings = JSON.parse(text.replace('\uFEFF', ''));
    const values = new Map(Object.entries(settings ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
    const id = Number(values.get('agentid'));
    const name = values.get('agentname');
    const url = values.get('githuburl');
    if (!Number.isSafeInteger(id) || id < 1) {
        throw new Error('"agentId" is not a positive integer');
    }
    if (typeof name !== 'string' || name === '') {
        throw new Error('"agentName" is not a name');
    }
    return {
        id,
        name,
        url: typeof url === 'string' && url !== '' ? url : undefined,
        ephemeral: String(values.get('ephemeral')).toLowerCase() === 'true',
    };
}
async function firstOf(root, names) {
    for (const name of names) {
        if (await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(root, name))) {
            return name;
        }
    }
    return undefined;
}
function notARunner(directory, problem, error) {
    return new _failure_js__WEBPACK_IMPORTED_MODULE_3__/* .Failure */ .HR('not-a-runner', {
        happened: `"${directory}" ${problem}. Nothing was changed.`,
        likelyCause: 'It is not the root of a runner on this machine, or this account cannot read it.',
        remedy: 'Set "runner-directory" to the directory that contains config.sh (on Windows, config.cmd), on the machine that runs this job.',
    }, { cause: error });
}


/***/ }),

/***/ 2751:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   k: () => (/* binding */ withLock)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _processes_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3447);




/** In milliseconds. `config.sh` itself gives up after a few minutes. */
const maximumAge = 15 * 60_000;
const pollInterval = 100;
/** The locks of this process. */
const held = new Set();
/**
 * Runs a function while nothing else uses this lock of the installation, in this process or another. Otherwise, one removal
 * would restore and put back what another has just changed and set aside. On Windows nothing is set aside, and nothing is
 * locked. A lock that a crash left behind does not count.
 *
 * @throws Error when the directory is not writable
 */
async function withLock({ directory, platform }, act) {
    if (platform === 'win32') {
        return act();
    }
    // A symbolic link to the process id: unlike a file, it is created together with its content.
    const lock = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, '.remove-token.lock');
    while (!acquire(lock)) {
        await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_2__.setTimeout)(pollInterval);
    }
    try {
        return await act();
    }
    finally {
        held.delete(lock);
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(lock, { force: true });
    }
}
/** Synchronous, so almost no time passes between seeing that a lock is stale and deleting it. */
function acquire(lock) {
    try {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.symlinkSync)(`${process.pid}`, lock);
        held.add(lock);
        return true;
    }
    catch (error) {
        if (codeOf(error) !== 'EEXIST') {
            throw error;
        }
    }
    if (isStale(lock)) {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(lock, { force: true });
    }
    return false;
}
function isStale(lock) {
    try {
        const id = Number((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)(lock));
        // The system reuses the id of a crashed process: in a container, this process may well have it.
        const isHeld = id === process.pid ? held.has(lock) : (0,_processes_js__WEBPACK_IMPORTED_MODULE_3__/* .isAlive */ ._n)(id);
        return !isHeld || Math.abs(Date.now() - (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(lock).mtimeMs) > maximumAge;
    }
    catch (error) {
        return codeOf(error) !== 'ENOENT';
    }
}
function codeOf(error) {
    return error.code;
}


/***/ }),

/***/ 3098:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ap: () => (/* binding */ resolveLinks),
/* harmony export */   UO: () => (/* binding */ isWithin),
/* harmony export */   f8: () => (/* binding */ wildcardPattern),
/* harmony export */   k2: () => (/* binding */ isSameDirectory),
/* harmony export */   wG: () => (/* binding */ pathsOf)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** The path functions of a platform: on Windows, case is not significant and both slashes separate names. */
function pathsOf(platform) {
    return platform === 'win32' ? node_path__WEBPACK_IMPORTED_MODULE_1__.win32 : node_path__WEBPACK_IMPORTED_MODULE_1__.posix;
}
/** The path without links (and junctions, and in its own case, on Windows); as it is where it cannot be resolved. */
function resolveLinks(path) {
    try {
        return node_fs__WEBPACK_IMPORTED_MODULE_0__.realpathSync.native(path);
    }
    catch {
        return path;
    }
}
/** @returns whether a path is the directory itself or below it; neither has links */
function isWithin(path, directory, platform) {
    const { relative, isAbsolute } = pathsOf(platform);
    const relativePath = relative(directory, path);
    return !isAbsolute(relativePath) && !/^\.\.($|[\\/])/.test(relativePath);
}
/** Whether two paths lead to the same directory. */
function isSameDirectory(one, other, platform) {
    return pathsOf(platform).relative(resolveLinks(one), resolveLinks(other)) === '';
}
/** Stands for `*` in a pattern that is being translated. No path or name contains it. */
const star = '\0';
/**
 * Translates shell wildcards: `*`, `?`, `[...]`, and `\` before a character that is meant literally.
 *
 * @param any what `?` matches, and `*` any number of
 * @returns matches nothing if the pattern is malformed
 */
function wildcardPattern(wildcards, { any = '.', flags = '' } = {}) {
    const source = wildcards.replaceAll(/\\(.)|\[([!^]?)(\]?[^\]]*)\]|\W/gs, (part, literal, not, characters) => {
        if (part === '*' || part === '?') {
            return part === '*' ? star : any;
        }
        return characters === undefined
            ? String(literal ?? part).replace(/\W/, '\\$&')
            : `[${not && '^'}${characters.replaceAll(/[\\\]^[]/g, '\\$&')}]`;
    });
    const [first, ...others] = source.split(star);
    const last = others.pop();
    // A lookahead is not tried again, so each star takes as little as it can, once: the time is not exponential.
    const middle = others.map((piece, index) => `(?=(${any}*?${piece}))\\${index + 1}`).join('');
    try {
        return new RegExp(last === undefined ? `^${first}$` : `^${first}${middle}${any}*${last}$`, `s${flags}`);
    }
    catch {
        // A range in the wrong order, such as [z-a].
        return /(?!)/;
    }
}


/***/ }),

/***/ 3447:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L6: () => (/* binding */ processesOf),
/* harmony export */   MH: () => (/* binding */ terminate),
/* harmony export */   N5: () => (/* binding */ runPowerShell),
/* harmony export */   _n: () => (/* binding */ isAlive),
/* harmony export */   e_: () => (/* binding */ terminateDescendants)
/* harmony export */ });
/* unused harmony export listProcesses */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5047);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3098);
/* harmony import */ var _program_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5878);
/* harmony import */ var _script_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1839);






/**
 * Finds the processes that run one of an installation's own programs (the listener waits for jobs, a worker executes one),
 * from its `bin` directory or, after a self-update, from a `bin.VERSION` directory beside it.
 *
 * @param directory the installation's root, without links
 * @param proc where Linux shows its processes
 */
async function processesOf(directory, program, platform, proc = '/proc') {
    const { basename, dirname, isAbsolute } = (0,_paths_js__WEBPACK_IMPORTED_MODULE_3__/* .pathsOf */ .wG)(platform);
    return (await listProcesses(platform, proc)).filter((process) => basename(process.program)
        .replace(/\.exe$/i, '')
        .toLowerCase() === program.toLowerCase() &&
        isAbsolute(process.program) &&
        (0,_paths_js__WEBPACK_IMPORTED_MODULE_3__/* .isSameDirectory */ .k2)(dirname((0,_paths_js__WEBPACK_IMPORTED_MODULE_3__/* .resolveLinks */ .Ap)(dirname(process.program))), directory, platform) &&
        (platform !== 'linux' || runsOutsideContainers(process, directory, proc)));
}
async function listProcesses(platform, proc = '/proc') {
    switch (platform) {
        case 'linux':
            // Synchronous: /proc does not block, and promises take several times the time and memory.
            return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)(proc)
                .filter((name) => /^\d+$/.test(name))
                .map((id) => readProcess((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(proc, id), Number(id)))
                .filter((process) => process !== undefined);
        case 'win32':
            return parseProcesses(await runPowerShell('Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.ExecutablePath)" }'));
        default:
            return parseProcesses(await outputOf('/bin/sh', ['-c', 'exec ps -axww -o pid=,ppid=,comm=']));
    }
}
/** @returns `undefined` when the process has ended in the meantime */
function readProcess(directory, id) {
    try {
        // The name of the program is in parentheses and can contain anything.
        const [, parent] = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'stat'), 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ');
        return { id, parent: Number(parent), program: readProgram(directory) };
    }
    catch {
        return undefined;
    }
}
/** The link `exe` is readable for the process's owner and for root only, the arguments for everyone. */
function readProgram(directory) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'exe')).replace(/ \(deleted\)$/, '');
    }
    catch {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'cmdline'), 'utf8').split('\0', 1).join();
    }
}
/**
 * Whether a process runs the file that its path names on this machine. In a container the same path is another file.
 * (Namespaces do not show this: a systemd unit with `PrivateTmp` has its own.)
 *
 * @param directory the installation's root
 */
function runsOutsideContainers({ id, program }, directory, proc) {
    const executable = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(proc, `${id}`, 'exe');
    try {
        const running = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(executable);
        const isDeleted = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)(executable) !== program;
        const file = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(isDeleted ? directory : program, { throwIfNoEntry: false });
        return file?.dev === running.dev && (isDeleted || file.ino === running.ino);
    }
    catch {
        return isInThisNamespace((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(proc, `${id}`, 'status'));
    }
}
/** Whether a process is in the PID namespace of this one. One in a container has an ID in each of its namespaces. */
function isInThisNamespace(status) {
    try {
        return !/^NSpid:\t\d+\t\d/m.test((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(status, 'utf8'));
    }
    catch {
        return false;
    }
}
/** Runs a command with Windows PowerShell, which is always at this path. */
async function runPowerShell(command) {
    return outputOf((0,_script_js__WEBPACK_IMPORTED_MODULE_5__/* .systemProgram */ .CA)((0,_environment_js__WEBPACK_IMPORTED_MODULE_2__/* .allowListedEnvironment */ .Q1)(process.env), 'WindowsPowerShell', 'v1.0', 'powershell.exe'), [
        ...['-NoProfile', '-NonInteractive', '-Command'],
        // By default the output is in the machine's OEM code page.
        `[Console]::OutputEncoding = [Text.Encoding]::UTF8; ${command}`,
    ]);
}
/** @throws Error if the program fails: an empty list would mean that no job is running */
async function outputOf(program, args) {
    const chunks = [];
    const exitCode = await (0,_program_js__WEBPACK_IMPORTED_MODULE_4__/* .execQuietly */ .h)(program, args, {
        env: (0,_environment_js__WEBPACK_IMPORTED_MODULE_2__/* .allowListedEnvironment */ .Q1)(process.env),
        listeners: { stdout: (chunk) => chunks.push(chunk) },
    });
    if (exitCode !== 0) {
        throw new Error(`${program} ended with exit code ${exitCode}`);
    }
    return Buffer.concat(chunks).toString();
}
/** Parses lines of a process's id, its parent's id, and its program, which may be empty. */
function parseProcesses(output) {
    return [...output.matchAll(/^ *(\d+) +(\d+) *(.*?)\r?$/gm)].map(([, id, parent, program]) => ({
        id: Number(id),
        parent: Number(parent),
        program: String(program),
    }));
}
/**
 * Terminates every process that this one has started, directly or not: the runner signals only this one. Those that
 * belong to root (`sudo`) cannot be signaled and are left alone.
 */
async function terminateDescendants(platform) {
    // A cancellation continues without the list: there is nobody to report a failure to.
    const processes = await listProcesses(platform).catch(() => []);
    const descendantsOf = (id) => processes
        .filter((process) => process.parent === id)
        .flatMap((process) => [process, ...descendantsOf(process.id)]);
    for (const { id } of descendantsOf(process.pid)) {
        terminate(id);
    }
}
/** @returns `false` when the process belongs to another account */
function terminate(id) {
    try {
        return process.kill(id, 'SIGTERM');
    }
    catch (error) {
        // Otherwise, it has ended.
        return error.code !== 'EPERM';
    }
}
function isAlive(id) {
    try {
        return process.kill(id, 0);
    }
    catch (error) {
        // EPERM: it belongs to another account.
        return error.code === 'EPERM';
    }
}


/***/ }),

/***/ 5878:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ execQuietly)
/* harmony export */ });
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5236);
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(_actions_exec__WEBPACK_IMPORTED_MODULE_0__);

/** The message with which Node.js reports that the operating system did not start a program: `spawn E2BIG`. */
const notStarted = /^spawn \S+$/;
/**
 * Runs a program without output in the log, whatever its exit code.
 *
 * If the operating system does not start it, `exec` (2.0) causes an unhandled rejection and never settles. Then every
 * program that is running in parallel counts as not started too: nothing tells them apart.
 *
 * @param program absolute: the toolkit logs the directories of `PATH` that it cannot read
 * @throws Error if it was not started
 */
async function execQuietly(program, args, options) {
    return new Promise((resolve, reject) => {
        const onRejection = (error) => {
            if (!(error instanceof Error && notStarted.test(error.message))) {
                throw error;
            }
            settle(() => reject(error));
        };
        const settle = (act) => {
            process.off('unhandledRejection', onRejection);
            act();
        };
        process.on('unhandledRejection', onRejection);
        (0,_actions_exec__WEBPACK_IMPORTED_MODULE_0__.exec)(program, [...args], { ...options, silent: true, ignoreReturnCode: true }).then((exitCode) => settle(() => resolve(exitCode)), (error) => settle(() => reject(error)));
    });
}


/***/ }),

/***/ 1839:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CA: () => (/* binding */ systemProgram),
/* harmony export */   KE: () => (/* binding */ describeExit),
/* harmony export */   SH: () => (/* binding */ lastLineOf),
/* harmony export */   gv: () => (/* binding */ asOwner),
/* harmony export */   j3: () => (/* binding */ runScript)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _program_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5878);


/** In bytes. */
const maximumOutput = 1_000_000;
/**
 * Runs a command in an installation's root, with an empty standard input.
 *
 * The shell searches `PATH` for the command and redirects its standard input. The toolkit would write to standard input
 * instead, and this process would end with EPIPE if the program has already ended.
 *
 * @param variables are added to the environment
 */
async function runScript(command, { directory, platform, environment }, variables = {}) {
    const chunks = [];
    let size = 0;
    const keep = (chunk) => {
        size += chunk.length;
        if (size <= maximumOutput) {
            chunks.push(chunk);
        }
    };
    const options = {
        cwd: directory,
        env: { ...environment, ...variables },
        listeners: { stdout: keep, stderr: keep },
    };
    const exitCode = platform === 'win32'
        ? await (0,_program_js__WEBPACK_IMPORTED_MODULE_1__/* .execQuietly */ .h)(`"${systemProgram(environment, 'cmd.exe')}"`, ['/d', '/s', '/c', `"${command.map(quoteForCmd).join(' ')} <nul"`], { ...options, windowsVerbatimArguments: true })
        : await (0,_program_js__WEBPACK_IMPORTED_MODULE_1__/* .execQuietly */ .h)('/bin/sh', ['-c', 'exec "$@" </dev/null', 'sh', ...command], options);
    return { exitCode, output: Buffer.concat(chunks).toString() };
}
function quoteForCmd(part) {
    return /^[\w.:\\/-]+$/.test(part) ? part : `"${part}"`;
}
/** The path of a program of Windows, below `System32`. */
function systemProgram(environment, ...path) {
    const [, root] = Object.entries(environment).find(([name]) => /^systemroot$/i.test(name)) ?? [];
    return (0,node_path__WEBPACK_IMPORTED_MODULE_0__.join)(root ?? 'C:\\Windows', 'System32', ...path);
}
/** The command, run as the owner of the installation. */
function asOwner({ ownerPrefix: [first, ...more] }, command) {
    return first === undefined ? command : [first, ...more, ...command];
}
/** The last line that a script printed: usually the reason why it failed. */
function lastLineOf({ output }) {
    return output.trim().replace(/^.*[\r\n]/s, '');
}
/** For example `ended with exit code 1, "Uninstall service first"`. */
function describeExit(result) {
    const how = result.exitCode === null
        ? 'was terminated or could not be started'
        : `ended with exit code ${result.exitCode}`;
    return `${how}, "${lastLineOf(result)}"`;
}


/***/ }),

/***/ 7929:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  l2: () => (/* binding */ findUninstallCommand),
  kd: () => (/* binding */ isService),
  nz: () => (/* binding */ markerAside),
  b: () => (/* binding */ setMarkerAside),
  PS: () => (/* binding */ stopRunner)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/failure.ts
var failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./src/runner/files.ts
var files = __webpack_require__(869);
// EXTERNAL MODULE: ./src/runner/lock.ts
var lock = __webpack_require__(2751);
// EXTERNAL MODULE: ./src/runner/processes.ts
var processes = __webpack_require__(3447);
// EXTERNAL MODULE: ./src/runner/script.ts
var runner_script = __webpack_require__(1839);
// EXTERNAL MODULE: ./src/runner/paths.ts
var paths = __webpack_require__(3098);
;// CONCATENATED MODULE: ./src/runner/sudo.ts



/**
 * Checks whether this account can run a command as root with `sudo` and without a password. The command is not run.
 *
 * `sudo -l COMMAND` also succeeds for a command that needs a password, if another one does not (`listpw=any` in sudoers),
 * so the rules are read as well. A password that was entered before does not count (`-k`): it can expire before the removal.
 *
 * @param command absolute, without links
 * @returns why not, or `undefined`
 */
async function whySudoIsRefused(command, script) {
    const list = (...args) => (0,runner_script/* runScript */.j3)(['sudo', '-n', '-k', ...args], script, { LC_ALL: 'C' });
    const allowed = await list('-l', '--', ...command);
    if (allowed.exitCode !== 0) {
        return (0,runner_script/* lastLineOf */.SH)(allowed) || 'sudo: the command is not allowed';
    }
    return needsPassword((await list('-ll')).output, command) ? 'sudo: a password is required' : undefined;
}
/**
 * Whether a command that `sudo` allows needs a password. The last rule that matches it decides. Rules that cannot be
 * evaluated here count only if they ask for a password.
 *
 * @param listing of `sudo -ll`
 */
function needsPassword(listing, command) {
    // The paragraph of the general defaults; that of the defaults for some commands has another title.
    const isOff = /^Matching Defaults(?:.+\n)*.*!authenticate\b/m.test(listing);
    const [, ...rules] = listing.split(/^(?:Sudoers entry|LDAP Role).*/m);
    let needed;
    for (const rule of rules) {
        if (!/^ +RunAsUsers: (.*, )?(root|ALL|#0)(,|$)/m.test(rule) ||
            /^ +RunAsUsers:.*!(root|ALL|#0)/m.test(rule)) {
            continue;
        }
        const [, negation] = /^ +Options: .*?(!?)authenticate/m.exec(rule) ?? [];
        const asks = negation === undefined ? !isOff : negation === '';
        const isTimed = /^ +Not(Before|After):/m.test(rule);
        for (const [specification] of rule.matchAll(/(?<=\t).+/g)) {
            const matches = matchesCommand(specification, command);
            if (matches === true && !isTimed) {
                needed = asks;
            }
            else if (matches !== false) {
                needed = asks || (needed ?? false);
            }
        }
    }
    return needed ?? true;
}
/** @returns `undefined` where only `sudo` can tell: regular expressions, digests, another path to the same file */
function matchesCommand(specification, [program, ...args]) {
    // What is denied with `!` is not this command, which is allowed.
    if (specification === 'ALL' || specification.startsWith('!')) {
        return specification === 'ALL';
    }
    if (/^sha\d+:|(^| )\^/.test(specification)) {
        return undefined;
    }
    const { path = specification, parameters = '*' } = /^(?<path>(?:\\.|[^ \\])+) (?<parameters>.*)/s.exec(specification)?.groups ?? {};
    if (!(0,paths/* wildcardPattern */.f8)(parameters).test(args.join(' '))) {
        return false;
    }
    const directory = `${external_node_path_.posix.dirname(program)}/`;
    if (path === directory || (0,paths/* wildcardPattern */.f8)(path, { any: '[^/]' }).test(program)) {
        return true;
    }
    return (0,paths/* wildcardPattern */.f8)(external_node_path_.posix.basename(path)).test(external_node_path_.posix.basename(program)) ? undefined : false;
}

;// CONCATENATED MODULE: ./src/runner/service.ts








/** The runner's marker of an installation that is installed as a service. */
const marker = '.service';
/** The marker during a removal. A crash can leave it there. */
const markerAside = '.service.set-aside';
/** Whether the installation is installed as a service. On Windows, `config.cmd remove` uninstalls it first of all. */
async function isService(directory) {
    return (await (0,files/* exists */.t2)((0,external_node_path_.join)(directory, marker))) || (await (0,files/* exists */.t2)((0,external_node_path_.join)(directory, markerAside)));
}
/**
 * Sets the service's marker aside, if there is one.
 *
 * @returns restores it; one that was created in the meantime stays
 */
async function setMarkerAside(directory) {
    await move((0,external_node_path_.join)(directory, marker), (0,external_node_path_.join)(directory, markerAside));
    return () => restoreMarker(directory);
}
async function restoreMarker(directory) {
    if (await (0,files/* exists */.t2)((0,external_node_path_.join)(directory, marker))) {
        await (0,promises_.rm)((0,external_node_path_.join)(directory, markerAside), { force: true });
    }
    else {
        await move((0,external_node_path_.join)(directory, markerAside), (0,external_node_path_.join)(directory, marker));
    }
}
/** Does nothing if there is no such file: another removal can have moved it. */
async function move(from, to) {
    await (0,promises_.rename)(from, to).catch((error) => {
        if (error.code !== 'ENOENT') {
            throw error;
        }
    });
}
/**
 * Finds the command that uninstalls an installation's service, and checks that this account can run it.
 *
 * `svc.sh` must be run by root on Linux, and must not be on macOS. On Windows, `config.cmd remove` stops and uninstalls the
 * service, which requires an administrator.
 *
 * @returns `undefined` if there is nothing to uninstall after the deregistration
 * @throws Failure `service-needs-root`, `service-needs-administrator`
 */
async function findUninstallCommand(script, isRoot) {
    const { directory, platform } = script;
    if (!(await isService(directory))) {
        return undefined;
    }
    if (platform === 'win32') {
        await requireAdministrator(directory);
        return undefined;
    }
    const uninstall = [(0,external_node_path_.join)(directory, 'svc.sh'), 'uninstall'];
    if (platform === 'linux' && !isRoot) {
        await requireSudo(script, uninstall);
        return ['sudo', '-n', '--', ...uninstall];
    }
    return platform === 'linux' ? uninstall : (0,runner_script/* asOwner */.gv)(script, uninstall);
}
async function requireSudo(script, uninstall) {
    const reason = await whySudoIsRefused(uninstall, script);
    if (reason !== undefined) {
        throw new failure/* Failure */.HR('service-needs-root', {
            happened: `The runner in ${script.directory} is installed as a service, which this account cannot uninstall. Nothing was changed.`,
            cause: `Uninstalling a service requires root, and this account cannot use sudo for it without a password ("${reason}").`,
            remedy: `Run the step as root, or allow this account to run "${uninstall.join(' ')}" with NOPASSWD in a file in /etc/sudoers.d.`,
        });
    }
}
/** Makes the same check as `config.cmd` (actions/runner, NativeWindowsServiceHelper.cs), which needs no Windows service. */
async function requireAdministrator(directory) {
    const isAdministrator = await (0,processes/* runPowerShell */.N5)('([Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)');
    if (isAdministrator.trim() !== 'True') {
        throw new failure/* Failure */.HR('service-needs-administrator', {
            happened: `The runner in ${directory} is installed as a service, which this account cannot uninstall. Nothing was changed.`,
            cause: 'Uninstalling a Windows service requires an administrator.',
            remedy: 'Run the step on a runner whose account is an administrator.',
        });
    }
}
/**
 * Uninstalls the service of a runner that is deregistered, which also stops it.
 *
 * @throws Failure `removal-failed`
 */
async function uninstallService(uninstall, script, print) {
    const { directory } = script;
    const result = await (0,lock/* withLock */.k)(script, async () => {
        // `svc.sh uninstall` deletes the marker only in its place.
        await restoreMarker(directory);
        return (0,runner_script/* runScript */.j3)(uninstall, script);
    });
    print(result.output);
    if (result.exitCode !== 0 || (await isService(directory))) {
        throw new failure/* Failure */.HR('removal-failed', {
            happened: `The runner in ${directory} is not configured any more, but its service was not uninstalled: svc.sh uninstall ${(0,runner_script/* describeExit */.KE)(result)}.`,
            likelyCause: 'The service manager refused, or the unit was changed by hand.',
            remedy: `Fix the problem shown in the output, then run "./svc.sh uninstall" in ${directory} or re-run the step.`,
        });
    }
}
/**
 * Stops a runner that is deregistered: uninstalls its service and terminates a listener that was started by hand. (Since
 * 2.336 a listener notices the deregistration; an older one retries forever: actions/runner#971.)
 *
 * @param print receives the output of programs
 * @returns `false` while a job is running: it can have started just before the deregistration
 * @throws Failure `removal-failed` if the service cannot be uninstalled
 */
async function stopRunner({ script, uninstall }, print) {
    const { directory, platform } = script;
    if ((await (0,processes/* processesOf */.L6)(directory, 'Runner.Worker', platform)).length > 0) {
        return false;
    }
    if (uninstall !== undefined) {
        await uninstallService(uninstall, script, print);
    }
    for (const { id } of await (0,processes/* processesOf */.L6)(directory, 'Runner.Listener', platform)) {
        print((0,processes/* terminate */.MH)(id)
            ? `Stopping the listener (process ${id}).`
            : `The listener (process ${id}) belongs to another account. Stop it by hand.`);
    }
    return true;
}


/***/ })

};
;