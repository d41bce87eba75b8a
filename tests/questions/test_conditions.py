"""Conditions and amounts of a command line: what they mean, and that nothing is evaluated."""

from fractions import Fraction

import pytest
from descriptions import refused
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from recordings import at_once

from convcalc.arithmetic.amounts import parse_amount
from convcalc.errors import DescriptionError
from convcalc.questions.condition import LONGEST_CONDITION, Condition
from convcalc.questions.configurations import SweepAxis

WAY = "try: comparisons such as macs < 300e6, joined by and, or, not; + - * compute"

AMOUNTS = {
    "0": 0,
    "5": 5,
    "007": 7,
    "0.25": Fraction(1, 4),
    ".5": Fraction(1, 2),
    "5.": 5,
    "300e6": 300 * 10**6,
    "1.5e-3": Fraction(3, 2000),
    "2E+2": 200,
    "1_000": 1000,
    "0.3k": 300,
    "3K": 3000,
    "5M": 5 * 10**6,
    "5 M": 5 * 10**6,
    "1.5G": 1500 * 10**6,
    "2T": 2 * 10**12,
    "1e3k": 10**6,
    "7B": 7,
    "4kB": 4000,
    "1Ki": 2**10,
    "256KiB": 256 * 2**10,
    "1.5 MiB": 3 * 2**19,
    "4GiB": 2**32,
    "1TiB": 2**40,
    "9007199254740993": 2**53 + 1,
    "0.1": Fraction(1, 10),
}


@pytest.mark.parametrize(("text", "value"), AMOUNTS.items())
def test_amounts(text, value):
    """A number and a prefix, exactly: of thousands, or, with an i, of 1024. B says nothing."""
    assert parse_amount("--max-params", f" {text} ") == value
    assert Condition("--where", f"a == {text}").holds({"a": value}) is True
    assert Condition("--where", f"a<{text}").holds({"a": value}) is False


@pytest.mark.parametrize(
    "text",
    ["", " ", "M", "-5", "+5", "5m", "5g", "5MM", "5 kk", "5ki", "0x10", "1e", "1e400", "1,000", "5%", "½", "5B5",
     "inf", "nan", "1 000", "1/2", "9" * 31, "5iB", "5\n6"],
)  # fmt: skip  # a list reads better in lines
def test_amounts_that_are_none(text):
    """The rule, examples, and what was received."""
    got = text.strip().replace("\n", "\\n") or "nothing"

    assert refused(parse_amount, "--max-macs", text) == (
        f"error[wrong-argument]: --max-macs must be an amount such as 5M, 300e6 or 256KiB, but got {got}"
    )


def both(text):
    """A text of conditions, and the same for Python."""
    return (text, text)


ATOMS = st.one_of(
    st.sampled_from("abc").map(both),
    st.sampled_from(list(AMOUNTS)).map(lambda text: (text, f"number[{text!r}]")),
    st.integers(0, 20).map(lambda number: both(str(number))),
)


def written(form, *parts):
    """Parts in a form, for both."""
    return st.tuples(*parts).map(lambda own: tuple(form.format(*each) for each in zip(*own, strict=True)))


NUMBERS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        *[written(form, inner, inner) for form in ("{}+{}", "{} - {}", "{} * {}", "({} - {})")],
        written("-{}", inner),
        written("+ {}", inner),
    ),
    max_leaves=5,
)
SIGNS = ("<", "<=", ">", ">=", "==", "!=")
COMPARISONS = st.one_of(
    *[written(f"{{}} {sign} {{}}", NUMBERS, NUMBERS) for sign in SIGNS],
    written("{}<{}<={}", NUMBERS, NUMBERS, NUMBERS),
    written("{} >= {} != {}", NUMBERS, NUMBERS, NUMBERS),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        *[written(form, inner, inner) for form in ("{} and {}", "{} or {}", "({} or {})", "not ({} and {})")],
        written("not {}", inner),
        written("( {} )", inner),
    ),
    max_leaves=6,
)
VALUES = st.lists(
    st.tuples(*[st.one_of(st.integers(-5, 20), st.sampled_from([10**6, 2**40, 2**70, Fraction(1, 4)]))] * 3),
    min_size=1,
    max_size=5,
)


