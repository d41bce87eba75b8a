"""Each kind of layer run on numbers: what a claim must come to.

A function here takes a run, tensors, and the options of a layer, and gives the tensor that comes out. All that is
done to a number is counted by the number itself, and products with weights by the run.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import product
from math import floor, inf, sqrt, tanh
from operator import add as plus
from operator import mul as times
from typing import TYPE_CHECKING, NamedTuple

from brute_force import (
    Misfit,
    Number,
    Run,
    Slide,
    Spread,
    arranged,
    cut,
    dealt,
    exponential,
    greatest,
    mean,
    padded,
    places,
    shape,
    sigmoid,
    tensor,
    together,
    tokens,
    total,
    trimmed,
    untokened,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from brute_force import Index, Tensor


# ------------------------------------------------------------------------------------------------------ convolutions


def conv(
    run: Run, x: Tensor, slides: Sequence[Slide], out_channels: int, groups: int = 1, *, bias: bool = True
) -> Tensor:
    around, y = padded(run, x, slides, 0), {}
    for read, written in zip(dealt(shape(x)[0], groups), dealt(out_channels, groups), strict=True):
        for (place, taps), out in product(list(places(x, slides)), written):
            seen = product(enumerate(read), taps)
            y[out, *place] = run.weighed((around[c, *at], ("conv", out, nth, *tap)) for (nth, c), (tap, at) in seen)
            if bias:
                y[out, *place] += run.bias("conv", out)
    return y


def depthwise(run: Run, x: Tensor, slides: Sequence[Slide], multiplier: int = 1, *, bias: bool = True) -> Tensor:
    around, y = padded(run, x, slides, 0), {}
    for c, nth in product(range(shape(x)[0]), range(multiplier)):
        out = len({index[0] for index in y})
        for place, taps in places(x, slides):
            y[out, *place] = run.weighed((around[c, *at], (c, nth, *tap)) for tap, at in taps)
            if bias:
                y[out, *place] += run.bias(c, nth)
    return y


def separable(
    run: Run, x: Tensor, slides: Sequence[Slide], out_channels: int, multiplier: int = 1, *, bias: bool = True
) -> Tensor:
    between = depthwise(run, x, slides, multiplier, bias=False)
    return untokened(project(run, "pointwise", tokens(between), out_channels, bias=bias))


def table(
    run: Run, x: Tensor, slides: Sequence[Slide], connections: Sequence[Sequence[int]], *, bias: bool = True
) -> Tensor:
    around, y = padded(run, x, slides, 0), {}
    for (place, taps), (out, read) in product(list(places(x, slides)), enumerate(connections)):
        if not set(read) <= {c for c, *_ in x} or len(set(read)) < len(read):
            raise Misfit
        y[out, *place] = run.weighed((around[c, *at], (out, c, *tap)) for c, (tap, at) in product(read, taps))
        if bias:
            y[out, *place] += run.bias(out)
    return y


def local(run: Run, x: Tensor, slides: Sequence[Slide], out_channels: int, *, bias: bool = True) -> Tensor:
    around, y = padded(run, x, slides, 0), {}
    for (place, taps), out in product(list(places(x, slides)), range(out_channels)):
        seen = product(range(shape(x)[0]), taps)
        y[out, *place] = run.weighed((around[c, *at], (place, out, c, *tap)) for c, (tap, at) in seen)
        if bias:
            y[out, *place] += run.bias(place, out)
    return y


def deformable(
    run: Run,
    x: Tensor,
    slides: Sequence[Slide],
    out_channels: int,
    groups: int = 1,
    offset_groups: int = 1,
    *,
    modulated: bool = False,
    bias: bool = True,
    far: int = 1,
) -> Tensor:
    """The offsets are `far` times what their convolution makes: what they are is learnt, and they may be anything.

    A value that is sampled is used by all filters that span its channel.
    """
    around, y = padded(run, x, slides, 0), {}
    channels = shape(x)[0]
    shared = dealt(channels, offset_groups)
    for place, taps in places(x, slides):
        sampled = {}
        for (nth, moved), (tap, at) in product(enumerate(shared), taps):
            made = []
            for number in [*range(len(at)), "factor"][: len(at) + modulated]:
                seen = product(range(channels), taps)
                keyed = ((around[c, *there], ("offset", nth, tap, number, c, *one)) for c, (one, there) in seen)
                made.append(run.weighed(keyed) + run.bias("offset", nth, tap, number))
            if modulated:
                factor = made.pop().through(sigmoid)
            for c in moved:
                number = interpolated(around, c, at, made, far)
                sampled[c, tap] = number * factor if modulated else number
        for read, written in zip(dealt(channels, groups), dealt(out_channels, groups), strict=True):
            for out in written:
                seen = product(enumerate(read), taps)
                y[out, *place] = run.weighed((sampled[c, tap], (out, nth, *tap)) for (nth, c), (tap, _) in seen)
                if bias:
                    y[out, *place] += run.bias(out)
    return y


def interpolated(around: Tensor, c: int, at: Index, offsets: Sequence[Number], far: int) -> Number:
    """The mean of the neighbours of a place between positions, by nearness; what is read outside is padding."""
    run, neighbours = offsets[0].run, []
    for corner in product((0, 1), repeat=len(at)):
        nearness, where = 1.0, (c,)
        for position, offset, side in zip(at, offsets, corner, strict=True):
            exact = position + far * offset.value
            where += (floor(exact) + side,)
            nearness *= 1 - abs(exact - where[-1])
        if where not in around:
            around[where] = run.read(0)
        neighbours.append(around[where] * nearness)
    number = total(neighbours)
    return Number(run, number.value, reduce(lambda reads, offset: reads | offset.reads, offsets, number.reads))


def transposed(
    run: Run, x: Tensor, spreads: Sequence[Spread], out_channels: int, groups: int = 1, *, bias: bool = True
) -> Tensor:
    """As in PyTorch, fewer positions are added than the stride or the dilation is; as in Keras, none to "same"."""
    if not spreads:
        raise Misfit
    for spread in spreads:
        word = spread.padding in {"same", "same_lower"}
        if (spread.added >= spread.stride and spread.added >= spread.dilation) or (word and spread.added):
            raise Misfit
    written_to: dict[Index, list[tuple[Number, Hashable]]] = {}
    for read, written in zip(dealt(shape(x)[0], groups), dealt(out_channels, groups), strict=True):
        for c, out in product(read, written):
            for at in dict.fromkeys(index[1:] for index in x):
                axes = [enumerate(spread.taps(position)) for spread, position in zip(spreads, at, strict=True)]
                for taps in product(*axes):
                    tap, where = zip(*taps, strict=True)
                    written_to.setdefault((out, *where), []).append((x[c, *at], (c, out, *tap)))
    spread_out = {index: run.weighed(pairs) for index, pairs in written_to.items()}
    axes = [spread.kept(size) for spread, size in zip(spreads, shape(x)[1:], strict=True)]
    nothing = dict.fromkeys(product(range(out_channels), *axes))
    y = cut({index: spread_out.get(index) or run.made(0) for index in nothing}, [range(out_channels), *axes])
    return {(out, *at): number + run.bias(out) if bias else number for (out, *at), number in y.items()}


# ------------------------------------------------------------------------------------------------------------- pools


def pool(run: Run, x: Tensor, slides: Sequence[Slide], of: Callable[[list[Number]], Number], filler: float) -> Tensor:
    """One number for each window of each channel; what it touches beyond the axis is `filler`.

    As in PyTorch, whose max_pool2d refuses it, a side of the padding may not be more than half of the kernel;
    "same" is TensorFlow's, which has no such rule. As in Caffe, where a pool pads some axis, no window is behind one.
    """
    pads = [slide.pads(size) for slide, size in zip(slides, shape(x)[1:], strict=True)]
    for slide, sides in zip(slides, pads, strict=True):
        if not slide.same and any(pad + pad > slide.kernel for pad in sides):
            raise Misfit
    if any(any(sides) for sides in pads) and "caffe" in {slide.rounding for slide in slides}:
        slides = [slide._replace(rounding="ceil") for slide in slides]
    y = {}
    for place, taps in places(x, slides):
        for c in range(shape(x)[0]):
            y[c, *place] = of([x.get((c, *at)) or run.read(filler) for _, at in taps])
    return y


def maximum(run: Run, x: Tensor, slides: Sequence[Slide]) -> Tensor:
    return pool(run, x, slides, greatest, -inf)


def average(run: Run, x: Tensor, slides: Sequence[Slide]) -> Tensor:
    return pool(run, x, slides, mean, 0)


def power_average(run: Run, x: Tensor, slides: Sequence[Slide], norm_type: int = 2) -> Tensor:
    def norm(numbers: list[Number]) -> Number:
        powers = [number.through(lambda value: value**norm_type) for number in numbers]
        return total(powers).through(lambda value: value ** (1 / norm_type))

    return pool(run, x, slides, norm, 0)


def global_pool(x: Tensor, of: Callable[[list[Number]], Number]) -> Tensor:
    _, *sizes = shape(x)
    if not sizes:
        raise Misfit
    return {(c, *(0 for _ in sizes)): of([*part.values()]) for c, part in enumerate(together(x, lambda at: at[0]))}


def global_average(_run: Run, x: Tensor) -> Tensor:
    return global_pool(x, mean)


def global_maximum(_run: Run, x: Tensor) -> Tensor:
    return global_pool(x, greatest)


def adaptive(x: Tensor, output_size: Sequence[int], of: Callable[[list[Number]], Number]) -> Tensor:
    """Each axis is cut into equal shares, and a window reads each position that its share overlaps."""
    channels, *sizes = shape(x)
    if len(sizes) != len(output_size):
        raise Misfit
    axes = []
    for size, wanted in zip(sizes, output_size, strict=True):
        shares = [(Fraction(size, wanted) * place, Fraction(size, wanted) * (place + 1)) for place in range(wanted)]
        axes.append([[at for at in range(size) if at + 1 > start and at < end] for start, end in shares])
    return {
        (c, *[place for place, _ in window]): of([x[c, *at] for at in product(*[taps for _, taps in window])])
        for c, *window in product(range(channels), *map(enumerate, axes))
    }


def adaptive_average(_run: Run, x: Tensor, output_size: Sequence[int]) -> Tensor:
    return adaptive(x, output_size, mean)


def adaptive_maximum(_run: Run, x: Tensor, output_size: Sequence[int]) -> Tensor:
    return adaptive(x, output_size, greatest)


def unpooled(run: Run, x: Tensor, slides: Sequence[Slide], output_size: Sequence[int] | None = None) -> Tensor:
    """Each value at the last position of its window that there is; zeros elsewhere.

    As in PyTorch, the output is what the windows cover, less the padding, or differs from that by less than a stride.
    """
    channels, *sizes = shape(x)
    if not sizes:
        raise Misfit
    covered = [Spread(*slide[:4]).kept(size) for slide, size in zip(slides, sizes, strict=True)]
    if any(not positions for positions in covered):
        raise Misfit
    wanted = [len(positions) for positions in covered] if output_size is None else output_size
    for positions, slide, length in zip(covered, slides, wanted, strict=True):
        if length < 1 or length not in range(len(positions) - slide.stride + 1, len(positions) + slide.stride):
            raise Misfit
    y = {index: run.made(0) for index in product(range(channels), *map(range, wanted))}
    for (c, *at), number in x.items():
        ends = [Spread(*slide[:4]).taps(place)[-1] for slide, place in zip(slides, at, strict=True)]
        y[c, *[min(end, length - 1) for end, length in zip(ends, wanted, strict=True)]] = number
    return y


# ---------------------------------------------------------------------------------------------------------- resizing


TAPS = {"nearest": [0], "linear": [0, 1], "bilinear": [0, 1], "trilinear": [0, 1], "bicubic": [-1, 0, 1, 2]}
"""The neighbours that each way of upsampling weighs, counted from the position below."""


def upsampled(_run: Run, x: Tensor, output_size: Sequence[int], mode: str = "nearest") -> Tensor:
    """Each position of the output lies somewhere on the input; beyond its ends, the ends are read."""
    channels, *sizes = shape(x)
    if not sizes or any(size < 1 for size in output_size):
        raise Misfit
    if mode != "nearest" and len(sizes) != {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}[mode]:
        raise Misfit
    axes = []
    for size, wanted in zip(sizes, output_size, strict=True):
        centres = [Fraction(size, wanted) * (Fraction(1, 2) + place) - Fraction(1, 2) for place in range(wanted)]
        if mode == "nearest":
            centres = [Fraction(size, wanted) * place for place in range(wanted)]
        axes.append([[min(max(floor(at) + tap, 0), size - 1) for tap in TAPS[mode]] for at in centres])
    y = {}
    for c, *window in product(range(channels), *map(enumerate, axes)):
        read = [x[c, *at] for at in product(*[taps for _, taps in window])]
        y[c, *[place for place, _ in window]] = read[0] if mode == "nearest" else total(near * 0.5 for near in read)
    return y


def pixels_spread(_run: Run, x: Tensor, factor: int) -> Tensor:
    """Each block of factor x factor is filled with as many channels, row by row."""
    if len(shape(x)) != 3:
        raise Misfit
    y = {}
    for out, channels in enumerate(hands(shape(x)[0], factor * factor)):
        for (down, right), c in zip(product(range(factor), repeat=2), channels, strict=True):
            for row, column in product(*map(range, shape(x)[1:])):
                y[out, row * factor + down, column * factor + right] = x[c, row, column]
    return y


def pixels_gathered(_run: Run, x: Tensor, factor: int) -> Tensor:
    """Each channel becomes as many as a block of factor x factor has positions."""
    if len(shape(x)) != 3:
        raise Misfit
    channels, height, width = shape(x)
    rows, columns = hands(height, factor), hands(width, factor)
    y = {}
    for c, (nth, (down, right)) in product(range(channels), enumerate(product(range(factor), repeat=2))):
        for (row, ys), (column, xs) in product(enumerate(rows), enumerate(columns)):
            y[c * factor * factor + nth, row, column] = x[c, ys[down], xs[right]]
    return y


def hands(number: int, most: int) -> list[list[int]]:
    """Positions in hands of `most` each, in order, of which none may be short."""
    dealt_out = [[*range(number)][start : start + most] for start in range(0, number, most)]
    if len(dealt_out[-1]) < most:
        raise Misfit
    return dealt_out


PAD_MODES = {
    "constant": lambda _size: {},
    "replicate": lambda size: dict.fromkeys(range(-size - 9, 0), 0) | dict.fromkeys(range(size, size + 9), size - 1),
    "reflect": lambda size: (
        {-at: at for at in range(1, size)} | {size - 1 + at: size - 1 - at for at in range(1, size)}
    ),
    "circular": lambda size: {at - size: at for at in range(size)} | {at + size: at for at in range(size)},
}
"""For each way of padding, the position that stands for one outside of an axis, where there is one."""


def bordered(
    run: Run, x: Tensor, pads: Sequence[tuple[int, int]], mode: str = "constant", channels: tuple[int, int] = (0, 0)
) -> Tensor:
    if len(shape(x)) == 1:
        raise Misfit
    """Positions around each axis, which stand for others or are made up; channels around the channels are made up."""
    own, *sizes = shape(x)
    axes = []
    for size, (before, after) in zip(sizes, pads, strict=True):
        stands = {at: at for at in range(size)} | PAD_MODES[mode](size)
        places = range(-before, size + after)
        if mode != "constant" and not set(places) <= stands.keys():
            raise Misfit
        axes.append([stands.get(at) for at in places])
    c_axis = [c if c in range(own) else None for c in range(-channels[0], own + channels[1])]
    return {
        tuple(place for place, _ in window): x.get(tuple(at for _, at in window)) or run.made(0)
        for window in product(*map(enumerate, [c_axis, *axes]))
    }


def cropped(_run: Run, x: Tensor, pads: Sequence[tuple[int, int]]) -> Tensor:
    if len(shape(x)) == 1:
        raise Misfit
    kept = [[*range(size)][before:] for size, (before, _) in zip(shape(x)[1:], pads, strict=True)]
    for positions, (_, after) in zip(kept, pads, strict=True):
        del positions[max(len(positions) - after, 0) :]
        if not positions:
            raise Misfit
    return cut(x, [range(shape(x)[0]), *kept])


def cropped_centrally(_run: Run, x: Tensor, output_size: Sequence[int]) -> Tensor:
    channels, *sizes = shape(x)
    if len(sizes) != len(output_size):
        raise Misfit
    kept = [trimmed(range(size), wanted) for size, wanted in zip(sizes, output_size, strict=True)]
    return cut(x, [range(channels), *kept])


# -------------------------------------------------------------------------------------------------------- reshaping


def flatten(_run: Run, x: Tensor, start_dim: int = 0) -> Tensor:
    if start_dim >= len(shape(x)):
        raise Misfit
    y = {}
    for part in together(x, lambda index: index[:start_dim]):
        y |= {(*next(iter(part))[:start_dim], place): number for place, number in enumerate(part.values())}
    return y


def reshaped(_run: Run, x: Tensor, sizes: Sequence[int]) -> Tensor:
    """One size may be -1, and is tried until the numbers fit."""
    tried = [tuple(free if size == -1 else size for size in sizes) for free in range(1, len(x) + 1)]
    fits = [found for found in tried if len([*product(*map(range, found))]) == len(x)]
    if not fits or list(sizes).count(-1) > 1:
        raise Misfit
    return arranged(x.values(), fits[0])


def permuted(_run: Run, x: Tensor, dims: Sequence[int]) -> Tensor:
    if sorted(dims) != [axis for axis, _ in enumerate(shape(x))]:
        raise Misfit
    return {tuple(index[dim] for dim in dims): number for index, number in x.items()}


def sliced(_run: Run, x: Tensor, start: int, stop: int, axis: int = 0) -> Tensor:
    sizes = shape(x)
    if axis >= len(sizes) or stop > sizes[axis]:
        raise Misfit
    return cut(x, [[*range(size)][start:stop] if nth == axis else range(size) for nth, size in enumerate(sizes)])


def split(_run: Run, x: Tensor, sections: int, index: int, axis: int = 0) -> Tensor:
    sizes = shape(x)
    if axis >= len(sizes):
        raise Misfit
    parts = dealt(sizes[axis], sections)
    return cut(x, [parts[index] if nth == axis else range(size) for nth, size in enumerate(sizes)])


def channels_shuffled(_run: Run, x: Tensor, groups: int) -> Tensor:
    by_turns = [c for turn in zip(*dealt(shape(x)[0], groups), strict=True) for c in turn]
    return cut(x, [by_turns, *map(range, shape(x)[1:])])


# ---------------------------------------------------------------------------------------- dense layers and embeddings


def linear(run: Run, x: Tensor, out_features: int, over: str = "all", *, bias: bool = True) -> Tensor:
    numbers = {(): [*x.values()]} if over == "all" else tokens(x)
    return untokened(project(run, "linear", numbers, out_features, bias=bias))


def project(
    run: Run, name: str, positions: dict[Index, list[Number]], out_features: int, *, bias: bool = True
) -> dict[Index, list[Number]]:
    """Each position as a linear layer makes it of its channels, all with the same weights."""
    found: dict[Index, list[Number]] = {}
    for at, channels in positions.items():
        made = [
            run.weighed((number, (name, out, c)) for c, number in enumerate(channels)) for out in range(out_features)
        ]
        found[at] = [number + run.bias(name, out) for out, number in enumerate(made)] if bias else made
    return found


def embedded(run: Run, x: Tensor, num_embeddings: int, embedding_dim: int) -> Tensor:
    """A vector for each number that there might be; each position picks one."""
    if len(shape(x)) != 1:
        raise Misfit
    vectors = [[run.weight(index, out) for out in range(embedding_dim)] for index in range(num_embeddings)]
    return {
        (out, at): number.once(lambda value, out=out: vectors[int(value) % num_embeddings][out])
        for out in range(embedding_dim)
        for (at,), number in x.items()
    }


def positions_embedded(run: Run, x: Tensor) -> Tensor:
    return {index: number + run.weight(index) for index, number in x.items()}


def class_token(run: Run, x: Tensor) -> Tensor:
    if len(shape(x)) != 2:
        raise Misfit
    return {(c, 0): run.made(run.weight(c)) for c, _ in x} | {(c, at + 1): number for (c, at), number in x.items()}


# ---------------------------------------------------------------------------------------------------- normalisation


def batch_norm(run: Run, x: Tensor, *, affine: bool = True) -> Tensor:
    """At inference all its numbers are constants, of which one factor and one shift for each channel are made."""
    y = {}
    for (c, *at), number in x.items():
        factor, shift = 1 / run.statistic("variance", c), -run.statistic("mean", c)
        if affine:
            factor, shift = factor * run.weight(c), shift * run.weight(c) + run.bias(c)
        y[c, *at] = number * factor + shift
    return y


def local_response(run: Run, x: Tensor, size: int) -> Tensor:
    """Defined over positions, as in PyTorch, which refuses a flat input; each number is squared once."""
    if len(shape(x)) == 1:
        raise Misfit
    squares = {index: number * number for index, number in x.items()}
    y = {}
    for (c, *at), number in x.items():
        near, *others = [squares.get((near, *at), 0.0) for near in range(c - size // 2, c - size // 2 + size)]
        strength = reduce(plus, others, near if isinstance(near, Number) else run.made(near))
        scaled = strength * 1e-4 + 1
        y[c, *at] = number / scaled.through(lambda value: value**0.75)
    return y


def standard(numbers: list[Number]) -> list[Number]:
    """Numbers to mean 0 and variance 1: the root of the variance is made once for all of them."""
    middle = mean(numbers)
    centred = [number - middle for number in numbers]
    root = mean([number * number for number in centred]).once(lambda value: sqrt(value + 1e-5))
    return [number / root for number in centred]


def normalized(
    run: Run, x: Tensor, part: Callable[[Index], Hashable], learnt: Callable[[Index], Hashable], *, affine: bool
) -> Tensor:
    """Each part to mean 0 and variance 1, then a scale and a shift for what is learnt together."""
    y = {}
    for numbers in together(x, part):
        y |= dict(zip(numbers, standard([*numbers.values()]), strict=True))
    if not affine:
        return y
    return {at: number * run.weight(learnt(at)) + run.bias(learnt(at)) for at, number in y.items()}


def layer_norm(run: Run, x: Tensor, over: str = "channels", *, affine: bool = True) -> Tensor:
    if over == "all":
        return normalized(run, x, lambda _index: "all", lambda index: index, affine=affine)
    return normalized(run, x, lambda index: index[1:], lambda index: index[0], affine=affine)


def group_norm(run: Run, x: Tensor, groups: int, *, affine: bool = True) -> Tensor:
    group_of = {c: group for group, channels in enumerate(dealt(shape(x)[0], groups)) for c in channels}
    return normalized(run, x, lambda index: group_of[index[0]], lambda index: index[0], affine=affine)


def instance_norm(run: Run, x: Tensor, *, affine: bool = False) -> Tensor:
    if len(shape(x)) == 1:
        raise Misfit
    return normalized(run, x, lambda index: index[0], lambda index: index[0], affine=affine)


def rms_norm(run: Run, x: Tensor, *, affine: bool = True) -> Tensor:
    y = {}
    for numbers in together(x, lambda index: index[1:]):
        root = mean([number * number for number in numbers.values()]).once(lambda value: sqrt(value + 1e-5))
        y |= {index: number / root for index, number in numbers.items()}
    return {index: number * run.weight(index[0]) if affine else number for index, number in y.items()}


# ------------------------------------------------------------------------------------------ numbers, and the channels


def pointwise(_run: Run, x: Tensor) -> Tensor:
    return {index: number.through(lambda value: max(0, value)) for index, number in x.items()}


def passed(_run: Run, x: Tensor) -> Tensor:
    return x


def prelu(run: Run, x: Tensor, num_parameters: int = 1) -> Tensor:
    if num_parameters not in {1, shape(x)[0]}:
        raise Misfit
    slopes = {c: run.weight(c if num_parameters > 1 else "all") for c, *_ in x}
    return {
        index: number.through(lambda value, slope=slopes[index[0]]: value if value > 0 else value * slope)
        for index, number in x.items()
    }


def scaled(run: Run, x: Tensor, *, bias: bool = False) -> Tensor:
    y = {index: number * run.weight(index[0]) for index, number in x.items()}
    return {index: number + run.bias(index[0]) for index, number in y.items()} if bias else y


def softened(numbers: list[Number]) -> list[Number]:
    """The exponentials of numbers, divided by their sum."""
    first, *others = powers = [number.through(exponential) for number in numbers]
    whole = sum(others, first)
    return [power / whole for power in powers]


def softmax(_run: Run, x: Tensor) -> Tensor:
    return untokened({at: softened(channels) for at, channels in tokens(x).items()})


def maxout(_run: Run, x: Tensor, pieces: int) -> Tensor:
    chosen = hands(shape(x)[0], pieces)
    return untokened(
        {at: [greatest(channels[c] for c in piece) for piece in chosen] for at, channels in tokens(x).items()}
    )


def gated(_run: Run, x: Tensor) -> Tensor:
    firsts, seconds = dealt(shape(x)[0], 2)
    return untokened(
        {
            at: [channels[one] * channels[two].through(sigmoid) for one, two in zip(firsts, seconds, strict=True)]
            for at, channels in tokens(x).items()
        }
    )


# -------------------------------------------------------------------------------------------------- several tensors


def middles(run: Run, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The first tensor, and the middle of each other, as large as that."""
    first, *others = inputs
    return [first, *[cropped_centrally(run, x, shape(first)[1:]) for x in others]]


