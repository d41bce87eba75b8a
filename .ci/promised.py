"""What pyproject.toml promises: the lowest versions of packages, and the versions of Python. `.ci/run` tries them."""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("parquet", "test")
"""The extras that the tests need."""

LOWEST = re.compile(r"([\w.-]+)\s*>=\s*([\w.]+)\s*(?:,.*)?")
PYTHON = "Programming Language :: Python :: 3."


def lowest():
    """Each package in the lowest version that is allowed, as pip's constraints."""
    wanted = [*PROJECT["dependencies"], *(each for extra in EXTRAS for each in PROJECT["optional-dependencies"][extra])]
    for requirement in dict.fromkeys(wanted):
        match = LOWEST.fullmatch(requirement)
        if not match:
            sys.exit(f"no lowest version: {requirement}")
        yield "{}=={}".format(*match.groups())


def pythons():
    """The interpreters of the classifiers, lowest first."""
    minors = [int(each.removeprefix(PYTHON)) for each in PROJECT["classifiers"] if each.startswith(PYTHON)]
    return [f"python3.{minor}" for minor in sorted(minors)]


if __name__ == "__main__":
    print(*{"lowest": lowest, "pythons": pythons}[sys.argv[1]](), sep="\n")
