"""Drawings as files, without a window: PNG, GIF, SVG, and traces as JSON."""

from cnnsim.export.film import film
from cnnsim.export.gif import GifFrame, save_gif
from cnnsim.export.raster import rasterize, save_png
from cnnsim.export.records import trace_record, training_record
from cnnsim.export.svg import save_svg, to_svg

__all__ = [
    "GifFrame",
    "film",
    "rasterize",
    "save_gif",
    "save_png",
    "save_svg",
    "to_svg",
    "trace_record",
    "training_record",
]
