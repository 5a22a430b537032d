"use strict";
// The post step runs after every use of the action. Without state from the main step there is nothing to load.
if (process.env['STATE_after-job']) {
    void import("./index.js");
}
