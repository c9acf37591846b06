"""One thing has one name on all pages and on the command line."""

import pytest

from cnnsim.operations import OPERATIONS, options_of
from cnnsim.operations.options import Numbers

STANDARD = {
    "filters": ("Output channels", "Output channels: "),
    "channels": ("Channels", ""),
    "kernel_size": ("Kernel size", ""),
    "input_size": ("Size", "Rows and columns of "),
    "stride": ("Stride", "Cells from one "),
    "dilation": ("Dilation", ""),
    "groups": ("Groups", "Parts of the "),
    "bias": ("Bias", "Number"),
    "seed": ("Seed", "Draws "),
}
"""Title and beginning of the tip of an option, by the name of its field."""


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_options_have_their_standard_titles(operation):
    options = options_of(operation.start)
    for name, (title, tip) in STANDARD.items():
        if name in options and not (operation.name == "batch-norm" and name == "bias"):  # β of the page
            assert (options[name].title, options[name].tip[: len(tip)]) == (title, tip)
    if {"channels", "filters"} <= set(options):
        assert options["channels"].tip.startswith("Input channels: ")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_title_says_which_numbers_they_are(operation):
    kinds = {option.title for option in options_of(operation.start).values() if isinstance(option.kind, Numbers)}
    assert not kinds & {"Maps", "Filters", "Kernels", "Outputs"}


def test_what_is_typed_stays():
    flags = {operation.name: set(options_of(operation.start)) for operation in OPERATIONS}
    for name in ("convolution", "convolution-1d", "transposed-convolution", "tiny-network", "counts"):
        assert "filters" in flags[name], "scenes that were saved and command lines name it"
