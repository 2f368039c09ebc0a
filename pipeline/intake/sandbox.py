"""A workbook's bytes go in on standard input of a child process; its sheets come back as JSON.

For the formats the guard cannot look into, and for the second reader: a parser that aborts, hangs or eats memory
takes only the child with it. The child imports nothing but the parser, so that it starts in about 40 ms.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MAX_AREA = 1_000_000
PDF = "pdf"
"""The engine that reads a PDF; its one answer has the fields that ``documents.pdf.read_pdf`` returns."""
_HARD_MEMORY = 1024 * 1024 * 1024
_POLL_SECONDS = 0.05
_MAX_ROWS, _MAX_COLUMNS = 20_000, 2_000


class FaultError(Exception):
    """What the child says instead of sheets: encrypted, damaged, extent or crashed."""


def parse(
    content: bytes, engine: str, *, seconds: float = 20.0, memory: int = 500 * 1024 * 1024
) -> list[dict[str, Any]]:
    """Read ``content`` in a child with one of ``ENGINES``: name, visible and rows of each sheet, and what else it saw.

    Raises FaultError where the child says why not, dies, or exceeds ``seconds`` or ``memory`` (bytes).
    """
    out = _run_child(content, engine, seconds, memory)
    try:
        answer = json.loads(out)
    except ValueError:
        raise FaultError("crashed") from None
    if "fault" in answer:
        raise FaultError(answer["fault"])
    sheets: list[dict[str, Any]] = answer["sheets"]
    for sheet in sheets:
        sheet["rows"] = [[_decoded(value) for value in row] for row in sheet["rows"]]
    return sheets


def _run_child(content: bytes, engine: str, seconds: float, memory: int) -> bytes:
    import os  # noqa: PLC0415 - the child does not need these
    import subprocess  # noqa: PLC0415 - of ourselves only
    from tempfile import TemporaryFile  # noqa: PLC0415
    from time import monotonic  # noqa: PLC0415

    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    with (
        TemporaryFile() as source
    ):  # a pipe holds 64 kB, and what is left after a first look is never written
        source.write(content)
        source.seek(0)
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__, engine],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )
    deadline = monotonic() + seconds
    with child:
        while True:
            try:
                out, _ = child.communicate(timeout=_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if monotonic() > deadline or _memory_of(child.pid) > memory:
                    child.kill()
                    child.communicate()
                    raise FaultError("crashed") from None
            else:
                break
    if child.returncode:
        raise FaultError("crashed")
    return out


def _memory_of(pid: int) -> int:
    import psutil  # noqa: PLC0415 - only where a child takes longer than one look

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


_DECODERS: Mapping[str, Callable[[Any], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def _encoded(value: object) -> object:
    if isinstance(value, (datetime, date, time)):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)


def _decoded(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    if not isinstance(value, dict):
        return value
    kind, text = next(iter(value.items()))
    return _DECODERS[kind](text)


def _limit_memory() -> None:
    """Ask the system for a hard limit, where it has one."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - absent on Windows, where the parent's watch is the limit

        resource.setrlimit(resource.RLIMIT_AS, (_HARD_MEMORY, _HARD_MEMORY))


def _read_calamine(content: bytes) -> list[dict[str, object]]:
    import python_calamine  # noqa: PLC0415 - the child loads one engine only

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets: list[dict[str, object]] = []
        area = 0
        for number, item in enumerate(workbook.sheets_metadata):
            if str(item.typ) != "SheetTypeEnum.WorkSheet":
                continue
            sheet = workbook.get_sheet_by_index(number)
            area += (sheet.total_height + 1) * (sheet.total_width + 1)
            if area > MAX_AREA:
                raise FaultError("extent")
            rows = [[_encoded(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            visible = str(item.visible) == "SheetVisibleEnum.Visible"
            sheets.append({"name": item.name, "visible": visible, "rows": rows})
    except python_calamine.PasswordError:
        raise FaultError("encrypted") from None
    except python_calamine.CalamineError as error:
        raise FaultError("encrypted" if "assword" in str(error) else "damaged") from None
    return sheets


def _read_openpyxl(content: bytes) -> list[dict[str, object]]:
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # only slows openpyxl, and wants memory of its own
    import openpyxl  # noqa: PLC0415 - the child loads one engine only

    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheets: list[dict[str, object]] = []
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            rows = [
                [_encoded(value) for value in row[:_MAX_COLUMNS]]
                for row in sheet.iter_rows(max_row=_MAX_ROWS, values_only=True)
            ]
            sheets.append({"name": sheet.title, "visible": sheet.sheet_state == "visible", "rows": rows})
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a damaged package fails in any layer of the library
        raise FaultError("damaged") from None
    return sheets


def _read_ods(content: bytes) -> list[dict[str, object]]:
    from pipeline.intake import opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return opendocument.read_ods(content)
    except opendocument.UnreadableError:
        raise FaultError("damaged") from None


def _read_xls(content: bytes) -> list[dict[str, object]]:
    from pipeline.intake import biff, opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return biff.read_xls(content)
    except PermissionError:
        raise FaultError("encrypted") from None
    except biff.TooOldError:
        raise FaultError("too_old") from None
    except opendocument.UnreadableError:
        raise FaultError("damaged") from None


def _read_xlsb(content: bytes) -> list[dict[str, object]]:
    from pipeline.intake import binary_workbook, opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return binary_workbook.read_xlsb(content)
    except opendocument.UnreadableError:
        raise FaultError("damaged") from None


def _read_pdf(content: bytes) -> list[dict[str, object]]:
    import logging  # noqa: PLC0415 - the library tells of every oddity there
    from importlib import import_module  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    reader = import_module("pipeline.intake.documents.pdf")
    try:
        return [{"rows": [], **reader.read_pdf(content)}]
    except reader.TooLargeError as error:
        raise FaultError(str(error)) from None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file fails in any layer of the library
        encrypted = "ncrypt" in type(error).__name__ or "assword" in f"{type(error).__name__} {error!r}"
        raise FaultError("encrypted" if encrypted else "damaged") from None


ENGINES: Mapping[str, Callable[[bytes], list[dict[str, object]]]] = {
    "calamine": _read_calamine,
    "openpyxl": _read_openpyxl,
    "ods": _read_ods,
    "xls": _read_xls,
    "xlsb": _read_xlsb,
    PDF: _read_pdf,
}


def main() -> None:
    """Be the child: bytes on standard input, one JSON object on standard output."""
    _limit_memory()
    content = sys.stdin.buffer.read()
    try:
        answer: dict[str, object] = {"sheets": ENGINES[sys.argv[1]](content)}
    except FaultError as fault:
        answer = {"fault": str(fault)}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode("ascii"))


if __name__ == "__main__":
    main()
