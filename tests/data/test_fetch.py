"""Downloading from mirrors on this machine, and what `load` does without any."""

import gzip
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from cnnsim import data
from cnnsim.data.idx import encode, fingerprint
from cnnsim.data.mnist import MnistFile
from cnnsim.errors import InputError

NOWHERE = "http://127.0.0.1:9/"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mnist"


@pytest.fixture
def offline(cache, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def small_set(monkeypatch):
    """Four small files in MNIST's place, so that a test need not carry 11 megabytes."""
    arrays = {}
    rng = np.random.default_rng(0)
    for name in (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ):
        array = rng.integers(0, 256, (5, 28, 28)) if "images" in name else rng.integers(0, 10, 5)
        arrays[name] = array.astype(np.uint8)
    files = tuple(MnistFile(name, fingerprint(array)) for name, array in arrays.items())
    monkeypatch.setattr("cnnsim.data.mnist.FILES", files)
    monkeypatch.setattr("cnnsim.data.download.FILES", files)
    return arrays


@pytest.fixture
def serve(tmp_path):
    """Serve a folder over HTTP; returns (address, folder)."""
    servers = []

    def start(name: str):
        folder = tmp_path / name
        folder.mkdir()
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/", folder

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def fill(folder, arrays, level=9):
    for name, array in arrays.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(encode(array), level))


def test_mirrors_are_tried_in_turn_and_progress_is_told(cache, small_set, serve):
    good, folder = serve("good")
    fill(folder, small_set, level=1)  # packed by somebody else
    told = []
    found = data.fetch(lambda *state: told.append(state), mirrors=(NOWHERE, good))
    assert found == cache
    assert data.is_cached()
    assert {name for name, _, _ in told} == {f"{name}.gz" for name in small_set}
    assert all(0 < done <= total for _, done, total in told)
    assert sorted(path.name for path in cache.iterdir()) == sorted(f"{name}.gz" for name in small_set)


def test_what_is_there_is_not_fetched_again(cache, small_set, serve):
    good, folder = serve("good")
    fill(folder, small_set)
    data.fetch(mirrors=(good,))
    data.fetch(mirrors=(NOWHERE,))
    assert data.is_cached()


def test_a_wrong_file_is_refused_and_the_next_mirror_asked(cache, small_set, serve):
    bad, bad_folder = serve("bad")
    fill(bad_folder, {name: array[::-1] for name, array in small_set.items()})
    good, folder = serve("good")
    with pytest.raises(InputError, match="is not the file of MNIST"):
        data.fetch(mirrors=(bad,))
    assert list(cache.iterdir()) == []
    fill(folder, small_set)
    data.fetch(mirrors=(bad, good))
    assert data.is_cached()


def test_a_damaged_copy_is_replaced_under_whatever_name(cache, small_set, serve):
    good, folder = serve("good")
    fill(folder, small_set)
    data.fetch(mirrors=(good,))
    (cache / "train-images-idx3-ubyte").write_bytes(b"damaged")
    assert not data.is_cached()
    data.fetch(mirrors=(good,))
    assert data.is_cached()


def test_missing_on_the_mirror_and_no_network(cache, small_set, serve):
    empty, _ = serve("empty")
    with pytest.raises(InputError, match=r"404.*could not be reached.*--data synthetic"):
        data.fetch(mirrors=(empty, NOWHERE))


def test_a_cache_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path / "file"))
    with pytest.raises(InputError, match="CNNSIM_CACHE"):
        data.fetch(mirrors=(NOWHERE,))


def test_auto_prefers_folder_then_cache_then_download_then_synthetic(cache, small_set, serve, tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    good, folder = serve("good")
    fill(folder, small_set)
    monkeypatch.setattr("cnnsim.data.sources.fetch", lambda progress: data.fetch(progress, mirrors=(good,)))
    assert data.load("auto").source == "MNIST, just downloaded"
    assert data.load("auto").source == "MNIST, from the cache"
    assert data.load("mnist").source == "MNIST, from the cache"
    assert data.load("auto", folder=folder).source == f"MNIST, read from {folder}"


def test_auto_without_network_draws_its_own_and_says_so(offline):
    found = data.load("auto", seed=3)
    assert found.synthetic
    assert "not MNIST" in found.source
    assert "could not be downloaded" in found.source
    np.testing.assert_array_equal(found.test_images, data.load("synthetic", seed=3).test_images)


def test_mnist_without_network_is_refused(offline):
    with pytest.raises(InputError, match="download="):
        data.load("mnist")


@pytest.mark.parametrize("which", ["minst", "no/such/folder", __file__])
def test_unknown_names(which, cache):
    with pytest.raises(InputError, match="data="):
        data.load(which)


def test_a_named_folder_is_never_replaced_by_something_else(cache, tmp_path):
    with pytest.raises(InputError, match="holds no train-images"):
        data.load("auto", folder=tmp_path)


@pytest.mark.parametrize("n", [0, -3])
def test_limit_must_keep_something(n):
    with pytest.raises(InputError, match=f"limit={n}"):
        data.synthetic_dataset(10, 10).limited(n)
    assert len(data.synthetic_dataset(10, 10).limited(99).train_images) == 10
