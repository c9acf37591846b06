"""The ONNX project's own backend tests, every one of them: it passes, or it is refused for a reason that stands here.

The cases come with the library: those of single operators are made when its modules are imported, the others are files
in it, so nothing is downloaded.
"""

import re
import unittest
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.backend.base import Backend, BackendRep
from sizes import slow_without_jit

from cnnsim.engine.compile import compiled
from cnnsim.errors import InputError
from cnnsim.exchange import from_onnx, load_onnx

NOT_OURS = "operators"
"""How the message begins if a model uses operators that are not built in."""

REFUSED = (
    (
        r"3d",
        "has neither one nor two axes behind the channels",
        "the engine slides over signals and images, not volumes",
    ),
    (
        r"^test_training_dropout(_default)?(_mask)?$",
        "asks for random numbers",
        "the numbers dropped are those of NumPy's legacy generator",
    ),
    (r"^test_identity_(sequence|opt)$", "is no tensor", "networks take arrays, not lists of them or perhaps one"),
)
"""Cases whose operators are built in, and that are refused all the same: names, what the message says, and why."""

LARGE = {
    "test_vgg19": "its weights take 570 MB",
    "test_zfnet512": "its weights take 350 MB",
}
"""Real networks left out of the suite."""

LEAST = {"Node": 170, "PyTorchConverted": 53, "PyTorchOperator": 16, "Simple": 1}
"""So many cases of each kind pass, whatever the version of the library; with 1.23 it is 192 of Node."""


class Prepared(BackendRep):
    def __init__(self, model):
        self.model = model

    def run(self, inputs, **options):
        return tuple(self.model.run(dict(zip(self.model.inputs, inputs, strict=True))).values())


class Ours(Backend):
    @classmethod
    def prepare(cls, model, device="CPU", **options):
        return Prepared(from_onnx(model))

    @classmethod
    def supports_device(cls, device):
        return device == "CPU"


@pytest.fixture(scope="module")
def cases():
    """Test cases by kind; making them overflows here and there, which is their authors' affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test import BackendTest

        return {
            name.removeprefix("OnnxBackend").removesuffix("ModelTest"): case
            for name, case in BackendTest(Ours, __name__).test_cases.items()
        }


def names_of(case):
    """Names on the one device there is."""
    return [name for name in unittest.defaultTestLoader.getTestCaseNames(case) if name.endswith("_cpu")]


def verdict(case, name):
    """Empty if it passes, NOT_OURS if operators are missing, otherwise what the refusal says."""
    try:
        getattr(case(name), name)()
    except InputError as error:
        return NOT_OURS if error.argument == NOT_OURS else str(error)
    except unittest.SkipTest as reason:
        return f"skipped: {reason}"
    return ""


def expected(name):
    """What a refusal of this case must say; None if it must pass."""
    return next((words for pattern, words, _ in REFUSED if re.search(pattern, name.removesuffix("_cpu"), re.I)), None)


@slow_without_jit
@pytest.mark.parametrize("kind", LEAST)
def test_every_case_passes_or_is_refused_for_a_known_reason(cases, kind):
    verdicts = {name: verdict(cases[kind], name) for name in names_of(cases[kind])}
    ours = {name: said for name, said in verdicts.items() if said != NOT_OURS}
    surprises = {
        name: said for name, said in ours.items() if said and (expected(name) is None or expected(name) not in said)
    }
    count = Counter(
        "passed" if not said else "not ours" if said == NOT_OURS else "refused" for said in verdicts.values()
    )
    print(f"{kind}: {dict(count)} of {len(verdicts)}")
    assert not surprises
    assert count["passed"] >= LEAST[kind]


def test_no_reason_is_out_of_use(cases):
    names = [name.removesuffix("_cpu") for kind in LEAST for name in names_of(cases[kind])]
    for pattern, *_ in REFUSED:
        assert any(re.search(pattern, name, re.I) for name in names), pattern


def test_every_kind_of_case_is_looked_at(cases):
    assert set(cases) == {*LEAST, "Real"}


@slow_without_jit
@pytest.mark.skipif(not compiled(), reason="NUMBA_DISABLE_JIT: nothing is compiled, and a DenseNet takes hours")
def test_real_networks(cases):
    """Well-known networks with constant weights: their structure counts, and that everything fits together."""
    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    names = {name.removesuffix("_cpu") for name in names_of(cases["Real"])}
    assert names >= LARGE.keys()
    for name in sorted(names - LARGE.keys()):
        path = folder / f"light_{name.removeprefix('test_')}.onnx"
        model = load_onnx(path)
        (shape,) = model.inputs.values()
        x = (np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)).astype(np.float32)
        tensor = onnx.TensorProto.FromString(path.with_name(f"{path.stem}_output_0.pb").read_bytes())
        np.testing.assert_allclose(model(x), numpy_helper.to_array(tensor), rtol=1e-3, atol=1e-7)
