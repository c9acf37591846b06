"""What a training is started with: everything but the number of threads and the files has a part in its result."""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from cnnsim.cli.options import DATA_HELP, require_range
from cnnsim.errors import InputError
from cnnsim.optim import DEFAULT, SGD, Adam, RMSprop
from cnnsim.schedules import Constant, Cosine, Exponential, InTurn, Stepwise, Warmup

if TYPE_CHECKING:
    from cnnsim.optim import Optimiser
    from cnnsim.schedules import Schedule

_ADAPTIVE_RATE = 0.001
_FACTORS = {"step": 0.1, "exponential": 0.5}
_MAY_CHANGE = ("epochs", "data")
"""More epochs may be added; the data may lie somewhere else by now."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The options of ``cnnsim train`` that have a part in its result, under their names there.

    `lr` and `momentum` None are those that are usual for the optimiser, `schedule_factor` and `schedule_every` those of
    the schedule; `images` is the digest of the training images.
    """

    model: str = "lenet5"
    data: str = "auto"
    epochs: int = 3
    batch_size: int = 64
    optimiser: str = "sgd"
    lr: float | None = None
    momentum: float | None = None
    weight_decay: float = 0.0
    schedule: str = "constant"
    schedule_factor: float | None = None
    schedule_every: int | None = None
    warmup: int = 0
    loss: str = "cross_entropy"
    seed: int = 0
    limit: int | None = None
    images: str | None = None

    def check(self) -> None:
        """Refuse what cannot work before anything takes time."""
        require_range("--epochs", self.epochs, 1, 10_000)
        require_range("--batch-size", self.batch_size, 1, 100_000)
        require_range("--seed", self.seed, 0, 2**32 - 1)
        require_range("--warmup", self.warmup, 0, 10**9)
        require_range("--weight-decay", self.weight_decay, 0, 1e6)
        if self.limit is not None:
            require_range("--limit", self.limit, 1, 10**9)
        if self.lr is not None and not (self.lr > 0 and math.isfinite(self.lr)):
            raise InputError("--lr", self.lr, "is not a positive number", f"try {DEFAULT.lr}")
        if self.momentum is not None and not 0 <= self.momentum < 1:
            raise InputError("--momentum", self.momentum, "is not from 0 to below 1", f"try {DEFAULT.momentum}")
        self._check_schedule()

    def _check_schedule(self) -> None:
        for name, value, those in (
            ("factor", self.schedule_factor, tuple(_FACTORS)),
            ("every", self.schedule_every, ("step",)),
        ):
            if value is not None and self.schedule not in those:
                rule = f"has no part in --schedule {self.schedule}"
                raise InputError(f"--schedule-{name}", value, rule, f"use it with {' or '.join(those)}")
        if self.schedule_factor is not None:
            require_range("--schedule-factor", self.schedule_factor, 0, 1)
        if self.schedule_every is not None:
            require_range("--schedule-every", self.schedule_every, 1, 10_000)

    def rule(self) -> Optimiser:
        """Make the optimiser."""
        adaptive_rate = _ADAPTIVE_RATE if self.lr is None else self.lr
        momentum = DEFAULT.momentum if self.momentum is None else self.momentum
        match self.optimiser:
            case "adam":
                return Adam(adaptive_rate, (momentum, 0.999), weight_decay=self.weight_decay)
            case "rmsprop":
                return RMSprop(adaptive_rate, momentum=self.momentum or 0.0, weight_decay=self.weight_decay)
            case _:
                return SGD(DEFAULT.lr if self.lr is None else self.lr, momentum, weight_decay=self.weight_decay)

    def shares(self, images: int) -> Schedule:
        """Make the schedule for so many training images."""
        steps = -(-images // self.batch_size)
        rest = self._rest(steps, max(1, self.epochs * steps - self.warmup))
        return InTurn(Warmup(self.warmup), self.warmup, rest) if self.warmup else rest

    def _rest(self, epoch: int, steps: int) -> Schedule:
        """Make the schedule behind the warm-up, `steps` long, with so many in an `epoch`."""
        factor = _FACTORS.get(self.schedule, 1.0) if self.schedule_factor is None else self.schedule_factor
        match self.schedule:
            case "step":
                return Stepwise((self.schedule_every or 1) * epoch, factor)
            case "exponential":
                return Exponential(factor ** (1 / epoch))
            case "cosine":
                return Cosine(steps)
            case _:
                return Constant()

    def record(self) -> dict[str, str | int | float | None]:
        """Texts and numbers by name."""
        return asdict(self)


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a recipe; those that are not given stay None, so that a checkpoint can fill them in."""
    usual = Recipe()
    numbers = (
        ("--epochs", int, "passes over the training images", usual.epochs),
        ("--batch-size", int, "images per step", usual.batch_size),
        ("--lr", float, f"for rmsprop and adam {_ADAPTIVE_RATE}; learning rate", DEFAULT.lr),
        ("--momentum", float, "for rmsprop 0; momentum, from 0 to below 1", DEFAULT.momentum),
        ("--weight-decay", float, "pull of the weights towards 0", usual.weight_decay),
        ("--warmup", int, "steps in which the learning rate rises to its value", usual.warmup),
        ("--seed", int, "of the first weights, the order of the images, and synthetic digits", usual.seed),
    )
    where = DATA_HELP.replace("%(default)s", usual.data)
    parser.add_argument("--model", metavar="NAME", help=f"network to train (default: {usual.model})")
    parser.add_argument("--data", metavar="SOURCE", help=where)
    for name, kind, text, default in numbers:
        parser.add_argument(name, type=kind, metavar=name[2].upper(), help=f"{text} (default: {default})")
    for names, choices, text in (
        (("--optimiser", "--optimizer"), ("sgd", "rmsprop", "adam"), "rule that moves the weights"),
        (("--schedule",), ("constant", "step", "exponential", "cosine"), "learning rate over time"),
        (("--loss",), ("cross_entropy", "mse"), "what is made small"),
    ):
        default = getattr(usual, names[0][2:])
        parser.add_argument(*names, choices=choices, help=f"{text} (default: {default})")
    usually = ", ".join(f"{value} for {name}" for name, value in _FACTORS.items())
    factor = f"what the rate is multiplied by, after every N epochs (step) or in the course of one (default: {usually})"
    parser.add_argument("--schedule-factor", type=float, metavar="F", help=factor)
    parser.add_argument("--schedule-every", type=int, metavar="N", help="epochs from step to step (default: 1)")
    parser.add_argument("--limit", type=int, metavar="N", help="use the first N training and at most N test images")


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Take the options that were given, and the defaults for the others."""
    return replace(Recipe(), **_given(args))


def resumed_recipe(record: dict[str, Any], args: argparse.Namespace) -> Recipe:
    """Take the recipe of a checkpoint, with more epochs or another place of the data if they were asked for.

    Raises
    ------
    InputError
        If an option contradicts the checkpoint, or the recipe is none.
    """
    recipe, given = _read(record, args), _given(args)
    for name, value in given.items():
        if name not in _MAY_CHANGE and value != getattr(recipe, name):
            before = getattr(recipe, name)
            rule = (
                f"contradicts the checkpoint, which was trained with {'the usual value' if before is None else before}"
            )
            raise InputError(f"--{name.replace('_', '-')}", value, rule, "leave it out, or begin anew without --resume")
    return replace(recipe, **given)


def _given(args: argparse.Namespace) -> dict[str, Any]:
    names = (field.name for field in fields(Recipe))
    return {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}


def _read(record: dict[str, Any], args: argparse.Namespace) -> Recipe:
    """Read a recipe from a file that may come from anywhere."""
    usual = asdict(Recipe())
    allowed = {"limit": int, "lr": float, "momentum": float, "images": str}
    allowed |= {"schedule_factor": float, "schedule_every": int}
    for name, default in usual.items():
        kind = allowed.get(name, type(default))
        value = record.get(name)
        if not isinstance(value, kind) and not (value is None and name in allowed):
            raise InputError("--resume", args.resume, f"has no usable {name} in its recipe", "begin anew without it")
    if record.keys() != usual.keys():
        raise InputError("--resume", args.resume, "was not written by cnnsim train", "begin anew without it")
    return Recipe(**record)
