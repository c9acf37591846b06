"""Networks by name, and how images are prepared for them."""

from cnnsim.models.catalogue import MODELS, build
from cnnsim.models.lenet import lenet5, pretrained
from cnnsim.models.preparation import prepare

__all__ = ["MODELS", "build", "lenet5", "prepare", "pretrained"]
