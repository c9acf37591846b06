"""The look of the controls: one stylesheet from the colours of the painting theme and one size of type."""

from dataclasses import dataclass
from string import Template

from PySide6.QtGui import QColor, QFontDatabase, QPalette

from cnnsim.drawing import Role
from cnnsim.painting import Colour, Theme

_TYPE_AT_700, _TYPE_AT_1080 = 13.0, 18.0
_LARGEST_TYPE = 30


@dataclass(frozen=True, slots=True)
class Measure:
    """Sizes in pixels that everything in the window is built from."""

    text: int
    unit: int

    @property
    def panel(self) -> int:
        """Width of a side panel."""
        return round(self.text * 20.5)


def measure_for(height: int) -> Measure:
    """Return the sizes for a window of that height: 13 px type and 8 px spacing at 700 px, 18 px type at 1080 px.

    Examples
    --------
    >>> measure_for(700), measure_for(1080)
    (Measure(text=13, unit=8), Measure(text=18, unit=11))
    """
    slope = (_TYPE_AT_1080 - _TYPE_AT_700) / (1080 - 700)
    text = min(max(round(_TYPE_AT_700 + (height - 700) * slope), 13), _LARGEST_TYPE)
    return Measure(text, round(text * 8 / 13))


def palette(theme: Theme) -> QPalette:
    """Colours of what the stylesheet does not reach: signs, tooltips, selections."""
    colours = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, theme.background),
        (QPalette.ColorRole.Base, theme.background),
        (QPalette.ColorRole.AlternateBase, theme.surface),
        (QPalette.ColorRole.Button, theme.surface),
        (QPalette.ColorRole.ToolTipBase, theme.text),
        (QPalette.ColorRole.ToolTipText, theme.background),
        (QPalette.ColorRole.WindowText, theme.text),
        (QPalette.ColorRole.Text, theme.text),
        (QPalette.ColorRole.ButtonText, theme.text),
        (QPalette.ColorRole.PlaceholderText, theme.muted),
        (QPalette.ColorRole.Highlight, theme.text),
        (QPalette.ColorRole.HighlightedText, theme.background),
    ):
        colours.setColor(role, QColor(*colour))
    faint = QColor(*_mixed(theme.muted, theme.surface, 0.5))
    for role in (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        colours.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return colours


def stylesheet(theme: Theme, measure: Measure) -> str:
    """Write the Qt stylesheet of the window."""
    unit, text = measure.unit, measure.text
    groove = max(4, unit // 4 * 2)  # even, like the handle: only then it is round
    handle = unit * 2
    return _SHEET.substitute(
        background=_css(theme.background),
        surface=_css(theme.surface),
        raised=_css(theme.background if theme.name == "light" else _mixed(theme.text, theme.surface, 0.07)),
        hover=_css(_mixed(theme.text, theme.surface, 0.10)),
        pressed=_css(_mixed(theme.text, theme.surface, 0.18)),
        outline=_css(theme.outline),
        edge=_css(_mixed(theme.muted, theme.surface, 0.65)),
        ink=_css(theme.text),
        soft_ink=_css(_mixed(theme.text, theme.background, 0.85)),
        muted=_css(theme.muted),
        faint=_css(_mixed(theme.muted, theme.surface, 0.5)),
        focus=_css(theme.role(Role.OUTPUT)),
        warning=_css(theme.role(Role.WARNING)),
        input=_css(theme.role(Role.INPUT)),
        kernel=_css(theme.role(Role.KERNEL)),
        output=_css(theme.role(Role.OUTPUT)),
        gradient=_css(theme.role(Role.GRADIENT)),
        text=text,
        small=max(11, round(text * 0.88)),
        title=round(text * 1.25),
        half=unit // 2,
        quarter=unit // 4,
        mono=QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family(),
        unit=unit,
        radius=max(4, round(unit * 0.6)),
        groove=groove,
        handle=handle,
        handle_inside=handle - 4,
        handle_radius=handle // 2,
        handle_out=(groove - handle) // 2,
        field=round(text * 1.55),
        chevron=round(text * 2.0),
        answer=round(text * 7.0),
    )


def _css(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour[:3])


def _mixed(over: Colour, under: Colour, share: float) -> Colour:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(over[:3], under[:3], strict=True))
    return red, green, blue, 255


_SHEET = Template("""
* { font-family: "cnnsim Sans"; font-size: ${text}px; color: $ink; }
QMainWindow, QDialog, QStackedWidget, #page { background: $background; }
#header { background: $surface; border-bottom: 1px solid $outline; }
#panel, #panelGroup, QScrollArea#panelScroll { background: $surface; border: none; }
QScrollArea#panelScroll { border-right: 1px solid $outline; }
#transport { background: $background; border-top: 1px solid $outline; }
#bar { background: $surface; border-top: 1px solid $outline; }
#bar #answer { min-width: ${chevron}px; max-width: ${answer}px; }
#verdict[kind="right"] { color: $input; font-weight: 600; }
#verdict[kind="wrong"] { color: $warning; }
#code { background: $surface; border: 1px solid $outline; border-radius: ${radius}px; padding: ${unit}px;
    font-family: "$mono"; selection-background-color: $ink; selection-color: $background; }
#notice { background: $ink; border-top: 1px solid $outline; }
#notice QLabel, #notice QToolButton { color: $background; }
#notice QToolButton:hover { color: $ink; }
#brand { font-size: ${title}px; font-weight: 600; }
#group { font-weight: 600; }
#group[role="input"] { color: $input; }
#group[role="kernel"] { color: $kernel; }
#group[role="output"] { color: $output; }
#group[role="gradient"] { color: $gradient; }
#quiet, #counter { color: $muted; }
#note { color: $muted; font-size: ${small}px; }
#warning { color: $warning; font-size: ${small}px; }
#warningline { color: $warning; font-weight: 600; }
#headline { font-weight: 600; }
QToolTip { background: $ink; color: $background; border: none; padding: ${half}px; font-size: ${small}px; }

QToolButton, QPushButton {
    background: $raised; border: 1px solid $outline; border-radius: ${radius}px; padding: ${half}px ${unit}px;
}
QToolButton:hover, QPushButton:hover { background: $hover; border-color: $edge; }
QToolButton:pressed, QPushButton:pressed { background: $pressed; }
QToolButton:checked, QPushButton:checked { background: $pressed; border-color: $edge; }
QToolButton:disabled, QPushButton:disabled { color: $faint; background: $surface; border-color: $outline; }
QToolButton[main="true"], QPushButton[main="true"] {
    background: $ink; color: $background; border-color: $ink; font-weight: 600;
}
QToolButton[main="true"]:hover, QPushButton[main="true"]:hover { background: $soft_ink; }
QPushButton[main="true"]:disabled { background: $pressed; color: $faint; border-color: $pressed; }
QPushButton[narrow="true"] { padding: ${half}px 0; }
QToolButton[plain="true"] { background: transparent; border-color: transparent; }
QToolButton[plain="true"]:hover { background: $hover; }
QToolButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QToolButton[segment="middle"] { border-radius: 0; border-left: none; }
QToolButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; }
QToolButton[segment]:checked { background: $ink; color: $background; border-color: $ink; }

QComboBox, QLineEdit {
    background: $raised; border: 1px solid $outline; border-radius: ${radius}px; padding: ${quarter}px ${unit}px;
    min-height: ${field}px; max-height: ${field}px; selection-background-color: $ink; selection-color: $background;
}
QLineEdit[narrow="true"] { padding: ${quarter}px 0; }
#cellEditor { max-height: 400px; min-height: 0; padding: 0; font-size: ${title}px; border: 2px solid $focus; }
#cellMessage {
    background: $raised; color: $warning; border: 1px solid $warning; border-radius: ${radius}px;
    padding: ${half}px ${unit}px;
}
QComboBox { padding-right: ${chevron}px; }
QComboBox:hover, QLineEdit:hover { border-color: $edge; }
QComboBox:disabled, QLineEdit:disabled { color: $faint; background: $surface; }
QComboBox::drop-down { border: none; width: 0; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBoxPrivateContainer { background: $raised; border: 1px solid $edge; }
QComboBox QAbstractItemView {
    background: $raised; border: none; padding: ${half}px; outline: none;
    selection-background-color: $ink; selection-color: $background;
}
QToolButton:focus, QPushButton:focus, QComboBox:focus, QLineEdit:focus { border: 2px solid $focus; }

QToolButton::menu-indicator { image: none; width: 0; }
QMenu { background: $raised; border: 1px solid $edge; padding: ${half}px; }
QMenu::item { padding: ${half}px ${unit}px; border-radius: ${radius}px; }
QMenu::item:selected { background: $ink; color: $background; }

QSlider { min-height: ${handle}px; }
QSlider::groove:horizontal { background: $outline; height: ${groove}px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $ink; height: ${groove}px; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $ink; border: 2px solid $background; width: ${handle_inside}px; margin: ${handle_out}px 0;
    border-radius: ${handle_radius}px;
}
QSlider::handle:horizontal:hover { background: $soft_ink; }
QSlider::handle:horizontal:focus { border-color: $focus; }
QProgressBar {
    background: $outline; border: none; border-radius: 2px; min-height: ${groove}px; max-height: ${groove}px;
}
QProgressBar::chunk { background: $input; border-radius: 2px; }

QScrollBar:vertical { background: transparent; width: ${unit}px; margin: 0; }
QScrollBar::handle:vertical { background: $outline; border-radius: 3px; min-height: 32px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $edge; }
QScrollBar:horizontal { background: transparent; height: ${unit}px; margin: 0; }
QScrollBar::handle:horizontal { background: $outline; border-radius: 3px; min-width: 32px; margin: 1px; }
QScrollBar::handle:horizontal:hover { background: $edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")
