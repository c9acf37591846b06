"""Where the files that travel with the program are: in the installed package, or in the checkout beside it."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "assets"
_CHECKOUT = Path(__file__).parent.parent / "assets"


def asset(name: str) -> Path:
    """Path of an asset such as ``"fonts/cnnsim-sans-regular.ttf"``."""
    return (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT) / name
