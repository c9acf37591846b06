"""A trace as one plain record that JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cnnsim.trace import ConvolutionStep, ConvolutionTrace, GrainView, PoolingStep, PoolingTrace

if TYPE_CHECKING:  # at run time it would load the engine, which a drawing does not need
    from cnnsim.trace.training import TrainingStep, TrainingTrace


def trace_record(
    scene: str, options: Mapping[str, Any], steps: GrainView[ConvolutionStep] | GrainView[PoolingStep]
) -> dict[str, Any]:
    """Return the options, input, kernel (None if there is none), output and steps of a trace.

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


def training_record(options: Mapping[str, Any], trace: "TrainingTrace") -> dict[str, Any]:
    """Return the sample as input, the first layer's kernels, the final probabilities as output, and the moments."""
    last = trace[-1]
    return {
        "scene": "training",
        "options": dict(options),
        "input": last.sample.image.tolist(),
        "kernel": last.snapshot.parameters["conv1.weight"].tolist(),
        "output": last.response.probabilities.tolist(),
        "steps": [_moment(step) for step in trace.steps],
    }


def _moment(step: "TrainingStep") -> dict[str, Any]:
    snapshot = step.snapshot
    return {
        "epoch": snapshot.epoch,
        "batch": snapshot.batch,
        "images_seen": snapshot.images_seen,
        "loss": snapshot.loss,
        "accuracy": snapshot.accuracy,
        "test_loss": snapshot.test_loss,
        "test_accuracy": snapshot.test_accuracy,
        "kernel": snapshot.parameters["conv1.weight"].tolist(),
        "probabilities": step.response.probabilities.tolist(),
    }
