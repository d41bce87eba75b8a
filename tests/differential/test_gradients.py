"""Receptive fields against the gradients of PyTorch: what a position sees is what its derivative is not 0 by."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from descriptions import line
from frameworks import nn, torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcalc.errors import DescriptionError
from convcalc.network.sight import receptive_fields

TINY = 1e-11
"""A derivative that is this much less than the largest is 0 but for rounding."""


@dataclass(frozen=True)
class Step:
    """Layers as a line has them, and as a function of a tensor of one channel and one axis."""

    text: str
    apply: object


def positive(*shape):
    """Weights that add up to 1 and cancel nowhere."""
    weights = torch.rand(shape, dtype=torch.float64) + 0.5
    return weights / weights.sum()


def conv(kernel, stride, dilation):
    weights = positive(1, 1, kernel)
    return Step(
        f"conv 1 {kernel}/{stride} d={dilation}",
        lambda x: nn.functional.conv1d(x, weights, stride=stride, dilation=dilation),
    )


def upconv(kernel, stride, padding, dilation):
    weights = positive(1, 1, kernel)
    return Step(
        f"upconv 1 {kernel}/{stride} p={padding} d={dilation}",
        lambda x: nn.functional.conv_transpose1d(x, weights, stride=stride, padding=padding, dilation=dilation),
    )


def stretched(mode, factor):
    return Step(
        f"upsample {float(factor):g} mode={mode}",
        lambda x: nn.functional.interpolate(x, scale_factor=float(factor), mode=mode),
    )


def resized(size):
    return Step(f"upsample size={size} mode=linear", lambda x: nn.functional.interpolate(x, size=size, mode="linear"))


def adapted(size):
    return Step(f"adaptive_avgpool {size}", lambda x: nn.functional.adaptive_avg_pool1d(x, size))


def cropped(before, after):
    return Step(f"crop {before}:{after}", lambda x: x[:, :, before : x.shape[2] - after])


def gathered(x):
    """The mean of each position and all before it: what a recurrent layer remembers, but nothing is forgotten."""
    return x.cumsum(2) / torch.arange(1, x.shape[2] + 1)


def attended(x):
    """Each position asks all others."""
    return (x.transpose(1, 2) @ x).softmax(2).matmul(x.transpose(1, 2)).transpose(1, 2)


def windowed(size):
    return Step(
        f"window_attention 1 {size}", lambda x: torch.cat([attended(part) for part in x.split(size, dim=2)], dim=2)
    )


def context(size, mode):
    """An input, and beside it what some adaptive windows of it see, stretched to its size."""
    return Step(
        f"add(pass | adaptive_avgpool {size}, upsample size={{size}} mode={mode})",
        lambda x: x + nn.functional.interpolate(nn.functional.adaptive_avg_pool1d(x, size), size=x.shape[2], mode=mode),
    )


def beside(first, kernel):
    """What a layer makes, and beside it the middle of the input, weighed."""
    weights = positive(1, 1, kernel)

    def apply(x):
        made = first.apply(x)
        other = nn.functional.conv1d(x, weights)
        before = (other.shape[2] - made.shape[2]) // 2
        return made + other[:, :, before : before + made.shape[2]]

    return Step(f"add({first.text} | conv 1 {kernel}) crop", apply)


SMALL = st.integers(1, 3)
STEPS = st.one_of(
    st.builds(conv, st.integers(1, 4), SMALL, SMALL),
    st.builds(upconv, st.integers(1, 5), SMALL, st.integers(0, 2), SMALL),
    st.builds(stretched, st.just("nearest"), st.sampled_from([2, 3])),
    st.builds(stretched, st.just("linear"), st.sampled_from([2, 3, Fraction(3, 2), Fraction(1, 2), Fraction(5, 4)])),
    st.builds(resized, st.integers(2, 30)),
    st.builds(adapted, st.integers(1, 12)),
    st.builds(cropped, st.integers(0, 3), st.integers(0, 3)),
    st.just(Step("lstm 1", gathered)),
    st.just(Step("attention 1", attended)),
    st.builds(windowed, st.integers(1, 6)),
    st.builds(context, st.integers(2, 5), st.sampled_from(["linear", "nearest"])),
    st.builds(lambda *options: beside(conv(*options), 1), st.integers(2, 4), SMALL, SMALL),
)
"""Layers without padding, whose derivatives do not cancel."""


def supports(apply, x):
    """The first and the last input position that each output position depends on, along the only axis that has more."""
    slopes = torch.autograd.functional.jacobian(lambda x: apply(x).flatten(), x).flatten(1).abs()
    found = []
    for row in slopes:
        (places,) = torch.nonzero(row > TINY * row.max(), as_tuple=True)
        found.append((int(places[0]), int(places[-1])) if len(places) else None)
    return found


def seen(report):
    """What each output position sees of the only axis that has more than one, and the size of that field."""
    (own,) = receptive_fields(report).fields[report.rows[-1].node.name].values()
    positions = report.rows[-1].profile.output[1]
    return [own[0].at(position) for position in range(positions)], own[0].size


def compare(report, apply, x):
    """Compare all positions, and the size."""
    real = supports(apply, x)
    told, size = seen(report)

    assert told == real
    assert size == max((last - first + 1 for first, last in filter(None, real)), default=0)


@settings(max_examples=150)
@given(st.lists(STEPS, min_size=1, max_size=5), st.integers(4, 24), st.randoms(use_true_random=False))
def test_a_chain_sees_what_its_derivatives_are_not_0_by(steps, size, random):
    """C2: position by position, behind anything that moves, stretches, spreads, joins or mixes positions."""
    torch.manual_seed(random.getrandbits(32))
    texts, functions = [], []
    report, positions = None, size
    for step in steps:
        text = step.text.format(size=positions)
        try:
            report = line(", ".join([*texts, text]), shape=f"1x{size}")
        except DescriptionError:
            continue
        positions = report.rows[-1].profile.output[1]
        texts.append(text)
        functions.append(step.apply)
    assume(report is not None and positions <= 60)
    report = line(", ".join(texts), shape=f"1x{size}")

    def apply(x):
        for function in functions:
            x = function(x)
        return x

    compare(report, apply, torch.rand((1, 1, size), dtype=torch.float64) + 0.5)


@pytest.mark.parametrize("factor", [2, 3, 1.5, 0.5, 0.4])
@pytest.mark.parametrize("size", [3, 4, 7, 16])
def test_bicubic_interpolation_reads_the_border(factor, size):
    """C2: of the 16 neighbours of bicubic interpolation, those beyond the border are the border."""
    weights = positive(1, 1, min(2, int(size * factor)), 1)

    def apply(x):
        return nn.functional.conv2d(nn.functional.interpolate(x, scale_factor=(factor, 1.0), mode="bicubic"), weights)

    report = line(f"upsample {factor}x1 mode=bicubic, conv 1 {weights.shape[2]}x1", shape=f"1x{size}x1")
    compare(report, apply, torch.rand((1, 1, size, 1), dtype=torch.float64))


def test_pixels_that_are_shuffled():
    """C2: each block of positions sees what the position that it was made of sees."""
    weights = positive(4, 1, 3, 1)
    after = positive(1, 1, 4, 1)

    def apply(x):
        made = nn.functional.pixel_shuffle(nn.functional.conv2d(x, weights), 2)
        return nn.functional.conv2d(nn.functional.adaptive_avg_pool2d(made, (7, 1)), after)

    report = line("conv 4 3x1, pixel_shuffle 2, adaptive_avgpool 7x1, conv 1 4x1", shape="1x12x1")
    compare(report, apply, torch.rand((1, 1, 12, 1), dtype=torch.float64))
