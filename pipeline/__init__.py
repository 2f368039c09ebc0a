"""nianbao: yearly disclosure reports of a district's agencies, judged and merged overnight."""

__version__ = "0.1.0"
