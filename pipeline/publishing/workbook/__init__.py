"""The one layer over xlsxwriter: a page that writes texts, numbers and formulas, and the books it stands in."""
