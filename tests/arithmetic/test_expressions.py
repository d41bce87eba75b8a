"""Expressions mean the same in each arithmetic, read as they are printed, and can be rewritten."""

import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from functools import partial

import pytest
import sympy
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from recordings import NAMES, at_once, axes, columns, meant, one_by_one

from convcalc.arithmetic.expression import Binary, Call, Constant, Name, Negative
from convcalc.arithmetic.functions import FUNCTIONS, OPERATORS, ExpressionFault
from convcalc.arithmetic.operations import computing
from convcalc.arithmetic.recorded import fraction_parts
from convcalc.arithmetic.symbols import Symbols
from convcalc.arithmetic.syntax import DEEPEST_PARENTHESES, Parser, grammar, scanned
from convcalc.arithmetic.truths import And, Comparison, Not, Or
from convcalc.errors import DescriptionError, Fault
from convcalc.explain.topics import FIGURE_TOKEN, parsed
from convcalc.language.value import parse_value
from convcalc.questions.condition_syntax import ConditionParser

WHOLE = st.integers(0, 40).map(Constant)
DECIMALS = st.tuples(st.integers(1, 400), st.sampled_from([2, 4, 5, 10, 1000])).map(
    lambda own: Constant(Fraction(*own))
)
VARIABLES = st.sampled_from(NAMES).map(Name)


def numbers(operators, functions=(), leaves=(WHOLE, DECIMALS, VARIABLES)):
    """Expressions that are numbers, of some operators and functions."""
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(operators), inner, inner), inner.map(Negative), *calls(functions, inner)
        ),
        max_leaves=8,
    )


def calls(functions, inner):
    """Functions of other expressions."""
    for name in functions:
        least, most = (2, 3) if FUNCTIONS[name].of_several else (1, 1)
        yield st.builds(Call, st.just(name), st.lists(inner, min_size=least, max_size=most).map(tuple))


SIGNS = ("<", "<=", ">", ">=", "==", "!=")


def truths(inner):
    """Expressions that are truths of some numbers."""
    compared = st.integers(1, 3).flatmap(
        lambda count: st.builds(
            Comparison, st.tuples(*[st.sampled_from(SIGNS)] * count), st.tuples(*[inner] * (count + 1))
        )
    )
    return st.recursive(
        compared,
        lambda own: st.one_of(
            own.map(Not), *[st.lists(own, min_size=2, max_size=3).map(tuple).map(form) for form in (And, Or)]
        ),
        max_leaves=5,
    )


VALUES = numbers(("+", "-", "*", "//"), FUNCTIONS)
CONDITIONS = truths(numbers(("+", "-", "*")))
FIGURES = numbers(tuple(OPERATORS), leaves=(WHOLE, VARIABLES))


def value(text):
    """An expression as descriptions have it."""
    return parse_value(text).expression


def condition(text):
    """An expression as conditions have it."""
    return ConditionParser(text).whole()


READERS = {"descriptions": (value, VALUES), "conditions": (condition, CONDITIONS), "topics": (parsed, FIGURES)}
"""What reads expressions, and expressions that it can read."""


@pytest.mark.parametrize(("read", "expressions"), READERS.values(), ids=READERS)
@pytest.mark.parametrize("blank", ["", " "])
@given(data=st.data())
@examples(200)
def test_what_is_printed_reads_as_the_same_expression(read, expressions, blank, data):
    """With blanks and without them: an expression loses nothing when it is written down."""
    expression = data.draw(expressions)
    text = expression.text(blank)
    assume(len(text) <= 200)
    try:
        again = read(text)
    except ExpressionFault as fault:  # a value whose numbers are known is computed as it is read
        assert fault.code in ("division-by-zero", "beyond-limits")  # noqa: PT017  # it may be without fault
    else:
        assert again == expression
        assert hash(again) == hash(expression)


def unparenthesised(text):
    """A text without one pair of parentheses that belongs to no function, for each."""
    opened = []
    for place, char in enumerate(text):
        if char == "(":
            opened.append(place)
        elif char == ")":
            first = opened.pop()
            if not text[:first][-1:].isalnum():
                yield f"{text[:first]} {text[first + 1 : place]} {text[place + 1 :]}"


