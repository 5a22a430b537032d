export const id = 23;
export const ids = [23];
export const modules = {

/***/ 1404:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  removeRunners: () => (/* binding */ removeRunners)
});

// EXTERNAL MODULE: ./src/addressing.ts
var addressing = __webpack_require__(8319);
// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./src/registration.ts
var registration = __webpack_require__(9362);
// EXTERNAL MODULE: ./src/github/diagnosis.ts + 1 modules
var diagnosis = __webpack_require__(2313);
;// CONCATENATED MODULE: ./src/github/runners.ts


/**
 * Asks for a runner by its id.
 *
 * @returns `undefined` when GitHub does not know it, or knows another runner by that id
 */
async function getRunner(client, identity) {
    const request = runnerRequest(identity, 'GET', 'look up', [200, 404]);
    const answer = await client.request(request);
    if (answer.status === 404) {
        return undefined;
    }
    const runner = parseRunner(answer.data);
    if (runner === undefined) {
        throw (0,diagnosis/* explainInvalidAnswer */.z)(request, answer, 'without a runner in it');
    }
    return isSame(runner, identity) ? runner : undefined;
}
/**
 * Looks for runners of the same name, whatever their id. The filter by name leaves one at most; a server that is too
 * old to know it lists the first hundred.
 */
async function findRunnersByName(client, identity) {
    const request = {
        ...runnerRequest(identity, 'GET', 'look for', [200]),
        path: '/actions/runners',
        parameters: { name: identity.name, per_page: 100 },
    };
    const answer = await client.request(request);
    const { data } = answer;
    const listed = typeof data === 'object' && data !== null && 'runners' in data ? data.runners : undefined;
    if (!Array.isArray(listed)) {
        throw (0,diagnosis/* explainInvalidAnswer */.z)(request, answer, 'without a list of runners in it');
    }
    return listed
        .map(parseRunner)
        .filter((runner) => runner !== undefined)
        .filter((runner) => sameName(runner.name, identity.name));
}
/**
 * Deletes a runner through the API. The caller has made sure that GitHub lists it with this id and this name.
 *
 * @returns `busy` when GitHub refuses because the runner runs a job
 */
