"""How fast pictures are: a frame at 64×64 cells, any step of a very long trace, and the start of the program."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace import CellwiseTrace, Convolution, convolution

FRAME_TARGET, STEP_TARGET, START_TARGET = 0.008, 0.001, 1.5  # seconds
_FRAMES_PER_ROUND = 20
_STEPS_PER_ROUND = 200


@dataclass(frozen=True, slots=True)
class Steps:
    """Seconds of a random step of a trace of so many steps, and how many bytes stepping needed beside the arrays."""

    length: int
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class SceneTimes:
    """Median seconds of a frame by what is shown, of a step, and of the start until the first page is a picture."""

    frames: dict[str, float]
    steps: Steps
    start: float


def scene_times(rounds: int) -> SceneTimes:
    """Measure everything; frames and starts in processes of their own, without a screen.

    Raises
    ------
    InputError
        If Qt cannot be loaded.
    """
    return SceneTimes(_frames(rounds), random_steps(long_trace(), rounds), _start(rounds))


def as_text(times: SceneTimes) -> str:
    """Write the medians beside what is aimed at."""
    frames = [
        _row(f"frame, 64×64 cells: {name}", seconds, FRAME_TARGET, "ms") for name, seconds in times.frames.items()
    ]
    steps = times.steps
    what = f"trace[i] of {steps.length:,} steps"
    peak = f"  {'memory for that':40}{steps.peak_bytes / 1000:8.1f} kB"
    start = _row("start, until the first page is saved", times.start, START_TARGET, "s")
    return "\n".join([*frames, _row(what, steps.seconds, STEP_TARGET, "ms"), peak, start])


def long_trace() -> CellwiseTrace[Convolution]:
    """Return a trace of more than 10⁸ steps."""
    rng = np.random.default_rng(0)
    return convolution(rng.normal(size=(256, 256)), rng.normal(size=(8, 1, 16, 16)))


def random_steps(trace: CellwiseTrace[Convolution], rounds: int) -> Steps:
    """Measure steps of a trace at random places.

    Examples
    --------
    >>> random_steps(convolution([[1, 2], [3, 4]], [[1]]), 1).length
    12
    """
    places = np.random.default_rng(1).integers(len(trace), size=rounds * _STEPS_PER_ROUND).tolist()
    seconds = []
    for place in places:
        start = time.perf_counter()
        trace[place]
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    for place in places[:_STEPS_PER_ROUND]:
        trace[place]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Steps(len(trace), statistics.median(seconds), peak)


def _frames(rounds: int) -> dict[str, float]:
    answer = _run(["-m", "cnnsim.app.frame_times", str(rounds * _FRAMES_PER_ROUND)])
    return {name: statistics.median(seconds) for name, seconds in json.loads(answer).items()}


def _start(rounds: int) -> float:
    """Start the program until it has saved its first page, once more than is counted: the first one warms the disk."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "page.png"
        keeping = _keeping_bytecode(Path(folder))
        seconds = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            _run(["-m", "cnnsim", "--screenshot", str(picture), "--size", "1920x1080"], keeping)
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def _keeping_bytecode(folder: Path) -> dict[str, str]:
    """Where Python is told to keep no compiled modules, let it keep them in `folder`: a warm start compiles nothing."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)} if sys.dont_write_bytecode else {}


def _run(command: Sequence[str], variables: Mapping[str, str] = MappingProxyType({})) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", **variables}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError("Qt", last, "stopped the measurement", "run cnnsim doctor, which names what is missing")
    return done.stdout


def _row(what: str, seconds: float, target: float, unit: str) -> str:
    scale = {"ms": 1000, "s": 1}[unit]
    return f"  {what:40}{seconds * scale:8.2f} {unit:3} (aim: {target * scale:g} {unit})"
