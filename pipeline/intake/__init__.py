"""Bytes go in; Readings come out: fetch, look before parsing, open, place, type, and say whose it is."""
