"""ONNX operators that put numbers in another order or shape."""

import math

import numpy as np

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.exchange.elementary import Result, alike, axis_of, optional, present
from cnnsim.exchange.record import Array, Arrays, Operation, check_size

PAD_MODES = {"constant": "constant", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}
"""What ONNX calls the modes of `cnnsim.functional.pad`."""


def concatenate(operation: Operation, inputs: Arrays) -> Result:
    """Arrays one behind the other along an axis."""
    arrays = present(inputs, *["inputs"] * len(inputs))
    for array in arrays[1:]:
        alike(arrays[0], array)
    return (np.concatenate(arrays, axis_of(operation.attributes.get("axis", 1), arrays[0].ndim)),)


def flatten(operation: Operation, inputs: Arrays) -> Result:
    """A matrix: the axes before `axis` are its rows."""
    (x,) = present(inputs, "input")
    axis = operation.attributes.get("axis", 1)
    first = axis if axis == x.ndim else axis_of(axis, x.ndim)
    return (x.reshape(math.prod(x.shape[:first]), math.prod(x.shape[first:])),)


def reshape(operation: Operation, inputs: Arrays) -> Result:
    """Another shape: -1 is what remains, 0 the size of before."""
    x, wanted = present(inputs, "data", "shape")
    sizes = whole("shape", wanted)
    if not operation.attributes.get("allowzero", 0):
        if 0 in sizes[x.ndim :]:
            raise InputError("shape", sizes, f"copies an axis that {x.shape} lacks", "use a size instead of 0")
        sizes = [n or x.shape[axis] for axis, n in enumerate(sizes)]
    return (x.reshape(sizes),)


def transpose(operation: Operation, inputs: Arrays) -> Result:
    """Axes in another order, backwards unless told otherwise."""
    (x,) = present(inputs, "data")
    return (np.transpose(x, operation.attributes.get("perm")),)


def unsqueeze(operation: Operation, inputs: Arrays) -> Result:
    """Axes of size 1 put in; before version 13 an attribute said where."""
    x, axes = present(inputs, "data")[0], optional(inputs, 1)
    places = operation.attributes.get("axes", []) if axes is None else whole("axes", axes)
    return (np.expand_dims(x, tuple(places)),)


def constant_of_shape(operation: Operation, inputs: Arrays) -> Result:
    """One number, repeated."""
    shape = tuple(whole("input", *present(inputs, "input")))
    check_size(shape)
    value = operation.attributes.get("value", np.zeros(1, np.float32))
    return (np.full(shape, value.ravel()[0], value.dtype),)


def gather(operation: Operation, inputs: Arrays) -> Result:
    """Rows (or columns, ...) by their numbers."""
    x, places = present(inputs, "data", "indices")
    axis = axis_of(operation.attributes.get("axis", 0), x.ndim)
    check_size((*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]))
    return (np.take(x, places.astype(np.int64), axis),)


def pad(operation: Operation, inputs: Arrays) -> Result:
    """Cells around x, or less of it; before version 11 attributes said how."""
    (x,) = present(inputs, "data")
    mode = operation.attributes.get("mode", b"constant").decode("utf-8", "replace")
    if mode not in PAD_MODES:
        raise InputError("mode", mode, "is unknown", f"use one of {', '.join(PAD_MODES)}")
    before, after = pad_sides(operation, x.ndim, optional(inputs, 1), optional(inputs, 3))
    value = optional(inputs, 2)
    filling = operation.attributes.get("value", 0.0) if value is None else value.ravel()[:1].sum()
    check_size(tuple(n + b + a for n, b, a in zip(x.shape, before, after, strict=True)))
    sides = [n for both in list(zip(before, after, strict=True))[::-1] for n in both]
    return (functional.pad(x, sides, PAD_MODES[mode], float(filling)),)  # type: ignore[arg-type]


def pad_sides(operation: Operation, axes: int, pads: Array | None, chosen: Array | None) -> tuple[list[int], list[int]]:
    """Cells before and after each axis."""
    given = operation.attributes.get("pads", []) if pads is None else whole("pads", pads)
    wanted = range(axes) if chosen is None else [axis_of(axis, axes) for axis in whole("axes", chosen)]
    if len(given) != 2 * len(wanted):
        raise InputError("pads", given, f"is not two numbers for each of {len(wanted)} axes", "give them all")
    before, after = [0] * axes, [0] * axes
    for place, axis in enumerate(wanted):
        before[axis], after[axis] = given[place], given[place + len(wanted)]
    return before, after


def whole(name: str, array: Array) -> list[int]:
    """Integers in a row."""
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(name, f"{array.dtype}{array.shape}", "is not a row of integers", "use int64 and one axis")
    return [int(n) for n in array]
