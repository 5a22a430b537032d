@echo off
rem Stand-in for PowerShell, which Wine does not have. It prints a file that the sandbox writes: the processes that the
rem sandbox has started, or whether the account is an administrator. Other commands fail.
echo %* | find "Get-CimInstance Win32_Process" >nul
if not errorlevel 1 (
  type "%~dp0processes.txt"
  exit /b 0
)
echo %* | find "IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)" >nul
if not errorlevel 1 (
  type "%~dp0administrator.txt"
  exit /b 0
)
exit /b 1
