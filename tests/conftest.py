"""Options of the test run."""


def pytest_addoption(parser):
    parser.addoption("--rewrite-docs", action="store_true", help="write the real output into README and docs")
