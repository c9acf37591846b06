import pytest

from cnnsim.app.number_fields import NumberField


@pytest.mark.parametrize(("value", "written"), [(1e-5, "1e-05"), (0.123456, "0.1235"), (0.0, "0"), (0.5, "0.5")])
def test_leaving_a_field_keeps_the_number_that_it_shows_rounded(qtbot, value, written):
    field = NumberField("eps", value, "added to the variance")
    qtbot.addWidget(field)
    field.editingFinished.emit()
    assert (field.text(), field.value) == (written, value)


def test_a_typed_power_of_ten_is_taken(qtbot):
    field = NumberField("eps", 0.5, "added to the variance")
    qtbot.addWidget(field)
    field.setText("1e-6")
    with qtbot.waitSignal(field.changed) as told:
        field.editingFinished.emit()
    assert told.args == [1e-6]
    assert field.text() == "1e-06"
