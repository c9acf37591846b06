"""What a true convolution begins with: every kernel turns by 180°. A correlation leaves this out."""

from dataclasses import dataclass

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace
from cnnsim.trace.checks import Array
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.grain import Grain, GrainView, check_index
from cnnsim.trace.stages import Stage, StagedTrace


@dataclass(frozen=True, slots=True)
class TurnStep:
    """One step of a turn: the kernels as they were given, or turned."""

    index: int
    turned: bool


@dataclass(frozen=True, slots=True, eq=False)
class KernelTurn:
    """The turn of the kernels of a true convolution: two steps, before and after.

    Parameters
    ----------
    rule
        The convolution.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> turn = KernelTurn(convolution([[1, 2]], [[3, 4]], flip=True).rule)
    >>> turn[0].turned, turn[1].turned, turn.output[0, 0].tolist()
    (False, True, [[4.0, 3.0]])
    """

    rule: Convolution

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> TurnStep:
        place = check_index(index, len(self))
        return TurnStep(place, turned=place == 1)

    @property
    def output(self) -> Array:
        """The kernels as they lie on the windows: (O, C/groups, kh, kw)."""
        return self.rule.applied

    def at(self, grain: Grain) -> GrainView[TurnStep]:
        """Return the same two steps: a turn has no smaller parts and is part of no cell."""
        return GrainView(self, range(1, len(self) + 1))


def turned_first(forward: CellwiseTrace[Convolution]) -> StagedTrace[Convolution]:
    """Return the steps of a true convolution with the turn of its kernels before them.

    Parameters
    ----------
    forward
        Steps of a convolution with ``flip=True``.

    Returns
    -------
    StagedTrace
        The stages ``"turn"`` and ``"convolve"``.

    Raises
    ------
    InputError
        If the convolution turns no kernel.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> steps = turned_first(convolution([[1, 2, 3]], [[3, 4]], flip=True)).at("cell")
    >>> len(steps), steps[1].step.turned, steps[2].step.y
    (4, True, 10.0)
    """
    if not forward.rule.flip:
        raise InputError("flip", False, "turns no kernel", "use flip=True")
    return StagedTrace(forward.rule, (Stage("turn", KernelTurn(forward.rule)), Stage("convolve", forward)))
