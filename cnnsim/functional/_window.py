"""The window of a pooling, checked against the images."""

import numpy as np

from cnnsim.analysis import output_size
from cnnsim.engine.pooling import Window
from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, Pair, flag, floats, pair, room, with_cells

Size = int | Pair


def checked_window(
    x: Floats,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    dilation: Size,
    ceil_mode: bool,
) -> tuple[Floats, Window]:
    """`x` as images, and where the window looks."""
    x, size = with_cells(floats("x", x, 4)), pair("kernel_size", kernel_size, 1)
    step = size if stride is None else pair("stride", stride, 1)
    zeros, spread = pair("padding", padding, 0), pair("dilation", dilation, 1)
    if any(2 * p > k for p, k in zip(zeros, size, strict=True)):
        rule = f"is more than half of kernel_size={kernel_size}"
        raise InputError("padding", padding, rule, "a window would see nothing but padding; use less")
    rows, columns = (
        output_size(n, k, s, p, d, ceil_mode=flag("ceil_mode", ceil_mode))
        for n, k, s, p, d in zip(x.shape[2:], size, step, zeros, spread, strict=True)
    )
    room("kernel_size", kernel_size, size, x.size)
    window = Window(size, step, zeros, spread, (rows, columns))
    if not all(_sees_cells(x.shape[2 + axis], window, axis) for axis in (0, 1)):
        rule = f"leaves a window of kernel_size={kernel_size} with dilation={dilation} nothing but padding"
        raise InputError("padding", padding, rule, "use less padding or dilation")
    return x, window


def _sees_cells(n: int, window: Window, axis: int) -> bool:
    """Whether every window has a cell inside the input along this axis; a dilated one can reach over it."""
    starts = np.arange(window.output[axis]) * window.stride[axis] - window.padding[axis]
    before = -(np.minimum(starts, 0) // window.dilation[axis])  # how many of its cells lie in the padding
    return bool(((before < window.kernel_size[axis]) & (starts + before * window.dilation[axis] < n)).all())
