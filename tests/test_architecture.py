"""Who may import whom, who prints, who opens files, and what a command loads."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest
from command_line import HANGS, environment

import convcalc
from convcalc.cli.app import COMMANDS
from convcalc.layers.kinds import ALIASES, KINDS

ROOT = Path(__file__).parent.parent
PACKAGE = Path(convcalc.__file__).parent
LADDER = (
    "errors",
    "arithmetic",
    "layers",
    "network",
    "language",
    "sources",
    "targets",
    "questions",
    "pages",
    "explain",
    "views",
    "cli",
    "__main__",
)
"""The rooms of convcalc, each of which imports only from itself and from those before it."""

NARROWER = {
    "views": {"arithmetic/formula", "errors", "pages/cells", "pages/columns", "pages/finding", "pages/page", "views"}
}
"""What knows nothing of networks, and all that it may import."""

THIRD_PARTY = {
    "yaml": {"language/read/tree"},
    "rich": {"views/table"},
    "typer": {"cli"},
    "sympy": {"arithmetic/bounds", "arithmetic/formulas", "arithmetic/symbols", "pages/symbols", "explain/rules"},
    "numpy": {"arithmetic/arrays", "network/input_sizes", "questions"},
    "pyarrow": {"views/parquet"},
}
"""The only packages from elsewhere, and the rooms or modules that may import them."""

OPENERS = {
    "open", "fdopen", "popen", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "unlink",
}  # fmt: skip  # a list reads better in lines
"""Names of functions and methods that open or change files."""

HEAVY = {"numpy", "sympy", "rich", "torch"}
"""What takes long to load, and is of no use to a plain count."""

NO_KINDS = {
    "arithmetic": {"add", "mul"},  # operations of numbers
    "cli/fit": {"scale"},  # its option --scale
}
"""Words outside `layers/` that are the names of kinds, and mean other things there."""

LONGEST_FUNCTION, LONGEST_MODULE = 40, 400
"""Lines, at most; the signature and the docstring of a command, which are its options and its help, do not count."""

SHARED = {
    "views": {"SECTIONS", "begin", "code_lines", "line", "table_lines", "text_lines", "titled", "write"},
    "": {"INTERRUPTED"},  # __main__ needs it before anything is imported
}
"""Names that several modules of a room, or of the package, define by design: each has its part for the same purpose."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name(path):
    """The path of a module within the package."""
    return path.relative_to(PACKAGE).as_posix()


def module(path):
    """A module by its path within the package, without its suffix; a package is that of its folder."""
    own = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return own.removesuffix("/__init__").removesuffix("__init__")


