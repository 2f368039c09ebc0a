"""Memory: what came, what was decided, what was sent. A folder goes in; a ``Ledger`` and functions on it come out.

``store`` opens the database, ``schema`` says what is in it, ``originals`` keeps the files; every other module is the
functions of one subject. A second run does nothing twice because everything lasting is looked up here first.
"""

from pipeline.ledger.store import FOLDER, Ledger, has_ledger, open_copy, open_ledger, parts_in

__all__ = ["FOLDER", "Ledger", "has_ledger", "open_copy", "open_ledger", "parts_in"]
