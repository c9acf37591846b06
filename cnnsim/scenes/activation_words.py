"""The functions of the detector stage in symbols and in words."""

from cnnsim.drawing import Role, Term
from cnnsim.scenes.numerals import factor
from cnnsim.trace.activation import Activation
from cnnsim.typography import format_number

_RANGES = {"sigmoid": "0 and 1", "tanh": "−1 and 1", "scaled_tanh": "−1.7159 and 1.7159"}


def in_symbols(rule: Activation, x: tuple[Term, ...]) -> tuple[Term, ...]:
    """Write f(x)."""
    match rule.function:
        case "relu":
            return (Term("max( 0,  "), *x, Term(" )"))
        case "leaky_relu":
            slope = factor(rule.slope, None, Role.TEXT)
            return (*x, Term(" if it is above 0, else  "), *x, Term(" · "), slope)
        case "sigmoid":
            power = (Term("−x", script="super"), Term(")"))
            return (Term("σ( "), *x, Term(" )      σ(x) = 1 / (1 + e", Role.MUTED), *map(_muted, power))
        case "tanh":
            return (Term("tanh( "), *x, Term(" )"))
        case "scaled_tanh":
            return (Term("1.7159 · tanh( "), *x, Term(" · 2/3 )"))


def slope_in_symbols(rule: Activation) -> str:
    """Write f'(x)."""
    match rule.function:
        case "relu":
            return "f′(x) = 1 where x > 0, else 0"
        case "leaky_relu":
            return f"f′(x) = 1 where x > 0, else {format_number(rule.slope)}"
        case "sigmoid":
            return "f′(x) = y · (1 − y)"
        case "tanh":
            return "f′(x) = 1 − y²"
        case "scaled_tanh":
            return "f′(x) = 1.7159 · 2/3 · (1 − tanh²(2x/3))"


def fate(rule: Activation, x: float) -> str:
    """Say what becomes of a value; the number it becomes follows."""
    if rule.function in _RANGES:
        return f"is squashed between {_RANGES[rule.function]}, to"
    if x > 0:
        return "is above 0 and passes as it is:"
    side = "is below 0" if x < 0 else "is 0"
    return f"{side} and is cut off:" if rule.function == "relu" else f"{side} and only a little of it passes:"


def _muted(term: Term) -> Term:
    return Term(term.text, Role.MUTED, script=term.script)
