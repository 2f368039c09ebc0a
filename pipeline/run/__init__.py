"""The stages of a run that join the others to the ledger; ``batch.py`` says in which order."""
