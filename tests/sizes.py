"""How much a test does: less where kernels run as plain Python, more where thoroughness is asked for."""

import os

from cnnsim.engine.compile import compiled

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "cnnsim" if compiled() else "without_jit")
EXAMPLES = {"cnnsim": 50, "without_jit": 6, "thorough": 2000}
"""Random examples of a hypothesis test, by profile."""


def sizes(normal, without_jit):
    """`normal`, or `without_jit` where kernels are not compiled and a multiplication takes a microsecond."""
    return normal if compiled() else without_jit


def share(examples):
    """As many examples as the profile says for a test that takes `examples` by default."""
    return max(2, examples * EXAMPLES[PROFILE] // EXAMPLES["cnnsim"])
