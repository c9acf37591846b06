"""Windows without a screen, settings in a temporary folder, and a dataset that trains in a moment."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnsim.app.main import AppOptions, dress, open_window
from cnnsim.app.window import Window
from cnnsim.data import Dataset, synthetic_dataset


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture(scope="session")
def few_digits() -> Dataset:
    return synthetic_dataset(train=96, test=30, seed=3)


@pytest.fixture
def quick_training(monkeypatch: pytest.MonkeyPatch, few_digits: Dataset) -> None:
    """Train on few digits, and compile in the thread itself where nothing is compiled yet."""
    monkeypatch.setattr("cnnsim.app.training_session.load_digits", lambda *_: (few_digits, True))
    monkeypatch.setattr("cnnsim.app.training_worker.compile_engine", lambda *_: None)


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> None:
    dress(qapp)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, settings: QSettings, quick_training: None) -> Iterator[Window]:
    opened = open_window(AppOptions(theme="light", size=(1100, 760)), settings)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    yield opened
    opened.close()
    shiboken6.delete(opened)
