"""What counts for a unit as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code
from cnnsim.trace.field_of_view_gradient import DRAWS

if TYPE_CHECKING:
    from cnnsim.operations.field_of_view import FieldOfViewSettings


def field_of_view_code(settings: "FieldOfViewSettings") -> Code:
    """Write the gradient of the unit with respect to the input, through the same kernels."""
    given = [*_given(settings), "", *_kernels(settings)]
    numpy = ["import numpy as np", "", *given, "", *_numpy_backward(settings), *_size(settings, "gradient"), ""]
    torch = ["import numpy as np", "import torch", "import torch.nn.functional as F", "", *given, ""]
    torch += [*_torch_backward(settings), *_size(settings, "x.grad[0].numpy()"), ""]
    return Code("\n".join(numpy), "\n".join(torch))


def _given(settings: "FieldOfViewSettings") -> list[str]:
    trace = settings.trace()
    rows = [
        f"    ({layer.kernel_size}, {layer.stride}, {layer.dilation}, {layer.padding}, {layer.pools}),  # {layer.name}"
        for layer in trace.layers
    ]
    row, col = trace.units[-1]
    draws = DRAWS if settings.weights == "random" else 1
    return [
        "layers = [  # kernel size, stride, dilation, padding, whether it is a pooling",
        *rows,
        "]",
        f"n, row, col, draws = {trace.sizes[0]}, {row}, {col}, {draws}",
    ]


def _kernels(settings: "FieldOfViewSettings") -> list[str]:
    if settings.weights == "uniform":
        return ["kernels = [np.ones((draws, layer[0], layer[0])) for layer in layers]"]
    return [
        f"numbers = np.random.default_rng({settings.seed})",
        "kernels = []",
        "for size, *_, pools in reversed(layers):",
        "    shape = (draws, size, size)",
        "    kernels.insert(0, np.ones(shape) if pools else numbers.standard_normal(shape))",
    ]


def _numpy_backward(settings: "FieldOfViewSettings") -> list[str]:
    return [
        "sizes = [n]",
        "for size, stride, dilation, padding, _ in layers:",
        "    sizes.append((sizes[-1] + 2 * padding - dilation * (size - 1) - 1) // stride + 1)",
        "gradient = np.zeros((draws, sizes[-1], sizes[-1]))",
        "gradient[:, row, col] = 1",
        "for (size, stride, dilation, padding, _), kernel, n in list(zip(layers, kernels, sizes))[::-1]:",
        "    below = np.zeros((draws, n + 2 * padding, n + 2 * padding))",
        "    for r in range(size):",
        "        for t in range(size):",
        "            for i, j in zip(*np.nonzero(gradient.any(axis=0))):",
        "                place = i * stride + r * dilation, j * stride + t * dilation",
        "                below[:, place[0], place[1]] += kernel[:, r, t] * gradient[:, i, j]",
        "    gradient = below[:, padding : padding + n, padding : padding + n]",
    ]


def _torch_backward(settings: "FieldOfViewSettings") -> list[str]:
    return [
        "x = torch.zeros(1, draws, n, n, dtype=torch.float64, requires_grad=True)",
        "y = x",
        "for (_, stride, dilation, padding, _), kernel in zip(layers, kernels):",
        "    weight = torch.from_numpy(kernel)[:, None]",
        "    y = F.conv2d(y, weight, None, stride, padding, dilation, groups=draws)",
        "y[0, :, row, col].sum().backward()",
    ]


def _size(settings: "FieldOfViewSettings", gradient: str) -> list[str]:
    if settings.weights == "uniform":
        return [f"result = {gradient}[0]"]
    return [f"result = np.sqrt(np.square({gradient}).mean(axis=0))", "result = result / result.max()"]
