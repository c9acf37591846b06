"""The functions of the detector stage in symbols and in words."""

from cnnsim.drawing import Role, Term
from cnnsim.scenes.numerals import factor
from cnnsim.trace.activation import Activation, ActivationGradient
from cnnsim.typography import MINUS, format_number, format_to

_STEEPEST = {"sigmoid": "0.25", "tanh": "1", "scaled_tanh": "1.144"}
_LAYERS, _DECIMALS, _SLOPE_DECIMALS = 10, 2, 6
_RANGES = {"sigmoid": "0 and 1", "tanh": "−1 and 1", "scaled_tanh": "−1.7159 and 1.7159"}


def in_symbols(rule: Activation, x: tuple[Term, ...]) -> tuple[Term, ...]:
    """Write f(x)."""
    match rule.function:
        case "relu":
            return (Term("max( 0,  "), *x, Term(" )"))
        case "leaky_relu":
            slope = factor(rule.slope, _SLOPE_DECIMALS, Role.TEXT)
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
            return f"f′(x) = 1 where x > 0, else {format_number(rule.slope, _SLOPE_DECIMALS)}"
        case "sigmoid":
            return "f′(x) = y · (1 − y)"
        case "tanh":
            return "f′(x) = 1 − y²"
        case "scaled_tanh":
            return "f′(x) = 1.7159 · 2/3 · (1 − tanh²(2x/3))"


def mask_words(x: float) -> str:
    """Say what the mask of ReLU does with the gradient of a value.

    Examples
    --------
    >>> mask_words(0.0)
    'was at the kink, whose slope is taken as 0: the mask stops the gradient'
    """
    if x > 0:
        return "was above 0: the mask lets the gradient through"
    if x < 0:
        return "was below 0: the mask stops the gradient"
    return "was at the kink, whose slope is taken as 0: the mask stops the gradient"


def depth_words(rule: ActivationGradient) -> str:
    """Say what many such layers do to a gradient, and which slide says otherwise; ``^2^`` is high.

    Examples
    --------
    >>> from cnnsim.trace import activation, activation_gradient
    >>> depth_words(activation_gradient(activation([[0, 3]])).rule)
    '1 of 2 gradients pass whole.  A slide says ResNet cures vanishing ones; its aim was degradation: ...'
    """
    function, slopes = rule.forward.function, rule.derivative
    if function == "relu":
        passed = f"{int(slopes.sum())} of {slopes.size} gradients pass whole."
        return f"{passed}  A slide says ResNet cures vanishing ones; its aim was degradation: deeper nets train worse."
    if function == "leaky_relu":
        return "Some gradient passes everywhere, so that no value stops learning."
    mean = format_to(float(slopes.mean()), _DECIMALS)
    share, power = f"{float(mean) ** _LAYERS:.1e}".split("e")
    left = f"{mean}^{_LAYERS}^ ≈ {share}·10^{int(power)}^ of G".replace("-", MINUS)
    flat = f"Slopes are {_STEEPEST[function]} at most, here {mean} on average"
    return f"{flat}: ten such curves leave {left}; with skips, x + f(x), they are 1 + f′."


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
