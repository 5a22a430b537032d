// Node.js exits when nothing is pending, even if `run` has not finished: then the step has failed. (In an ES module, Node.js
// uses this exit code for a top-level await that never settles. dist/ is CommonJS.)
process.exitCode = 13;

// A dynamic import, because ncc omits the licenses of packages that are bundled into the entry's own file.
void import('./main.ts')
  .then(({ run }) => run(process))
  .then(() => {
    if (process.exitCode === 13) process.exitCode = 0;
  });
