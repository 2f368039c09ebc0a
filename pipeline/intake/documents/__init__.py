"""Reports as documents: Word, web page, ODF text, PDF. Readers turn bytes into parts, ``understanding`` turns parts into a Reading."""
