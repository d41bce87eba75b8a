"""Widths changed in the text of a description, and nothing else."""

from fractions import Fraction

import pytest
from descriptions import refused
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from widenings import alike, bundled, descriptions, variant, widen, widened_net

from convcalc.arithmetic.expression import Name
from convcalc.arithmetic.functions import div8
from convcalc.errors import DescriptionError, Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description
from convcalc.language.value import parse_value
from convcalc.network.widths import scaled_number
from convcalc.questions.rewrite import rewritten, scaled_expression
from convcalc.sources.bundled import bundled as nets

NETS = [net for net in nets() if net != "lenet5"]  # its table names the channels that it reads

WAY = "try: -f yaml, which writes each layer in a line of its own"
REASONS = (
    "and both are this text",
    "a width in this text cannot be changed in place",
    "this width cannot be changed in place",
    "no expression rounds",
    "a width is below 1",
)
"""What a refusal says."""


def write(text, factor=2, *settings, **options):
    """The text with its widths changed."""
    found = variant(text, *settings)
    return rewritten(found, widen(found, factor, **options))


def read(text):
    """The network of a text."""
    return build(parse_description(Source("out.yaml", text), "net"))


@pytest.mark.parametrize("net", NETS)
def test_a_factor_of_1_gives_the_source(net):
    """Byte for byte."""
    assert rewritten(bundled(net), widened_net(net, 1)).encode() == nets()[net].read_bytes()


@pytest.mark.parametrize("net", NETS)
def test_bundled_networks(net):
    """Twice as wide, each is still a description, with its comments, its lines and its variables, of that network."""
    text, source = rewritten(bundled(net), widened_net(net, 2)), nets()[net].read_text(encoding="utf-8")

    assert alike(read(text)) == alike(widened_net(net, 2).after)
    assert [line.partition("#")[2] for line in text.split("\n")] == [
        line.partition("#")[2] for line in source.split("\n")
    ]


@pytest.mark.parametrize(
    ("net", "factor", "divisor"),
    [
        ("mobilenet_v1", "1/3", 1),
        ("mobilenet_v1", "0.75", 1),
        ("mobilenet_v2", "1.4", 8),
        ("efficientnet_b0", "1.4", 8),
        ("googlenet", "0.3", 8),
        ("densenet121", "1/2", 1),
        ("vgg16", "0.01", 1),
    ],
)
def test_fractions_of_bundled_networks(net, factor, divisor):
    """Rounding is written, too, or done."""
    result = widen(bundled(net), factor, divisor=divisor)

    assert alike(read(rewritten(bundled(net), result))) == alike(result.after)


@examples(100)
@given(descriptions(), st.sampled_from(["1", "2", "3", "1/2", "1/3", "0.75", "1.4"]), st.sampled_from([1, 1, 8, 4]))
def test_any_network(text, factor, divisor):
    """What is written is the widened network, or there is a reason why nothing is."""
    found = variant(text)
    try:
        result = widen(found, factor, divisor=divisor)
    except DescriptionError:
        return  # it cannot be widened, or is no network
    message = None
    try:
        written = rewritten(found, result)
    except DescriptionError as error:
        message = error.faults[0].message

    if message:
        assert any(reason in message for reason in REASONS)
    else:
        assert alike(read(written)) == alike(result.after)
    if (factor, divisor) == ("1", 1):
        assert written == text


@given(
    st.sampled_from(["1/2", "1/3", "0.75", "1.4", "2", "3", "5/7", "0.001"]).map(Fraction),
    st.integers(1, 3000),
    st.sampled_from([1, 8]),
)
def test_an_expression_is_the_rounded_width(factor, width, divisor):
    """A new expression comes to what the widening makes of its width, unless that is below 1."""
    new = scaled_expression(Name("c"), factor, divisor)
    if new is None or (divisor == 1 and 2 * width * factor < 1):
        return

    assert new.evaluate({"c": width}) == scaled_number(width, factor, divisor)
    assert parse_value(str(new)).expression == new
    if divisor == 8:
        assert div8(width * factor) == scaled_number(width, factor, 8)


TEXT = """\
# a comment
name:   Net   # another
vars: {w: 16, n: 2}
input: 3x16x16
defaults: {conv: same}
blocks:
  b(c):   [conv %s 3 , "conv %s 1 bn"]     # the block

layers:
  - conv %s 3x3    # first
  - b w
  - conv %s 3/2 *n
  - conv: {out_channels: %s , kernel_size: 3}
  - {for: {c: [w, 2*w]}, do: conv %s 3}
  - stem: conv out_channels=%s k=3
  - conv C//2 1
  - dwconv 3 same
  - "conv 5 1 fixed , relu"
  - linear   10
"""


def test_the_text_around_widths_stays():
    """Comments, blanks, order, quotes and variables are those of the author."""
    before = "c", "2*c", "w", 24, 12, "c", 40
    after = "2*c", "2*(2*c)", "2*w", 48, 24, "2*c", 80

    assert write(TEXT % before) == TEXT % after


