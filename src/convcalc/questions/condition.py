"""Conditions of a command line: `macs < 300e6 and params < 4M`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.arithmetic.expression import Binary
from convcalc.arithmetic.functions import ExpressionFault, Precedence
from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.questions.condition_syntax import DEEPEST_SHOWN, ConditionParser, Foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcalc.arithmetic.expression import Expression
    from convcalc.arithmetic.operations import AnyNumber, Truth

LONGEST_CONDITION, DEEPEST_CONDITION = 1000, 600
"""Characters of a condition, and how deep it is nested, at most."""

CONDITION_HINT = "try: comparisons such as macs < 300e6, joined by and, or, not; + - * compute"

EXPONENTS = "try: an exponent of at most two digits, as in 300e6"

EXPONENT = re.compile(r"[0-9_.]++[eE][0-9]++")
"""A number with an exponent, as Python has it."""

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
        if not text.strip() or len(text) > LONGEST_CONDITION:
            got = f"{len(text)} characters" if text.strip() else "nothing"
            message = f"{option} must be a condition of at most {LONGEST_CONDITION} characters, but got {got}"
            raise DescriptionError(Fault("beyond-limits", message))
        if not text.isascii():
            raise DescriptionError(
                Fault("bad-condition", f"{option} must be in ASCII, but got {quoted(text)}", notes=(CONDITION_HINT,))
            )
        try:
            self.tree = ConditionParser(text.strip()).whole()
        except ExpressionFault:
            message = f"{option} must be a condition, but got {quoted(text)}"
            raise DescriptionError(Fault("bad-condition", message, notes=self.ways())) from None
        self.names = set(self.tree.names)
        if self.tree.depth > DEEPEST_CONDITION:
            raise self.fault("beyond-limits", f"a condition must be nested at most {DEEPEST_CONDITION} deep")
        if not self.tree.is_truth:
            raise self.fault("bad-condition", f"{quoted(text)} is no condition", *self.ways())
        self.check()

    def ways(self) -> tuple[str, ...]:
        """What to write, for those who wrote in another language."""
        return (*[way for sign, way in FOREIGN.items() if sign.search(self.text)], CONDITION_HINT)

    def fault(self, code: str, message: str, *notes: str) -> DescriptionError:
        """The error of what no condition can say."""
        place = Place(self.source, 1, 1, len(self.text))
        return DescriptionError(Fault(code, message, place, notes=notes or (CONDITION_HINT,)))

    def check(self) -> None:
        """State that all parts are made of what conditions know.

        Raises:
            DescriptionError: one is not, the first in the order of the text.
        """
        left = [(self.tree, True)]
        while left:
            part, is_truth = left.pop()
            if part.is_truth != is_truth:
                needed = "is no condition" if is_truth else "is no number"
                raise self.fault("bad-condition", f"{quoted(self.shown(part))} {needed}")
            self.require_known(part)
            left.extend((operand, part.precedence < Precedence.COMPARISON) for operand in reversed(part.operands))

    def require_known(self, part: Expression) -> None:
        """State that a condition can say what a part does with others.

        Raises:
            DescriptionError: it cannot.
        """
        match part:
            case Binary(operator="/" | "//"):
                raise self.fault(
                    "bad-condition", "a condition does not divide", "try: macs > 10*params in place of macs/params > 10"
                )
            case Foreign() | Binary(operator="**"):
                ways = (EXPONENTS, CONDITION_HINT) if EXPONENT.fullmatch(part.text()) else ()
                raise self.fault("bad-condition", f"a condition cannot say {quoted(self.shown(part))}", *ways)

    def shown(self, part: Expression) -> str:
        """A part as it was written, but for blanks, or the whole text in place of a deep one."""
        return part.text(" ") if part.depth <= DEEPEST_SHOWN else self.text

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

    def holds(self, scope: Mapping[str, AnyNumber]) -> Truth:
        """Whether it is true of some numbers."""
        return self.tree.evaluate(scope)
