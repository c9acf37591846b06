"""Dropout as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.dropout import DropoutSettings


def dropout_code(settings: "DropoutSettings") -> Code:
    """Write the product with the mask, forwards and backwards; PyTorch would draw a mask of its own."""
    rule = settings.forward().rule
    backward = settings.direction != "forward"
    given = {"G": array_of(settings, "gradient")} if backward else {}
    if rule.training:
        mask = f"mask = np.random.default_rng({settings.seed + settings.draw}).random(x.shape) >= {settings.p}"
    else:
        mask = "mask = np.ones(x.shape)  # in use nothing is dropped"
    scale = f"scale = {rule.scale!r}" + (f"  # 1 / (1 - {settings.p})" if rule.scale not in (0.0, 1.0) else "")
    end = f"result = {'G' if backward else 'x'} * mask * scale"
    numpy = numpy_text({"x": rule.x, **given}, mask, scale, end)
    tensors = {"x": rule.x, "mask": rule.mask, **given}
    note = "# F.dropout(x, p) does the same with a mask that it draws itself"
    return Code(numpy, torch_text(tensors, scale, note, "y = x * mask * scale", gradient_of="x" if backward else ""))
