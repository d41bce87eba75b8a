"""The closed formulas of a window against stepping: a window set down on an axis, again and again."""

from itertools import product

import pytest
from brute_force import Slide
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.window import Window, show_pads, windows

counts = st.integers(1, 6)
pads = st.tuples(st.integers(0, 7), st.integers(0, 7))
slides = st.builds(Slide, counts, counts, st.one_of(pads, st.just("same")), counts, st.sampled_from(["floor", "ceil"]))
sizes = st.integers(1, 40)


@given(slides, sizes)
@settings(max_examples=1500, deadline=None)
def test_positions_counts_the_places_where_the_window_stands(slide, size):
    """As many positions as places; none is an error."""
    places = slide.places(size)

    if places:
        assert len(places) == Window(*slide).positions(size)
    else:
        with pytest.raises(RuleError, match=r"^kernel_size \(.*\) does not fit an axis of .* with padding .*$"):
            Window(*slide).positions(size)


@given(slides, sizes)
@settings(max_examples=500, deadline=None)
def test_extent_spans_the_taps(slide, size):
    """The extent is the span from the first tap to the last, of every place."""
    assert slide.span == Window(*slide).extent
    for taps in slide.places(size):
        assert slide.span == taps[-1] - taps[0] + 1


@given(slides, sizes)
@settings(max_examples=500, deadline=None)
def test_pads_are_what_is_said_or_what_same_needs(slide, size):
    """Given padding is used as it is; "same" adds what its places touch beyond the axis, if they do."""
    before, after = Window(*slide).pads(size)

    assert slide.pads(size) == (before, after)
    if slide.padding == "same":
        places = slide.places(size)
        assert min(taps[0] for taps in places) == -before
        assert max(taps[-1] for taps in places) <= size + after - 1
        assert after == 0 or max(taps[-1] for taps in places) == size + after - 1


@pytest.mark.parametrize(("kernel", "stride"), [*product(range(1, 8), range(1, 5))])
def test_same_is_that_of_tensorflow(kernel, stride):
    """An output for each start 0, s, 2s, … on the axis; the odd position of the padding comes after it."""
    for size, dilation in product(range(1, 41), (1, 2)):
        window, slide = Window(kernel, stride, "same", dilation), Slide(kernel, stride, "same", dilation)

        assert len(range(0, size, stride)) == window.positions(size)
        assert slide.pads(size) == window.pads(size)
        assert window.pads(size)[1] - window.pads(size)[0] in {0, 1}


@pytest.mark.parametrize(
    ("window", "size", "pads"),
    [
        (Window(3, 1, "same"), 7, (1, 1)),
        (Window(3, 2, "same"), 7, (1, 1)),
        (Window(3, 2, "same"), 8, (0, 1)),
        (Window(2, 1, "same"), 7, (0, 1)),
        (Window(2, 2, "same"), 7, (0, 1)),
        (Window(2, 2, "same"), 8, (0, 0)),
        (Window(7, 2, "same"), 224, (2, 3)),  # PyTorch's 7×7/2 has (3, 3): as many outputs, other positions
        (Window(1, 3, "same"), 5, (0, 0)),  # never less than nothing, though the last position is not read
        (Window(3, 1, "same", dilation=2), 7, (2, 2)),
    ],
)
def test_same_pads(window, size, pads):
    """The padding that is shown where a description says "same"."""
    assert pads == window.pads(size)


@given(slides, sizes)
@settings(max_examples=500, deadline=None)
def test_same_never_pads_more_than_half_of_the_window(slide, size):
    """So that a pool may always say "same"."""
    window = Window(slide.kernel, slide.stride, "same", slide.dilation)

    assert 2 * max(window.pads(size)) <= window.extent


@pytest.mark.parametrize(
    ("window", "size", "floor", "ceil"),
    [
        (Window(3, 2), 7, 3, 3),  # fits exactly
        (Window(3, 2), 8, 3, 4),  # a last window that reaches one beyond
        (Window(2, 2), 7, 3, 4),
        (Window(2, 3, (1, 1)), 4, 2, 2),  # a third would start behind the axis
        (Window(2, 3, (1, 1)), 6, 3, 3),
        (Window(2, 3, (1, 1)), 5, 2, 2),
        (Window(3, 4, (1, 1)), 7, 2, 2),
        (Window(3, 3, (0, 1)), 7, 2, 3),  # a third starts on the last position
        (Window(1, 3), 5, 2, 2),
        (Window(1, 3), 7, 3, 3),
    ],
)
def test_rounding(window, size, floor, ceil):
    """Ceil keeps a window that reaches less than a stride beyond the end, where it starts on the axis."""
    rounded_up = Window(window.kernel, window.stride, window.padding, window.dilation, "ceil")

    assert (floor, ceil) == (window.positions(size), rounded_up.positions(size))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (Window(3), Window(3))),
        ({"stride": 2, "padding": 1}, (Window(3, 2, (1, 1)), Window(3, 2, (1, 1)))),
        ({"stride": (1, 2), "padding": (0, 1)}, (Window(3, 1, (0, 0)), Window(3, 2, (1, 1)))),
        ({"padding": ((0, 1), 2)}, (Window(3, 1, (0, 1)), Window(3, 1, (2, 2)))),
        ({"padding": ((0, 1),)}, (Window(3, 1, (0, 1)), Window(3, 1, (0, 1)))),
        ({"padding": "valid"}, (Window(3), Window(3))),
        ({"padding": "same", "dilation": 2}, (Window(3, 1, "same", 2), Window(3, 1, "same", 2))),
        ({"padding": "half", "dilation": (1, 3)}, (Window(3, 1, (1, 1), 1), Window(3, 1, (3, 3), 3))),
        ({"rounding": "ceil"}, (Window(3, rounding="ceil"), Window(3, rounding="ceil"))),
    ],
)
def test_windows_says_each_option_for_each_axis(options, expected):
    """One number is for all axes; several are one per axis."""
    assert expected == windows((9, 9), 3, **options)


@pytest.mark.parametrize(
    ("pads", "text"),
    [((0, 0), "0"), ((3, 3), "3"), ((0, 1), "0:1"), ((2, 0), "2:0")],
)
def test_pads_are_shown_as_descriptions_write_them(pads, text):
    """One number where both sides agree."""
    assert text == show_pads(pads)


@pytest.mark.parametrize(
    ("window", "size", "message"),
    [
        (Window(5), 4, "kernel_size (5) does not fit an axis of 4 with padding 0"),
        (Window(5, padding=(0, 1)), 3, "kernel_size (5) does not fit an axis of 3 with padding 0:1"),
        (Window(3, dilation=3), 6, "kernel_size (3, spanning 7) does not fit an axis of 6 with padding 0"),
        (Window(5, 2, rounding="ceil"), 3, "kernel_size (5) does not fit an axis of 3 with padding 0"),
    ],
)
def test_a_window_that_does_not_fit(window, size, message):
    """The message names the kernel, what it spans where that differs, the axis and the padding."""
    with pytest.raises(RuleError) as caught:
        window.positions(size)

    assert message == str(caught.value)
    assert caught.value.option == "kernel_size"
