"""Convolutions of every kind, forward and backward: by loops (`naive`) or by the engine (`functional`)."""

import naive
import numpy as np
from reference_tensors import tensors

from cnnsim import functional
from cnnsim.operations import array_of

GRADIENT = {"input-gradient": 0, "input-gradient-full": 0, "input-gradient-scatter": 0, "kernel-gradient": 1}


def convolution(settings, module):
    x, w, b = tensors(settings, "input", "kernel", "bias")
    extents = [settings.dilation * (cells - 1) for cells in settings.kernel_size]
    (top, bottom), (left, right) = {
        "even": ((settings.padding,) * 2,) * 2,
        "sides": (settings.sides[:2], settings.sides[2:]),
        "same": tuple((extent // 2, extent - extent // 2) for extent in extents),
        "valid": ((0, 0), (0, 0)),
    }[settings.borders]
    options = {"stride": settings.stride, "dilation": settings.dilation, "groups": settings.groups}
    return _convolved(settings, module, x, w, b, (left, right, top, bottom), options)


def _convolved(settings, module, x, w, b, sides, options):
    """Loops pad first; the engine pads by itself."""
    left, right, top, bottom = sides
    options |= {"flip": settings.flip}
    g = None if settings.direction == "forward" else array_of(settings, "gradient")[None]
    if module is functional:
        options |= {"padding": ((top, bottom), (left, right)), "padding_mode": settings.padding_mode}
        if g is None:
            return functional.conv2d(x[None], w, b.ravel(), **options)[0]
        gradients = functional.conv2d_backward(g, x[None], w, b.ravel(), **options)
    else:
        padding = sides, "constant" if settings.padding_mode == "zeros" else settings.padding_mode
        wide = naive.pad(x[None], *padding)
        if g is None:
            return naive.conv2d(wide, w, b.ravel(), **options)[0]
        dwide, dw, db = naive.conv2d_backward(g, wide, w, b.ravel(), **options)
        gradients = naive.pad_backward(dwide, x[None], *padding), dw, db
    return _shaped(settings, gradients, x, w, b)


def _shaped(settings, gradients, *tensors):
    """The gradient of the pass in the shape of its tensor; that of a true convolution's kernel is of the turned one."""
    place = {**GRADIENT, "bias-gradient": 2}[settings.direction]
    gradient = np.reshape(gradients[place], tensors[place].shape)
    return gradient[..., ::-1, ::-1] if place == 1 and getattr(settings, "flip", False) else gradient


def convolution_1d(settings, module):
    """By loops an image of one row; by the engine its own signals."""
    x, w, b = tensors(settings, "input", "kernel", "bias")
    extent = settings.dilation * (settings.kernel_size - 1)
    before, after = {
        "full": (extent, extent),
        "same": (extent // 2, extent - extent // 2),
        "valid": (0, 0),
        "sides": settings.sides,
    }[settings.borders]
    options = {"stride": (1, settings.stride), "dilation": (1, settings.dilation), "groups": settings.groups}
    if module is naive:
        return _convolved(settings, naive, x, w, b, (before, after, 0, 0), options)
    arguments = (x[None, :, 0], w[:, :, 0], b.ravel(), settings.stride, ((before, after),), settings.dilation)
    named = {"groups": settings.groups, "padding_mode": settings.padding_mode, "flip": settings.flip}
    if settings.direction == "forward":
        return functional.conv1d(*arguments, **named)[0][:, None]
    g = array_of(settings, "gradient")[None, :, 0]
    return _shaped(settings, functional.conv1d_backward(g, *arguments, **named), x, w, b)


def transposed_convolution(settings, module):
    x, w, b = tensors(settings, "input", "kernel", "bias")
    options = (settings.stride, settings.padding, settings.output_padding, settings.groups, settings.dilation)
    if settings.direction == "forward":
        return module.conv_transpose2d(x[None], w, b.ravel(), *options)[0]
    g = array_of(settings, "gradient")[None]
    gradients = module.conv_transpose2d_backward(g, x[None], w, b.ravel(), *options)
    return _shaped(settings, gradients, x, w, b)
