"""Options of the test run."""

from hypothesis import settings

settings.register_profile("convcalc", deadline=None)  # how long an example takes says nothing of what is true
settings.load_profile("convcalc")


def pytest_addoption(parser):
    parser.addoption("--rewrite-docs", action="store_true", help="write the real output into README and docs")
