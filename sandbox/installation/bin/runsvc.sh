#!/bin/bash
# Stand-in for the main process of the service, runsvc.sh with RunnerService.js: passes SIGTERM on as SIGINT, and starts the
# listener again if it fails.

trap 'stopping=1; echo "Shutting down runner listener"; kill -INT "$listener"' TERM

while [[ -z $stopping ]]; do
  "$PWD/bin/Runner.Listener" "$PWD/.sandbox/programs/listener.mjs" run --startuptype service &
  listener=$!
  # A signal interrupts wait.
  while kill -0 "$listener" 2>/dev/null; do wait "$listener"; done
  wait "$listener"
  code=$?
  echo "Runner listener exited with error code $code"
  case $code in
    0) echo "Runner listener exit with 0 return code, stop the service, no retry needed." && break ;;
    1) echo "Runner listener exit with terminated error, stop the service, no retry needed." && break ;;
    *) echo "Runner listener exit with undefined return code, re-launch runner in 5 seconds." ;;
  esac
  # The real service does wait 5 seconds.
  [[ -n $stopping ]] || sleep 0.1
done
