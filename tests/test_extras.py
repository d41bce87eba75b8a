"""Tests that need an optional package are skipped without it, but not where they must run."""

import json

import pytest
from extras import optional


def test_what_is_installed_is_there(monkeypatch):
    """A package that is installed is given, whether or not it must be."""
    assert optional("json") is json
    monkeypatch.setenv("CONVCALC_REQUIRE_TORCH", "1")
    assert optional("json") is json


def test_without_a_package_tests_are_skipped(monkeypatch):
    """The reason says what is missing, and how to install it."""
    monkeypatch.delenv("CONVCALC_REQUIRE_TORCH", raising=False)
    with pytest.raises(pytest.skip.Exception) as caught:
        optional("no_such_package")

    assert str(caught.value) == "no_such_package is not installed: pip install '.[torch]'"


def test_where_it_is_required_a_missing_package_is_an_error(monkeypatch):
    """Where every change is checked, nothing is skipped unseen."""
    monkeypatch.setenv("CONVCALC_REQUIRE_TORCH", "1")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        optional("no_such_package")
