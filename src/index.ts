// Loaded, not bundled in: the bundler forgets the licenses of packages that are in the entry's own file.
const { start } = await import('./start.ts');

await start(process);
