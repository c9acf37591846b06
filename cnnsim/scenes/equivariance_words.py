"""What the equivariance bench says: what f and g are, and why their order matters or not."""

import numpy as np

from cnnsim.trace.equivariance import Equivariance
from cnnsim.trace.equivariance_moves import Move


def movement_words(rule: Equivariance) -> str:
    """Say what g and f are.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import equivariance
    >>> movement_words(equivariance(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), pooled="max").rule)
    'g: shift by (0, 1);  f: convolution, then max-pooling'
    """
    convolution = rule.of_image.convolution
    stride = convolution.geometry.rows.stride
    f = "convolution" + (f" with stride {stride}" if stride > 1 else "")
    if rule.of_image.pooling is not None:
        f += f", then {rule.of_image.pooling.mode}-pooling"
    return f"g: {_move_words(rule.move)};  f: {f}"


def verdict(rule: Equivariance) -> str:
    """Say in how many cells the two orders differ, and why."""
    differing, size = int(rule.differs.sum()), rule.differs.size
    if not differing:
        return f"Equal in {'all ' if size > 1 else ''}{_cells(size)}: {_why_equal(rule)}."
    return f"Different in {differing} of {_cells(size)}: {_why_different(rule)}."


def _move_words(move: Move) -> str:
    match move.kind:
        case "shift":
            around = ", around the edges" if move.entering == "circular" else ""
            return f"shift by {move.shift}{around}"
        case "rotation":
            return "rotation by 90°"
        case "scaling":
            return "scaling to twice the size"


def _why_equal(rule: Equivariance) -> str:
    w = rule.of_image.convolution.w
    if rule.move.kind == "rotation" and np.array_equal(np.rot90(w, axes=(-2, -1)), w):
        return "but only since this kernel looks the same after the turn"
    if rule.move.kind != "shift":
        return "but only since this image and this kernel happen to allow it"
    if not rule.divides:
        return f"but only since this image allows it; the strides {rule.of_image.strides} do not divide the shift"
    return "f is equivariant to this shift, not invariant"


def _why_different(rule: Equivariance) -> str:
    if rule.move.kind == "rotation":
        return "f is not equivariant to rotation; the kernel would have to turn along"
    if rule.move.kind == "scaling":
        return "f is not equivariant to scale; the kernel would have to grow along"
    if not rule.divides:
        far = rule.feature_move.shift
        return f"the strides {rule.of_image.strides} do not divide the shift {rule.move.shift}; f(x) moved by {far}"
    if rule.move.entering == "circular":
        return "at the edges, where f does not go around as the shift does"
    return "all of them see an edge, where zeros or padding stand in for the image"


def _cells(count: int) -> str:
    return f"{count} cell{'' if count == 1 else 's'}"
