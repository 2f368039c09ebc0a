"""The mail servers: IMAP before a run, SMTP after it, and what both ask of the network."""
