"""Drawings as files, without a window: PNG, GIF, SVG, and traces as JSON."""

from cnnsim.export.gif import save_gif
from cnnsim.export.raster import rasterize, save_png
from cnnsim.export.records import trace_record
from cnnsim.export.svg import save_svg, to_svg

__all__ = ["rasterize", "save_gif", "save_png", "save_svg", "to_svg", "trace_record"]
