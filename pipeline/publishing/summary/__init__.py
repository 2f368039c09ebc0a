"""The district workbook: where every agency stands, the sums in the official tables, every figure behind them.

``build`` writes it, ``reread`` reads one that went up, ``background`` is what both are told.
"""
