"""The stages of a night that join the others to the ledger; ``batch.py`` says in which order."""
