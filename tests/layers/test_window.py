"""The closed formulas of a window against stepping: a window set down on an axis, again and again."""

from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from brute_force import Slide
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.window import Window, show_pads, windows

counts = st.integers(1, 6)
pads = st.tuples(st.integers(0, 7), st.integers(0, 7))
words = st.sampled_from(["same", "same_lower"])
roundings = st.sampled_from(["floor", "ceil", "caffe"])
slides = st.builds(Slide, counts, counts, st.one_of(pads, words), counts, roundings)
sizes = st.integers(1, 40)


@given(slides, sizes)
@examples(1500)
def test_positions_counts_the_places_where_the_window_stands(slide, size):
    """As many positions as places; none is an error."""
    places = slide.places(size)

    if places:
        assert len(places) == Window(*slide).positions(size)
    else:
        with pytest.raises(RuleError, match=r"^kernel_size \(.*\) does not fit an axis of .* with padding .*$"):
            Window(*slide).positions(size)


@given(slides, sizes)
@examples(500)
def test_extent_spans_the_taps(slide, size):
    """The extent is the span from the first tap to the last, of every place."""
    assert slide.span == Window(*slide).extent
    for taps in slide.places(size):
        assert slide.span == taps[-1] - taps[0] + 1


@given(slides, sizes)
@examples(500)
def test_pads_are_what_is_said_or_what_same_needs(slide, size):
    """Given padding is used as it is; "same" adds what its places touch beyond the axis, if they do."""
    before, after = Window(*slide).pads(size)

    assert slide.pads(size) == (before, after)
    if slide.same:
        places = slide.places(size)
        assert min(taps[0] for taps in places) == -before
        assert max(taps[-1] for taps in places) <= size + after - 1
        assert before + after == 0 or max(taps[-1] for taps in places) == size + after - 1


@pytest.mark.parametrize(("kernel", "stride"), [*product(range(1, 8), range(1, 5))])
def test_same_is_that_of_tensorflow(kernel, stride):
    """An output for each start 0, s, 2s, … on the axis; the odd position of the padding comes after it."""
    for size, dilation in product(range(1, 41), (1, 2)):
        window, slide = Window(kernel, stride, "same", dilation), Slide(kernel, stride, "same", dilation)

        assert len(range(0, size, stride)) == window.positions(size)
        assert slide.pads(size) == window.pads(size)
        assert window.pads(size)[1] - window.pads(size)[0] in {0, 1}


@pytest.mark.parametrize(("kernel", "stride"), [*product(range(1, 8), range(1, 5))])
def test_same_lower_is_same_the_other_way_round(kernel, stride):
    """As many outputs, with the sides of the padding exchanged: ONNX's SAME_LOWER."""
    for size, dilation in product(range(1, 41), (1, 2)):
        upper, lower = (Window(kernel, stride, word, dilation) for word in ("same", "same_lower"))

        assert upper.positions(size) == lower.positions(size)
        assert upper.pads(size) == lower.pads(size)[::-1]


@pytest.mark.parametrize(("kernel", "dilation"), [*product(range(1, 8), range(1, 5))])
def test_causal_reads_nothing_that_is_to_come(kernel, dilation):
    """The last tap of each place stands on its own position; at stride 1 there is a place for each."""
    for size, stride in product(range(1, 20), (1, 2)):
        (window,) = windows((size,), kernel, stride, "causal", dilation)
        places = Slide(kernel, stride, window.padding, dilation).places(size)

        assert [taps[-1] for taps in places] == [*range(0, size, stride)]
        assert len(places) == window.positions(size)


def test_causal_is_for_one_axis():
    """Time has one direction; an image has none."""
    with pytest.raises(RuleError) as caught:
        windows((9, 9), 3, padding="causal")

    assert str(caught.value) == "padding causal is for one axis, as in CxL, but the input has 2"
    assert caught.value.option == "padding"


@given(slides, sizes)
@examples(500)
def test_dropped_is_what_no_window_reaches(slide, size):
    """The positions behind the last tap of the last place."""
    if places := slide.places(size):
        assert len(range(places[-1][-1] + 1, size)) == Window(*slide).dropped(size)


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
@examples(500)
def test_same_never_pads_more_than_half_of_the_window(slide, size):
    """So that a pool may always say "same"."""
    for word in ("same", "same_lower"):
        window = Window(slide.kernel, slide.stride, word, slide.dilation)

        assert 2 * max(window.pads(size)) <= window.extent


@pytest.mark.parametrize(
    ("window", "size", "floor", "ceil", "caffe"),
    [
        (Window(3, 2), 7, 3, 3, 3),  # fits exactly
        (Window(3, 2), 8, 3, 4, 4),  # a last window that reaches one beyond
        (Window(2, 2), 7, 3, 4, 4),
        (Window(2, 3, (1, 1)), 4, 2, 2, 3),  # a third would start behind the axis
        (Window(2, 3, (1, 1)), 6, 3, 3, 3),
        (Window(2, 3, (1, 1)), 5, 2, 2, 3),
        (Window(3, 4, (1, 1)), 7, 2, 2, 3),
        (Window(3, 3, (0, 1)), 7, 2, 3, 3),  # a third starts on the last position
        (Window(1, 3), 5, 2, 2, 3),
        (Window(1, 3), 7, 3, 3, 3),
        (Window(2, 4), 5, 1, 2, 2),
    ],
)
def test_rounding(window, size, floor, ceil, caffe):
    """Ceil keeps a window that reaches less than a stride beyond the end, where it starts on the axis."""
    found = {word: window._replace(rounding=word).positions(size) for word in ("floor", "ceil", "caffe")}

    assert found == {"floor": floor, "ceil": ceil, "caffe": caffe}


@given(st.lists(st.tuples(counts, counts, st.integers(0, 3), sizes), min_size=1, max_size=3))
@examples(500)
def test_caffe_leaves_out_a_window_behind_the_axis_only_where_it_pads(axes):
    """Where any axis is padded, by less than the kernel, the last window of each may be one too many.

    github.com/BVLC/caffe, src/caffe/layers/pooling_layer.cpp
    """
    axes = [(kernel, stride, min(pad, kernel - 1), size) for kernel, stride, pad, size in axes]
    kernels, strides, paddings, lengths = zip(*axes, strict=True)
    found = windows(lengths, kernels, strides, paddings, rounding="caffe")

    for window, (kernel, stride, pad, size) in zip(found, axes, strict=True):
        count = ceil(Fraction(size + 2 * pad - kernel, stride)) + 1
        if any(paddings) and (count - 1) * stride >= size + pad:
            count -= 1
        if count < 1:
            with pytest.raises(RuleError, match="does not fit"):
                window.positions(size)
        else:
            assert count == window.positions(size)


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
        ({"rounding": "caffe"}, (Window(3, rounding="caffe"), Window(3, rounding="caffe"))),
        (
            {"rounding": "caffe", "padding": (0, 1)},
            (Window(3, 1, (0, 0), 1, "ceil"), Window(3, 1, (1, 1), 1, "ceil")),
        ),
        ({"padding": "same_lower"}, (Window(3, 1, "same_lower"), Window(3, 1, "same_lower"))),
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
