"""What the pictures of a convolution of signals and of its gradients share: operands as stems, maps in symbols."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role
from cnnsim.scenes.convolution import weight_limit
from cnnsim.scenes.convolution_panels import input_map, map_index
from cnnsim.scenes.panels import largest, slices
from cnnsim.scenes.strips import Strip, depth_of, strips
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Convolution
from cnnsim.trace.geometry import Axis


def signal_tensor(rule: Convolution) -> Tensor:
    """Return the signals with their padding."""
    axis = rule.geometry.cols
    return Tensor("input", Role.INPUT, rule.padded, "x", frame=(0, 0, axis.before, axis.after), vector=True)


def signal_kernel(rule: Convolution) -> Tensor:
    """Return the kernels as they lie on the windows."""
    return Tensor("kernel", Role.KERNEL, rule.applied, "w", turned=rule.flip, vector=True)


def input_strips(rule: Convolution, first: int, count: int = 1) -> tuple[Strip, ...]:
    """Return some of the signals with their padding, which begin at column 0 of the axis."""
    axis, limit, states = rule.geometry.cols, largest(rule.x), signal_states(rule.geometry.cols)
    every = slices(signal_tensor(rule), "Signal", "", limit=limit, states=states, editable=True)
    noted, *others = every[first : first + count]
    labels = range(-axis.before, axis.n + axis.after)
    return strips((replace(noted, note=signal_note(rule)), *others), labels=labels, depth=depth_of(rule.x))


def kernel_strips(rule: Convolution, out: int, at: float, note: str = "w") -> tuple[Strip, ...]:
    """Return the kernels of an output signal with their first cell at a column."""
    size, caption = rule.geometry.cols.size, signal_kernel_caption(rule.flip, rule.w.shape[1])
    return strips(
        slices(signal_kernel(rule), caption, note, limit=weight_limit(rule), lead=(out,), editable=True),
        at=at,
        pitch=rule.geometry.cols.dilation,
        labels=range(size)[:: -1 if rule.flip else 1],
        depth=depth_of(rule.w),
    )


def signal_kernel_caption(flipped: bool, channels: int) -> str:
    """Return what stands beside a kernel; beside several of them, in short."""
    if not flipped:
        return "Kernel"
    return "Flipped kernel" if channels == 1 else "Flipped"


def anchor(rule: Convolution) -> int:
    """Column of the axis at which the first output stands: under w[0], so that y[t] stands under x[t].

    With a flipped kernel that is the end of the window, else its beginning.
    """
    return rule.geometry.cols.extent - 1 if rule.flip else 0


def signal_note(rule: Convolution) -> str:
    """Write the length of a signal, and its padding."""
    axis, mode = rule.geometry.cols, rule.geometry.mode
    if not axis.before + axis.after:
        return f"x,  {axis.n}"
    sides = str(axis.before) if axis.before == axis.after else f"{axis.before} + {axis.after}"
    return f"x,  {axis.n},  {mode} {sides}"


def signal_states(axis: Axis) -> NDArray[np.uint8]:
    """States of a padded signal: padding, and cells that no window reaches."""
    states = np.full((1, axis.padded), CellState.PADDING, np.uint8)
    states[:, axis.before : axis.before + axis.n] = CellState.NORMAL
    states[:, ~axis.covered()] = CellState.UNREACHED
    return states


def weight_maps(rule: Convolution) -> str:
    """Write the maps of a weight before its place, where there are several.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> weight_maps(convolution(np.ones((2, 1, 4)), np.ones((3, 2, 1, 2))).rule)
    'o, c, '
    """
    return map_index("o", len(rule.w)) + map_index("c", rule.w.shape[1])


def signal_map(rule: Convolution) -> str:
    """Write the signal that slice c of kernel o lies on before a place, where there are several."""
    return map_index(input_map(rule), len(rule.x))
