"""What a check has found, for the tools that run it: annotations of GitHub, JUnit's XML, and SARIF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from convcalc.pages.page import Findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.pages.finding import Finding
    from convcalc.pages.page import Page

PROGRAM_NAME = "convcalc"

SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
"""The schema of SARIF 2.1.0 (OASIS 2023)."""


def found(page: Page) -> list[Finding]:
    """All findings of a page."""
    return [each for section in page.sections if isinstance(section, Findings) for each in section.found]


def write_github(page: Page) -> str:
    """Write a workflow command for each limit, an error where it is exceeded (GitHub Docs, Workflow commands)."""
    return "".join(f"{annotation(each)}\n" for each in found(page))


def annotation(finding: Finding) -> str:
    """An error, at a line of a file if it has one; a notice where all is well."""
    level = "notice" if finding.passed else "error"
    place = None if finding.passed else finding.place
    where = {} if place is None else {"file": place.source.name, "line": place.line, "col": place.column}
    about = {**where, "title": f"{finding.subject}: {finding.rule}"}
    properties = ",".join(f"{key}={command_escaped(str(value), PROPERTY)}" for key, value in about.items())
    return f"::{level} {properties}::{command_escaped(finding.message, MESSAGE)}"


MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**MESSAGE, ":": "%3A", ",": "%2C"}
"""What workflow commands write for signs that mean something there, in a message and in a property."""


def command_escaped(text: str, marks: Mapping[str, str]) -> str:
    """A text within a workflow command."""
    return text.translate({ord(char): written for char, written in marks.items()})


def write_junit(page: Page) -> str:
    """Write a test suite for each network, with a test case for each limit."""
    findings = found(page)
    subjects = dict.fromkeys(finding.subject for finding in findings)
    suites = [suite(subject, [each for each in findings if each.subject == subject]) for subject in subjects]
    body = "".join(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{PROGRAM_NAME}">\n{body}</testsuites>\n'


def suite(subject: str, findings: Sequence[Finding]) -> str:
    """The limits of a network."""
    errors = sum(each.broken for each in findings)
    failures = sum(not each.passed for each in findings) - errors
    cases = "".join(case(each) for each in findings)
    counts = f'tests="{len(findings)}" failures="{failures}" errors="{errors}" skipped="0"'
    return f"  <testsuite name={attribute(subject)} {counts}>\n{cases}  </testsuite>\n"


def case(finding: Finding) -> str:
    """A limit; what is wrong with it stands in it."""
    begin = f"    <testcase name={attribute(finding.rule)} classname={attribute(f'{PROGRAM_NAME}.{finding.subject}')}"
    if finding.passed:
        return f"{begin}/>\n"
    kind, about = ("error", "description") if finding.broken else ("failure", "budget")
    told = f'      <{kind} message={attribute(finding.message)} type="{about}"/>\n'
    return f"{begin}>\n{told}    </testcase>\n"


def attribute(text: str) -> str:
    """A text as a value of XML; characters that XML does not have become spaces."""
    return quoteattr("".join(char if char.isprintable() else " " for char in text))


def write_sarif(page: Page) -> str:
    """Write a log of one run, with a result for each limit that is exceeded."""
    from importlib.metadata import version  # no other format needs it

    findings = found(page)
    broken = [finding for finding in findings if not finding.passed]
    rules = [
        {"id": rule, "shortDescription": {"text": f"error[{rule}]" if broken_rule else f"The budget of {rule}"}}
        for rule, broken_rule in dict.fromkeys((finding.rule, finding.broken) for finding in findings)
    ]
    driver = {"name": PROGRAM_NAME, "version": version(PROGRAM_NAME), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [sarif_result(each) for each in broken],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def sarif_result(finding: Finding) -> dict[str, Any]:
    """A limit that is exceeded."""
    message = {"text": unlinked(f"{finding.subject}: {finding.message}")}
    told: dict[str, Any] = {"ruleId": finding.rule, "level": "error", "message": message}
    location: dict[str, Any] = {}
    if finding.place is not None:
        region = {"startLine": finding.place.line, "startColumn": finding.place.column}
        artifact = {"uri": uri(finding.place.source.name)}
        location["physicalLocation"] = {"artifactLocation": artifact, "region": region}
    if finding.layer:
        name = {"name": finding.layer, "fullyQualifiedName": f"{finding.subject}/{finding.layer}"}
        location["logicalLocations"] = [name]
    return {**told, "locations": [location]} if location else told


def unlinked(text: str) -> str:
    """A text in which nothing is a link: a message of SARIF has them as [text](target) (SARIF 2.1.0, 3.11.6)."""
    return text.translate({ord(mark): f"\\{mark}" for mark in "\\[]"}) if "](" in text else text


def uri(path: str) -> str:
    """A path as a reference of a URI."""
    from urllib.parse import quote  # no other format needs it

    return quote(path.replace("\\", "/"))
