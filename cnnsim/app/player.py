"""The one mutable position of a page: everything on screen follows it."""

from math import ceil, floor

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

FRAME_MS = 16
STEP_MS = 500.0  # one step at speed 1
_NUDGE_MS = 180.0  # a single step forward or back
FASTEST = STEP_MS / FRAME_MS  # a step for every frame
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, FASTEST)


class Player(QObject):
    """Moves a position from 0 to ``length - 1``; its fraction is the way to the next step.

    A timer calls `advance`; nothing else depends on time, so tests call it themselves. Whatever is pressed, the
    position comes to rest on a whole step.
    """

    position_changed = Signal(float)
    playing_changed = Signal(bool)
    length_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._length = 1
        self._position = 0.0
        self._target: int | None = None
        self._playing = False
        self._speed = 1.0
        self._loop = False
        self._rested = 0.0  # milliseconds already spent on the last step of a loop
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def position(self) -> float:
        """Where everything stands."""
        return self._position

    @property
    def step_index(self) -> int:
        """The step that the position has reached."""
        return floor(self._position)

    @property
    def length(self) -> int:
        """Number of steps."""
        return self._length

    @property
    def playing(self) -> bool:
        """Whether the position moves on by itself."""
        return self._playing

    @property
    def moving(self) -> bool:
        """Whether the position is on its way, playing or not."""
        return self._playing or self._target is not None

    @property
    def speed(self) -> float:
        """Factor on the pace of `play`."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether `play` starts over at the end."""
        return self._loop

    def set_length(self, length: int, position: float = 0.0) -> None:
        """Show another sequence of steps, at rest at `position`; playing goes on."""
        self._length = max(1, length)
        self._target = None
        self.length_changed.emit(self._length)
        self._move(position, always=True)

    def set_speed(self, speed: float) -> None:
        """Set the factor on the pace of `play`."""
        self._speed = speed

    def set_loop(self, loop: bool) -> None:
        """Choose whether `play` starts over at the end."""
        self._loop = loop

    def play(self) -> None:
        """Move on until the end, or from the start if the end is reached."""
        if self._position >= self._length - 1:
            self._move(0.0)
        self._target = None
        self._rested = 0.0
        self._set_playing(True)

    def pause(self) -> None:
        """Finish the step that is under way, then rest."""
        self._set_playing(False)
        self._aim(ceil(self._position))

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self, count: int) -> None:
        """Go `count` whole steps forward, or back if negative, smoothly; further calls add up."""
        start = self._target
        if start is None:
            start = floor(self._position) if count > 0 else ceil(self._position)
        self._set_playing(False)
        self._aim(start + count)

    def first(self) -> None:
        """Jump to the first step and rest."""
        self.seek(0)

    def last(self) -> None:
        """Jump to the last step and rest."""
        self.seek(self._length - 1)

    def seek(self, position: float) -> None:
        """Jump to a position and rest there."""
        self._set_playing(False)
        self._target = None
        self._move(position)

    def advance(self, milliseconds: float) -> None:
        """Let time pass."""
        if self._target is not None:
            self._approach(milliseconds)
        elif self._playing:
            self._play_on(milliseconds)
        if not self.moving:
            self._timer.stop()

    def _approach(self, milliseconds: float) -> None:
        assert self._target is not None
        left = self._target - self._position
        pace = max(1.0, abs(left)) / _NUDGE_MS  # many presses do not queue up: the way is covered faster
        stride = min(abs(left), milliseconds * pace)
        arrived = stride >= abs(left)
        position = float(self._target) if arrived else self._position + (stride if left > 0 else -stride)
        if arrived:
            self._target = None
        self._move(position)

    def _play_on(self, milliseconds: float) -> None:
        end = self._length - 1
        if self._position < end:
            self._move(min(float(end), self._position + milliseconds * self._speed / STEP_MS))
            return
        if not self._loop:
            self._set_playing(False)
            return
        self._rested += milliseconds * self._speed
        if self._rested >= STEP_MS:
            self._rested = 0.0
            self._move(0.0)

    def _aim(self, step: int) -> None:
        self._target = min(max(step, 0), self._length - 1)
        if self._target == self._position:
            self._target = None
        self._run_timer()

    def _move(self, position: float, always: bool = False) -> None:
        position = float(min(max(position, 0.0), self._length - 1))
        if always or position != self._position:
            self._position = position
            self.position_changed.emit(position)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
        self._run_timer()

    def _run_timer(self) -> None:
        if self.moving and not self._timer.isActive():
            self._clock.start()
            self._timer.start()

    def _on_timeout(self) -> None:
        # A stall is not made up for: the eye follows what moves on from where it was.
        self.advance(min(float(self._clock.restart()), 4.0 * FRAME_MS))
