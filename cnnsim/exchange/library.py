"""The library onnx, which only this room needs."""

from importlib.util import find_spec

from cnnsim.errors import InputError


def require_onnx() -> None:
    """Raise `InputError` unless onnx can be imported: it is an extra."""
    if find_spec("onnx") is None:
        rule, remedy = "needs the library onnx, which is not installed", 'type: pip install "cnnsim[onnx]"'
        raise InputError("format", "ONNX", rule, remedy)
