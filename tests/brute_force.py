"""A small network run on numbers, to count what it does.

Every window is slid, every weight is invented when a number first needs it, and every multiplication is done.
There is no closed formula here, and no rule of convcalc: what a layer claims must come to what happens here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import inf, prod
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from convcalc.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from convcalc.layers import Profile

Index = tuple[int, ...]
Tensor = dict[Index, float]
"""The number at each index: channel first, then one position per axis."""


class Misfit(Exception):  # noqa: N818  # it is an answer, not a fault
    """The layer cannot be run on this tensor."""


class Measured(NamedTuple):
    """What happened: the shape that came out, and how much of everything it took."""

    output: Index
    weights: int = 0
    biases: int = 0
    macs: int = 0
    statistics: int = 0


@dataclass
class Run:
    """The numbers that a layer had to invent so far, and how often it multiplied by a weight."""

    weights: dict[Index, float] = field(default_factory=dict)
    biases: dict[Index, float] = field(default_factory=dict)
    statistics: dict[tuple[str, int], float] = field(default_factory=dict)
    macs: int = 0

    def weigh(self, number: float, *key: int) -> float:
        self.macs += 1
        return number * self.weight(*key)

    def weight(self, *key: int) -> float:
        return self.weights.setdefault(key, len(self.weights) + 1)

    def bias(self, *key: int) -> float:
        return self.biases.setdefault(key, len(self.biases) + 1)

    def statistic(self, name: str, channel: int) -> float:
        return self.statistics.setdefault((name, channel), len(self.statistics) + 1)

    def gave(self, y: Tensor) -> Measured:
        if not y:
            raise Misfit
        return Measured(shape(y), len(self.weights), len(self.biases), self.macs, len(self.statistics))


class Slide(NamedTuple):
    """A window on one axis, as it is said; `padding` is (before, after) or "same", "half" or "valid"."""

    kernel: int
    stride: int = 1
    padding: tuple[int, int] | str = (0, 0)
    dilation: int = 1
    rounding: str = "floor"

    def taps(self, start: int) -> list[int]:
        """The positions that the kernel touches when its first tap stands at `start`."""
        positions = [start]
        while len(positions) < self.kernel:
            positions.append(positions[-1] + self.dilation)
        return positions

    @property
    def span(self) -> int:
        """The positions from the first tap to the last, touched or stepped over."""
        taps = self.taps(0)
        return len(range(taps[0], taps[-1] + 1))

    def pads(self, size: int) -> tuple[int, int]:
        """How many positions stand before and after the axis."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "half":
            return self.span // 2, self.span // 2
        if self.padding == "same":
            last_start = [*range(0, size, self.stride)][-1]
            missing = [position for position in range(self.taps(last_start)[-1] + 1) if position >= size]
            return len(missing[1::2]), len(missing[::2])  # by turns, after the axis first
        return self.padding

    def places(self, size: int) -> list[list[int]]:
        """The taps of each place where the window stands, in order.

        "same": one place for each start 0, stride, 2 stride, … on the axis, moved back by the padding before it.
        Floor: while all taps are on the padded axis.
        Ceil: while they are on it or less than a stride beyond its end, and the first is not behind the axis.
        """
        before, after = self.pads(size)
        if self.padding == "same":
            return [self.taps(start - before) for start in range(0, size, self.stride)]
        end = size + after + (self.stride - 1 if self.rounding == "ceil" else 0)
        places = []
        start = -before
        while self.taps(start)[-1] < end and not (self.rounding == "ceil" and start >= size):
            places.append(self.taps(start))
            start += self.stride
        return places


def tensor(sizes: Sequence[int]) -> Tensor:
    """A different number at each index."""
    return {index: number for number, index in enumerate(product(*map(range, sizes)))}


def shape(x: Tensor) -> Index:
    """How many positions each axis has."""
    return tuple(len(set(positions)) for positions in zip(*x, strict=True))


def padded(x: Tensor, slides: Sequence[Slide], filler: float) -> Tensor:
    """`x` between its padding, which has the positions below 0 and from the size on."""
    channels, *sizes = shape(x)
    pads = [slide.pads(size) for slide, size in zip(slides, sizes, strict=True)]
    axes = [range(-before, size + after) for (before, after), size in zip(pads, sizes, strict=True)]
    return {index: x.get(index, filler) for index in product(range(channels), *axes)}


