"""Weights files: all or nothing when written, and no trust in what is read."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnsim.errors import InputError
from cnnsim.weights import load_weights, save_weights

STATE = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.zeros(0), "c": np.float64(3).reshape(())}


def test_there_and_back(tmp_path):
    path = tmp_path / "w.safetensors"
    save_weights(path, STATE, {"epochs": "3", "name": "größer"})
    state, metadata = load_weights(path)
    assert metadata == {"epochs": "3", "name": "größer"}
    assert state.keys() == STATE.keys()
    for name, array in STATE.items():
        np.testing.assert_array_equal(state[name], array)
        assert (state[name].dtype, state[name].shape) == (array.dtype, array.shape)


def test_transposed_arrays_are_not_scrambled(tmp_path):
    save_weights(tmp_path / "w.safetensors", {"t": STATE["a"].T, "s": STATE["a"][:, ::2]})
    state, _ = load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(state["t"], STATE["a"].T)
    np.testing.assert_array_equal(state["s"], STATE["a"][:, ::2])


def test_a_missing_folder_is_told_and_nothing_is_left(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        save_weights(tmp_path / "no" / "w.safetensors", STATE)
    with pytest.raises(InputError, match="is not a file"):
        load_weights(tmp_path / "no.safetensors")
    assert list(tmp_path.iterdir()) == []


def good_bytes(tmp_path):
    save_weights(tmp_path / "good.safetensors", STATE, {"epochs": "3"})
    return (tmp_path / "good.safetensors").read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.data())
def test_damaged_files_are_read_or_refused_but_never_crash(tmp_path, data):
    content = bytearray(good_bytes(tmp_path))
    match data.draw(st.sampled_from(["cut", "flip", "insert", "other"])):
        case "cut":
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        case "flip":
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        case "insert":
            content[3:3] = data.draw(st.binary(min_size=1, max_size=9))
        case "other":
            content[:] = data.draw(st.binary(max_size=40))
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    try:
        state, metadata = load_weights(path)
    except InputError as error:
        assert "damaged" in str(error)
    else:
        assert all(isinstance(array, np.ndarray) for array in state.values())
        assert all(isinstance(text, str) for text in metadata.values())


def test_a_type_that_numpy_lacks_is_refused(tmp_path):
    header = json.dumps({"w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(InputError, match=r"weights=.* holds numbers of a type that NumPy lacks"):
        load_weights(path)