async function deleteRunner(client, identity) {
    const { status } = await client.request(runnerRequest(identity, 'DELETE', 'delete', [204, 404, 422]));
    return status === 422 ? 'busy' : 'deleted';
}
/** Whether what GitHub lists is the runner that an installation says it is. */
function isSame(runner, identity) {
    return runner.id === identity.id && sameName(runner.name, identity.name);
}
function sameName(one, other) {
    return one.toLowerCase() === other.toLowerCase();
}
function runnerRequest(identity, method, verb, expected) {
    return {
        purpose: `${verb} the runner "${identity.name}" of the ${(0,registration/* describeRegistration */.B4)(identity.registration)}`,
        registration: identity.registration,
        method,
        path: '/actions/runners/{runner_id}',
        parameters: { runner_id: identity.id },
        expected,
    };
}
function parseRunner(data) {
    if (typeof data !== 'object' || data === null || !('id' in data && 'name' in data && 'busy' in data)) {
        return undefined;
    }
    const { id, name, busy } = data;
    return typeof id === 'number' && typeof name === 'string' && typeof busy === 'boolean'
        ? { id, name, busy }
        : undefined;
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@actions/exec/lib/exec.js + 5 modules
var exec = __webpack_require__(2876);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./src/runner/files.ts



/** The largest file of an installation that is read, in bytes; real ones have a few thousand at most. */
const maximumSize = 100_000;
/**
 * Reads a small file of an installation. Jobs can write there, so that this follows no symbolic link, waits for no
 * named pipe, and reads nothing large. (Windows has neither flag, and neither kind of file: `|` makes them 0.)
 *
 * @throws Error when there is no such file, it may not be read, or it is something else
 */
async function readSmallFile(path) {
    const file = await (0,promises_.open)(path, external_node_fs_.constants.O_RDONLY | external_node_fs_.constants.O_NOFOLLOW | external_node_fs_.constants.O_NONBLOCK);
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
    return isAllowed(path, external_node_fs_.constants.F_OK);
}
/** @param mode `R_OK` and the like, of `node:fs` */
async function isAllowed(path, mode) {
    return (0,promises_.access)(path, mode).then(() => true, () => false);
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
                await (0,promises_.rm)(path, { force: true });
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
    const temporary = `${path}.${(0,external_node_crypto_.randomUUID)()}`;
    const file = await (0,promises_.open)(temporary, 'wx', mode);
    try {
        await file.writeFile(bytes);
        await file.chmod(mode);
        await file.chown(uid, gid);
    }
    finally {
        await file.close();
    }
    await (0,promises_.rename)(temporary, path);
}

;// CONCATENATED MODULE: ./src/runner/configuration-script.ts



/** No more than this is kept of what a script prints, in bytes. */
const maximumOutput = 1_000_000;
/**
 * Runs `config.sh remove` (`config.cmd remove`) in the installation.
 *
 * The token goes through the environment, never through the arguments, which every user of the machine can read
 * (actions/runner#355). Standard input is closed, so that nothing waits for an answer. When the removal fails, the
 * files that the script writes before it contacts GitHub are put back: the runner stays in service.
 */
async function runRemoval(mode, context) {
    const restore = await rememberFiles(['.path', '.env'].map((name) => (0,external_node_path_.join)(context.directory, name)));
    const result = await runScript(mode, context);
    if (result.exitCode !== 0) {
        await restore();
    }
    return result;
}
async function runScript(mode, { directory, platform, prefix, environment }) {
    const removal = ['remove', ...(mode.kind === 'local' ? ['--local'] : [])];
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
        env: {
            ...environment,
            ...(mode.kind === 'deregister' ? { ACTIONS_RUNNER_INPUT_TOKEN: mode.removeToken } : {}),
        },
        silent: true,
        ignoreReturnCode: true,
        listeners: { stdout: keep, stderr: keep },
    };
    const exitCode = platform === 'win32'
        ? await (0,exec/* exec */.m)('./config.cmd', removal, { ...options, input: Buffer.alloc(0) })
        : // An empty input would do here too, but a script that ends at once would then end this process with it (EPIPE).
            await (0,exec/* exec */.m)('sh', ['-c', 'exec "$@" </dev/null', 'sh', ...prefix, './config.sh', ...removal], options);
    return { exitCode, output: Buffer.concat(chunks).toString() };
}

;// CONCATENATED MODULE: ./src/runner/installation.ts





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
    const [script, listener] = platform === 'win32' ? ['config.cmd', 'Runner.Listener.exe'] : ['config.sh', 'Runner.Listener'];
    if (!(await exists((0,external_node_path_.join)(root, script))) || !(await exists((0,external_node_path_.join)(root, 'bin', listener)))) {
        throw notARunner(directory, `is no runner installation: it has no ${script} and bin/${listener}`);
    }
    const { uid, gid } = await (0,promises_.stat)(root);
    return {
        directory: root,
        configuration: await readConfiguration(directory, root),
        hasCredentials: (await firstOf(root, credentialsFiles)) !== undefined,
        isService: await exists((0,external_node_path_.join)(root, '.service')),
        owner: { uid, gid },
    };
}
/**
 * Makes sure that the runner's own removal can do its work as the account that will run it: an installation that turns
 * out to be read-only half-way would stay half-removed. Root may do everything and is not checked.
 *
 * @throws Failure `removal-failed` that names what is in the way
 */
