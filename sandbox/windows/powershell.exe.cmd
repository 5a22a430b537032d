@echo off
rem Stand-in for PowerShell, which Wine does not have: prints the processes that the sandbox has started.
type "%~dp0processes.txt"
