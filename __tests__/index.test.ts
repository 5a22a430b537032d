import { expect, test } from '@jest/globals';

test('the entry runs the main step with what this process is given, and fails the step with its exit code', async () => {
  const { write } = process.stdout;
  let output = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    output += chunk.toString();
    return true;
  };
  process.env['INPUT_TOKEN'] = '';
  try {
    await import('../src/index.ts');
    expect(process.exitCode).toBe(1);
    expect(output).toMatch(/^::error::The input "token" cannot be used/m);
  } finally {
    process.stdout.write = write;
    process.exitCode = 0;
    delete process.env['INPUT_TOKEN'];
  }
});
