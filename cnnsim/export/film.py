"""From positions in a trace to the frames of an animation."""

from collections.abc import Callable, Iterator

from cnnsim.drawing import Drawing
from cnnsim.export.gif import GifFrame

_LAST_STANDS = 2500  # milliseconds, so that the result can be read before the loop begins again


def film(
    length: int, draw: Callable[[float], Drawing], *, moving_frames: int = 6, moving_ms: int = 40, resting_ms: int = 360
) -> Iterator[GifFrame]:
    """Yield every step at rest, with the motion to the next one in between.

    Parameters
    ----------
    length
        Number of steps.
    draw
        Draws a position.
    moving_frames
        Frames between two steps; 0 jumps.
    moving_ms, resting_ms
        How long each moving frame and each step stand, in milliseconds.

    Yields
    ------
    GifFrame
        In order; the last one stands longer, so that the result can be read.

    Examples
    --------
    >>> frames = list(film(2, lambda position: Drawing(10, 10, ()), moving_frames=1))
    >>> [frame.milliseconds for frame in frames]
    [360, 40, 2500]
    """
    for step in range(length - 1):
        yield GifFrame(draw(float(step)), resting_ms)
        for frame in range(1, moving_frames + 1):
            yield GifFrame(draw(step + frame / (moving_frames + 1)), moving_ms)
    yield GifFrame(draw(float(length - 1)), _LAST_STANDS)
