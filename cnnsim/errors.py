"""The one exception for input that breaks a rule: it names the argument, its value, the rule and the remedy."""

from numbers import Real


class InputError(ValueError):
    """Input that a person can mend.

    The command line prints it and exits with code 2; the window shows it and keeps the last valid state. Anything
    else that is raised is a defect of the program.

    Parameters
    ----------
    argument
        Name of the argument, option or file.
    value
        What was given.
    rule
        What it breaks, as the continuation of "argument=value ...".
    remedy
        What to do about it.

    Examples
    --------
    >>> raise InputError("stride", 0, "is not positive", "use a stride of 1 or more")
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: stride=0 is not positive: use a stride of 1 or more
    """

    def __init__(self, argument: str, value: object, rule: str, remedy: str) -> None:
        self.argument = argument
        self.value = value
        self.rule = rule
        self.remedy = remedy
        super().__init__(f"{argument}={value} {rule}: {remedy}")


def number(argument: str, value: float) -> float:
    """Return `value` if it is a number; NaN and infinity are numbers, True and False are not.

    Parameters
    ----------
    argument
        What an error calls it.
    value
        What was given.

    Returns
    -------
    float
        The number.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> number("lr", 1)
    1.0
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise InputError(argument, repr(value), "is not a number", "use for example 0.1")
    try:
        return float(value)
    except OverflowError:
        raise InputError(argument, repr(value), "is too large for a number", "use less than 1e308") from None
