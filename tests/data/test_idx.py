"""The IDX reader against files that are right, wrong and hostile."""

import gzip
import struct
import tracemalloc
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnsim.data.idx import encode, fingerprint, read_images, read_labels
from cnnsim.errors import InputError

LABELS = np.array([7, 0, 9], np.uint8)
IMAGES = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(2, 28, 28)


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file-ubyte"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_reads_what_was_written_packed_or_not(tmp_path, pack):
    np.testing.assert_array_equal(read_images(written(tmp_path, pack(encode(IMAGES)))), IMAGES)
    np.testing.assert_array_equal(read_labels(written(tmp_path, pack(encode(LABELS)))), LABELS)


def test_header_is_the_documented_one():
    assert encode(IMAGES)[:16] == struct.pack(">4I", 2051, 2, 28, 28)
    assert encode(LABELS) == struct.pack(">2I", 2049, 3) + bytes([7, 0, 9])
    assert fingerprint(IMAGES[:, ::-1]) == sha256(encode(IMAGES[:, ::-1])).hexdigest()


def header(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cut short"),
        (header(2051)[:3], "cut short"),
        (header(2051, 2, 28), "ends inside its header, after 12 of 16"),
        (encode(IMAGES)[:-1], "announces 1568 bytes and holds 1567"),
        (encode(IMAGES) + b"\0", "too long"),
        (encode(LABELS), "holds labels .* where images"),
        (header(1234, 2, 28, 28), "starts with 1234"),
        (header(2051, 0, 28, 28), "announces 0 images"),
        (header(2051, 2**32 - 1, 28, 28), "announces 4294967295 images"),
        (header(2051, 1, 32, 28) + bytes(32 * 28), "32×28 pixels"),
        (header(2051, 1, 2**32 - 1, 2**32 - 1), "pixels"),
        (gzip.compress(encode(IMAGES), mtime=0)[:-9], "damaged"),
        (gzip.compress(encode(IMAGES), mtime=0)[:20], "damaged"),
        (b"\x1f\x8b nothing of the kind", "damaged"),
        (gzip.compress(encode(IMAGES), mtime=0) + b"rest", "damaged|too long"),
    ],
)
def test_wrong_images_are_refused_by_name(tmp_path, content, message):
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=message) as caught:
        read_images(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (encode(IMAGES), "holds images .* where labels"),
        (encode(np.array([1, 10], np.uint8)), "label 10 at position 1"),
        (header(2049, 5) + b"\1", "announces 5 bytes and holds 1"),
    ],
)
def test_wrong_labels_are_refused(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read_labels(written(tmp_path, content))


def test_a_flipped_bit_in_the_packing_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(encode(IMAGES), mtime=0))
    packed[-6] ^= 1  # the checksum
    with pytest.raises(InputError, match="damaged"):
        read_images(written(tmp_path, bytes(packed)))


def test_missing_file_and_folder_in_its_place(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_labels(tmp_path / "nothing")
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(tmp_path)


def test_a_lying_header_costs_no_memory(tmp_path):
    path = written(tmp_path, header(2051, 1_000_000, 28, 28) + bytes(100))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="cut short"):
            read_images(path)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_packed_flood_is_cut_off(tmp_path):
    flood = gzip.compress(header(2049, 10) + bytes(50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="too long"):
            read_labels(written(tmp_path, flood))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), cut=st.integers(0, 40), pack=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path, content, cut, pack):
    """Arbitrary bytes behind an intact, a cut or no header end in an array or in an InputError, nothing else."""
    for start in (header(2049, len(content)), header(2051, 1, 28, 28), b""):
        raw = (start + content)[: len(start) + len(content) - cut] if cut else start + content
        path = written(tmp_path, gzip.compress(raw, mtime=0) if pack else raw)
        for read in (read_images, read_labels):
            try:
                array = read(path)
            except InputError:
                continue
            assert array.dtype == np.uint8
            assert encode(array) == raw


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(st.integers(0, 9), min_size=1, max_size=50), position=st.integers(0), bit=st.integers(0, 7))
def test_one_flipped_bit_never_escapes_as_another_exception(tmp_path, labels, position, bit):
    packed = bytearray(gzip.compress(encode(np.array(labels, np.uint8))))
    packed[position % len(packed)] ^= 1 << bit
    try:
        array = read_labels(written(tmp_path, bytes(packed)))
    except InputError:
        return
    # Bits of gzip's own header (a time stamp, say) carry no data.
    assert array.tolist() == labels
