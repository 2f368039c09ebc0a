"""A workbook's bytes go to a child process; its sheets come back as JSON.

For the formats the guard cannot look into, and for the second reader: a parser that aborts, hangs or eats memory
takes only the child with it. The child imports nothing but the parser, starts in about 40 ms and is fed many files.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.machine.pool import Pool

PDF = "pdf"
"""The engine that reads a PDF; its one answer has the fields that ``documents.pdf.read_pdf`` returns."""
_STARVED = 5
"""How many times longer than by the processor a file may take by the wall."""
MAX_AREA = 300_000
"""Cells of all sheets together, blank ones within included: each is looked at for every table of the form."""
_MAX_ROWS, _MAX_COLUMNS = 20_000, 2_000


class FaultError(Exception):
    """What the child says instead of sheets: encrypted, damaged, extent or crashed."""


def parse(
    content: bytes, engine: str, *, seconds: float = 20.0, memory: int = 300 * 1024 * 1024
) -> list[dict[str, Any]]:
    """Read ``content`` in a child with one of ``ENGINES``: name, visible and rows of each sheet, and what else it saw.

    Raises FaultError where the child says why not, dies, or exceeds ``seconds`` of the processor or ``memory`` (bytes). By the
    wall it has much longer: on a machine with much else to do the clock of whoever asks ends both, and tells the time, not a fault.
    """
    from pipeline.machine.pool import JobAnswer, Limits, PoolJob  # noqa: PLC0415 - the child does not need these

    job = PoolJob(f"{__name__}:read", json.dumps(engine), (content,))
    limits = Limits(_STARVED * seconds, seconds, memory)
    [(_, outcome)] = _pool().run([job], lambda: limits)
    answer: dict[str, Any] = {}
    if isinstance(outcome, JobAnswer):
        with suppress(ValueError):
            answer = json.loads(outcome.text)
    if "sheets" not in answer:
        raise FaultError(answer.get("fault", "crashed"))
    sheets: list[dict[str, Any]] = answer["sheets"]
    for sheet in sheets:
        sheet["rows"] = [[_decoded(value) for value in row] for row in sheet["rows"]]
    return sheets


@cache
def _pool() -> Pool:
    """Return the one child of this process, which is started when it is first asked and ends with the process."""
    import atexit  # noqa: PLC0415

    from pipeline.machine.pool import Pool  # noqa: PLC0415

    made = Pool()
    atexit.register(made.close)
    return made


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
    from pipeline.intake.read import opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return opendocument.read_ods(content)
    except opendocument.OdsError:
        raise FaultError("damaged") from None


def _read_xls(content: bytes) -> list[dict[str, object]]:
    from pipeline.intake.read import biff, opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return biff.read_xls(content)
    except PermissionError:
        raise FaultError("encrypted") from None
    except biff.TooOldError:
        raise FaultError("too_old") from None
    except opendocument.OdsError:
        raise FaultError("damaged") from None


def _read_xlsb(content: bytes) -> list[dict[str, object]]:
    from pipeline.intake.read import binary_workbook, opendocument  # noqa: PLC0415 - the child loads one engine only

    try:
        return binary_workbook.read_xlsb(content)
    except opendocument.OdsError:
        raise FaultError("damaged") from None


def _read_pdf(content: bytes) -> list[dict[str, object]]:
    import logging  # noqa: PLC0415 - the library tells of every oddity there
    from importlib import import_module  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    reader = import_module("pipeline.intake.documents.pdf_lines")
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


def read(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Be the child: the engine's name as JSON and the file's bytes go in; sheets or a fault come out, as JSON."""
    try:
        answer: dict[str, object] = {"sheets": ENGINES[json.loads(arguments)](blobs[0])}
    except FaultError as fault:
        answer = {"fault": str(fault)}
    return json.dumps(answer, ensure_ascii=True), ()
