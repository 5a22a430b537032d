@echo off
rem Stand-in for the runner's config.cmd. Unlike config.sh, it keeps neither PATH nor other variables.
if /i "%~1" equ "remove" (
  "%~dp0externals\node24\bin\node.exe" "%~dp0bin\Runner.Listener.mjs" %*
) else (
  "%~dp0externals\node24\bin\node.exe" "%~dp0bin\Runner.Listener.mjs" configure %*
)
