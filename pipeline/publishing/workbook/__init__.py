"""The template workbook: blank, personal, or returned with what was sent and where it is wrong."""

from pipeline.publishing.workbook.build import Stamp, build_workbook
from pipeline.publishing.workbook.returned import marked_workbook

__all__ = ["Stamp", "build_workbook", "marked_workbook"]
