export const id = 973;
export const ids = [973];
export const modules = {

/***/ 8646:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ deregister),
/* harmony export */   a: () => (/* binding */ removeLocalConfiguration)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5047);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(869);
/* harmony import */ var _script_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1839);
/* harmony import */ var _service_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4857);






/**
 * Lets a runner deregister itself: `config.sh remove` (`config.cmd remove`). On success its local configuration is gone
 * too.
 *
 * The token goes through the environment, never through the arguments, which every user of the machine can read
 * (actions/runner#355). The script refuses while the marker of a service exists, so that this is set aside meanwhile;
 * on Windows it sees to the service itself. When the removal fails, the files that the script writes before it contacts
 * GitHub are put back: the runner stays in service.
 */
async function deregister(script, removeToken) {
    const restoreFiles = await (0,_files_js__WEBPACK_IMPORTED_MODULE_3__/* .rememberFiles */ .XL)(['.path', '.env'].map((name) => (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(script.directory, name)));
    const putMarkerBack = script.platform === 'win32' ? undefined : await (0,_service_js__WEBPACK_IMPORTED_MODULE_5__/* .setMarkerAside */ .b)(script.directory);
    let result;
    try {
        result = await runConfigurationScript(script, [], { [_environment_js__WEBPACK_IMPORTED_MODULE_2__/* .removeTokenVariable */ .E6]: removeToken });
        return result;
    }
    finally {
        if (result?.exitCode !== 0) {
            await restoreFiles();
        }
        await putMarkerBack?.();
    }
}
/**
 * Deletes the local configuration of a runner, and asks GitHub nothing: `config.sh remove --local`, since 2.301. The key
 * that belongs to the credentials stays behind when these are gone already, and is deleted here.
 */
async function removeLocalConfiguration(script) {
    const result = await runConfigurationScript(script, ['--local'], {});
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.rm)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(script.directory, '.credentials_rsaparams'), { force: true });
    return result;
}
async function runConfigurationScript(script, flags, variables) {
    const program = script.platform === 'win32' ? './config.cmd' : './config.sh';
    return (0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .runScript */ .j3)((0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .asOwner */ .gv)(script, [program, 'remove', ...flags]), script, variables);
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
    /DOTNET_(?!STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE).+/,
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

/***/ 869:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   EW: () => (/* binding */ readSmallFile),
/* harmony export */   Jr: () => (/* binding */ isAllowed),
/* harmony export */   XL: () => (/* binding */ rememberFiles),
/* harmony export */   t2: () => (/* binding */ exists)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_2__);



/** The largest file of an installation that is read, in bytes; real ones have a few thousand at most. */
const maximumSize = 100_000;
/**
 * Reads a small file of an installation. Jobs can write there, so that this follows no symbolic link, waits for no
 * named pipe, and reads nothing large. (Windows has neither flag, and neither kind of file: `|` makes them 0.)
 *
 * @throws Error when there is no such file, it may not be read, or it is something else
 */
async function readSmallFile(path) {
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.open)(path, node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_RDONLY | node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_NOFOLLOW | node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_NONBLOCK);
    try {
        const status = await file.stat();
        if (!status.isFile() || status.size > maximumSize) {
            throw new Error(`it is not a file of at most ${maximumSize} bytes`);
        }
        return { bytes: await file.readFile(), mode: status.mode, uid: status.uid, gid: status.gid };
    }
    finally {
        await file.close();
    }
}
/** Whether there is something at the path that this account can see. */
async function exists(path) {
    return isAllowed(path, node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.F_OK);
}
/** @param mode `R_OK` and the like, of `node:fs` */
async function isAllowed(path, mode) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.access)(path, mode).then(() => true, () => false);
}
/**
 * Remembers files as they are now.
 *
 * @returns puts them back: those that changed get their old content, those that were not there are deleted
 */
