"""Copy, paste, draw anew and load a picture: what can be done with all numbers of a tensor at once."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from cnnsim.app.background import aside
from cnnsim.app.numbers_dialog import NumbersDialog
from cnnsim.app.tensor_field import TensorField
from cnnsim.drawing import CellState, Matrix
from cnnsim.errors import InputError
from cnnsim.operations import Settings, Source, array_of, sources_of, with_array
from cnnsim.operations.matrix_text import format_matrix, parse_matrix
from cnnsim.operations.pictures import load_picture
from cnnsim.operations.source import Array

if TYPE_CHECKING:
    from cnnsim.app.operation_page import OperationPage

_SEEDS = 10_000
_PICTURES = "Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp)"


def connect_tensor_field(field: TensorField, page: "OperationPage", operand: str) -> None:
    """Let the menu of a tensor act on the settings of its page."""
    field.copy_wanted.connect(lambda: copy(page.settings, operand))
    field.paste_wanted.connect(lambda: paste(page, operand))
    field.text_wanted.connect(lambda: write(page, operand))
    field.another_wanted.connect(lambda: draw_another(page, operand))
    field.picture_wanted.connect(lambda: choose_picture(page, operand))


def copy(settings: Settings, operand: str) -> None:
    """Put the numbers of a tensor on the clipboard, as text."""
    QGuiApplication.clipboard().setText(format_matrix(array_of(settings, operand)))


def copy_looked_at(page: "OperationPage") -> None:
    """Put the tensor on the clipboard whose cell is looked at, or the matrix, if it has been computed."""
    cell, drawing = page.stage.pointer.looked_at, page.stage.canvas.drawing()
    if cell is None or drawing is None:
        page.panel.warn("Ctrl+C copies the matrix that is pointed at: point at one first.")
    elif (operand := page.given_at(cell)) is not None:
        copy(page.settings, operand)
    elif not _is_complete(matrix := drawing.matrix(cell.matrix)):
        page.panel.warn("This matrix is not complete yet: go to the last step to copy it.")
    else:
        QGuiApplication.clipboard().setText(format_matrix(np.asarray(matrix.values, np.float64)))


def _is_complete(matrix: Matrix) -> bool:
    return not (matrix.states is not None and (matrix.states == CellState.EMPTY).any())


def paste_looked_at(page: "OperationPage") -> None:
    """Take the numbers of the tensor whose cell is looked at from the clipboard."""
    cell = page.stage.pointer.looked_at
    operand = None if cell is None else page.given_at(cell)
    if operand is None:
        page.panel.warn("Ctrl+V pastes into the matrix that is pointed at: point at one whose numbers are given.")
    else:
        paste(page, operand)


def paste(page: "OperationPage", operand: str) -> None:
    """Take the numbers of a tensor from the clipboard; the panel says why if that cannot be."""
    try:
        take_text(page, operand, QGuiApplication.clipboard().text())
    except InputError as error:
        page.panel.warn(f"{error}. The numbers on the page were kept.")


def take_text(page: "OperationPage", operand: str, text: str) -> None:
    """Take the numbers of a tensor from text; InputError if that cannot be."""
    page.change(with_array(page.settings, operand, parse_matrix(operand, text)))


def write(page: "OperationPage", operand: str) -> None:
    """Open the numbers of a tensor as text."""
    text = format_matrix(array_of(page.settings, operand))
    dialog = NumbersDialog(
        f"Numbers of the {operand}", text, lambda typed: take_text(page, operand, typed), page.measure, page
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def draw_another(page: "OperationPage", operand: str) -> None:
    """Draw other random numbers: with the next seed, or the first ones if the tensor was not random so far."""
    settings = page.settings
    name, kind, source = next(found for found in sources_of(settings) if found[1].operand == operand)
    if kind.pattern(source.pattern).random:
        page.change(replace(settings, seed=(settings.seed + 1) % _SEEDS))
    else:
        random = next(pattern.key for pattern in kind.patterns if pattern.random)
        page.change(replace(settings, **{name: Source(random)}))


def choose_picture(page: "OperationPage", operand: str) -> None:
    """Ask for a picture and take the numbers of a tensor from it."""
    chosen, _ = QFileDialog.getOpenFileName(page, "Load a picture", "", _PICTURES)
    if chosen:
        take_picture(page, operand, Path(chosen))


def take_picture(page: "OperationPage", operand: str, path: Path) -> None:
    """Take the numbers of a tensor from a picture, read aside; the panel says why if that cannot be."""

    def refuse(error: InputError) -> None:
        page.panel.warn(f"{error}. The numbers on the page were kept.")

    def take(numbers: Array) -> None:
        try:
            page.change(with_array(page.settings, operand, numbers))
        except InputError as error:
            refuse(error)

    shape = page.settings.shape(operand)
    aside(page, lambda: load_picture(path, shape), take, refuse)
