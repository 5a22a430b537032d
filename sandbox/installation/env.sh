#!/bin/bash
# Stand-in for the runner's env.sh: writes the caller's PATH to .path, and adds variables that .env does not have yet. Errors are
# printed and ignored, as in the original.

known=
if [[ -f .env ]]; then
  known=$(<.env)
else
  touch .env
fi

echo "$PATH" >.path

for name in LANG JAVA_HOME ANT_HOME M2_HOME ANDROID_HOME ANDROID_SDK_ROOT GRADLE_HOME NVM_BIN NVM_PATH LD_LIBRARY_PATH PERL5LIB; do
  if [[ $known != *"$name="* && -n ${!name} ]]; then
    echo "$name=${!name}" >>.env
  fi
done
