// A dynamic import, because ncc omits the licenses of packages that are bundled into the entry's own file.
const { run } = await import('./main.ts');

await run(process);
