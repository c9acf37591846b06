"""What the tools say of the whole project: layers, types, style, examples, and a light import."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cnnsim

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(cnnsim.__path__, "cnnsim.", onerror=lambda name: None)
    if not module.name.startswith(("cnnsim.app", "cnnsim.__main__"))
)


def check(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lower_rooms_never_import_upper_ones():
    check(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


def test_the_guide_shows_the_layers_as_they_are_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer.replace("cnnsim.", "") for layer in contracts[0]["layers"]]
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    positions = [guide.find(f"\n{layer}") for layer in layers]
    assert -1 not in positions, layers[positions.index(-1)]
    assert positions == sorted(positions)


def test_types():
    check(sys.executable, "-m", "mypy")


def test_style():
    check(sys.executable, "-m", "ruff", "check")
    check(sys.executable, "-m", "ruff", "format", "--check")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


@pytest.mark.parametrize("statement", ["import cnnsim", "import cnnsim.cli", "import cnnsim.data"])
def test_imports_stay_light(statement):
    """A library user needs neither a window system nor a compiler; the command line answers at once."""
    heavy = {"PySide6", "pyqtgraph", "numba", "requests"} | ({"numpy"} if statement == "import cnnsim" else set())
    code = f"{statement}; import sys; sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)"
    check(sys.executable, "-W", "error", "-c", code)
