"""Options of the test run, and what tests of several commands need."""

import gc
import signal

import pytest
from hypothesis import HealthCheck, settings

UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
"""How long an example takes says nothing of what is true."""

settings.register_profile("short", max_examples=10, derandomize=True, **UNTIMED)
settings.register_profile("long", max_examples=100, **UNTIMED)


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests that are marked long, and try all examples")
    parser.addoption("--rewrite-docs", action="store_true", help="write the real output into README and docs")


def pytest_configure(config):
    """Without --long, a run tries a tenth of the examples, the same ones each time.

    A run in the background ignores Ctrl-C, and so would the commands that it starts: tests that interrupt them need it.
    """
    settings.load_profile("long" if config.getoption("--long") else "short")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked long, but for --long."""
    if config.getoption("--long"):
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
    items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_collection_finish():
    """Look for garbage less often: thousands of tests are none, and to look at them all takes a tenth of a run.

    They are not frozen, as Hypothesis asks who refers to its generator of random numbers.
    """
    gc.collect()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Writes a table to a file of the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="table.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return name

    return write
