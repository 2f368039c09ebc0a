"""Figures and findings go in; files for other programs come out: CSV, small workbooks, JSON."""
