#!/bin/bash
# Stand-in for the runner's config.sh (actions/runner, src/Misc/layoutroot), without its checks of .NET's dependencies.

if [[ $(id -u) -eq 0 && -z $RUNNER_ALLOW_RUNASROOT ]]; then
  echo "Must not run with sudo"
  exit 1
fi

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

# Whatever the command, and before it has any effect on GitHub.
source ./env.sh

# The real Runner.Listener is a program of its own; the stand-in is Node.js under that name, and needs to be told what to run.
shopt -s nocasematch
if [[ $1 == remove ]]; then
  ./bin/Runner.Listener ./bin/Runner.Listener.mjs "$@"
else
  ./bin/Runner.Listener ./bin/Runner.Listener.mjs configure "$@"
fi
