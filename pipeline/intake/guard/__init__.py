"""Bytes go in; what they are, or why nobody opens them, comes out, before any parser sees them."""
