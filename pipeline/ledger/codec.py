"""How the ledger spells values: as ``machine.codec`` does, which the answers of workers share."""

from pipeline.machine.codec import dumps, loads

__all__ = ["dumps", "loads"]
