"""The sample district goes in; the pictures of the README come out.

    python docs/make_pictures.py [NAME]…    needs LibreOffice, pdftoppm, Chromium and Chinese fonts; NAMEs: these pictures only

Fonts of the official layout are not free: where these pictures are made on Linux, free Chinese fonts stand in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "pictures"
REPORT = "杭州市临平区经济信息化和科学技术局.docx"
RETURNED = "杭州市临平区卫生健康局_第1次.xlsx"
SUMMARY, DISTRICT = "*汇总表.xlsx", "杭州市临平区2023年政府信息公开工作年度报告.docx"
SHOWN = (
    ("summary", SUMMARY, "一、报送进度"),
    ("summary_table", SUMMARY, "三、收到和处理政府信息公开申请情况"),
    ("summary_kinds", SUMMARY, "分类汇总"),
    ("summary_detail", SUMMARY, "各单位明细"),
    ("summary_charts", SUMMARY, "年报图表"),
    ("summary_reconcile", SUMMARY, "对账结果"),
    ("report", f"reports/{REPORT}", ""),
    ("district_report", DISTRICT, ""),
    ("returned", f"returned/{RETURNED}", "处理结果"),
    ("book_settings", "经办.xlsx", "区县全称"),
    ("book_roster", "经办.xlsx", "单位名称"),
    ("todo", "待办.xlsx", "待核实的文件"),
    ("notice", "材料/*通报.docx", ""),
)
"""Name of the picture, file of the run, what stands on the page (nothing: the first)."""


PAGES = (
    ("dashboard", "index.html", (1280, 1120), "light"),
    ("dashboard-phone", "index.html", (360, 780), "dark"),
    ("web-report", f"reports/{Path(REPORT).stem}.html", (1280, 1120), "light"),
    ("site", "site/index.html", (1280, 720), "light"),
)
"""Name of the picture, page, size of the window, colour scheme."""
MORNING = "2024-02-01T08:00:00+08:00"


def main(asked: Sequence[str] = ()) -> None:
    """Run the sample district and picture one page of each kind of output."""
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "样例区"
        shutil.copytree(ROOT / "examples" / "linping-2023", sample)
        moment = ["--now", "2024-02-01T08:00:00"]
        for verb, more in (("adopt", []), ("run", moment), ("papers", moment)):
            subprocess.run([sys.executable, "-m", "pipeline", verb, str(sample), *more], check=False)
        year = sample / "output" / "2023"
        for name, pattern, words in SHOWN:
            if asked and name not in asked:
                continue
            [source] = (*year.glob(pattern), *sample.glob(pattern))[:1]
            picture(source, words, PICTURES / name, Path(folder))
            print(PICTURES / f"{name}.png")
        picture_pages(year, asked)


def picture(source: Path, words: str, target: Path, folder: Path) -> None:
    """Print ``source`` and keep the first page that holds ``words`` as a PNG."""
    pdf = printed(source, folder)
    page = next(number for number in range(1, 1000) if words in text_of(pdf, number))
    pages = ["-f", str(page), "-l", str(page), "-r", "70", "-png", "-singlefile"]
    command = ["pdftoppm", *pages, str(pdf), str(target)]
    subprocess.run(command, check=True)


def printed(source: Path, folder: Path) -> Path:
    """Print ``source`` once; return the PDF."""
    copy = folder / f"{len(source.name)}_{source.stem}{source.suffix}"
    pdf = copy.with_suffix(".pdf")
    if not pdf.exists():
        shutil.copy(source, copy)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        convert = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(copy),
        ]
        subprocess.run(convert, check=True, capture_output=True)
    return pdf


def text_of(pdf: Path, page: int) -> str:
    """Return the text of a page, without spaces."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), str(pdf), "-"]
    found = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return "".join(found.stdout.split())


def picture_pages(folder: Path, asked: Sequence[str]) -> None:
    """Show the pages in Chromium as on the morning of the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path, (width, height), scheme in PAGES:
            if asked and name not in asked:
                continue
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.clock.set_fixed_time(MORNING)
            page.goto((folder / path).as_uri())
            page.screenshot(path=PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
