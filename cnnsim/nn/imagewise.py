"""Layers that change the rows and columns of an image, without parameters."""

from dataclasses import dataclass

from cnnsim import functional
from cnnsim.functional._padding import Mode
from cnnsim.functional.check import Floats, Pair, pair
from cnnsim.nn.parameterless import Imagewise


@dataclass(frozen=True, slots=True)
class Pad(Imagewise):
    """Put cells around every map; see `cnnsim.functional.pad`.

    Parameters
    ----------
    sides
        (left, right, top, bottom), or fewer, as there; negative numbers cut off (mode "constant" only).
    mode
        "constant", "reflect", "replicate" or "circular".
    value
        What "constant" puts there.

    Examples
    --------
    >>> Pad((1, 1, 2, 2), "reflect").output_shape((6, 28, 28))
    (6, 32, 30)
    """

    sides: tuple[int, ...]
    mode: Mode = "constant"
    value: float = 0.0

    def apply(self, x: Floats) -> Floats:
        """Copy cells, or put the value."""
        return functional.pad(x, self.sides, self.mode, self.value)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Give every cell the sum of what its copies got."""
        return functional.pad_backward(dy, x, self.sides, self.mode, self.value)


@dataclass(frozen=True, slots=True)
class LPPool2d(Imagewise):
    """Take the norm of each window; see `cnnsim.functional.lp_pool2d`.

    Parameters
    ----------
    norm_type
        p, at least 1; 2 for the length of the window as a vector.
    kernel_size, stride
        One integer, or (rows, columns); `stride` None is `kernel_size`.
    ceil_mode
        Round the output size up.

    Examples
    --------
    >>> LPPool2d(2, 2).output_shape((6, 28, 28))
    (6, 14, 14)
    """

    norm_type: float
    kernel_size: int | Pair
    stride: int | Pair | None = None
    ceil_mode: bool = False

    def apply(self, x: Floats) -> Floats:
        """Root of the sum of powers."""
        return functional.lp_pool2d(x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Give every cell its share of the norm."""
        return functional.lp_pool2d_backward(dy, x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)


@dataclass(frozen=True, slots=True)
class WeightedPool2d(Imagewise):
    """Average each window with weights that fall with the distance from its centre.

    See `cnnsim.functional.weighted_pool2d` and `distance_weights`.

    Parameters
    ----------
    kernel_size, stride, padding
        One integer, or (rows, columns); `stride` None is `kernel_size`.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> WeightedPool2d(3, 2).output_shape((6, 27, 27))
    (6, 13, 13)
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0

    def __post_init__(self) -> None:
        pair("kernel_size", self.kernel_size, 1)

    def apply(self, x: Floats) -> Floats:
        """Weighted average."""
        return functional.weighted_pool2d(x, self._weights(x), self.stride, self.padding)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Give every cell its weight's share."""
        return functional.weighted_pool2d_backward(dy, x, self._weights(x), self.stride, self.padding)[0]

    def _weights(self, x: Floats) -> Floats:
        return functional.distance_weights(self.kernel_size).astype(x.dtype)


@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d(Imagewise):
    """Average to a fixed output size, whatever the input's; see `cnnsim.functional.adaptive_avg_pool2d`.

    Parameters
    ----------
    output_size
        One integer, or (rows, columns); 1 for global pooling.

    Examples
    --------
    >>> AdaptiveAvgPool2d(2).output_shape((6, 27, 31))
    (6, 2, 2)
    """

    output_size: int | tuple[int | None, int | None]

    def apply(self, x: Floats) -> Floats:
        """Average windows that divide the image as evenly as possible."""
        return functional.adaptive_avg_pool2d(x, self.output_size)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Spread every dy evenly over its window."""
        return functional.adaptive_avg_pool2d_backward(dy, x, self.output_size)


@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool2d(Imagewise):
    """Keep the largest values at a fixed output size; see `cnnsim.functional.adaptive_max_pool2d`.

    Parameters
    ----------
    output_size
        One integer, or (rows, columns); 1 for global pooling.

    Examples
    --------
    >>> AdaptiveMaxPool2d(2).output_shape((6, 27, 31))
    (6, 2, 2)
    """

    output_size: int | tuple[int | None, int | None]

    def apply(self, x: Floats) -> Floats:
        """Largest value of windows that divide the image as evenly as possible."""
        return functional.adaptive_max_pool2d(x, self.output_size)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Give every dy to the cell that won."""
        return functional.adaptive_max_pool2d_backward(dy, x, self.output_size)


@dataclass(frozen=True, slots=True)
class Unfold(Imagewise):
    """Cut an image into the patches that a window sees; see `cnnsim.functional.unfold`.

    Parameters
    ----------
    kernel_size, dilation, padding, stride
        One integer, or (rows, columns).

    Examples
    --------
    >>> Unfold(3).output_shape((2, 5, 5))
    (18, 9)
    """

    kernel_size: int | Pair
    dilation: int | Pair = 1
    padding: int | Pair = 0
    stride: int | Pair = 1

    def apply(self, x: Floats) -> Floats:
        """(N, C, H, W) to (N, C·kh·kw, positions)."""
        return functional.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Add the patches up where they overlap."""
        return functional.unfold_backward(dy, x, self.kernel_size, self.dilation, self.padding, self.stride)


@dataclass(frozen=True, slots=True)
class Fold(Imagewise):
    """Put patches where a window saw them, adding up where they overlap; see `cnnsim.functional.fold`.

    Parameters
    ----------
    output_size, kernel_size, dilation, padding, stride
        One integer, or (rows, columns).

    Examples
    --------
    >>> Fold(5, 3).output_shape((18, 9))
    (2, 5, 5)
    """

    output_size: int | Pair
    kernel_size: int | Pair
    dilation: int | Pair = 1
    padding: int | Pair = 0
    stride: int | Pair = 1

    def apply(self, x: Floats) -> Floats:
        """(N, C·kh·kw, positions) to (N, C, H, W)."""
        return functional.fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Cut dy into patches."""
        return functional.fold_backward(
            dy, x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        )
