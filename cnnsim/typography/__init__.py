"""How numbers are written and how wide text is: the same answers for every renderer."""

from cnnsim.typography.equations import LINE_HEIGHT, Run, fitting_size, flow, term_at
from cnnsim.typography.numbers import (
    MINUS,
    digits_that_add_up,
    exact,
    format_compact,
    format_number,
    format_to,
    nice_ceiling,
)
from cnnsim.typography.scale_bars import ScaleBarPlaces, scale_bar_places, written_names
from cnnsim.typography.text import FAMILY, font_path, text_width

__all__ = [
    "FAMILY",
    "LINE_HEIGHT",
    "MINUS",
    "Run",
    "ScaleBarPlaces",
    "digits_that_add_up",
    "exact",
    "fitting_size",
    "flow",
    "font_path",
    "format_compact",
    "format_number",
    "format_to",
    "nice_ceiling",
    "scale_bar_places",
    "term_at",
    "text_width",
    "written_names",
]
