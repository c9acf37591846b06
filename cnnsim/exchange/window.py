"""Where the window of an ONNX operator looks: its attributes, brought to rows and columns."""

from dataclasses import dataclass

from cnnsim.engine.compile import LANES
from cnnsim.errors import InputError
from cnnsim.exchange.record import Array, Operation, check_size

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sliding:
    """A window over images: all in (rows, columns), `before` and `after` being cells around the image."""

    size: Pair
    stride: Pair
    dilation: Pair
    before: Pair
    after: Pair
    output: Pair

    @property
    def symmetric(self) -> bool:
        """Whether there are as many cells before as after."""
        return self.before == self.after

    @property
    def sides(self) -> tuple[Pair, Pair]:
        """((top, bottom), (left, right))."""
        return (self.before[0], self.after[0]), (self.before[1], self.after[1])


def as_images(x: Array) -> Array:
    """(N, C, L) as (N, C, 1, L); images stay as they are."""
    return x if _axes(x.shape) == 2 else x[:, :, None]


def as_before(y: Array, x: Array) -> Array:
    """`y` with as many axes as `x` had before it became images."""
    return y if x.ndim == 4 else y[:, :, 0]


def _axes(shape: tuple[int, ...]) -> int:
    """How many axes there are behind the channels."""
    if len(shape) not in (3, 4):
        rule, remedy = (
            "has neither one nor two axes behind the channels",
            "use signals (N, C, L) or images (N, C, H, W)",
        )
        raise InputError("shape", shape, rule, remedy)
    return len(shape) - 2


def numbers(operation: Operation, name: str, axes: int, neutral: int) -> Pair:
    """Attribute with a number for each axis, as (rows, columns); a signal has one row."""
    given = list(operation.attributes.get(name, [neutral] * axes))
    if len(given) != axes:
        raise InputError(name, given, f"does not have {axes} numbers", "give one for each axis behind the channels")
    rows, columns = given if axes == 2 else (neutral, *given)
    return int(rows), int(columns)


def margins(operation: Operation, axes: int) -> tuple[Pair, Pair]:
    """Attribute ``pads``: cells before, cells after."""
    given = [int(n) for n in operation.attributes.get("pads", [0] * 2 * axes)]
    if len(given) != 2 * axes or min(given) < 0:
        raise InputError("pads", given, f"is not {2 * axes} numbers of at least 0", "give one for each side")
    before, after = given[:axes], given[axes:]
    return (before[0] if axes == 2 else 0, before[-1]), (after[0] if axes == 2 else 0, after[-1])


def sliding(operation: Operation, shape: tuple[int, ...], size: Pair | None = None) -> Sliding:
    """Where the window of a convolution or pooling looks in (N, C, L) or (N, C, H, W).

    Parameters
    ----------
    operation
        Its attributes ``kernel_shape``, ``strides``, ``dilations``, ``pads``, ``auto_pad``, ``ceil_mode``.
    shape
        Of its input.
    size
        Of the window, where the weight says it.
    """
    axes = _axes(shape)
    size = size or numbers(operation, "kernel_shape", axes, 1)
    stride, dilation = (numbers(operation, name, axes, 1) for name in ("strides", "dilations"))
    if min(*size, *stride, *dilation) < 1:
        rule = f"or strides={stride} or dilations={dilation} is below 1"
        raise InputError("kernel_shape", size, rule, "use 1 or more")
    cells = (shape[2], shape[3]) if axes == 2 else (1, shape[2])
    extent = tuple(d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True))
    auto, (before, after) = automatic(operation), margins(operation, axes)
    if auto != "NOTSET":
        both = [_automatic(auto, *axis) for axis in zip(cells, extent, stride, strict=True)]
        (before, after) = ((both[0][0], both[1][0]), (both[0][1], both[1][1]))
    check_maps(*shape[:2], *(n + b + a for n, b, a in zip(cells, before, after, strict=True)))
    rounding_up = bool(operation.attributes.get("ceil_mode", 0)) and auto == "NOTSET"
    rows, columns = (_windows(*axis, rounding_up) for axis in zip(cells, extent, stride, before, after, strict=True))
    return Sliding(size, stride, dilation, before, after, (rows, columns))


def check_maps(n: int, *shape: int) -> None:
    """Raise `InputError` if maps are too large, in blocks of L images as the kernels take them."""
    check_size((-(-n // LANES) * LANES, *shape))


def automatic(operation: Operation) -> str:
    """Attribute ``auto_pad``: NOTSET, VALID, SAME_UPPER or SAME_LOWER."""
    given = operation.attributes.get("auto_pad", b"NOTSET").decode("utf-8", "replace") or "NOTSET"
    if given not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        raise InputError("auto_pad", given, "is unknown", "use NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    return str(given)


def _automatic(mode: str, n: int, extent: int, stride: int) -> Pair:
    """Cells before and after that give ⌈n / stride⌉ windows; of an odd number the larger half goes to the end."""
    missing = 0 if mode == "VALID" else max((-(-n // stride) - 1) * stride + extent - n, 0)
    less, more = missing // 2, missing - missing // 2
    return (more, less) if mode == "SAME_LOWER" else (less, more)


def _windows(n: int, extent: int, stride: int, before: int, after: int, rounding_up: bool) -> int:
    room = n + before + after - extent
    if room < 0:
        raise InputError("kernel_shape", extent, f"spans more than the padded input ({n + before + after})", "use less")
    steps = -(-room // stride) if rounding_up else room // stride
    # a last window that would start in the padding on the right is left out
    return steps if rounding_up and steps * stride >= n + before else steps + 1
