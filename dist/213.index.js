export const id = 213;
export const ids = [213];
export const modules = {

/***/ 8213:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  handToBackground: () => (/* reexport */ handToBackground),
  removeRunners: () => (/* binding */ removeRunners),
  watchForCancellation: () => (/* reexport */ watchForCancellation)
});

// UNUSED EXPORTS: defaultParallel

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

// EXTERNAL MODULE: ./src/addressing.ts
var addressing = __webpack_require__(8319);
// EXTERNAL MODULE: ./src/registration.ts
var registration = __webpack_require__(9362);
;// CONCATENATED MODULE: ./src/github/repositories.ts

/**
 * Asks whether two names are the same repository: GitHub redirects the old name of one that was renamed.
 *
 * @throws Failure when GitHub cannot be asked
 */
async function isSameRepository(client, one, other) {
    const [first, second] = await Promise.all([idOf(client, one), idOf(client, other)]);
    return first !== undefined && first === second;
}
/** @returns `undefined` when the token cannot see it */
async function idOf(client, repository) {
    const request = {
        purpose: `look up the ${(0,registration/* describeRegistration */.B4)(repository)}`,
        registration: repository,
        method: 'GET',
        path: '',
        expected: [200, 404],
    };
    const { data } = await client.request(request);
    const { id } = data;
    return typeof id === 'number' ? id : undefined;
}

// EXTERNAL MODULE: ./node_modules/@actions/exec/lib/exec.js + 3 modules
var exec = __webpack_require__(1260);
// EXTERNAL MODULE: ./src/runner/environment.ts
var runner_environment = __webpack_require__(5047);
;// CONCATENATED MODULE: ./src/runner/account.ts


/** The account of this process. */
const itself = { prefix: [], environment: {} };
/**
 * Finds out which account runs an installation's `config.sh`, which refuses to be run by root: root runs it as the
 * installation's owner. Where that is root as well, the script is told that this is meant.
 *
 * @param isRoot whether this process is root
 * @param environment for the script; of it, `sudo` passes on only what it is told to
 */