def room(module):
    """The room that a module is in; empty for the package itself."""
    return module.partition("/")[0]


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree, package="convcalc"):
    """All that a module of `package` imports: inside functions, for types only, and by name, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called_name(node.func) in {"import_module", "__import__"}:
            yield literal(node.args[0])


def literal(argument):
    """A text that a module is imported by, up to its first variable part."""
    if isinstance(argument, ast.JoinedStr):
        argument = argument.values[0]
    assert isinstance(argument, ast.Constant), ast.dump(argument)
    return argument.value


def called_name(function):
    """The last name of what is called: `open` of `open()` and of `path.open()`."""
    return getattr(function, "attr", getattr(function, "id", ""))


def calls(tree):
    """The last names of all that a module calls."""
    return {called_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def prints(tree):
    """Whether a module names `print`: a method of that name is another thing."""
    return any(isinstance(node, ast.Name) and node.id in {"print", "pprint"} for node in ast.walk(tree))


def streams(tree):
    """The standard outputs that a module names."""
    names = {"stdout", "stderr", "__stdout__", "__stderr__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            yield from names & {node.attr}
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            yield from names & {alias.name for alias in node.names}


def is_among(module, places):
    """Whether a module is one of some, or in one of some rooms."""
    return any(module == place or module.startswith(f"{place}/") for place in places)


def violation(importer, imported):
    """What is wrong with an import by a module, if anything is."""
    first, *rest = imported.split(".")
    if first == "__future__" or (first != "convcalc" and first in sys.stdlib_module_names):
        return ""
    if first != "convcalc":
        return "" if is_among(importer, THIRD_PARTY.get(first, ())) else f"{importer} imports {first}"
    allowed = NARROWER.get(room(importer), LADDER[: LADDER.index(room(importer)) + 1])
    return "" if rest and is_among("/".join(rest), allowed) else f"{importer} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_only_from_the_rooms_below_it(path):
    """Of convcalc, a module imports what is below it; of others, the packages that are its own to wrap, if any."""
    own = module(path)
    found = list(imports(tree(path), package_of(path)))

    assert [wrong for each in found if own and (wrong := violation(own, each))] == []
    assert own or found == []


def package_of(path):
    """The package that a module is in, with dots."""
    return ".".join(["convcalc", *path.relative_to(PACKAGE).parts[:-1]])


@pytest.mark.parametrize(
    ("importer", "package", "source", "wrong"),
    [
        ("layers/conv", "convcalc.layers", "from convcalc.network.graph import Graph", "convcalc.network.graph.Graph"),
        ("layers/conv", "convcalc.layers", "def f():\n    from convcalc import network", "convcalc.network"),
        ("layers/conv", "convcalc.layers", "from ..language import read", "convcalc.language.read"),
        ("layers/conv", "convcalc.layers", "if TYPE_CHECKING:\n    import convcalc.cli", "convcalc.cli"),
        ("language/value", "convcalc.language", "import_module(f'convcalc.views.{name}')", "convcalc.views."),
        ("views/json", "convcalc.views", "from convcalc.layers.options import RULES", "convcalc.layers.options.RULES"),
        ("pages/count", "convcalc.pages", "import convcalc", "convcalc"),
        ("cli/count", "convcalc.cli", "import yaml", "yaml"),
        ("cli/count", "convcalc.cli", "from click import echo", "click"),
        ("views/json", "convcalc.views", "def f():\n    import numpy as np", "numpy"),
        ("views/json", "convcalc.views", "from rich.table import Table", "rich"),
        ("layers/conv", "convcalc.layers", "from .base import Layer", ""),
        ("views/table", "convcalc.views", "from rich.table import Table", ""),
        ("cli/count", "convcalc.cli", "from collections.abc import Sequence", ""),
    ],
)
def test_a_forbidden_import_is_found(importer, package, source, wrong):
    """The check above finds imports in functions, for types, relative ones, and those by name."""
    (found,) = imports(ast.parse(source), package)

    assert violation(importer, found) == (f"{importer} imports {wrong}" if wrong else "")


def test_each_module_is_in_a_room():
    """No module is outside the ladder, and no step of it is empty."""
    assert {room(module(path)) for path in MODULES} - {""} == set(LADDER)


def test_each_room_has_its_tests():
    """The tests stand in folders that are called like those of the package."""
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}

    assert rooms == {room for room in rooms if any((ROOT / "tests" / room).glob("test_*.py"))}


def test_no_modules_import_each_other():
    """Nor do they by way of others, even for types alone."""
    known = {module(path): path for path in MODULES}
    graph = {
        own: {target(each, known) for each in imports(tree(path), package_of(path))} for own, path in known.items()
    }

    TopologicalSorter({own: others - {own, ""} for own, others in graph.items()}).prepare()


def target(imported, known):
    """The module that an import is from; empty for what is none of ours, and for the package itself."""
    parts = imported.split(".")[1:] if imported.startswith("convcalc.") else []
    paths = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((path for path in paths if path in known), "")


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=name)
def test_each_room_is_opened_by_what_lives_there(path):
    """A room says in its docstring what is in it, and what is not."""
    told = ast.get_docstring(tree(path))

    assert told
    assert path.parent == PACKAGE or "Not here: " in told


def test_only_the_command_line_prints():
    """Nothing but the command line prints, or names standard output and standard error."""
    printing = {name(path) for path in MODULES if prints(tree(path))}
    naming = {(name(path), stream) for path in MODULES for stream in streams(tree(path))}

    assert printing == {"cli/output.py"}
    assert naming == {("cli/output.py", "stdout"), ("cli/output.py", "stderr")}


def test_only_two_modules_open_files():
    """All that is read is opened by sources/files.py; cli/output.py opens what it writes to."""
    opening = {name(path): calls(tree(path)) & OPENERS for path in MODULES if calls(tree(path)) & OPENERS}

    assert opening.keys() == {"sources/files.py", "cli/output.py"}
    assert not opening["sources/files.py"] & {"write_text", "write_bytes", "touch", "mkdir", "unlink"}
    assert not opening["cli/output.py"] & {"read_text", "read_bytes"}


def texts(tree):
    """The strings of a module, but for its docstrings."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    }


def kinds_named(tree):
    """The kinds that a module names in strings of its own: what is a sentence, or a part of one, names none."""
    return texts(tree) & {*KINDS, *ALIASES}


