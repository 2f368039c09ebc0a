"""Letters: ``plan`` says who is written to and why, ``text`` makes the mail; ``run.letters`` keeps and lays out."""
