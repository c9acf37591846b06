"""What each channel of a kernel makes of a cell: the sums of products that flow into the sum of all."""

import numpy as np

from cnnsim.drawing import CellState, Role, Term
from cnnsim.scenes.cellwise_formula import narrate_multiply
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.look import Look
from cnnsim.scenes.panels import Panel, largest, slices
from cnnsim.scenes.summing import narrate_sum_and_bias
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Convolution, Step
from cnnsim.trace.cellwise import Array
from cnnsim.typography import format_number


def current_channel(rule: Convolution, step: Step) -> int:
    """Return the channel of the kernel that a step is in."""
    return int(min(step.number, rule.counts - 1) // rule.w[0, 0].size)


def channel_sums(rule: Convolution, step: Step) -> Array:
    """Return what the products of each channel make at a step: (C/groups, 1, 1)."""
    products = np.array(rule.values(step.cell))
    products[step.number + 1 :] = 0
    return np.asarray(products.reshape(len(rule.w[0]), -1).cumsum(axis=1)[:, -1, None, None], dtype=np.float64)


def channel_sum_panels(rule: Convolution, step: Step) -> tuple[Panel, ...]:
    """Return a panel for what each channel makes; channels to come are empty."""
    sums = Tensor("channel sum", Role.TEXT, channel_sums(rule, step), "s")
    states = np.where(np.arange(len(sums.array)) > current_channel(rule, step), CellState.EMPTY, CellState.NORMAL)
    return slices(sums, "Sum", "", limit=largest(rule.output), states=states.astype(np.uint8)[:, None, None])


def narrate_channels(look: Look, rule: Convolution, step: Step, digits: Digits) -> tuple[Term, ...]:
    """Say in a sentence what the step does; at the last product of a channel, what that channel gives."""
    channel, of_channel = current_channel(rule, step), rule.w[0, 0].size
    if step.contribution is None or of_channel == rule.counts or (step.number + 1) % of_channel:
        return narrate_sum_and_bias(look, step, digits)
    total = float(channel_sums(rule, step)[channel, 0, 0])
    done = f"channel {channel} gives {format_number(total, digits.totals)}, sum so far"
    return narrate_multiply(look, step, digits, done)
