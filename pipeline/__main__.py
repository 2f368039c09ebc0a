"""``python -m pipeline`` is ``nianbao``: no module is taken from the folder it is called in."""

import sys
from os import getcwd

sys.path[:] = [folder for folder in sys.path if folder not in {"", getcwd()}]  # noqa: PTH109 - pathlib might come from here

from pipeline.cli import main  # noqa: E402 - what it imports must not come from just anywhere

main()
