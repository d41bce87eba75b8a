"""Amounts as people write them: 5M, 300e6, 1.5G, 256KiB."""

from __future__ import annotations

import re
from fractions import Fraction

from convcalc.errors import DescriptionError, Fault, quoted

PREFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
"""The prefixes of units behind a number, each with its factor."""

DIGITS = r"(?:\d[\d_]{0,29}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,2})?"
"""A number that is not negative: digits, which may have a point and an exponent."""

SIGNED_NUMBER = re.compile(rf"[+-]?{DIGITS}", re.ASCII)
"""A number that may be negative."""

AMOUNT = re.compile(rf"({DIGITS})\s?(?:([kKMGT]?)|([KMGT]i))B?", re.ASCII)
"""A number, and a prefix; B for bytes may follow, and says nothing."""

PERCENT = re.compile(rf"({DIGITS})\s?%", re.ASCII)
"""A number of hundredths."""

FACTOR = re.compile(rf"[+-]?{DIGITS}(?:/{DIGITS})?", re.ASCII)
"""A number, or one divided by another: nothing that takes long to compute."""

LARGEST_FACTOR = 10**6
"""The largest factor, and the largest denominator of one."""


def parse_amount(option: str, text: str) -> Fraction:
    """A number that is not negative, exactly.

    >>> parse_amount("--max-params", "5M"), parse_amount("--max-activation-bytes", "256KiB")
    (Fraction(5000000, 1), Fraction(262144, 1))
    >>> parse_amount("--max-macs", "0.3e9")
    Fraction(300000000, 1)

    Raises:
        DescriptionError: the text is none.
    """
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        got = quoted(text.strip()) or "nothing"
        raise DescriptionError(
            Fault("wrong-argument", f"{option} must be an amount such as 5M, 300e6 or 256KiB, but got {got}")
        )
    return amount_value(match)


def share(text: str) -> Fraction | None:
    """A share such as `2%` or `0.5%`, of 1; none of another text.

    >>> share("40%"), share("0.4")
    (Fraction(2, 5), None)
    """
    match = PERCENT.fullmatch(text)
    return Fraction(match[1].replace("_", "")) / 100 if match else None


def amount_value(match: re.Match[str]) -> Fraction:
    """The amount that was matched by `AMOUNT`."""
    prefix = match[3] or ("k" if match[2] == "K" else match[2])
    return Fraction(match[1].replace("_", "")) * PREFIXES[prefix]


def positive(option: str, text: str) -> Fraction:
    """A factor: `2`, `0.75` or `1/2`.

    Raises:
        DescriptionError: it is none.
    """
    try:
        factor = Fraction(text.strip()) if FACTOR.fullmatch(text.strip()) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= LARGEST_FACTOR or factor.denominator > LARGEST_FACTOR:
        got = quoted(text.strip()) or "nothing"
        message = (
            f"{option} must be a number above 0 and at most {LARGEST_FACTOR:,}, such as 2, 0.75 or 1/2, but got {got}"
        )
        raise DescriptionError(Fault("wrong-argument", message))
    return factor
