"""Packages of an optional extra, for tests that are left out where they are not installed."""

import os
from importlib import import_module

import pytest


def optional(name, extra="torch"):
    """A package of an extra; without it, the module that asks is skipped, and pytest says how to install it.

    With CONVCALC_REQUIRE_TORCH set, as where every change is checked, a missing package is an error instead.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name or os.environ.get("CONVCALC_REQUIRE_TORCH"):
            raise
        pytest.skip(f"{name} is not installed: pip install '.[{extra}]'", allow_module_level=True)
