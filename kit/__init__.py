"""The offline kit: what is in it, how it is built, and how it is proved to install."""
