"""The counts as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code
from cnnsim.trace.counts import QUANTITIES

if TYPE_CHECKING:
    from cnnsim.operations.counts import CountsSettings

_ARITHMETIC = {
    "units": ("n", "n * inputs", "n", "n * inputs"),
    "dense": ("outputs", "outputs * inputs", "outputs", "outputs * inputs"),
    "local": ("outputs", "outputs * k * k * channels", "outputs", "outputs * k * k * channels"),
    "shared": ("outputs", "n * k * k * channels", "n", "outputs * k * k * channels"),
}
"""Outputs, weights, biases and multiply-accumulates of each kind of connection."""
_MODULES = {
    "units": 'nn.Linear(inputs, n, device="meta")',
    "dense": 'nn.Linear(inputs, outputs, device="meta")',
    "local": 'nn.Conv1d(outputs, outputs, k * k * channels, groups=outputs, device="meta")',
    "shared": 'nn.Conv2d(channels, n, k, device="meta")',
}
"""Layers that learn as much; of a local one a window for each output is a channel with a kernel of its own."""


def counts_code(settings: "CountsSettings") -> Code:
    """Write the table: by arithmetic, and by asking layers that take no memory."""
    connections = settings.trace().connections
    numpy = ["import numpy as np", "", *_sizes(settings), "", f"# {', '.join(QUANTITIES)}", "result = np.array(["]
    for connection in connections:
        made, weights, biases, macs = _ARITHMETIC[connection]
        learned = f"{weights} + {biases}"
        numpy += [
            f"    [inputs, {made}, {weights}, {biases}, {learned}, {macs},",
            f"     4 * ({learned}), 4 * (inputs + {made})],",
        ]
    numpy += ["])", ""]
    torch = ["import torch", "from torch import nn", "", *_sizes(settings), "", "table = []"]
    for connection in connections:
        made, _, _, macs = _ARITHMETIC[connection]
        torch += [
            f"layer = {_MODULES[connection]}",
            "weights, biases = layer.weight.numel(), layer.bias.numel()",
            f"table.append([inputs, {made}, weights, biases, weights + biases, {macs}])",
            f"table[-1] += [4 * (weights + biases), 4 * (inputs + {made})]",
        ]
    torch += ["result = torch.tensor(table)", ""]
    return Code("\n".join(numpy), "\n".join(torch))


def _sizes(settings: "CountsSettings") -> list[str]:
    rows, cols = settings.input_size
    padded = f" + 2 * {settings.padding}" if settings.padding else ""
    stepped = f" // {settings.stride}" if settings.stride > 1 else ""
    return [
        f"rows, cols, channels, n, k = {rows}, {cols}, {settings.channels}, {settings.filters}, {settings.kernel_size}",
        "inputs = rows * cols * channels",
        f"outputs = n * ((rows{padded} - k){stepped} + 1) * ((cols{padded} - k){stepped} + 1)",
    ]
