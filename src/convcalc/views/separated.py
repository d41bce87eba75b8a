"""A sheet as comma- or tab-separated values: keys, then rows; no totals, so that a column adds up to its sum."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from convcalc.sheet import bare

if TYPE_CHECKING:
    from convcalc.sheet import Sheet


def render_csv(sheet: Sheet) -> str:
    """Divide by commas, quote as RFC 4180 says."""
    return render(sheet, ",")


def render_tsv(sheet: Sheet) -> str:
    """Divide by tabs."""
    return render(sheet, "\t")


def render(sheet: Sheet, delimiter: str) -> str:
    """Divide by `delimiter`."""
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([heading.key for heading in sheet.headings])
    writer.writerows([[bare(cell) for cell in row] for row in sheet.rows])
    return out.getvalue()
