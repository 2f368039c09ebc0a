"""Folders, mails and archives go in; the files that agencies sent come out."""
