@echo off
rem Stand-in for the runner's config.cmd. Unlike config.sh, it does not write .path and .env.
if /i "%~1" equ "remove" (
  "%~dp0bin\Runner.Listener.exe" "%~dp0.sandbox\programs\config.mjs" %*
) else (
  "%~dp0bin\Runner.Listener.exe" "%~dp0.sandbox\programs\config.mjs" configure %*
)
