"""Conditions of a command line: `macs < 300e6 and params < 4M`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.amounts import AMOUNT, amount_value
from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.layers.options import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from fractions import Fraction

LONGEST, DEEPEST = 1000, 600
"""Characters of a condition, and how deep it is nested, at most."""

SHOWN = 40
"""How deep a part is that a message shows, at most."""

WORD = re.compile(rf"[A-Za-z_][A-Za-z0-9_]*|{AMOUNT.pattern}(?![A-Za-z0-9_.])", re.ASCII)
"""A name, which may end in digits, or an amount."""

ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
}
COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: (one == other) ^ True,
}
WAY = "try: comparisons such as macs < 300e6, joined by and, or, not; + - * compute"

EXPONENTS = "try: an exponent of at most two digits, as in 300e6"

FOREIGN = {
    re.compile(r"(?<![<>=!:])=(?!=)"): "try: == where two numbers are the same",
    re.compile(r"&&|\|\|"): "try: and, or",
    re.compile(r"\d,\d{3}"): "try: numbers without commas, such as 1000000 or 1M",
}
"""Signs of other languages, and what to write."""


class Condition:
    """A condition on numbers that have names, which are `names`; nothing is evaluated as Python."""

    def __init__(self, option: str, text: str) -> None:
        """Read a text.

        Raises:
            DescriptionError: it is no condition.
        """
        self.text = text
        self.source = Source(option, text)
        self.numbers: list[Fraction] = []
        if not text.strip() or len(text) > LONGEST:
            got = f"{len(text)} characters" if text.strip() else "nothing"
            message = f"{option} must be a condition of at most {LONGEST} characters, but got {got}"
            raise DescriptionError(Fault("beyond-limits", message))
        if not text.isascii():
            raise DescriptionError(
                Fault("bad-condition", f"{option} must be in ASCII, but got {quoted(text)}", notes=(WAY,))
            )
        try:
            self.read = WORD.sub(self.word, text).strip()
            tree = ast.parse(self.read, mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            message = f"{option} must be a condition, but got {quoted(text)}"
            raise DescriptionError(Fault("bad-condition", message, notes=self.ways())) from None
        self.names = {
            each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and not each.id.startswith(NUMBER)
        }
        self.tree = tree
        if depth(tree) > DEEPEST:
            raise self.fault("beyond-limits", f"a condition must be nested at most {DEEPEST} deep")
        if not self.is_truth(tree):
            raise self.fault("bad-condition", f"{quoted(text)} is no condition", *self.ways())
        self.check(tree)

    def ways(self) -> tuple[str, ...]:
        """What to write, for those who wrote in another language."""
        return (*[way for sign, way in FOREIGN.items() if sign.search(self.text)], WAY)

    def word(self, match: re.Match[str]) -> str:
        """A name as it is, and a name for a number."""
        if match[1] is None:
            return match[0]
        self.numbers.append(amount_value(match))
        return f"{NUMBER}{len(self.numbers) - 1}"

    def fault(self, code: str, message: str, *notes: str) -> DescriptionError:
        """The error of what no condition can say."""
        place = Place(self.source, 1, 1, len(self.text))
        return DescriptionError(Fault(code, message, place, notes=notes or (WAY,)))

    def is_truth(self, node: ast.expr) -> bool:
        """Whether a part is true or false, and no number."""
        return isinstance(node, ast.Compare | ast.BoolOp) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        )

    def check(self, node: ast.expr) -> None:
        """State that a part is made of what conditions know.

        Raises:
            DescriptionError: it is not.
        """
        match node:
            case ast.BoolOp(values=parts):
                truth = True
            case ast.UnaryOp(op=ast.Not(), operand=part):
                parts, truth = [part], True
            case ast.Compare(left=first, comparators=others, ops=signs) if all(type(s) in COMPARISONS for s in signs):
                parts, truth = [first, *others], False
            case ast.BinOp(left=first, op=sign, right=second) if type(sign) in ARITHMETIC:
                parts, truth = [first, second], False
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=part):
                parts, truth = [part], False
            case ast.Name():
                return
            case ast.BinOp(op=ast.Div() | ast.FloorDiv()):
                raise self.fault(
                    "bad-condition", "a condition does not divide", "try: macs > 10*params in place of macs/params > 10"
                )
            case _:
                ways = (EXPONENTS, WAY) if isinstance(node, ast.Constant) and isinstance(node.value, float) else ()
                raise self.fault("bad-condition", f"a condition cannot say {quoted(self.shown(node))}", *ways)
        for part in parts:
            if self.is_truth(part) != truth:
                needed = "is no condition" if truth else "is no number"
                raise self.fault("bad-condition", f"{quoted(self.shown(part))} {needed}")
            self.check(part)

    def shown(self, node: ast.expr) -> str:
        """A part as it was written, but for blanks."""
        if depth(node) > SHOWN:
            return self.text
        text = ast.unparse(node)
        if isinstance(node, ast.Constant):  # which Python would show as it holds it: 1e309 for all that is larger
            text = ast.get_source_segment(self.read, node) or text
        return NAMED.sub(lambda match: show(self.numbers[int(match[1])]), text)

    def require(self, known: Iterable[str], unfit: Mapping[str, str]) -> None:
        """State that all names are known.

        Raises:
            DescriptionError: one is not, or is no number, for the reason among `unfit`.
        """
        for name in sorted(self.names):
            if name in unfit:
                raise self.fault("bad-condition", f"{name} cannot be compared: it is {unfit[name]}")
            if name not in known:
                raise self.fault("unknown-name", f"unknown name: {quoted(name)}{guess(name, known)}")

    def holds(self, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a truth of some arithmetic
        """Whether it is true of some numbers."""
        return self.evaluate(self.tree, scope)

    def evaluate(self, node: ast.expr, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401, PLR0911  # as above; a form a line
        """What a part comes to."""
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return joined([self.evaluate(part, scope) for part in parts], every=True)
            case ast.BoolOp(values=parts):
                return joined([self.evaluate(part, scope) for part in parts], every=False)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return self.evaluate(part, scope) ^ True
            case ast.Compare(left=first, comparators=others, ops=signs):
                values = [self.evaluate(part, scope) for part in (first, *others)]
                pairs = zip(signs, values, values[1:], strict=False)
                return joined([COMPARISONS[type(sign)](one, other) for sign, one, other in pairs], every=True)
            case ast.BinOp(left=first, op=sign, right=second):
                return ARITHMETIC[type(sign)](self.evaluate(first, scope), self.evaluate(second, scope))
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return -self.evaluate(part, scope)
            case ast.UnaryOp(operand=part):
                return self.evaluate(part, scope)
            case ast.Name(id=name) if name.startswith(NUMBER):
                return self.numbers[int(name.removeprefix(NUMBER))]
            case ast.Name(id=name):
                return scope[name]
        raise AssertionError(ast.dump(node))


NUMBER = "ñ"
"""How a number is called while Python reads the condition around it: as nothing in ASCII is."""

NAMED = re.compile(f"{NUMBER}([0-9]++)")
"""Such a name, and which number it stands for."""


def depth(tree: ast.AST) -> int:
    """How deep a condition is nested."""
    level, deepest = [tree], 0
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        deepest += 1
    return deepest


def joined(truths: list[Any], *, every: bool) -> Any:  # noqa: ANN401  # as above
    """Whether all, or any, of some truths hold: of no arithmetic is one asked for by itself."""
    first, *others = truths
    for other in others:
        first = first & other if every else first | other
    return first
