#!/bin/bash
# Stand-in for the runner's config.sh (actions/runner, src/Misc/layoutroot), without the checks of .NET's dependencies.

if [[ $(id -u) -eq 0 && -z $RUNNER_ALLOW_RUNASROOT ]]; then
  echo "Must not run with sudo"
  exit 1
fi

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

# For every command, and before GitHub is contacted.
source ./env.sh

# The stand-in for Runner.Listener is Node.js under that name: its first argument is the program to run.
./bin/Runner.Listener ./.sandbox/programs/config.mjs "$@"
