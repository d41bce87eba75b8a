"""What can be counted of a network: one table of measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault
from convcalc.network.report import biases, statistics, weights
from convcalc.network.terms import Terms, largest_share, largest_working_set, sizes_seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from convcalc.arithmetic.operations import AnyNumber
    from convcalc.network.report import Report, Row


class Share(NamedTuple):
    """A column of the shares that lines have in a measure: its head, its rank, and what other tools call it."""

    title: str
    rank: int
    foreign: tuple[str, ...]


class Measure(NamedTuple):
    """Something that a network, or a part of it, has so much of, with all that there is to say of it.

    `key` is the word for it in JSON, in `--columns` and in budgets, `unit` a noun. `of` is how much some rows have
    together, on given terms; it `adds` where that is the sum of what each row has. `needs` are the costs of a layer
    that it is made of. Some measures need more than rows: these have `seen` in place of `of`. It takes the whole
    report, and returns a function from a row to what the row has along each axis.

    A measure with a `title` has a column of that head; the columns of the highest `rank` are left out first where room
    is short. `share` is the column of shares in it, and `foreign` what other tools call it. Its total is told `always`,
    or where somebody asks for the column. A total in bytes is one `bytes_of` something. `about` is a sentence of what
    a measure without a column is.

    A measure that is a `share_of` another is shown as a share, and its layers weigh as much as they have of that.
    """

    key: str
    unit: str
    of: Callable[[Terms, Sequence[Row]], AnyNumber] | None = None
    needs: tuple[str, ...] = ()
    title: str = ""
    rank: int = 5
    share: Share | None = None
    foreign: tuple[str, ...] = ()
    adds: bool = True
    always: bool = False
    bytes_of: str = ""
    about: str = ""
    share_of: str = ""
    seen: Callable[[Report], Callable[[Row], Sequence[int]]] | None = None

    def measured(self, terms: Terms, rows: Sequence[Row]) -> AnyNumber:
        """How much some rows have together, in the arithmetic of their numbers.

        Raises:
            ValueError: rows alone do not tell it.
        """
        if self.of is None:
            raise ValueError(f"{self.key} must be seen in a whole report, but got rows")
        return self.of(terms, rows)


LEARNT = ("weights", "biases")
"""The costs that are parameters."""

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure(
            "weights", "weights", lambda _, rows: weights(rows), needs=("weights",), title="Weights", rank=4,
            always=True, foreign=("kernels",),
        ),
        Measure(
            "biases", "biases", lambda _, rows: biases(rows), needs=("biases",), title="Biases", rank=7, always=True,
        ),
        Measure(
            "params", "parameters", lambda _, rows: weights(rows) + biases(rows), needs=LEARNT, title="Params", rank=4,
            always=True,
            share=Share("% of params", 6, ("params_percent",)),
            foreign=("parameters", "parameter", "param", "num_params", "trainable_params"),
        ),
        Measure(
            "statistics", "statistics", lambda _, rows: statistics(rows), needs=("statistics",), title="Statistics",
            rank=6, foreign=("buffers", "running_stats"),
        ),
        Measure(
            "macs", "MACs", Terms.macs, needs=("macs",), title="MACs", rank=2, always=True,
            share=Share("% of MACs", 6, ("percent", "share", "macs_percent", "flops_share")),
            foreign=(
                "flops", "flop", "gflops", "mflops", "mac", "gmacs", "mmacs", "madds", "madd", "mult_adds",
                "multiply_adds",
            ),
        ),
        Measure(
            "operations", "operations", Terms.operations, needs=("operations",), title="Other ops",
            foreign=("ops", "other_ops"),
        ),
        Measure("activations", "numbers", Terms.activations, title="Activations", foreign=("acts", "activation")),
        Measure(
            "parameter_bytes", "bytes", Terms.parameter_bytes, needs=LEARNT, title="Param bytes", bytes_of="parameters",
            foreign=("size", "model_size", "param_bytes", "params_size", "weight_bytes"),
        ),
        Measure(
            "activation_bytes", "bytes", Terms.activation_bytes, title="Activ. bytes", bytes_of="activations",
            foreign=("memory", "mem", "activ_bytes"),
        ),
        Measure(
            "moved_bytes", "bytes", Terms.moved_bytes, needs=LEARNT, title="Moved bytes", bytes_of="all that is moved",
        ),
        Measure(
            "activation", "bytes", largest_working_set, adds=False,
            about="activation is the bytes that one layer reads and makes.",
        ),
        Measure(
            "layer_share", "share of MACs", largest_share, needs=("macs",), adds=False, share_of="macs",
            about="layer_share is the MACs of one layer among all.",
        ),
        Measure(
            "receptive_field", "input positions", adds=False, seen=sizes_seen,
            about="receptive_field is in input positions.",
        ),
    )
}  # fmt: skip  # an entry reads better in few lines
"""What `count` shows, in the order of its columns, and then what else a budget can limit."""

TOTALS = tuple([measure.key for measure in MEASURES.values() if measure.always])
"""The measures whose totals are always told."""


def countable() -> tuple[str, ...]:
    """The measures that are counted of lines and of configurations, each in a column."""
    return tuple([measure.key for measure in MEASURES.values() if measure.title])


def measured(key: str, rows: Sequence[Row], terms: Terms) -> AnyNumber:
    """How much some rows have together of a measure."""
    return MEASURES[key].measured(terms, rows)


def needs_of(key: str) -> tuple[str, ...]:
    """The costs of a layer that a measure is made of; none for what is no measure."""
    return MEASURES[key].needs if key in MEASURES else ()


def lacking(rows: Iterable[Row], measures: Iterable[str]) -> dict[str, list[str]]:
    """The layers whose costs a total of these measures lacks, as nobody knows them; none where it is complete."""
    partial = [row for row in rows if row.profile.unknown]
    needed = dict.fromkeys(cost for measure in measures for cost in needs_of(measure)) if partial else {}
    found = {row.node.name: [cost for cost in needed if cost in row.profile.unknown] for row in partial}
    return {name: costs for name, costs in found.items() if costs}


def lacks_in_words(lacks: Mapping[str, Sequence[str]]) -> str:
    """What totals lack: `nms1 (weights, biases, macs)`."""
    return ", ".join(f"{name} ({', '.join(costs)})" for name, costs in lacks.items())


def require_known(rows: Iterable[Row], measures: Iterable[str]) -> None:
    """State that these measures are known in full.

    Raises:
        DescriptionError: they are not.
    """
    fault = unknown_cost(list(rows), measures)
    if fault:
        raise DescriptionError(fault)


def unknown_cost(rows: Sequence[Row], measures: Iterable[str]) -> Fault | None:
    """What is wrong with an answer that needs these measures; nothing where they are known in full."""
    lacks = lacking(rows, measures)
    if not lacks:
        return None
    name, costs = next(iter(lacks.items()))
    place = next(row.node.place for row in rows if row.node.name == name)
    message = f"the answer needs costs that are not known: {lacks_in_words(lacks)}"
    way = f"try: {' '.join(f'{cost}=0' for cost in costs)} behind {name}, or what it really takes"
    return Fault("unknown-cost", message, place, name, (way,))
