"""A folder of four files: names, consistency, and whether it is MNIST."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from cnnsim.data import load, read_folder, verify
from cnnsim.data.idx import encode
from cnnsim.data.mnist import FILES
from cnnsim.errors import InputError


def digits(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8)


def write_set(folder: Path, *, dotted: bool = False, pack: bool = False, lengths=(6, 6, 4, 4)) -> None:
    arrays = (digits(lengths[0])[0], digits(lengths[1])[1], digits(lengths[2], 1)[0], digits(lengths[3], 1)[1])
    for file, array in zip(FILES, arrays, strict=True):
        name = file.name.replace("-idx", ".idx") if dotted else file.name
        content = encode(array)
        path = folder / (name + (".gz" if pack else ""))
        path.write_bytes(gzip.compress(content) if pack else content)


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("pack", [False, True])
def test_reads_every_usual_name(tmp_path, dotted, pack):
    write_set(tmp_path, dotted=dotted, pack=pack)
    found = read_folder(tmp_path)
    np.testing.assert_array_equal(found.train_images, digits(6)[0])
    np.testing.assert_array_equal(found.test_labels, digits(4, 1)[1])


def test_another_set_of_the_same_form_is_accepted_and_not_called_mnist(tmp_path):
    write_set(tmp_path)
    found = load(str(tmp_path))
    assert found.name == "custom"
    assert not found.synthetic
    assert "not MNIST" in found.source
    assert {check.problem for check in verify(tmp_path)} == {"is well formed, but not the file of MNIST"}


@pytest.mark.parametrize("lengths", [(6, 5, 4, 4), (6, 6, 4, 9)])
def test_images_and_labels_of_different_length(tmp_path, lengths):
    write_set(tmp_path, lengths=lengths)
    with pytest.raises(InputError, match=r"inconsistent: .* images, .* labels"):
        read_folder(tmp_path)


@pytest.mark.parametrize("missing", range(4))
def test_a_missing_file_is_named(tmp_path, missing):
    write_set(tmp_path)
    (tmp_path / FILES[missing].name).unlink()
    with pytest.raises(InputError, match=f"holds no {FILES[missing].name}"):
        read_folder(tmp_path)
    assert verify(tmp_path)[missing].problem == "is missing"


def test_swapped_files_are_told_apart(tmp_path):
    write_set(tmp_path)
    images, labels = tmp_path / FILES[0].name, tmp_path / FILES[1].name
    images.rename(tmp_path / "x")
    labels.rename(images)
    (tmp_path / "x").rename(labels)
    with pytest.raises(InputError, match=r"holds labels \(magic number 2049\) where images"):
        read_folder(tmp_path)
    assert "where images" in verify(tmp_path)[0].problem


def test_folder_that_is_none(tmp_path):
    for call in (read_folder, verify):
        with pytest.raises(InputError, match="is not a folder"):
            call(tmp_path / "nowhere")


def test_the_real_one():
    if "CNNSIM_MNIST" not in os.environ:
        pytest.skip("CNNSIM_MNIST names no folder with the real MNIST")
    folder = Path(os.environ["CNNSIM_MNIST"])
    found = load(folder)
    assert found.name == "mnist"
    assert found.train_images.shape == (60_000, 28, 28)
    assert found.test_labels.shape == (10_000,)
    assert found.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert [check.problem for check in verify(folder)] == [None] * 4