def add(run: Run, *inputs: Tensor, crop: bool = False) -> Tensor:
    first, *others = middles(run, inputs) if crop else inputs
    if any(x.keys() != first.keys() for x in others):
        raise Misfit
    return {index: total([number, *[x[index] for x in others]]) for index, number in first.items()}


def mul(_run: Run, *inputs: Tensor) -> Tensor:
    shapes = [shape(x) for x in inputs]
    if len({len(sizes) for sizes in shapes}) > 1:
        raise Misfit
    longest = [max(sizes) for sizes in zip(*shapes, strict=True)]
    if any(size not in {1, long} for sizes in shapes for size, long in zip(sizes, longest, strict=True)):
        raise Misfit
    y = {}
    for index in tensor(longest):
        own = [tuple(0 if size == 1 else at for size, at in zip(sizes, index, strict=True)) for sizes in shapes]
        y[index] = reduce(times, [x[where] for x, where in zip(inputs, own, strict=True)])
    return y


def concat(run: Run, *inputs: Tensor, crop: bool = False) -> Tensor:
    y = {}
    for x in middles(run, inputs) if crop else inputs:
        if {index[1:] for index in x} != {index[1:] for index in inputs[0]}:
            raise Misfit
        above = len({index[0] for index in y})
        y |= {(above + c, *at): number for (c, *at), number in x.items()}
    return y


