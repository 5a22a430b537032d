"use strict";
exports.id = 359;
exports.ids = [359];
exports.modules = {

/***/ 6359:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  removeRunners: () => (/* binding */ removeRunners),
  startBackgroundRemoval: () => (/* reexport */ startBackgroundRemoval),
  watchForCancellation: () => (/* reexport */ watchForCancellation)
});

;// CONCATENATED MODULE: ./node_modules/yocto-queue/index.js
/*
How it works:
`this.#head` is an instance of `Node` which keeps track of its current value and nests another instance of `Node` that keeps the value that comes after it. When a value is provided to `.enqueue()`, the code needs to iterate through `this.#head`, going deeper and deeper to find the last value. However, iterating through every single item is slow. This problem is solved by saving a reference to the last value as `this.#tail` so that it can reference it to add a new value.
*/

class Node {
	value;
	next;

	constructor(value) {
		this.value = value;
	}
}

class Queue {
	#head;
	#tail;
	#size;

	constructor() {
		this.clear();
	}

	enqueue(value) {
		const node = new Node(value);

		if (this.#head) {
			this.#tail.next = node;
			this.#tail = node;
		} else {
			this.#head = node;
			this.#tail = node;
		}

		this.#size++;
	}

	dequeue() {
		const current = this.#head;
		if (!current) {
			return;
		}

		this.#head = this.#head.next;
		this.#size--;

		// Clean up tail reference when queue becomes empty
		if (!this.#head) {
			this.#tail = undefined;
		}

		return current.value;
	}

	peek() {
		if (!this.#head) {
			return;
		}

		return this.#head.value;

		// TODO: Node.js 18.
		// return this.#head?.value;
	}

	clear() {
		this.#head = undefined;
		this.#tail = undefined;
		this.#size = 0;
	}

	get size() {
		return this.#size;
	}

	* [Symbol.iterator]() {
		let current = this.#head;

		while (current) {
			yield current.value;
			current = current.next;
		}
	}

	* drain() {
		while (this.#head) {
			yield this.dequeue();
		}
	}
}

;// CONCATENATED MODULE: ./node_modules/p-limit/index.js


function pLimit(concurrency) {
	let rejectOnClear = false;

	if (typeof concurrency === 'object') {
		({concurrency, rejectOnClear = false} = concurrency);
	}

	validateConcurrency(concurrency);

	if (typeof rejectOnClear !== 'boolean') {
		throw new TypeError('Expected `rejectOnClear` to be a boolean');
	}

	const queue = new Queue();
	let activeCount = 0;

	const resumeNext = () => {
		// Process the next queued function if we're under the concurrency limit
		if (activeCount < concurrency && queue.size > 0) {
			activeCount++;
			queue.dequeue().run();
		}
	};

	const next = () => {
		activeCount--;
		resumeNext();
	};

	const run = async (function_, resolve, arguments_) => {
		// Execute the function and capture the result promise
		const result = (async () => function_(...arguments_))();

		// Resolve immediately with the promise (don't wait for completion)
		resolve(result);

		// Wait for the function to complete (success or failure)
		// We catch errors here to prevent unhandled rejections,
		// but the original promise rejection is preserved for the caller
		try {
			await result;
		} catch {}

		// Decrement active count and process next queued function
		next();
	};

	const enqueue = (function_, resolve, reject, arguments_) => {
		const queueItem = {reject};

		// Queue the internal resolve function instead of the run function
		// to preserve the asynchronous execution context.
		new Promise(internalResolve => { // eslint-disable-line promise/param-names
			queueItem.run = internalResolve;
			queue.enqueue(queueItem);
		}).then(run.bind(undefined, function_, resolve, arguments_)); // eslint-disable-line promise/prefer-await-to-then

		// Start processing immediately if we haven't reached the concurrency limit
		if (activeCount < concurrency) {
			resumeNext();
		}
	};

	const generator = (function_, ...arguments_) => new Promise((resolve, reject) => {
		enqueue(function_, resolve, reject, arguments_);
	});

	Object.defineProperties(generator, {
		activeCount: {
			get: () => activeCount,
		},
		pendingCount: {
			get: () => queue.size,
		},
		clearQueue: {
			value() {
				if (!rejectOnClear) {
					queue.clear();
					return;
				}

				const abortError = AbortSignal.abort().reason;

				while (queue.size > 0) {
					queue.dequeue().reject(abortError);
				}
			},
		},
		concurrency: {
			get: () => concurrency,

			set(newConcurrency) {
				validateConcurrency(newConcurrency);
				concurrency = newConcurrency;

				queueMicrotask(() => {
					// eslint-disable-next-line no-unmodified-loop-condition
					while (activeCount < concurrency && queue.size > 0) {
						resumeNext();
					}
				});
			},
		},
		map: {
			async value(iterable, function_) {
				const promises = [];

				try {
					Array.from(iterable, (value, index) => {
						const promise = generator(function_, value, index);
						promises.push(promise);
						return promise;
					});
				} catch (error) {
					// The iterable threw, so `Promise.all` never observes the already scheduled promises. Observe them here to avoid unhandled rejections.
					for (const promise of promises) {
						promise.catch(() => {}); // eslint-disable-line promise/prefer-await-to-then
					}

					throw error;
				}

				return Promise.all(promises);
			},
		},
	});

	return generator;
}

function limitFunction(function_, options) {
	const limit = pLimit(options);

	const limitedFunction = (...arguments_) => limit(() => function_(...arguments_));
	Object.defineProperty(limitedFunction, 'clearQueue', {
		value: limit.clearQueue,
	});

	return limitedFunction;
}

function validateConcurrency(concurrency) {
	if (!((Number.isInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY) && concurrency > 0)) {
		throw new TypeError('Expected `concurrency` to be a number from 1 and up');
	}
}

// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
// EXTERNAL MODULE: ./src/registration.ts
var src_registration = __webpack_require__(9362);
// EXTERNAL MODULE: ./src/runner/installation.ts
var runner_installation = __webpack_require__(6000);
// EXTERNAL MODULE: ./src/runner/paths.ts
var paths = __webpack_require__(3098);
;// CONCATENATED MODULE: ./src/runner/current-job.ts



/**
 * The root of the installation that runs this step. The runner starts `ROOT/externals/node24/bin/node`; `externals` can
 * link to `externals.VERSION` (after a self-update) or to another installation's, so the path without links comes second.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/NodeScriptActionHandler.cs
 * @returns `undefined` when this step is run with another Node.js
 */
function currentJobInstallation({ platform, argv0, execPath }) {
    const { basename, dirname, isAbsolute, resolve } = (0,paths/* pathsOf */.wG)(platform);
    return [argv0, execPath]
        .filter((program) => isAbsolute(program))
        .map((program) => resolve(program, '../../..'))
        .filter((externals) => /^externals(\.[\w.-]+)?$/i.test(basename(externals)))
        .map(dirname)[0];
}
/** Whether a runner executes the current job: by its name and its directory, or by its name if the directory is unknown. */
function runsCurrentJob(runner, context) {
    const own = currentJobInstallation(context);
    return (isCurrentRunnerName(runner.name, context) &&
        (own === undefined || (0,paths/* isSameDirectory */.k2)(own, runner.directory, context.platform)));
}
/**
 * Finds the installation that `remove: after-job` is about.
 *
 * @returns its root, without links
 * @throws Failure `github-hosted-runner`, `container-job`, `not-a-runner`
 */
async function requireCurrentJobInstallation(context) {
    const { platform, execPath, environment } = context;
    if (environment['RUNNER_ENVIRONMENT'] === 'github-hosted') {
        throw new src_failure/* Failure */.HR('github-hosted-runner', {
            happened: 'remove: after-job cannot be used on a GitHub-hosted runner. Nothing was changed.',
            cause: 'This job runs on a GitHub-hosted runner.',
            remedy: 'Set "runs-on" to the self-hosted runner that you want to remove.',
        });
    }
    refuseContainer('remove: after-job', context);
    const own = currentJobInstallation(context);
    if (own === undefined) {
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `The installation of the runner that executes this job could not be found. Nothing was changed.`,
            cause: `The step runs with ${execPath}, which is not a Node.js of a runner.`,
            remedy: 'Use remove: true with "runner-directory" in a job of another runner on this machine.',
        });
    }
    const { directory, configuration } = await (0,runner_installation/* readInstallation */.Z_)(own, platform);
    if (configuration === undefined || !isCurrentRunnerName(configuration.name, context)) {
        const found = configuration === undefined ? 'is not configured' : `belongs to the runner "${configuration.name}"`;
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `The runner "${environment['RUNNER_NAME'] ?? ''}" executes this job, but the installation of the step's Node.js, ${directory}, ${found}. Nothing was changed.`,
            likelyCause: 'Two installations share files through a link, or the runner was configured again during this job.',
            remedy: 'Use remove: true with "runner-directory" set to the directory of the runner that you want to remove, in a job of another runner on this machine.',
        });
    }
    return directory;
}
/**
 * Refuses a container job. Even where the installation is mounted into it, the step does not see the processes of the
 * machine: not the worker of a running job, and not the listener.
 *
 * @param what cannot be used
 * @throws Failure `container-job`
 */
