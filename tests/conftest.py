"""Options of the test run, and what tests of several commands need."""

import pytest
from hypothesis import settings

settings.register_profile("convcalc", deadline=None)  # how long an example takes says nothing of what is true
settings.load_profile("convcalc")


def pytest_addoption(parser):
    parser.addoption("--rewrite-docs", action="store_true", help="write the real output into README and docs")


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Writes a table to a file of the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="table.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return name

    return write