async function rememberFiles(paths) {
    const remembered = await Promise.all(paths.map(async (path) => ({ path, before: await readSmallFile(path).catch(() => undefined) })));
    return async () => {
        for (const { path, before } of remembered) {
            const now = await readSmallFile(path).catch(() => undefined);
            if (before === undefined) {
                await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(path, { force: true });
            }
            else if (!now?.bytes.equals(before.bytes)) {
                await replaceFile(path, before);
            }
        }
    };
}
/**
 * Puts a new file in the old one's place instead of writing into it: root may be doing this in the directory of an
 * account that is not trusted and could have put a link there.
 */
async function replaceFile(path, { bytes, mode, uid, gid }) {
    const temporary = `${path}.${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomUUID)()}`;
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.open)(temporary, 'wx', mode);
    try {
        await file.writeFile(bytes);
        await file.chmod(mode);
        await file.chown(uid, gid);
    }
    finally {
        await file.close();
    }
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rename)(temporary, path);
}


/***/ }),

/***/ 6000:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Vm: () => (/* binding */ isInstallation),
/* harmony export */   Z_: () => (/* binding */ readInstallation),
/* harmony export */   aR: () => (/* binding */ checkEnvironmentFile),
/* harmony export */   jD: () => (/* binding */ isConfigured),
/* harmony export */   x8: () => (/* binding */ checkAccess)
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





/** The files of a configured installation, each with the one that stands in for it after a migration. */
const settingsFiles = ['.runner', '.runner_migrated'];
const credentialsFiles = ['.credentials', '.credentials_migrated'];
/**
 * Reads the installation in a directory. Nothing in it is trusted: jobs can write to these files.
 *
 * @param directory as the input says it; relative ones count from the working directory
 * @throws Failure `not-a-runner`
 */
async function readInstallation(directory, platform) {
    const root = await resolveDirectory(directory);
    if (!(await isInstallation(root, platform))) {
        throw notARunner(directory, `is no runner installation: it has no ${programsOf(platform).join(' and ')}`);
    }
    const { uid, gid } = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.stat)(root);
    return {
        directory: root,
        configuration: await readConfiguration(directory, root),
        hasCredentials: (await firstOf(root, credentialsFiles)) !== undefined,
        owner: { uid, gid },
    };
}
/** Whether a directory holds a runner. */
async function isInstallation(directory, platform) {
    const found = await Promise.all(programsOf(platform).map((name) => (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, name))));
    return found.every(Boolean);
}
function programsOf(platform) {
    return platform === 'win32'
        ? ['config.cmd', 'bin/Runner.Listener.exe']
        : ['config.sh', 'bin/Runner.Listener'];
}
/**
 * Makes sure that the runner's own removal can do its work as the account that will run it: an installation that turns
 * out to be read-only half-way would stay half-removed. Root may do everything and is not checked.
 *
 * @throws Failure `removal-failed` that names what is in the way
 */
async function checkAccess({ directory }) {
    const { R_OK, W_OK, X_OK } = node_fs__WEBPACK_IMPORTED_MODULE_0__.constants;
    const needed = [
        ['.', W_OK | X_OK],
        ['_diag', W_OK | X_OK],
        ...['.path', '.env'].map((name) => [name, R_OK | W_OK]),
        ...[...settingsFiles, ...credentialsFiles].map((name) => [name, R_OK]),
    ];
    for (const [name, mode] of needed) {
        const path = (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, name);
        if ((await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .exists */ .t2)(path)) && !(await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .isAllowed */ .Jr)(path, mode))) {
            throw new _failure_js__WEBPACK_IMPORTED_MODULE_3__/* .Failure */ .HR('removal-failed', {
                happened: `This account may not change ${path}, which the removal of the runner has to. Nothing was changed.`,
                cause: 'The installation belongs to another account than the one that runs this step.',
                remedy: 'Run the step as the account that the installation belongs to, or as root.',
            });
        }
    }
}
/**
 * Makes sure that the installation's `.env` does not speak for the action: what it sets there counts more to the runner
 * than the environment that it is started with, and `ACTIONS_RUNNER_INPUT_*` are arguments of `config.sh`.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Program.cs
 * @throws Failure `removal-failed`
 */