function refuseContainer(what, { argv0, execPath }) {
    if ([argv0, execPath].some((program) => program.startsWith('/__e/'))) {
        throw new src_failure/* Failure */.HR('container-job', {
            happened: `${what} cannot be used in a container job. Nothing was changed.`,
            cause: "The runner's installation and processes are not accessible from the container.",
            remedy: 'Move the step to a job without "container:" on the same runner.',
        });
    }
}
/** Whether a name is that of the runner that executes this job. */
function isCurrentRunnerName(name, { environment }) {
    return name.toLowerCase() === environment['RUNNER_NAME']?.toLowerCase();
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/runner/files.ts
var files = __webpack_require__(869);
;// CONCATENATED MODULE: ./src/runner/directories.ts








/** The most unreadable paths that a failure names. */
const maximumShown = 5;
/**
 * Finds the directories that the input `runner-directory` names. As in `actions/upload-artifact`, patterns take `*`, `?`,
 * `[...]` and `**`; lines apply in order, and one that starts with `!` takes away what it matches, and everything below,
 * from the lines before it. Relative paths start at the working directory, `~` is the home directory.
 *
 * @returns each once, without links: in the order of the lines, those of a pattern in the order of their names
 * @throws Failure `not-a-runner` if a pattern matches no installation, or one that cannot be checked, or if nothing is left
 */
async function findDirectories(lines, platform, log) {
    let found = [];
    for (const line of lines) {
        const excludes = line.startsWith('!');
        const pattern = line
            .slice(excludes ? 1 : 0)
            .trim()
            .replace(/^~(?=$|[\\/])/, (0,external_node_os_.homedir)());
        // The name of a directory can look like a pattern.
        const isLiteral = !/[*?[]/.test(pattern) || (0,external_node_fs_.existsSync)(pattern);
        const matches = isLiteral ? [{ path: (0,external_node_path_.resolve)(pattern) }] : await expand(pattern, platform);
        if (excludes) {
            const excluded = matches.flatMap(({ path }) => [path, (0,paths/* resolveLinks */.Ap)(path)]);
            const left = found.filter(({ path }) => !excluded.some((directory) => (0,paths/* isWithin */.UO)(path, directory, platform)));
            if (left.length === found.length) {
                log.warning(`The line "${line}" of the input "runner-directory" excludes nothing: no line before it selects a directory that it matches. Correct the line, move it to the end, or remove it.`);
            }
            found = left;
        }
        else {
            const directories = isLiteral ? matches : await keepInstallations(matches, line, platform);
            for (const { path, ...match } of directories) {
                const real = (0,paths/* resolveLinks */.Ap)(path);
                log.debug(`runner-directory "${line}" matches ${path}${real === path ? '' : `, which links to ${real}`}`);
                if (!found.some((other) => other.path === real)) {
                    found.push({ path: real, ...match });
                }
            }
        }
    }
    refuseUnreadable(found);
    if (lines.length > 0 && found.length === 0) {
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: 'The input "runner-directory" selects no directory. Nothing was changed.',
            cause: 'Its "!" lines exclude every directory that the lines before them match.',
            remedy: 'Remove or correct a "!" line.',
        });
    }
    return found.map(({ path }) => path);
}
async function expand(pattern, platform) {
    const root = (0,external_node_path_.isAbsolute)(pattern) ? (0,external_node_path_.parse)(pattern).root : '';
    const segments = pattern.slice(root.length).split(platform === 'win32' ? /[\\/]/ : '/');
    return expandBelow(root || process.cwd(), segments, platform);
}
async function expandBelow(directory, segments, platform) {
    const [segment, ...rest] = segments;
    if (segment === undefined) {
        return [{ path: directory }];
    }
    if (!/[*?[]/.test(segment)) {
        return expandBelow((0,external_node_path_.join)(directory, segment), rest, platform);
    }
    const pattern = (0,paths/* wildcardPattern */.f8)(segment, { flags: platform === 'win32' ? 'i' : '' });
    try {
        const read = await (0,promises_.readdir)(directory, { withFileTypes: true });
        const entries = new Map(read.map((entry) => [entry.name, entry]));
        const matches = segment === '**' ? await expandBelow(directory, rest, platform) : [];
        for (const name of [...entries.keys()].sort()) {
            if (segment === '**' ? entries.get(name)?.isDirectory() : pattern.test(name)) {
                const below = segment === '**' ? segments : rest;
                matches.push(...(await expandBelow((0,external_node_path_.join)(directory, name), below, platform)));
            }
        }
        return matches;
    }
    catch (error) {
        return unreadable(directory, error);
    }
}
async function keepInstallations(matches, line, platform) {
    const kept = [];
    for (const match of matches) {
        const [checked = match] = await (0,promises_.stat)((0,external_node_path_.join)(match.path, 'bin', 'Runner.Listener')).then(() => [], (error) => unreadable(match.path, error));
        // A directory that cannot be listed is not an installation itself, but can contain some.
        if (checked.unreadable !== undefined || (await (0,runner_installation/* isInstallation */.Vm)(match.path, platform))) {
            kept.push(checked);
        }
    }
    if (kept.length === 0) {
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `The line "${line}" of the input "runner-directory" matches no runner installation. Nothing was changed.`,
            cause: 'None of the directories that it matches contains config.sh (config.cmd on Windows) and bin/Runner.Listener.',
            remedy: 'Correct the line. It must match the directories that contain config.sh.',
        });
    }
    return kept;
}
function unreadable(path, error) {
    return (0,files/* meansMissing */.rM)(error) ? [] : [{ path, unreadable: error.message }];
}
function refuseUnreadable(found) {
    const matches = found.filter((match) => match.unreadable !== undefined);
    const [first] = matches;
    if (first !== undefined) {
        const paths = matches.slice(0, maximumShown).map(({ path }) => path);
        const others = matches.length - paths.length;
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `This account cannot check whether there is a runner installation at ${paths.join(', ')}${others === 0 ? '' : ` and ${others} more`}, which the input "runner-directory" matches. Nothing was changed.`,
            cause: `The operating system reports "${first.unreadable}".`,
            remedy: `Run the step as root or as an account that can read these directories, or exclude them with a line such as "!${first.path}".`,
        });
    }
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
;// CONCATENATED MODULE: ./src/runner/background-process.ts


/**
 * Starts the background process that removes the runner of this job, and waits until it has loaded its code.
 *
 * At the end of a job, the runner kills every process with the job's RUNNER_TRACKING_ID, waits for processes that keep a
 * step's output open, and empties the temporary directory. It deletes the action's code when the next job starts.
 *
 * @param program what Node.js runs: a file and arguments
 * @returns the log file, in the runner's own log directory
 * @throws Error if the process ends early
 */
async function spawnBackground(removal, execPath, program) {
    const { RUNNER_TRACKING_ID, ...environment } = removal.script.environment;
    const { directory } = removal.script;
    const time = new Date()
        .toISOString()
        .replaceAll(/[-:]|\..*/g, '')
        .replace('T', '-');
    // Two uses of the action in one job can get here in the same second.
    const logFile = (0,external_node_path_.join)(directory, '_diag', `RunnerRemoveToken_${time}-utc-${process.pid}.log`);
    const child = (0,external_node_child_process_.spawn)(execPath, program, {
        cwd: directory,
        detached: true,
        env: environment,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        windowsHide: true,
    });
    const message = { ...removal, script: { ...removal.script, environment }, logFile };
    await new Promise((resolve, reject) => {
        child.once('message', (text) => (text === 'ready' ? resolve() : reject(new Error(String(text)))));
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`it ended with exit code ${code}`)));
        // If it ended early, the exit code says more than the broken pipe.
        child.send(message, () => undefined);
    });
    child.disconnect();
    child.unref();
    return logFile;
}

;// CONCATENATED MODULE: ./src/github/repositories.ts

/** Whether two names belong to the same repository: GitHub redirects the former name of a renamed one. */
async function isSameRepository(client, one, other) {
    const [first, second] = await Promise.all([idOf(client, one), idOf(client, other)]);
    return first !== undefined && first === second;
}
/** @returns `undefined` if the token cannot see the repository */
async function idOf(client, repository) {
    const { data } = await client.request({
        purpose: `find ${(0,src_registration/* describeRegistration */.B4)(repository)}`,
        registration: repository,
        method: 'GET',
        path: '',
        expected: [200, 404],
    });
    const { id } = data;
    return typeof id === 'number' ? id : undefined;
}

// EXTERNAL MODULE: ./src/runner/config-script.ts
var config_script = __webpack_require__(2896);
// EXTERNAL MODULE: ./src/runner/script.ts
var runner_script = __webpack_require__(1839);
;// CONCATENATED MODULE: ./src/runner/access.ts





/**
 * The access that `config.sh remove` needs, by the operator of `test` that checks it. `.path` and `.env` need not be
 * writable: `env.sh` continues without.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/HostTraceListener.cs for `_diag`
 */
const needs = [
    ['x', ['.', '_diag', 'config.sh', 'bin/Runner.Listener']],
    ['w', ['.', '_diag']],
    ['r', ['_diag', 'config.sh', 'env.sh', '.env', '.runner', '.credentials']],
    ['O', ['.runner', '.runner_migrated', '.credentials', '.credentials_migrated', runner_installation/* keyFile */._$, '.service']],
];
/** Prints the first need that is not met. Files need to be the account's own only in a sticky directory of another account. */
const checkNeeds = `
root=$1
shift
while [ $# -gt 0 ]; do
  [ "-$1" "$2" ] ||
    { [ -x "$root" ] && [ ! -e "$2" ]; } ||
    { [ "$1" = O ] && { [ ! -k "$root" ] || [ -O "$root" ]; }; } ||
    { echo "$1 $2"; exit 1; }
  shift 2
done`;
/**
 * Checks that the account that runs `config.sh` has the access that the script needs. Otherwise, the script crashes or
 * leaves the runner half-removed. The check runs as that account, so groups, access control lists and read-only file
 * systems count.
 *
 * @throws Failure `removal-failed`
 */
