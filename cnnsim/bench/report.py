"""What the times come to: medians, spreads, ratios and rates."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnsim.bench.job import Job
from cnnsim.bench.networks import operations


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds of one call in each round, and the value of the very first call."""

    seconds: tuple[float, ...]
    first: float

    @property
    def median(self) -> float:
        """Seconds of one call."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """Fastest and slowest round."""
        return min(self.seconds), max(self.seconds)


@dataclass(frozen=True, slots=True)
class Case:
    """One job as all sides did it.

    Parameters
    ----------
    job
        What they did.
    samples
        Seconds of each side, by its name.
    product_operations
        Floating-point operations of one matrix product.

    Examples
    --------
    >>> samples = {"cnnsim": Samples((0.1, 0.2), 2.3), "torch": Samples((0.4, 0.6), 2.3)}
    >>> Case(Job("train", "lenet5", 64, 2), samples, 10**9).ratio
    3.5
    """

    job: Job
    samples: Mapping[str, Samples]
    product_operations: int

    @property
    def ratio(self) -> float | None:
        """How many times faster than PyTorch: the median over the rounds, each of which compares neighbours in time."""
        return self._times_faster("torch") if "torch" in self.samples else None

    @property
    def ratio_of_fastest(self) -> float | None:
        """As `ratio`, of the fastest round of each: what is left where other programs disturb most rounds."""
        if "torch" not in self.samples:
            return None
        return self.samples["torch"].spread[0] / self.samples["cnnsim"].spread[0]

    @property
    def operations(self) -> int:
        """Of one call."""
        return self.job.batch_size * operations(self.job.network, training=self.job.work == "train")

    def gflops(self, side: str) -> float:
        """Billions of floating-point operations per second."""
        count = self.product_operations if side == "product" else self.operations
        return count / self.samples[side].median / 1e9

    @property
    def share(self) -> float | None:
        """Of the rate of a plain matrix product: the median over the rounds."""
        if "product" not in self.samples:
            return None
        return self.operations / self.product_operations * self._times_faster("product")

    def _times_faster(self, side: str) -> float:
        pairs = zip(self.samples[side].seconds, self.samples["cnnsim"].seconds, strict=True)
        return statistics.median(theirs / own for theirs, own in pairs)


def as_record(case: Case) -> dict[str, Any]:
    """What ``--json`` prints of a case.

    Parameters
    ----------
    case
        What was measured.

    Returns
    -------
    dict
        Texts, numbers and lists.

    Examples
    --------
    >>> record = as_record(Case(Job("train", "lenet5", 64, 2), {"cnnsim": Samples((0.25, 0.5), 2.3)}, 10**9))
    >>> record["work"], record["sides"]["cnnsim"]["rounds"], record["ratio"]
    ('train', [0.25, 0.5], None)
    """
    job = case.job
    sides = {
        side: {
            "seconds_per_call": samples.median,
            "fastest": samples.spread[0],
            "slowest": samples.spread[1],
            "rounds": list(samples.seconds),
            "gflops": case.gflops(side),
        }
        | ({} if side == "product" else {"images_per_second": job.batch_size / samples.median, "first": samples.first})
        for side, samples in case.samples.items()
    }
    shared = {"work": job.work, "network": job.network, "batch_size": job.batch_size, "threads": job.threads}
    return shared | {
        "sides": sides,
        "ratio": case.ratio,
        "ratio_of_fastest": case.ratio_of_fastest,
        "share_of_product": case.share,
    }


def as_text(case: Case) -> str:
    """Write a table of the sides, and the ratio below.

    Parameters
    ----------
    case
        What was measured.

    Returns
    -------
    str
        Several lines.

    Examples
    --------
    >>> samples = {"cnnsim": Samples((0.1,), 2.25), "torch": Samples((0.4,), 2.5)}
    >>> print(as_text(Case(Job("train", "lenet5", 64, 2), samples, 10**9)).splitlines()[-2].strip())
    4.00 times as fast as PyTorch; 4.00 times in the fastest rounds
    """
    job = case.job
    lines = [f"{job.work}: {job.network}, float32, batch {job.batch_size}, {_threads(job.threads)}"]
    lines += [_row(case, side) for side in case.samples]
    if case.ratio is not None:
        fastest, difference = case.ratio_of_fastest, _difference(case)
        lines.append(f"  {case.ratio:.2f} times as fast as PyTorch; {fastest:.2f} times in the fastest rounds")
        lines.append(f"  first results differ by {difference:.1e}")
    if case.share is not None:
        lines.append(f"  {case.share:.0%} of the rate of a plain matrix product")
    return "\n".join(lines)


def _threads(n: int) -> str:
    return f"{n} thread" if n == 1 else f"{n} threads"


def _difference(case: Case) -> float:
    return abs(case.samples["cnnsim"].first - case.samples["torch"].first)


def _row(case: Case, side: str) -> str:
    samples = case.samples[side]
    low, high = samples.spread
    rate = "" if side == "product" else f"{case.job.batch_size / samples.median:>11,.0f} images/s"
    span = f"{_time(samples.median)} ({_time(low)} to {_time(high)})"
    return f"  {side:8}{span:36}{case.gflops(side):8.1f} GFLOP/s{rate}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds / 1e-9:.4g} ns"
