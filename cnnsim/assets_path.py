"""Where the files that travel with the program are: in the installed package, or in the checkout beside it."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "assets"
_CHECKOUT = Path(__file__).parent.parent / "assets"


def asset(name: str) -> Path:
    """Path of a file that travels with the program.

    Parameters
    ----------
    name
        Of the file, within the folder of them.

    Returns
    -------
    Path
        Also where there is no such file.

    Examples
    --------
    >>> asset("fonts/cnnsim-sans-regular.ttf").is_file()
    True
    """
    return (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT) / name
