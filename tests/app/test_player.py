import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from cnnsim.app.player import STEP_MS, Player


@pytest.fixture
def player(qapp: object) -> Player:
    player = Player()
    player.set_length(10)
    return player


def settle(player: Player) -> None:
    for _ in range(5000):
        if not player.moving:
            return
        player.advance(16.0)
    raise AssertionError("the player never came to rest")


def test_starts_at_rest_on_the_first_step(player: Player) -> None:
    assert (player.position, player.step_index, player.moving) == (0.0, 0, False)


def test_one_step_at_speed_one_takes_its_time(player: Player) -> None:
    player.play()
    player.advance(STEP_MS / 2)
    assert player.position == pytest.approx(0.5)


def test_speed_multiplies_the_pace(player: Player) -> None:
    player.set_speed(4.0)
    player.play()
    player.advance(STEP_MS / 2)
    assert player.position == pytest.approx(2.0)


def test_stops_on_the_last_step(player: Player, qtbot: QtBot) -> None:
    player.play()
    with qtbot.waitSignal(player.playing_changed, check_params_cb=lambda playing: not playing):
        settle(player)
    assert (player.position, player.playing) == (9.0, False)


def test_play_at_the_end_starts_over(player: Player) -> None:
    player.last()
    player.play()
    assert (player.position, player.playing) == (0.0, True)


def test_loop_rests_on_the_last_step_then_starts_over(player: Player) -> None:
    player.set_loop(True)
    player.last()
    player.play()
    player.advance(STEP_MS * 9)
    assert player.position == 9.0
    player.advance(STEP_MS * 0.5)
    assert player.position == 9.0
    player.advance(STEP_MS * 0.6)
    assert (player.position, player.playing) == (0.0, True)


def test_step_is_smooth_and_ends_on_a_whole_step(player: Player) -> None:
    player.step(1)
    player.advance(30.0)
    assert 0.0 < player.position < 1.0
    settle(player)
    assert player.position == 1.0


def test_steps_add_up(player: Player) -> None:
    for _ in range(3):
        player.step(1)
    settle(player)
    assert player.position == 3.0


def test_back_goes_back_everywhere(player: Player) -> None:
    player.last()
    for expected in range(8, -1, -1):
        player.step(-1)
        settle(player)
        assert player.position == expected
    player.step(-1)
    assert (player.position, player.moving) == (0.0, False)


@pytest.mark.parametrize(("count", "expected"), [(1, 5.0), (-1, 4.0)])
def test_a_step_while_playing_pauses_and_goes_to_the_neighbour(player: Player, count: int, expected: float) -> None:
    player.seek(4)
    player.play()
    player.advance(STEP_MS * 0.4)
    player.step(count)
    settle(player)
    assert (player.position, player.playing) == (expected, False)


def test_pause_finishes_the_step_under_way(player: Player) -> None:
    player.play()
    player.advance(STEP_MS * 2.3)
    player.pause()
    assert not player.playing
    settle(player)
    assert player.position == 3.0


def test_seek_stays_inside(player: Player) -> None:
    player.seek(99)
    assert player.position == 9.0
    player.seek(-5)
    assert player.position == 0.0


def test_another_length_reports_its_position_even_if_it_is_the_same(player: Player, qtbot: QtBot) -> None:
    with qtbot.waitSignals([player.length_changed, player.position_changed]):
        player.set_length(5)
    assert player.length == 5


ACTIONS = st.one_of(
    st.tuples(st.just("step"), st.integers(-4, 4).filter(bool)),
    st.tuples(st.just("seek"), st.integers(-3, 30)),
    st.tuples(st.sampled_from(["play", "pause", "toggle", "first", "last"]), st.none()),
    st.tuples(st.just("advance"), st.floats(0.0, 900.0)),
    st.tuples(st.just("set_speed"), st.sampled_from([0.25, 1.0, 8.0])),
)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.lists(ACTIONS, max_size=25))
def test_whatever_is_pressed_it_rests_on_a_whole_step_inside(length: int, actions: list[tuple[str, object]]) -> None:
    player = Player()
    player.set_length(length)
    for name, value in actions:
        method = getattr(player, name)
        if value is None:
            method()
        else:
            method(value)
        assert 0.0 <= player.position <= length - 1
    player.pause()
    settle(player)
    assert player.position == int(player.position)
