#!/bin/bash
# Stand-in for the runner's runsvc.sh, the main process of its service: passes SIGTERM on as SIGINT. The real one has
# RunnerService.js in between, which starts the listener again when it fails.

trap 'kill -INT "$listener"' TERM
"$PWD/bin/Runner.Listener" "$PWD/.sandbox/programs/listener.mjs" run --startuptype service &
listener=$!
while kill -0 "$listener" 2>/dev/null; do
  wait "$listener"
done
