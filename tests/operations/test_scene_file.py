import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tomli_w

from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS, Source, operation_named, sources_of, with_array, with_cell
from cnnsim.operations.scene_file import Scene, load_scene, save_scene, scene_from


def saved(tmp_path: Path, scene: Scene) -> dict:
    save_scene(scene, tmp_path / "scene.toml")
    return tomllib.loads((tmp_path / "scene.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_example_of_every_operation_comes_back(tmp_path, operation):
    for settings in (operation.start, *(preset.settings for preset in operation.presets)):
        scene = Scene(operation.name, settings, operation.grains[-1].key, 0, (1, 3))
        save_scene(scene, tmp_path / "scene.toml")
        assert load_scene(tmp_path / "scene.toml", OPERATIONS) == scene


def test_changed_cells_and_sizes_come_back(tmp_path):
    settings = with_array(operation_named("convolution").start, "input", np.arange(12.0).reshape(3, 4))
    settings = with_cell(replace(settings, kernel_size=(2, 2)), "kernel", (0, 0, 1, 0), 1 / 3)
    scene = Scene("convolution", settings, "cell", 2)
    save_scene(scene, tmp_path / "scene.toml")
    again = load_scene(tmp_path / "scene.toml", OPERATIONS)
    np.testing.assert_array_equal(again.settings.trace().output, settings.trace().output)
    assert again == scene


def test_nothing_half_written_is_left_where_it_cannot_be_saved(tmp_path):
    scene = Scene("convolution", operation_named("convolution").start, "cell")
    with pytest.raises(FileNotFoundError):
        save_scene(scene, tmp_path / "none" / "scene.toml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "version=2 is not the version"),
        ({"version": None}, "version=nothing is not the version"),
        ({"operation": "transformer"}, "operation=transformer does not exist: choose one of convolution"),
        ({"operation": None}, "operation=nothing is missing"),
        ({"colour": "red"}, "colour='red' is unknown"),
        ({"grain": "pixel"}, "grain=pixel is unknown"),
        ({"step": -1}, "step=-1 is no whole number"),
        ({"step": "two"}, "step='two' is no whole number"),
        ({"bookmarks": 3}, "bookmarks=3 is no list"),
        ({"bookmarks": [1.5]}, "bookmarks=1.5 is no whole number"),
        ({"options": 3}, "options=3 is no table"),
        ({"options": {"stride": 0}}, "options.stride=0 is out of range: use a whole number from 1"),
        ({"options": {"stride": "two"}}, "options.stride='two' is no whole number"),
        ({"options": {"stride": None}}, "options.stride=nothing is missing"),
        ({"options": {"strides": 2}}, "options.strides=2 is unknown"),
        ({"options": {"flip": 1}}, "options.flip=1 is neither on nor off"),
        ({"options": {"input_size": [5]}}, "has the wrong length"),
        ({"options": {"padding_mode": "mirror"}}, "options.padding_mode=mirror is unknown"),
        ({"options": {"kernel_size": [9, 9]}}, "kernel_size=9 is larger than the padded input"),
        ({"options": {"input": "lecture"}}, "options.input='lecture' is no table"),
        ({"options": {"input": {"pattern": "cat", "cells": []}}}, "options.input=cat is unknown"),
        ({"options": {"input": {"pattern": "lecture", "cells": [[0, "a"]]}}}, "has no number at its end"),
        ({"options": {"input": {"pattern": "lecture", "cells": [[0, 0, -1, 2.0]]}}}, "has indices that are none"),
        ({"options": {"input": {"pattern": "lecture", "cells": [[0, 0, 0, float("nan")]]}}}, "has no number"),
    ],
)
def test_a_bad_file_is_refused_by_the_name_of_its_field(tmp_path, change, words):
    table = saved(tmp_path, Scene("convolution", operation_named("convolution").start, "cell"))
    for name, value in change.items():
        target = table
        if name == "options" and isinstance(value, dict):
            target, (name, value) = table["options"], next(iter(value.items()))
        if value is None:
            del target[name]
        else:
            target[name] = value
    with pytest.raises(InputError) as caught:
        scene_from(tomli_w.dumps(table), OPERATIONS)
    assert words in str(caught.value)


@pytest.mark.parametrize("content", [b"[[", b"\xff\xfe", b"version = 1\nversion = 1"])
def test_what_is_no_scene_is_refused(tmp_path, content):
    path = tmp_path / "scene.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="open a file that cnnsim saved"):
        load_scene(path, OPERATIONS)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_scene(tmp_path / "none.toml", OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_tensor_of_every_operation_takes_its_own_numbers_back(operation):
    from cnnsim.operations import array_of

    for _, kind, _ in sources_of(operation.start):
        array = array_of(operation.start, kind.operand)
        changed = with_array(operation.start, kind.operand, array + 1)
        np.testing.assert_array_equal(array_of(changed, kind.operand), array + 1)
        assert isinstance(next(s for _, k, s in sources_of(changed) if k.operand == kind.operand), Source)


@pytest.mark.parametrize("text", ["x = " + "[" * 20_000, "version = " + "1" * 5000])
def test_text_that_exhausts_the_reader_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="open a file that cnnsim saved"):
        scene_from(text, OPERATIONS)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        load_scene(tmp_path, OPERATIONS)