async function checkAccess(script) {
    const { directory, platform } = script;
    if (platform === 'win32') {
        return;
    }
    const inInstallation = needs.flatMap(([test, names]) => names.flatMap((name) => [test, (0,external_node_path_.join)(directory, name)]));
    // The runner lists its directory and each one above it (`IOUtil.ValidateExecutePermission`).
    const listed = [directory, ...directoriesAbove(directory)].flatMap((path) => ['r', path]);
    const result = await (0,runner_script/* runScript */.j3)((0,runner_script/* asOwner */.gv)(script, ['/bin/sh', '-c', checkNeeds, 'sh', directory, ...inInstallation, ...listed]), { ...script, directory: '/' });
    if (result.exitCode === 0) {
        // Fails now for a file that could not be restored later.
        await (0,config_script/* rememberScriptFiles */.Qt)(directory);
        return;
    }
    const [, test, path] = /^([rwxO]) (.*)\n/s.exec(result.output) ?? [];
    throw new src_failure/* Failure */.HR('removal-failed', path === undefined
        ? {
            happened: `The step cannot run programs as the owner of ${directory}: "${(0,runner_script/* lastLineOf */.SH)(result)}". Nothing was changed.`,
            cause: 'As root, the action runs config.sh as the owner of the installation, with setpriv (on macOS, sudo).',
            remedy: 'Fix the problem that this message quotes, or run the step as the owner of the installation.',
        }
        : {
            happened: `The account that runs config.sh cannot ${verbs[test]} ${path}, which removing the runner requires. Nothing was changed.`,
            likelyCause: 'Another account owns this file or directory.',
            remedy: `Fix the owner or the permissions of ${path}, or run the step as root or as the owner of the installation.`,
        });
}
const verbs = { r: 'read', w: 'write to', x: 'enter or execute', O: 'delete' };
function directoriesAbove(directory) {
    const parent = (0,external_node_path_.dirname)(directory);
    return parent === directory ? [] : [parent, ...directoriesAbove(parent)];
}

// EXTERNAL MODULE: ./src/runner/environment.ts
var runner_environment = __webpack_require__(5047);
;// CONCATENATED MODULE: ./src/runner/account.ts


/**
 * Finds out how an installation's scripts are run. `config.sh` refuses to be run by root: root runs it as the
 * installation's owner. If that is root too, a variable tells the script that this is intended.
 *
 * @param isRoot whether this process is root
 * @param environment for the scripts; `sudo` passes on only the variables that it is told to
 */
async function scriptContext({ directory, owner }, platform, isRoot, environment) {
    const own = { directory, platform, ownerPrefix: [], environment };
    if (!isRoot) {
        return own;
    }
    if (owner.uid === 0) {
        return { ...own, environment: { ...environment, RUNNER_ALLOW_RUNASROOT: '1' } };
    }
    if (platform !== 'linux') {
        const names = [...Object.keys(environment), runner_environment/* removeTokenVariable */.E6].join(',');
        return {
            ...own,
            ownerPrefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names}`, '--'],
        };
    }
    // `setpriv` takes numbers, so it works for an account without a name too, such as a container's.
    const { output } = await (0,runner_script/* runScript */.j3)(['getent', 'passwd', `${owner.uid}`], { ...own, directory: '/' });
    const [name, gid, home] = /^([^:]+):[^:]*:\d+:(\d+):[^:]*:([^:]+):/.exec(output)?.slice(1) ?? [];
    return name && gid && home
        ? {
            ...own,
            ownerPrefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${gid}`, '--init-groups', '--'],
            environment: { ...environment, USER: name, LOGNAME: name, HOME: home },
        }
        : {
            ...own,
            ownerPrefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'],
            environment: { ...environment, HOME: directory },
        };
}

;// CONCATENATED MODULE: ./src/runner/env-file.ts



/**
 * Rejects a `.env` that sets arguments of `config.sh` (`ACTIONS_RUNNER_INPUT_*`): the runner loads it over the environment
 * that it is started with.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Program.cs (LoadAndSetEnv)
 * @throws Failure `removal-failed` for such a variable, and when the file cannot be read
 */
async function checkEnvFile(directory) {
    const path = (0,external_node_path_.join)(directory, '.env');
    const content = await (0,files/* readThroughLinks */.R1)(path);
    // .NET reads UTF-8, UTF-16 and UTF-32, by the byte order mark. ASCII looks the same in all of them without zeros.
    const text = Buffer.from(content?.bytes.filter((byte) => byte !== 0) ?? []).toString('latin1');
    const [, variable] = /^[\xEF\xBB\xBF\xFE\xFF]*(ACTIONS_RUNNER_INPUT_\w*)[^\r\n]*=/im.exec(text) ?? [];
    if (variable !== undefined) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `${path} sets ${variable}, which changes what config.sh does. Nothing was changed.`,
            cause: 'A job or a person added this line. The runner itself never does.',
            remedy: `Find out where the line comes from, delete it from ${path}, and run the step again.`,
        });
    }
}

// EXTERNAL MODULE: ./src/runner/service.ts + 1 modules
var service = __webpack_require__(7929);
// EXTERNAL MODULE: ./src/target.ts
var src_target = __webpack_require__(6746);
;// CONCATENATED MODULE: ./src/removal/check-installation.ts









/**
 * Checks an installation. Nothing is changed, and GitHub is contacted only to find out whether a repository was renamed.
 *
 * @throws Failure if a check does not pass
 */
async function checkInstallation(directory, context) {
    const { machine, secrets, log } = context;
    const { platform, isRoot, environment } = machine;
    const installation = await (0,runner_installation/* readInstallation */.Z_)(directory, platform);
    const runner = await runnerOf(installation, context);
    const script = await scriptContext(installation, platform, isRoot, (0,runner_environment/* scriptEnvironment */.F5)(environment, secrets));
    await checkAccess(script);
    await checkEnvFile(installation.directory);
    const uninstall = await (0,service/* findUninstallCommand */.l2)(script, isRoot);
    log.debug(`Checks on this machine passed: ${JSON.stringify({ installation, runner, isRoot, ownerPrefix: script.ownerPrefix, uninstall })}`);
    return {
        directory: installation.directory,
        runner,
        script,
        uninstall,
        hasService: await (0,service/* isService */.kd)(installation.directory),
    };
}
async function runnerOf({ directory, configuration, hasCredentials }, { inputs, client, machine }) {
    if (configuration === undefined) {
        return undefined;
    }
    const { id, name, url, ephemeral } = configuration;
    const target = await (0,src_target/* targetOfRunner */.T)(directory, url, inputs, (one, other) => isSameRepository(client, one, other));
    return {
        id,
        name,
        ephemeral,
        registration: target.registration,
        source: target.source,
        cannotDeregister: whyItCannotDeregister(url, hasCredentials, target.wasRenamed),
        runsCurrentJob: runsCurrentJob({ directory, name }, machine),
    };
}
function whyItCannotDeregister(url, hasCredentials, wasRenamed) {
    if (!hasCredentials) {
        return 'Its credentials are missing.';
    }
    if (url === undefined) {
        return 'Its configuration contains no URL, which is normal for a just-in-time runner.';
    }
    // The script follows GitHub's redirect without the token.
    return wasRenamed ? 'Its repository was renamed after it was registered.' : undefined;
}

// EXTERNAL MODULE: ./src/github/explain-response.ts
var explain_response = __webpack_require__(4314);
;// CONCATENATED MODULE: ./src/github/runners.ts



/** @returns `undefined` if GitHub does not list the runner, or lists another one with its ID */
async function getRunner(client, identity) {
    const request = runnerRequest(identity, 'GET', 'read', [200, 404]);
    const response = await client.request(request);
    if (response.status === 404) {
        return undefined;
    }
    const runner = parseRunner(response.data);
    if (runner === undefined) {
        throw (0,explain_response/* explainInvalidResponse */.G)(request, response, 'contains no runner');
    }
    return isSameRunner(runner, identity) ? runner : undefined;
}
/** Finds runners by name, whatever their ID. Names are case-insensitive. */
async function findRunnersByName(client, { registration, name }) {
    const request = listRequest(registration, `find the runner "${name}"`, { name });
    const found = parseList(request, await client.request(request));
    // Older servers ignore the filter.
    const { runners, total } = found.total > found.runners.length ? await listRunners(client, registration) : found;
    const named = runners.filter((runner) => isSameName(runner.name, name));
    if (named.length === 0 && runners.length < total) {
        throw new src_failure/* Failure */.HR('invalid-response', {
            happened: `Could not ${request.purpose}: GitHub returned only ${runners.length} of ${total} runners, although the list was read twice.`,
            likelyCause: 'Runners were added or removed while the list was read.',
            remedy: 'Re-run the step.',
        });
    }
    return named;
}
/**
 * Lists all runners of a registration. Runners that are added or removed meanwhile move others to pages that were read
 * before: an incomplete list is read once more.
 *
 * @returns each runner once, and how many there are according to GitHub
 */
