"""A Reading and its mail go in; whose it is comes out, and whether its sender may speak for the agency."""
