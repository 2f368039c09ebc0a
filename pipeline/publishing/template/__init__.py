"""The template workbook: blank, personal, or returned with what was sent and where it is wrong."""

from pipeline.publishing.template.build import Stamp, build_workbook
from pipeline.publishing.template.returned import marked_workbook

__all__ = ["Stamp", "build_workbook", "marked_workbook"]
