"""No regular expression takes more than linear time, whatever it is given: shown from their structure.

A repetition is harmless if giving back what it took never helps: what follows it begins with other characters than it
repeats, so that a match from one place is tried in one way. Where a pattern is searched for from each place of a text,
its first character must also be none that a repetition in it takes, or each place would go over the same text again.
"""

import ast
import re
from functools import reduce
from importlib import import_module
from pathlib import Path
from re import _compiler as compiler
from re import _constants as codes
from re import _parser as parser

import pytest

import convcalc

PACKAGE = Path(convcalc.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stem != "__main__")

CHARACTERS = [*map(chr, range(256)), "×", "\u2003", "\u2028", "\ue000", "\ue001", "漢", "ñ", "٣"]
"""What stands for all characters: those that patterns name, and one or more of each class that they use."""

BOUNDED = 40
"""Repetitions up to which a bounded one counts as so many optional characters."""

SCANNING = {"search", "sub", "subn", "split", "findall", "finditer"}
"""Methods that try a pattern from each place of a text."""

REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def name(path):
    """The name of a module, as it is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def held(value):
    """The patterns that a variable of a module holds: itself, or the keys and values of a table."""
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in held(part)]
    return [each for part in value for each in held(part)] if isinstance(value, (list, tuple)) else []


def patterns():
    """All patterns of all modules: the variable, the pattern, and whether it is searched for."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        methods = [call for call in calls if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)]
        scanned = {call.value.id for call in methods if call.attr in SCANNING}
        for variable, value in vars(import_module(name(path))).items():
            for pattern in held(value):
                yield pytest.param(
                    pattern, variable in scanned or not isinstance(value, re.Pattern), id=f"{path.stem}.{variable}"
                )


def test_all_patterns_are_variables():
    """B5: each pattern is compiled once, in a variable of a module, where the tests below find it."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        outside = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
        top = {id(call) for node in outside for call in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
                assert ast.unparse(node.func) == "re.compile", f"{path}:{node.lineno}"
                assert id(node) in top, f"{path}:{node.lineno}"


def union(sets):
    """All that is in any of some sets."""
    return reduce(set.union, sets, set())


class Structure:
    """A pattern, taken apart; `faults` are the repetitions that may take more than linear time."""

    def __init__(self, text, flags=0):
        self.flags = flags
        self.tree = parser.parse(text, flags)
        self.repeated = []
        self.faults = []
        self.sequence(list(self.tree), [], inside=False)

    def of_one(self, item):
        """The characters that an item for one character takes."""
        own = parser.SubPattern(self.tree.state, [item])
        pattern = compiler.compile(own, self.flags)
        return {char for char in CHARACTERS if pattern.fullmatch(char)}

    def parts(self, item):
        """The sequences within an item."""
        code, held = item
        if code is codes.SUBPATTERN:
            return [list(held[3])]
        if code is codes.ATOMIC_GROUP:
            return [list(held)]
        if code is codes.BRANCH:
            return [list(each) for each in held[1]]
        return [list(held[2])] if code in REPEATS else []

    def first(self, items):
        """The characters with which some items may begin, and whether they may take none."""
        found = set()
        for item in items:
            code, held = item
            if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
                continue
            parts = self.parts(item)
            own = [self.first(part) for part in parts] if parts else [(self.of_one(item), False)]
            found |= union(chars for chars, _ in own)
            if not (any(nothing for _, nothing in own) or (code in REPEATS and held[0] == 0)):
                return found, False
        return found, True

    def is_short(self, items):
        """Whether items take a bounded number of characters."""
        return not any(
            (item[0] in REPEATS and item[1][1] > BOUNDED) or not all(map(self.is_short, self.parts(item)))
            for item in items
        )

    def sequence(self, items, behind, *, inside):
        """Look at items that stand before others; `inside` a repetition, no two ways may lead through them."""
        for at, item in enumerate(items):
            follows = items[at + 1 :] + behind
            code, held = item
            if code in REPEATS:
                self.repetition(code, *held, follows, inside=inside)
            elif code in (codes.ASSERT, codes.ASSERT_NOT):
                self.sequence(list(held[1]), [], inside=inside)
            else:
                parts = self.parts(item)
                begins = [self.first(part + follows)[0] for part in parts]
                if inside and len(parts) > 1 and sum(map(len, begins)) > len(union(begins)):
                    self.faults.append(f"branches that begin alike: {item}")
                for part in parts:
                    self.sequence(part, follows, inside=inside)

    def repetition(self, code, _least, most, body, follows, *, inside):
        """Look at a repetition that stands before others."""
        body = list(body)
        long = most > BOUNDED
        begins, nothing = self.first(body)
        after, _ = self.first(follows)
        if long:
            self.repeated.append((union(self.taken(item) for item in body), follows))
            if nothing:
                self.faults.append(f"a repetition of nothing: {body}")
        gives_back = code is not codes.POSSESSIVE_REPEAT
        if gives_back and (long or inside) and most > 1 and begins & after and (inside or not self.is_short(follows)):
            self.faults.append(f"what follows begins as what is repeated: {body}")
        again = [(codes.MAX_REPEAT, (0, 1, body))] if most > 1 else []
        self.sequence(body, again + follows, inside=inside or (long and most > 1))

    def taken(self, item):
        """All characters that an item takes somewhere."""
        parts = self.parts(item)
        if item[0] in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
            return set()
        return union(self.taken(each) for part in parts for each in part) if parts else self.of_one(item)

    def rescanned(self):
        """The repetitions that would go over the same text from several places."""
        branches = self.parts(self.tree[0]) if len(self.tree) == 1 and self.tree[0][0] is codes.BRANCH else [self.tree]
        anchored = [part[0][0] is codes.AT and part[0][1] is codes.AT_BEGINNING for part in map(list, branches)]
        begins = union(self.first(part)[0] for part, held in zip(branches, anchored, strict=True) if not held)
        return [taken for taken, follows in self.repeated if begins & taken and not self.first(follows)[1]]


@pytest.mark.parametrize(("pattern", "scanned"), [*patterns()])
def test_a_pattern_takes_linear_time(pattern, scanned):
    """B5: no repetition gives back what others could take, and no place is gone over again and again."""
    structure = Structure(pattern.pattern, pattern.flags)

    assert structure.faults == []
    assert not (scanned and structure.rescanned())


@pytest.mark.parametrize(
    "text",
    [
        r"\s*(<=|>=)?\s*(.*?)\s*",
        r"[^()]*,[^()]*",
        r"(\s*\[?[^=#]*?)\bkey\b",
        r"a*a*b",
        r"(a+)+b",
        r"(a|a)*b",
        r"(?:a{1,3})*b",
        r"(?:\s*)*x",
        r"x(?=\s*\s*y)",
    ],
)
def test_what_takes_longer_is_found(text):
    """The patterns that took quadratic time, and some that take exponential time."""
    assert Structure(text).faults


@pytest.mark.parametrize("text", [r"\s*,?\n", r",(?![^\[]*\])", r"\n\s*x"])
def test_what_is_gone_over_again_is_found(text):
    """Patterns that are harmless at one place, and quadratic if they are searched for."""
    structure = Structure(text)

    assert structure.faults == []
    assert structure.rescanned() != []


@pytest.mark.parametrize(
    "text",
    [r"\d+(?:\.\d+)?", r"\[[^\[\]]*\]", r"a*+a", r"(?:[^,]++,)*+x", r"\s*x\s*", r"\d{1,9}(x\d{1,9})*", r"\((.*)\)"],
)
def test_what_is_harmless_passes(text):
    """Patterns of the kinds that are used."""
    assert Structure(text).faults == []
