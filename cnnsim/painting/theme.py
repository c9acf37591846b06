"""The colours: one per role, the same on every page, once for light and once for dark rooms.

The diverging colours are Peter Kovesi's CET-D1 (light) and CET-D4 (dark), sampled; both put zero at the tone of the
background, so that a number's sign and size can be read from its cell. https://colorcet.com, CC BY 4.0.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Role, Scale
from cnnsim.errors import InputError
from cnnsim.painting.primitives import Colour

_CET_D1 = (
    "2151db 5262de 7075e2 8a88e5 a09ce8 b6b1ea cac5ed dddbef eeeeee "
    "f2d7d0 f0beb2 eda594 e78c77 e0735b d7583f cc3924 c00206"
)
_CET_D4 = (
    "1981fa 2873db 2f65bd 31589f 314b82 2e3e67 2a324c 28303c 2a2d33 "
    "3a2c2a 4b2b25 63312a 7c382e 963e33 b04438 cb4a3d e65042"
)
_STEPS = 256
_MIDDLE = 140  # brightness up to which light text is easier to read
_SOFT_SHARE = 0.5  # of the scale, where black or white digits still stand out


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one appearance."""

    name: str
    background: Colour
    surface: Colour
    outline: Colour
    text: Colour
    muted: Colour
    empty: Colour
    padding: Colour
    on_light: Colour
    on_dark: Colour
    roles: dict[Role, Colour]
    diverging: str

    def role(self, role: Role, opacity: float = 1.0) -> Colour:
        """Colour of a role, `opacity` between 0 and 1."""
        red, green, blue, alpha = self.roles[role]
        return red, green, blue, round(alpha * opacity)

    def cell_colours(self, values: NDArray[np.floating], scale: Scale) -> NDArray[np.uint8]:
        """Colour each value: (rows, cols) numbers to (rows, cols, 3) uint8."""
        table = _table(self.diverging)
        limit = scale.limit if scale.limit > 0 else 1.0
        share = (values / limit).clip(-1.0, 1.0)
        share[np.isnan(share)] = 0.0
        if scale.soft:
            share *= _SOFT_SHARE
        if not scale.signed:
            return self._greys(np.abs(share))
        return table.take(np.rint((share + 1) / 2 * (_STEPS - 1)).astype(np.intp), axis=0)

    def _greys(self, share: NDArray[np.floating]) -> NDArray[np.uint8]:
        low, high = np.array(self.empty[:3]), np.array(self.text[:3])
        greys: NDArray[np.uint8] = np.rint(low + (high - low) * share[..., None]).astype(np.uint8)
        return greys

    def dark(self, rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Whether light text is easier to read on each colour: (…, 3) to (…)."""
        return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]) <= _MIDDLE)

    def text_on(self, rgb: NDArray[np.uint8]) -> Colour:
        """Dark or light text, whichever is easier to read on that colour."""
        return self.on_dark if self.dark(rgb) else self.on_light


@lru_cache(maxsize=2)
def _table(stops: str) -> NDArray[np.uint8]:
    """Interpolate the sampled colours to a (256, 3) table."""
    anchors = np.array([[int(code[i : i + 2], 16) for i in (0, 2, 4)] for code in stops.split()], dtype=np.float64)
    places = np.linspace(0, len(anchors) - 1, _STEPS)
    channels = [np.interp(places, np.arange(len(anchors)), anchors[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16), 255


LIGHT = Theme(
    name="light",
    background=_rgb("ffffff"),
    surface=_rgb("f5f6f8"),
    outline=_rgb("d5d9e0"),
    text=_rgb("1b2330"),
    muted=_rgb("5f6b7c"),
    empty=_rgb("f3f4f7"),
    padding=_rgb("dde1e8"),
    on_light=_rgb("1b2330"),
    on_dark=_rgb("ffffff"),
    roles={
        Role.INPUT: _rgb("0b7a75"),
        Role.KERNEL: _rgb("b25c00"),
        Role.OUTPUT: _rgb("6a35c9"),
        Role.GRADIENT: _rgb("b8216b"),
        Role.TEXT: _rgb("1b2330"),
        Role.MUTED: _rgb("5f6b7c"),
        Role.WARNING: _rgb("b3261e"),
    },
    diverging=_CET_D1,
)

DARK = Theme(
    name="dark",
    background=_rgb("15181e"),
    surface=_rgb("1d2129"),
    outline=_rgb("39404c"),
    text=_rgb("eceff4"),
    muted=_rgb("a3adbc"),
    empty=_rgb("20252e"),
    padding=_rgb("3a4250"),
    on_light=_rgb("101318"),
    on_dark=_rgb("f4f6fa"),
    roles={
        Role.INPUT: _rgb("3ecfc4"),
        Role.KERNEL: _rgb("ffb454"),
        Role.OUTPUT: _rgb("b79cff"),
        Role.GRADIENT: _rgb("ff7db8"),
        Role.TEXT: _rgb("eceff4"),
        Role.MUTED: _rgb("a3adbc"),
        Role.WARNING: _rgb("ff8a80"),
    },
    diverging=_CET_D4,
)


def theme_named(name: str) -> Theme:
    """Return the theme called ``"light"`` or ``"dark"``."""
    for theme in (LIGHT, DARK):
        if theme.name == name:
            return theme
    raise InputError("theme", name, "is no theme", "choose light or dark")
