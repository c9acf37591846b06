"""What is asked for while a person predicts: the result of each step at which the animation comes to rest."""

from collections.abc import Callable
from typing import Any

from cnnsim.app.player import Player
from cnnsim.app.predict_bar import PredictBar
from cnnsim.operations.mistakes import question
from cnnsim.trace import GrainView

Name = Callable[[GrainView[Any], float], str]


class Questions:
    """Puts a question into the bar, once for each step.

    Parameters
    ----------
    bar
        Where it stands; as long as the bar is in view, questions are asked.
    player
        Where the animation is.
    name
        Names the cell that is computed at a position.
    """

    def __init__(self, bar: PredictBar, player: Player, name: Name) -> None:
        self._bar, self._player, self._name = bar, player, name
        self._asked: int | None = None  # the step whose result was asked for last
        bar.hide()

    @property
    def asking(self) -> bool:
        """Whether results are asked for."""
        return not self._bar.isHidden()

    @property
    def hiding(self) -> bool:
        """Whether the result of the present step is not to be seen."""
        return self.asking and (self._bar.open or self._player.moving)

    def begin(self, asking: bool) -> None:
        """Ask from now on, or no longer."""
        self._bar.setVisible(asking)
        self._asked = None

    def renew(self, told_is_told: bool = False) -> None:
        """Ask anew although the animation stays at its place, or only if the result there has not been told yet."""
        if self._bar.open or not told_is_told:
            self._asked = None

    def ask(self, steps: GrainView[Any] | None) -> None:
        """Ask for the result of the present step, when the position is at rest."""
        here = self._player.step_index
        if self.asking and steps is not None and not self._player.moving and here != self._asked:
            self._asked = here
            self._bar.ask(question(steps, here), self._name(steps, here))
