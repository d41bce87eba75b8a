"""`convcalc schema`, and which pages each command writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli.options import Output
from convcalc.cli.output import put
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.pages.schema import PageForm


def of_count() -> tuple[PageForm, ...]:
    """A network, layer by layer."""
    from convcalc.pages.count import COUNT_FORM

    return (COUNT_FORM,)


def of_compare() -> tuple[PageForm, ...]:
    """Two networks."""
    from convcalc.pages.compare import COMPARE_FORM

    return (COMPARE_FORM,)


def of_check() -> tuple[PageForm, ...]:
    """Limits."""
    from convcalc.pages.check import CHECK_FORM

    return (CHECK_FORM,)


def of_widen() -> tuple[PageForm, ...]:
    """A wider network, or several."""
    from convcalc.pages.widen import POINTS_FORM, WIDEN_FORM

    return (WIDEN_FORM, POINTS_FORM)


def of_sweep() -> tuple[PageForm, ...]:
    """Configurations."""
    from convcalc.pages.sweep import SWEEP_FORM

    return (SWEEP_FORM,)


def of_fit() -> tuple[PageForm, ...]:
    """The largest network, inputs, or options of a layer."""
    from convcalc.pages.fit import FIT_FORM
    from convcalc.pages.sizes import CHOICES_FORM, INPUTS_FORM

    return (FIT_FORM, INPUTS_FORM, CHOICES_FORM)


def of_explain() -> tuple[PageForm, ...]:
    """Topics, errors, a layer, a value, and lists of what there is."""
    from convcalc.explain.contents import CODES_FORM, TOPICS_FORM
    from convcalc.explain.error_codes import CODE_FORM
    from convcalc.explain.layer import LAYER_FORM
    from convcalc.explain.topics import TOPIC_FORM
    from convcalc.explain.tracing import TRACE_FORM

    return (TOPIC_FORM, CODE_FORM, LAYER_FORM, TRACE_FORM, TOPICS_FORM, CODES_FORM)


def of_nets() -> tuple[PageForm, ...]:
    """The bundled networks."""
    from convcalc.pages.listing import NETS_FORM

    return (NETS_FORM,)


def of_kinds() -> tuple[PageForm, ...]:
    """All kinds of layers, or one of them."""
    from convcalc.pages.listing import KIND_FORM, KINDS_FORM

    return (KINDS_FORM, KIND_FORM)


FORMS: Mapping[str, Callable[[], tuple[PageForm, ...]]] = {
    "count": of_count,
    "compare": of_compare,
    "check": of_check,
    "widen": of_widen,
    "sweep": of_sweep,
    "fit": of_fit,
    "explain": of_explain,
    "nets": of_nets,
    "kinds": of_kinds,
}
"""The commands that write pages, and which: each is one of these."""


def commands_with_schema(incomplete: str) -> list[str]:
    """Commands that begin so, of those that write JSON."""
    return [name for name in FORMS if name.startswith(incomplete)]


def print_schema(
    command: Annotated[
        str,
        typer.Argument(
            metavar="COMMAND",
            help="A command that writes JSON.",
            show_default=False,
            autocompletion=commands_with_schema,
        ),
    ],
    form: Annotated[
        str,
        typer.Option("--format", "-f", metavar="FORMAT", help="Of json, or of each line of jsonl.", show_default=False),
    ] = "json",
    output: Output = None,
) -> None:
    """Print the JSON Schema of what a command writes with -f json or jsonl.

    \b
    convcalc schema count
    convcalc schema count -f jsonl
    convcalc schema check -o check.schema.json
    """
    import json

    from convcalc.errors import guess
    from convcalc.pages.schema import standalone_schema

    if command not in FORMS:
        known = guess(command, FORMS)
        raise DescriptionError(Fault("unknown-choice", f"no command {quoted(command)} writes JSON{known}"))
    if form not in ("json", "jsonl"):
        message = f"a schema is of json or jsonl, but got {quoted(form)}"
        raise DescriptionError(Fault("unknown-choice", message))
    forms = FORMS[command]()
    schemas = [each.page for each in forms] if form == "json" else [row for each in forms for row in each.rows]
    if not schemas:
        raise DescriptionError(Fault("format-does-not-apply", f"convcalc {command} writes no JSON lines"))
    put(json.dumps(standalone_schema(f"convcalc {command} -f {form}", schemas), indent=2) + "\n", output)