async function checkEnvironmentFile({ directory }) {
    const path = (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, '.env');
    const content = await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .readSmallFile */ .EW)(path).catch(() => undefined);
    const [argument] = /^ACTIONS_RUNNER_INPUT_\w*/im.exec(content?.bytes.toString() ?? '') ?? [];
    if (argument !== undefined) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_3__/* .Failure */ .HR('removal-failed', {
            happened: `The file ${path} sets ${argument}, which would change what the removal of the runner does. Nothing was changed.`,
            cause: 'A job or a person put it there; the runner itself never does.',
            remedy: `Delete the line from ${path}, find out where it came from, and run this again.`,
        });
    }
}
/** Whether the installation holds settings or credentials of a registration. */
async function isConfigured(directory) {
    return (await firstOf(directory, [...settingsFiles, ...credentialsFiles])) !== undefined;
}
async function resolveDirectory(directory) {
    try {
        const root = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.realpath)(directory);
        // Reading a directory needs the right to enter it.
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.access)(root, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.R_OK | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.X_OK);
        return root;
    }
    catch (error) {
        throw notARunner(directory, `cannot be read (${error.message})`, error);
    }
}
async function readConfiguration(directory, root) {
    const file = await firstOf(root, settingsFiles);
    if (file === undefined) {
        return undefined;
    }
    try {
        return parseSettings((await (0,_files_js__WEBPACK_IMPORTED_MODULE_4__/* .readSmallFile */ .EW)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(root, file))).bytes.toString());
    }
    catch (error) {
        throw notARunner(directory, `has a file ${file} that cannot be used (${error.message})`, error);
    }
}
/**
 * Reads the runner's settings. `config.sh` writes camel case and a byte order mark, just-in-time configuration Pascal
 * case, strings for every value, and no mark.
 */
function parseSettings(text) {
    const settings = JSON.parse(text.replace(/^\uFEFF/, ''));
    const values = new Map(Object.entries(settings ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
    const id = Number(values.get('agentid'));
    const name = values.get('agentname');
    const url = values.get('githuburl');
    if (!Number.isSafeInteger(id) || id < 1) {
        throw new Error('"agentId" is no positive number');
    }
    if (typeof name !== 'string' || name === '') {
        throw new Error('"agentName" is no name');
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
        happened: `The directory "${directory}" in the input "runner-directory" ${problem}. Nothing was changed.`,
        cause: 'It is not the directory of a runner on this machine, or this account may not read it.',
        remedy: 'Set "runner-directory" to the directory that holds the config.sh (config.cmd on Windows) of the runner, on the machine that runs this job.',
    }, { cause: error });
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
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1260);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5047);





/**
 * Finds the processes that run a program of an installation: from its `bin` directory or, after a self-update, from the
 * `bin.VERSION` that `bin` links to.
 *
 * @param directory the installation's root, without symbolic links
 */
async function processesOf(directory, program, platform) {
    const path = platform === 'win32' ? node_path__WEBPACK_IMPORTED_MODULE_2__.win32 : node_path__WEBPACK_IMPORTED_MODULE_2__.posix;
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
            // Not a file system that one has to wait for: promises would take several times as long, and as much memory.
            return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)(proc)
                .filter((name) => /^\d+$/.test(name))
                .map((id) => readProcess((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(proc, id), Number(id)))
                .filter((process) => process !== undefined);
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
function readProcess(directory, id) {
    try {
        // What stands in parentheses is the program's name and may hold anything.
        const [, parent] = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, 'stat'), 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ');
        return { id, parent: Number(parent), program: programIn(directory) };
    }
    catch {
        return undefined;
    }
}
/** The link `exe` may be read by the owner and by root only, the arguments by everybody. */
function programIn(directory) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, 'exe'));
    }
    catch {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(directory, 'cmdline'), 'utf8').split('\0', 1).join();
    }
}
async function outputOf(command, args) {
    return (await (0,_actions_exec__WEBPACK_IMPORTED_MODULE_3__/* .getExecOutput */ .H)(command, args, { silent: true, env: (0,_environment_js__WEBPACK_IMPORTED_MODULE_4__/* .allowListed */ .nq)(process.env) })).stdout;
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
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.realpath)(directory).catch(() => directory);
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


