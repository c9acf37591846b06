"""Panels of one row that are shown as stems over an axis that they share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Values
from cnnsim.scenes.panels import Panel, largest
from cnnsim.typography.numbers import MINUS


@dataclass(frozen=True, slots=True, eq=False)
class Strip(Panel):
    """A panel of one row that is shown as stems.

    Parameters
    ----------
    at
        Column of the common axis at which its first stem stands.
    pitch
        Columns from one stem to the next.
    labels
        What stands under the stems.
    numbers
        Whether the values are printed.
    depth
        How far down they may reach, as a share of the limit.
    level
        Whether what stands on the right of the signals begins at this height.
    """

    at: float = 0.0
    pitch: float = 1.0
    labels: tuple[str, ...] = ()
    numbers: bool = True
    depth: float = 1.0
    level: bool = False

    @property
    def end(self) -> float:
        """Column after the last stem."""
        return float(self.at + (self.values.shape[1] - 1) * self.pitch + 1)


def strips(
    panels: Sequence[Panel], *, at: float = 0.0, pitch: float = 1.0, labels: Sequence[int] = (), depth: float = 1.0
) -> tuple[Strip, ...]:
    """Return panels of one row as stems; the parameters are those of `Strip`, labels stand under the last of them."""
    words = tuple(str(label).replace("-", MINUS) for label in labels)
    return tuple(
        Strip(
            **{field: getattr(panel, field) for field in Panel.__dataclass_fields__},
            at=at,
            pitch=pitch,
            labels=words if number == len(panels) - 1 else (),
            depth=depth,
        )
        for number, panel in enumerate(panels)
    )


def levelled(strips: Sequence[Strip], number: int = -1) -> tuple[Strip, ...]:
    """Return strips of which one is at the height of what stands on the right."""
    chosen = strips[number]
    return tuple(replace(strip, level=strip is chosen) for strip in strips)


def depth_of(values: Values) -> float:
    """Return how far below zero values reach, as a share of the largest."""
    return max(0.0, -float(values.min())) / (largest(values) or 1.0)
