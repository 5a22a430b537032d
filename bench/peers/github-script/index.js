// Runs the script in the input `script` as actions/github-script 8 does: the same packages, the same client, the same globals.

const core = require('@actions/core');
const exec = require('@actions/exec');
const { context, getOctokit } = require('@actions/github');
const glob = require('@actions/glob');
const io = require('@actions/io');
const { requestLog } = require('@octokit/plugin-request-log');
const { retry } = require('@octokit/plugin-retry');

const AsyncFunction = (async () => {}).constructor;

async function main() {
  const token = core.getInput('github-token', { required: true });
  const github = getOctokit(token, { retry: { enabled: false } }, retry, requestLog);
  const globals = { github, context, core, exec, glob, io };
  const script = new AsyncFunction(...Object.keys(globals), core.getInput('script', { required: true }));
  const result = await script(...Object.values(globals));
  core.setOutput('result', JSON.stringify(result));
}

main().catch((error) => core.setFailed(`Unhandled error: ${error}`));