/***/ }),

/***/ 8219:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ retire)
/* harmony export */ });
/* harmony import */ var _processes_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3447);
/* harmony import */ var _service_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4857);


/**
 * Stops a runner that GitHub does not know any more: its service is uninstalled, and a listener that was started by
 * hand is asked to stop. (Since 2.336 it notices by itself; before, it tries for ever: actions/runner#971.)
 *
 * @param print is given what programs print
 * @returns whether it was stopped; it is not while a job runs, which could have begun at the very last moment
 * @throws Failure when the service cannot be uninstalled
 */
async function retire({ script, uninstall }, print) {
    const { directory, platform } = script;
    if ((await (0,_processes_js__WEBPACK_IMPORTED_MODULE_0__/* .processesOf */ .L6)(directory, 'Runner.Worker', platform)).length > 0) {
        return false;
    }
    if (uninstall !== undefined) {
        print((await (0,_service_js__WEBPACK_IMPORTED_MODULE_1__/* .uninstallService */ .ox)(uninstall, script)).output);
    }
    for (const { id } of await (0,_processes_js__WEBPACK_IMPORTED_MODULE_0__/* .processesOf */ .L6)(directory, 'Runner.Listener', platform)) {
        print(`The listener, process ${id}, is asked to stop.`);
        (0,_processes_js__WEBPACK_IMPORTED_MODULE_0__/* .askToEnd */ ._u)(id);
    }
    return true;
}


/***/ }),

/***/ 1839:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   SH: () => (/* binding */ lastLineOf),
/* harmony export */   gv: () => (/* binding */ asOwner),
/* harmony export */   j3: () => (/* binding */ runScript)
/* harmony export */ });
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1260);

/** No more than this is kept of what a script prints, in bytes. */
const maximumOutput = 1_000_000;
/**
 * Runs a command in an installation's root, with its standard input closed, so that nothing waits for an answer.
 *
 * @param variables are added to the environment
 */
async function runScript([program, ...args], { directory, platform, environment }, variables = {}) {
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
        silent: true,
        ignoreReturnCode: true,
        listeners: { stdout: keep, stderr: keep },
    };
    const exitCode = platform === 'win32'
        ? await (0,_actions_exec__WEBPACK_IMPORTED_MODULE_0__/* .exec */ .m)(program, args, { ...options, input: Buffer.alloc(0) })
        : // An empty input would do here too, but a script that ends at once would then end this process with it (EPIPE).
            await (0,_actions_exec__WEBPACK_IMPORTED_MODULE_0__/* .exec */ .m)('sh', ['-c', 'exec "$@" </dev/null', 'sh', program, ...args], options);
    return { exitCode, output: Buffer.concat(chunks).toString() };
}
/** The command as the account runs it that the installation belongs to. */
function asOwner({ ownerPrefix: [first, ...more] }, command) {
    return first === undefined ? command : [first, ...more, ...command];
}
/** The last line that a script printed: mostly the reason for which it failed. */
function lastLineOf({ output }) {
    return output.trim().replace(/^.*[\r\n]/s, '');
}


/***/ }),

/***/ 4857:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Wd: () => (/* binding */ uninstallCommand),
/* harmony export */   b: () => (/* binding */ setMarkerAside),
/* harmony export */   kd: () => (/* binding */ isService),
/* harmony export */   ox: () => (/* binding */ uninstallService)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1633);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(869);
/* harmony import */ var _script_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1839);





