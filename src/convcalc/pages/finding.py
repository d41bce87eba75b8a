"""What a check has found: each with a rule, a sentence, and where it is, however it is to be reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from convcalc.errors import Place


class Finding(NamedTuple):
    """One thing that was checked: `rule` is its kind, `subject` what it was checked of, `place` None outside files.

    It is `broken` where nothing could be checked. `layer` is the one that it is about, if it is about one.
    """

    rule: str
    subject: str
    passed: bool
    message: str
    place: Place | None = None
    broken: bool = False
    layer: str = ""