async function listRunners(client, registration) {
    const request = listRequest(registration, 'list the runners');
    const runners = new Map();
    let total = 0;
    for (let reads = 0; reads === 0 || (reads === 1 && runners.size < total); reads += 1) {
        const pages = (await client.requestPages(request)).map((page) => parseList(request, page));
        total = Math.max(...pages.map((page) => page.total));
        for (const runner of pages.flatMap((page) => page.runners)) {
            runners.set(runner.id, runner);
        }
    }
    return { runners: [...runners.values()], total };
}
/**
 * Deletes a runner. The caller has checked that GitHub lists it with this ID and name.
 *
 * @param mayRetry whether the runner may still be deleted, checked before each retry
 * @returns `busy` if GitHub refuses because the runner runs a job
 */
async function deleteRunner(client, identity, mayRetry) {
    const request = runnerRequest(identity, 'DELETE', 'delete', [204, 404, 422]);
    const { status } = await client.request({ ...request, ...(mayRetry && { mayRetry }) });
    return status === 422 ? 'busy' : 'deleted';
}
function isSameRunner(runner, identity) {
    return runner.id === identity.id && isSameName(runner.name, identity.name);
}
function isSameName(one, other) {
    return one.toLowerCase() === other.toLowerCase();
}
function runnerRequest({ registration, id, name }, method, verb, expected) {
    return {
        purpose: `${verb} the runner "${name}" of ${(0,src_registration/* describeRegistration */.B4)(registration)}`,
        registration,
        method,
        path: '/actions/runners/{runner_id}',
        parameters: { runner_id: id },
        expected,
    };
}
function listRequest(registration, what, parameters = {}) {
    return {
        purpose: `${what} of ${(0,src_registration/* describeRegistration */.B4)(registration)}`,
        registration,
        method: 'GET',
        path: '/actions/runners',
        parameters: { ...parameters, per_page: 100 },
        expected: [200],
    };
}
function parseList(request, response) {
    const { runners, total_count: total } = response.data;
    const parsed = Array.isArray(runners) ? runners.map(parseRunner) : [undefined];
    if (typeof total !== 'number' || parsed.includes(undefined)) {
        throw (0,explain_response/* explainInvalidResponse */.G)(request, response, 'contains no list of runners');
    }
    return { runners: parsed.filter((runner) => runner !== undefined), total };
}
function parseRunner(data) {
    const { id, name, status, busy, ephemeral, labels } = (data ?? {});
    return typeof id === 'number' && typeof name === 'string' && typeof busy === 'boolean'
        ? {
            id,
            name,
            // Any other status counts as online: a runner that is online is not removed by mistake.
            status: status === 'offline' ? 'offline' : 'online',
            busy,
            ephemeral: ephemeral === true,
            labels: parseLabels(labels),
        }
        : undefined;
}
function parseLabels(labels) {
    const named = Array.isArray(labels) ? labels : [];
    return named.map((label) => label?.name).filter((name) => typeof name === 'string');
}

// EXTERNAL MODULE: ./src/runner/processes.ts
var processes = __webpack_require__(3447);
;// CONCATENATED MODULE: ./src/removal/confirm-deletion.ts


/** Milliseconds before each read after a deletion: GitHub may list the runner for another moment. */
const confirmationWaits = [0, 1_000, 3_000];
/**
 * Verifies with GitHub that a runner whose deletion it accepted is gone.
 *
 * @param who the runner, for a message
 * @throws Failure `still-registered`
 */
async function confirmDeletion(runner, who, { client, clock, cancellation }) {
    try {
        for (const wait of confirmationWaits) {
            await clock.sleep(wait, cancellation.deadline);
            if ((await getRunner(client, runner)) === undefined) {
                return { result: 'removed' };
            }
        }
    }
    catch (error) {
        return { result: 'unconfirmed', detail: src_failure/* Failure */.HR.from(error).message };
    }
    throw new src_failure/* Failure */.HR('still-registered', {
        happened: `${who} (ID ${runner.id}) is still registered, although GitHub accepted its deletion.`,
        likelyCause: 'A problem or a delay on GitHub.',
        remedy: 'Re-run the step in a few minutes. If the runner is still listed, delete it in the settings on GitHub.',
    });
}

;// CONCATENATED MODULE: ./src/removal/waiting.ts

