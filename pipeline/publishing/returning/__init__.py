"""What goes back to an agency: the official template with what can be carried over, and what is left to do in it."""

from pipeline.publishing.returning.going_back import ReturnedContent, returned_of, shown_in

__all__ = ["ReturnedContent", "returned_of", "shown_in"]
