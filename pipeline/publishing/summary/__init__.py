"""The district workbook: where every agency stands, the sums in the official tables, every figure behind them."""

from pipeline.publishing.summary.build import build_summary

__all__ = ["build_summary"]
