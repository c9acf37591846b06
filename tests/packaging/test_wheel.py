"""A wheel built from the checkout, installed elsewhere, works without the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from cnnsim.data import synthetic_dataset

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    done = subprocess.run([*pip, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def run(installed: Path, *arguments: str) -> str:
    """Output of this Python run in the root folder with the installed copy before everything else."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", *arguments], cwd="/", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_in_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assets = {f"cnnsim/assets/{path.relative_to(ROOT / 'assets')}" for path in (ROOT / "assets").rglob("*.*")}
    assert assets <= set(names)
    assert "cnnsim/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/", "scripts/"))]


def test_every_asset_is_found_in_the_installed_copy(installed):
    code = (
        "import cnnsim, sys; from cnnsim.assets_path import asset; "
        "print(cnnsim.__file__); print(asset('fonts/cnnsim-sans-regular.ttf').is_file()); "
        "print(asset('fonts').resolve()); print({'PySide6', 'numba'} & set(sys.modules))"
    )
    where, found, folder, heavy = run(installed, "-c", code).splitlines()
    assert Path(where).is_relative_to(installed)
    assert found == "True"
    assert Path(folder).is_relative_to(installed)
    assert heavy == "set()"


def test_the_installed_copy_predicts_with_its_own_weights(installed, tmp_path):
    data = synthetic_dataset(10, 1, seed=2)
    for image, label in zip(data.train_images, data.train_labels, strict=True):
        Image.fromarray(255 - image).save(tmp_path / f"{label}.png")
    pictures = [str(tmp_path / f"{digit}.png") for digit in range(10)]
    report = json.loads(run(installed, "-m", "cnnsim", "predict", "--json", *pictures))
    assert report["weights"] == "shipped"
    assert sum(entry["digit"] == digit for digit, entry in enumerate(report["images"])) >= 9


def test_the_command_runs(installed):
    assert run(installed, "-m", "cnnsim", "--version").startswith("cnnsim ")
    assert "verify" in run(installed, "-m", "cnnsim", "data", "--help")
