"""Signs of formulas that stand over and under each other: sums with their limits, fractions."""

from dataclasses import replace

from cnnsim.drawing import Role, Term


def partial(letter: str, role: Role, place: str = "") -> tuple[Term, ...]:
    """Write the left side of the formula of a gradient.

    Examples
    --------
    >>> "".join(term.text for term in partial("w", Role.KERNEL, "[o, i]"))
    '∂J/∂w[o, i]  =  '
    """
    return Term("∂J/∂"), Term(letter, role, bold=True), Term(f"{place}  =  ")


def total(index: str, last: int) -> tuple[Term, ...]:
    """Write a sum over an index from 0.

    Examples
    --------
    >>> [(term.text, term.script) for term in total("r", 2)]
    [('Σ', 'normal'), ('r = 0', 'under'), ('2', 'over'), ('  ', 'normal')]
    """
    return Term("Σ"), Term(f"{index} = 0", script="under"), Term(str(last), script="over"), Term("  ")


def over(what: str, sign: str = "Σ") -> tuple[Term, ...]:
    """Write a sum, or another sign such as max, over what stands under it.

    Examples
    --------
    >>> [(term.text, term.script) for term in over("m, n")]
    [('Σ', 'normal'), ('m, n', 'under'), ('  ', 'normal')]
    """
    return Term(sign), Term(what, script="under"), Term("  ")


def fraction(above: tuple[Term, ...], below: tuple[Term, ...]) -> tuple[Term, ...]:
    """Write terms above and below a line.

    Examples
    --------
    >>> [term.script for term in fraction((Term("e"),), (Term("S"),))]
    ['numerator', 'denominator']
    """
    return (
        *(replace(term, script="numerator") for term in above),
        *(replace(term, script="denominator") for term in below),
    )
