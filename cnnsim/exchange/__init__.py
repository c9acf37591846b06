"""Networks as ONNX files, which other programs read and write: needs the extra ``onnx``.

Examples
--------
>>> import tempfile
>>> from pathlib import Path
>>> import numpy as np
>>> from cnnsim import models
>>> with tempfile.TemporaryDirectory() as folder:
...     save_onnx(Path(folder, "lenet5.onnx"), models.pretrained(), (1, 28, 28))
...     model = load_onnx(Path(folder, "lenet5.onnx"))
>>> model(np.zeros((5, 1, 28, 28), np.float32)).shape
(5, 10)
"""

from cnnsim.exchange.model import OnnxModel
from cnnsim.exchange.reading import from_onnx, load_onnx
from cnnsim.exchange.writing import save_onnx, to_onnx

__all__ = ["OnnxModel", "from_onnx", "load_onnx", "save_onnx", "to_onnx"]
