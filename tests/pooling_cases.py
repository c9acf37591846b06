"""Poolings of every kind with every option, and what the engine and obvious loops say of them."""

from dataclasses import dataclass
from typing import Any

import naive
import numpy as np
from hypothesis import strategies as st

from cnnsim import functional
from cnnsim.trace import MODES, TIES, adaptive_pooling, pooling


@dataclass(frozen=True)
class Case:
    trace: Any
    mode: str
    ties: str
    window: tuple[int, int]  # the output's size for an adaptive one
    stride: tuple[int, int] | None = None
    padding: tuple[int, int] = (0, 0)
    ceil_mode: bool = False
    counting: bool = True

    @property
    def rule(self):
        return self.trace.rule

    @property
    def adaptive(self):
        return self.stride is None

    @property
    def known_to_the_engine(self):
        """Weights never stick out there, norms have no padding of their own, and neither is adaptive."""
        if self.mode == "l2":
            return not self.adaptive and not (self.ceil_mode and any(self.padding))
        return not (self.mode == "weighted" and self.ceil_mode)

    def engine(self, g=None):
        """Output, or with g the gradient of the input, of the engine: (C, H, W)."""
        x, rows, cols = self.rule.x[None], self.padding[0], self.padding[1]
        sliding = (self.window, self.stride, self.padding)
        if self.mode == "l2":
            wide = functional.pad(x, (cols, cols, rows, rows))
            arguments = (2, self.window, self.stride, self.ceil_mode)
            if g is None:
                return functional.lp_pool2d(wide, *arguments)[0]
            dx = functional.lp_pool2d_backward(g[None], wide, *arguments)[0]
            return dx[:, rows : rows + x.shape[2], cols : cols + x.shape[3]]
        name, arguments = {
            (True, "max"): ("adaptive_max_pool2d", (self.window,)),
            (True, "average"): ("adaptive_avg_pool2d", (self.window,)),
            (False, "max"): ("max_pool2d", (*sliding, 1, self.ceil_mode)),
            (False, "average"): ("avg_pool2d", (*sliding, self.ceil_mode, self.counting)),
            (False, "weighted"): ("weighted_pool2d", (self.rule.weights, self.stride, self.padding)),
        }[self.adaptive, self.mode]
        if g is None:
            return getattr(functional, name)(x, *arguments)[0]
        gradients = getattr(functional, f"{name}_backward")(g[None], x, *arguments)
        return (gradients[0] if self.mode == "weighted" else gradients)[0]

    def windows(self):
        """(row, column) of every output, with the cells of its window that count and the weight of each."""
        if self.adaptive:
            for i, j in np.ndindex(*self.window):
                rows = naive.adaptive_cells(self.rule.x.shape[1], self.window[0], i)
                cols = naive.adaptive_cells(self.rule.x.shape[2], self.window[1], j)
                yield (i, j), [((row, col), 1.0) for row in rows for col in cols]
            return
        shape, (pr, pc) = (1, *self.rule.x.shape), self.padding
        weights = self.rule.weights.ravel() if self.mode == "weighted" else np.ones(self.window).ravel()
        zeros_count = self.mode in ("l2", "weighted") or (self.mode == "average" and self.counting)
        for place, cells in naive.pool_cells(shape, self.window, self.stride, self.padding, 1, self.ceil_mode):
            padded = (-pr, shape[2] + pr), (-pc, shape[3] + pc)
            kept = [
                (cell, float(weight))
                for cell, weight in zip(cells, weights, strict=True)
                if naive.inside(cell, shape)
                or (zeros_count and all(low <= at < high for at, (low, high) in zip(cell, padded, strict=True)))
            ]
            yield place, kept

    def value(self, channel, cell):
        """Of a cell of the input, 0 in its padding."""
        return float(self.rule.x[channel, *cell]) if naive.inside(cell, (1, *self.rule.x.shape)) else 0.0

    def loop(self):
        """Output of obvious loops."""
        y = np.zeros(self.rule.output.shape)
        for channel in range(len(y)):
            for place, cells in self.windows():
                values = [self.value(channel, cell) for cell, _ in cells]
                weighted = sum(value * weight for value, (_, weight) in zip(values, cells, strict=True))
                y[channel, *place] = {
                    "max": max(values),
                    "l2": sum(value * value for value in values) ** 0.5,
                }.get(self.mode, weighted / sum(weight for _, weight in cells))
        return y

    def loop_backward(self, g):
        """Gradient of the input of obvious loops; the only reference there is for split ties."""
        dx, y = np.zeros(self.rule.x.shape), self.loop()
        for channel in range(len(y)):
            for place, cells in self.windows():
                values = [self.value(channel, cell) for cell, _ in cells]
                shares = self.shares(values, [weight for _, weight in cells], float(y[channel, *place]))
                for (cell, _), share in zip(cells, shares, strict=True):
                    if naive.inside(cell, (1, *dx.shape)):
                        dx[channel, *cell] += float(g[channel, *place]) * share
        return dx

    def shares(self, values, weights, y):
        if self.mode == "max":
            winners = [value == y for value in values]
            if self.ties == "first":
                winners = [number == winners.index(True) for number in range(len(values))]
            return [winner / sum(winners) for winner in winners]
        if self.mode == "l2":
            return [value / y if y else 0.0 for value in values]
        return [weight / sum(weights) for weight in weights]


@st.composite
def cases(draw, modes=MODES):
    """A pooling with any options, in half of the cases with many ties."""
    numbers, ties = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.sampled_from(TIES))
    mode = draw(st.sampled_from(modes))

    def values(rows, cols):
        x = numbers.standard_normal((draw(st.integers(1, 2)), rows, cols))
        return x.round() if draw(st.booleans()) else x

    if mode != "weighted" and draw(st.integers(0, 3)) == 0:
        shape, size = (draw(st.tuples(st.integers(1, 6), st.integers(1, 6))) for _ in range(2))
        return Case(adaptive_pooling(values(*shape), size, mode, ties=ties), mode, ties, size)
    window, stride = (draw(st.tuples(st.integers(1, 4), st.integers(1, 4))) for _ in range(2))
    padding = tuple(draw(st.integers(0, cells // 2)) for cells in window)
    least = [max(1, cells - 2 * wide) for cells, wide in zip(window, padding, strict=True)]
    x = values(*(draw(st.integers(cells, cells + 4)) for cells in least))
    ceil_mode, counting = draw(st.booleans()), draw(st.booleans())
    trace = pooling(
        x, window, stride, mode, padding=padding, ceil_mode=ceil_mode, count_include_pad=counting, ties=ties
    )
    return Case(trace, mode, ties, window, stride, padding, ceil_mode, counting)
