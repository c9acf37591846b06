"""How fast the engine is: beside PyTorch, and beside a plain matrix product of the same machine.

Every side runs in a process of its own, so that their threads do not disturb each other, and the sides take turns, so
that whatever else the machine does meets all of them.
"""

from cnnsim.bench.job import SIDES, Job
from cnnsim.bench.report import Case, as_record, as_text
from cnnsim.bench.turns import compare

__all__ = ["SIDES", "Case", "Job", "as_record", "as_text", "compare"]
