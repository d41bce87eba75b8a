"""What comes with convcalc: bundled networks, topics, what errors mean, and examples of commands."""

from __future__ import annotations

from pathlib import Path

from convcalc.sources.files import read_file

PACKAGE = Path(__file__).parent.parent
NETWORKS = PACKAGE / "networks"
TOPICS = PACKAGE / "explain" / "topic_files"
ERRORS_FILE = PACKAGE / "explain" / "errors.yaml"
EXAMPLES_FOLDER = PACKAGE / "cli" / "examples"


def bundled() -> dict[str, Path]:
    """The networks that come with convcalc, by name."""
    return {path.stem: path for path in sorted(NETWORKS.glob("*.yaml"), key=lambda path: path.stem)}


def topic_names() -> list[str]:
    """The questions that convcalc has answers to."""
    return sorted(path.stem for path in TOPICS.glob("*.yaml"))


def topic_text(name: str) -> str:
    """The text of an answer."""
    return read_file(TOPICS / f"{name}.yaml", name)


def errors_text() -> str:
    """The text of what all errors mean."""
    return read_file(ERRORS_FILE, ERRORS_FILE.name)


def examples_text(command: str) -> str:
    """Examples of a command: after `$` what one types, and below what that prints."""
    return read_file(EXAMPLES_FOLDER / f"{command}.txt", command)
