"""A network as a description that gives it again: every layer in a line, blocks and loops written out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.language.read.line import NAME
from convcalc.language.words import TAKEN, numbered
from convcalc.layers.describe import default, option_shown
from convcalc.layers.kinds import NORMS
from convcalc.layers.options import schema, show_value
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.layers.base import Layer
    from convcalc.network.graph import Graph, Node
    from convcalc.network.report import Report

PLAIN_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._(),+/×·-]*", re.ASCII)


def description_text(report: Report) -> str:
    """The description of a network, in YAML."""
    return "".join(f"{line}\n" for line in Writer(report.graph).lines())


class Writer:
    """Writes one network, line by line; layers that are read from elsewhere, or have names of their own, get labels."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.groups = with_attached(graph)
        self.labels: dict[str, str] = {}
        self.name_layers()

    def name_layers(self) -> None:
        """Label each layer, unless it has its name without a label and no later line names it."""
        current = tuple(self.graph.inputs)
        wanted = set(self.graph.outputs) if self.graph.outputs != (self.groups[-1][-1].name,) else set()
        for group in self.groups:
            wanted.update(tensors_to_name(group[0].inputs, current))
            current = (group[-1].name,)
        numbers: dict[str, int] = {}
        taken = {*self.graph.inputs, *(node.share for node in self.graph.nodes)}
        for group in self.groups:
            host, end = group[0], group[-1].name
            number = numbers.get(host.kind, 0) + 1
            natural = numbered(host.kind, number)
            if host.name == natural and end not in wanted:
                numbers[host.kind] = number
                taken.add(natural)
                continue
            label = label_of(host.name, taken)
            taken.add(label)
            self.labels[end] = label

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        yield f"name: {quoted_name(self.graph.name)}"
        shapes = self.graph.inputs
        if set(shapes) == {"input"}:
            yield f"input: {show_shape(shapes['input'])}"
        else:
            yield f"inputs: {{{', '.join(f'{name}: {show_shape(shape)}' for name, shape in shapes.items())}}}"
        if self.graph.outputs != (self.groups[-1][-1].name,):
            yield f"outputs: [{', '.join(self.label(name) for name in self.graph.outputs)}]"
        yield "layers:"
        current = tuple(shapes)
        for group in self.groups:
            inputs = group[0].inputs
            names = tensors_to_name(inputs, current)
            if inputs[0] in names:
                yield f"  - from: {self.label(inputs[0])}"
            yield f"  - {self.item(group, [name for name in inputs[1:] if name in names])}"
            current = (group[-1].name,)

    def label(self, name: str) -> str:
        """The label of a tensor, or the name of an input."""
        return self.labels.get(name, name)

    def item(self, group: Sequence[Node], others: Sequence[str]) -> str:
        """One layer with what is attached to it, and the tensors that it joins."""
        host, *attached = group
        label = self.labels.get(group[-1].name)
        words = [host.kind, *options(host.kind, host.layer), *bias(host, attached), *[node.kind for node in attached]]
        words += ["fixed"] * host.fixed + [f"share={host.share}"] * bool(host.share)
        words += [f"@{self.label(name)}" for name in others]
        line = " ".join(words)
        return f"{label}: {line}" if label else line


def tensors_to_name(inputs: tuple[str, ...], current: tuple[str, ...]) -> tuple[str, ...]:
    """The tensors that a layer must name to read them: not the current one, nor all of several that are current."""
    if inputs == current:
        return ()
    return inputs[1:] if current == inputs[:1] else inputs


def with_attached(graph: Graph) -> list[list[Node]]:
    """Each layer with what a line attaches to it; what is attached otherwise than a line can say is a layer itself."""
    groups: list[list[Node]] = []
    read: dict[str, int] = {}
    for node in graph.nodes:
        for name in node.inputs:
            read[name] = read.get(name, 0) + 1
    for node in graph.nodes:
        last = groups[-1] if groups else []
        fits = (
            node.host
            and last
            and node.host == last[0].name
            and node.inputs == (last[-1].name,)
            and read[last[-1].name] == 1
            and last[-1].name not in graph.outputs
            and not (len(last) > 1 and node.kind in NORMS)
            and not any(options(node.kind, node.layer))
        )
        if fits:
            last.append(node)
        else:
            groups.append([node])
    return groups


def options(kind: str, layer: Layer) -> Iterator[str]:
    """The options of a layer as its author would write them, its bias apart."""
    for option in schema(kind).values():
        value: Any = getattr(layer, option.name)
        if option.name == "kernel_size":
            yield kernel_text(layer)
        elif option.name in ("stride", "bias"):
            continue
        elif option.required or value != default(layer, option.name):
            yield option_shown(kind, option, value)


def kernel_text(layer: Layer) -> str:
    """A kernel, and its stride where that is not the default."""
    kernel, stride = (getattr(layer, name) for name in ("kernel_size", "stride"))
    shown = show_value(kernel)
    return shown if stride == default(layer, "stride") else f"{shown}/{show_value(stride)}"


def bias(host: Node, attached: Sequence[Node]) -> Iterator[str]:
    """The word for a bias, where a line without it would have the other."""
    if "bias" in schema(host.kind):
        normed = any(node.kind in NORMS for node in attached)
        has: bool = getattr(host.layer, "bias")  # noqa: B009  # not all layers have one
        if has != (default(host.layer, "bias") and not normed):
            yield "bias" if has else "-bias"


def label_of(name: str, taken: set[str]) -> str:
    """A label that is like the name of a layer, and is not taken."""
    plain = name.replace(".", "_")
    plain = plain if NAME.fullmatch(plain) and plain not in TAKEN else f"layer_{plain}"
    label, number = plain, 2
    while label in taken:
        label = f"{plain}_{number}"
        number += 1
    return label


def quoted_name(name: str) -> str:
    """The name of a network as YAML reads it."""
    if PLAIN_TEXT.fullmatch(name) and not name.endswith(" "):
        return name
    return f'"{"".join(map(escaped_char, name))}"'


def escaped_char(char: str) -> str:
    """A character between double quotes, in ASCII: YAML knows no pairs of surrogates, as JSON does."""
    if char in '"\\':
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() else f"\\U{ord(char):08x}"
