"""Text with an anchor, as text that starts at a point of a baseline."""

from cnnsim.drawing import Anchor
from cnnsim.painting.primitives import Colour, Text
from cnnsim.typography import text_width

_HALF_CAPITAL = 0.349  # of the em: digits and capitals of the family are 0.698 high
_SHARE_BEFORE = {"middle": 0.5, "end": 1.0}


def text(
    words: str,
    x: float,
    middle: float,
    size: float,
    colour: Colour,
    bold: bool = False,
    anchor: Anchor = "start",
) -> Text:
    """Place a line of text whose capitals are centred on the height `middle`."""
    start = x if anchor == "start" else x - _SHARE_BEFORE[anchor] * text_width(words, size, bold)
    return Text(start, middle + _HALF_CAPITAL * size, words, size, bold, colour)
