"""What is reported: the form as data, its loader, its printed grid, its addresses and its formulas."""
