"""A form goes in; the pandera schema of its batches comes out, and what of a batch does not pass."""
