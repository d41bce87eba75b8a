"""Who may import whom, who prints, who opens files, and what a command loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import HANGS, environment

import convcalc

PACKAGE = Path(convcalc.__file__).parent
ORDER = (
    "errors",
    "arithmetic",
    "shapes",
    "window",
    "axes",
    "layers",
    "graph",
    "analysis",
    "bounds",
    "symbols",
    "recording",
    "arrays",
    "measures",
    "configurations",
    "sweep",
    "reading",
    "receptive_field",
    "widening",
    "budget",
    "fitting",
    "sizing",
    "input_sizes",
    "spec",
    "catalogue",
    "folding",
    "alignment",
    "pairing",
    "compare",
    "sheet",
    "formulas",
    "answer",
    "finding",
    "rules",
    "chains",
    "explaining",
    "running",
    "tracing",
    "topics",
    "error_codes",
    "views",
    "columns",
    "schema",
    "cli",
    "__main__",
)
"""The parts of convcalc, each of which imports only itself and those before it."""

NARROWER = {"sheet": {"sheet"}, "views": {"answer", "errors", "finding", "sheet", "views"}}
"""What knows nothing of networks."""

THIRD_PARTY = {
    "yaml": {"spec"},
    "rich": {"views"},
    "typer": {"cli"},
    "sympy": {"bounds", "symbols", "formulas", "rules"},
    "numpy": {"arrays", "configurations", "sweep", "fitting", "sizing", "input_sizes"},
    "pyarrow": {"views"},
}
"""The only packages from elsewhere, and where they may be imported."""

OPENERS = {
    "open", "fdopen", "popen", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "unlink",
}  # fmt: skip  # a list reads better in lines
"""Names of functions and methods that open or change files."""

HEAVY = {"numpy", "sympy", "rich", "torch"}
"""What takes long to load, and is of no use to a plain count."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name(path):
    """The path of a module within the package."""
    return path.relative_to(PACKAGE).as_posix()


def part(path):
    """The part of convcalc that a module belongs to; empty for the package itself."""
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    return "" if own == "__init__" else own


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


def violation(importer, imported):
    """What is wrong with an import by a part, if anything is."""
    first, *rest = imported.split(".")
    if first == "__future__" or (first != "convcalc" and first in sys.stdlib_module_names):
        return ""
    if first != "convcalc":
        return "" if importer in THIRD_PARTY.get(first, ()) else f"{importer} imports {first}"
    allowed = NARROWER.get(importer, ORDER[: ORDER.index(importer) + 1])
    return "" if rest and rest[0] in allowed else f"{importer} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_only_from_the_layers_below_it(path):
    """Of convcalc, a module imports what is below it; of others, the one package that is its own to wrap, if any."""
    own = part(path)
    package = ".".join(["convcalc", *path.relative_to(PACKAGE).parts[:-1]])
    found = list(imports(tree(path), package))

    assert [wrong for each in found if own and (wrong := violation(own, each))] == []
    assert own or found == []


@pytest.mark.parametrize(
    ("importer", "package", "source", "wrong"),
    [
        ("layers", "convcalc.layers", "from convcalc.graph import Graph", "layers imports convcalc.graph.Graph"),
        ("layers", "convcalc.layers", "def f():\n    from convcalc import graph", "layers imports convcalc.graph"),
        ("layers", "convcalc.layers", "from ..spec import load", "layers imports convcalc.spec.load"),
        ("layers", "convcalc.layers", "if TYPE_CHECKING:\n    import convcalc.cli", "layers imports convcalc.cli"),
        ("spec", "convcalc.spec", "import_module(f'convcalc.views.{name}')", "spec imports convcalc.views."),
        ("views", "convcalc.views", "from convcalc.shapes import show", "views imports convcalc.shapes.show"),
        ("sheet", "convcalc", "from convcalc.errors import Fault", "sheet imports convcalc.errors.Fault"),
        ("columns", "convcalc", "import convcalc", "columns imports convcalc"),
        ("cli", "convcalc", "import yaml", "cli imports yaml"),
        ("cli", "convcalc", "from click import echo", "cli imports click"),
        ("views", "convcalc.views", "def f():\n    import numpy as np", "views imports numpy"),
        ("layers", "convcalc.layers", "from .base import Layer", ""),
        ("views", "convcalc.views", "from rich.table import Table", ""),
        ("cli", "convcalc", "from collections.abc import Sequence", ""),
    ],
)
def test_a_forbidden_import_is_found(importer, package, source, wrong):
    """The check above finds imports in functions, for types, relative ones, and those by name."""
    (found,) = imports(ast.parse(source), package)

    assert violation(importer, found) == wrong


def test_each_module_has_a_place_in_the_order():
    """No module is outside the order, and of the order only what is still to come is missing."""
    found = {part(path) for path in MODULES} - {""}

    assert found <= set(ORDER)
    assert set(ORDER) - found <= {"receptive_field"}


def test_only_the_command_line_prints():
    """Nothing but the command line prints, or names standard output and standard error."""
    printing = {name(path) for path in MODULES if prints(tree(path))}
    naming = {(name(path), stream) for path in MODULES for stream in streams(tree(path))}

    assert printing == {"cli/output.py"}
    assert naming == {("cli/output.py", "stdout"), ("cli/output.py", "stderr")}


def test_only_the_loader_opens_files():
    """Descriptions are read by spec/load.py; cli/output.py opens what it writes to."""
    opening = {name(path): calls(tree(path)) & OPENERS for path in MODULES if calls(tree(path)) & OPENERS}

    assert opening.keys() == {"spec/load.py", "cli/output.py"}
    assert not opening["spec/load.py"] & {"write_text", "write_bytes", "touch", "mkdir", "unlink"}
    assert not opening["cli/output.py"] & {"read_text", "read_bytes"}


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
    modules, out = loaded("from convcalc.cli import run\nassert run(['count', 'resnet50']) == 0")

    assert out.startswith("ResNet-50\n")
    assert {"convcalc.cli", "typer", "yaml"} <= modules
    assert modules & HEAVY == set()


def test_a_table_loads_rich():
    """The same list of modules shows what a command does load."""
    modules, out = loaded("from convcalc.cli import run\nassert run(['count', 'seed', '-f', 'table']) == 0")

    assert out.startswith("Two convolutions\n")
    assert "rich" in modules


def test_only_a_mistake_loads_difflib():
    """Of our own, a network without a mistake needs no guess at what was meant; typer loads difflib in any case."""
    code = "from convcalc.spec.load import load\nfrom convcalc.spec.build import build\n"
    right, _ = loaded(code + "assert build(load('resnet50')).macs == 4_089_184_256")
    wrong, _ = loaded(code + "try:\n    load('resnet5')\nexcept Exception:\n    pass")

    assert "convcalc.spec.build" in right
    assert "difflib" in wrong - right


def test_importing_convcalc_loads_neither_typer_nor_yaml_nor_rich():
    """The package itself costs nothing to import."""
    modules, _ = loaded("import convcalc")

    assert "convcalc" in modules
    assert modules & {"typer", "yaml", "rich"} == set()
    assert [each for each in modules if each.startswith("convcalc.")] == []
