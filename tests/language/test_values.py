"""Values are exact, and mean what they look like."""

import re
from contextlib import suppress
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.language.value import ValueFault, parse_value


def numbers():
    """Texts of numbers, whole and decimal."""
    return st.one_of(
        st.integers(0, 999).map(str),
        st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: f"{pair[0]}.{pair[1]:02d}"),
    )


def expressions():
    """Texts of expressions over numbers and the variables a and b."""
    return st.recursive(
        st.one_of(numbers(), st.sampled_from(["a", "b"])),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "//"]), inner).map("".join),
            inner.map(lambda text: f"({text})"),
            inner.map(lambda text: f"-({text})"),
            st.tuples(st.sampled_from(["int", "ceil", "floor", "round"]), inner).map(
                lambda pair: f"{pair[0]}({pair[1]})"
            ),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda f: f"{f[0]}({f[1]}, {f[2]})"),
        ),
        max_leaves=6,
    )


def by_python(text, variables):
    """The value of an expression by Python's own parser, on fractions."""
    source = re.sub(r"\d+(\.\d+)?", lambda match: f"F('{match[0]}')", text)
    scope = {"F": Fraction, "int": floor, "ceil": ceil, "floor": floor, "round": round, "min": min, "max": max}
    return eval(source, {"__builtins__": {}}, {**scope, **variables})


@given(expressions(), st.integers(1, 50), st.integers(1, 50))
def test_expressions_agree_with_python_on_fractions(text, a, b):
    """An expression comes to what exact arithmetic makes of it; a division by zero is a fault."""
    variables = {"a": a, "b": b}
    try:
        expected = by_python(text, {name: Fraction(value) for name, value in variables.items()})
    except ZeroDivisionError:
        with pytest.raises(ValueFault, match="division by zero"):
            parse_value(text).evaluate(variables)
        return

    assert parse_value(text).evaluate(variables) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("0.29*100", 29),
        ("int(0.29*100)", 29),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("int(-0.5)", -1),
        ("div8(33)", 32),
        ("div8(11.2)", 16),
        ("div8(1)", 8),
        ("div8(0.75*96)", 72),
        ("ceil8(33)", 40),
        ("7//2*2", 6),
        ("--3", 3),
        ("3x5", (3, 5)),
        ("3xk", (3, 4)),
        ("(k)x(k)", (4, 4)),
        ("k x k", (4, 4)),
        ("kxk", 9),
        ("3 x k x k", (3, 4, 4)),
        ("2*kx3", 14),
        ("k*2x3", (8, 3)),
        ("0x1", (0, 1)),
        ("3\N{MULTIPLICATION SIGN}k", (3, 4)),
        ("0:1", ((0, 1),)),
        ("0:1x0:1", ((0, 1), (0, 1))),
        ("1x0:k", (1, (0, 4))),
        ("max(1, k)x1", (4, 1)),
    ],
)
def test_value(text, value):
    """`x` divides sizes after a number, after a parenthesis, and where it stands alone."""
    assert parse_value(text).evaluate({"k": 4, "kxk": 9, "kx3": 7}) == value


@pytest.mark.parametrize(
    ("text", "kernel", "stride"), [("3x3/2", (3, 3), 2), ("k/s", 4, 3), ("1x3/1xs", (1, 3), (1, 3))]
)
def test_a_single_slash_comes_before_a_stride(text, kernel, stride):
    """What stands behind it is a value of its own."""
    value = parse_value(text)

    assert value.stride.evaluate({"k": 4, "s": 3}) == stride
    assert parse_value(text.partition("/")[0]).evaluate({"k": 4, "s": 3}) == kernel


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1_000", "unexpected _000 in 1_000"),
        ("0x1F", "unexpected F in 0x1F"),
        ("0o17", "unexpected o17 in 0o17"),
        ("1e6", "unexpected e6 in 1e6"),
        ("3 4", "unexpected 4 in 3 4"),
        ("3+", "3+ is not complete"),
        ("", "a value is missing here"),
        ("(3", "(3 is not complete, expected )"),
        ("2**3", "unexpected * in 2**3"),
        ("k.real", "unexpected . in k.real"),
        ("k[0]", "unexpected [ in k[0]"),
        ("print(3)", "unexpected ( in print(3)"),
        ("__import__('os')", "unexpected ( in __import__('os')"),
        ("int(1, 2)", "int() takes one number, but got 2"),
        ("min(1)", "min() takes at least two numbers, but got 1"),
        ("3//0", "division by zero"),
        ("9" * 19, "a number of the description must have at most 18 digits"),
        ("9" * 18 + "*" + "9" * 18, "a number of the description must have at most 18 digits"),
        ("1+" * 100 + "1", "an expression must have at most 200 characters"),
        ("3/2/2", "unexpected / in 3/2/2"),
        ("\N{ARABIC-INDIC DIGIT THREE}", "unexpected \N{ARABIC-INDIC DIGIT THREE} in \N{ARABIC-INDIC DIGIT THREE}"),
    ],
)
def test_what_is_no_value(text, message):
    """Nothing is evaluated as Python, and nothing is read as another number than it looks like."""
    with pytest.raises(ValueFault) as caught:
        parse_value(text)

    assert message == caught.value.message


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_fault(text):
    """No text ends otherwise."""
    with suppress(ValueFault):
        assert parse_value(text).parts


SLASH = "a single / comes only before a stride, as in 3x3/2; // divides whole numbers, rounding down"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("round(a/4)", "try: round(0.25*a)"),
        ("round((a+1)/4)", "try: round(0.25*(a+1))"),
        ("round(2*a/5)", "try: round(0.2*2*a)"),
        ("round(a//2/5)", "try: round(0.2*(a//2))"),
        ("round(a/3)", "try: (2*a + 3)//6, which rounds halves up"),
        ("round(a/4+1)", "try: 0.25*a in place of a/4"),
        ("int(a/3)", "try: a//3"),
        ("int(-a/4)", "try: -a//4"),
        ("floor(1.5*a/7)", "try: 1.5*a//7"),
        ("ceil(a/8)", "try: ceil(0.125*a)"),
        ("ceil(a/3)", "try: -(-a//3)"),
        ("ceil(a//2/3)", "try: -(-(a//2)//3)"),
        ("div8(a/10)", "try: div8(0.1*a)"),
        ("max(a/5, 8)", "try: 0.2*a in place of a/5"),
        ("2*(a/8 + 1)", "try: 0.125*a in place of a/8"),
        ("max(a/3, 8)", ""),
        ("round(a/b)", ""),
        ("round(a/0)", ""),
    ],
)
def test_a_single_slash_within_an_expression(text, way):
    """E10: what divides is told, for this divisor."""
    with pytest.raises(ValueFault) as caught:
        parse_value(text)

    assert caught.value.notes == ((SLASH, way) if way else (SLASH,))


@given(st.sampled_from(["round", "int", "floor", "ceil"]), st.integers(1, 40), st.integers(0, 500))
def test_what_is_offered_for_a_slash_is_the_quotient(function, divisor, number):
    """E10: but for halves, which a round by whole numbers rounds up."""
    with pytest.raises(ValueFault) as caught:
        parse_value(f"{function}(a/{divisor})")
    way = caught.value.notes[1].removeprefix("try: ").partition(",")
    exact = by_python(f"{function}(a)", {"a": Fraction(number, divisor)})
    up = "halves up" in way[2] and 2 * number % divisor == 0 and (2 * number // divisor) % 2 == 1

    assert parse_value(way[0]).evaluate({"a": number}) == (ceil(Fraction(number, divisor)) if up else exact)
