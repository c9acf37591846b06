import pytest

from cnnsim.errors import InputError
from cnnsim.files import check_writable, replace_file


def test_a_file_is_replaced_in_one_step(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    seen = []

    def write(path):
        path.write_text("new")
        seen.append((path, target.read_text()))

    replace_file(target, write)
    assert target.read_text() == "new"
    assert seen[0][1] == "old"
    assert seen[0][0].suffix == ".txt"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail(path):
        path.write_text("half")
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError, match="disk"):
        replace_file(target, fail)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_told_beforehand(tmp_path):
    check_writable(tmp_path / "a.txt")
    with pytest.raises(InputError, match="is in a folder that does not exist"):
        check_writable(tmp_path / "missing" / "a.txt")
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        check_writable(tmp_path)
