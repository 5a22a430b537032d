// Sends the request in the input `route` as octokit/request-action 3 does: the same packages, inputs read as YAML.

import * as core from '@actions/core';
import { Octokit } from '@octokit/action';
import yaml from 'js-yaml';

try {
  const inputs = Object.entries(process.env).filter(([name]) => name.startsWith('INPUT_'));
  const { route, ...parameters } = Object.fromEntries(
    inputs.map(([name, value]) => [name.slice('INPUT_'.length).toLowerCase(), yaml.load(value)]),
  );
  core.info(route);
  const { status, headers, data } = await new Octokit().request(route, parameters);
  core.setOutput('status', status);
  core.setOutput('headers', JSON.stringify(headers, null, 2));
  core.setOutput('data', JSON.stringify(data, null, 2));
} catch (error) {
  core.setFailed(error.message);
}
