import { stripTypeScriptTypes } from 'node:module';

/** Lets Jest run the source as Node.js does: without its types, with every line and column where it was. */
export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