async function scriptAccount({ directory, owner }, platform, isRoot, environment) {
    if (!isRoot) {
        return itself;
    }
    if (owner.uid === 0) {
        return { prefix: [], environment: { RUNNER_ALLOW_RUNASROOT: '1' } };
    }
    if (platform !== 'linux') {
        const names = [...Object.keys(environment), runner_environment/* removeTokenVariable */.E6].join(',');
        return {
            prefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names}`, '--'],
            environment: {},
        };
    }
    // `setpriv` takes numbers, so that an account without a name (a container's) can be used too.
    const { stdout } = await (0,exec/* getExecOutput */.H)('getent', ['passwd', `${owner.uid}`], {
        env: environment,
        silent: true,
        ignoreReturnCode: true,
    });
    const [name, , , gid, , home] = stdout.split(':');
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

// EXTERNAL MODULE: ./src/runner/installation.ts
var runner_installation = __webpack_require__(6000);
// EXTERNAL MODULE: ./src/runner/service.ts
var service = __webpack_require__(4857);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/failure.ts
var src_failure = __webpack_require__(1633);
;// CONCATENATED MODULE: ./src/runner/this-job.ts


/**
 * The root of the installation that runs this step: its Node.js comes from `ROOT/externals/node24/bin/node`, after a
 * self-update from `ROOT/externals.VERSION/...`.
 *
 * @returns `undefined` when this step is run with another Node.js
 */
function installationOfThisJob({ platform, execPath }) {
    const path = platform === 'win32' ? external_node_path_.win32 : external_node_path_.posix;
    const externals = path.resolve(execPath, '../../..');
    return /^externals(\.[\w.-]+)?$/i.test(path.basename(externals)) ? path.dirname(externals) : undefined;
}
/** Whether a runner is the one that executes this very job: by its directory or, where that is unknown, by its name. */
function executesThisJob(runner, context) {
    const own = installationOfThisJob(context);
    return own === undefined ? context.environment['RUNNER_NAME'] === runner.name : own === runner.directory;
}
/**
 * The installation that `remove: after-job` is about.
 *
 * @throws Failure `github-hosted-runner`, `container-job`, `not-a-runner`
 */
function requireInstallationOfThisJob(context) {
    if (context.environment['RUNNER_ENVIRONMENT'] === 'github-hosted') {
        throw new src_failure/* Failure */.HR('github-hosted-runner', {
            happened: 'remove: after-job was used on a runner that GitHub hosts. Nothing was changed.',
            cause: 'The job runs on another runner than it should: look at its "runs-on".',
            remedy: 'Use remove: after-job in a job of the self-hosted runner that is to be removed.',
        });
    }
    if (context.execPath.startsWith('/__e/')) {
        throw new src_failure/* Failure */.HR('container-job', {
            happened: 'remove: after-job was used in a container job. Nothing was changed.',
            cause: "The step runs inside the container, where the runner's installation and processes are out of reach.",
            remedy: 'Move the step to a job without "container:", on the same runner.',
        });
    }
    const installation = installationOfThisJob(context);
    if (installation === undefined) {
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `The installation of the runner that executes this job was not found from ${context.execPath}. Nothing was changed.`,
            cause: "The step is not run with the runner's own Node.js.",
            remedy: 'Use remove: true with "runner-directory", in a job of another runner on this machine.',
        });
    }
    return installation;
}

;// CONCATENATED MODULE: ./src/candidate.ts







/**
 * Checks an installation on this machine, and finds out what its removal takes. Nothing is changed, and nothing is asked
 * of GitHub but whether a repository was renamed.
 *
 * @throws Failure that names what is in the way
 */
async function checkCandidate(directory, inputs, { client, secrets, machine, log }) {
    const { platform, isRoot, environment } = machine;
    const installation = await (0,runner_installation/* readInstallation */.Z_)(directory, platform);
    const runner = await runnerOf(installation, inputs, client, machine);
    if (!isRoot) {
        await (0,runner_installation/* checkAccess */.x8)(installation);
    }
    await (0,runner_installation/* checkEnvironmentFile */.aR)(installation);
    const variables = (0,runner_environment/* scriptEnvironment */.F5)(environment, secrets);
    const account = await scriptAccount(installation, platform, isRoot, variables);
    const script = {
        directory: installation.directory,
        platform,
        ownerPrefix: account.prefix,
        environment: { ...variables, ...account.environment },
    };
    const uninstall = await (0,service/* uninstallCommand */.Wd)(script, isRoot);
    const behind = account.prefix.join(' ') || 'nothing';
    log.debug(`Checks on this machine passed: ${JSON.stringify({ installation, runner, isRoot })}`);
    log.debug(`config.sh is run behind: ${behind}; its service is uninstalled by: ${uninstall?.join(' ') ?? 'nothing'}`);
    return { installation, runner, script, uninstall };
}
async function runnerOf({ directory, configuration, hasCredentials }, inputs, client, machine) {
    if (configuration === undefined) {
        return undefined;
    }
    const { id, name, url, ephemeral } = configuration;
    const addressed = await (0,addressing/* addressedByRunner */.d)(directory, url, inputs, (one, other) => isSameRepository(client, one, other));
    return {
        id,
        name,
        ephemeral,
        ...addressed,
        deregistersItself: hasCredentials && url !== undefined && !addressed.wasRenamed,
        executesThisJob: executesThisJob({ directory, name }, machine),
    };
}

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
    const { runners } = answer.data;
    if (!Array.isArray(runners)) {
        throw (0,diagnosis/* explainInvalidAnswer */.z)(request, answer, 'without a list of runners in it');
    }
    return runners
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
    const { id, name, busy, ephemeral } = (data ?? {});
    return typeof id === 'number' && typeof name === 'string' && typeof busy === 'boolean'
        ? { id, name, busy, ephemeral: ephemeral === true }
        : undefined;
}

// EXTERNAL MODULE: ./src/runner/deregistration.ts
var deregistration = __webpack_require__(8646);
// EXTERNAL MODULE: ./src/runner/processes.ts
var processes = __webpack_require__(3447);
// EXTERNAL MODULE: ./src/runner/retirement.ts
var retirement = __webpack_require__(8219);
// EXTERNAL MODULE: ./src/runner/script.ts
var runner_script = __webpack_require__(1839);
;// CONCATENATED MODULE: ./src/remove-runner.ts








/**
 * Takes one runner out of service, and proves it. It can be called again after a crash at any point.
 *
 * @param removeToken of the runner's registration
 * @throws Failure when the runner was not removed
 */
async function removeRunner(candidate, runner, removeToken, dryRun, tools) {
    const task = { candidate, runner, ...tools };
    await refuseDuringJob(candidate, tools);
    const { registered, namesakes } = await lookUp(runner, tools);
    if (registered?.busy) {
        throw busy(candidate, 'GitHub lists it as busy.');
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
        await finishLocally(task);
        return { result: 'already-removed', ...describeNamesakes(namesakes) };
    }
    if (!runner.deregistersItself) {
        // The runner's own removal would not reach GitHub; in some cases it would say that it succeeded.
        await deleteThroughApi(task);
        await finishLocally(task);
    }
    else if ((await deregisterItself(task, removeToken)) === 'done') {
        await stop(task);
    }
    else {
        await finishLocally(task);
    }
    return remove_runner_confirm(task);
}
/**
 * Removes what is left in an installation that is not configured.
 *
 * @throws Failure when it cannot be removed, or a job runs on it all the same
 */
async function removeLeftovers(candidate, dryRun, tools) {
    const { directory, platform } = candidate.script;
    await refuseDuringJob(candidate, tools);
    const hasConfiguration = await (0,runner_installation/* isConfigured */.jD)(directory);
    const listeners = await (0,processes/* processesOf */.L6)(directory, 'Runner.Listener', platform);
    if (!hasConfiguration && listeners.length === 0 && !(await (0,service/* isService */.kd)(directory))) {
        return { result: 'already-removed', detail: 'The installation is not configured.' };
    }
    if (dryRun) {
        return { result: 'would-remove', detail: 'It is half-removed; the rest of it would be removed.' };
    }
    if (hasConfiguration) {
        await removeConfiguration(candidate, tools);
    }
    await stop({ candidate, ...tools });
    return { result: 'already-removed', detail: 'The rest of a half-removed runner was removed.' };
}
/** The process of a job is looked for as well as asked about: `busy` has been seen to be wrong. */
async function refuseDuringJob(candidate, { log }) {
    const { directory, platform } = candidate.script;
    const workers = await (0,processes/* processesOf */.L6)(directory, 'Runner.Worker', platform);
    log.debug(`Processes Runner.Worker of ${directory}: ${workers.map(({ id }) => id).join(', ') || 'none'}`);
    if (workers.length > 0) {
        throw busy(candidate, 'A process Runner.Worker of its installation is running on this machine.');
    }
}
/** Asks GitHub for the runner by its id and, when that is unknown, by its name: either answer could be wrong. */
async function lookUp(runner, { client, log }) {
    const byId = await getRunner(client, runner);
    log.debug(`GitHub on the runner with the id ${runner.id}: ${JSON.stringify(byId) ?? 'not known'}`);
    if (byId !== undefined) {
        return { registered: byId, namesakes: [] };
    }
    const byName = await findRunnersByName(client, runner);
    log.debug(`GitHub on runners named "${runner.name}": ${JSON.stringify(byName)}`);
    return {
        registered: byName.find((found) => isSame(found, runner)),
        namesakes: byName.filter((found) => !isSame(found, runner)),
    };
}
function describeNamesakes(namesakes) {
    return namesakes.length === 0
        ? {}
        : {
            detail: `GitHub knows a runner of this name with the id ${namesakes.map(({ id }) => id).join(', ')}, which is not this one and was left alone.`,
        };
}
/**
 * Lets the runner deregister itself: GitHub refuses that while it runs a job, so that no job can be killed.
 *
 * @returns `local configuration left` when GitHub deregistered it all the same
 */
async function deregisterItself({ candidate, runner, client, log, print }, removeToken) {
    const { directory } = candidate.installation;
    log.debug(`config.sh remove begins in ${directory}; .service is there: ${await (0,service/* isService */.kd)(directory)}`);
    const result = await (0,deregistration/* deregister */.B)(candidate.script, removeToken);
    print(result.output);
    const isLeft = await (0,runner_installation/* isConfigured */.jD)(directory);
    log.debug(`config.sh remove ended: exit code ${result.exitCode}, local configuration left: ${isLeft}`);
    if (result.exitCode === 0 && !isLeft) {
        return 'done';
    }
    // GitHub is asked what happened; where it does not answer, what the script said has to do.
    const registered = await getRunner(client, runner).catch(() => 'unknown');
    if (registered === undefined) {
        return 'local configuration left';
    }
    if ((registered !== 'unknown' && registered.busy) || /running a job/i.test(result.output)) {
        throw busy(candidate, 'GitHub refused to remove it because it runs a job.');
    }
    throw new src_failure/* Failure */.HR('removal-failed', {
        happened: `${nameOf(candidate)} was not removed: config.sh remove ended with exit code ${result.exitCode}, "${(0,runner_script/* lastLineOf */.SH)(result)}".`,
        cause: "The runner's own removal could not do its work; its output is in the log above.",
        remedy: 'Mend what the output names and run the job again: nothing has to be undone first.',
    });
}
async function deleteThroughApi({ candidate, runner, client }) {
    if ((await deleteRunner(client, runner)) === 'busy') {
        throw busy(candidate, 'GitHub refused to delete it because it runs a job.');
    }
}
/** Removes what is left on this machine of a runner that GitHub does not know, or not any more. */
async function finishLocally(task) {
    await removeConfiguration(task.candidate, task);
    await stop(task);
}
async function removeConfiguration({ installation: { directory }, script }, { print, log }) {
    const result = await (0,deregistration/* removeLocalConfiguration */.a)(script);
    print(result.output);
    log.debug(`config.sh remove --local in ${directory} ended: exit code ${result.exitCode}`);
    if (result.exitCode !== 0 || (await (0,runner_installation/* isConfigured */.jD)(directory))) {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `GitHub does not know the runner in ${directory}, but its local configuration was not removed: config.sh remove --local ended with exit code ${result.exitCode}, "${(0,runner_script/* lastLineOf */.SH)(result)}".`,
            cause: 'A runner older than 2.301 does not know --local, or a file of the installation cannot be deleted.',
            remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory} by hand: they are of no use any more.`,
        });
    }
}
async function stop({ candidate, print }) {
    if (!(await (0,retirement/* retire */.S)(candidate, print))) {
        throw new src_failure/* Failure */.HR('runner-busy', {
            happened: `${nameOf(candidate)} was deregistered, and is still running: a job began at that very moment.`,
            cause: 'GitHub had handed out the job and did not count it yet.',
            remedy: 'Run this again when the job has ended. It will uninstall the service, or stop the listener.',
        });
    }
}
/** Asks GitHub whether the runner is gone, and finishes the job through the API where it is not. */
async function remove_runner_confirm(task) {
    const { candidate, runner, client, log } = task;
    let registered;
    try {
        registered = await getRunner(client, runner);
    }
    catch (error) {
        return { result: 'unconfirmed', detail: src_failure/* Failure */.HR.from(error).message };
    }
    log.debug(`Proof: GitHub still lists the runner: ${registered !== undefined}`);
    if (registered === undefined) {
        return { result: 'removed' };
    }
    log.warning(`${nameOf(candidate)} (id ${runner.id}) is still registered although its own removal reported success. It is deleted through the API.`);
    await deleteThroughApi(task);
    if ((await getRunner(client, runner)) !== undefined) {
        throw new src_failure/* Failure */.HR('still-registered', {
            happened: `${nameOf(candidate)} (id ${runner.id}) is still registered, although GitHub accepted its deletion.`,
            cause: 'GitHub has a problem of its own, or its answers lag behind.',
            remedy: 'Run the job again in a few minutes; if the runner is still listed, delete it in the settings.',
        });
    }
    return {
        result: 'removed',
        detail: 'It was deleted through the API: its own removal had reported success and left it registered.',
    };
}
function busy(candidate, cause) {
    if (candidate.runner?.executesThisJob) {
        return new src_failure/* Failure */.HR('runner-runs-this-job', {
            happened: `${nameOf(candidate)} runs this very job and was not touched.`,
            cause: 'GitHub does not remove a runner while it runs a job, and this step is part of one.',
            remedy: 'Use remove: after-job, which removes it when this job has ended, or run the step on another runner.',
        });
    }
    return new src_failure/* Failure */.HR('runner-busy', {
        happened: `${nameOf(candidate)} runs a job and was not touched.`,
        cause,
        remedy: 'Run this again when the job has ended.',
    });
}
function nameOf({ installation, runner }) {
    return `The runner ${runner === undefined ? '' : `"${runner.name}" `}in ${installation.directory}`;
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
;// CONCATENATED MODULE: ./src/runner/background.ts


/**
 * Starts the background process that removes the runner of this job when the job has ended, and waits until it needs
 * nothing any more of what the end of the job takes away.
 *
 * At the end of a job the runner kills every process that still has the job's RUNNER_TRACKING_ID, waits for whoever holds
 * a step's output, empties the temporary directory, and deletes the action's code when the next job begins.
 *
 * @param program what Node.js runs: a file and arguments
 * @returns the file that the process logs to, in the runner's own log directory
 * @throws Error when it could not be started
 */
async function startBackgroundRemoval(removal, execPath, program) {
    const { RUNNER_TRACKING_ID, ...environment } = removal.script.environment;
    const { directory } = removal.script;
    const time = new Date()
        .toISOString()
        .replaceAll(/[-:]|\..*/g, '')
        .replace('T', '-');
    const logFile = (0,external_node_path_.join)(directory, '_diag', `RunnerRemoveToken_${time}-utc.log`);
    const child = (0,external_node_child_process_.spawn)(execPath, program, {
        cwd: directory,
        detached: true,
        env: environment,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        windowsHide: true,
    });
    const told = { ...removal, script: { ...removal.script, environment }, logFile };
    await new Promise((resolve, reject) => {
        child.once('message', () => resolve());
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`it ended with exit code ${code}`)));
        // Where it ended early, the exit code says more than the broken pipe.
        child.send(told, () => undefined);
    });
    child.disconnect();
    child.unref();
    return logFile;
}