async function checkAccess({ directory }) {
    const { R_OK, W_OK, X_OK } = external_node_fs_.constants;
    const needed = [
        ['.', W_OK | X_OK],
        ['_diag', W_OK | X_OK],
        ...['.path', '.env'].map((name) => [name, R_OK | W_OK]),
        ...[...settingsFiles, ...credentialsFiles].map((name) => [name, R_OK]),
    ];
    for (const [name, mode] of needed) {
        const path = (0,external_node_path_.join)(directory, name);
        if ((await exists(path)) && !(await isAllowed(path, mode))) {
            throw new src_failure/* Failure */.HR('removal-failed', {
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
    const path = (0,external_node_path_.join)(directory, '.env');
    const content = await readSmallFile(path).catch(() => undefined);
    const [argument] = /^ACTIONS_RUNNER_INPUT_\w*/im.exec(content?.bytes.toString() ?? '') ?? [];
    if (argument !== undefined) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The file ${path} sets ${argument}, which would change what the removal of the runner does. Nothing was changed.`,
            cause: 'A job or a person put it there; the runner itself never does.',
            remedy: `Delete the line from ${path}, find out where it came from, and run this again.`,
        });
    }
}
/** Whether the installation holds settings or credentials of a registration. */
async function isConfigured(installation) {
    return (await firstOf(installation.directory, [...settingsFiles, ...credentialsFiles])) !== undefined;
}
async function resolveDirectory(directory) {
    try {
        const root = await (0,promises_.realpath)(directory);
        // Reading a directory needs the right to enter it.
        await (0,promises_.access)(root, external_node_fs_.constants.R_OK | external_node_fs_.constants.X_OK);
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
        return parseSettings((await readSmallFile((0,external_node_path_.join)(root, file))).bytes.toString());
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
    if (typeof settings !== 'object' || settings === null) {
        throw new Error('it holds no JSON object');
    }
    const values = new Map(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), value]));
    const id = Number(values.get('agentid'));
    const name = values.get('agentname');
    const url = values.get('githuburl');
    if (!Number.isSafeInteger(id) || id < 1) {
        throw new Error('"agentId" is no positive number');
    }
    if (typeof name !== 'string' || name === '') {
        throw new Error('"agentName" is no name');
    }
    return { id, name, url: typeof url === 'string' && url !== '' ? url : undefined };
}
async function firstOf(root, names) {
    for (const name of names) {
        if (await exists((0,external_node_path_.join)(root, name))) {
            return name;
        }
    }
    return undefined;
}
function notARunner(directory, problem, error) {
    return new src_failure/* Failure */.HR('not-a-runner', {
        happened: `The directory "${directory}" in the input "runner-directory" ${problem}. Nothing was changed.`,
        cause: 'It is not the directory of a runner on this machine, or this account may not read it.',
        remedy: 'Set "runner-directory" to the directory that holds the config.sh (config.cmd on Windows) of the runner, on the machine that runs this job.',
    }, { cause: error });
}

;// CONCATENATED MODULE: ./src/runner/processes.ts



/**
 * Finds the processes that run a program of an installation: from its `bin` directory or, after a self-update, from the
 * `bin.VERSION` that `bin` links to.
 *
 * @param directory the installation's root, without symbolic links
 */
async function processesOf(directory, program, platform) {
    const path = platform === 'win32' ? external_node_path_.win32 : external_node_path_.posix;
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
            const ids = (await (0,promises_.readdir)(proc)).filter((name) => /^\d+$/.test(name));
            const processes = await Promise.all(ids.map((id) => readProcess((0,external_node_path_.join)(proc, id), Number(id))));
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
        const program = await (0,promises_.readlink)((0,external_node_path_.join)(directory, 'exe')).catch(async () => {
            const commandLine = await (0,promises_.readFile)((0,external_node_path_.join)(directory, 'cmdline'), 'utf8');
            return commandLine.split('\0', 1).join();
        });
        // What stands in parentheses is the program's name and may hold anything.
        const [, parent] = (await (0,promises_.readFile)((0,external_node_path_.join)(directory, 'stat'), 'utf8')).replace(/^.*\) /s, '').split(' ');
        return { id, parent: Number(parent), program };
    }
    catch {
        return undefined;
    }
}
async function outputOf(command, args) {
    return (await (0,exec/* getExecOutput */.H)(command, args, { silent: true })).stdout;
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
    return (0,promises_.realpath)(directory).catch(() => directory);
}

;// CONCATENATED MODULE: ./src/remove-runner.ts





/**
 * Takes one runner out of service, and proves it. It can be called again after a crash at any point.
 *
 * @throws Failure when the runner was not removed
 */
async function removeRunner(runner, dryRun, tools) {
    const { installation } = runner;
    await refuseDuringJob(runner, runner.identity.name);
    const { registered, namesakes } = await lookUp(runner, tools);
    if (registered?.busy) {
        throw busy(installation, runner.identity.name, 'GitHub lists it as busy.');
    }
    if (dryRun) {
        return registered === undefined
            ? {
                result: 'would-remove',
                detail: 'GitHub does not know it; its local configuration would be removed.',
            }
            : { result: 'would-remove' };
    }
    if (registered === undefined) {
        await removeLocalConfiguration(runner, tools.log);
        return { result: 'already-removed', ...describeNamesakes(namesakes) };
    }
    if (installation.hasCredentials && installation.configuration?.url !== undefined) {
        return deregister(runner, tools);
    }
    // The runner's own removal would skip the server, and say that it succeeded.
    await deleteThroughApi(runner, tools);
    await removeLocalConfiguration(runner, tools.log);
    return remove_runner_confirm(runner, tools);
}
/**
 * Removes what is left in an installation that is not configured.
 *
 * @throws Failure when it cannot be removed, or a job runs on it all the same
 */
async function removeLeftovers(installed, dryRun, log) {
    await refuseDuringJob(installed, undefined);
    if (!(await isConfigured(installed.installation))) {
        return { result: 'already-removed', detail: 'The installation is not configured.' };
    }
    if (dryRun) {
        return {
            result: 'would-remove',
            detail: 'It is half-removed; the rest of its configuration would be removed.',
        };
    }
    await removeLocalConfiguration(installed, log);
    return { result: 'already-removed', detail: 'The rest of a half-removed configuration was removed.' };
}
/** The process of a job is looked for as well as asked about: `busy` has been seen to be wrong. */
async function refuseDuringJob({ installation, script }, name) {
    const workers = await processesOf(installation.directory, 'Runner.Worker', script.platform);
    if (workers.length > 0) {
        throw busy(installation, name, 'A process Runner.Worker of its installation is running on this machine.');
    }
}
/** Asks GitHub for the runner by its id and, when that is unknown, by its name: either answer could be wrong. */
async function lookUp({ identity }, { client }) {
    const byId = await getRunner(client, identity);
    if (byId !== undefined) {
        return { registered: byId, namesakes: [] };
    }
    const byName = await findRunnersByName(client, identity);
    return {
        registered: byName.find((runner) => isSame(runner, identity)),
        namesakes: byName.filter((runner) => !isSame(runner, identity)),
    };
}
function describeNamesakes(namesakes) {
    return namesakes.length === 0
        ? {}
        : {
            detail: `GitHub knows a runner of this name with the id ${namesakes.map(({ id }) => id).join(', ')}, which is not this one and was left alone.`,
        };
}
/** Lets the runner deregister itself: GitHub refuses that while it runs a job, so that no job can be killed. */
async function deregister(runner, tools) {
    const { installation, identity, removeToken, script } = runner;
    const result = await runRemoval({ kind: 'deregister', removeToken }, script);
    tools.log.group(`config.sh remove: runner "${identity.name}" in ${installation.directory}`, result.output);
    if (result.exitCode === 0 && !(await isConfigured(installation))) {
        return remove_runner_confirm(runner, tools);
    }
    // GitHub is asked what happened; where it does not answer, what the script said has to do.
    const registered = await getRunner(tools.client, identity).catch(() => 'unknown');
    if (registered === undefined) {
        await removeLocalConfiguration(runner, tools.log);
        return { result: 'removed' };
    }
    if ((registered !== 'unknown' && registered.busy) || /running a job/i.test(result.output)) {
        throw busy(installation, identity.name, 'GitHub refused to remove it because it runs a job.');
    }
    throw new src_failure/* Failure */.HR('removal-failed', {
        happened: `The runner "${identity.name}" in ${installation.directory} was not removed: config.sh remove ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
        cause: "The runner's own removal could not do its work; its output is in the log above.",
        remedy: 'Mend what the output names and run the job again: nothing has to be undone first.',
    });
}
/** Asks GitHub whether the runner is gone, and finishes the job through the API where it is not. */
async function remove_runner_confirm(runner, tools) {
    const { identity } = runner;
    let registered;
    try {
        registered = await getRunner(tools.client, identity);
    }
    catch (error) {
        return { result: 'unconfirmed', detail: src_failure/* Failure */.HR.from(error).message };
    }
    if (registered === undefined) {
        return { result: 'removed' };
    }
    tools.log.warning(`The runner "${identity.name}" (id ${identity.id}) is still registered although its own removal reported success. It is deleted through the API.`);
    await deleteThroughApi(runner, tools);
    if ((await getRunner(tools.client, identity)) !== undefined) {
        throw new src_failure/* Failure */.HR('still-registered', {
            happened: `The runner "${identity.name}" (id ${identity.id}) is still registered, although GitHub accepted its deletion.`,
            cause: 'GitHub has a problem of its own, or its answers lag behind.',
            remedy: 'Run the job again in a few minutes; if the runner is still listed, delete it in the settings.',
        });
    }
    return {
        result: 'removed',
        detail: 'It was deleted through the API: its own removal had reported success and left it registered.',
    };
}
async function deleteThroughApi({ installation, identity }, { client }) {
    if ((await deleteRunner(client, identity)) === 'busy') {
        throw busy(installation, identity.name, 'GitHub refused to delete it because it runs a job.');
    }
}
/** Removes the local configuration of a runner that GitHub does not know, or not any more. */
async function removeLocalConfiguration({ installation, script }, log) {
    const result = await runRemoval({ kind: 'local' }, script);
    log.group(`config.sh remove --local: ${installation.directory}`, result.output);
    if (result.exitCode !== 0 || (await isConfigured(installation))) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `GitHub does not know the runner in ${installation.directory}, but its local configuration was not removed: config.sh remove --local ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
            cause: 'A runner older than 2.301 does not know --local, or a file of the installation cannot be deleted.',
            remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${installation.directory} by hand: they are of no use any more.`,
        });
    }
}
function busy({ directory }, name, cause) {
    return new src_failure/* Failure */.HR('runner-busy', {
        happened: `The runner ${name === undefined ? '' : `"${name}" `}in ${directory} runs a job and was not touched.`,
        cause,
        remedy: 'Run this again when the job has ended. A job cannot remove the runner that it runs on itself.',
    });
}
function lastLineOf({ output }) {
    return output.trim().replace(/^.*[\r\n]/s, '');
}

