"""Files go in; LibreOffice, where it is installed, turns them into another format.

In a folder and a profile of our own: no lock files beside the files, no user's settings disturbed, no macro run, no link
followed. It ends with everything it started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pipeline.machine.child import unlimited
from pipeline.machine.pool import environment

if TYPE_CHECKING:
    import psutil

_PROGRAMS = ("soffice", "libreoffice")
_USUAL_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
ONE_DOCUMENT = 1024 * 1024 * 1024
"""Bytes of memory that one document may take; LibreOffice itself takes a quarter of it."""
_ENDING_SECONDS = 5.0
_POLL_SECONDS = 0.5
_OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), "http://127.0.0.1:9")
"""A proxy that nobody is: a document that wants something from the network gets nothing."""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def find_program() -> str | None:
    """Return LibreOffice's program by its full path, None if it is not installed.

    Not one that lies where the command happens to be called: that folder may be anybody's.
    """
    here = Path.cwd()
    found = map(shutil.which, (*_USUAL_PLACES, *_PROGRAMS))
    own = (path for path in found if path and Path(path).is_absolute() and Path(path).parent != here)
    return next((str(Path(path).resolve()) for path in own), None)


def convert(
    program: str, files: Sequence[Path], out: Path, kind: str, *, seconds: float, memory: int | None = None
) -> None:
    """Write ``files`` as ``kind`` (a filter of LibreOffice) into ``out``; what is not done in time is left out."""
    out.mkdir(parents=True, exist_ok=True)
    profile = out / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    with unlimited():  # where this is a child itself: addresses that a large program never uses are no memory
        process = subprocess.Popen(  # noqa: S603 - an installed program, our own arguments
            [*command, "--convert-to", kind, "--outdir", str(out), *map(str, files)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=out,
            env={**environment(out), **_OFFLINE, "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
        )
    try:
        _wait(process, seconds, memory)
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], seconds: float, memory: int | None) -> None:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        try:
            process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if memory and _memory_of(process.pid) > memory:
                return
        else:
            return


def _memory_of(pid: int) -> int:
    import psutil  # noqa: PLC0415 - hardly any run prints as PDF

    total = 0
    for member in _family(pid):
        try:
            total += int(member.memory_info().rss)
        except psutil.Error:
            continue
    return total


def _family(pid: int) -> list[psutil.Process]:
    import psutil  # noqa: PLC0415

    try:
        own = psutil.Process(pid)
        return [own, *own.children(recursive=True)]
    except psutil.Error:
        return []


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice with whatever it started; the program we started is only a launcher."""
    import psutil  # noqa: PLC0415

    family = _family(process.pid)
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    process.kill()
    process.wait()
    psutil.wait_procs(family, timeout=_ENDING_SECONDS)  # a busy machine ends a killed process some time later
