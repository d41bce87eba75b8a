"""What a layer reads along one axis, where that is no window that slides: against stepping."""

from itertools import product

import pytest
from brute_force import Spread
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.axes import Adaptive, TransposedWindow

counts = st.integers(1, 6)
pads = st.tuples(st.integers(0, 7), st.integers(0, 7))
paddings = st.one_of(pads, st.sampled_from(["same", "same_lower"]))
spreads = st.builds(Spread, counts, counts, paddings, counts, st.integers(0, 3))
sizes = st.integers(1, 30)


@given(spreads, sizes)
@examples(500)
def test_positions_are_what_is_left_of_all_that_is_written_to(spread, size):
    """As many positions as are kept; none is an error. "same" has no positions to add."""
    if isinstance(spread.padding, str):
        spread = spread._replace(added=0)
    if kept := spread.kept(size):
        assert len(kept) == TransposedWindow(*spread).positions(size)
    else:
        with pytest.raises(RuleError, match=r"^padding \(.*\) takes away all that an axis of .* is spread to$"):
            TransposedWindow(*spread).positions(size)


@given(spreads, sizes)
@examples(500)
def test_pads_are_the_positions_that_are_taken_away(spread, size):
    """At the front the first is that which is kept first; at the end, fewer than none are taken by a small kernel."""
    spread = spread._replace(added=0)
    before, after = TransposedWindow(*spread).pads(size)

    if kept := spread.kept(size):
        assert kept == [*range(before, spread.taps(size - 1)[-1] + 1 - after)]


@given(counts, counts, counts, sizes)
@examples(300)
def test_no_position_reads_more_than_the_most(kernel, stride, dilation, size):
    """Each position of the output reads those that are spread over it, which are as many where there are enough."""
    window = TransposedWindow(kernel, stride, dilation=dilation)
    written = [tap for at in range(size) for tap in Spread(kernel, stride, dilation=dilation).taps(at)]
    most = max(written.count(tap) for tap in {*written})

    assert most <= window.most_read
    assert most == window.most_read or size < kernel * dilation
    assert max(written) == (size - 1) * stride + window.extent - 1


def test_each_position_is_spread():
    """So that none is dropped, whatever the output is."""
    assert [TransposedWindow(2, 3, (1, 1)).dropped(size) for size in range(1, 9)] == [0] * 8


@pytest.mark.parametrize(
    ("window", "size", "positions", "pads"),
    [
        (TransposedWindow(2, 2), 7, 14, (0, 0)),
        (TransposedWindow(4, 2, (1, 1)), 7, 14, (1, 1)),
        (TransposedWindow(3, 2, (1, 1)), 7, 13, (1, 1)),
        (TransposedWindow(3, 2, (1, 1), output_padding=1), 7, 14, (1, 1)),
        (TransposedWindow(3, 2, "same"), 7, 14, (0, 1)),
        (TransposedWindow(3, 2, "same_lower"), 7, 14, (1, 0)),
        (TransposedWindow(4, 2, "same"), 7, 14, (1, 1)),
        (TransposedWindow(2, 3, "same"), 7, 21, (0, -1)),  # the last is read by nothing
        (TransposedWindow(2, 3, "same_lower"), 7, 21, (0, -1)),
        (TransposedWindow(3, 1, "same", dilation=2), 7, 7, (2, 2)),
    ],
)
def test_spread_sizes(window, size, positions, pads):
    """As torch.nn.ConvTranspose and, where it is "same", Keras have them."""
    assert (positions, pads) == (window.positions(size), window.pads(size))


def test_adaptive_windows_cover_the_axis_once_where_they_divide_it():
    """Otherwise neighbours share a position, but for as many as the two numbers have in common."""
    for size, output in product(range(1, 25), range(1, 25)):
        shared = Adaptive(size, output).read() - size

        assert shared == 0 or size % output
        assert shared >= 0
