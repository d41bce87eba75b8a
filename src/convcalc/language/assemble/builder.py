"""From a description to a network: blocks and loops written out, each layer profiled as it is placed.

After a fault the current tensor is unknown, and what reads it is taken on trust: one run tells all faults that do
not follow from each other.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from convcalc.arithmetic.operations import decide, equal, placed, whole_number, write_message
from convcalc.errors import NOWHERE, Fault, Faults, in_text
from convcalc.language.assemble.head import evaluated_inputs, evaluated_variables
from convcalc.language.assemble.layers import Layers
from convcalc.language.assemble.reader import Reader, reads_channels
from convcalc.language.assemble.site import UNKNOWN_CURSOR, Labels, Shares, Site, Tensor
from convcalc.language.items import Broken, Entry, For, From, Labelled, Sequence, Shared, Written, labels_in
from convcalc.language.plan.check import cycles, description_faults
from convcalc.language.plan.planner import Planner, counted_noun
from convcalc.language.plan.plans import BlockPlan, LayerPlan, read_by, where
from convcalc.language.value import Value
from convcalc.language.words import mentioned
from convcalc.layers.options import show_value
from convcalc.network.graph import Graph
from convcalc.network.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.errors import Place
    from convcalc.language.assemble.site import Cursor
    from convcalc.language.items import Item, Word
    from convcalc.layers.shapes import Shape
    from convcalc.network.widths import Adapt

MOST_LAYERS = 150_000
"""Layers that a description may come to."""

MOST_ITEMS_PLACED = 1_000_000
"""Items that may be placed: loops whose body is empty cost time as well."""

UNUSED = (
    "the projection is not used, as the body keeps the shape; for a branch that is always there, "
    "write shortcut: instead of project:, or add(body | branch) in a line"
)

DEEPEST_ITEMS = 120
"""Levels of items within items, blocks written out."""


class Builder:
    """Places the items of a description one after another.

    A method of `PLACE` takes an item, its site and the current tensors, and tells what is current behind the item.
    """

    def __init__(self, planner: Planner, adapt: Adapt | None, faults: Faults) -> None:
        self.description = planner.description
        self.planner = planner
        self.faults = faults
        self.faults.tell(*self.description.faults)
        self.reader = Reader(self.description, faults)
        self.layers = Layers(planner, adapt, self.reader, lambda shapes: under(planner, adapt, shapes))
        self.projections: dict[Place, bool] = {}
        self.lost = False
        self.steps = 0
        self.latest = NOWHERE
        self.depth = 0

    def check(self) -> None:
        """Tell what is wrong whatever the variables hold, unless that is known to be nothing.

        Raises:
            DescriptionError: blocks have no end, so that nothing can be placed.
        """
        if self.planner.sound:
            return
        misnamed = self.description.misnamed
        before = len(self.faults)
        for fault in description_faults(self.description, self.planner):
            if not (misnamed and (place := in_text(fault.place)) and mentioned(place, misnamed)):
                self.faults.tell(fault)
        if endless := list(cycles(self.description)):
            self.faults.tell(*endless)
            self.faults.stop()
        self.planner.sound = len(self.faults) == before

    def report(self) -> Report:
        """The whole network."""
        self.head()
        cursor = self.place(self.description.item, self.reader.file, tuple(self.reader.file.labels.values()))
        outputs = self.outputs(cursor)
        self.faults.stop()
        if self.lost:
            raise AssertionError("an item was lost without a fault")
        self.faults.tell(*self.unread(outputs))
        self.faults.stop()
        rows, inputs = tuple(self.layers.rows.values()), self.layers.inputs
        numbered = self.layers.given | self.reader.file.names.rounds
        graph = Graph(self.description.name, inputs, tuple([row.node for row in rows]), outputs, numbered)
        unused = [f"{place}: {UNUSED}" for place, used in self.projections.items() if not used]
        return Report(graph, rows, (*self.description.doubts, *unused))

    def head(self) -> None:
        """Evaluate the variables and the shapes of the inputs."""
        variables = evaluated_variables(self.description.variables, self.faults)
        shapes = evaluated_inputs(self.description, variables, self.faults)
        self.layers.inputs = {name: shape for name, shape in shapes.items() if shape is not None}
        labels = Labels({name: Tensor(name, shape) for name, shape in shapes.items()})
        self.reader.file = self.reader.file._replace(variables=variables, labels=labels)

    def outputs(self, cursor: Cursor) -> tuple[str, ...]:
        """What the network is for: the tensors listed as outputs, or the last."""
        if not self.description.outputs:
            return tuple([tensor.name for tensor in cursor])
        return tuple([self.reader.named(word, self.reader.file).name for word in self.description.outputs])

    def unread(self, outputs: tuple[str, ...]) -> list[Fault]:
        """A result that goes nowhere is a mistake."""
        used = self.layers.read.union(outputs)
        ways = "try: read it, with from: or @ and a label, list its label under outputs:, or leave it out"
        nothing = [] if self.layers.rows else [Fault("no-layers", "the network has no layers", self.description.place)]
        unread_inputs = [
            Fault("unread-result", f"nothing reads the input {name}", self.description.inputs[name].place)
            for name in self.layers.inputs
            if name not in used
        ]
        return (
            nothing
            + unread_inputs
            + [
                Fault("unread-result", f"nothing reads the result of {name}", row.node.place, name, (ways,))
                for name, row in self.layers.rows.items()
                if name not in used
            ]
        )

    def place(self, item: Item, site: Site, cursor: Cursor) -> Cursor:
        """Place an item behind the current tensors; what it makes is current then."""
        self.step(site.base)
        self.depth += 1
        if self.depth > DEEPEST_ITEMS:
            self.faults.tell(
                Fault(
                    "beyond-limits", f"items must be nested at most {DEEPEST_ITEMS} deep, blocks written out", site.base
                )
            )
            self.faults.stop()
        cursor = PLACE[type(item)](self, item, site, cursor)
        self.lost = self.lost or cursor is UNKNOWN_CURSOR
        self.depth -= 1
        return cursor

    def step(self, place: Place) -> None:
        """Count what is placed, so that no small file takes for ever.

        Raises:
            DescriptionError: it is too much.
        """
        placed()
        self.steps += 1
        self.latest = self.latest if place is NOWHERE else place
        if self.steps > MOST_ITEMS_PLACED or len(self.layers.rows) >= MOST_LAYERS:
            self.faults.tell(Fault("beyond-limits", f"a network must have at most {MOST_LAYERS:,} layers", self.latest))
            self.faults.stop()

    def written(self, item: Written, site: Site, cursor: Cursor) -> Cursor:
        """What stands at a place of its own."""
        return self.place(item.item, site.at(item.place), cursor)

    def broken(self, _item: Broken, _site: Site, _cursor: Cursor) -> Cursor:
        """What could not be read makes something unknown."""
        return UNKNOWN_CURSOR

    def sequence(self, item: Sequence, site: Site, cursor: Cursor) -> Cursor:
        """Items one after another, as often as it says."""
        inner = site.within() if item.times is None else site.loop()

        def once(cursor: Cursor) -> Cursor:
            for each in item.items:
                cursor = self.place(each, inner, cursor)
            return cursor

        return once(cursor) if item.times is None else self.repeated(item, item.times, inner, cursor, once)

    def repeated(
        self, item: Item, times: Value, site: Site, cursor: Cursor, once: Callable[[Cursor], Cursor]
    ) -> Cursor:
        """Place an item as often as `times` says, `once` for each round, or until it has a fault."""
        place = where(times, site.base)
        number = self.reader.evaluated(times, site, cursor)
        if number is None:
            return self.stopped(item, site)
        known = whole_number(number)
        if not (hasattr(known, "__index__") and decide(known >= 0) and decide(known <= MOST_LAYERS)):
            template = "a repetition must be a whole number from 0 to {most:,}, but got {number}"
            message = write_message(template, most=MOST_LAYERS, number=partial(show_value, number))
            self.faults.tell(Fault("wrong-repetition", message, place, notes=read_by(times, site.variables)))
            return self.stopped(item, site)
        if decide(known < 1):
            site.labels.skipped[place] = item, 0
        before = len(self.faults)
        done = 0
        while decide(done < known):  # not the number itself: a fault in the third round is the same for all above two
            done += 1
            self.step(place)
            cursor = once(cursor)
            if len(self.faults) > before:
                return self.stopped(item, site)
        return cursor

    def stopped(self, item: Item, site: Site) -> Cursor:
        """What a loop makes that a fault has stopped: nothing is known of its labels either."""
        site.labels.update(dict.fromkeys(labels_in(item), UNKNOWN_CURSOR[0]))
        return UNKNOWN_CURSOR

    def labelled(self, item: Labelled, site: Site, cursor: Cursor) -> Cursor:
        """An item whose last result can be read by name from here on."""
        label = item.label.text
        place = where(item.label, site.base)
        cursor = self.place(item.item, site.within()._replace(label=label), cursor)
        if not site.looped:
            if label in site.labels.once:
                self.faults.tell(Fault("given-twice", f"the label {label} is set twice", place))
            site.labels.once.add(label)
        if len(cursor) > 1:
            self.faults.tell(
                Fault("several-tensors", f"the label {label} must name one tensor, but there are {len(cursor)}", place)
            )
        site.labels[label] = cursor[0]
        return cursor

    def move(self, item: From, site: Site, _cursor: Cursor) -> Cursor:
        """Make other tensors current."""
        return tuple([self.reader.named(label, site) for label in item.labels])

    def loop(self, item: For, site: Site, cursor: Cursor) -> Cursor:
        """An item for each round of the variables."""
        known = self.reader.variables_of(item, site, cursor)
        if known is None:
            return self.stopped(item, site)
        before = len(self.faults)
        inner = site.loop()
        followed = {word.text for word, values in item.variables if reads_channels(values, site)}
        inner = inner._replace(following=site.following.difference(known) | followed)
        place = where(item.at, site.base)
        rounds = list(zip(*known.values(), strict=True))
        if len(rounds) <= (item.between is not None):
            site.labels.skipped[place] = item.between if rounds and item.between else item, len(rounds)
        for index, values in enumerate(rounds):
            self.step(place)
            if len(self.faults) > before:
                return self.stopped(item, site)
            if index and item.between is not None:
                cursor = self.place(item.between, inner, cursor)
            inner = inner._replace(variables={**site.variables, **dict(zip(known, values, strict=True))})
            cursor = self.place(item.item, inner, cursor)
        return cursor

    def entry(self, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """A layer, a join, a residual or a block, as often as it says."""
        plan = self.planner.plan(entry, site.base)
        if plan is None:
            return UNKNOWN_CURSOR
        if entry.times is None:
            return self.planned(plan, entry, site, cursor)
        inner = site.loop()
        return self.repeated(entry, entry.times, inner, cursor, lambda cursor: self.planned(plan, entry, inner, cursor))

    def planned(self, plan: LayerPlan | BlockPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """What an entry asks for, once, with the weights that it shares if it does."""
        if entry.share is None:
            return self.unshared(plan, entry, site, cursor)
        return self.sharing(entry.share, site, lambda site: self.unshared(plan, entry, site, cursor))

    def shared(self, item: Shared, site: Site, cursor: Cursor) -> Cursor:
        """An item whose weights have a name."""
        return self.sharing(item.share, site, lambda site: self.place(item.item, site, cursor))

    def sharing(self, share: Word, site: Site, place: Callable[[Site], Cursor]) -> Cursor:
        """Place something whose weights are those of all that has the same name."""
        use = site.shares.use(share.text)
        before = len(self.faults)
        cursor = place(site._replace(use=use))
        if use.weights.layers is None:
            use.weights.layers = use.layers
        known = len(self.faults) == before and all(tensor.shape for tensor in cursor)
        if use.weights.layers != use.layers and known:
            here = f"here {'is' if use.layers == 1 else 'are'} {use.layers}"
            message = f"share={share.text} is for {counted_noun(use.weights.layers, 'layer')} that learn, but {here}"
            self.faults.tell(Fault("shared-weights", message, where(share, site.base)))
        return cursor

    def unshared(self, plan: LayerPlan | BlockPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """What an entry asks for, once."""
        if isinstance(plan, BlockPlan):
            return self.block(plan, entry, site, cursor)
        if entry.kind.text == "residual":
            return self.residual(plan, entry, site, cursor)
        if not entry.branches and not entry.labels:
            return self.layers.place(plan, entry, site, cursor)
        inner = site.within() if entry.branches else site
        ends = [end for branch in entry.branches for end in self.place(branch, inner, cursor)]
        labels = [self.reader.named(word, site) for word in entry.labels]
        return self.layers.place(plan, entry, inner, (*(ends if entry.branches else cursor), *labels))

    def block(self, plan: BlockPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """The item of a block under its parameters: it sees the file's variables and labels, not its caller's."""
        variables = dict(self.reader.file.variables)
        following: set[str] = set()
        for name, default in plan.block.parameters.items():
            given = name in plan.arguments
            value = plan.arguments[name] if given else default
            reader = site if given else self.reader.file._replace(variables=variables, following=frozenset(following))
            held = None if value is None else self.reader.evaluated(value, reader, cursor)
            if held is None:
                return UNKNOWN_CURSOR
            if reads_channels(value, reader):
                following.add(name)
            variables[name] = held
        name = self.layers.name(site, plan.block.name)
        self.layers.calls.append(f"in {name}, called at {where(entry.kind, site.base)}")
        inner = Site(
            variables,
            Labels(),
            Shares(f"{name.replace('.', '_')}_", self.reader.file.shares.taken, site.use),
            site.names.inside(name),
            outside=self.reader.file,
            base=plan.block.place,
            use=site.use,
            following=frozenset(following),
        )
        cursor = self.place(plan.block.item, inner, cursor)
        self.layers.calls.pop()
        return cursor

    def residual(self, plan: LayerPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """What is added to the result of a body: its input, projected where the body changes the shape."""
        inner = site.within()
        body, *project = entry.branches
        result = self.place(body, inner, cursor)
        if len(cursor) != 1:
            message = f"residual needs one current tensor, but there are {len(cursor)}"
            self.faults.tell(Fault("several-tensors", message, where(entry.kind, site.base)))
            return UNKNOWN_CURSOR
        shortcut: Cursor = cursor
        if project:
            place = beginning(project[0], site.base)
            used = not same_shapes(result, cursor)
            self.projections[place] = self.projections.get(place, False) or used
            shortcut = self.place(project[0], inner, cursor) if used else cursor
        return self.layers.place(plan, entry, inner, (*result, *shortcut))


def under(planner: Planner, adapt: Adapt | None, shapes: Mapping[str, Shape]) -> Report:
    """The network under other inputs, to find some that are accepted.

    Raises:
        DescriptionError: it does not accept these.
    """
    inputs = {name: Value(name, 0, (), None, (), None, shape) for name, shape in shapes.items()}
    return Builder(planner.under(inputs), adapt, Faults(hasty=True)).report()


def beginning(item: Item, base: Place) -> Place:
    """Where an item begins, in a line that begins at `base`."""
    match item:
        case Written():
            return beginning(item.item, item.place)
        case Sequence(items=(first, *_)):
            return beginning(first, base)
        case Entry(kind=word) | Labelled(label=word) | For(at=word) | Shared(share=word) | From(labels=(word, *_)):
            return where(word, base)
        case _:
            return base


def same_shapes(result: Cursor, cursor: Cursor) -> bool:
    """Whether a body leaves the shape of its one input as it is."""
    shapes = [tensor.shape for tensor in (*result, *cursor)]
    if len(result) != 1 or len(cursor) != 1 or shapes[0] is None or shapes[1] is None:
        return False
    pairs = zip(shapes[0], shapes[1], strict=False)
    return len(shapes[0]) == len(shapes[1]) and all(decide(equal(one, other)) for one, other in pairs)


PLACE: dict[type, Callable[..., Cursor]] = {
    Entry: Builder.entry,
    Sequence: Builder.sequence,
    Labelled: Builder.labelled,
    For: Builder.loop,
    From: Builder.move,
    Shared: Builder.shared,
    Written: Builder.written,
    Broken: Builder.broken,
}
"""How each form of an item is placed."""
