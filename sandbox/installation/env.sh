#!/bin/bash
# Stand-in for the runner's env.sh: keeps the caller's PATH, and some variables that .env does not name yet, for later jobs.

touch .env
known=$(<.env)

for name in LANG JAVA_HOME ANT_HOME M2_HOME ANDROID_HOME ANDROID_SDK_ROOT GRADLE_HOME NVM_BIN NVM_PATH LD_LIBRARY_PATH PERL5LIB; do
  if [[ $known != *"$name="* && -n ${!name} ]]; then
    echo "$name=${!name}" >>.env
  fi
done

echo "$PATH" >.path