@pytest.mark.parametrize(("read", "expressions"), READERS.values(), ids=READERS)
@given(data=st.data())
@examples(200)
def test_no_parentheses_are_needless(read, expressions, data):
    """Without any of them, the text says something else, or nothing."""
    expression = data.draw(expressions)
    text = str(expression)
    assume(len(text) <= 200)
    for other in unparenthesised(text):
        try:
            again = read(other)
        except ExpressionFault:
            continue
        assert again != expression


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Binary("*", Constant(2), Binary("*", Constant(2), Name("c"))), "2*(2*c)"),
        (Binary("*", Binary("*", Constant(2), Constant(2)), Name("c")), "2*2*c"),
        (Binary("-", Name("a"), Binary("+", Name("b"), Constant(Fraction(1, 2)))), "a-(b+0.5)"),
        (Negative(Binary("**", Name("a"), Constant(2))), "-a**2"),
        (Binary("**", Negative(Name("a")), Negative(Constant(2))), "(-a)**-2"),
        (Binary("**", Binary("**", Name("a"), Name("b")), Binary("**", Name("b"), Name("c"))), "(a**b)**b**c"),
        (Call("min", (Name("a"), Negative(Negative(Name("b"))))), "min(a,--b)"),
        (Binary("*", Constant(Fraction(1, 3)), Name("a")), "1/3*a"),
        (Binary("*", Name("a"), Constant(Fraction(1, 3))), "a*(1/3)"),
        (Binary("**", Constant(-2), Constant(3)), "(-2)**3"),
        (Not(And((Or((Name("a"), Name("b"))), Not(Name("c"))))), "not ((a or b) and not c)"),
        (Comparison(("<", "<="), (Name("a"), Constant(3), Binary("+", Name("b"), Constant(1)))), "a < 3 <= b+1"),
    ],
)
def test_how_expressions_are_printed(expression, text):
    """Numbers without blanks, truths with them, and fractions that have no decimals as quotients."""
    assert str(expression) == text


def faultless(expression, values):
    """What an expression comes to, as numerator and denominator.

    Raises:
        DescriptionError: it comes to nothing.
    """
    try:
        return {(0, at): each for at, each in enumerate(fraction_parts(expression.evaluate(values)))}
    except ExpressionFault as fault:
        raise DescriptionError(Fault(fault.code, fault.message, layer="expression")) from None


@given(st.one_of(VALUES, CONDITIONS), columns())
@examples(300)
def test_expressions_of_recorded_numbers(expression, given_columns):
    """Recorded once, an expression comes to the same in all configurations as in each alone."""
    known = axes(given_columns)
    found, wanted = (run(partial(faultless, expression), known) for run in (at_once, one_by_one))

    assert list(map(meant, found)) == list(map(meant, wanted))


GENERIC = tuple(set(FUNCTIONS) - {"round", "div8"})
"""Functions that mean the same of symbols: of these, round rounds halves up, and div8 takes the generic case."""


@given(
    st.one_of(*[form(numbers(("+", "-", "*", "//", "/"), GENERIC)) for form in (lambda own: own, truths)]),
    st.tuples(*[st.integers(1, 30)] * 3),
)
@examples(200)
def test_expressions_of_symbols(expression, given_numbers):
    """With numbers in the place of symbols, the formula comes to what the expression does."""
    values = dict(zip(NAMES, given_numbers, strict=True))
    symbols = Symbols()
    own = {name: symbols.symbol(name) for name in NAMES}
    try:
        wanted = expression.evaluate(values)
        with computing(symbols):
            formula = sympy.sympify(expression.evaluate(own))
    except ExpressionFault:
        return  # something is divided by 0
    found = formula.subs({own[name]: number for name, number in values.items()})

    assert bool(found) == wanted if expression.is_truth else Fraction(found.p, found.q) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("a / 4", Fraction(7, 4)), ("a ** 3 / 2", Fraction(343, 2)), ("(a + 1) ** 2", 64)]
)
def test_quotients_and_powers(text, wanted):
    """They are exact, and the same in each arithmetic."""
    expression = parsed(text)
    symbols = Symbols()
    with computing(symbols):
        formula = expression.evaluate({"a": symbols.symbol("a")})

    assert expression.evaluate({"a": 7}) == wanted
    assert formula.subs(symbols.symbols["a"], 7) == wanted
    (row,) = at_once(partial(faultless, expression), axes({"a": (1, [7])}))
    assert meant(row) == [wanted]


@pytest.mark.parametrize("text", ["a / (b - b)", "a // 0"])
def test_nothing_is_divided_by_0(text):
    """A quotient is exact, or rounded down, or none."""
    with pytest.raises(ExpressionFault, match="division by zero"):
        parsed(text).evaluate({"a": 1, "b": 2})


@pytest.mark.parametrize(("held", "what"), [([3], "a list"), ((3, 4), "sizes"), ("conv1", "the name of a tensor")])
def test_what_cannot_be_computed_with(held, what):
    """A name may stand for other things than numbers, but alone."""
    assert Name("a").evaluate({"a": held}) == held
    for expression in (Negative(Name("a")), value("a+1"), value("int(a)"), condition("1 < a")):
        with pytest.raises(ExpressionFault, match=f"cannot compute with {what}"):
            expression.evaluate({"a": held})


