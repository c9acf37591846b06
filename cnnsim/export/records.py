"""A trace as one plain record that JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cnnsim.trace import ConvolutionStep, ConvolutionTrace, GrainView, PoolingStep, PoolingTrace


def trace_record(
    scene: str, options: Mapping[str, Any], steps: GrainView[ConvolutionStep] | GrainView[PoolingStep]
) -> dict[str, Any]:
    """Return the options, input, kernel, output and steps of a trace.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> record = trace_record("convolution", {"stride": 1}, steps)
    >>> record["output"]
    [[4.0, 3.0, 4.0], [2.0, 4.0, 3.0], [2.0, 3.0, 4.0]]
    """
    trace = steps.trace
    assert isinstance(trace, ConvolutionTrace | PoolingTrace)
    return {
        "scene": scene,
        "options": dict(options),
        "input": trace.x.tolist(),
        "kernel": trace.w.tolist() if isinstance(trace, ConvolutionTrace) else None,
        "output": trace.output.tolist(),
        "steps": [asdict(steps[index]) for index in range(len(steps))],
    }