def matmul(run: Run, one: Tensor, other: Tensor) -> Tensor:
    (*places, rows, common), (*others, below, columns) = [
        (-1, *shape(x))[-max(len(shape(x)), 2) :] for x in (one, other)
    ]
    if -1 in {rows, below} or places != others or common != below:
        raise Misfit
    return {
        (*place, row, column): run.dot((one[*place, row, at], other[*place, at, column]) for at in range(common))
        for *place, row, column in product(*map(range, [*places, rows, columns]))
    }


# -------------------------------------------------------------------------------------------- attention, recurrence


def attention(
    run: Run,
    x: Tensor,
    memory: Tensor | None = None,
    *,
    num_heads: int = 1,
    head_dim: int | None = None,
    bias: bool = True,
    relative_position: bool = False,
) -> Tensor:
    if memory is not None and relative_position:
        raise Misfit
    own, source = tokens(x), tokens(x if memory is None else memory)
    channels = shape(x)[0]
    inner = channels if head_dim is None else len([*product(range(num_heads), range(head_dim))])
    heads = dealt(inner, num_heads)
    queries = project(run, "query", own, inner, bias=bias)
    keys, values = (project(run, name, source, inner, bias=bias) for name in ("key", "value"))
    queries = {at: [number * 0.5 for number in query] for at, query in queries.items()}
    found: dict[Index, list[Number]] = {at: [] for at in own}
    for (at, query), (nth, head) in product(queries.items(), enumerate(heads)):
        scores = [run.dot((query[c], key[c]) for c in head) for key in keys.values()]
        if relative_position:
            distances = [tuple(a - b for a, b in zip(at, there, strict=True)) for there in keys]
            scores = [score + run.bias("relative", nth, far) for score, far in zip(scores, distances, strict=True)]
        shares = softened(scores)
        for c in head:
            found[at].append(run.dot((value[c], share) for value, share in zip(values.values(), shares, strict=True)))
    return untokened(project(run, "out", found, channels, bias=bias))


