"""The system libraries that Qt needs on Linux, and the Debian/Ubuntu packages that hold them."""

import ctypes
import sys
from collections.abc import Callable, Sequence

BASE = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
"""Without these not even QtCore or an offscreen picture works."""

WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""Without these no window opens on X11."""


def missing_packages(
    *, window: bool = True, load: Callable[[str], object] = ctypes.CDLL, platform: str = sys.platform
) -> list[str]:
    """Packages to install before Qt works; empty on systems other than Linux, where Qt brings what it needs.

    Parameters
    ----------
    window
        Whether a window is to open on X11; pictures without a window need less.
    load
        Loads a library by its name, raising OSError where it is not there.

    Examples
    --------
    >>> missing_packages(load=lambda name: None)
    []
    """
    if not platform.startswith("linux"):
        return []
    wanted = BASE | WINDOW if window else BASE
    return [package for library, package in wanted.items() if not _loads(library, load)]


def install_line(packages: Sequence[str]) -> str:
    """Build the one line to type that installs `packages` on Debian and Ubuntu.

    Examples
    --------
    >>> install_line(["libgl1", "libegl1"])
    'sudo apt-get install -y libgl1 libegl1'
    """
    return f"sudo apt-get install -y {' '.join(packages)}"


def _loads(library: str, load: Callable[[str], object]) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True