@given(CONDITIONS.filter(lambda condition: len(condition[0]) < LONGEST_CONDITION), VALUES)
@examples(300)
def test_conditions_are_those_of_python(condition, rows):
    """What a condition comes to is what Python makes of it, of single numbers and of columns of them."""
    text, python = condition
    own = Condition("--where", text)
    scopes = [dict(zip("abc", row, strict=True)) for row in rows]
    wanted = [eval(python, {"number": AMOUNTS, **scope}) for scope in scopes]
    axes = {name: SweepAxis.of(name, [scope[name] for scope in scopes]) for name in "abc"}

    assert [own.holds(scope) for scope in scopes] == wanted
    assert [row["x"] for row in at_once(lambda values: {"x": own.holds(values)}, axes)] == wanted
    assert own.names <= set("abc")


def faulty(message, text, *notes):
    """A whole message about a condition."""
    notes = "".join(f"\n  | {note}" for note in notes or [WAY])
    return f"error[bad-condition]: {message}\n --> --where:1:1\n  |\n1 | {text}\n  | {'^' * len(text)}{notes}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("macs", "macs is no condition"),
        ("5", "5 is no condition"),
        ("macs + 1", "macs + 1 is no condition"),
        ("macs < 3, params < 4", "macs < 3, params < 4 is no condition"),
        ("macs < 3 or params", "params is no condition"),
        ("not macs", "macs is no condition"),
        ("5M and macs < 3", "5000000 is no condition"),
        ("(macs < 5k) + 1 > 2", "macs < 5000 is no number"),
        ("macs > (params < 3)", "params < 3 is no number"),
        ("-(macs < 3) < 1", "macs < 3 is no number"),
        ("macs ** 2 < 3", "a condition cannot say macs ** 2"),
        ("macs % 2 == 0", "a condition cannot say macs % 2"),
        ("macs in (1, 2)", "a condition cannot say macs in (1, 2)"),
        ("macs is 3", "a condition cannot say macs is 3"),
        ("macs < 3 if k else k < 2", "macs < 3 if k else k < 2 is no condition"),
        ("(macs := 3) < 3", "a condition cannot say (macs := 3)"),
        ("'x' == macs", "a condition cannot say 'x'"),
        ("~macs < 3", "a condition cannot say ~macs"),
        ("None == macs", "a condition cannot say None"),
        ("macs < 1j", "a condition cannot say 1j"),
    ],
)
def test_what_no_condition_can_say(text, message):
    """The part that is none, as it was written, and where conditions are made of."""
    assert refused(Condition, "--where", text) == faulty(message, text)


@pytest.mark.parametrize("sign", ["/", "//"])
def test_conditions_do_not_divide(sign):
    """The way out is a product."""
    text = f"macs {sign} params > 10"

    assert refused(Condition, "--where", text) == faulty(
        "a condition does not divide", text, "try: macs > 10*params in place of macs/params > 10"
    )


@pytest.mark.parametrize(
    "text",
    ["macs <", "macs < 3 and", "(macs < 3", "macs < 3)", "macs <> 3", "macs < 3 params", "macs < 5m",
     "macs < 5Mx", "macs < 1.5.2", "macs < 3; params", "a := 3", "# macs", "lambda < 3", "*macs < 3", "macs < 5 k1"],
)  # fmt: skip  # a list reads better in lines
def test_what_is_no_condition_at_all(text):
    """The text, and what conditions look like."""
    assert (
        refused(Condition, "--where", text)
        == f"error[bad-condition]: --where must be a condition, but got {text}\n  | {WAY}"
    )


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("macs = 3", "== where two numbers are the same"),
        ("macs < 3 && params < 4", "and, or"),
        ("macs < 1,000,000", "numbers without commas, such as 1000000 or 1M"),
    ],
)
def test_signs_of_other_languages(text, way):
    """What others write is told, and what to write here."""
    assert refused(Condition, "--where", text).endswith(f"  | try: {way}\n  | {WAY}")


