"""The district workbook: where every agency stands, the sums in the official tables, every figure behind them."""

from pipeline.publishing.summary.brief import Background, Delivered, PastFigures
from pipeline.publishing.summary.build import build_summary
from pipeline.publishing.summary.reread import delivered_in

__all__ = ["Background", "Delivered", "PastFigures", "build_summary", "delivered_in"]
