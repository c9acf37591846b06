"""What a formula claims: the value of what is written, digit by digit, as somebody reckons who reads it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from functools import lru_cache, reduce

from cnnsim.drawing import Term
from cnnsim.typography.numbers import MINUS, format_number

EQUALS = Term("  =  ", breaks=True)
_ROUGHLY = Term("  ≈  ", breaks=True)
SIGNS_OF_EQUALITY = frozenset((EQUALS.text, _ROUGHLY.text))
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[+−·/^(),√]")
_EXACT = Context(prec=50, traps=[])  # what cannot be computed is no number, and equals none
_SAME = Decimal("1e-40")  # of the larger number: in another order, thirds end in another last digit
_NOTHING, _ONE = Decimal("nan"), Decimal(1)

Read = tuple[Decimal, int]
"""A value, and the place of the first token that does not belong to it."""


def value_of(terms: Iterable[Term]) -> Decimal:
    """Return the value of what terms say; not finite if they say nothing that has one.

    Examples
    --------
    >>> value_of([Term("√( "), Term("0.5"), Term("·"), Term("0.5"), Term(" + 2 ) / (−3)")])
    Decimal('-0.5')
    >>> value_of([Term("1 / (1 + e"), Term("0", script="super"), Term(")")])
    Decimal('0.5')
    """
    text = "".join(f"^({term.text})" if term.script == "super" else term.text for term in terms)
    value, _ = _Reader(_TOKEN.findall(text)).sum(0)
    return value


@lru_cache(maxsize=16_384)
def shown(value: float, digits: int | None) -> Decimal:
    """Return what is read where a number is written with so many decimals.

    Examples
    --------
    >>> shown(2**0.5, 2), shown(0.5, None)
    (Decimal('1.41'), Decimal('0.5'))
    """
    return value_of([Term(format_number(value, digits))])


def product_of(factors: Iterable[tuple[float, bool]], digits: int | None) -> Decimal:
    """Multiply numbers as they are shown with so many decimals, or divide by them.

    Examples
    --------
    >>> product_of([(2**0.5, False), (2.0, False), (10.0, True)], 2)
    Decimal('0.282')
    """
    total = _ONE
    for value, divides in factors:
        total = (_EXACT.divide if divides else _EXACT.multiply)(total, shown(value, digits))
    return total


def sum_of(values: Iterable[Decimal]) -> Decimal:
    """Add up without rounding.

    Examples
    --------
    >>> sum_of([Decimal("0.1"), Decimal("0.2")])
    Decimal('0.3')
    """
    return reduce(_EXACT.add, values, Decimal(0))


def sides(terms: Sequence[Term]) -> list[tuple[Term, ...]]:
    """Split terms at the signs of equality.

    Examples
    --------
    >>> [len(side) for side in sides([Term("1"), Term(" + 1"), EQUALS, Term("2")])]
    [2, 1]
    """
    signs = [place for place, term in enumerate(terms) if term is EQUALS]
    return [tuple(terms[start + 1 : end]) for start, end in zip([-1, *signs], [*signs, len(terms)], strict=True)]


def with_signs(terms: Sequence[Term], equal: Sequence[bool]) -> tuple[Term, ...]:
    """Return the terms with ≈ where what is shown is not equal; signs of which nothing is said stay.

    Examples
    --------
    >>> [term.text for term in with_signs([Term("1/3"), EQUALS, Term("0.3333"), EQUALS, Term("0.3333")], [False, True])]
    ['1/3', '  ≈  ', '0.3333', '  =  ', '0.3333']
    """
    said = iter(equal)
    return tuple(term if term is not EQUALS or next(said, True) else _ROUGHLY for term in terms)


def same(left: Decimal, right: Decimal) -> bool:
    """Say whether two values are one.

    Examples
    --------
    >>> same(value_of([Term("1/3 + 1/3 + 1/3")]), Decimal(1)), same(Decimal("0.1"), Decimal("0.10001"))
    (True, False)
    """
    off = _off(left, right)
    return not off or (off.is_finite() and off <= _SAME * max(abs(left), abs(right)))


def rounds_to(left: Decimal, right: Decimal, digits: int | None) -> bool:
    """Say whether `right`, rounded to so many decimals, may stand for `left`.

    Examples
    --------
    >>> rounds_to(Decimal("1.4142"), Decimal("1.41"), 2), rounds_to(Decimal("1.4142"), Decimal("1.42"), 2)
    (True, False)
    """
    return same(left, right) or (digits is not None and _off(left, right) <= Decimal(5).scaleb(-digits - 1))


def _off(left: Decimal, right: Decimal) -> Decimal:
    """How far two values are apart; infinitely if one of them is none."""
    return abs(left - right) if left.is_finite() and right.is_finite() else Decimal("inf")


def _tanh(x: Decimal) -> Decimal:
    grown = _EXACT.exp(_EXACT.add(x, x))
    return _EXACT.subtract(_ONE, _EXACT.divide(Decimal(2), _EXACT.add(grown, _ONE)))  # 1 also where it grows beyond all


def _sigmoid(x: Decimal) -> Decimal:
    return _EXACT.divide(_ONE, _EXACT.add(_ONE, _EXACT.exp(x.copy_negate())))


_FUNCTIONS: Mapping[str, Callable[[Decimal], Decimal]] = {
    "exp": _EXACT.exp,
    "ln": _EXACT.ln,
    "tanh": _tanh,
    "σ": _sigmoid,
    "√": _EXACT.sqrt,
}


class _Reader:
    """Reads tokens from left to right: sums of products of powers."""

    __slots__ = ("_tokens",)

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]

    def sum(self, at: int) -> Read:
        total, at = self._product(at)
        while (sign := self._tokens[at]) in ("+", MINUS):
            value, at = self._product(at + 1)
            total = _EXACT.add(total, value) if sign == "+" else _EXACT.subtract(total, value)
        return total, at

    def _product(self, at: int) -> Read:
        if self._tokens[at] == MINUS:
            value, at = self._product(at + 1)
            return value.copy_negate(), at
        total, at = self._power(at)
        while (sign := self._tokens[at]) in ("·", "/"):
            value, at = self._power(at + 1)
            total = _EXACT.multiply(total, value) if sign == "·" else _EXACT.divide(total, value)
        return total, at

    def _power(self, at: int) -> Read:
        if self._tokens[at] == "e":
            exponent, at = self._single(at + 2)
            return _EXACT.exp(exponent), at
        value, at = self._single(at)
        if self._tokens[at] != "^":
            return value, at
        exponent, at = self._single(at + 1)
        return _EXACT.power(value, exponent), at

    def _single(self, at: int) -> Read:
        """Read a number, something in parentheses, or a function of such."""
        token = self._tokens[at]
        if token[:1].isdigit():
            return Decimal(token), at + 1
        if token == "max":
            return self._largest(at + 1)
        if token in _FUNCTIONS:
            value, at = self._single(at + 1)
            return _FUNCTIONS[token](value), at
        if token != "(":
            return _NOTHING, at
        value, at = self.sum(at + 1)
        return value, at + 1

    def _largest(self, at: int) -> Read:
        values = []
        while self._tokens[at] in ("(", ","):
            value, at = self.sum(at + 1)
            values.append(value)
        return (_NOTHING if any(map(Decimal.is_nan, values)) else max(values)), at + 1