const minute = 60_000;
/** Milliseconds between two reads of a runner. The first intervals are short: many waits are. */
const shortestInterval = 15_000;
const firstInterval = 20_000;
const longestInterval = 60_000;
/** With many runners, the intervals grow: an hour of polls stays within GitHub's 5,000 requests an hour. */
const intervalPerRunner = 1_000;
/** @param signal ends all waits */
function createWaiting(minutes, signal, { clock, log }) {
    const deadline = clock.now() + minutes * minute;
    const waiting = new Set();
    let nextLine = clock.now();
    async function sleepUntil(time) {
        while (clock.now() < time) {
            // Even for no time: all runners whose wait begins now are in the first line.
            await clock.sleep(Math.max(Math.min(time, nextLine) - clock.now(), 0), signal);
            const now = clock.now();
            if (now >= nextLine && now < deadline) {
                nextLine = now + minute;
                const runners = describeSome([...waiting].map(({ runner }) => runner));
                log.info(`Waiting for ${runners}, for up to ${describeMinutes(Math.ceil((deadline - now) / minute))}.`);
            }
        }
    }
    return {
        async poll(runner, polls) {
            const now = clock.now();
            if (now >= deadline) {
                return false;
            }
            const entry = { runner };
            waiting.add(entry);
            // Jitter: runners that became busy together are not read together.
            const longest = Math.min(longestInterval, firstInterval * 1.5 ** polls);
            const interval = shortestInterval + Math.random() * (longest - shortestInterval);
            try {
                await sleepUntil(Math.min(now + Math.max(interval, waiting.size * intervalPerRunner), deadline));
                return true;
            }
            catch {
                return false;
            }
            finally {
                waiting.delete(entry);
            }
        },
    };
}
/** A wait outlasts these failures: the next poll can succeed. */
function isTransient(error) {
    return error instanceof src_failure/* Failure */.HR && (error.kind === 'network' || error.kind === 'server-error');
}
/** For example `"one", "two", "three", "four", "five" and 3 more`. */
function describeSome(runners) {
    const shown = runners.slice(0, 5);
    const more = runners.length - shown.length;
    return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
/** What a dry run does not wait for. */
function describeSkippedWait(obstacle, minutes) {
    return `It is ${obstacle} now. The step would wait up to ${describeMinutes(minutes)} for it.`;
}
function describeMinutes(minutes) {
    return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
/** A token that was accepted before and is refused now has expired. */
function explainExpiredToken(failure) {
    if (failure.kind !== 'bad-credentials') {
        return failure;
    }
    const { happened, requestId } = failure.explanation;
    return new src_failure/* Failure */.HR('bad-credentials', {
        happened,
        likelyCause: 'GitHub accepted the token at the start of this step. It has since expired or been revoked. The token of a GitHub App expires after one hour.',
        remedy: 'Re-run the job to continue. Create the token in the same job, directly before this step, and use a shorter "wait-minutes".',
        requestId,
    }, { cause: failure });
}

;// CONCATENATED MODULE: ./src/removal/remove-runner.ts









/**
 * Removes a runner and verifies that GitHub does not list it any more. Can be repeated after a crash at any point.
 *
 * @throws Failure if the runner was not removed
 */
async function removeRunner(installation, removeToken, dryRun, print, context) {
    const { runner } = installation;
    await refuseDuringJob(installation, context);
    const { registered, namesakes } = await findRegistered(runner, context);
    if (registered?.busy) {
        throw await busyFailure(installation, 'GitHub lists it as busy.', context);
    }
    if (dryRun) {
        return registered === undefined
            ? {
                result: 'would-remove',
                detail: 'GitHub does not list it. Its local configuration would be removed.',
            }
            : { result: 'would-remove' };
    }
    if (registered === undefined) {
        await removeConfiguration(installation, print, context);
        await stop(installation, print);
        return { result: 'already-removed', ...describeNamesakes(namesakes) };
    }
    // The runner is stopped last: if that fails, the proof is not lost, and a registered runner stays in service.
    const outcome = runner.cannotDeregister === undefined
        ? await deregister(installation, removeToken, print, context)
        : await deleteRegistration(installation, print, context);
    await stop(installation, print);
    return outcome;
}
/**
 * Cleans up an installation without `.runner`.
 *
 * @throws Failure if that fails, or if a job runs in it
 */
async function removeLeftovers(installation, dryRun, print, context) {
    const { directory, script } = installation;
    await refuseDuringJob(installation, context);
    const isLeft = await (0,runner_installation/* hasLeftovers */.tG)(directory);
    const listeners = await (0,processes/* processesOf */.L6)(directory, 'Runner.Listener', script.platform);
    if (!isLeft && listeners.length === 0 && !(await (0,service/* isService */.kd)(directory))) {
        return { result: 'already-removed', detail: 'The installation is not configured.' };
    }
    const unknown = 'Without .runner, its name and ID are unknown: GitHub was not checked and may still list the runner.';
    if (dryRun) {
        return {
            result: 'would-remove',
            detail: `The installation is partly removed. The rest would be cleaned up. ${unknown}`,
        };
    }
    await removeConfiguration(installation, print, context);
    await stop(installation, print);
    return {
        result: 'already-removed',
        detail: `The installation was partly removed. The rest was cleaned up. ${unknown}`,
    };
}
/** GitHub has listed a runner as idle during a job: https://github.com/actions/runner/issues/4422 */
async function refuseDuringJob(installation, context) {
    const { directory, script } = installation;
    const workers = await (0,processes/* processesOf */.L6)(directory, 'Runner.Worker', script.platform);
    context.log.debug(`Runner.Worker processes of ${directory}: ${workers.map(({ id }) => id).join(', ') || 'none'}`);
    // This job is certainly running, even if its worker is not visible to this account.
    if (workers.length > 0 || installation.runner?.runsCurrentJob) {
        throw await busyFailure(installation, 'A Runner.Worker process of its installation is running on this machine.', context);
    }
}
/** Finds the runner by ID and, if GitHub does not know that, by name: either response has been seen to be wrong. */
async function findRegistered(runner, { client, log }) {
    const byId = await getRunner(client, runner);
    log.debug(`GitHub on the runner with ID ${runner.id}: ${JSON.stringify(byId) ?? 'not found'}`);
    if (byId !== undefined) {
        return { registered: byId, namesakes: [] };
    }
    const byName = await findRunnersByName(client, runner);
    log.debug(`GitHub on runners named "${runner.name}": ${JSON.stringify(byName)}`);
    return {
        registered: byName.find((found) => isSameRunner(found, runner)),
        namesakes: byName.filter((found) => !isSameRunner(found, runner)),
    };
}
function describeNamesakes(namesakes) {
    return namesakes.length === 0
        ? {}
        : {
            detail: `GitHub lists another runner with this name (ID ${namesakes.map(({ id }) => id).join(', ')}), which was left alone.`,
        };
}
async function deregister(installation, removeToken, print, context) {
    const isRemoved = await deregisterWithScript(installation, removeToken, print, context);
    return remove_runner_confirm(installation, isRemoved, context);
}
/** Deletes a runner that cannot deregister itself. */
async function deleteRegistration(installation, print, context) {
    await deleteThroughApi(installation, context);
    const outcome = await confirmDeletion(installation.runner, nameOf(installation), context);
    await removeConfiguration(installation, print, context);
    return outcome;
}
/**
 * Runs `config.sh remove`. GitHub refuses it while the runner is busy, so no job is killed.
 *
 * @returns whether it removed the runner from GitHub, as far as it says. It can delete the local configuration only.
 * @throws Failure if the script fails and GitHub still lists the runner, or cannot be reached
 */
async function deregisterWithScript(installation, removeToken, print, context) {
    const { client, log } = context;
    const { runner, directory, script } = installation;
    const result = await (0,config_script/* removeWithConfigScript */.gH)(script, removeToken);
    if (result === undefined) {
        return false;
    }
    print(result.output);
    result.warnings.forEach(log.warning);
    log.debug(`config.sh remove in ${directory}: exit code ${result.exitCode}, ${result.outcome}`);
    if (result.outcome === 'removed') {
        return !result.skippedServer;
    }
    const registered = await getRunner(client, runner).catch((error) => {
        log.debug(`Could not check whether the runner is still registered: ${error.message}`);
        return 'unknown';
    });
    if (registered === undefined) {
        await removeConfiguration(installation, print, context);
        return true;
    }
    if (result.outcome === 'busy' || (registered !== 'unknown' && registered.busy)) {
        const cause = 'GitHub refused to remove it because it is running a job.';
        throw await busyFailure(installation, cause, context);
    }
    throw await scriptFailure(installation, result, registered !== 'unknown');
}
/** Only Windows uninstalls the service before GitHub is contacted. */
async function describeLostService({ directory, script, hasService }) {
    return hasService && script.platform === 'win32' && !(await (0,service/* isService */.kd)(directory))
        ? ' Its Windows service is already uninstalled, so the runner does not run any more.'
        : '';
}
async function scriptFailure(installation, result, isRegistered) {
    const exit = describeScript('remove', installation.script, result);
    // GitHub may have removed it before the script failed or was terminated.
    const [what, unchecked] = isRegistered
        ? ['was not removed', '']
        : ['may not have been removed', ' Whether GitHub still lists it could not be checked.'];
    const lostService = await describeLostService(installation);
    const happened = `${nameOf(installation)} ${what}: ${exit}.${unchecked}${lostService}`;
    return isRegistered && result.outcome !== 'failed'
        ? new src_failure/* Failure */.HR('removal-failed', {
            happened,
            cause: 'GitHub refused the remove token, although the runner is registered.',
            remedy: 'Re-run the step: it creates a new remove token. If GitHub refuses that too, remove the runner in the settings on GitHub and re-run the step, which then cleans up the installation.',
        })
        : new src_failure/* Failure */.HR('removal-failed', {
            happened,
            likelyCause: 'The problem that config.sh shows in its output above.',
            remedy: 'Fix the problem shown in the output and re-run the step.',
        });
}
async function deleteThroughApi(installation, context) {
    const { directory, runner, script } = installation;
    // A job can start before a retry, and GitHub may not count it.
    const mayRetry = async () => (await (0,processes/* processesOf */.L6)(directory, 'Runner.Worker', script.platform)).length === 0;
    if ((await deleteRunner(context.client, runner, mayRetry)) === 'busy') {
        throw await busyFailure(installation, 'GitHub refused to delete it because it is running a job.', context);
    }
}
/** Deletes what is left of the configuration of a runner that GitHub does not list. */
async function removeConfiguration({ directory, script }, print, { log }) {
    if (!(await (0,runner_installation/* hasLeftovers */.tG)(directory))) {
        return;
    }
    const result = await (0,config_script/* removeLocalConfiguration */.aj)(script);
    print(result.output);
    result.warnings.forEach(log.warning);
    if (result.outcome !== 'removed') {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The local configuration in ${directory} was not removed: ${describeScript('remove --local', script, result)}.`,
            likelyCause: 'The runner is older than 2.301, or a file in the installation cannot be deleted.',
            remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory}. They are not needed any more.`,
        });
    }
}
async function stop(installation, print) {
    if (!(await (0,service/* stopRunner */.PS)(installation, print))) {
        const isKnown = installation.runner !== undefined;
        throw new src_failure/* Failure */.HR('runner-busy', {
            happened: `${nameOf(installation)} is ${isKnown ? 'deregistered' : 'not configured any more'} but still running: it has just started a job.`,
            cause: isKnown
                ? 'GitHub dispatched the job before the deregistration and did not list the runner as busy yet.'
                : 'Without .runner, its name and ID are unknown: GitHub was not checked and still sends it jobs.',
            remedy: 'Re-run the step after the job. It then uninstalls the service or stops the listener.',
        });
    }
}
/**
 * Verifies with GitHub that the runner is gone, and deletes it through the API if it is not.
 *
 * @throws Failure if that fails, or if GitHub cannot be reached and nothing says that the runner was removed
 */
async function remove_runner_confirm(installation, isRemoved, context) {
    const { runner } = installation;
    const { client, log } = context;
    let registered;
    try {
        registered = await getRunner(client, runner);
    }
    catch (error) {
        const failure = src_failure/* Failure */.HR.from(error);
        if (!isRemoved) {
            throw withoutConfiguration(failure, runner);
        }
        return { result: 'unconfirmed', detail: failure.message };
    }
    log.debug(`GitHub still lists the runner after the removal: ${registered !== undefined}`);
    if (registered === undefined) {
        return { result: 'removed' };
    }
    log.warning(`${nameOf(installation)} (ID ${runner.id}) is still registered after its removal. Deleting it through the API.`);
    try {
        await deleteThroughApi(installation, context);
        return {
            detail: 'It was deleted through the API, because GitHub still listed it after its removal.',
            ...(await confirmDeletion(runner, nameOf(installation), context)),
        };
    }
    catch (error) {
        const failure = src_failure/* Failure */.HR.from(error);
        // Its own remedy takes this into account.
        throw failure.kind === 'runner-busy' ? failure : withoutConfiguration(failure, runner);
    }
}
/** Another run of the step does not find the runner: config.sh deleted its name and ID. It would report `already-removed`. */
function withoutConfiguration({ kind, explanation, cause }, { name }) {
    const remedy = `${explanation.remedy} Re-running this step is not enough: the local configuration is already deleted. To remove the runner from GitHub, use "remove: true" with "runner-name: ${name}" and "runner-status: any".`;
    return new src_failure/* Failure */.HR(kind, { ...explanation, remedy }, { cause });
}
async function busyFailure(installation, cause, { inputs }) {
    const { directory, runner } = installation;
    if (runner?.runsCurrentJob) {
        return new src_failure/* Failure */.HR('runner-runs-this-job', {
            happened: `${nameOf(installation)} is running this job and was left unchanged.`,
            cause: 'GitHub does not remove a runner while it runs a job.',
            remedy: `To keep the runner, add the line "!${directory}" to "runner-directory". To remove it, use "remove: after-job", or run the step on another runner.`,
        });
    }
    const minutes = inputs.removal?.waitMinutes;
    const lostService = await describeLostService(installation);
    const waited = minutes ? ` (after waiting up to ${describeMinutes(minutes)})` : '';
    const happened = `${nameOf(installation)} is running a job${waited} and was`;
    // By an earlier attempt of this step, or by another process.
    if (runner !== undefined && !(await (0,runner_installation/* isConfigured */.jD)(directory))) {
        return new src_failure/* Failure */.HR('runner-busy', {
            happened: `${happened} only partly removed: its local configuration is already deleted.${lostService}`,
            cause,
            remedy: `Re-run the step after the job. It then uninstalls the service or stops the listener. To remove the runner from GitHub if it is still listed, use "remove: true" with "runner-name: ${runner.name}".`,
        });
    }
    return new src_failure/* Failure */.HR('runner-busy', {
        happened: `${happened} ${lostService ? `not removed.${lostService}` : 'left unchanged.'}`,
        cause,
        remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
    });
}
function describeScript(command, { platform }, result) {
    return `${(0,config_script/* configScriptName */.dP)(platform)} ${command} ${(0,runner_script/* describeExit */.KE)(result)}`;
}
function nameOf({ directory, runner }) {
    return `The runner ${runner === undefined ? '' : `"${runner.name}" `}in ${directory}`;
}