;// CONCATENATED MODULE: ./src/after-job.ts




/**
 * Makes the checks for the removal of the runner that executes this job. GitHub does not remove it while the job runs, so
 * that the post step hands it to a background process.
 *
 * @returns `scheduled` when there is something left to do after the job
 */
async function scheduleRemoval({ installation }, runner, dryRun, tools) {
    const { registered } = await lookUp(runner, tools);
    if (runner.ephemeral || registered?.ephemeral) {
        return { result: 'ephemeral', detail: 'GitHub deregisters it by itself when this job has ended.' };
    }
    if (dryRun) {
        return { result: 'would-remove', detail: 'It would be removed when this job has ended.' };
    }
    return {
        result: 'scheduled',
        detail: `It is removed when this job has ended, by a background process that logs to ${installation.directory}/_diag.`,
    };
}
/**
 * The post step of `remove: after-job`: hands the removal of the runner that executes this job to a background process.
 * It asks for a fresh remove token, whose hour begins now.
 *
 * @param directory the installation that the main step has checked
 * @param program what Node.js runs in the background
 */
async function handToBackground(directory, inputs, tools, program) {
    const candidate = await checkCandidate(directory, inputs, tools);
    if (candidate.runner === undefined) {
        tools.log.info(`The runner in ${directory} is not configured any more: there is nothing to do.`);
        return;
    }
    const { token } = await tools.grants.for(candidate.runner);
    const logFile = await startBackgroundRemoval({
        script: candidate.script,
        uninstall: candidate.uninstall,
        removeToken: token.token,
        expiresAt: token.expires_at,
    }, tools.machine.execPath, program).catch((error) => {
        throw new src_failure/* Failure */.HR('removal-failed', {
            happened: `The removal of the runner in ${directory} could not be handed to a background process: ${error.message}.`,
            cause: 'This machine does not let the step start a process, or write to the _diag directory of the runner.',
            remedy: 'Run the action with remove: true for this directory, from a job of another runner on this machine.',
        }, { cause: error });
    });
    tools.log.info(`The runner "${candidate.runner.name}" is removed when this job has ended. Log: ${logFile}`);
}

