// If nothing is left to wait for before the step has ended, it has failed. (In an ES module, Node.js does the same for a
// top-level await. dist/ is CommonJS.)
process.exitCode = 13;

// A dynamic import, because ncc omits the licenses of packages that are bundled into the entry's own file.
void import('./main.ts')
  .then(({ run }) => run(process))
  .then(() => {
    if (process.exitCode === 13) process.exitCode = 0;
  });