;// CONCATENATED MODULE: ./src/removal/after-job.ts




/**
 * Checks the runner that executes this job. GitHub does not remove it while the job runs, so the post step starts a
 * background process for it.
 *
 * @throws Failure `removal-failed` if the background process, which has no admin token, could not remove it
 */
async function scheduleRemoval({ directory }, runner, dryRun, context) {
    const { registered } = await findRegistered(runner, context);
    if (runner.ephemeral || registered?.ephemeral) {
        return { result: 'ephemeral', detail: 'GitHub deregisters it after this job.' };
    }
    if (runner.cannotDeregister !== undefined) {
        throw cannotDeregister(directory, runner, runner.cannotDeregister);
    }
    if (dryRun) {
        return { result: 'would-remove', detail: 'It would be removed after this job.' };
    }
    return {
        result: 'scheduled',
        detail: `A background process removes it after this job and logs to ${directory}/_diag.`,
    };
}
/**
 * The post step of `remove: after-job`: requests a fresh remove token, whose hour begins now, and starts the background
 * process.
 *
 * @param directory the installation that the main step checked
 * @param program what Node.js runs in the background: a file and arguments
 */
async function startBackgroundRemoval(directory, program, context) {
    const { removeTokens, machine, clock, log } = context;
    const { runner, script, uninstall, hasService } = await checkInstallation(directory, context);
    if (runner === undefined) {
        log.info(`The runner in ${directory} is not configured any more. There is nothing to remove.`);
        return;
    }
    if (runner.cannotDeregister !== undefined) {
        throw cannotDeregister(directory, runner, runner.cannotDeregister);
    }
    if (!runner.runsCurrentJob) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The installation in ${directory} was configured again during this job. The new runner, "${runner.name}", was left unchanged.`,
            cause: '"remove: after-job" removes only the runner that executes the job.',
            remedy: 'To remove the new runner, use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
        });
    }
    const requestedAt = clock.now();
    const { token, lifetime } = await removeTokens.for(runner);
    const logFile = await spawnBackground({
        id: runner.id,
        script,
        uninstall,
        hasService,
        removeToken: token,
        tokenLifetime: lifetime - (clock.now() - requestedAt),
    }, machine.execPath, program).catch((error) => {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The background process that removes the runner in ${directory} could not be started: ${error.message}.`,
            likelyCause: `This account cannot start a process, or cannot write to ${directory}/_diag.`,
            remedy: 'Use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
        }, { cause: error });
    });
    log.info(`The runner "${runner.name}" will be removed after this job. Log: ${logFile}`);
}
function cannotDeregister(directory, { name }, cause) {
    return new src_failure/* Failure */.HR('removal-failed', {
        happened: `The runner "${name}" in ${directory} cannot deregister itself after this job. Nothing was changed.`,
        cause,
        remedy: `In another job, use "remove: true" with "runner-name: ${name}" on any runner, or with this directory in "runner-directory" on another runner of this machine. Both remove it through the API.`,
    });
}

;// CONCATENATED MODULE: ./src/removal/cancellation.ts


// The stages, in milliseconds after the first signal. The runner sends SIGINT, SIGTERM after 7.5 seconds, and SIGKILL
// after 10. https://github.com/actions/runner/blob/main/src/Runner.Sdk/ProcessInvoker.cs
const deadlineAfter = 6_000;
const abandonAfter = 8_000;
const exitAfter = 9_000;
/**
 * Watches for the cancellation of the step. What is in flight may finish until the deadline. Then requests fail and
 * programs are terminated, so their removals fail like any other, and restore what they had set aside.
 *
 * @param deadline aborts requests
 */
function watchForCancellation(process, deadline, log, clock) {
    const requested = new AbortController();
    const abandoned = new AbortController();
    const cancel = () => {
        if (requested.signal.aborted) {
            return;
        }
        log.warning('The step was cancelled. No further removal is started; those in progress are ended soon.');
        requested.abort();
        clock.later(deadlineAfter, () => {
            deadline.abort(cancellationFailure('The step was cancelled before GitHub responded.'));
            void (0,processes/* terminateDescendants */.e_)(process.platform);
        });
        clock.later(abandonAfter, () => abandoned.abort(cancellationFailure('A program could not be terminated and is still running.')));
        // A program that still runs keeps this process alive. The outputs are written by now.
        clock.later(exitAfter, () => process.exit());
    };
    process.on('SIGINT', cancel);
    process.on('SIGTERM', cancel);
    return { requested: requested.signal, deadline: deadline.signal, abandoned: abandoned.signal };
}
/** Reported for work skipped or interrupted by a cancellation. */
function cancellationFailure(happened, error) {
    return new src_failure/* Failure */.HR('removal-failed', {
        happened,
        cause: 'Someone cancelled the job, or the step reached its time limit.',
        remedy: 'Re-run the step. It continues where it stopped.',
    }, { cause: error });
}

;// CONCATENATED MODULE: ./src/removal/result.ts
function failedAttempt(failure) {
    return { report: { result: 'failed', detail: failure.message }, failure };
}

;// CONCATENATED MODULE: ./src/removal/installed-runners.ts












/** `config.sh` needs much processor time: more gain little on a machine with two cores. */
const maximumParallel = 4;
/**
 * Removes the runners of this machine: checks every installation, requests one remove token per registration, then removes
 * up to four runners in parallel. The runner that executes this job is left to the post step.
 *
 * @returns a result per runner, in the order of the directories
 * @throws Failure before anything is changed: an installation cannot be used, or a token is refused
 */