;// CONCATENATED MODULE: ./src/cancellation.ts


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
 * @returns is aborted at the first one. What is in flight goes on for a while; then requests are aborted and the programs
 *   that were started are ended, so that their removals fail in the ordinary way and put back what they had set aside
 */
function watchForCancellation(signals, platform, requests, log, clock) {
    const controller = new AbortController();
    const cancel = () => {
        if (!controller.signal.aborted) {
            log.warning('The step is being cancelled: no further removal is begun, and those under way are ended soon.');
            controller.abort();
            clock.later(grace, () => {
                requests.abort(cancellation('The step was cancelled before GitHub had answered.'));
                void (0,processes/* endDescendants */._9)(platform);
            });
        }
    };
    signals.on('SIGINT', cancel).on('SIGTERM', cancel);
    return controller.signal;
}
/** The failure of what a cancellation kept from being done. */
function cancellation(happened) {
    return new src_failure/* Failure */.HR('removal-failed', {
        happened,
        cause: 'Somebody cancelled the job, or the step ran into its time limit.',
        remedy: 'Run the step again; it goes on where it stopped.',
    });
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./src/runner/files.ts
var files = __webpack_require__(869);
;// CONCATENATED MODULE: ./src/runner/directories.ts




/**
 * Finds the directories that the input `runner-directory` names.
 *
 * @param patterns directories, or globs, which match runner installations only
 * @returns each once however often it is named, in the order named; those of a glob in the order of their names
 * @throws Failure `not-a-runner` when a glob matches nothing
 */
async function findDirectories(patterns, platform, log) {
    const found = new Set();
    for (const pattern of patterns) {
        for (const directory of await directoriesOf(pattern, platform)) {
            const real = await (0,promises_.realpath)(directory).catch(() => directory);
            log.debug(`runner-directory "${pattern}" names ${directory}${real === directory ? '' : `, which is ${real}`}${found.has(real) ? ' (named before)' : ''}`);
            found.add(real);
        }
    }
    return [...found];
}
async function directoriesOf(pattern, platform) {
    // The name of a directory may look like a glob.
    if (!/[*?[{]/.test(pattern) || (await (0,files/* exists */.t2)(pattern))) {
        return [pattern];
    }
    const installations = [];
    for await (const match of (0,promises_.glob)(pattern)) {
        if (await (0,runner_installation/* isInstallation */.Vm)(match, platform)) {
            installations.push(match);
        }
    }
    if (installations.length === 0) {
        throw new src_failure/* Failure */.HR('not-a-runner', {
            happened: `The pattern "${pattern}" in the input "runner-directory" matches no runner installation. Nothing was changed.`,
            cause: 'The runners are in other directories, or this account may not read them.',
            remedy: 'Correct the pattern. It has to match the directories that hold the config.sh (config.cmd on Windows).',
        });
    }
    return installations.sort();
}

;// CONCATENATED MODULE: ./src/removal.ts









// One door to all that is loaded for a removal only.


/** So many runners are removed side by side: on two cores, more gain little where config.sh computes (`npm run bench`). */
const defaultParallel = 4;
/**
 * Takes runners out of service: checks them all on this machine, asks for one remove token per registration, then
 * removes them, a few side by side. The runner that executes this job is left for the post step.
 *
 * @param parallel how many side by side
 * @returns an ending per runner, in the order of the directories
 * @throws Failure before anything is changed: for an installation that cannot be used, for a token that is refused
 */
async function removeRunners(inputs, { when, directories, dryRun }, tools, parallel = defaultParallel) {
    const { machine, grants, log } = tools;
    const own = when === 'after-job' ? requireInstallationOfThisJob(machine) : undefined;
    const named = own === undefined ? directories : [own, ...directories];
    const candidates = [];
    for (const directory of await findDirectories(named, machine.platform, log)) {
        candidates.push(await checkCandidate(directory, inputs, tools));
    }
    for (const { runner } of candidates) {
        if (runner !== undefined) {
            await grants.for(runner);
        }
    }
    const limit = pLimit(parallel);
    return Promise.all(candidates.map((candidate) => limit(async () => {
        const isOwn = candidate.installation.directory === own;
        const ending = await endingOf(candidate, isOwn, dryRun, tools);
        return {
            ...ending,
            report: { ...describeCandidate(candidate, inputs.server.webUrl), ...ending.report },
        };
    })));
}
async function endingOf(candidate, isOwn, dryRun, tools) {
    if (tools.cancelled.aborted) {
        const failure = cancellation(`The runner in ${candidate.installation.directory} was not removed: the step was cancelled before its turn.`);
        return { report: { result: 'not-attempted' }, failure };
    }
    const printed = [];
    try {
        return {
            report: await remove(candidate, isOwn, dryRun, (output) => printed.push(output.trimEnd()), tools),
        };
    }
    catch (error) {
        const failure = src_failure/* Failure */.HR.from(error);
        return { report: { result: 'failed', detail: failure.message }, failure };
    }
    finally {
        if (printed.length > 0) {
            tools.log.group(`What the scripts in ${candidate.installation.directory} printed`, printed.join('\n'));
        }
    }
}
async function remove(candidate, isOwn, dryRun, print, { client, grants, log }) {
    const { runner } = candidate;
    if (runner === undefined) {
        return removeLeftovers(candidate, dryRun, { client, log, print });
    }
    if (isOwn) {
        return scheduleRemoval(candidate, runner, dryRun, { client, log });
    }
    const { token } = await grants.for(runner);
    return removeRunner(candidate, runner, token.token, dryRun, { client, log, print });
}
function describeCandidate({ installation, runner }, webUrl) {
    return {
        directory: installation.directory,
        name: runner?.name ?? null,
        id: runner?.id ?? null,
        registration: runner === undefined ? null : `${webUrl}/${(0,registration/* webPath */.Ei)(runner.registration)}`,
    };
}


/***/ })

};