;// CONCATENATED MODULE: ./src/runner/account.ts

/** The account of this process. */
const itself = { prefix: [], environment: {} };
/**
 * Finds out which account runs an installation's `config.sh`, which refuses to be run by root: root runs it as the
 * installation's owner. Where that is root as well, the script is told that this is meant.
 *
 * @param isRoot whether this process is root
 * @param names the variables that the script needs, for `sudo`, which drops all others
 */
async function scriptAccount({ directory, owner }, platform, isRoot, names) {
    if (!isRoot) {
        return itself;
    }
    if (owner.uid === 0) {
        return { prefix: [], environment: { RUNNER_ALLOW_RUNASROOT: '1' } };
    }
    if (platform !== 'linux') {
        return {
            prefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names.join(',')}`, '--'],
            environment: {},
        };
    }
    // `setpriv` takes numbers, so that an account without a name (a container's) can be used too.
    const { stdout } = await (0,exec/* getExecOutput */.H)('getent', ['passwd', `${owner.uid}`], {
        silent: true,
        ignoreReturnCode: true,
    });
    const [name, , , gid, , home] = stdout.trim().split(':');
    return name && gid && home
        ? {
            prefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${gid}`, '--init-groups', '--'],
            environment: { USER: name, LOGNAME: name, HOME: home },
        }
        : {
            prefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'],
            environment: { HOME: directory },
        };
}

