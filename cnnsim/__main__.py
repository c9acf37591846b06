"""``python -m cnnsim`` is the command ``cnnsim``."""

import sys

from cnnsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
