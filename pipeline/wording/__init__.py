"""What sentences and lists of findings are made of: addresses, hints, findings that belong together."""
