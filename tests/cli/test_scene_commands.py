import json

import numpy as np
import pytest
from PIL import Image
from sizes import slow_without_jit

from cnnsim.cli import main
from cnnsim.errors import InputError
from cnnsim.operations.matrix_text import parse_matrix


def trace_of(capsys, *options):
    assert main(["trace", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_lecture_example_comes_out_of_trace(capsys):
    record = trace_of(capsys, "convolution")
    assert record["output"] == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert record["kernel"] == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert record["options"]["stride"] == 1
    assert len(record["steps"]) == 99
    assert record["steps"][0]["kind"] == "multiply"
    assert record["steps"][10]["y"] == 4


def test_options_reach_the_trace(capsys):
    record = trace_of(
        capsys,
        "convolution",
        "--kernel",
        "emboss",
        "--flip",
        "--bias",
        "1",
        "--stride",
        "2",
        "--padding",
        "1",
        "--grain",
        "cell",
    )
    assert np.shape(record["output"]) == (3, 3)
    assert record["options"] | {"kernel": "emboss", "flip": True, "stride": 2, "padding": 1} == record["options"]
    assert len(record["steps"]) == 2 + 9  # the kernel turns first


def test_own_matrices(capsys):
    record = trace_of(capsys, "convolution", "--input", "1 2 3; 4 5 6; 7 8 9", "--kernel", "1 0; 0 -1/2")
    assert record["output"] == [[-1.5, -1], [0, 0.5]]


def test_pooling_golden_numbers(capsys):
    assert trace_of(capsys, "pooling")["output"] == [[6, 8], [3, 4]]
    record = trace_of(capsys, "pooling", "--mode", "average")
    assert (record["output"], record["kernel"]) == ([[3.25, 5.25], [2, 2]], None)


def test_gradients_come_out_of_trace(capsys):
    record = trace_of(capsys, "convolution", "--pass", "kernel-gradient")
    assert record["output"] == [[6, 7, 6], [4, 7, 7], [4, 6, 6]]
    assert record["gradient"] == [[1, 1, 1]] * 3
    record = trace_of(capsys, "convolution", "--pass", "input-gradient")
    assert record["output"] == [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    record = trace_of(capsys, "pooling", "--pass", "input-gradient", "--gradient", "1 2; 3 -4")
    assert record["output"] == [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, -4]]


@slow_without_jit
def test_training_trace_follows_a_sample(capsys):
    record = trace_of(capsys, "training", "--data", "synthetic", "--limit", "128", "--moments", "2")
    assert np.shape(record["input"]) == (28, 28)
    assert np.shape(record["kernel"]) == (6, 1, 5, 5)
    assert sum(record["output"]) == pytest.approx(1, abs=1e-4)
    assert [step["images_seen"] for step in record["steps"]] == [64, 128]
    assert "not MNIST" in record["options"]["source"]


def test_trace_without_json_is_for_reading(capsys):
    assert main(["trace", "pooling"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "scene: pooling"
    assert lines[-20].startswith(
        "index=0 kind=multiply cell=(0,0,0) number=0 so_far=1.0 contribution=1.0 from input[0,0,0]=1.0"
    )
    assert lines[-1] == "index=19 kind=largest cell=(0,1,1) number=4 so_far=4.0 value=4.0 y=4.0"


@pytest.mark.parametrize(
    ("scene", "direction"),
    [
        ("convolution", "forward"),
        ("convolution", "kernel-gradient"),
        ("convolution", "input-gradient"),
        ("pooling", "forward"),
        ("pooling", "input-gradient"),
    ],
)
@pytest.mark.parametrize("suffix", [".png", ".svg", ".gif"])
def test_every_scene_renders_to_every_format(tmp_path, capsys, scene, direction, suffix):
    target = tmp_path / f"a{suffix}"
    look = ["--size", "320x240", "--theme", "dark", "--grain", "row"]
    assert main(["render", scene, "--pass", direction, "-o", str(target), *look]) == 0
    assert capsys.readouterr().out.strip() == str(target)
    assert target.stat().st_size > 500


@slow_without_jit
def test_training_renders(tmp_path):
    options = ["--data", "synthetic", "--limit", "128", "--moments", "2", "--size", "480x320"]
    for name in ("a.png", "a.gif"):
        assert main(["render", "training", "-o", str(tmp_path / name), *options]) == 0
    with Image.open(tmp_path / "a.gif") as gif:
        assert (gif.n_frames, gif.size) == (2, (480, 320))


def test_a_step_can_be_chosen(tmp_path):
    for step in ("0", "8"):
        assert (
            main(["render", "convolution", "-o", str(tmp_path / f"{step}.png"), "--step", step, "--size", "320x240"])
            == 0
        )
    first, last = (np.asarray(Image.open(tmp_path / f"{step}.png")) for step in ("0", "8"))
    assert (first != last).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "transformer", "-o", "{}/a.png"], "invalid choice: 'transformer'"),
        (["trace", "transformer"], "invalid choice"),
        (["render", "convolution", "-o", "{}/a.bmp"], "has an ending that is no picture"),
        (["render", "convolution", "-o", "{}/none/a.png"], "is in a folder that does not exist"),
        (["render", "convolution", "-o", "{}/a.png", "--step", "9"], "--step=9 is out of range"),
        (["render", "convolution", "-o", "{}/a.gif", "--step", "1"], "does not fit a GIF"),
        (["render", "convolution", "-o", "{}/a.png", "--stride", "0"], "--stride=0 is out of range"),
        (["render", "convolution", "-o", "{}/a.png", "--stride", "-1"], "--stride=-1 is out of range"),
        (["render", "convolution", "-o", "{}/a.png", "--kernel-size", "7"], "is larger than the padded input (5)"),
        (["render", "convolution", "-o", "{}/a.png", "--kernel", "blurr"], "is neither in the gallery nor a matrix"),
        (["render", "convolution", "-o", "{}/a.png", "--input", "1 nan"], "--input=nan is not finite"),
        (["render", "convolution", "-o", "{}/a.png", "--input", "1 2; 3"], "write rows of equal length"),
        (["render", "convolution", "-o", "{}/a.png", "--bias", "nan"], "--bias=nan is not finite"),
        (["render", "convolution", "-o", "{}/a.png", "--input-size", "1000"], "--input-size=1000 is out of range"),
        (["render", "convolution", "-o", "{}/a.png", "--size", "12"], "'12' is no size"),
        (["render", "pooling", "-o", "{}/a.png", "--window", "9"], "window=9 is larger than the padded input (4)"),
        (["trace", "convolution", "--pass", "sideways"], "--pass=sideways is unknown"),
        (["trace", "convolution", "--dilation", "0"], "--dilation=0 is out of range"),
        (["trace", "convolution", "--pass", "kernel-gradient", "--gradient", "1 2"], "give 1 × 3 × 3 numbers"),
        (["trace", "convolution", "--padding-mode", "reflect", "--padding", "5"], "is too wide for reflect padding"),
        (["render", "pooling", "-o", "{}/a.png", "--mode", "median"], "--mode=median is unknown"),
        (["render", "pooling", "-o", "{}/a.gif", "--speed", "0"], "--speed=0.0 is out of range"),
        (["trace", "training", "--data", "{}/none"], "none"),
        (["trace", "training", "--data", "synthetic", "--epochs", "0"], "--epochs=0 is out of range"),
        (["tour", "-o", "/dev/null/tour"], "cannot be made"),
    ],
)
def test_bad_input_is_told_in_words_with_exit_code_2(tmp_path, capsys, arguments, words):
    assert main([word.format(tmp_path) for word in arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == []


@slow_without_jit
def test_the_tour_leaves_a_page_with_its_pictures(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("cnnsim.cli.tour._IMAGES", 640)
    monkeypatch.setattr("cnnsim.cli.tour._MOMENTS", 3)
    assert main(["tour", "-o", str(tmp_path / "new"), "--data", "synthetic"]) == 0
    page = (tmp_path / "new" / "index.html").read_text(encoding="utf-8")
    assert "not MNIST" in page and "$" not in page
    for name in ("convolution.gif", "filters.gif", "curves.png"):
        assert f'src="{name}"' in page
        with Image.open(tmp_path / "new" / name) as picture:
            assert picture.width >= 800
    assert capsys.readouterr().out.strip().endswith("index.html")


@pytest.mark.parametrize(("text", "expected"), [("1,2\n3,4", [[1, 2], [3, 4]]), (" 1/4 −2 ;", [[0.25, -2]])])
def test_matrices_as_people_type_them(text, expected):
    assert parse_matrix("--input", text).tolist() == expected


@pytest.mark.parametrize("text", ["", ";", "a b", "1/0 1", "1e999", "1 2; 3", "inf", " ".join(["1"] * 65)])
def test_what_is_no_matrix_is_refused(text):
    with pytest.raises(InputError, match="--input="):
        parse_matrix("--input", text, ("lecture",))
