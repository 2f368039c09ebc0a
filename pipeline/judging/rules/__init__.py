"""Submissions go in; assessments come out: what fails, how heavy it is, and the verdict."""