@pytest.mark.parametrize("path", [path for path in MODULES if room(module(path)) != "layers"], ids=name)
def test_only_the_layers_know_a_kind_by_its_name(path):
    """All others ask the class of a layer, or the table, for what is true of its kind."""
    allowed = {word for place, words in NO_KINDS.items() if is_among(module(path), [place]) for word in words}

    assert kinds_named(tree(path)) <= allowed


def test_the_words_that_are_no_kinds_are_there():
    """No exception is left of what is gone."""
    for place, words in NO_KINDS.items():
        assert words == set().union(*(kinds_named(tree(path)) for path in MODULES if is_among(module(path), [place])))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("if node.kind == 'linear': ...", {"linear"}),
        ("CENTRING = ('bn', 'instancenorm')", {"bn", "instancenorm"}),
        ("match kind:\n    case 'fc': ...", {"fc"}),
        ("MADE = {'maxpool': 'the largest'}", {"maxpool"}),
        ("def f():\n    'add'", set()),
        ("way = 'try: concat @x'", set()),
        ("way = f'try: concat @{name}'", set()),
        ("node.kind == KINDS['conv']", {"conv"}),
    ],
)
def test_the_name_of_a_kind_is_found(source, found):
    """The check above finds names that are compared, matched, or listed, and leaves sentences alone."""
    assert kinds_named(ast.parse(source)) == found


def too_long(tree, commands=()):
    """The functions of a module that are longer than one can take in at a glance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if node.name in commands and ast.get_docstring(node) else [node]
            lines = body[-1].end_lineno - body[0].lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.name, lines


def commands_of(path):
    """The functions of a module that typer makes commands of."""
    own = module(path).removeprefix("cli/")
    return {function for place, _, function in (each.rpartition(".") for each in COMMANDS.values()) if place == own}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_and_modules_are_short(path):
    """A function is read at a glance, and a module in one sitting."""
    text = path.read_text(encoding="utf-8")

    assert list(too_long(ast.parse(text), commands_of(path))) == []
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_a_long_function_is_found():
    """Of a command, the body counts alone."""
    body = "".join(f"\n    x{number} = 1" for number in range(40))
    command = f"def f(\n    a,\n    b,\n):\n    'It does something.'{body}"

    assert list(too_long(ast.parse(command))) == [("f", 45)]
    assert list(too_long(ast.parse(command), {"f"})) == []
    assert list(too_long(ast.parse(f"{command}\n    x = 1"), {"f"})) == [("f", 41)]


def named_paths(page):
    """The files and folders that a page of documentation names in backticks."""
    return set(re.findall(r"`((?:[\w.]+/)*[\w.]+(?:\.py|\.yaml|\.md|/))`", (ROOT / page).read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", ["docs/design.md", "CONTRIBUTING.md"])
def test_what_is_named_is_there(page):
    """Files are named from the package on, or from the top."""
    assert {path for path in named_paths(page) if not any((root / path).exists() for root in (PACKAGE, ROOT))} == set()


def table_rows(title):
    """The cells of the rows of the first table of the design below a title."""
    lines = (ROOT / "docs/design.md").read_text(encoding="utf-8").partition(f"{title}\n")[2].splitlines()
    rows = takewhile(lambda line: line.startswith("|"), dropwhile(lambda line: not line.startswith("|"), lines))
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows][2:]


def test_the_design_tells_the_order_of_the_rooms():
    """The table of folders is the ladder, and what is no Python comes last."""
    rooms = [re.sub(r"\.py|/", "", cells[0].strip("`")) for cells in table_rows("# Design")]

    assert rooms == [*[each for each in LADDER if each != "__main__"], "networks"]


WATCHED = """
import sys
run = set()
sys.setprofile(lambda frame, event, _: run.add(frame.f_code.co_filename) if event == "call" else None)
from convcalc.cli.app import run as count
status = count(["count", "-i", "3x32x32", "-l", "conv 64 3x3"])
sys.setprofile(None)
print(*run, sep="\\n", file=sys.stderr)
sys.exit(status)
"""
"""A count in a process of its own, where nothing is known yet, that tells which files were run."""


def test_the_way_of_a_number_is_true():
    """Each module that the design names on the way of a number is run on it."""
    cells = [row[1] for row in table_rows("## The way of one number")]
    ways = [way for cell in cells for way in re.findall(r"`([\w/]+(?:\.py|/))`", cell)]

    done = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, env=environment(), timeout=HANGS, check=True
    )
    files = [Path(line) for line in done.stderr.splitlines()]
    paths = {file.relative_to(PACKAGE).as_posix() for file in files if file.is_relative_to(PACKAGE)}

    assert "1,728" in done.stdout
    assert len(ways) >= len(cells)
    assert [way for way in ways if not any(path.startswith(way) for path in paths)] == []


def definitions(body):
    """The names of all that is defined on top of a module, be it for type checkers alone, but for private ones."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign(targets=targets):
                names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
                yield from (defined for defined in names if not defined.startswith("_"))
            case ast.AnnAssign(target=ast.Name(id=defined)):
                yield defined
            case ast.If() | ast.Try() | ast.ExceptHandler():
                inner = [part for field in ("body", "handlers", "orelse") for part in getattr(node, field, ())]
                yield from definitions(inner)


