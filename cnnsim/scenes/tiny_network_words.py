"""The line above the tiny network: the pass, its phase, the stage at work, and the loss."""

from collections.abc import Iterator

from cnnsim.drawing import Label, Role
from cnnsim.scenes.layout import View
from cnnsim.scenes.tiny_network_blocks import is_updated, knows_loss
from cnnsim.trace import Moment, NetworkTrace
from cnnsim.trace.tiny_network_pass import BACKWARD, FORWARD, STAGES
from cnnsim.typography import format_to, text_width

_TITLES = {
    "convolution": "Convolution",
    "relu": "ReLU",
    "pooling": "Max pooling",
    "flatten": "Flatten",
    "dense": "Dense layer",
    "loss": "Softmax and loss",
    "logit gradient": "Gradient of the logits: p − y",
    "dense weight gradient": "Gradient of the dense weights",
    "dense bias gradient": "Gradient of the dense biases",
    "dense input gradient": "Gradient through the dense layer",
    "flatten gradient": "Gradient back in maps",
    "pooling gradient": "Gradient through the pooling",
    "relu gradient": "Gradient through the ReLU",
    "kernel gradient": "Gradient of the kernels",
    "kernel bias gradient": "Gradient of the biases",
    "image gradient": "Gradient of the image",
    "kernels update": "Update of the kernels",
    "kernel biases update": "Update of the biases",
    "dense weights update": "Update of the dense weights",
    "dense biases update": "Update of the dense biases",
}
_PHASES = (("Forward", Role.OUTPUT), ("Backward", Role.GRADIENT), ("Update", Role.KERNEL))
_SPACE, _DECIMALS = 1.2, 4


def stage_title(stage: str) -> str:
    """Return what a stage of a pass is called.

    Examples
    --------
    >>> stage_title("relu gradient")
    'Gradient through the ReLU'
    """
    return _TITLES[stage]


def phase_of(stage: str) -> int:
    """Return 0 for a stage of the way forward, 1 for one of the way back, 2 for an update."""
    return 0 if stage in FORWARD else 1 if stage in BACKWARD else 2


def strip(trace: NetworkTrace, now: Moment, view: View) -> tuple[Label, ...]:
    """Write pass, phase, stage and loss in a line, smaller where there is little room."""
    words, loss = tuple(_words(trace, now)), _loss(trace, now, view.hidden)
    needed = sum(_width(label, 1.0) + _SPACE for label in (*words, *loss)) + 2 * _SPACE
    size = min(view.unit, view.width / needed)
    left, right = size * _SPACE, view.width - size * _SPACE - sum(_width(label, size) for label in loss)
    return (*_row(words, left, view, size, size * _SPACE), *_row(loss, right, view, size, 0.0))


def _words(trace: NetworkTrace, now: Moment) -> Iterator[Label]:
    stage = STAGES[now.at.stage]
    yield _label(f"Pass {now.number + 1} of {len(trace.starts)}", Role.TEXT, bold=True)
    for number, (words, role) in enumerate(_PHASES):
        active = number == phase_of(stage)
        yield _label(words, role if active else Role.MUTED, bold=active)
    yield _label(stage_title(stage), Role.TEXT)


def _loss(trace: NetworkTrace, now: Moment, hidden: bool) -> tuple[Label, ...]:
    """Write the loss before and after the update, as far as they are known."""
    updated = is_updated(now, hidden)
    before = format_to(trace.loss(now.number), _DECIMALS) if knows_loss(now, hidden) else "?"
    after = format_to(trace.loss_after(now.number), _DECIMALS) if updated else "?"
    return (
        _label("Loss  ", Role.TEXT),
        _label(before, Role.TEXT, bold=True),
        _label("  →  ", Role.MUTED),
        _label(after, Role.KERNEL if updated else Role.MUTED, bold=True),
    )


def _label(words: str, role: Role, *, bold: bool = False) -> Label:
    return Label(words, 0.0, 0.0, 1.0, role, bold)


def _width(label: Label, size: float) -> float:
    return text_width(label.text, size, label.bold)


def _row(labels: tuple[Label, ...], x: float, view: View, size: float, space: float) -> Iterator[Label]:
    for label in labels:
        yield Label(label.text, x, view.unit * 1.2, size, label.role, label.bold)
        x += _width(label, size) + space