def places(x: Tensor, slides: Sequence[Slide]) -> Iterator[tuple[Index, list[tuple[Index, Index]]]]:
    """Each output index, with the taps of its window: which tap it is, and on which position it stands."""
    if not slides:
        raise Misfit
    axes = [slide.places(size) for slide, size in zip(slides, shape(x)[1:], strict=True)]
    for place in product(*map(enumerate, axes)):
        taps = [tuple(zip(*tap, strict=True)) for tap in product(*(enumerate(taps) for _, taps in place))]
        yield tuple(number for number, _ in place), taps


def dealt(number: int, hands: int) -> list[range]:
    """Channels shared out like cards, one to each hand by turns, until none is left; hands must be alike."""
    shares = [0] * hands
    for card in range(number):
        shares[card % hands] += 1
    if len(set(shares)) > 1:
        raise Misfit
    starts = range(0, number, shares[0])
    return [range(start, start + shares[0]) for start in starts]


def conv(x: Tensor, slides: Sequence[Slide], out_channels: int, groups: int = 1, *, bias: bool = True) -> Measured:
    run, y = Run(), {}
    around = padded(x, slides, 0)
    for read, written in zip(dealt(shape(x)[0], groups), dealt(out_channels, groups), strict=True):
        for (place, taps), out in product(list(places(x, slides)), written):
            seen = product(enumerate(read), taps)
            y[out, *place] = sum(run.weigh(around[c, *at], out, nth, *tap) for (nth, c), (tap, at) in seen)
            y[out, *place] += run.bias(out) if bias else 0
    return run.gave(y)


def depthwise(x: Tensor, slides: Sequence[Slide], multiplier: int = 1, *, bias: bool = True) -> Measured:
    run, y = Run(), {}
    around = padded(x, slides, 0)
    for c, nth in product(range(shape(x)[0]), range(multiplier)):
        out = len({index[0] for index in y})
        for place, taps in places(x, slides):
            y[out, *place] = sum(run.weigh(around[c, *at], c, nth, *tap) for tap, at in taps)
            y[out, *place] += run.bias(c, nth) if bias else 0
    return run.gave(y)


def pool(x: Tensor, slides: Sequence[Slide], of: Callable[[Iterable[float]], float], filler: float) -> Measured:
    """One number for each window of each channel.

    As in PyTorch, whose max_pool2d refuses it, a side of the padding may not be more than half of the kernel;
    "same" is TensorFlow's, which has no such rule.
    """
    for slide, size in zip(slides, shape(x)[1:], strict=True):
        if slide.padding != "same" and any(pad + pad > slide.kernel for pad in slide.pads(size)):
            raise Misfit
    around = padded(x, slides, filler)
    y = {}
    for place, taps in places(x, slides):
        for c in range(shape(x)[0]):
            y[c, *place] = of([around[c, *at] for _, at in taps if (c, *at) in around])
    return Run().gave(y)


def maximum(x: Tensor, slides: Sequence[Slide]) -> Measured:
    return pool(x, slides, max, -inf)


def average(x: Tensor, slides: Sequence[Slide]) -> Measured:
    return pool(x, slides, fmean, 0)


def global_average(x: Tensor) -> Measured:
    channels, *sizes = shape(x)
    if not sizes:
        raise Misfit
    means = {c: fmean(number for index, number in x.items() if index[0] == c) for c in range(channels)}
    return Run().gave({(c, *(0 for _ in sizes)): mean for c, mean in means.items()})


def flatten(x: Tensor) -> Measured:
    return Run().gave({(place,): number for place, number in enumerate(x.values())})


def linear(x: Tensor, out_features: int, *, bias: bool = True) -> Measured:
    run, y = Run(), {}
    for out in range(out_features):
        y[out,] = sum(run.weigh(number, out, *index) for index, number in x.items())
        y[out,] += run.bias(out) if bias else 0
    return run.gave(y)


def batch_norm(x: Tensor, *, affine: bool = True) -> Measured:
    """Its multiplications are not counted: it is not a multiply-accumulate over inputs."""
    run, y = Run(), {}
    for index, number in x.items():
        c = index[0]
        y[index] = (number - run.statistic("mean", c)) / run.statistic("variance", c)
        if affine:
            y[index] = y[index] * run.weight(c) + run.bias(c)
    return run.gave(y)


