from PySide6.QtGui import QPalette

from cnnsim.app.window import Window


def test_words_stand_out_from_their_background(window: Window) -> None:
    window.say("Saved as circle.toml")
    picture = window.notice.grab().toImage()
    colours = [picture.pixelColor(x, y).lightness() for x in range(picture.width()) for y in range(picture.height())]
    assert max(colours) - min(colours) > 150
    assert (
        abs(
            picture.pixelColor(4, picture.height() // 2).lightness()
            - window.palette().color(QPalette.ColorRole.Window).lightness()
        )
        > 150
    )
