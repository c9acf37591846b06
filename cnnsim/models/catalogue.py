"""Networks by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cnnsim.errors import InputError
from cnnsim.models.lenet import lenet5
from cnnsim.nn import Sequential

MODELS: Mapping[str, Callable[[int], Sequential]] = MappingProxyType({"lenet5": lenet5})
"""What `build` can build: functions of a seed."""


def build(name: str, seed: int = 0) -> Sequential:
    """Make a network by its name, with random parameters.

    Parameters
    ----------
    name
        One of `MODELS`.
    seed
        Of the random start.

    Returns
    -------
    Sequential
        In float32.

    Raises
    ------
    InputError
        If there is no such model; the message lists those there are.

    Examples
    --------
    >>> build("lenet5").n_parameters
    61706
    """
    if name not in MODELS:
        raise InputError("model", name, "is unknown", f"choose one of {', '.join(MODELS)}")
    return MODELS[name](seed)