/** The runner's own mark of an installation that is a service of the operating system. */
const marker = '.service';
/** Where this action keeps the mark for the time of a removal. A crash can leave it there. */
const markerAside = '.service.set-aside';
/** Whether the installation is a service. */
async function isService(directory) {
    return (await (0,_files_js__WEBPACK_IMPORTED_MODULE_3__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, marker))) || (await (0,_files_js__WEBPACK_IMPORTED_MODULE_3__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, markerAside)));
}
/** @returns puts it back, or does nothing where there is none */
async function setMarkerAside(directory) {
    await move(directory, marker, markerAside);
    return async () => move(directory, markerAside, marker);
}
async function move(directory, from, to) {
    if (await (0,_files_js__WEBPACK_IMPORTED_MODULE_3__/* .exists */ .t2)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, from))) {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.rename)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, from), (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, to));
    }
}
/**
 * Finds the command that uninstalls an installation's service, and makes sure that it may be run.
 *
 * On Linux `svc.sh` has to be run by root, on macOS it must not be. On Windows the runner's own removal stops and
 * uninstalls the service, as an administrator.
 *
 * @returns `undefined` when there is nothing left to do after the runner's own removal
 * @throws Failure `service-needs-root`, `service-needs-administrator`
 */
async function uninstallCommand(script, isRoot) {
    const { directory, platform } = script;
    if (!(await isService(directory))) {
        return undefined;
    }
    if (platform === 'win32') {
        await requireAdministrator(script);
        return undefined;
    }
    const uninstall = [(0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(directory, 'svc.sh'), 'uninstall'];
    if (platform === 'linux' && !isRoot) {
        await requireSudo(script, uninstall);
        return ['sudo', '-n', '--', ...uninstall];
    }
    return platform === 'linux' ? uninstall : (0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .asOwner */ .gv)(script, uninstall);
}
/** Uninstalls the service of a runner that has been deregistered, which also stops it. */
async function uninstallService(command, context) {
    // `svc.sh uninstall` deletes the mark where the mark belongs.
    await move(context.directory, markerAside, marker);
    const result = await (0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .runScript */ .j3)(command, context);
    if (result.exitCode !== 0 || (await isService(context.directory))) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR('removal-failed', {
            happened: `The runner in ${context.directory} is deregistered, but its service was not uninstalled: svc.sh uninstall ended with exit code ${result.exitCode}, "${(0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .lastLineOf */ .SH)(result)}".`,
            cause: 'The service manager of this machine refused, or the unit was changed by hand.',
            remedy: `Run the step again, or "./svc.sh uninstall" in ${context.directory} by hand. GitHub does not list the runner any more.`,
        });
    }
    return result;
}
async function requireSudo(context, command) {
    // Asks whether this very command may be run, and runs nothing.
    const allowed = await (0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .runScript */ .j3)(['sudo', '-n', '-l', '--', ...command], context);
    if (allowed.exitCode !== 0) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR('service-needs-root', {
            happened: `The runner in ${context.directory} is installed as a service, which this account may not uninstall (${(0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .lastLineOf */ .SH)(allowed)}). Nothing was changed.`,
            cause: 'Only root can change services, and this account may not use sudo without a password.',
            remedy: `Run the step as root, or allow the account to run "${command.join(' ')}" with sudo without a password (NOPASSWD in /etc/sudoers.d).`,
        });
    }
}
async function requireAdministrator(context) {
    // A command that changes nothing, and that only an administrator may run.
    const { exitCode } = await (0,_script_js__WEBPACK_IMPORTED_MODULE_4__/* .runScript */ .j3)(['net', 'session'], context);
    if (exitCode !== 0) {
        throw new _failure_js__WEBPACK_IMPORTED_MODULE_2__/* .Failure */ .HR('service-needs-administrator', {
            happened: `The runner in ${context.directory} is installed as a service, which this account may not uninstall. Nothing was changed.`,
            cause: 'Only an administrator can change services of Windows.',
            remedy: 'Run the step on a runner whose account is an administrator.',
        });
    }
}


/***/ })

};
