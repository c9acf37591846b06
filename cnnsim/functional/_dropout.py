"""Dropout and its gradient."""

import numpy as np

from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, flag, floats, like, number


def dropout(x: Floats, p: float = 0.5, training: bool = True, *, seed: int) -> Floats:
    """Set a random share of the cells to 0 and scale the others by 1 / (1 - p), so that the mean stays.

    Parameters
    ----------
    x
        Any shape, float32 or float64.
    p
        Probability of a cell to be dropped, from 0 to 1.
    training
        Without it nothing changes.
    seed
        Decides which cells: the same seed and shape drop the same ones, so that `dropout_backward` knows them.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64, or `p` is out of its range.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, Dropout, JMLR 15 (2014).
    `torch.nn.functional.dropout` has the same first names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> dropout(np.ones(6), 0.5, seed=1)
    array([2., 2., 0., 2., 0., 0.])
    """
    x = floats("x", x)
    return x * _scale(x, p, seed) if _changes(p, training) else x.copy()


def dropout_backward(dy: Floats, x: Floats, p: float = 0.5, training: bool = True, *, seed: int) -> Floats:
    """Gradient of `dropout`: dy, dropped and scaled as x was.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, p, training, seed
        The arguments of `dropout`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `dropout`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> dropout_backward(np.full(6, 3.0), np.ones(6), 0.5, seed=1)
    array([6., 6., 0., 6., 0., 0.])
    """
    x = floats("x", x)
    return dropout(like("dy", dy, "x", x, x.shape), p, training, seed=seed)


def _changes(p: float, training: bool) -> bool:
    if not 0 <= number("p", p) <= 1:
        raise InputError("p", p, "is not in 0 ≤ p ≤ 1", "try 0.5")
    return flag("training", training) and p > 0


def _scale(x: Floats, p: float, seed: int) -> Floats:
    """1 / (1 - p) where a cell stays, 0 where it goes."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise InputError("seed", repr(seed), "is not an integer of at least 0", "use for example 0")
    stays = np.random.default_rng(seed).random(x.shape) >= p
    return stays * x.dtype.type(0 if p == 1 else 1 / (1 - p))  # type: ignore[no-any-return]
