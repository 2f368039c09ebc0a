"""nianbao: yearly disclosure reports of a district's agencies, judged and merged overnight."""

__version__ = "0.1.0"
KIT_MARK = "kit.txt"
"""Beside this file where nianbao was installed from an offline kit: the kit's name."""
