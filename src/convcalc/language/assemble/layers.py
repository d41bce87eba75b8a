"""One layer after another: made of its plan, named, profiled, and told of where it does not fit."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import product
from convcalc.errors import MOST_FAULTS, Fault, RuleError
from convcalc.language.assemble.reader import Reader, reads_channels
from convcalc.language.assemble.site import UNKNOWN_CURSOR, Site, Tensor, Unknown
from convcalc.language.plan.planner import never_written
from convcalc.language.plan.plans import LayerPlan, OptionFault, read_by, where
from convcalc.language.value import Value
from convcalc.layers.kinds import JOINS, kind_class
from convcalc.layers.shapes import show_shape
from convcalc.network.graph import Node
from convcalc.network.profiling import Profiler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.errors import Place
    from convcalc.language.assemble.site import Cursor, Use
    from convcalc.language.items import Entry
    from convcalc.language.plan.planner import Planner
    from convcalc.layers.base import Layer
    from convcalc.layers.shapes import Shape
    from convcalc.network.input_sizes import Resized
    from convcalc.network.report import Row
    from convcalc.network.widths import Adapt, Width, WrittenWidth


class Layers:
    """The layers of a network, placed one after another; those that have a width are placed as `adapt` returns them.

    `given` are names that end in a number which nobody gave, `calls` says in which blocks the current layer is. The
    whole network `under` other inputs is asked for where a layer does not fit.
    """

    def __init__(self, planner: Planner, adapt: Adapt | None, reader: Reader, under: Resized) -> None:
        self.description = planner.description
        self.planner = planner
        self.adapt = adapt
        self.reader = reader
        self.faults = reader.faults
        self.under = under
        self.inputs: Mapping[str, Shape] = {}
        self.rows: dict[str, Row] = {}
        self.profiler = Profiler()
        self.latest_made: dict[LayerPlan, tuple[Mapping[str, Any], Layer]] = {}
        self.written_widths: dict[tuple[LayerPlan, frozenset[str]], WrittenWidth | None] = {}
        self.read: set[str] = set()
        self.given: set[str] = set()
        self.calls: list[str] = []

    def place(self, plan: LayerPlan, entry: Entry, site: Site, inputs: Cursor) -> Cursor:
        """The layer of a plan on its inputs, then its norm, then its activation."""
        name = self.name(site, plan.kind)
        place = where(entry.kind, site.base)
        if len(inputs) > 1 and (twice := given_twice(inputs)):
            notes = ("a join takes the current tensor in any case; @ names the others",) if entry.labels else ()
            how = "joins" if plan.kind in JOINS else "reads"
            self.faults.tell(Fault("given-twice", f"{plan.kind} {how} {twice[0]} twice", place, name, notes))
            return UNKNOWN_CURSOR
        try:
            current = inputs[: len(inputs) - len(entry.labels)] or inputs  # C is of what is current, and not of labels
            layer = plan.constant or self.made(plan, site, current)
        except OptionFault as error:
            fault = error.fault._replace(place=error.fault.place or place)
            self.faults.tell(fault._replace(layer=name, notes=(*fault.notes, *self.calls[-1:])))
            return UNKNOWN_CURSOR
        except Unknown as unknown:
            self.reader.unset(unknown.name, site, place)
            return UNKNOWN_CURSOR
        if self.adapt is not None and (width := self.width(plan, name, layer, site)):
            layer = self.adapt(width, layer)
        self.follow(plan, layer, current[0].shape, site.base)
        reads = tuple([tensor.name for tensor in inputs])
        node = Node(name, plan.kind, layer, reads, "", plan.fixed, place=place)
        try:
            tensor = self.emit(node, inputs, site.use)
            for kind in plan.attached:
                own = f"{name}.{kind}" if site.label else self.name(site, kind)
                node = Node(own, kind, without_options(kind), (tensor.name,), name, place=place)
                tensor = self.emit(node, (tensor,), site.use)
        except RuleError as error:
            self.misfit(error, node, inputs, entry, site)
            return UNKNOWN_CURSOR
        return (tensor,)

    def follow(self, plan: LayerPlan, layer: Layer, x: Shape | None, base: Place) -> None:
        """Say what each option that is never written comes to, where the shape that the layer reads is known."""
        for word in plan.needless if x else ():
            better = never_written(word, base, followed(word.text, layer, x or ()))
            self.faults.restate(never_written(word, base), better)

    def made(self, plan: LayerPlan, site: Site, current: Cursor) -> Layer:
        """The layer of a plan; where it reads nothing but variables, and they are those of the last time, made once."""
        variables, layer = self.latest_made.get(plan, (None, None))
        if layer is not None and variables is site.variables:
            return layer
        layer = plan.layer(site.reading(current), self.reader.file.reading(current), site.base)
        if plan.names <= site.variables.keys():
            self.latest_made[plan] = site.variables, layer
        return layer

    def width(self, plan: LayerPlan, name: str, layer: Layer, site: Site) -> Width | None:
        """The width of a layer, if it has one; what its line says of it is looked up once."""
        key = plan, site.following
        if key not in self.written_widths:
            self.written_widths[key] = self.written_width(plan, site)
        written = self.written_widths[key]
        return None if written is None else written.of(name, layer, site.base)

    def written_width(self, plan: LayerPlan, site: Site) -> WrittenWidth | None:
        """What a line says of the width of its layer, none if it has none."""
        from convcalc.network.widths import WrittenWidth

        option = kind_class(plan.kind).width
        if option not in plan.settings:
            return None
        setting = plan.settings[option]
        follows = reads_channels(setting.value, site)
        literal = isinstance(setting.value, Value) and not setting.value.names
        groups = plan.settings.get("groups")
        groups_follow = groups is not None and reads_channels(groups.value, site)
        expression = setting.value.expression if isinstance(setting.value, Value) else None
        return WrittenWidth(plan.kind, plan.fixed, follows, literal, groups_follow, setting.place, expression)

    def name(self, site: Site, word: str) -> str:
        """The name of a node or a block that is taken by no other."""
        if site.label and not site.looped:
            return f"{site.names.prefix}{site.label}"
        while True:
            name = site.names.numbered(site.label or word)
            local = name.removeprefix(site.names.prefix)
            if name not in self.given and local not in self.description.labels and local not in self.reader.file.labels:
                self.given.add(name)
                return name

    def emit(self, node: Node, inputs: Cursor, use: Use | None) -> Tensor:
        """Add a node to the network, profiled; if it learns, its weights may be those of a use.

        Raises:
            RuleError: it cannot be applied to its inputs.
        """
        shapes = tuple([tensor.shape for tensor in inputs if tensor.shape is not None])
        if len(shapes) < len(inputs):
            return Tensor(node.name, None)
        profile = self.profiler.profile(node.kind, node.layer, shapes)
        if node.name in self.rows and not self.faults:
            self.faults.tell(Fault("name-taken", f"the name {node.name} is taken", node.place))
        if use and (profile.params or profile.statistics):
            node = node._replace(share=use.next())
        self.rows[node.name] = self.profiler.row(node, shapes, profile)
        self.read.update(node.inputs)
        return Tensor(node.name, profile.output)

    def misfit(self, error: RuleError, node: Node, inputs: Cursor, entry: Entry, site: Site) -> None:
        """Tell why a layer cannot be applied, from where its input comes, and what would help.

        A hasty build is a trial whose notes nobody reads: looking for ways out would only take time.
        """
        from convcalc.language.assemble.misfits import (  # most networks fit
            Misfit,
            input_origin,
            ways_by_trial,
            ways_out,
        )

        misfit = Misfit(error, node, inputs, entry)
        plan = self.planner.plan(entry, site.base)
        setting = plan.settings.get(error.option) if isinstance(plan, LayerPlan) else None
        place = setting.place(site.base) if setting else node.place
        if self.faults.hasty:
            self.faults.tell(Fault(error.code, str(error), place, node.name))
        notes = [input_origin(node, tensor, self.rows) for tensor in inputs]
        notes += read_by(setting.value, site.variables) if setting else ()
        if len(self.faults) < MOST_FAULTS:
            notes += ways_by_trial(misfit, self.rows, self.inputs, None if self.faults else self.under)
        notes += ways_out(misfit, self.rows)
        self.faults.tell(Fault(error.code, str(error), place, node.name, (*notes, *self.calls[-1:])))


def followed(option: str, layer: Layer, x: Shape) -> str:
    """What an option that is never written comes to, for a layer that reads `x`."""
    together = getattr(layer, "over", "channels") == "all"
    if option == "input_shape" or (together and option == "normalized_shape"):
        return show_shape(x)
    return str(product(x) if together else x[0])


def given_twice(cursor: Cursor) -> list[str]:
    """Names of tensors that stand there more than once."""
    names = Counter(tensor.name for tensor in cursor if tensor.shape)
    return [name for name, times in names.items() if times > 1]


@cache
def without_options(kind: str) -> Layer:
    """A layer of a kind that needs no options."""
    return kind_class(kind)()