def test_conditions_are_short_and_in_ascii():
    """Nothing, too much, and other scripts each have their message."""
    long = "macs < 3 and " * 77 + "macs < 3"
    rule = "error[beyond-limits]: --where must be a condition of at most 1000 characters, but got"

    assert len(long) == 77 * 13 + 8
    assert refused(Condition, "--where", "  ") == f"{rule} nothing"
    assert refused(Condition, "--where", long) == f"{rule} 1009 characters"
    assert (
        refused(Condition, "--where", "mаcs < 3")
        == f"error[bad-condition]: --where must be in ASCII, but got mаcs < 3\n  | {WAY}"
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("f(macs) < 3", "f(macs)"),
        ("__import__('os').system('x') == 1", "__import__('os').system('x')"),
        ("macs.real < 3", "macs.real"),
        ("macs[0] < 3", "macs[0]"),
        ("(lambda: 1)() < 3", "(lambda: 1)()"),
        ("[x for x in y] == 1", "[x for x in y]"),
        ("{**y} == 1", "{**y}"),
        ("f'{macs}' == 1", "f'{macs}'"),
        ("(yield) == 1", "(yield)"),
        ("await macs == 1", "await macs"),
        ("... == 1", "..."),
    ],
)
def test_nothing_is_evaluated(text, part):
    """Calls, attributes, subscripts and whatever else Python has are refused before anything is looked up."""
    assert refused(Condition, "--where", text) == faulty(f"a condition cannot say {part}", text)


@pytest.mark.parametrize("name", ["__class__", "__builtins__", "print", "macs_", "k9"])
def test_names_are_those_of_measures_and_variables(name):
    """Any other name is unknown, whatever Python has under it."""
    condition = Condition("--where", f"{name} < 3")

    assert condition.names == {name}
    with pytest.raises(DescriptionError) as caught:
        condition.require(["macs", "k1"], {})
    assert str(caught.value).startswith(f"error[unknown-name]: unknown name: {name}; ")


def test_names_that_cannot_be_compared():
    """A variable that holds a list is no number."""
    condition = Condition("--where", "macs < 3 and depth > 2")

    assert refused(condition.require, ["macs", "depth"], {"depth": "a list, sizes or a text"}) == faulty(
        "depth cannot be compared: it is a list, sizes or a text", "macs < 3 and depth > 2"
    )


@pytest.mark.parametrize(
    "text",
    ["(" * 400 + "a" + ")" * 400 + "<3", "[" * 900, "9" * 900 + "<a", "{" * 999],
)
def test_deep_conditions_are_refused(text):
    """What is nested too deep, or has too many digits, is no condition."""
    assert (
        refused(Condition, "--where", text)
        == f"error[bad-condition]: --where must be a condition, but got {text[:60]}…\n  | {WAY}"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-" * 700 + "a < 3", "error[beyond-limits]: a condition must be nested at most 600 deep\n"),
        ("-" * 900 + "a % 2 < 3", f"error[bad-condition]: a condition cannot say {'-' * 60}…\n"),
        ("~" + "-" * 900 + "a < 3", f"error[bad-condition]: a condition cannot say ~~{'-' * 58}…\n"),
        ("not(" * 250, f"error[bad-condition]: --where must be a condition, but got {('not(' * 15)}…\n"),
        ("(" * 500 + ")" * 500, f"error[bad-condition]: --where must be a condition, but got {'(' * 60}…\n"),
    ],
)
def test_depth_is_bounded_before_anything_is_looked_at(text, message):
    """Signs and parentheses by the hundred are counted, and end in one message."""
    assert refused(Condition, "--where", text).startswith(message)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("-" * 590 + "a<3", True),
        ("a<3 and " * 120 + "a<3", True),
        ("a<3 or " * 120 + "a<3", True),
        ("a<" * 499 + "9", False),
        ("a+" * 490 + "a == 491", True),
        ("a*" * 490 + "a == 1", True),
        ("not " * 240 + "a<3", True),
        ("a<3 and(" * 100 + "a<3" + ")" * 100, True),
    ],
)
def test_long_conditions(text, holds):
    """A condition of up to 1000 characters is read; a is 1 here."""
    assert Condition("--where", text).holds({"a": 1}) is holds


@given(st.text(st.sampled_from("ab <>=!+-*/%()[]{}.,:;'\"0159_eMkKiB#\\\n\tandornotif@&|^~"), max_size=40))
@examples(300)
def test_any_text_is_a_condition_or_refused(text):
    """Whatever is written ends in a condition on names, or in one message."""
    try:
        own = Condition("--where", text)
    except DescriptionError as error:
        assert str(error).startswith("error[")  # noqa: PT017  # either is right
    else:
        assert own.holds(dict.fromkeys(own.names, 1)) in (True, False)
