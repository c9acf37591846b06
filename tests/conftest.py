"""What all tests share: settings of hypothesis, and the real MNIST where there is one."""

import os
from pathlib import Path

import pytest
import sizes
from hypothesis import settings

# A first call may compile for seconds, so no deadline; the same examples every time, so that a failure can be repeated.
for name, examples in sizes.EXAMPLES.items():
    settings.register_profile(name, deadline=None, derandomize=True, max_examples=examples)
settings.load_profile(sizes.PROFILE)


@pytest.fixture(scope="session")
def mnist():
    """The real MNIST from the folder named by CNNSIM_MNIST."""
    from cnnsim.data import read_folder

    folder = os.environ.get("CNNSIM_MNIST")
    if not folder:
        pytest.skip("set CNNSIM_MNIST to a folder with the four files of MNIST")
    return read_folder(Path(folder))