@pytest.mark.parametrize(
    ("line", "factor", "divisor", "expected"),
    [
        ("conv 8 3", "2", 1, "conv 16 3"),
        ("conv 8 3 *2", "2", 1, "conv 16 3 *2"),
        ("conv 2*4 3", "1", 1, "conv 2*4 3"),
        ("conv 2*4 3", "2", 1, "conv 16 3"),
        ("conv 8.0 3", "1", 1, "conv 8.0 3"),
        ("conv 8 3", "1/3", 1, "conv 3 3"),
        ("conv 8 3", "1.4", 8, "conv 16 3"),
        ("conv w 3", "1/3", 1, "conv (2*w+3)//6 3"),
        ("conv w 3", "0.75", 1, "conv int(0.75*w+0.5) 3"),
        ("conv w 3", "1e6", 8, "conv div8(1000000*w) 3"),
        ("conv w 3", "0.00001", 8, "conv div8(0.00001*w) 3"),
        ("conv w+1 3", "3", 1, "conv 3*(w+1) 3"),
        ("conv w 3", "1.4", 8, "conv div8(1.4*w) 3"),
        ("conv w 3", "1", 8, "conv w 3"),
        ("conv w 3", "3", 16, "conv 3*w 3"),  # which is a multiple of 16 as it is
        ("sepconv 8 3", "2", 1, "sepconv 16 3"),
        ("upconv 8 2/2", "2", 1, "upconv 16 2/2"),
        ("'conv 8 3'", "2", 1, "'conv 16 3'"),
        ('"conv 8 3, conv 4 1"', "2", 1, '"conv 16 3, conv 8 1"'),
        ('"(conv 8 3 | conv 4 3)"'.replace("(", "concat("), "2", 1, '"concat(conv 16 3 | conv 8 3)"'),
        ("conv 8 3 fixed", "2", 1, "conv 8 3 fixed"),
    ],
)
def test_a_line(line, factor, divisor, expected):
    """A number is changed in its place, an expression new, and what need not change is left."""
    head = "vars: {w: 16}\ninput: 3x16x16\nlayers:\n  - "

    assert write(f"{head}{line}\n", factor, divisor=divisor) == f"{head}{expected}\n"


def test_line_ends_stay():
    """Of Windows, with no end of the last line, and of what follows a multi-line item."""
    text = "input: 3x8x8\r\nlayers:\r\n  - conv 8 3 # ä\r\n  - conv 4 1"

    assert write(text) == "input: 3x8x8\r\nlayers:\r\n  - conv 16 3 # ä\r\n  - conv 8 1"


def test_one_text_for_several_layers():
    """What repeats, what defaults and blocks give, and what an alias repeats, is changed once."""
    text = """\
input: 3x8x8
defaults: {conv: out_channels=6 same}
layers:
  - conv k=3
  - conv k=1 bn
  - &twice {repeat: 2, do: conv 4 3}
  - *twice
"""
    assert write(text) == text.replace("=6", "=12").replace("conv 4", "conv 8")


def test_a_network_without_widths():
    """There is nothing to change."""
    text = "input: 3x8x8\nlayers: [maxpool 2, linear 10]\n"

    assert write(text) == text
    assert write(text.replace(", linear 10", "")) == text.replace(", linear 10", "")


def test_hidden_linear_layers():
    """With --linear, these are changed as well."""
    text = "input: 3x8x8\nlayers: [linear 16, relu, linear 10]\n"

    assert write(text, linear=True) == text.replace("16", "32")


def test_variables_of_the_command_line():
    """They choose the network, and the file keeps its own."""
    text = "vars: {w: 16, n: 1}\ninput: 3x8x8\nlayers:\n  - conv w 3\n  - conv 4 1 *n\n"

    assert write(text, 2, "w=8", "n=0") == text.replace("conv w", "conv 2*w")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "input: 3x8x8\nblocks:\n  b(c): [conv c 3 same]\nlayers: [b 16, b 16]",
            {"keep": ("b2.*",)},
            """\
error[cannot-widen]: b1.conv1 is widened, but b2.conv1 is not (--keep b2.* names it), and both are this text
 --> net.yaml:3:15   b1.conv1
  |
3 |   b(c): [conv c 3 same]
  |               ^
""",
        ),
        (
            "input: 3x8x8\nblocks:\n  b(c): [conv c 3 same]\nlayers: [conv 8 1, b C, b 16]",
            {},
            """\
error[cannot-widen]: b2.conv1 is widened, but b1.conv1 is not (its width follows from what it reads), and both are this text
 --> net.yaml:3:15   b2.conv1
  |
3 |   b(c): [conv c 3 same]
  |               ^
""",  # noqa: E501  # a message in one line
        ),
        (
            "input: 3x8x8\nvars: {c: 8}\nlayers: [conv c 3 same]",
            {"divisor": 16, "factor": 3},
            """\
error[cannot-widen]: no expression rounds 3 times c to multiples of 16
 --> net.yaml:3:15   conv1
  |
3 | layers: [conv c 3 same]
  |               ^
""",
        ),
        (
            "input: 3x8x8\nvars: {c: 8}\nlayers: [conv c 3 same]",
            {"factor": "0.01"},
            """\
error[cannot-widen]: a width is below 1
 --> net.yaml:3:15   conv1
  |
3 | layers: [conv c 3 same]
  |               ^
""",
        ),
        (
            'input: 3x8x8\nlayers: ["conv\\u0020 8 3"]',
            {},
            """\
error[cannot-widen]: a width in this text cannot be changed in place
 --> net.yaml:2:10   conv1
  |
2 | layers: ["conv\\u0020 8 3"]
  |          ^
""",
        ),
    ],
)
def test_what_cannot_be_written(text, options, message):
    """The error says which text stands for what, and names a way that always works."""
    assert refused(write, text, **options) == f"{message}  | {WAY}"
