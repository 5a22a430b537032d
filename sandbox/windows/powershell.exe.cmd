@echo off
rem Stand-in for PowerShell, which Wine does not have. It prints a file that the sandbox writes: whether the account is an
rem administrator, or the processes that the sandbox has started.
echo %* | find "IsInRole" >nul
if errorlevel 1 (
  type "%~dp0processes.txt"
) else (
  type "%~dp0administrator.txt"
)
