"""What tests of several commands need."""

import pytest


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Writes a table to a file of the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="table.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return name

    return write
