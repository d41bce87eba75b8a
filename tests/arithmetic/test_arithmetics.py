"""The rules of the kinds are written once: they run on integers, and unchanged on symbols and on arrays."""

from __future__ import annotations

import ast
from dataclasses import fields
from fractions import Fraction
from functools import cache, reduce
from importlib import import_module
from inspect import getsource
from pathlib import Path

import numpy as np
import pytest
import sympy
from brute_force import Measured, claimed
from examples import scaled

import convcalc
from convcalc.arithmetic.operations import require
from convcalc.errors import RuleError
from convcalc.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from convcalc.layers.attention import Attention, WindowAttention
from convcalc.layers.axes import Adaptive, TransposedWindow
from convcalc.layers.base import Layer
from convcalc.layers.channelwise import GatedLinearUnit, Maxout, PReLU, Scale, Softmax
from convcalc.layers.conv import Conv, DepthwiseConv
from convcalc.layers.conv_variants import DeformableConv, LocalConv, SeparableConv, TableConv
from convcalc.layers.custom import Custom
from convcalc.layers.dense import Linear
from convcalc.layers.embedding import ClassToken, Embedding, PositionEmbedding
from convcalc.layers.join import Add, Concat, Mul
from convcalc.layers.kinds import KINDS, kind_class
from convcalc.layers.matmul import MatMul
from convcalc.layers.norm import BatchNorm, LocalResponseNorm
from convcalc.layers.pointwise import Activation, Dropout, Identity
from convcalc.layers.pool import AvgPool, GlobalAvgPool, GlobalMaxPool, LpPool, MaxPool
from convcalc.layers.recurrent import GRU, LSTM
from convcalc.layers.reshape import ChannelShuffle, Flatten, Permute, Reshape, Slice, Split
from convcalc.layers.resize import CenterCrop, Crop, Pad, PixelShuffle, PixelUnshuffle, Upsample
from convcalc.layers.sample_norm import GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from convcalc.layers.transposed import MaxUnpool, TransposedConv

ROOT = Path(convcalc.__file__).parent
FACTS = {"__init__.py", "kinds.py", "describe.py", "options.py", "reach.py", "running.py", "words.py"}
"""What is true of kinds besides their rules."""

RULES = [path for path in sorted((ROOT / "layers").glob("*.py")) if path.name not in FACTS]

# ---------------------------------------------------------------------------------------------- how rules are written

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.USub, ast.BitOr, ast.Not)
"""What rules compute with; `|` joins annotations, and `not` is judged by what it negates."""

BRANCHING = {"abs", "all", "any", "divmod", "filter", "max", "min", "pow", "range", "round", "sorted"}
"""Functions that ask for the truth of a number, or need it to be an int."""

CONVERSIONS = {"bool", "float", "int"}
"""Types that are annotations, but must not be called."""

DISPLAY = {"show_pads", "shown_kernel"}
"""Functions that only write numbers down."""


def breaches(code: str) -> list[str]:
    """Each line of `code` that does not run on symbols or arrays, and why."""
    tree = ast.parse(code)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    flags = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "bool"
    }
    reasons = [(node, operation(node) or branch(node, parents, flags)) for node in ast.walk(tree)]
    return [f"line {line}: {reason}" for line, reason in sorted((line_of(node), why) for node, why in reasons if why)]


def line_of(node: ast.AST) -> int:
    return next(part.lineno for part in ast.walk(node) if hasattr(part, "lineno"))


def operation(node: ast.AST) -> str:
    """What it does to a number that only an int understands; empty if nothing."""
    match node:
        case ast.Import(names=[ast.alias("math")]) | ast.ImportFrom(module="math"):
            return "math"
        case ast.Name(id=name) if name in BRANCHING:
            return name
        case ast.Call(func=ast.Name(id=name)) if name in CONVERSIONS:
            return name
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.UnaryOp(op=op) if not isinstance(op, OPERATORS):
            return type(op).__name__
    return ""


def branch(node: ast.AST, parents: dict[ast.AST, ast.AST], flags: set[str]) -> str:
    """How it takes a number for a truth; empty if it does not."""
    match node:
        case ast.Raise() | ast.Assert() | ast.Match():
            return type(node).__name__.lower()
        case ast.Compare() if not (structural(node) or asked(node, parents) or shown(node, parents)):
            return f"comparison: {ast.unparse(node)}"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            tests = [test]
        case ast.UnaryOp(op=ast.Not(), operand=test):
            tests = [test]
        case ast.BoolOp(values=tests) | ast.comprehension(ifs=tests):
            pass
        case _:
            return ""
    return next((f"truth: {ast.unparse(test)}" for test in tests if not truth(test, flags)), "")


def structural(node: ast.Compare) -> bool:
    """Whether it compares identities, words or numbers of axes, all of which are plain Python."""
    sides = [node.left, *node.comparators]
    return (
        all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)
        or any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
        or any(isinstance(side, ast.Call) and ast.unparse(side.func) == "len" for side in sides)
    )


