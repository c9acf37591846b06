from cnnsim.bench.scenes import SceneTimes, Steps, as_text, long_trace, random_steps
from cnnsim.trace import convolution


def test_times_are_written_in_their_units_beside_what_is_aimed_at():
    text = as_text(SceneTimes({"numbers": 0.0025}, Steps(123_456_789, 0.00001, 31_500), 1.25))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines == [
        "frame, 64×64 cells: numbers 2.50 ms (aim: 8 ms)",
        "trace[i] of 123,456,789 steps 0.01 ms (aim: 1 ms)",
        "memory for that 31.5 kB",
        "start, until the first page is saved 1.25 s (aim: 1.5 s)",
    ]


def test_memory_for_a_step_does_not_grow_with_the_trace():
    def peak(side):
        trace = convolution([[1.0] * side] * side, [[1.0] * 3] * 3)
        return random_steps(trace, 1).peak_bytes

    peak(10)
    assert peak(300) < 2 * peak(10) + 20_000


def test_the_long_trace_is_long():
    trace = long_trace()
    assert len(trace) >= 10**8
    assert trace[len(trace) - 1].y == trace.rule.output[-1, -1, -1]
