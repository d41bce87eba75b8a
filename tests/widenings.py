"""Short ways to a widened network, and random networks to widen."""

from fractions import Fraction
from functools import cache
from textwrap import dedent

from hypothesis import strategies as st

from convcalc.errors import Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description, parse_lines
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.language.variant import Variant
from convcalc.questions.widening import Widening, widened
from convcalc.sources.loading import load
from convcalc.targets.description import description_text


def variant(text, *settings, shapes=()):
    """A description in YAML, with what takes the place of its variables and inputs."""
    source = Source("net.yaml", dedent(text).lstrip("\n"))
    return Variant(parse_description(source, "net"), parse_settings(list(settings)), parse_inputs(list(shapes)))


def lines(*texts, shape="3x32x32"):
    """A description in lines of a command line."""
    return Variant(parse_lines(list(texts), {}, parse_inputs([shape])), {}, {})


@cache
def bundled(net, *settings):
    """A bundled network, with what takes the place of its variables."""
    return Variant(load(net), parse_settings(list(settings)), {})


def widen(variant, factor=1, *, linear=False, **options):
    """A network under a widening."""
    return widened(variant, Widening(Fraction(factor), **options), hidden=linear)


@cache
def widened_net(net, factor):
    """A bundled network under a factor."""
    return widen(bundled(net), factor)


def read_again(report):
    """The network of the description that a network is written as."""
    return build(parse_description(Source("written.yaml", description_text(report)), "net"))


def alike(report):
    """All of a network but its names, where it is written, and what a line attaches: those have names of their own."""
    names = [*report.graph.inputs, *(row.node.name for row in report.rows)]
    numbers = {name: index for index, name in enumerate(names)}
    rows = [
        (
            row.node.kind,
            row.node.layer,
            tuple(numbers[name] for name in row.node.inputs),
            row.node.fixed,
            row.profile,
            row.weights,
            row.biases,
        )
        for row in report.rows
    ]
    return dict(report.graph.inputs), rows, [numbers[name] for name in report.graph.outputs]


def widths(report):
    """The channels that each layer with MACs makes."""
    return [row.profile.output[0] for row in report.rows if row.profile.macs]


def ratios(result):
    """How many times as many weights each layer with MACs has."""
    return {
        before.node.name: Fraction(after.weights, before.weights)
        for before, after in zip(result.before.rows, result.after.rows, strict=True)
        if before.profile.macs
    }


OWN = st.sampled_from(["4", "6", "8", "2*3", "w", "2*w", "w+m", "m"])
WIDTHS = st.one_of(OWN, st.sampled_from(["C", "(C+1)//2", "max(C,w)"]))
LITERAL = st.sampled_from(["4", "6", "8", "12"])
WORDS = st.sampled_from(["", " bn", " relu", " bn relu", " -bias", " bias bn"])


@st.composite
def simple_lines(draw):
    """A layer that keeps the size of a map, in a line."""
    width, own, words = draw(WIDTHS), draw(OWN), draw(WORDS)
    return draw(
        st.sampled_from(
            [
                f"conv {width} 3 same{words}",
                f"conv {width} 1x3 same{words}",
                f"conv {width} 1{words}",
                f"dwconv 3 same{words}",
                f"sepconv {width} 3 same{words}",
                f"upconv {width} 3 p=1{words}",
                f"conv {draw(LITERAL)} 1 fixed",
                f"residual(conv {width} 3 same bn relu, conv {own} 3 same bn | conv {own} 1 bn) relu",
                f"concat(conv {width} 1{words} | conv {draw(WIDTHS)} 3 same | pass)",
                f"basic {draw(st.sampled_from(['4', 'w', 'C', 'm']))}",
                "se C",
                "conv C 3 g=C same",
                "maxpool 3/1 same",
                "bn",
                "relu",
            ]
        )
    )


@st.composite
def items(draw):
    """One item of a description, which may repeat others."""
    line = draw(simple_lines())
    form = draw(st.sampled_from(["line", "line", "times", "repeat", "for", "list", "groups"]))
    if form == "times":
        return f'"({line}) *{draw(st.integers(0, 3))}"'
    if form == "repeat":
        return f'{{repeat: d, do: "{line}"}}'
    if form == "for":
        return f"{{for: {{a: [{draw(LITERAL)}, w, 2*m], n: [1, 0, 2]}}, do: conv a 3 same *n}}"
    if form == "groups":
        return "conv 2*w 1, conv 4*w 3 g=2 same, conv 2*w 1 g=2*w"
    if form == "list":
        return f'["{line}", "{draw(simple_lines())}"]'
    return f'"{line}"'


@st.composite
def descriptions(draw):
    """A description with variables, blocks and loops."""
    layers = draw(st.lists(items(), min_size=1, max_size=4))
    head = draw(st.sampled_from([[], ["gap", "linear 10"], ["linear w", "relu", "linear 5"], ["conv 3 1 fixed"]]))
    joined = draw(st.booleans())
    top = [f"top: {draw(simple_lines())}"] if joined else ["conv w 3 same"]
    end = ["concat @top"] if joined else []
    w, m, d = draw(st.integers(1, 8)), draw(st.sampled_from([3, 4, 10])), draw(st.integers(0, 2))
    body = "".join(f"  - {item}\n" for item in [*top, *layers, *(["relu", *end] if joined else []), *head])
    return (
        "# a network\n"
        f"vars: {{w: {w}, m: {m}, d: {d}}}\n"
        "input: 3x6x6  # small\n"
        "blocks:\n"
        "  basic(c):\n"
        "    - residual: [conv c 3 same bn relu, conv c 3 same bn]   # two of 3x3\n"
        "      project: conv c 1 -bias\n"
        "      act: relu\n"
        '  se(c): {mul: [pass, [gap, "conv (c+1)//2 1 relu", conv c 1 sigmoid]]}\n'
        f"layers:\n{body}"
    )
