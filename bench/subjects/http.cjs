// The smallest script for the task: no dependencies, checks, retries or explanations.

const { appendFileSync } = require('node:fs');
const { request } = require('node:http');

const token = process.env['INPUT_TOKEN'];
console.log(`::add-mask::${token}`);

const url = `${process.env['INPUT_GITHUB-API-URL']}/repos/${process.env['GITHUB_REPOSITORY']}/actions/runners/remove-token`;
const headers = { authorization: `token ${token}`, 'user-agent': 'bench' };
request(url, { method: 'POST', headers }, (response) => {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (text) => {
    body += text;
  });
  response.on('end', () => {
    const data = JSON.parse(body);
    console.log(`::add-mask::${data.token}`);
    appendFileSync(
      process.env['GITHUB_OUTPUT'],
      `remove-token=${data.token}\nexpires-at=${data.expires_at}\n`,
    );
  });
}).end();
