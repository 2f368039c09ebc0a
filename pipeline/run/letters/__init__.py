"""The letters of a run: planned, written, recorded before they are sent, and laid out."""
