"""Checking foreign parameters before a network takes them over."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.nn.layer import Floats

_SHOWN_KEYS = 5
_COUNTER = "num_batches_tracked"
"""What PyTorch's batch normalisation saves besides; nothing here depends on it."""


def checked_state(state: Mapping[str, Floats], own: Mapping[str, Floats]) -> dict[str, Floats]:
    """Arrays of `state` for every name in `own`, in its shape and dtype; `InputError` if there is no such thing."""
    state = {name: value for name, value in state.items() if name.rsplit(".", 1)[-1] != _COUNTER}
    for rule, keys in (("lacks", own.keys() - state.keys()), ("holds the unexpected", state.keys() - own.keys())):
        if keys:
            listed = ", ".join(sorted(keys)[:_SHOWN_KEYS]) + (", ..." if len(keys) > _SHOWN_KEYS else "")
            raise InputError("state", f"({len(state)} arrays)", f"{rule} {listed}", "use weights of this very network")
    return {name: _converted(name, state[name], array) for name, array in own.items()}


def _converted(name: str, value: Floats, own: Floats) -> Floats:
    given: NDArray[Any] = np.asarray(value)
    if given.dtype not in (np.float16, np.float32, np.float64):
        rule = "is none of float16, float32 and float64"
        raise InputError(f"state[{name!r}].dtype", given.dtype, rule, "save the weights as float32")
    if given.shape != own.shape:
        rule = f"is not {own.shape}"
        raise InputError(f"state[{name!r}].shape", given.shape, rule, "use weights of this very network")
    with np.errstate(over="ignore"):
        converted = given.astype(own.dtype)
    if np.isfinite(given).sum() != np.isfinite(converted).sum():
        rule = f"is too large for {own.dtype}"
        raise InputError(f"state[{name!r}]", np.abs(given).max(), rule, "use a network of dtype float64")
    return converted
