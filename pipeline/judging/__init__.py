"""Readings go in; assessments come out: pandera over the whole batch at once."""