def homes():
    """The modules that define each name."""
    found = defaultdict(set)
    for path in MODULES:
        for defined in definitions(tree(path).body):
            found[defined].add(module(path))
    return found


def sharing(room, modules):
    """Those of some modules that are in a room."""
    return {own for own in modules if not room or is_among(own, [room])}


def test_a_name_is_one_thing():
    """No two modules define the same name, but for the parts that each module of a room has by design."""
    by_design = {defined: room for room, names in SHARED.items() for defined in names}
    several = {defined: own for defined, own in homes().items() if len(own) > 1}

    assert {
        word: own for word, own in several.items() if word not in by_design or own != sharing(by_design[word], own)
    } == {}


def test_the_names_that_are_shared_are_there():
    """No exception is left of what has a name of its own by now."""
    found = homes()

    assert [word for room, names in SHARED.items() for word in names if len(sharing(room, found[word])) < 2] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def show(): ...", ["show"]),
        ("@decorated\nclass Table:\n    def show(self): ...", ["Table"]),
        ("Axis: TypeAlias = int", ["Axis"]),
        ("if TYPE_CHECKING:\n    Point: TypeAlias = int\nelse:\n    class Line: ...", ["Point", "Line"]),
        ("try:\n    pass\nexcept ImportError:\n    def show(): ...", ["show"]),
        ("def outer():\n    def show(): ...", ["outer"]),
        ("from other import show", []),
        ("LARGEST: int = 0", ["LARGEST"]),
        ("MOST, LEAST = 2, 1\n__all__ = ['MOST']", ["MOST", "LEAST"]),
    ],
)
def test_a_definition_is_found(source, found):
    """The check above finds what is defined on top of a module, and neither methods nor what is imported."""
    assert list(definitions(ast.parse(source).body)) == found


def loaded(code):
    """The modules that a program has loaded when it ends, whatever it wrote to a pipe."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=HANGS,
        check=True,
    )
    return set(done.stderr.split()), done.stdout


def test_a_count_into_a_pipe_loads_nothing_heavy():
    """`convcalc count resnet50` needs typer and yaml, but neither rich nor numpy, sympy or torch."""
    modules, out = loaded("from convcalc.cli.app import run\nassert run(['count', 'resnet50']) == 0")

    assert out.startswith("ResNet-50\n")
    assert {"convcalc.cli", "typer", "yaml"} <= modules
    assert modules & HEAVY == set()


def test_a_table_loads_rich():
    """The same list of modules shows what a command does load."""
    modules, out = loaded("from convcalc.cli.app import run\nassert run(['count', 'seed', '-f', 'table']) == 0")

    assert out.startswith("Two convolutions\n")
    assert "rich" in modules


def test_only_a_mistake_loads_difflib():
    """Of our own, a network without a mistake needs no guess at what was meant; typer loads difflib in any case."""
    code = "from convcalc.sources.loading import load\nfrom convcalc.language.assemble.network import build\n"
    right, _ = loaded(code + "assert build(load('resnet50')).macs == 4_089_184_256")
    wrong, _ = loaded(code + "try:\n    load('resnet5')\nexcept Exception:\n    pass")

    assert "convcalc.language.assemble.builder" in right
    assert "difflib" in wrong - right


def test_importing_convcalc_loads_neither_typer_nor_yaml_nor_rich():
    """The package itself costs nothing to import."""
    modules, _ = loaded("import convcalc")

    assert "convcalc" in modules
    assert modules & {"typer", "yaml", "rich"} == set()
    assert [each for each in modules if each.startswith("convcalc.")] == []
