"""Whether a window could open here, found out without Qt (which aborts the process when it cannot)."""

import os
import re
import socket
import sys
from collections.abc import Mapping

_WINDOWLESS = ("offscreen", "minimal")


def display_problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Say why no window can open, as the continuation of "display=... "; None if one can.

    Examples
    --------
    >>> display_problem({}, "linux")
    'is missing: neither DISPLAY nor WAYLAND_DISPLAY is set'
    >>> display_problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
    True
    """
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if not platform.startswith("linux") or chosen in _WINDOWLESS or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY")
    if not display:
        return "is missing: neither DISPLAY nor WAYLAND_DISPLAY is set"
    return None if _answers(display) else "does not answer: nothing listens there"


def uses_x11(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether Qt would open its windows through X11, for which it needs more system libraries.

    Examples
    --------
    >>> uses_x11({"DISPLAY": ":0"}), uses_x11({"WAYLAND_DISPLAY": "wayland-0"}), uses_x11({"QT_QPA_PLATFORM": "xcb"})
    (True, False, True)
    """
    chosen = environment.get("QT_QPA_PLATFORM")
    return chosen.startswith("xcb") if chosen else not environment.get("WAYLAND_DISPLAY")


def _answers(display: str) -> bool:
    """Whether a local X server listens; a display on another machine is left to Qt."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    return any(_connects(address) for address in (path, f"\0{path}"))


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        return client.connect_ex(address) == 0
