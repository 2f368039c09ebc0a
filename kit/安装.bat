@echo off
chcp 65001 >nul
title 安装 nianbao
set "KIT=%~dp0"
set "HOME_DIR=%LOCALAPPDATA%\nianbao"
set "FOLDER=%USERPROFILE%\Documents\年报"
set "PYTHON="
if defined NIANBAO_HOME set "HOME_DIR=%NIANBAO_HOME%"
if defined NIANBAO_FOLDER set "FOLDER=%NIANBAO_FOLDER%"
if "%HOME_DIR:~-1%"=="\" set "HOME_DIR=%HOME_DIR:~0,-1%"
if "%FOLDER:~-1%"=="\" set "FOLDER=%FOLDER:~0,-1%"
if defined NIANBAO_PYTHON set PYTHON="%NIANBAO_PYTHON%"
if not exist "%KIT%wheels" (
  echo 请先把安装包全部解压到一个文件夹，再双击里面的“安装”。
  goto failed
)
for %%V in (3.14 3.13 3.12 3.11) do if not defined PYTHON py -%%V-64 -c "" >nul 2>nul && set "PYTHON=py -%%V-64"
if not defined PYTHON python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.maxsize.bit_length() < 63)" >nul 2>nul && set "PYTHON=python"
if not defined PYTHON (
  echo 没有找到 64 位的 Python 3.11 到 3.14。请先安装 Python（安装包里没有），再双击一次。
  goto failed
)
echo 安装到 "%HOME_DIR%"
%PYTHON% -m venv --clear "%HOME_DIR%" || goto failed
"%HOME_DIR%\Scripts\python" -m pip --disable-pip-version-check install --quiet --no-index --no-deps --require-hashes --find-links "%KIT%wheels" -r "%KIT%requirements.txt" || goto failed
"%HOME_DIR%\Scripts\nianbao" --version || goto failed
if not exist "%FOLDER%" (
  "%HOME_DIR%\Scripts\nianbao" init "%FOLDER%" || goto failed
)
echo 装好了。请打开 "%FOLDER%"，填写“经办.xlsx”。
explorer "%FOLDER%"
pause
exit /b 0
:failed
echo.
echo 没有装好，请看上面的说明，或者把它发给维护人员。
pause
exit /b 1
