"""Random settings of any operation: every option takes any of its values, every tensor any numbers."""

from dataclasses import fields, replace

import numpy as np

from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS, Source, options_of
from cnnsim.operations.options import Number, Numbers, OneOf, Switch, Whole, Wholes
from cnnsim.operations.settings import sources_of

_KINDS, _TRIES = 20, 60
_RANGES = {
    "kernel_size": (1, 3),
    "window": (1, 3),
    "input_size": (1, 6),
    "length": (1, 7),
    "stride": (1, 3),
    "dilation": (1, 3),
    "sides": (0, 3),
    "padding": (0, 2),
    "shift": (-3, 3),
    "seed": (0, 9999),
    "draw": (0, 9999),
    "unit": (0, 100),
    "size": (1, 7),
    "classes": (1, 6),
    "target": (0, 5),
    "image_size": (8, 9),
    "passes": (1, 3),
}
"""Small enough for loops over every multiplication."""
_RANGES_OF = {("field-of-view", "input_size"): (8, 30), ("field-of-view", "depth"): (1, 4)}
_FLOATS = {
    "eps": (1e-5, 0.0, 0.5),
    "momentum": (0.0, 0.1, 0.5, 0.9),
    "p": (0.0, 0.25, 0.5, 1.0),
    "lr": (0.0, 0.02, 0.1),
    "slope": (-1.0, 0.0, 0.1, 1.5),
    "alpha": (0.0, 5e-4, 1.0, 3.0),
    "beta": (0.0, 0.5, 0.75, 1.0, 2.0),
    "k": (0.0, 1.0, 2.0),
}
_POSITIVE = ("running variance", "weight")  # weights of a pooling may not add up to 0


def passes_of(operation):
    """Values of the option ``direction``; one None where there is none."""
    option = options_of(operation.start).get("direction")
    return option.kind.keys if option else (None,)


CASES = [(operation, direction) for operation in OPERATIONS for direction in passes_of(operation)]
NAMES = [operation.name + (f": {direction}" if direction else "") for operation, direction in CASES]


def any_settings(operation, direction, seed):
    """Return settings that go together and compute this pass, and the trace; the seed decides all of it."""
    numbers = np.random.default_rng(seed)
    for attempt in range(_KINDS * _TRIES):
        if attempt % _TRIES == 0:  # what seldom goes together with the rest is not given up at once
            kept = _choices(operation, numbers) | ({"direction": direction} if direction else {})
        try:
            settings = _filled(replace(_options(operation, numbers), **kept), operation, numbers)
            return settings, settings.trace()
        except InputError:
            continue
    raise AssertionError(f"no settings of {operation.name} go together")


def _choices(operation, numbers):
    """Values of the options that are one of several, or on or off."""
    known = {name: member.kind for name, member in options_of(operation.start).items()}
    chosen = {name: kind for name, kind in known.items() if isinstance(kind, OneOf | Switch)}
    return {name: _value(operation, name, kind, numbers) for name, kind in chosen.items()}


def _options(operation, numbers):
    known = {name: member.kind for name, member in options_of(operation.start).items()}
    values = {name: _value(operation, name, kind, numbers) for name, kind in known.items()}
    assert {member.name for member in fields(operation.start)} <= values.keys() | {"seed"}
    return replace(operation.start, **values)


def _value(operation, name, kind, numbers):
    low, high = _RANGES_OF.get((operation.name, name)) or _RANGES.get(name) or _narrow(kind)
    match kind:
        case Whole():
            return int(numbers.integers(low, high + 1))
        case Wholes():
            return tuple(int(number) for number in numbers.integers(low, high + 1, len(kind.names)))
        case Number():
            return float(numbers.choice(_FLOATS[name]))
        case Switch():
            return bool(numbers.integers(2))
        case OneOf():
            return str(numbers.choice(kind.keys))
        case Numbers():
            return Source(str(numbers.choice([pattern.key for pattern in kind.patterns])))


def _narrow(kind):
    return (kind.low, min(kind.high, kind.low + 3)) if isinstance(kind, Whole | Wholes) else (None, None)


def _filled(settings, operation, numbers):
    """Replace half of the patterns by random numbers, half of which are whole, so that there are many ties."""
    for name, kind, source in list(sources_of(settings)):
        if kind.operand == "layers" or (numbers.integers(2) and source.pattern != "own"):
            continue
        array = numbers.standard_normal(settings.shape(kind.operand))
        array = array.round() + 0.0 if numbers.integers(2) else array
        positive = kind.operand in _POSITIVE and operation.name in ("pooling", "batch-norm")
        settings = replace(settings, **{name: Source.of(np.abs(array) + 0.5 if positive else array)})
    return settings
