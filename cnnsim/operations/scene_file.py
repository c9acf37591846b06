"""A scene as a small TOML file: the operation, its options with every changed cell, and where the animation stands."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cnnsim.errors import InputError
from cnnsim.files import replace_file
from cnnsim.operations.operation import Operation
from cnnsim.operations.options import Numbers, checked, options_of
from cnnsim.operations.scene_text import scene_table, scene_text
from cnnsim.operations.settings import LARGEST_SIDE, Settings
from cnnsim.operations.source import Place, Source

VERSION = 1
_LARGEST_FILE = 5_000_000
_LARGEST_VALUE = 1e6
_MOST_INDEX = 64 * LARGEST_SIDE
_FIELDS = ("version", "operation", "grain", "step", "bookmarks", "options")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a scene file holds.

    Parameters
    ----------
    operation
        Name of the operation.
    settings
        Its options.
    grain
        Size of the steps.
    step
        Where the animation stands, counted in steps of that size.
    bookmarks
        Steps worth coming back to, counted in the finest steps.
    """

    operation: str
    settings: Settings
    grain: str
    step: int = 0
    bookmarks: tuple[int, ...] = ()


def save_scene(scene: Scene, path: Path) -> None:
    """Write a scene file beside its place, then rename it."""
    text = scene_text(_plain(scene))
    replace_file(path, lambda beside: beside.write_text(text, encoding="utf-8"))


def load_scene(path: Path, operations: tuple[Operation[Any], ...]) -> Scene:
    """Read a scene file.

    Parameters
    ----------
    path
        The file.
    operations
        Those that a file may name.

    Raises
    ------
    InputError
        If it cannot be read, is no TOML, is of another version, or a field is unknown, missing, of the wrong type or
        out of range; the message names the field, its value and the rule.
    """
    return scene_from(_read(path), operations)


def scene_from(text: str, operations: tuple[Operation[Any], ...]) -> Scene:
    """Read a scene from the text of its file; `load_scene` says what is refused.

    Examples
    --------
    >>> from cnnsim.operations import OPERATIONS
    >>> scene_from("version = 2", OPERATIONS)
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: version=2 is not the version of these files: use a file with version = 1
    """
    try:
        table = scene_table(text)
    except RecursionError as error:
        raise InputError(
            "scene", "brackets in brackets", "are nested too deeply", "open a file that cnnsim saved"
        ) from error
    except ValueError as error:  # no TOML, or a number with thousands of digits
        raise InputError("scene", str(error), "is no TOML", "open a file that cnnsim saved") from error
    if table.get("version") != VERSION:
        shown = table.get("version", "nothing")
        raise InputError("version", shown, "is not the version of these files", f"use a file with version = {VERSION}")
    _check_fields("", table, _FIELDS)
    operation = _operation(table["operation"], operations)
    grains = tuple(grain.key for grain in operation.grains)
    if table["grain"] not in grains:
        raise InputError("grain", table["grain"], "is unknown", f"choose one of {', '.join(grains)}")
    return Scene(
        operation.name,
        _settings(operation, table["options"]),
        table["grain"],
        _whole("step", table["step"]),
        tuple(_whole("bookmarks", mark) for mark in _list("bookmarks", table["bookmarks"])),
    )


def _plain(scene: Scene) -> dict[str, Any]:
    options = {name: getattr(scene.settings, name) for name in options_of(scene.settings)}
    return {
        "version": VERSION,
        "operation": scene.operation,
        "grain": scene.grain,
        "step": scene.step,
        "bookmarks": list(scene.bookmarks),
        "options": {name: _plain_option(value) for name, value in options.items()},
    }


def _plain_option(value: Any) -> Any:
    if isinstance(value, Source):
        return {"pattern": value.pattern, "cells": [[*place, number] for place, number in value.edits.items()]}
    return list(value) if isinstance(value, tuple) else value


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise InputError("scene", path, "is no file", "open a file that cnnsim saved")
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError("scene", path, "is too large for a scene", "open a file that cnnsim saved")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("scene", path, "is no text", "open a file that cnnsim saved") from error
    except OSError as error:
        raise InputError("scene", path, f"cannot be read ({error.strerror})", "choose another file") from error


def _operation(name: Any, operations: tuple[Operation[Any], ...]) -> Operation[Any]:
    for operation in operations:
        if operation.name == name:
            return operation
    raise InputError(
        "operation", name, "does not exist", f"choose one of {', '.join(operation.name for operation in operations)}"
    )


def _check_fields(where: str, table: Any, names: tuple[str, ...]) -> None:
    if not isinstance(table, dict):
        raise InputError(where.rstrip("."), repr(table), "is no table", f"give {', '.join(names)}")
    for name in table:
        if name not in names:
            raise InputError(f"{where}{name}", repr(table[name]), "is unknown", f"use only {', '.join(names)}")
    for name in names:
        if name not in table:
            raise InputError(f"{where}{name}", "nothing", "is missing", f"give {', '.join(names)}")


def _settings(operation: Operation[Any], table: Any) -> Settings:
    options = options_of(operation.start)
    _check_fields("options.", table, tuple(options))
    values = {}
    for name, option in options.items():
        value = table[name]
        where = f"options.{name}"
        if isinstance(option.kind, Numbers):
            value = _source(where, value)
        values[name] = checked(where, value, option.kind)
    settings: Settings = replace(operation.start, **values)
    settings.trace()  # raises where the options do not go together
    return settings


def _source(where: str, table: Any) -> Source:
    _check_fields(f"{where}.", table, ("pattern", "cells"))
    cells = _list(f"{where}.cells", table["cells"])
    return Source(table["pattern"], MappingProxyType(_edits(f"{where}.cells", cells)))


def _edits(where: str, cells: list[Any]) -> dict[Place, float]:
    """Return values by the indices of their cells; those of one tensor are looked at all at once."""
    if set(map(type, cells)) == {list} and len(set(map(len, cells))) == 1:
        *indices, values = zip(*cells, strict=True)
        if indices and _are_cells(indices, values):
            return dict(zip(zip(*indices, strict=True), map(float, values), strict=True))
    for cell in cells:
        _check_cell(where, cell)
    return {tuple(place): float(value) for *place, value in cells}


def _are_cells(indices: list[tuple[Any, ...]], values: tuple[Any, ...]) -> bool:
    return (
        all(set(map(type, axis)) == {int} and min(axis) >= 0 and max(axis) < _MOST_INDEX for axis in indices)
        and set(map(type, values)) <= {int, float}
        and all(map(_LARGEST_VALUE.__ge__, map(abs, values)))
    )


def _check_cell(where: str, cell: Any) -> None:
    if type(cell) is not list or len(cell) < 2:
        raise InputError(where, repr(cell), "is no cell", "write indices and a value, such as [0, 2, 1, 0.5]")
    for index in cell[:-1]:
        if not isinstance(index, int) or not 0 <= index < _MOST_INDEX:
            raise InputError(where, repr(cell), "has indices that are none", "use whole numbers from 0")
    value = cell[-1]
    if type(value) not in (int, float) or not abs(value) <= _LARGEST_VALUE:
        raise InputError(where, repr(cell), "has no number at its end", "use one between −1,000,000 and 1,000,000")


def _list(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(where, repr(value), "is no list", "write [ ] for an empty one")
    return value


def _whole(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(where, repr(value), "is no whole number", "use one from 0")
    return value
