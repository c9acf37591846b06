"""The effect of a small shift as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.pooling_code import Sliding, numpy_pooling, torch_pooling
from cnnsim.trace import ShiftEffect

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.shift import ShiftSettings

_CONVOLUTION = (
    "def convolve(x):",
    "    rows, cols = w.shape[2] - 1, w.shape[3] - 1",
    "    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (cols // 2, cols - cols // 2)))",
    "    y = np.zeros((len(w), x.shape[1] - rows, x.shape[2] - cols))",
    "    for o, i, j in np.ndindex(y.shape):",
    "        y[o, i, j] = (w[o] * x[:, i : i + rows + 1, j : j + cols + 1]).sum()",
    "    return y",
)


def shift_code(settings: "ShiftSettings") -> Code:
    """Write the difference that a shift makes to pooled values."""
    rule = settings.trace().rule
    options = Sliding(settings.window, settings.stride, settings.padding)
    tensors = {"x": rule.x} if rule.w is None else {"x": rule.x, "w": rule.w}
    loops, calls = numpy_pooling(rule.of_image, options), torch_pooling(rule.of_image, options)
    pool = ("def pool(x):", *(f"    {line}" for line in loops), "    return y")
    torch_pool = ("def pool(x):", *(f"    {line}" for line in calls), "    return y")
    convolution = () if rule.w is None else (*_CONVOLUTION, "")
    layer, torch_layer = ("{}", "{}") if rule.w is None else ("convolve({})", _torch_convolution(rule.w.shape))
    moved = _moved("np.roll(x, {shift}, axis=(1, 2))", rule)
    torch_moved = _moved("torch.roll(x, {shift}, (1, 2))", rule)
    return Code(
        numpy_text(tensors, *convolution, *pool, "", *moved, f"result = {_difference(layer)}"),
        torch_text(tensors, *torch_pool, "", *torch_moved, f"y = {_difference(torch_layer)}"),
    )


def _torch_convolution(shape: tuple[int, ...]) -> str:
    """Pad by hand: the library warns of "same" for kernels of even sizes."""
    rows, cols = shape[2] - 1, shape[3] - 1
    sides = cols // 2, cols - cols // 2, rows // 2, rows - rows // 2
    return f"F.conv2d(F.pad({{}}, {sides})[None], w)[0]"


def _moved(roll: str, rule: ShiftEffect) -> list[str]:
    """Roll, and clear what came in from the other side if zeros enter."""
    lines = [f"moved = {roll.format(shift=rule.move.shift)}"]
    for axis, by in zip((":, ", ":, :, "), rule.move.shift, strict=True):
        if by and rule.move.entering == "zeros":
            lines.append(f"moved[{axis}{f':{by}' if by > 0 else f'{by}:'}] = 0")
    return lines


def _difference(layer: str) -> str:
    return f"pool({layer.format('moved')}) - pool({layer.format('x')})"