;// CONCATENATED MODULE: ./src/runner/environment.ts
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
/**
 * The environment for the runner's scripts: an allow-list of this process's, without any variable that holds a secret.
 * A variable can hold one under any name, because workflows set what they like with `env:`.
 */
function scriptEnvironment(environment, secrets) {
    const entries = Object.entries(environment).filter((entry) => entry[1] !== undefined &&
        passedOn.some((pattern) => pattern.test(entry[0])) &&
        !secrets.appearIn(entry[1]));
    return Object.fromEntries(entries);
}

;// CONCATENATED MODULE: ./src/removal.ts







/**
 * Takes runners out of service: checks them all on this machine, asks for one remove token per registration, then
 * removes one after the other.
 *
 * @returns a report per runner, in the order of the directories, and why runners were not removed
 * @throws Failure before anything is changed: for an installation that cannot be used, for a token that is refused
 */
async function removeRunners(inputs, { directories, dryRun }, tools) {
    const candidates = [];
    for (const directory of directories) {
        candidates.push(await check(directory, inputs, tools));
    }
    for (const { identity } of candidates) {
        if (identity !== undefined) {
            await tools.grants.for(identity);
        }
    }
    const reports = [];
    const failures = [];
    for (const candidate of candidates) {
        const about = describeCandidate(candidate, inputs.server);
        try {
            reports.push({ ...about, ...(await remove(candidate, dryRun, tools)) });
        }
        catch (error) {
            const failure = src_failure/* Failure */.HR.from(error);
            failures.push(failure);
            reports.push({ ...about, result: 'failed', detail: failure.message });
        }
    }
    return { reports, failures };
}
/** Checks an installation on this machine, and finds out what its removal takes. */
async function check(directory, inputs, { machine: { platform, isRoot, environment }, secrets }) {
    const installation = await readInstallation(directory, platform);
    const { configuration } = installation;
    const identity = configuration && {
        id: configuration.id,
        name: configuration.name,
        ...(0,addressing/* addressedByRunner */.d)(installation.directory, configuration.url, inputs),
    };
    if (installation.isService) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The runner in ${installation.directory} is installed as a service. Nothing was changed.`,
            cause: 'This version removes runners only that are started by hand.',
            remedy: 'Uninstall the service first (sudo ./svc.sh uninstall), then run this again.',
        });
    }
    if (!isRoot) {
        await checkAccess(installation);
    }
    await checkEnvironmentFile(installation);
    const variables = scriptEnvironment(environment, secrets);
    const account = await scriptAccount(installation, platform, isRoot, Object.keys(variables));
    return {
        identity,
        installed: {
            installation,
            script: {
                directory: installation.directory,
                platform,
                prefix: account.prefix,
                environment: { ...variables, ...account.environment },
            },
        },
    };
}
async function remove({ installed, identity }, dryRun, { client, grants, log }) {
    if (identity === undefined) {
        return removeLeftovers(installed, dryRun, log);
    }
    const { token } = await grants.for(identity);
    return removeRunner({ ...installed, identity, removeToken: token.token }, dryRun, { client, log });
}
function describeCandidate({ installed, identity }, { webUrl }) {
    return {
        directory: installed.installation.directory,
        name: identity?.name ?? null,
        id: identity?.id ?? null,
        registration: identity === undefined ? null : `${webUrl}/${(0,registration/* webPath */.Ei)(identity.registration)}`,
    };
}


/***/ })

};