def window_attention(run: Run, x: Tensor, window_size: Sequence[int], **options: object) -> Tensor:
    """Windows are whole: what is missing of the last is padding, which is cut away again."""
    channels, *sizes = shape(x)
    if not sizes or len(sizes) != len(window_size):
        raise Misfit
    starts = [range(0, size, side) for size, side in zip(sizes, window_size, strict=True)]
    y = {}
    for start in product(*starts):
        axes = [range(first, first + side) for first, side in zip(start, window_size, strict=True)]
        window = {
            (c, *[place for place, _ in places]): x.get((c, *[at for _, at in places])) or run.read(0)
            for c, *places in product(range(channels), *map(enumerate, axes))
        }
        for (c, *at), number in attention(run, window, **options).items():
            y[c, *[first + place for first, place in zip(start, at, strict=True)]] = number
    return {index: y[index] for index in x}


class Cell(NamedTuple):
    """One layer of a recurrent network in one direction, by its name."""

    run: Run
    name: Hashable
    hidden_size: int
    bias: bool

    def sums(self, gate: str, numbers: list[Number], state: list[Number]) -> tuple[list[Number], list[Number]]:
        """What each unit of a gate makes of the input, and what it makes of the state."""
        read, remembered = (
            project(self.run, (self.name, gate, source), {(): given}, self.hidden_size, bias=self.bias)[()]
            for source, given in (("input", numbers), ("state", state))
        )
        return read, remembered

    def gate(self, gate: str, numbers: list[Number], state: list[Number]) -> list[Number]:
        """Each unit of a gate."""
        return [(one + two).through(sigmoid) for one, two in zip(*self.sums(gate, numbers, state), strict=True)]

    def lstm(self, numbers: list[Number], state: list[Number], memory: list[Number]) -> tuple[list[Number], ...]:
        """The next state, and the next memory."""
        gates = [self.gate(gate, numbers, state) for gate in ("forget", "input", "new", "output")]
        memory = [old * keep + new * take for old, keep, take, new in zip(memory, *gates[:3], strict=True)]
        return [out * cell.through(tanh) for out, cell in zip(gates[3], memory, strict=True)], memory

    def gru(self, numbers: list[Number], state: list[Number], memory: list[Number]) -> tuple[list[Number], ...]:
        """The next state; there is no other memory."""
        reset, update = (self.gate(gate, numbers, state) for gate in ("reset", "update"))
        sums = zip(*self.sums("new", numbers, state), reset, strict=True)
        fresh = [(read + remembered * r).through(tanh) for read, remembered, r in sums]
        return [n * (1 - u) + old * u for n, u, old in zip(fresh, update, state, strict=True)], memory


def recurrent(
    run: Run,
    x: Tensor,
    step: Callable[..., tuple[list[Number], ...]],
    hidden_size: int,
    num_layers: int = 1,
    *,
    bidirectional: bool = False,
    bias: bool = True,
) -> Tensor:
    """Layers of cells, each of which goes along all positions, from both ends if it is bidirectional."""
    if len(shape(x)) != 2:
        raise Misfit
    steps = [*tokens(x).values()]
    for layer in range(num_layers):
        walks = []
        for way in (1, -1)[: 1 + bidirectional]:
            state = memory = [run.made(0) for _ in range(hidden_size)]
            walk = []
            for numbers in steps[::way]:
                state, memory = step(Cell(run, (layer, way), hidden_size, bias), numbers, state, memory)
                walk.append(state)
            walks.append(walk[::way])
        steps = [[number for state in states for number in state] for states in zip(*walks, strict=True)]
    return untokened({(at,): numbers for at, numbers in enumerate(steps)})
