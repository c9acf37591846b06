"""How much a test does: less where kernels run as plain Python, more where thoroughness is asked for."""

import os

import pytest

from cnnsim.engine.compile import compiled

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "cnnsim" if compiled() else "without_jit")
slow_without_jit = pytest.mark.skipif(not compiled(), reason="takes minutes where kernels are not compiled")

EXAMPLES = {"cnnsim": 50, "without_jit": 6, "thorough": 2000}
"""Random examples of a hypothesis test, by profile."""


def sizes(normal, without_jit):
    """`normal`, or `without_jit` where kernels are not compiled and a multiplication takes a microsecond."""
    return normal if compiled() else without_jit


def share(examples):
    """As many examples as the profile says for a test that takes `examples` by default."""
    scaled = examples * EXAMPLES[PROFILE] // EXAMPLES["cnnsim"]
    return max(2, min(scaled, 2000) if PROFILE == "thorough" else scaled)
