"""What other ways to do the work cost: programs of their own, run by ``benchmarks.race`` with the packages of ``requirements.txt``."""
