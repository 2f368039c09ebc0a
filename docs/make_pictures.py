"""The sample district goes in; the pictures of the README come out.

    python docs/make_pictures.py        needs LibreOffice, pdftoppm and Chinese fonts

Fonts of the official layout are not free: where these pictures are made on Linux, free Chinese fonts stand in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "pictures"
REPORT = "杭州市临平区经济信息化和科学技术局.docx"
RETURNED = "杭州市临平区卫生健康局_第1次.xlsx"
SHOWN = (
    ("summary", "*汇总表.xlsx", 1),
    ("report", f"reports/{REPORT}", 1),
    ("returned", f"returned/{RETURNED}", 2),
)
"""Name of the picture, file of the run, page."""


def main() -> None:
    """Run the sample district and picture one page of each kind of output."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        command = [sys.executable, "-m", "pipeline", "run", str(ROOT / "examples" / "linping-2023")]
        subprocess.run([*command, "--output", str(output), "--now", "2024-02-01T08:00:00"], check=False)
        for name, pattern, page in SHOWN:
            [source] = (output / "2023").glob(pattern)
            picture(source, page, PICTURES / name, Path(folder))
            print(PICTURES / f"{name}.png")


def picture(source: Path, page: int, target: Path, folder: Path) -> None:
    """Print ``source`` and keep one page as a PNG."""
    copy = folder / f"{target.name}{source.suffix}"
    shutil.copy(source, copy)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(copy)]
    subprocess.run(convert, check=True, capture_output=True)
    pages = ["-f", str(page), "-l", str(page), "-r", "70", "-png", "-singlefile"]
    command = ["pdftoppm", *pages, str(copy.with_suffix(".pdf")), str(target)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
