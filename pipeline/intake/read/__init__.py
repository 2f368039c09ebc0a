"""Guarded bytes go in; a Reading comes out: every number, text and entry at its cell."""
