"""How numbers are written and how wide text is: the same answers for every renderer."""

from cnnsim.typography.numbers import digits_that_add_up, exact, format_number, format_to
from cnnsim.typography.text import Run, fitting_size, flow, text_width

__all__ = [
    "Run",
    "digits_that_add_up",
    "exact",
    "fitting_size",
    "flow",
    "format_number",
    "format_to",
    "text_width",
]
