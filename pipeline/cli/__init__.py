"""The command line: what is typed goes in; what a person reads, and an exit code, come out."""
