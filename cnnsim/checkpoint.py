"""A training in a file: everything it needs to go on as if it had never stopped.

Besides the numbers of the network and of the optimiser that is a position and a recipe. There is no other state:
the order of the images and what is dropped out are functions of the recipe's seed and the position.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.train import Position, Resumable
from cnnsim.weights import load_weights, save_weights

_FORMAT = "1"
_NETWORK, _OPTIMISER = "network/", "optimiser/"
_REMEDY = "give a file that cnnsim train --checkpoint wrote"

Arrays = Mapping[str, NDArray[Any]]
Recipe = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a file says about a training: `resume` for `cnnsim.train.train`.

    Parameters
    ----------
    position
        Where the training is.
    parameters
        Parameters and buffers of the network, by name.
    optimiser_state
        What the optimiser remembers, by name.
    recipe
        What the training was started with, by name: the seed of its random numbers among them.

    Examples
    --------
    >>> Checkpoint(Position(epoch=2, batch=5), {"fc.bias": np.zeros(3)}, {}, {"seed": 1}).position.epoch
    2
    """

    position: Position
    parameters: Arrays
    optimiser_state: Arrays
    recipe: Recipe


def save_checkpoint(path: Path, training: Resumable, recipe: Recipe) -> None:
    """Write a training to a safetensors file, all or nothing: the file is complete or as it was.

    Parameters
    ----------
    path
        Of the file; its folder must exist.
    training
        A snapshot.
    recipe
        What is needed to call `cnnsim.train.train` again: texts and numbers by name.

    Raises
    ------
    InputError
        If the folder is missing or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim.train import Position
    >>> training = Checkpoint(Position(epoch=2, batch=5), {"fc.bias": np.zeros(3)}, {"velocity": np.ones(3)}, {})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(Path(folder, "c.safetensors"), training, {"seed": 1})
    ...     checkpoint = load_checkpoint(Path(folder, "c.safetensors"))
    >>> checkpoint.position.epoch, checkpoint.recipe, checkpoint.optimiser_state["velocity"]
    (2, {'seed': 1}, array([1., 1., 1.]))
    """
    arrays = {f"{_NETWORK}{name}": array for name, array in training.parameters.items()}
    arrays |= {f"{_OPTIMISER}{name}": array for name, array in training.optimiser_state.items()}
    texts = {"position": json.dumps(asdict(training.position)), "recipe": json.dumps(dict(recipe))}
    save_weights(path, arrays, texts | {"cnnsim_checkpoint": _FORMAT, "sha256": _digest(arrays, texts)})


def load_checkpoint(path: Path, argument: str = "checkpoint") -> Checkpoint:
    """Read a training from a file.

    Parameters
    ----------
    path
        Of the file.
    argument
        What an error calls the file.

    Returns
    -------
    Checkpoint
        To go on from.

    Raises
    ------
    InputError
        If there is no such file, it is no checkpoint, or a single bit of it has changed.

    Examples
    --------
    >>> load_checkpoint(Path("lost.safetensors"))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: checkpoint=lost.safetensors is not a file: give the path of a .safetensors file
    """
    arrays, texts = load_weights(path, argument)
    if texts.get("cnnsim_checkpoint") != _FORMAT:
        raise InputError(argument, path, "is not a checkpoint of this program", _REMEDY)
    texts = {name: texts.get(name, "") for name in ("position", "recipe", "sha256")}
    if texts.pop("sha256") != _digest(arrays, texts):
        raise InputError(argument, path, "is damaged (its numbers do not have the sum they were saved with)", _REMEDY)
    try:
        position, recipe = _position(json.loads(texts["position"])), json.loads(texts["recipe"])
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(argument, path, f"is not a checkpoint that can be read ({error})", _REMEDY) from error
    if not isinstance(recipe, dict):
        raise InputError(argument, path, "has no recipe", _REMEDY)
    return Checkpoint(position, _part(arrays, _NETWORK), _part(arrays, _OPTIMISER), recipe)


def _position(values: dict[str, Any]) -> Position:
    names = {field.name: type(field.default) for field in fields(Position)}
    if {name: type(value) for name, value in values.items()} != names:
        raise ValueError("the position lacks something or holds something else")
    return Position(**values)


def _part(arrays: Arrays, prefix: str) -> Arrays:
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


def _digest(arrays: Arrays, texts: Mapping[str, str]) -> str:
    """Sum of names, types, shapes and bytes."""
    digest = hashlib.sha256(json.dumps(dict(texts), sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
