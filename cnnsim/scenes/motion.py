"""Positions between two steps."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from cnnsim.trace import GrainView

Step = TypeVar("Step")


@dataclass(frozen=True, slots=True)
class Between(Generic[Step]):
    """The step that was reached, the one to come, and how far the motion between them has got (0 to 1, eased)."""

    here: Step
    there: Step
    share: float

    def blend(self, here: float, there: float) -> float:
        """Interpolate a coordinate."""
        return here + (there - here) * self.share


def between(steps: GrainView[Step], position: float) -> Between[Step]:
    """Split a position into a step, its successor and an eased fraction; positions beyond the ends are the ends."""
    last = len(steps) - 1
    place = min(max(position, 0.0), float(last))
    index = int(place)
    fraction = place - index
    eased = fraction * fraction * (3 - 2 * fraction)
    return Between(steps[index], steps[min(index + 1, last)], eased)
