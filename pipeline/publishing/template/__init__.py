"""The template workbook: blank, personal, or returned with what was sent and where it is wrong."""

from pipeline.publishing.template.build import Stamp, build_workbook, explanation_lines
from pipeline.publishing.template.returned import marked_workbook

__all__ = ["Stamp", "build_workbook", "explanation_lines", "marked_workbook"]
