"""Reports go in; Word documents and PDF come out."""
