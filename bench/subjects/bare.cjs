// Starts Node.js, and nothing else.
