"""Networks as ONNX files, which other programs read: needs the extra ``onnx``."""

from cnnsim.exchange.writing import save_onnx, to_onnx

__all__ = ["save_onnx", "to_onnx"]
