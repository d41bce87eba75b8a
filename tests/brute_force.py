"""Numbers, windows and tensors for running a small network by brute force, to count what it does.

Every window is slid, every weight is invented when a number first needs it, and every multiplication is done.
There is no closed formula here, and no rule of convcalc: what a layer claims must come to what happens here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from itertools import count, product
from math import exp
from operator import add as plus
from operator import mul as times
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from convcalc.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from convcalc.layers.base import Profile

Index = tuple[int, ...]


class Misfit(Exception):  # it is an answer, not a fault
    """The layer cannot be run on this tensor."""


# ------------------------------------------------------------------------------------------------- numbers and runs


class Number:
    """A number that knows which values it was made of, one bit for each; its run counts what is done to it."""

    __slots__ = ("reads", "run", "value")

    def __init__(self, run: Run, value: float, reads: int = 0) -> None:
        self.run, self.value, self.reads = run, value, reads

    def combined(self, other: Number | float, operation: Callable[[float, float], float]) -> Number:
        self.run.operations += 1
        if isinstance(other, Number):
            return Number(self.run, operation(self.value, other.value), self.reads | other.reads)
        return Number(self.run, operation(self.value, other), self.reads)

    def __add__(self, other: Number | float) -> Number:
        return self.combined(other, plus)

    __radd__ = __add__

    def __sub__(self, other: Number | float) -> Number:
        return self.combined(other, lambda one, two: one - two)

    def __rsub__(self, other: float) -> Number:
        return self.combined(other, lambda one, two: two - one)

    def __mul__(self, other: Number | float) -> Number:
        return self.combined(other, times)

    def __truediv__(self, other: Number | float) -> Number:
        return self.combined(other, lambda one, two: one / two)

    def compared(self, other: Number) -> Number:
        """The larger of the two, for which both are read."""
        return self.combined(other, max)

    def through(self, function: Callable[[float], float]) -> Number:
        self.run.operations += 1
        return self.once(function)

    def once(self, function: Callable[[float], float]) -> Number:
        """What is done once for many numbers, and not counted."""
        return Number(self.run, function(self.value), self.reads)


Tensor = dict[Index, Number]
"""The number at each index: channel first, then one position per axis."""


class Measured(NamedTuple):
    """What happened: the shape that came out, and how much of everything it took.

    `fan_in` is how many values the number that was made of most was made of.
    """

    output: Index
    weights: int = 0
    biases: int = 0
    macs: int = 0
    statistics: int = 0
    fan_in: int = 1
    operations: int = 0


class Counted(NamedTuple):
    """What comes out, and what is learnt, multiplied by it, or kept: a part of what is measured."""

    output: Index
    weights: int = 0
    biases: int = 0
    macs: int = 0
    statistics: int = 0


@dataclass
class Run:
    """The numbers that a layer had to invent so far, and how often it multiplied by a weight, or did anything else."""

    weights: dict[Hashable, float] = field(default_factory=dict)
    biases: dict[Hashable, float] = field(default_factory=dict)
    statistics: dict[Hashable, float] = field(default_factory=dict)
    macs: int = 0
    operations: int = 0
    values: count[int] = field(default_factory=count)

    def read(self, number: float) -> Number:
        """A value of the input, or of its padding."""
        return Number(self, number, 1 << next(self.values))

    def given(self, x: dict[Index, float]) -> Tensor:
        return {index: self.read(number) for index, number in x.items()}

    def made(self, number: float) -> Number:
        """A number that no value was read for."""
        return Number(self, number)

    def dot(self, pairs: Iterable[tuple[Number, Number | float]]) -> Number:
        """A sum of products, each of which is a multiply-accumulate."""
        total, reads = 0.0, 0
        for number, factor in pairs:
            self.macs += 1
            reads |= number.reads
            if isinstance(factor, Number):
                total, reads = total + number.value * factor.value, reads | factor.reads
            else:
                total += number.value * factor
        return Number(self, total, reads)

    def weighed(self, pairs: Iterable[tuple[Number, Hashable]]) -> Number:
        """A sum of numbers, each times the weight of its key."""
        return self.dot((number, self.weight(key)) for number, key in pairs)

    def weight(self, *key: Hashable) -> float:
        return self.weights.setdefault(key, 1 / (len(self.weights) + 1))

    def bias(self, *key: Hashable) -> float:
        return self.biases.setdefault(key, 1 / (len(self.biases) + 1))

    def statistic(self, *key: Hashable) -> float:
        return self.statistics.setdefault(key, len(self.statistics) + 1)

    def gave(self, y: Tensor) -> Measured:
        if not y:
            raise Misfit
        learnt = len(self.weights), len(self.biases), self.macs, len(self.statistics)
        return Measured(shape(y), *learnt, max(number.reads.bit_count() for number in y.values()), self.operations)


def measured(layer: Callable[..., Tensor], *args: object, **options: object) -> Measured | None:
    """What running the layer on some tensors, and with some options, came to; None where it cannot be run."""
    run = Run()
    try:
        return run.gave(layer(run, *[run.given(arg) if isinstance(arg, dict) else arg for arg in args], **options))
    except Misfit:
        return None


def claimed(layer: Callable[..., Profile], *inputs: Index) -> Measured | None:
    """What the layer says of itself; None where it refuses the inputs."""
    try:
        profile = layer(*inputs)
    except RuleError:
        return None
    learnt = profile.weights, profile.biases, profile.macs, profile.statistics
    return Measured(profile.output, *learnt, profile.fan_in, profile.operations)


def made(kind: Callable[..., Callable[..., Profile]], *args: object, **options: object) -> Callable[..., Profile]:
    """A layer that is made when it is applied, as its options may be refused, too."""

    def layer(*inputs: Index) -> Profile:
        return kind(*args, **options)(*inputs)

    return layer


def counted(layer: Callable[..., Profile], *inputs: Index) -> Counted | None:
    """Of what the layer says, what a `Counted` holds."""
    said = claimed(layer, *inputs)
    return said and Counted(*said[: len(Counted._fields)])


def holds(ran: Measured | None, said: Measured | None) -> bool:
    """Whether all was as said, but for fewer values read, where there are fewer than a layer could read."""
    if ran is None or said is None:
        return ran is said
    return ran == said._replace(fan_in=ran.fan_in) and ran.fan_in <= said.fan_in


def total(numbers: Iterable[Number]) -> Number:
    """A sum that begins with its first number: one addition less than there are numbers."""
    return reduce(plus, numbers)


def mean(numbers: Sequence[Number]) -> Number:
    return total(numbers) / len(numbers)


def greatest(numbers: Iterable[Number]) -> Number:
    return reduce(Number.compared, numbers)


def sigmoid(number: float) -> float:
    return 1 / (1 + exp(max(-number, -700)))


def exponential(number: float) -> float:
    return exp(min(number, 700))


# ------------------------------------------------------------------------------------------------ tensors and windows


class Slide(NamedTuple):
    """A window on one axis, as it is said; `padding` is (before, after) or a word."""

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

    @property
    def same(self) -> bool:
        """Whether it keeps a place for each start on the axis."""
        return self.padding in {"same", "same_lower"}

    def pads(self, size: int) -> tuple[int, int]:
        """How many positions stand before and after the axis."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "half":
            return self.span // 2, self.span // 2
        if self.padding == "causal":
            return len(range(self.taps(0)[-1])), 0  # so that the last tap begins on the first position
        if self.same:
            last_start = [*range(0, size, self.stride)][-1]
            missing = [position for position in range(self.taps(last_start)[-1] + 1) if position >= size]
            less, more = len(missing[1::2]), len(missing[::2])  # by turns, after the axis first, or before it
            return (less, more) if self.padding == "same" else (more, less)
        return self.padding

    def places(self, size: int) -> list[list[int]]:
        """The taps of each place where the window stands, in order.

        "same": one place for each start 0, stride, 2 stride, … on the axis, moved back by the padding before it.
        Floor: while all taps are on the padded axis.
        Ceil: while they are on it or less than a stride beyond its end, and the first is not behind the axis.
        Caffe: as ceil, wherever the first is.
        """
        before, after = self.pads(size)
        if self.same:
            return [self.taps(start - before) for start in range(0, size, self.stride)]
        end = size + after + (0 if self.rounding == "floor" else self.stride - 1)
        places = []
        start = -before
        while self.taps(start)[-1] < end and not (self.rounding == "ceil" and start >= size):
            places.append(self.taps(start))
            start += self.stride
        return places