@given(st.one_of(VALUES, CONDITIONS), st.tuples(*[VALUES] * 3), st.tuples(*[st.integers(-9, 30)] * 3))
@examples(100)
def test_expressions_in_the_place_of_names(expression, others, given_numbers):
    """What is put in the place of a name is computed where the name was."""

    def swap(node):
        return swaps.get(node.name, node) if isinstance(node, Name) else node

    scope = dict(zip(NAMES, given_numbers, strict=True))
    swaps = dict(zip(NAMES, others, strict=True))
    swapped = expression.rewritten(swap)
    assert expression.rewritten(lambda node: node) == expression
    assert swapped.names.keys() <= {name for other in others for name in other.names}
    try:
        wanted = expression.evaluate({name: other.evaluate(scope) for name, other in swaps.items()})
    except ExpressionFault:
        return  # something is divided by 0

    assert swapped.evaluate(scope) == wanted


def test_any_part_can_be_rewritten():
    """A change sees operands before what is made of them."""

    def doubled(node):
        return Constant(2 * node.value) if isinstance(node, Constant) else node

    def counted(node):
        seen.append(str(node))
        return node

    seen = []
    expression = condition("not (a + 1 < 2*b or c == 3)")

    assert str(expression.rewritten(doubled)) == "not (a+2 < 4*b or c == 6)"
    assert expression.rewritten(counted) == expression
    assert seen == [
        "a", "1", "a+1", "2", "b", "2*b", "a+1 < 2*b", "c", "3", "c == 3", "a+1 < 2*b or c == 3", str(expression),
    ]  # fmt: skip  # a list reads better in lines


def test_what_an_expression_tells_of_itself():
    """Its names in their order, how deep it is nested, and whether it is a truth."""
    expression = value("max(b, 2*(a + b), 3)")

    assert list(expression.names) == ["b", "a"]
    assert expression.depth == 4
    assert (Name("a").depth, Constant(3).depth) == (1, 1)
    assert not expression.is_truth
    assert condition("a < 3").is_truth
    assert condition("not a < 3").is_truth


@given(st.one_of(VALUES, CONDITIONS))
@examples(50)
def test_expressions_are_values(expression):
    """They are equal where they say the same, and go to other processes."""
    assert pickle.loads(pickle.dumps(expression)) == expression  # noqa: S301  # our own


def test_fields_are_frozen():
    """No node is changed once it is made."""
    with pytest.raises(FrozenInstanceError):
        Name("a").name = "b"


@pytest.mark.parametrize(
    ("text", "message", "start", "width"),
    [
        ("a ** ", "a ** is not complete", 0, 5),
        ("a + * b", "unexpected * in a + * b", 4, 1),
        ("(a b)", "unexpected b in (a b), expected )", 3, 1),
        ("a + bc d", "unexpected d in a + bc d", 7, 1),
        ("a ++ b", "unexpected + in a ++ b", 3, 1),
        ("", "a value is missing here", 0, 1),
        ("a)", "unexpected ) in a)", 1, 1),
        ("a < b", "unexpected < in a < b", 2, 1),
        ("min(a, b)", "unexpected ( in min(a, b)", 3, 1),
        (
            "(" * (DEEPEST_PARENTHESES + 1),
            f"parentheses must be at most {DEEPEST_PARENTHESES} deep",
            DEEPEST_PARENTHESES,
            1,
        ),
    ],
)
def test_what_is_no_expression(text, message, start, width):
    """The fault says where it is, and how long."""
    with pytest.raises(ExpressionFault) as caught:
        parsed(text)

    assert (caught.value.message, caught.value.start, caught.value.width) == (message, start, width)


def test_a_caller_says_which_operators_there_are():
    """What one use knows is unexpected in another."""

    def read(text, *operators):
        return Parser(text, list(scanned(text, FIGURE_TOKEN)), grammar(*operators)).whole()

    assert read("a+b", "+") == Binary("+", Name("a"), Name("b"))
    with pytest.raises(ExpressionFault, match=r"unexpected \* in a\*b"):
        read("a*b", "+")
    with pytest.raises(ExpressionFault, match=r"unexpected - in a-b"):
        read("a-b", "*")


def test_depth_costs_no_calls():
    """Thousands of signs are read, counted and walked without as many calls within each other."""
    deep = parsed("-" * 20_000 + "a")

    assert deep.depth == 20_001
    assert list(deep.names) == ["a"]
    assert str(parsed("(" * DEEPEST_PARENTHESES + "a" + ")" * DEEPEST_PARENTHESES)) == "a"
    assert condition("not " * 5000 + "a < 3").depth == 5002