async function removeInstalledRunners(removal, context) {
    const { machine, removeTokens, inputs, log } = context;
    const own = removal.when === 'after-job' ? await requireCurrentJobInstallation(machine) : undefined;
    refuseContainer('runner-directory', machine);
    const found = await findDirectories(removal.directories, machine.platform, log);
    const directories = own === undefined ? found : [own, ...found.filter((directory) => directory !== own)];
    const installations = [];
    for (const directory of directories) {
        installations.push(await checkInstallation(directory, context));
    }
    for (const { runner } of installations) {
        if (runner !== undefined) {
            await removeTokens.for(runner);
        }
    }
    const run = {
        context,
        removal,
        waiting: createWaiting(removal.waitMinutes, context.cancellation.requested, context),
        limit: pLimit(maximumParallel),
    };
    return Promise.all(installations.map(async (checked) => {
        const { report, failure } = await removeWhenIdle(checked, checked.directory === own, run);
        return {
            report: { ...describeRunner(checked, inputs.server.webUrl), ...report },
            ...(failure && { failure }),
        };
    }));
}
/** Tries again while the runner is busy, as long as the step may wait. The wait does not hold up other runners. */
async function removeWhenIdle(checked, isOwn, run) {
    const { context, removal, waiting, limit } = run;
    const { directory, runner } = checked;
    for (let polls = 0;; polls += 1) {
        const attempt = await limit(attemptRemoval, checked, isOwn, polls > 0, run);
        const mayWait = attempt.failure?.kind === 'runner-busy' || (polls > 0 && isTransient(attempt.failure));
        if (!mayWait || removal.waitMinutes === 0) {
            return attempt;
        }
        if (removal.dryRun) {
            return { report: { result: 'would-remove', detail: describeSkippedWait('busy', removal.waitMinutes) } };
        }
        if (!(await waiting.poll(`"${runner?.name ?? directory}" (busy)`, polls))) {
            return context.cancellation.requested.aborted ? notAttempted(checked) : attempt;
        }
    }
}
async function notAttempted({ directory, runner }) {
    if (runner !== undefined && !(await (0,runner_installation/* isConfigured */.jD)(directory))) {
        // By an attempt before the wait.
        return failedAttempt(cancellationFailure(`The removal of the runner in ${directory} was interrupted while a job was running. Its local configuration is already deleted.`));
    }
    const failure = cancellationFailure(`The runner in ${directory} was not removed: the step was cancelled before its turn.`);
    return { report: { result: 'not-attempted' }, failure };
}
/** @param again whether the installation may have changed since it was checked */
async function attemptRemoval(checked, isOwn, again, { removal, context }) {
    const { directory } = checked;
    const { requested, deadline, abandoned } = context.cancellation;
    if (requested.aborted) {
        return notAttempted(checked);
    }
    const printed = [];
    const print = (output) => printed.push(output.trimEnd());
    const work = async () => {
        const current = again ? await checkInstallation(directory, context) : checked;
        // An earlier attempt may have deleted .runner, without which GitHub is not checked, or uninstalled the service.
        const { runner = checked.runner } = current;
        requireSameRunner(runner, checked);
        const { hasService } = checked;
        return remove({ ...current, runner, hasService }, isOwn, removal.dryRun, print, context);
    };
    try {
        return { report: await unlessAborted(abandoned, work()) };
    }
    catch (error) {
        const cause = explainExpiredToken(src_failure/* Failure */.HR.from(error));
        const failure = deadline.aborted
            ? cancellationFailure(`The removal of the runner in ${directory} was interrupted. ${cause.explanation.happened}`, cause)
            : cause;
        return failedAttempt(failure);
    }
    finally {
        if (printed.length > 0) {
            context.log.group(`Output of the runner's scripts in ${directory}`, printed.join('\n'));
        }
    }
}
/** Somebody can configure the installation again during a wait. The new runner was not selected. */
function requireSameRunner(runner, checked) {
    if (runner?.id !== checked.runner?.id) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The installation in ${checked.directory} was configured again while the step waited. The new runner was left unchanged.`,
            cause: 'The step removes only the runner that was installed there when the step started.',
            remedy: 'To remove the new runner too, re-run the step.',
        });
    }
}
/** The result of the work, unless the signal is aborted first: a program of another account cannot be terminated. */
async function unlessAborted(signal, work) {
    return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        work.then(resolve, reject);
    });
}
async function remove(checked, isOwn, dryRun, print, context) {
    const { runner } = checked;
    if (runner === undefined) {
        return removeLeftovers(checked, dryRun, print, context);
    }
    if (isOwn) {
        return scheduleRemoval(checked, runner, dryRun, context);
    }
    const { token } = await context.removeTokens.for(runner);
    return removeRunner({ ...checked, runner }, token, dryRun, print, context);
}
function describeRunner({ directory, runner }, webUrl) {
    return {
        directory,
        name: runner?.name ?? null,
        id: runner?.id ?? null,
        registration: runner === undefined ? null : `${webUrl}/${(0,src_registration/* webPath */.Ei)(runner.registration)}`,
    };
}

;// CONCATENATED MODULE: ./src/removal/pacing.ts
/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit */
const pointsOf = { read: 1, delete: 5 };
/**
 * GitHub allows 900 points a minute, and advises to pause for a second between requests that change something. In a second,
 * this is one removed runner: two reads and a deletion. More than half of the limit is left for other uses of the token.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
const millisecondsPerPoint = 1_000 / 7;
/** Milliseconds that may be spent in advance: the first 20 runners are removed without a pause. */
const burst = 20_000;
function createPacer(clock) {
    let paidUntil = Number.NEGATIVE_INFINITY;
    return {
        spend(points, signal) {
            const now = clock.now();
            paidUntil = Math.max(paidUntil, now - burst) + points * millisecondsPerPoint;
            return clock.sleep(Math.max(paidUntil - now, 0), signal);
        },
    };
}

// EXTERNAL MODULE: ./src/inputs.ts + 1 modules
var inputs = __webpack_require__(648);
;// CONCATENATED MODULE: ./src/removal/select-runners.ts




const select_runners_maximumParallel = 4;
/**
 * Finds the runners that the inputs select: full names one by one, patterns and labels in the complete list.
 *
 * @returns each runner once, in the order of the lines of `runner-name`
 * @throws Failure if anything cannot be read
 */
async function selectRunners({ names, labels }, registration, context) {
    const lines = names.length === 0 ? ['*'] : names;
    const listed = lines.some(inputs/* isPattern */.P) ? await listAllRunners(registration, context) : [];
    const readAt = context.clock.now();
    const selections = await pLimit(select_runners_maximumParallel).map(lines, (line) => {
        if (!(0,inputs/* isPattern */.P)(line)) {
            return findNamed(line, labels, registration, context);
        }
        const pattern = patternOf(line);
        const matching = listed.filter((runner) => pattern.test(runner.name) && hasLabels(runner, labels));
        const selectors = [...(names.length > 0 ? [`name "${line}"`] : []), ...describeLabels(labels)];
        context.log.info(`Selected ${matching.length} of ${listed.length} runners (${selectors.join(', ')}).`);
        return matching.map((registered) => ({ name: registered.name, registered, isNamed: false, readAt }));
    });
    const selected = new Map();
    for (const runner of selections.flat()) {
        const key = runner.registered?.id ?? runner.name.toLowerCase();
        if (!selected.get(key)?.isNamed) {
            selected.set(key, runner);
        }
    }
    return [...selected.values()];
}
async function findNamed(name, labels, registration, { client, clock, log }) {
    const found = await findRunnersByName(client, { registration, name });
    const readAt = clock.now();
    if (found.length === 0) {
        return [{ name, registered: undefined, isNamed: true, readAt }];
    }
    const labeled = found.filter((runner) => hasLabels(runner, labels));
    if (labeled.length < found.length) {
        log.warning(`The runner "${name}" is left alone: it does not have every label in "runner-label" (${describeLabels(labels).join(', ')}).`);
    }
    return labeled.map((registered) => ({ name: registered.name, registered, isNamed: true, readAt }));
}
async function listAllRunners(registration, { client, log }) {
    const { runners, total } = await listRunners(client, registration);
    if (runners.length < total) {
        log.warning(`GitHub returned only ${runners.length} of ${total} runners, although the list was read twice. The others are left alone. Re-run the step to remove them.`);
    }
    return runners;
}
/** Only `*` and `?` are wildcards in a name. */
function patternOf(line) {
    return (0,paths/* wildcardPattern */.f8)(line.replaceAll(/[[\\]/g, '\\$&'), { flags: 'i' });
}
function hasLabels(runner, labels) {
    const own = runner.labels.map((label) => label.toLowerCase());
    return labels.every((label) => own.includes(label.toLowerCase()));
}
function describeLabels(labels) {
    return labels.map((label) => `label "${label}"`);
}

;// CONCATENATED MODULE: ./src/removal/registered-runners.ts












const registered_runners_minute = 60_000;
const registered_runners_maximumParallel = 4;
/** Failures that the removals of all other runners would have too. */
const sharedFailures = [
    'bad-credentials',
    'github-token-not-allowed',
    'missing-permission',
    'sso-required',
    'ip-not-allowed',
    'not-found',
    'rate-limited',
    'network',
    'tls',
    'proxy',
];
/**
 * Deletes registered runners through the API, wherever their machines are: those that the inputs select, that are not busy,
 * and that have been offline for as long as the inputs say.
 *
 * @returns a result for each full name and each deleted runner. Other runners that are busy or online are left alone.
 * @throws Failure before anything is changed
 */
async function removeRegisteredRunners(removal, context) {
    const { inputs, removeTokens, cancellation, clock } = context;
    const target = (0,src_target/* targetOfInputs */.E)(inputs);
    // Proves admin rights: from here on, a 404 means that a runner is not registered.
    await removeTokens.for(target);
    const selected = await selectRunners(removal, target.registration, context);
    const failed = new AbortController();
    const stopped = AbortSignal.any([cancellation.requested, failed.signal]);
    const run = {
        context,
        removal,
        target,
        waiting: createWaiting(removal.waitMinutes, stopped, context),
        pacer: createPacer(clock),
        limit: pLimit(registered_runners_maximumParallel),
        failed,
        stopped,
    };
    announceOfflineTime(selected, run);
    const logProgress = createProgress(selected.length, context);
    const attempts = await Promise.all(selected.map(async (runner) => {
        const attempt = await registered_runners_attemptRemoval(runner, run);
        logProgress();
        return { runner, attempt };
    }));
    logLeftAlone(attempts, context);
    const results = attempts.flatMap(({ runner, attempt }) => 'report' in attempt
        ? [{ ...attempt, report: { ...registered_runners_describeRunner(runner, run), ...attempt.report } }]
        : []);
    return cancellation.requested.aborted ? withCancellationFailure(results) : results;
}
/** Logs a line a minute: a large removal takes many. */
function createProgress(total, { clock, log }) {
    let done = 0;
    let nextLine = clock.now() + registered_runners_minute;
    return () => {
        done += 1;
        if (clock.now() >= nextLine && done < total) {
            nextLine = clock.now() + registered_runners_minute;
            log.info(`Done: ${done} of ${total} runners.`);
        }
    };
}
/** One line for all: a sweep can select hundreds of runners. */
function announceOfflineTime(selected, run) {
    const waiting = selected.filter((runner) => runner.registered && !obstacleOf(runner.registered, run) && offlineTime(runner, run) > 0);
    const [first] = waiting;
    if (first !== undefined && !run.removal.dryRun) {
        const names = describeSome(waiting.map(({ name }) => `"${name}"`));
        run.context.log.info(`Waiting ${describeMinutes(offlineTime(first, run) / registered_runners_minute)}: only runners that are still offline then are removed (${names}).`);
    }
}
function logLeftAlone(attempts, { log }) {
    for (const obstacle of ['busy', 'online', 'runs this job']) {
        const names = attempts
            .filter(({ attempt }) => 'leftAlone' in attempt && attempt.leftAlone === obstacle)
            .map(({ runner }) => runner.name);
        if (names.length > 0) {
            log.info(`Left alone: ${names.length} (${obstacle}).`);
            log.debug(`Left alone (${obstacle}): ${names.join(', ')}`);
        }
    }
}
/** One failure for all runners that were not attempted. */
function withCancellationFailure(results) {
    const skipped = results.filter(({ report }) => report.result === 'not-attempted');
    const happened = skipped.length === 1
        ? `The runner "${skipped[0]?.report.name}" was not removed: the step was cancelled before its turn.`
        : `${skipped.length} runners were not removed: the step was cancelled before their turn.`;
    return results.map((result) => result === skipped[0] ? { ...result, failure: cancellationFailure(happened) } : result);
}
async function registered_runners_attemptRemoval(selected, run) {
    const { failed, stopped } = run;
    try {
        const outcome = run.removal.dryRun ? predict(selected, run) : await registered_runners_remove(selected, run);
        if (typeof outcome !== 'string') {
            return { report: outcome };
        }
        if (!selected.isNamed) {
            return { leftAlone: outcome };
        }
        return failedAttempt(obstacleFailure(selected.name, outcome, run));
    }
    catch (error) {
        if (stopped.aborted && error === stopped.reason) {
            const detail = 'The step stopped after the failure of another runner.';
            return { report: { result: 'not-attempted', ...(failed.signal.aborted && { detail }) } };
        }
        const failure = explainExpiredToken(src_failure/* Failure */.HR.from(error));
        const attempt = failedAttempt(failure);
        if (!sharedFailures.includes(failure.kind)) {
            return attempt;
        }
        const isFirst = !failed.signal.aborted;
        failed.abort();
        return isFirst ? attempt : { report: attempt.report };
    }
}
/** Says what would happen now. A dry run does not wait. */
function predict(selected, run) {
    const { registered } = selected;
    if (registered === undefined) {
        return describeUnknown(run);
    }
    const obstacle = obstacleOf(registered, run);
    if (obstacle === undefined) {
        const time = describeMinutes(offlineTime(selected, run) / registered_runners_minute);
        const isWaitedFor = offlineTime(selected, run) > 0;
        return {
            result: 'would-remove',
            ...(isWaitedFor && { detail: `If it is still offline after ${time}.` }),
        };
    }
    return mayWaitFor(obstacle, selected, run)
        ? { result: 'would-remove', detail: describeSkippedWait(obstacle, run.removal.waitMinutes) }
        : obstacle;
}
/**
 * Removes a runner, after the waits that it needs.
 *
 * @returns the outcome, or why the runner was left alone
 * @throws Failure, or the reason of `stopped`
 */
async function registered_runners_remove(selected, run) {
    const { context, waiting, stopped, limit } = run;
    const { clock } = context;
    if (selected.registered === undefined) {
        return describeUnknown(run);
    }
    let runner = selected.registered;
    let offlineSince = selected.readAt;
    for (let polls = 0;;) {
        const obstacle = obstacleOf(runner, run);
        let current;
        if (obstacle === undefined) {
            await clock.sleep(Math.max(offlineSince + offlineTime(selected, run) - clock.now(), 0), stopped);
            current = await limit(deleteIfAllowed, runner, run);
        }
        else if (mayWaitFor(obstacle, selected, run) &&
            (await waiting.poll(`"${runner.name}" (${obstacle})`, polls))) {
            polls += 1;
            current = await readAgain(runner, run);
        }
        else {
            stopped.throwIfAborted();
            return obstacle;
        }
        if ('result' in current) {
            if (selected.isNamed && current.result === 'already-removed') {
                await requireNoSuccessor(runner, run);
            }
            return current;
        }
        if (runner.status !== 'offline') {
            offlineSince = clock.now();
        }
        runner = current;
    }
}
/**
 * A runner that was named in full is gone, but one that was registered since then can have its name: an ephemeral runner
 * in a container, for example, registers again after each job.
 *
 * @throws Failure `removal-failed`
 */
async function requireNoSuccessor({ id, name }, run) {
    const { context, target, pacer, stopped } = run;
    const { registration } = target;
    await pacer.spend(pointsOf.read, stopped);
    const found = await findRunnersByName(context.client, { registration, name });
    const [successor] = found.filter((runner) => runner.id !== id);
    if (successor !== undefined) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The runner "${name}" (ID ${id}) of ${(0,src_registration/* describeRegistration */.B4)(registration)} is gone, but GitHub lists a new runner with this name (ID ${successor.id}), which was left unchanged.`,
            cause: 'The new runner was registered while the step ran.',
            remedy: 'Re-run the step to remove the new runner. If it is to stay, remove its name from "runner-name".',
        });
    }
}
/** The name may also be that of a runner of another registration. */
function describeUnknown({ target }) {
    return {
        result: 'already-removed',
        detail: `GitHub lists no runner with this name in ${(0,src_registration/* describeRegistration */.B4)(target.registration)}.`,
    };
}
function obstacleOf({ name, busy, status }, run) {
    const { context, removal } = run;
    if (isCurrentRunnerName(name, context.machine)) {
        return 'runs this job';
    }
    if (busy) {
        return 'busy';
    }
    return removal.status === 'offline' && status === 'online' ? 'online' : undefined;
}
/** A pattern can match many runners that stay online, so it does not wait until they are offline. */
function mayWaitFor(obstacle, { isNamed }, { removal }) {
    return removal.waitMinutes > 0 && obstacle !== 'runs this job' && (isNamed || removal.status === 'any');
}
/** How long the runner must have been seen offline, in milliseconds. */
function offlineTime({ isNamed }, { removal }) {
    const { status, offlineMinutes = isNamed ? 0 : 5 } = removal;
    return status === 'any' ? 0 : offlineMinutes * registered_runners_minute;
}
/** Reads a runner again during a wait, which outlasts a transient error. */
async function readAgain(known, run) {
    try {
        return await read(known, run);
    }
    catch (error) {
        if (!isTransient(error)) {
            throw error;
        }
        run.context.log.info(`${error.explanation.happened} The step continues to wait.`);
        return known;
    }
}
/** @param points what this read and the requests that follow it cost */
async function read({ id, name }, { context, target, pacer, stopped }, points = pointsOf.read) {
    await pacer.spend(points, stopped);
    // Requests a new token after a long wait, which proves the admin rights again.
    await context.removeTokens.for(target);
    const runner = await getRunner(context.client, { registration: target.registration, id, name });
    context.log.debug(`GitHub on the runner with ID ${id}: ${JSON.stringify(runner) ?? 'not found'}`);
    return runner ?? { result: 'already-removed' };
}
/**
 * Deletes a runner if its state still allows it, and verifies that it is gone.
 *
 * @returns the runner as it is now if it was not deleted
 */
