"""What goes back to an agency: the official template with what can be carried over, and what is left to do in it."""

from pipeline.returning.returned import Returned, returned_of, shown_in

__all__ = ["Returned", "returned_of", "shown_in"]
