"""What a page is written on."""

from __future__ import annotations

from typing import NamedTuple


class Screen(NamedTuple):
    """What is written to: how wide it is, if it has an end, and whether letters may be bold and coloured."""

    width: int | None = None
    styled: bool = False