async function deleteIfAllowed(known, run) {
    const { context, target } = run;
    const { client } = context;
    const runner = await read(known, run, 2 * pointsOf.read + pointsOf.delete);
    if ('result' in runner || obstacleOf(runner, run) !== undefined) {
        return runner;
    }
    const identity = { registration: target.registration, id: runner.id, name: runner.name };
    const mayRetry = async () => {
        const current = await getRunner(client, identity);
        return current === undefined || obstacleOf(current, run) === undefined;
    };
    if ((await deleteRunner(client, identity, mayRetry)) === 'busy') {
        return { ...runner, busy: true };
    }
    return confirmDeletion(identity, `The runner "${runner.name}"`, context);
}
function obstacleFailure(name, obstacle, { removal, target }) {
    const who = `The runner "${name}" of ${(0,src_registration/* describeRegistration */.B4)(target.registration)}`;
    const hasWaited = removal.waitMinutes > 0 && !removal.dryRun;
    const still = hasWaited ? 'still ' : '';
    const waited = hasWaited ? ` after ${describeMinutes(removal.waitMinutes)}` : '';
    switch (obstacle) {
        case 'busy':
            return new src_failure/* Failure */.HR('runner-busy', {
                happened: `${who} is ${still}running a job${waited} and was left unchanged.`,
                cause: 'GitHub lists it as busy, or refused to delete it because it is running a job.',
                remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
            });
        case 'online':
            return new src_failure/* Failure */.HR('runner-online', {
                happened: `${who} is ${still}online${waited} and was left unchanged.`,
                cause: 'Only offline runners are removed: the input "runner-status" is "offline".',
                remedy: 'Stop the runner first, or set "wait-minutes" to wait until it is offline. To remove an idle runner that is online, use "runner-status: any".',
            });
        case 'runs this job':
            return new src_failure/* Failure */.HR('runner-runs-this-job', {
                happened: `${who} was left unchanged: it has the name of the runner that executes this job.`,
                cause: 'GitHub does not remove a runner while it runs a job.',
                remedy: 'Use "remove: after-job", or run the step on another runner.',
            });
    }
}
function registered_runners_describeRunner({ name, registered }, { context, target }) {
    return {
        directory: null,
        name,
        id: registered?.id ?? null,
        registration: `${context.inputs.server.webUrl}/${(0,src_registration/* webPath */.Ei)(target.registration)}`,
    };
}

;// CONCATENATED MODULE: ./src/removal/removal.ts


// The one entry to what only a removal loads.


/**
 * Removes the selected runners: those that are installed on this machine, or registered ones wherever their machines are.
 *
 * @returns a result per runner, in the order of the inputs
 * @throws Failure before anything is changed
 */
async function removeRunners(removal, context) {
    return removal.kind === 'installed'
        ? removeInstalledRunners(removal, context)
        : removeRegisteredRunners(removal, context);
}


/***/ })

};
;