"""What a convolution finds outside its maps: zeros, which the kernels put there themselves, or copies of cells."""

from dataclasses import dataclass
from typing import Literal, cast

from cnnsim.engine import blocks
from cnnsim.errors import InputError
from cnnsim.functional._padding import pad, pad_backward
from cnnsim.functional.check import Floats, Pair, room

PaddingMode = Literal["zeros", "replicate", "reflect", "circular"]


@dataclass(frozen=True, slots=True)
class Outside:
    """Padding by copies, which comes before the kernels.

    Parameters
    ----------
    sides
        (top, bottom, left, right).
    mode
        What the cells are copied by, None for zeros: nothing is done here then.
    behind
        Axes behind rows and columns: 0 for images, 1 for blocks of them.
    """

    sides: tuple[int, int, int, int]
    mode: Literal["reflect", "replicate", "circular"] | None
    behind: int = 0

    @property
    def zeros(self) -> tuple[int, int, int, int]:
        """Sides that are left to the kernels."""
        return self.sides if self.mode is None else (0, 0, 0, 0)

    def size(self, height: int, width: int) -> Pair:
        """Rows and columns of the maps that the kernels get, from those of the maps that are given."""
        top, bottom, left, right = (0, 0, 0, 0) if self.mode is None else self.sides
        return height + top + bottom, width + left + right

    def __call__(self, x: Floats) -> Floats:
        """Put the copies around the maps; the same array where there are none to put."""
        if self.mode is None:
            return x
        try:
            return pad(x, self._pad, self.mode)
        except InputError as error:
            raise InputError("padding", self.sides, error.rule, error.remedy) from None

    def backward(self, dy: Floats, x: Floats) -> Floats:
        """Give every cell the sum of what its copies got."""
        return dy if self.mode is None else pad_backward(dy, x, self._pad, self.mode)

    @property
    def _pad(self) -> tuple[int, ...]:
        top, bottom, left, right = self.sides
        return (*[0] * 2 * self.behind, left, right, top, bottom)


def copying(padding_mode: str) -> Literal["reflect", "replicate", "circular"] | None:
    """How cells are copied, None for zeros."""
    if isinstance(padding_mode, str) and padding_mode == "zeros":
        return None
    if isinstance(padding_mode, str) and padding_mode in ("reflect", "replicate", "circular"):
        return cast("Literal['reflect', 'replicate', 'circular']", padding_mode)
    remedy = "use 'zeros', 'replicate', 'reflect' or 'circular'"
    raise InputError("padding_mode", repr(padding_mode), "is unknown", remedy)


def room_for_padding(
    padding: object, sides: tuple[int, int, int, int], x: tuple[int, ...], output: tuple[int, ...]
) -> None:
    """Refuse padding that makes blocks of maps too large, from the shapes (N, C, H, W) before and (O, H', W') after."""
    if not any(sides):
        return
    n, channels, height, width = x
    places, padded = blocks.lanes(n), (channels, height + sides[0] + sides[1], width + sides[2] + sides[3])
    for maps in (padded, output):
        room("padding", padding, (places, *maps), places * maps[0] * height * width)
