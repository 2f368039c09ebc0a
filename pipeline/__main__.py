"""``python -m pipeline`` is ``nianbao``: no module is taken from the folder it is called in, but the program's own at last."""

import sys
from os import getcwd
from os.path import abspath, dirname

_OWN = dirname(dirname(abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib might come from here
sys.path[:] = [folder for folder in sys.path if folder not in {"", getcwd()}]  # noqa: PTH109 - the same
if _OWN not in sys.path:
    sys.path.append(_OWN)

if __name__ == "__main__":  # a worker that is started anew comes by here, and has no use for the commands
    from pipeline.cli.commands import main  # what it imports must not come from just anywhere

    main()
