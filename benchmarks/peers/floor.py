"""The floor: python-calamine converts every sheet of every file, and the bytes that nianbao wrote are written again.

``OUTPUT`` is where nianbao wrote; what no program can save is to read what came and to write what goes out.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from python_calamine import CalamineWorkbook
from task import Task, carry_out


def work(task: Task) -> None:
    """Read every file, write every output."""
    for path in task.files:
        book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    with TemporaryDirectory(dir=task.output.parent) as folder:
        for number, path in enumerate(path for path in task.output.rglob("*") if path.is_file()):
            (Path(folder) / str(number)).write_bytes(path.read_bytes())


if __name__ == "__main__":
    carry_out(work)
