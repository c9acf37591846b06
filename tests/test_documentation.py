"""Every public function and class of the engine says what goes in, what comes out, what is refused, and shows it."""

import importlib
import inspect
import re

import pytest

ROOMS = ["functional", "nn", "optim", "schedules", "models", "data", "train", "trace", "analysis", "weights"]
ROOMS += ["checkpoint", "gallery", "exchange", "export", "files", "bench", "errors", "warmup", "assets_path"]


def members():
    for room in ROOMS:
        module = importlib.import_module(f"cnnsim.{room}")
        own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        for name in getattr(module, "__all__", own):
            value = getattr(module, name)
            if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value)):
                yield pytest.param(value, id=f"{room}.{name}")


MEMBERS = list(members())
CLASSES = [member for member in MEMBERS if inspect.isclass(member.values[0])]
FUNCTIONS = [member for member in MEMBERS if inspect.isfunction(member.values[0])]


def sections(value):
    return set(re.findall(r"^ *(\w+)\n *-{3,}$", value.__doc__ or "", re.MULTILINE))


def unnamed(value):
    """Parameters that the text does not describe."""
    names = inspect.signature(value).parameters
    return [name for name in names if not re.search(rf"^ *([\w, ]+, )?{name}(,| |$)", value.__doc__, re.MULTILINE)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_say_it_all(function):
    signature, found = inspect.signature(function), sections(function)
    assert ">>>" in function.__doc__
    assert "Examples" in found
    if signature.parameters:
        assert "Parameters" in found
        assert not unnamed(function)
    if signature.return_annotation not in (None, "None"):
        assert found & {"Returns", "Yields"}
    if "raise InputError" in inspect.getsource(function):
        assert "Raises" in found


@pytest.mark.parametrize("function", [member for member in FUNCTIONS if member.id.startswith("functional.")])
def test_operations_name_shapes_dtypes_errors_and_their_source(function):
    found = sections(function)
    assert "Raises" in found
    assert re.search(r"\([A-Zkroc][^)]*\)|shape", function.__doc__)
    if not function.__name__.endswith("_backward"):
        assert "References" in found
        assert re.search("float32|float64", function.__doc__)


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_are_described(kind):
    assert len(kind.__doc__.splitlines()[0]) > 20
    assert not kind.__doc__.startswith(f"{kind.__name__}(")  # what a dataclass makes up


def is_protocol(kind):
    """Whether a class says what others are, and nothing can be made of it."""
    return getattr(kind, "_is_protocol", False)


@pytest.mark.parametrize(
    "kind", [member for member in CLASSES if not (is_protocol(member.values[0]) or member.id.startswith("trace."))]
)
def test_classes_say_what_they_are_made_of(kind):
    found = sections(kind)
    assert ">>>" in kind.__doc__
    assert "Examples" in found
    assert not inspect.signature(kind).parameters or "Parameters" in found
    assert not unnamed(kind)
    making = vars(kind).get("__post_init__")
    if making is not None and "InputError" in inspect.getsource(making):
        assert "Raises" in found


@pytest.mark.parametrize("kind", CLASSES)
def test_what_a_class_can_do_is_described(kind):
    for name, value in vars(kind).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if not name.startswith("_") and inspect.isfunction(function):
            assert function.__doc__, name
