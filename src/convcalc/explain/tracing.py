"""One output value of a network that has run: what it reads, the products, the sum, the bias, the activation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import decimal
from convcalc.errors import quoted
from convcalc.explain.running import Run, checked_index, require_small, run_network, tensor_shapes
from convcalc.explain.tensors import parse_tensors
from convcalc.layers.conv import Conv
from convcalc.layers.describe import describe
from convcalc.pages.page import Code, Page
from convcalc.pages.schema import NATURAL, TEXT, PageForm, array_of, exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.errors import Source
    from convcalc.layers.running import Index, Product, Rational, Tap
    from convcalc.network.report import Report, Row

MOST_LINES = 60
"""Products that are listed for people, at most."""


def traced(report: Report, pixel: str, seed: int, source: Source | None = None) -> Page:
    """How one value of the last layer comes about, on the tensors of a file, or on random numbers.

    Raises:
        DescriptionError: the network cannot run, or there is no such value, or the file does not fit.
    """
    require_small(report)
    name, index = checked_index(pixel, report)
    shapes = tensor_shapes(report)
    tensors = parse_tensors(source, shapes) if source else {}
    every = len(tensors) == len(shapes)
    done = run_network(report, seed, tensors)
    chain = [done.rows[name]]
    while is_function(chain[-1]) and chain[-1].node.inputs[0] in done.rows:
        chain.append(done.rows[chain[-1].node.inputs[0]])
    row, *functions = reversed(chain)
    read = done.products(row, index)
    value = done.values[row.node.name][index]
    last = done.values[name][index]
    where = ",".join(map(str, index))
    line = describe(row.node.kind, row.node.layer, row.profile, row.inputs)
    sections = [
        Code("value", "Value", [f"{name}[{where}] = {decimal(last)}"]),
        Code("reads", f"Reads, of {' and '.join(row.node.inputs)}", products(read, row)),
        Code("then", "Then", list(sum_steps(done, row, functions, index, read))),
    ]
    if isinstance(row.node.layer, Conv) and row.node.layer.groups == 1 and row.inputs[0][0] > 1:
        sections.append(Code("types", "The sum, by type of filter", types(done, row, index, read)))
    more = [] if every else ["--seed N has other numbers"]
    sections.append(Code("try", "Try", ["convcalc explain types", *more]))
    about = {
        "seed": seed,
        "layer": row.node.name,
        "index": list(index),
        "sum": str(value),
        "output": str(last),
        "products": [product_told(row, *each) for each in read],
    }
    return Page(f"One value of {report.graph.name}: {line}, on {numbers_origin(source, every=every)}", sections, about)


def product_told(row: Row, tap: Tap, value: Rational, weight: Rational) -> dict[str, Any]:
    """One product, for machines: what is read, where, and what it is weighed with."""
    index = list(tap.place or ())
    return {"input": row.node.inputs[tap.tensor], "index": index, "value": str(value), "weight": str(weight)}


INDEX = array_of(NATURAL)
TRACE_FORM = PageForm(
    {
        "seed": NATURAL,
        "layer": TEXT,
        "index": INDEX,
        "sum": TEXT,
        "output": TEXT,
        "products": array_of(exactly(input=TEXT, index=INDEX, value=TEXT, weight=TEXT)),
    },
    told=True,
)
"""What one value is as JSON."""


def is_function(row: Row) -> bool:
    """Whether a layer makes each value of the one at the same place alone."""
    return row.node.layer.in_place and len(row.inputs) == 1


def numbers_origin(source: Source | None, *, every: bool) -> str:
    """Where the numbers of a trace are from."""
    if source is None:
        return "small random numbers"
    return f"the numbers of {quoted(source.name)}" + ("" if every else ", and small random numbers")


def products(read: list[Product], row: Row) -> list[str]:
    """Each value that is read, its weight if it has one, and what they make."""
    learns = any(tap.weight for tap, _, _ in read)
    several = len(row.node.inputs) > 1
    lines = [f"{'position':>12}  value" + (" · weight = product" if learns else "")]
    for tap, value, weight in read[:MOST_LINES]:
        where = "padding" if tap.place is None else f"[{','.join(map(str, tap.place))}]"
        of = f"{row.node.inputs[tap.tensor]}" if several else ""
        lines.append(
            f"{of}{where:>12}  {decimal(value):>5}"
            + (f" · {decimal(weight):>6} = {decimal(value * weight):>7}" if learns else "")
        )
    more = len(read) - MOST_LINES
    return [*lines, f"and {more:,} more; -f json has all"] if more > 0 else lines


def sum_steps(done: Run, row: Row, functions: list[Row], index: Index, read: list[Product]) -> Iterator[str]:
    """What becomes of the products: their sum, the bias, then each function, once."""
    total = done.values[row.node.name][index]
    bias = done.biases[row.node.name].get(index[:1])
    if done.weights[row.node.name]:
        yield f"sum of {len(read):,} products: {decimal(sum(value * weight for _, value, weight in read))}"
        if bias is not None:
            yield f"plus the bias of filter {index[0]}: {'' if bias < 0 else '+'}{decimal(bias)} = {decimal(total)}"
    else:
        yield f"{row.node.layer.makes or row.node.kind} of {len(read):,} values: {decimal(total)}"
    for each in functions:
        yield f"{each.node.kind} of that, once, after the sum: {decimal(done.values[each.node.name][index])}"


def types(done: Run, row: Row, index: Index, read: list[Product]) -> list[str]:
    """The same sum under each reading of what a filter is: before the bias, and before the activation."""
    own: dict[int, Rational] = {}
    shared: dict[int, Rational] = {}
    weights = done.weights[row.node.name]
    for tap, value, weight in read:
        _, channel, *place = tap.weight or ()
        own[channel] = own.get(channel, 0) + value * weight
        shared[channel] = shared.get(channel, 0) + value * weights[index[0], 0, *place]
    maps, filters = row.inputs[0][0], row.profile.output[0]
    apart = ", ".join(map(decimal, shared.values()))
    return [
        f"Type 1, one slice on each map apart: {apart}, in {maps} of {maps * filters} maps",
        f"Type 2.1, one slice on all maps, added: {added(shared)}",
        f"Type 2.2, a slice for each map, added, as here: {added(own)}",
    ]


def added(parts: Mapping[int, Rational]) -> str:
    """Numbers, and their sum."""
    return f"{' + '.join(f'({decimal(part)})' for part in parts.values())} = {decimal(sum(parts.values()))}"
