"""The curve of an activation function with the present value on it, and its slope there."""

import numpy as np

from cnnsim.drawing import Chart, Point, Role, Series
from cnnsim.scenes.footer import footer_height
from cnnsim.scenes.layout import View
from cnnsim.trace.activation import Activation
from cnnsim.trace.activation_functions import Function, applied, derivative
from cnnsim.trace.cellwise import Array
from cnnsim.typography import format_number, nice_ceiling

TITLES: dict[Function, str] = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
    "scaled_tanh": "Scaled tanh",
}
_LEAST_REACH = 4.0  # to the left and to the right, where a squashing function shows both of its ends
_SAMPLES = 65
_SHARE = 0.36  # of the width of the view
_BEFORE, _ABOVE, _BELOW = 5.9, 3.1, 2.6  # units for the ordinates, the caption and the abscissae
_TANGENT = 0.3  # of the reach, to either side


def curve_room(view: View) -> float:
    """Width in pixels that the curve takes."""
    return _side(view) + view.unit * _BEFORE


def curve(rule: Activation, x: float | None, view: View, slope: bool) -> Chart:
    """Draw the function at the right of the view with a point at x, if any; with `slope`, also the tangent there."""
    reach = nice_ceiling(max(_LEAST_REACH, float(np.abs(rule.x).max())))
    bends = rule.function not in ("relu", "leaky_relu")
    xs = np.linspace(-reach, reach, _SAMPLES if bends else 3)
    low, high = _ordinates(rule, reach)
    ys = _applied(rule, xs)
    lines = [Series("", Role.OUTPUT, xs, ys)]
    points: tuple[Point, ...] = ()
    if x is not None:
        lines += [_tangent(rule, x, reach)] if slope else []
        points = (Point(x, float(_applied(rule, np.array(x))), Role.GRADIENT if slope else Role.OUTPUT),)
    side, top = _side(view), view.unit * 1.2
    spare = view.height - footer_height(view) - 2 * top - side - view.unit * (_ABOVE + _BELOW)
    return Chart(
        view.width - top - side,
        top + spare / 2 + view.unit * _ABOVE,
        side,
        side,
        TITLES[rule.function],
        tuple(lines),
        reach,
        low,
        high,
        view.unit,
        "x",
        -reach,
        points,
    )


def _applied(rule: Activation, xs: Array) -> Array:
    return applied(xs, rule.function, rule.slope)


def _side(view: View) -> float:
    height = view.height - footer_height(view) - view.unit * (2.4 + _ABOVE + _BELOW)
    return max(min(view.width * _SHARE - view.unit * _BEFORE, height), 1.0)


def _ordinates(rule: Activation, reach: float) -> tuple[float, float]:
    """Ends of the vertical axis, as far from 0 as the function gets; the rectifiers have one scale both ways."""
    if rule.function == "sigmoid":
        return 0.0, 1.0
    highest = nice_ceiling(float(np.abs(_applied(rule, np.array([-reach, reach]))).max()))
    return -highest, highest


def _tangent(rule: Activation, x: float, reach: float) -> Series:
    """A piece of the line that touches the curve at x."""
    slope = float(derivative(np.array(x), rule.function, rule.slope))
    xs = np.clip(np.array([x - _TANGENT * reach, x + _TANGENT * reach]), -reach, reach)
    ys = float(_applied(rule, np.array(x))) + slope * (xs - x)
    return Series(f"slope {format_number(slope, 3)}", Role.GRADIENT, xs, ys)
