"""Kinds of value: each says in one place how it is asked for, read, checked, shown and brought together."""