def local_response(x: Tensor, size: int) -> Measured:
    """Defined over positions, as in PyTorch, which refuses a flat input."""
    if len(shape(x)) == 1:
        raise Misfit
    y = {}
    for (c, *at), number in x.items():
        neighbours = [x[near, *at] for near in range(c - size // 2, c - size // 2 + size) if (near, *at) in x]
        y[c, *at] = number / (1 + sum(near * near for near in neighbours))
    return Run().gave(y)


def pointwise(x: Tensor) -> Measured:
    return Run().gave({index: max(0, number) for index, number in x.items()})


def add(*inputs: Tensor) -> Measured:
    first = inputs[0]
    if any(x.keys() != first.keys() for x in inputs):
        raise Misfit
    return Run().gave({index: sum(x[index] for x in inputs) for index in first})


def mul(*inputs: Tensor) -> Measured:
    shapes = [shape(x) for x in inputs]
    if len({len(sizes) for sizes in shapes}) > 1:
        raise Misfit
    longest = [max(sizes) for sizes in zip(*shapes, strict=True)]
    if any(size not in {1, long} for sizes in shapes for size, long in zip(sizes, longest, strict=True)):
        raise Misfit
    y = {}
    for index in tensor(longest):
        own = [tuple(0 if size == 1 else at for size, at in zip(sizes, index, strict=True)) for sizes in shapes]
        y[index] = prod(x[where] for x, where in zip(inputs, own, strict=True))
    return Run().gave(y)


def concat(*inputs: Tensor) -> Measured:
    y = {}
    for x in inputs:
        if {index[1:] for index in x} != {index[1:] for index in inputs[0]}:
            raise Misfit
        above = len({index[0] for index in y})
        y |= {(above + c, *at): number for (c, *at), number in x.items()}
    return Run().gave(y)


def measured(layer: Callable[..., Measured], *args: object, **options: object) -> Measured | None:
    """What running the layer came to; None where it cannot be run."""
    try:
        return layer(*args, **options)
    except Misfit:
        return None


def claimed(layer: Callable[..., Profile], *inputs: Index) -> Measured | None:
    """What the layer says of itself; None where it refuses the inputs."""
    try:
        profile = layer(*inputs)
    except RuleError:
        return None
    return Measured(profile.output, profile.weights, profile.biases, profile.macs, profile.statistics)


LIMITS = {1: (9, 4, 4), 2: (5, 3, 2), 3: (3, 2, 1)}
"""For each number of axes, the largest size, kernel and padding: a run takes every step, so tensors are tiny."""


@st.composite
def slid(draw, *, dilations=True, roundings=("floor",), mostly_half=False):
    """The sizes of one to three axes, and a window for each; not every window fits, nor is every padding in range.

    `mostly_half` keeps padding to half of the window, mostly.
    """
    size, kernel, pad = LIMITS[axes := draw(st.integers(1, 3))]
    word = draw(st.sampled_from(["pads", "pads", "same", "half", "valid"]))
    rounding = draw(st.sampled_from(roundings))
    sizes, slides = [], []
    for _ in range(axes):
        taps, step = draw(st.integers(1, kernel)), draw(st.integers(1, 3))
        dilation = draw(st.integers(1, 2)) if dilations else 1
        half = Slide(taps, dilation=dilation).span // 2
        most = min(pad, half + draw(st.sampled_from([0, 0, 0, 0, 1]))) if mostly_half else pad
        padding = (draw(st.integers(0, most)), draw(st.integers(0, most))) if word == "pads" else word
        sizes.append(draw(st.integers(1, size)))
        slides.append(Slide(taps, step, padding, dilation, rounding))
    return tuple(sizes), tuple(slides)


def options(slides: Sequence[Slide]) -> dict[str, object]:
    """The options that say these windows: one number where it is enough, else one per axis."""
    kernels, strides, paddings, dilations, _ = zip(*slides, strict=True)
    pads = [pad[0] if pad[0] == pad[-1] else pad for pad in paddings]
    words = [padding for padding in paddings if isinstance(padding, str)]
    return {
        "kernel_size": briefly(kernels),
        "stride": briefly(strides),
        "padding": words[0] if words else briefly(pads),
        "dilation": briefly(dilations),
    }


def briefly(values: Sequence[object]) -> object:
    """One value where it is a number that all share, else a tuple."""
    return values[0] if len(set(values)) == 1 and isinstance(values[0], int) else tuple(values)


def shapes(most: int = 4) -> st.SearchStrategy[Index]:
    """Small shapes of up to three axes besides the channels."""
    return st.lists(st.integers(1, most), min_size=1, max_size=4).map(tuple)