class Spread(NamedTuple):
    """A window on one axis that writes where a `Slide` reads; `added` positions stand at the end of what it writes."""

    kernel: int
    stride: int = 1
    padding: tuple[int, int] | str = (0, 0)
    dilation: int = 1
    added: int = 0

    def taps(self, at: int) -> list[int]:
        """The positions that it writes to from position `at`."""
        start = sum(self.stride for _ in range(at))
        return Slide(self.kernel, dilation=self.dilation).taps(start)

    def kept(self, size: int) -> list[int]:
        """The positions that are left of all that it writes to, in order.

        "same": by turns the last and the first is taken away, until each step of the stride has one; too few are
        followed by more.
        """
        written = [*range(self.taps(size - 1)[-1] + 1 + self.added)]
        if self.padding in {"same", "same_lower"}:
            wanted = [(at, step) for at in range(size) for step in range(self.stride)]
            written += range(len(written), len(wanted))
            return trimmed(written, len(wanted), behind=self.padding == "same")
        before, after = Slide(self.kernel, self.stride, self.padding, self.dilation).pads(size)
        return written[before : max(len(written) - after, 0)]


def tensor(sizes: Sequence[int]) -> dict[Index, float]:
    """A different number at each index."""
    return {index: float(number) for number, index in enumerate(product(*map(range, sizes)))}


