"use strict";
// The post step, which runs after every use of the action: without state there is nothing left to do, and nothing that
// would have to be loaded.
if (process.env['STATE_after-job']) {
    await import("./index.js");
}
