"""What is said, and what can be sent to the developers, when something in the program itself is wrong."""

import platform
import traceback

import cnnsim

_LONGEST = 160  # characters of an error that are said


def defect_words(error: Exception) -> str:
    """Say in two sentences what happened and what to do.

    Examples
    --------
    >>> defect_words(ZeroDivisionError("division by zero"))[:76]
    'This picture could not be drawn (ZeroDivisionError: division by zero); the l'
    """
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    shown = what if len(what) <= _LONGEST else f"{what[:_LONGEST]}…"
    return (
        f"This picture could not be drawn ({shown}); the last one that could is still shown. "
        "Nothing is lost. It is a mistake of cnnsim: please copy the report and send it to its developers, "
        "with the scene (Ctrl+S) if you can."
    )


def defect_report(error: Exception) -> str:
    """Return what helps to find the cause: versions, and where it happened.

    Examples
    --------
    >>> defect_report(ZeroDivisionError("division by zero")).splitlines()[-1]
    'ZeroDivisionError: division by zero'
    """
    versions = f"cnnsim {cnnsim.__version__}, Python {platform.python_version()}, {platform.platform()}"
    return f"{versions}\n{''.join(traceback.format_exception(error))}"
