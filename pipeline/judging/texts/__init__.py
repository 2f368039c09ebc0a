"""Rules over the texts of a batch: one small module for each kind, and ``check.py`` that runs them."""