def shape(x: Tensor) -> Index:
    """How many positions each axis has."""
    return tuple(len(set(positions)) for positions in zip(*x, strict=True))


def padded(run: Run, x: Tensor, slides: Sequence[Slide], filler: float) -> Tensor:
    """`x` between its padding, which has the positions below 0 and from the size on."""
    channels, *sizes = shape(x)
    pads = [slide.pads(size) for slide, size in zip(slides, sizes, strict=True)]
    axes = [range(-before, size + after) for (before, after), size in zip(pads, sizes, strict=True)]
    return {index: x.get(index) or run.read(filler) for index in product(range(channels), *axes)}


def places(x: Tensor, slides: Sequence[Slide]) -> Iterator[tuple[Index, list[tuple[Index, Index]]]]:
    """Each output index, with the taps of its window: which tap it is, and on which position it stands."""
    if not slides or (len(slides) > 1 and "causal" in {slide.padding for slide in slides}):
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


def trimmed(positions: Iterable[int], wanted: int, *, behind: bool = True) -> list[int]:
    """What is left when positions are taken away by turns, behind first; fewer are too few."""
    left = [*positions]
    while len(left) > wanted:
        left.pop(-1 if behind else 0)
        behind = not behind
    if len(left) < wanted:
        raise Misfit
    return left


def cut(x: Tensor, kept: Sequence[Sequence[int]]) -> Tensor:
    """The positions of each axis that are kept, numbered anew."""
    return {
        tuple(at for at, _ in places): x[tuple(position for _, position in places)]
        for places in product(*map(enumerate, kept))
        if tuple(position for _, position in places) in x
    }


def together(x: Tensor, of: Callable[[Index], Hashable]) -> Iterator[Tensor]:
    """`x` in parts: the numbers whose indices have something in common."""
    parts: dict[Hashable, Tensor] = {}
    for index, number in x.items():
        parts.setdefault(of(index), {})[index] = number
    yield from parts.values()


def tokens(x: Tensor) -> dict[Index, list[Number]]:
    """The channels of each position."""
    return {next(iter(part))[1:]: [*part.values()] for part in together(x, lambda index: index[1:])}


def untokened(found: dict[Index, list[Number]]) -> Tensor:
    """The tensor whose positions have these channels."""
    return {(c, *at): number for at, channels in found.items() for c, number in enumerate(channels)}


def arranged(numbers: Iterable[Number], sizes: Index) -> Tensor:
    """Numbers in their order under a shape."""
    return dict(zip(product(*map(range, sizes)), numbers, strict=True))


# -------------------------------------------------------------------------------------------------------- strategies


LIMITS = {1: (9, 4, 4), 2: (5, 3, 2), 3: (3, 2, 1)}
"""For each number of axes, the largest size, kernel and padding: a run takes every step, so tensors are tiny."""


@st.composite
def slid(draw, *, dilations=True, roundings=("floor",), mostly_half=False):
    """The sizes of one to three axes, and a window for each; not every window fits, nor is every padding in range.

    `mostly_half` keeps padding to half of the window, mostly.
    """
    size, kernel, pad = LIMITS[axes := draw(st.integers(1, 3))]
    word = draw(st.sampled_from(["pads", "pads", "pads", "same", "same_lower", "half", "valid", "causal"]))
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


def options(slides: Sequence[Slide | Spread]) -> dict[str, object]:
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