def asked(node: ast.Compare, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a helper of `arithmetic` gets the condition as it is, not yet as a truth; `a < b < c` hides an `and`."""
    above = parents[node]
    if isinstance(above, ast.NamedExpr):
        outside = lineage(above, parents)
        scope = next((part for part in outside if isinstance(part, ast.FunctionDef)), outside[-1])
        asks = [call for call in ast.walk(scope) if takes_condition(call)]
        handed_on = any(ast.unparse(call.args[0]) == above.target.id for call in asks)
    else:
        handed_on = takes_condition(above) and above.args[0] is node
    return handed_on and len(node.ops) == 1


def takes_condition(node: ast.AST) -> bool:
    """Whether it calls one of the helpers whose first argument is a condition."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"require", "decide"} and len(node.args) > 0


def shown(node: ast.Compare, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it only chooses how a number is written."""
    return any(isinstance(above, ast.FunctionDef) and above.name in DISPLAY for above in lineage(node, parents))


def lineage(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[ast.AST]:
    """What `node` stands in, from the inside out."""
    above = []
    while node in parents:
        node = parents[node]
        above.append(node)
    return above


def truth(test: ast.expr, flags: set[str]) -> bool:
    """Whether a test is no bare number: a comparison (which is judged by itself), a decision, a type or a flag."""
    match test:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in {"decide", "isinstance"}
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in {*flags, "TYPE_CHECKING"}
    return False


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_rule_never_branches_on_a_number(path):
    """Rules keep to `+ - * //` and the helpers of `arithmetic`."""
    assert breaches(path.read_text(encoding="utf-8")) == []


def test_all_rules_are_read():
    """Each kind lies in one of the files that are checked, and they do state conditions."""
    modules = {import_module(kind_class(kind).__module__) for kind in KINDS}
    tree = [node for path in RULES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]

    assert {Path(module.__file__) for module in modules} < set(RULES)
    assert sum(map(takes_condition, tree)) > 10
    assert sum(isinstance(node, ast.Compare) for node in tree) > 20


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("size = max(0, size)", ["line 1: max"]),
        ("size = reduce(min, sizes)", ["line 1: min"]),
        ("a, b = divmod(c, d)", ["line 1: divmod"]),
        ("a = abs(b)", ["line 1: abs"]),
        ("a = int(b)", ["line 1: int"]),
        ("for i in range(size): pass", ["line 1: range"]),
        ("a = b % c", ["line 1: Mod"]),
        ("a %= c", ["line 1: Mod"]),
        ("a = b / c", ["line 1: Div"]),
        ("a = b ** c", ["line 1: Pow"]),
        ("import math", ["line 1: math"]),
        ("from math import prod", ["line 1: math"]),
        ("if self.padding == 'same':\n    raise ValueError", ["line 2: raise"]),
        ("assert size", ["line 1: assert"]),
        ("if size < 1: pass", ["line 1: comparison: size < 1"]),
        ("a = b if c == 1 else d", ["line 1: comparison: c == 1"]),
        ("a = [b for b in c if b > 1]", ["line 1: comparison: b > 1"]),
        ("if size in (1, 2): pass", ["line 1: comparison: size in (1, 2)"]),
        ("require(0 <= p <= 1, 'p', 'no')", ["line 1: comparison: 0 <= p <= 1"]),
        ("require(a == 1 and b, 'a', 'no')", ["line 1: comparison: a == 1", "line 1: truth: b"]),
        ("require(not a == 1, 'a', 'no')", ["line 1: comparison: a == 1"]),
        ("require(a, b == 1, 'no')", ["line 1: comparison: b == 1"]),
        ("require(x, 'a', 'no', a=1 if a == b else 2)", ["line 1: comparison: a == b"]),
        ("def f():\n    if (fits := count >= 1) is not True: pass", ["line 2: comparison: count >= 1"]),
        ("if size: pass", ["line 1: truth: size"]),
        ("if not size: pass", ["line 1: truth: size"]),
        ("a = b or c", ["line 1: truth: b"]),
        ("while room - 1: pass", ["line 1: truth: room - 1"]),
        ("stride: Size\na = 1 if self.stride else 2", ["line 2: truth: self.stride"]),
    ],
)
def test_a_breach_is_found(code, expected):
    """What would fail on symbols or arrays is named, with its line."""
    assert expected == breaches(code)


@pytest.mark.parametrize(
    "code",
    [
        "a = -(-b // c) * d + e - 1",
        "a: int | None = None",
        "if self.padding == 'same': pass",
        "if a is None and not isinstance(a, tuple): pass",
        "if len(sizes) == axes: pass",
        "bias: bool = True\na = b if self.bias else 0",
        "require(count >= 1, 'a', 'no')",
        "if decide(common == 1): pass\nelif not decide(size == 1): pass",
        "def f():\n    if (fits := count >= 1) is not True:\n        require(fits, 'a', 'no')",
        "def show_pads(pads):\n    return a if pads[0] == pads[1] else b",
        "require_at_least(1, 'a', a)",
    ],
)
def test_what_runs_everywhere_is_no_breach(code):
    """Arithmetic, conditions handed to a helper, and questions about structure."""
    assert breaches(code) == []


class Unwritten(int):
    """A number that must not be shown."""

    def __str__(self) -> str:
        raise AssertionError

    __repr__ = __format__ = __str__


EIGHT, ONE = Unwritten(8), Unwritten(1)


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (Conv(EIGHT, 3, padding=ONE), [(EIGHT, EIGHT, EIGHT)]),
        (Conv(8, 3, padding=((ONE, 0), ONE)), [(8, EIGHT, EIGHT)]),
        (Conv(8, (ONE, 3), (ONE, 2)), [(8, EIGHT, EIGHT)]),
        (DepthwiseConv(3, padding=ONE, dilation=ONE), [(EIGHT, EIGHT)]),
        (MaxPool(3, 2, ONE), [(EIGHT, EIGHT)]),
        (AvgPool(3, 2, "same"), [(EIGHT, EIGHT)]),
        (GlobalAvgPool(), [(EIGHT, EIGHT)]),
        (Linear(EIGHT), [(EIGHT, EIGHT)]),
        (Linear(EIGHT, over="channels"), [(EIGHT, EIGHT)]),
        (LocalResponseNorm(EIGHT), [(EIGHT, EIGHT)]),
        (Dropout(ONE), [(EIGHT,)]),
        (Add(crop=True), [(EIGHT, EIGHT)] * 3),
        (Mul(), [(EIGHT, EIGHT)] * 3),
        (Concat(crop=True), [(EIGHT, EIGHT)] * 3),
        (MatMul(), [(EIGHT, EIGHT)] * 2),
        (SeparableConv(EIGHT, 3), [(EIGHT, EIGHT)]),
        (TransposedConv(EIGHT, 3, (2, 1), ONE, output_padding=(ONE, 0)), [(EIGHT, EIGHT, EIGHT)]),
        (TableConv(((ONE,), (ONE, 0)), 3), [(EIGHT, EIGHT)]),
        (LocalConv(EIGHT, 3, padding="half"), [(EIGHT, EIGHT)]),
        (DeformableConv(EIGHT, 3, offset_groups=EIGHT), [(EIGHT, EIGHT)]),
        (LpPool(3, norm_type=EIGHT), [(EIGHT, EIGHT)]),
        (AdaptiveMaxPool((ONE, EIGHT)), [(EIGHT, EIGHT, EIGHT)]),
        (MaxUnpool(3, 2, ONE, output_size=Unwritten(16)), [(EIGHT, EIGHT)]),
        (Upsample(ONE), [(EIGHT, EIGHT)]),
        (Upsample(size=(ONE, EIGHT)), [(EIGHT, EIGHT, EIGHT)]),
        (PixelShuffle(ONE), [(EIGHT, EIGHT, EIGHT)]),
        (PixelUnshuffle(EIGHT), [(EIGHT, EIGHT, EIGHT)]),
        (Pad((ONE, (0, ONE)), "reflect", ONE), [(EIGHT, EIGHT, EIGHT)]),
        (Crop(ONE), [(EIGHT, EIGHT)]),
        (CenterCrop(ONE), [(EIGHT, EIGHT)]),
        (Reshape((EIGHT, EIGHT)), [(EIGHT, EIGHT)]),
        (Permute((1, 0)), [(EIGHT, EIGHT)]),
        (Slice(ONE, EIGHT), [(EIGHT, EIGHT)]),
        (Split(EIGHT, ONE, axis=1), [(EIGHT, EIGHT)]),
        (ChannelShuffle(EIGHT), [(EIGHT, EIGHT)]),
        (GroupNorm(EIGHT), [(EIGHT, EIGHT)]),
        (PReLU(EIGHT), [(EIGHT, EIGHT)]),
        (Maxout(EIGHT), [(EIGHT, EIGHT)]),
        (GatedLinearUnit(), [(EIGHT, EIGHT)]),
        (Attention(EIGHT), [(EIGHT, EIGHT)] * 2),
        (WindowAttention(ONE, ONE, head_dim=ONE), [(EIGHT, EIGHT)]),
        (Embedding(EIGHT, EIGHT), [(EIGHT,)]),
        (LSTM(EIGHT), [(EIGHT, EIGHT)]),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_rule_that_holds_writes_nothing(layer, inputs):
    """A message is made where a rule is broken only: a join of many tensors would spend its time on listing them."""
    assert layer(*inputs).output


# ----------------------------------------------------------------------------------------------------------- symbols

c, f, k, k1, k2, m, n, s = sympy.symbols("c f k k1 k2 m n s", integer=True, positive=True)


def test_two_convolutions_on_symbols():
    """1×n×m, k1 filters of 3×3, k2 filters of 5×5, both "same": 9 k1 + 25 k1 k2 weights, each used n m times."""
    first = Conv(k1, 3, padding="same")((1, n, m))
    second = Conv(k2, 5, padding="same")(first.output)

    assert first.output == (k1, n, m)
    assert second.output == (k2, n, m)
    assert (first.weights, second.weights) == (9 * k1, 25 * k1 * k2)
    assert (first.biases, second.biases) == (k1, k2)
    assert (first.macs, second.macs) == (9 * k1 * n * m, 25 * k1 * k2 * n * m)
    assert sympy.expand(first.macs + second.macs - (9 * k1 + 25 * k1 * k2) * n * m) == 0


def test_f_times_as_many_filters():
    """Widening by f gives a polynomial of degree 2 in f: the first layer grows with f, those between with f²."""
    stem, between, head = Conv(f * 64, 3), Conv(f * 64, 3), Linear(10)
    weights = stem((3, 9, 9)).weights + between((f * 64, 7, 7)).weights + head((f * 64,)).weights

    assert sympy.Poly(weights, f).all_coeffs() == [64 * 64 * 9, 3 * 64 * 9 + 64 * 10, 0]


ON_SYMBOLS = [
    (
        Conv(f, 3, padding=1),
        [(c, n, m)],
        Measured((f, n, m), 9 * c * f, f, 9 * c * f * n * m, fan_in=9 * c, operations=f * n * m),
    ),
    (
        Conv(f, 3),
        [(c, n + 2, m + 2)],
        Measured((f, n, m), 9 * c * f, f, 9 * c * f * n * m, fan_in=9 * c, operations=f * n * m),
    ),
    (
        Conv(2 * f, 1, groups=f),
        [(3 * f, n)],
        Measured((2 * f, n), 6 * f, 2 * f, 6 * f * n, fan_in=3, operations=2 * f * n),
    ),
    (
        Conv(f, 2, stride=2),
        [(c, 2 * n)],
        Measured((f, n), 2 * c * f, f, 2 * c * f * n, fan_in=2 * c, operations=f * n),
    ),
    (
        Conv(8, k, padding="same"),
        [(c, n, m)],
        Measured((8, n, m), 8 * c * k**2, 8, 8 * c * k**2 * n * m, fan_in=c * k**2, operations=8 * n * m),
    ),
    (
        Conv(f, k, padding="causal", dilation=s),
        [(c, n)],
        Measured((f, n), c * f * k, f, c * f * k * n, fan_in=c * k, operations=f * n),
    ),
    (
        DepthwiseConv(3, padding=1),
        [(c, n, m)],
        Measured((c, n, m), 9 * c, c, 9 * c * n * m, fan_in=9, operations=c * n * m),
    ),
    (
        DepthwiseConv(5, padding="same_lower", multiplier=f),
        [(c, n)],
        Measured((c * f, n), 5 * c * f, c * f, 5 * c * f * n, fan_in=5, operations=c * f * n),
    ),
    (
        SeparableConv(f, 3, padding=1, multiplier=2),
        [(c, n, m)],
        Measured(
            (f, n, m), 18 * c + 2 * c * f, f, (18 * c + 2 * c * f) * n * m, fan_in=9 * c, operations=f * n * m
        ),
    ),
    (
        TransposedConv(f, k, stride=k),
        [(c, n, m)],
        Measured(
            (f, k * n, k * m), c * f * k**2, f, c * f * k**2 * n * m, fan_in=c, operations=f * k**2 * n * m
        ),
    ),
    (
        TransposedConv(f, 4, stride=2, padding=1),
        [(c, n)],
        Measured((f, 2 * n), 4 * c * f, f, 4 * c * f * n, fan_in=2 * c, operations=2 * f * n),
    ),
    (
        TableConv(((0,), (0, 1), (1,)), k),  # which channels a filter reads is structure: plain integers
        [(c + 1, n + k - 1)],
        Measured((3, n), 4 * k, 3, 4 * k * n, fan_in=2 * k, operations=3 * n),
    ),
    (
        LocalConv(f, 3, padding=1),
        [(c, n, m)],
        Measured((f, n, m), 9 * c * f * n * m, f * n * m, 9 * c * f * n * m, fan_in=9 * c, operations=f * n * m),
    ),
    (
        DeformableConv(f, 3, padding=1),
        [(c, n, m)],
        Measured(
            (f, n, m),
            9 * c * f + 18 * 9 * c,
            f + 18,
            (9 * c * f + 18 * 9 * c) * n * m,
            fan_in=4 * 9 * c + 9 * c,
            operations=(f + 18 + 7 * 9 * c) * n * m,
        ),
    ),
    (MaxPool(2), [(c, 2 * n, 2 * m)], Measured((c, n, m), fan_in=4, operations=3 * c * n * m)),
    (AvgPool(3, 1, 1), [(c, n)], Measured((c, n), fan_in=3, operations=3 * c * n)),
    (LpPool(k), [(c, k * n)], Measured((c, n), fan_in=k, operations=2 * c * k * n)),
    (AdaptiveAvgPool(k), [(c, k * n)], Measured((c, k), fan_in=n, operations=c * k * n)),
    (AdaptiveMaxPool(k), [(c, k * n)], Measured((c, k), fan_in=n, operations=c * k * n - c * k)),
    (GlobalAvgPool(), [(c, n, m)], Measured((c, 1, 1), fan_in=n * m, operations=c * n * m)),
    (GlobalMaxPool(), [(c, n, m)], Measured((c, 1, 1), fan_in=n * m, operations=c * n * m - c)),
    (MaxUnpool(2), [(c, n, m)], Measured((c, 2 * n, 2 * m))),
    (Upsample(k), [(c, n, m)], Measured((c, k * n, k * m))),
    (
        Upsample(Fraction(3, 2), mode="bilinear"),
        [(c, 2 * n, 2 * m)],
        Measured((c, 3 * n, 3 * m), fan_in=4, operations=7 * 9 * c * n * m),
    ),
    (Upsample(size=(f, k)), [(c, n, m)], Measured((c, f, k))),
    (PixelShuffle(k), [(c * k**2, n, m)], Measured((c, k * n, k * m))),
    (PixelUnshuffle(k), [(c, k * n, k * m)], Measured((c * k**2, n, m))),
    (Pad((k, (0, 1)), channels=((0, f),)), [(c, n, m)], Measured((c + f, n + 2 * k, m + 1))),
    (Crop((k, (0, 1))), [(c, n + 2 * k, m + 1)], Measured((c, n, m))),
    (CenterCrop(), [(c, n + k, m), (f, n, m)], Measured((c, n, m))),
    (
        Linear(f),
        [(c, n, m)],
        Measured((f,), c * f * n * m, f, c * f * n * m, fan_in=c * n * m, operations=f),
    ),
    (Linear(10, bias=False), [(f,)], Measured((10,), 10 * f, 0, 10 * f, fan_in=f)),
    (
        Linear(f, over="channels"),
        [(c, n, m)],
        Measured((f, n, m), c * f, f, c * f * n * m, fan_in=c, operations=f * n * m),
    ),
    (
        Custom((k, n), weights=k, biases=c, macs=n * m, statistics=f, operations=m),
        [(c, n), (f,)],
        Measured((k, n), k, c, n * m, f, fan_in=c * n + f, operations=m),
    ),
    (Embedding(k, f), [(n,)], Measured((f, n), k * f)),
    (Flatten(), [(c, n, m)], Measured((c * n * m,))),
    (Flatten(1), [(c, n, m)], Measured((c, n * m))),  # which axis it is, is structure, here and below
    (Reshape((k, c, -1)), [(c, k * n, m)], Measured((k, c, n * m))),  # as is that a size is left open
    (Permute((1, 2, 0)), [(c, n, m)], Measured((n, m, c))),
    (Slice(k, f + k), [(c + f + k, n)], Measured((f, n))),
    (Slice(k, f + k, axis=1), [(c, f + k)], Measured((c, f))),
    (Split(k, 0), [(k * c, n)], Measured((c, n))),
    (Split(k, 0, axis=1), [(c, k * n)], Measured((c, n))),
    (ChannelShuffle(k), [(k * c, n)], Measured((k * c, n))),
    (BatchNorm(), [(c, n, m)], Measured((c, n, m), c, c, statistics=2 * c, operations=2 * c * n * m)),
    (LayerNorm(), [(c, n, m)], Measured((c, n, m), c, c, fan_in=c, operations=7 * c * n * m)),
    (
        LayerNorm(over="all"),
        [(c, n)],
        Measured((c, n), c * n, c * n, fan_in=c * n, operations=7 * c * n),
    ),
    (GroupNorm(k), [(c * k, n)], Measured((c * k, n), c * k, c * k, fan_in=c * n, operations=7 * c * k * n)),
    (InstanceNorm(), [(c, n, m)], Measured((c, n, m), fan_in=n * m, operations=5 * c * n * m)),
    (RMSNorm(), [(c, n)], Measured((c, n), c, fan_in=c, operations=4 * c * n)),
    (
        LocalResponseNorm(k),
        [(c, n, m)],
        Measured((c, n, m), fan_in=sympy.Min(c, k), operations=(k + 4) * c * n * m),
    ),
    (Activation(), [(c, n)], Measured((c, n), operations=c * n)),
    (Softmax(), [(c, n)], Measured((c, n), fan_in=c, operations=3 * c * n - n)),
    (PReLU(), [(c, n)], Measured((c, n), 1, operations=c * n)),
    (PReLU(c), [(c, n)], Measured((c, n), c, operations=c * n)),
    (GatedLinearUnit(), [(2 * c, n)], Measured((c, n), fan_in=2, operations=2 * c * n)),
    (Maxout(k), [(c * k, n)], Measured((c, n), fan_in=k, operations=(k - 1) * c * n)),
    (Scale(bias=True), [(c, n)], Measured((c, n), c, c, operations=2 * c * n)),
    (Dropout(), [(c, n)], Measured((c, n))),
    (Identity(), [(c, n)], Measured((c, n))),
    (Concat(), [(c, n, m), (f, n, m), (8, n, m)], Measured((c + f + 8, n, m))),
    (Concat(crop=True), [(c, n), (f, n + k)], Measured((c + f, n))),
    (Add(), [(c + f, n, m), (f + c, n, m)], Measured((c + f, n, m), fan_in=2, operations=(c + f) * n * m)),
    (Add(), [(c * (f + 1), n), (c * f + c, n)], Measured((c * f + c, n), fan_in=2, operations=(c * f + c) * n)),
    (Mul(), [(c, n, m), (c, 1, 1)], Measured((c, n, m), fan_in=2, operations=c * n * m)),
    (Mul(), [(c, 1, 1), (c, n, m)], Measured((c, n, m), fan_in=2, operations=c * n * m)),
    (MatMul(), [(c, n, k), (c, k, m)], Measured((c, n, m), macs=c * n * k * m, fan_in=2 * k)),
    (
        Attention(k),
        [(c * k, n)],
        Measured(
            (c * k, n),
            4 * (c * k) ** 2,
            4 * c * k,
            4 * n * (c * k) ** 2 + 2 * n**2 * c * k,
            fan_in=c * k * n,
            operations=(4 + 1) * n * c * k + k * n * (3 * n - 1),
        ),
    ),
    (
        Attention(k, head_dim=8),
        [(c, n), (f, m)],
        Measured(
            (c, n),
            2 * 8 * k * c + 2 * 8 * k * f,
            3 * 8 * k + c,
            2 * 8 * k * (c * n + f * m + n * m),
            fan_in=c + f * m,
            operations=n * 8 * k + k * n * (3 * m - 1) + (n + 2 * m) * 8 * k + n * c,
        ),
    ),
    (
        WindowAttention(k, 7, bias=False),
        [(c * k, 7 * n, 7 * m)],
        Measured(
            (c * k, 7 * n, 7 * m),
            4 * (c * k) ** 2,
            k * 13 * 13,
            n * m * (4 * 49 * (c * k) ** 2 + 2 * 49**2 * c * k),
            fan_in=c * k * 49,
            operations=n * m * (49 * c * k + 49 * k * (3 * 49 - 1) + k * 49**2),
        ),
    ),
    (PositionEmbedding(), [(c, n)], Measured((c, n), c * n, operations=c * n)),
    (ClassToken(), [(c, n)], Measured((c, n + 1), c)),
    (
        LSTM(f),
        [(c, n)],
        Measured(
            (f, n), 4 * f * (c + f), 8 * f, 4 * f * (c + f) * n, fan_in=c * n, operations=n * f * (4 * 4 + 5)
        ),
    ),
    (
        GRU(f, num_layers=2, bidirectional=True),
        [(c, n)],
        Measured(
            (2 * f, n),
            2 * 3 * f * (c + f) + 2 * 3 * f * (2 * f + f),
            2 * 2 * 6 * f,
            n * (2 * 3 * f * (c + f) + 2 * 3 * f * (2 * f + f)),
            fan_in=c * n,
            operations=2 * 2 * n * f * (3 * 4 + 5),
        ),
    ),
]  # fmt: skip  # a table reads better in columns


class Divisor(sympy.Function):
    """The greatest common divisor of numbers, which that of polynomials is not."""

    @classmethod
    def eval(cls, one, other):
        if one.is_Integer and other.is_Integer:
            return sympy.igcd(one, other)
        return next((b for a, b in ((one, other), (other, one)) if sympy.cancel(a / b).is_integer), None)


def require_unless_open(condition: object, code: str, option: str, message: str, /, **values: object) -> None:
    """A condition that some symbols may fulfil is taken to hold."""
    if not isinstance(condition, sympy.core.relational.Relational):
        require(condition, code, option, message, **values)


FOR_SYMBOLS = {
    "require": require_unless_open,
    "largest": sympy.Max,
    "smallest": sympy.Min,
    "common_divisor": Divisor,
    "equal": lambda one, other: sympy.expand(one - other) == 0,
}


def put_in_place(monkeypatch, versions):
    """Helpers of `arithmetic` in other versions, wherever a rule uses them; the other helpers run as they are."""
    for name in ["convcalc.arithmetic.operations", *map(module_name, RULES)]:
        module = import_module(name)
        for helper_name in versions.keys() & vars(module).keys():
            monkeypatch.setattr(module, helper_name, versions[helper_name])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@pytest.fixture
def symbols(monkeypatch):
    """Some helpers in versions for symbols."""
    put_in_place(monkeypatch, FOR_SYMBOLS)


@pytest.mark.parametrize(("layer", "inputs", "expected"), ON_SYMBOLS, ids=str)
@pytest.mark.usefixtures("symbols")
def test_a_rule_runs_on_symbols(layer, inputs, expected):
    """The profile of symbolic shapes and widths is the formula."""
    found = claimed(layer, *inputs)

    assert len(expected.output) == len(found.output)
    for one, other in zip([*expected.output, *expected[1:]], [*found.output, *found[1:]], strict=True):
        assert sympy.simplify(one - other) == 0


@pytest.mark.parametrize(
    "layer",
    [
        Conv(4, 3, stride=2, padding=1),
        Conv(4, 3, stride=3, padding="same"),
        Conv(4, 4, padding="half"),
        DepthwiseConv(5, 2, 2),
        SeparableConv(4, 3, 3, "same_lower"),
        LocalConv(4, 3, 2, "half"),
        TransposedConv(4, 3, 2, output_padding=1),
        DeformableConv(4, 2, 2, "half"),
        AvgPool(3, 2, 1),
        MaxPool(3, 2, 1, rounding="ceil"),
        LpPool(1, 2, rounding="caffe"),
        AdaptiveAvgPool(4),
        AdaptiveMaxPool(6),
        GlobalMaxPool(),
        Upsample(Fraction(5, 3)),
        WindowAttention(2, 4),
    ],
    ids=str,
)
@pytest.mark.usefixtures("symbols")
def test_a_formula_with_numbers_put_in_is_the_number(layer):
    """Where a size is no polynomial, the rounding is kept in the formula."""
    formula = claimed(layer, (2, n))

    for number in range(1, 21):
        output, *counts = claimed(layer, (2, number))
        assert output == tuple(sympy.sympify(size).subs(n, number) for size in formula.output)
        assert counts == [sympy.sympify(count).subs(n, number) for count in formula[1:]]


@pytest.mark.usefixtures("symbols")
def test_a_divisor_of_symbols_is_one_of_numbers():
    """What two numbers have in common hangs on the numbers, and is kept in the formula until they are known."""
    read = Adaptive(n, k).read()
    taps = TransposedWindow(k, s, dilation=c).most_read

    assert read == n + k - Divisor(n, k)
    assert read.subs({n: 6, k: 4}) == 6 + 4 - 2
    assert taps.subs({k: 5, s: 6, c: 4}) == 2  # every third tap


def test_a_broken_rule_on_symbols_names_them():
    """A condition that no positive integers satisfy is an error like any other."""
    with pytest.raises(RuleError) as caught:
        Conv(f, 3, groups=-f)((c, n))

    assert str(caught.value) == "groups (-f) must be at least 1"


# ------------------------------------------------------------------------------------------------------------ arrays


def every(condition: object) -> bool:
    """A condition on arrays holds where it holds for each of their numbers."""
    return bool(np.all(condition))


def require_of_all(condition: object, code: str, option: str, message: str, /, **values: object) -> None:
    require(every(condition), code, option, message, **values)


FOR_ARRAYS = {
    "require": require_of_all,
    "decide": every,
    "largest": lambda *numbers: reduce(np.maximum, numbers),
    "smallest": lambda *numbers: reduce(np.minimum, numbers),
    "common_divisor": np.gcd,
}


@pytest.fixture
def arrays(monkeypatch):
    """Some helpers in versions for arrays."""
    put_in_place(monkeypatch, FOR_ARRAYS)


VARIABLES = {c: range(1, 4), n: range(4, 12), m: range(5, 8), k: range(1, 5), s: range(1, 4)}
GRID = dict(zip(VARIABLES, map(np.ravel, np.meshgrid(*map(np.array, VARIABLES.values()))), strict=True))
COUNT = len(GRID[n])


def put(values, what):
    """`what` (a layer, a shape, a number) with `values` in the place of symbols."""
    if isinstance(what, sympy.Expr):
        return formula(what)(*values.values())
    if isinstance(what, tuple):
        return tuple(put(values, part) for part in what)
    if isinstance(what, Layer):
        return type(what)(**{field.name: put(values, getattr(what, field.name)) for field in fields(what)})
    return what


@cache
def formula(expression):
    return sympy.lambdify(list(VARIABLES), expression)


ON_ARRAYS = [
    (Conv(8 * c, 3, stride=2, padding=1), ((c, n, m),)),
    (Conv(8 * c, 3, bias=False), ((3, n, m),)),
    (Conv(c, 3, stride=2, padding="same"), ((2 * c, n),)),
    (Conv(c, 3, padding=((0, 1), 2), dilation=2), ((5, n, m),)),
    (Conv(2 * c, 3, padding="half", groups=c), ((4 * c, n, n, m),)),
    (Conv(c, k, stride=s), ((3, n, m),)),
    (Conv(c, (k, 2), (1, s), padding="half"), ((3, n, m),)),
    (Conv(c, k, stride=s, padding="same"), ((3, n, m),)),
    (Conv(c, 2, dilation=s), ((3, n, m),)),
    (Conv(c, k, padding=k), ((3, n, m),)),
    (Conv(c, k, padding=(k, (0, s))), ((3, n, m),)),
    (DepthwiseConv(3, 2, 1), ((c, n, m),)),
    (DepthwiseConv(k, s, "same", multiplier=c), ((4, n, m),)),
    (MaxPool(2), ((c, n, m),)),
    (MaxPool(3, 2, 1), ((c, n, m),)),
    (MaxPool(3, 2, 1, rounding="ceil"), ((c, n, m),)),
    (MaxPool(3, 2, "same"), ((c, n, m),)),
    (MaxPool(k, s, "half", rounding="ceil"), ((c, n, m),)),
    (AvgPool(k), ((c, n, m),)),
    (AvgPool(2, s, rounding="ceil"), ((c, n, m),)),
    (AvgPool(2, 3, ((0, 1),), rounding="ceil"), ((c, n, m),)),
    (GlobalAvgPool(), ((c, n, m),)),
    (Linear(c), ((8, n, m),)),
    (Linear(10), ((c * n,),)),
    (Linear(c, over="channels"), ((8, n, m),)),
    (Flatten(), ((c, n, m),)),
    (BatchNorm(), ((c, n, m),)),
    (LocalResponseNorm(k), ((c, n, m),)),
    (Concat(), ((c, n, m), (k, n, m), (8, n, m))),
    (Add(), ((c, n, m), (c, n, m))),
    (Mul(), ((c, n, m), (c, 1, 1))),
    (Mul(), ((4, 1, 1), (4, n, m))),
    (Conv(c, k, stride=s, padding="same_lower"), ((3, n, m),)),
    (Conv(c, k, padding="causal", dilation=s), ((3, n),)),
    (SeparableConv(8 * c, k, s, "same", multiplier=c), ((3, n, m),)),
    (TransposedConv(c, k, s, "half"), ((3, n, m),)),
    (TransposedConv(c, 2, s, padding=s), ((3, n + 4),)),
    (TransposedConv(2 * c, 3, s + 1, output_padding=s, dilation=k, groups=c), ((4 * c, n, m),)),
    (TransposedConv(c, k, s, "same"), ((3, n, m),)),
    (TableConv(((0,), (0, 2), (1,)), k, s), ((3, n, m),)),  # which channels a filter reads is structure
    (LocalConv(c, k, s), ((3, n, m),)),
    (DeformableConv(c, k, s, "same", offset_groups=c, modulated=True), ((6 * c, n, m),)),
    (MaxPool(k, s, rounding="caffe"), ((c, n, m),)),
    (LpPool(k, s, "ceil"), ((c, n, m),)),
    (AdaptiveAvgPool((k, s)), ((c, n, m),)),
    (AdaptiveMaxPool(m), ((c, n),)),
    (GlobalMaxPool(), ((c, n, m),)),
    (MaxUnpool(k, s), ((c, n, m),)),
    (MaxUnpool(2, output_size=m), ((c, 3),)),
    (Upsample(k), ((c, n, m),)),
    (Upsample((Fraction(3, 2), Fraction(1, 3)), mode="bilinear"), ((c, n, m),)),
    (Upsample(size=k), ((c, n, m),)),
    (PixelShuffle(k), ((c * k * k, n, m),)),
    (PixelUnshuffle(k), ((c, n * k, m * k),)),
    (Pad((k, (0, s)), channels=c), ((c, n, m),)),
    (Pad(k, "circular"), ((c, n, m),)),
    (Crop((1, (0, k))), ((c, n, m),)),
    (CenterCrop(k), ((c, n, m),)),
    (CenterCrop(), ((c, n, m), (8, k, m - k))),
    (Custom((k, n), weights=k, macs=n * m), ((c, n), (k,))),
    (Embedding(k, c), ((n,),)),
    (Flatten(1), ((c, n, m),)),  # which axis it is, is structure, here and below
    (Reshape((k, -1)), ((c, k * n, m),)),  # as is that a size is left open
    (Reshape((n, c, m)), ((c, n, m),)),
    (Permute((2, 0, 1)), ((c, n, m),)),
    (Slice(k, k + n), ((k + n + c, m),)),
    (Slice(0, m, axis=2), ((c, n, m + k),)),
    (Split(k + 1, k), ((c * (k + 1), n),)),
    (Split(k, 0, axis=1), ((c, n * k),)),
    (ChannelShuffle(k), ((c * k, n),)),
    (LayerNorm(), ((c, n, m),)),
    (LayerNorm(over="all"), ((c, n, m),)),
    (GroupNorm(k), ((c * k, n),)),
    (InstanceNorm(affine=True), ((c, n, m),)),
    (RMSNorm(), ((c, n, m),)),
    (Activation(), ((c, n),)),
    (Softmax(), ((c, n),)),
    (PReLU(), ((c, n),)),
    (PReLU(c), ((c, n),)),
    (GatedLinearUnit(), ((2 * c, n),)),
    (Maxout(k), ((c * k, n),)),
    (Scale(bias=True), ((c, n),)),
    (Dropout(), ((c, n),)),
    (Identity(), ((c, n),)),
    (Concat(crop=True), ((c, n), (k, n + s))),
    (Add(crop=True), ((c, n), (c, n + s))),
    (MatMul(), ((c, n, k), (c, k, m))),
    (Attention(k), ((c * k, n, m),)),
    (Attention(k, head_dim=s), ((c, n), (m, k))),
    (Attention(k, head_dim=s, relative_position=True), ((c, n, m),)),
    (WindowAttention(k, (m, 3)), ((c * k, n, m),)),
    (PositionEmbedding(), ((c, n, m),)),
    (ClassToken(), ((c, n),)),
    (LSTM(k), ((c, n),)),
    (GRU(c, num_layers=k, bidirectional=True), ((c, n),)),
]


@pytest.mark.parametrize(("layer", "inputs"), ON_ARRAYS, ids=str)
@pytest.mark.usefixtures("arrays")
def test_a_rule_runs_on_arrays(layer, inputs):
    """Each element of what arrays give is what the integers at that element give."""
    found = rows(put(GRID, layer)(*put(GRID, inputs)), COUNT)

    assert len(found) == COUNT
    for at in range(0, COUNT, COUNT // scaled(COUNT) | 1):  # odd: out of step with the grid
        numbers = {symbol: int(values[at]) for symbol, values in GRID.items()}
        assert found[at] == rows(put(numbers, layer)(*put(numbers, inputs)), 1)[0]


def rows(profile, count):
    """The numbers of a profile, as one row for each element."""
    counts = [profile.weights, profile.biases, profile.macs, profile.statistics, profile.fan_in, profile.operations]
    return np.stack([np.broadcast_to(number, count) for number in [*profile.output, *counts]], axis=1).tolist()


@pytest.mark.parametrize("table", [ON_SYMBOLS, ON_ARRAYS], ids=["symbols", "arrays"])
def test_every_kind_is_in_the_table(table):
    """No kind is left out."""
    assert {type(row[0]) for row in table} == {kind_class(kind) for kind in KINDS}


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (Conv(8, 7), ((3, n),)),
        (MaxPool(7), ((c, n),)),
        (Conv(8, 3, groups=2), ((c, n),)),
        (AvgPool(k, padding=1), ((3, n),)),
        (Add(), ((8, n), (8, m))),
        (Mul(), ((8, n), (8, m))),
        (Concat(), ((8, n), (8, m))),
        (TransposedConv(8, 1, padding=3), ((3, n),)),
        (TransposedConv(8, 3, 2, output_padding=c), ((3, n),)),
        (TableConv(((1,),), 3), ((c, n),)),
        (DeformableConv(8, 3, offset_groups=2), ((c, n),)),
        (MaxUnpool(2, output_size=m), ((3, n),)),
        (PixelShuffle(2), ((n, 8, 8),)),
        (PixelUnshuffle(2), ((8, n, 8),)),
        (Pad(5, "reflect"), ((8, n),)),
        (Crop(3), ((8, n),)),
        (CenterCrop(6), ((8, n),)),
        (CenterCrop(), ((8, n), (8, m))),
        (Reshape((c, -1)), ((8, n),)),
        (Reshape((c, n)), ((2, n),)),
        (Slice(0, n), ((8, 8),)),
        (Split(2, 0), ((n, 8),)),
        (ChannelShuffle(2), ((n, 8),)),
        (GroupNorm(2), ((n, 8),)),
        (PReLU(k), ((c, n),)),
        (GatedLinearUnit(), ((n, 8),)),
        (Maxout(2), ((n, 8),)),
        (MatMul(), ((8, n), (m, 8))),
        (Attention(2), ((n, 8),)),
    ],
    ids=str,
)
@pytest.mark.usefixtures("arrays")
def test_a_rule_that_some_elements_break_is_seen(layer, inputs):
    """A condition that holds for some elements only is not taken to hold."""
    with pytest.raises(RuleError):
        put(GRID, layer)(*put(GRID, inputs))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Conv(8, 3, stride=GRID[s] - 1),
        lambda: Conv(GRID[c] - 1, 3),
        lambda: Linear(GRID[c] - 1),
        lambda: TransposedConv(8, 3, output_padding=-GRID[c]),
        lambda: AdaptiveAvgPool(GRID[c] - 1),
        lambda: Upsample(size=(8, GRID[c] - 1)),
        lambda: Upsample(GRID[c] - 1),
        lambda: Pad(1 - GRID[c]),
        lambda: Slice(GRID[c], 2),
        lambda: Split(2, GRID[c]),
        lambda: Attention(8, head_dim=GRID[c] - 1),
        lambda: LSTM(8, num_layers=GRID[c] - 1),
    ],
    ids=lambda make: ast.unparse(ast.parse(getsource(make).strip().rstrip(","))).partition(": ")[2],
)
@pytest.mark.usefixtures("arrays")
def test_a_range_that_some_elements_break_is_seen(make):
    """A layer is not made where some elements of an option are out of its range."""
    with pytest.raises(RuleError):
        make()
