"""A district folder goes in; files to double-click come out, for Windows and for Linux.

They find the folder by their own place, so it may be moved; the program by its full path, and where that is gone, where
the offline kit installs it. The window stays open until a person has read it; on Windows for an hour at most, for one that a
scheduler started nobody closes, and while it is open the next run does not start.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pipeline.machine.durable import set_mode
from pipeline.machine.environment import full_program
from pipeline.publishing.files import write_if_changed

STARTERS: Mapping[str, str] = {
    "今晚运行": "run",
    "发模板": "template",
    "出材料": "papers",
    "查看情况": "open",
}
"""What is double-clicked, and the command that it gives."""
_EXECUTABLE = 0o755
_AS_MODULE = " -m pipeline"
_BAT = """\
@echo off
chcp 65001 >nul
title {name}
set "PYTHONUTF8=1"
set "LOST="
set NIANBAO={program}
set "HOW={arguments}"
where /q %NIANBAO% 2>nul || if not exist %NIANBAO% set "LOST=1"
if defined LOST set NIANBAO="%LOCALAPPDATA%\\nianbao\\Scripts\\nianbao.exe"
if defined LOST set "HOW="
%NIANBAO% %HOW% {verb} "%~dp0."
set "CODE=%ERRORLEVEL%"
echo.
if %CODE% GEQ 2 echo 没有完成，请看上面的说明。
{if_so}echo 按任意键关闭窗口；不按的，一小时后自动关闭。
{if_so}"%SystemRoot%\\System32\\timeout.exe" /t 3600 >nul 2>nul
exit /b %CODE%
"""
_ON_ERROR = "if %CODE% GEQ 2 "
_SH = """\
#!/bin/sh
folder=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export PYTHONUTF8=1
start() {{
  if [ -x {path} ]; then {program} "$@"; else "$HOME/.local/share/nianbao/bin/nianbao" "$@"; fi
}}
start {verb} "$folder"
code=$?
if [ "$code" -ge 2 ]; then echo; echo "没有完成，请看上面的说明。"; fi
if [ -t 0 ]{condition}; then printf '按回车键关闭。'; read -r _; fi
exit "$code"
"""
_DESKTOP = """\
[Desktop Entry]
Type=Application
Name={name}
Exec=sh {script}
Path={folder}
Terminal=true
Icon=x-office-spreadsheet
"""


def lay_starters(folder: Path) -> list[Path]:
    """Write the files into ``folder``; return them."""
    made = []
    for name, verb in STARTERS.items():
        contents = {
            f"{name}.bat": _bat(name, verb).replace("\n", "\r\n"),
            f"{name}.sh": _sh(verb),
            f"{name}.desktop": _desktop(folder.resolve(), name),
        }
        for file, text in contents.items():
            path = folder / file
            write_if_changed(path, text.encode())
            if path.suffix != ".bat":
                set_mode(path, _EXECUTABLE)
            made.append(path)
    return made


def _bat(name: str, verb: str) -> str:
    own, module, _ = (full_program() if os.name == "nt" else "nianbao").partition(_AS_MODULE)
    if_so = _ON_ERROR if verb == "open" else ""
    return _BAT.format(
        name=name, verb=verb, program=own.replace("%", "%%"), arguments=module.strip(), if_so=if_so
    )


def _sh(verb: str) -> str:
    own = full_program() if os.name == "posix" else "nianbao"
    path = own.removesuffix(_AS_MODULE) if os.name == "posix" else '"$(command -v nianbao)"'
    condition = ' && [ "$code" -ge 2 ]' if verb == "open" else ""
    return _SH.format(verb=verb, program=own, path=path, condition=condition)


def _desktop(folder: Path, name: str) -> str:
    escaped = str(folder / f"{name}.sh")
    for char in '\\"`$':
        escaped = escaped.replace(char, f"\\{char}")
    script = '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'
    return _DESKTOP.format(name=name, script=script, folder=folder)
