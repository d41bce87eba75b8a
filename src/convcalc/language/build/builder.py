"""From a description to a network: blocks and loops written out, each layer profiled as it is placed.

After a fault the current tensor is unknown, and what reads it is taken on trust: one run tells all faults that do
not follow from each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import current_domain, decide, equal, placed, product, symbolic, whole
from convcalc.errors import MOST_FAULTS, NOWHERE, Fault, Faults, RuleError, guess, quoted
from convcalc.language.build.advice import advice, strided
from convcalc.language.build.head import evaluated_inputs, evaluated_variables, unknown_settings
from convcalc.language.build.site import UNKNOWN, Labels, Names, Shares, Site, Tensor, Unknown
from convcalc.language.items import Broken, Entry, For, From, Labelled, Sequence, Shared, Written, labels_in
from convcalc.language.plan.check import check, cycles
from convcalc.language.plan.planner import (
    BlockPlan,
    LayerPlan,
    OptionFault,
    Planner,
    count,
    explained,
    never_written,
    read_by,
    where,
)
from convcalc.language.value import Value, ValueFault
from convcalc.language.words import CHANNELS, JOINS, mentioned
from convcalc.layers import kind_class
from convcalc.layers.options import show
from convcalc.layers.shapes import show as show_shape
from convcalc.network.graph import Graph, Node
from convcalc.network.profiling import apply, charged
from convcalc.network.report import Report, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.errors import Place
    from convcalc.language.build.site import Cursor, Use
    from convcalc.language.description import Description, Variables
    from convcalc.language.items import Item, Word
    from convcalc.layers import Layer, Profile
    from convcalc.layers.shapes import Shape
    from convcalc.network.widths import Adapt, Width, WrittenWidth

MOST_LAYERS = 150_000
"""Layers that a description may come to."""

MOST_STEPS = 1_000_000
"""Items that may be placed: loops whose body is empty cost time as well."""

WHERE_LABELS_ARE_KNOWN = "a label is known below its item; one that is set in a block, only inside"

UNUSED = (
    "the projection is not used, as the body keeps the shape; for a branch that is always there, "
    "write shortcut: instead of project:, or add(body | branch) in a line"
)

DEEPEST = 120
"""Levels of items within items, blocks written out."""


def build(
    description: Description,
    variables: Variables | None = None,
    inputs: Mapping[str, Value] | None = None,
    adapt: Adapt | None = None,
    *,
    hasty: bool = False,
) -> Report:
    """The network of a description, profiled; `variables` and `inputs` take the place of the description's own.

    Layers that have a width are placed as `adapt` returns them.

    Raises:
        DescriptionError: with all faults of the description that do not follow from each other, or the first that is
            met, where `hasty`.
    """
    return build_planned(planned(description, variables or {}, inputs or {}), adapt, hasty=hasty)


def build_planned(planner: Planner, adapt: Adapt | None = None, *, hasty: bool = False) -> Report:
    """The network of a description for which there is a planner, as `build` makes it.

    Raises:
        DescriptionError: as `build`.
    """
    builder = Builder(planner, adapt, Faults(hasty=hasty))
    builder.check()
    return builder.report()


def require_sound(planner: Planner) -> None:
    """State that a description has no fault that does not hang on what its variables hold.

    Raises:
        DescriptionError: it has.
    """
    builder = Builder(planner, None, Faults())
    builder.check()
    builder.faults.stop()


def input_shapes(planner: Planner) -> Mapping[str, Shape]:
    """The shapes of the inputs of a description, whether or not its layers accept them.

    Raises:
        DescriptionError: an input or a variable has a fault.
    """
    builder = Builder(planner, None, Faults())
    builder.head()
    builder.faults.stop()
    return builder.inputs


def planned(own: Description, variables: Variables, inputs: Mapping[str, Value]) -> Planner:
    """What plans the layers of a description whose variables and inputs have others in their place."""
    known = {name: shape for name, shape in inputs.items() if name in own.inputs or not own.inputs}
    given = {**own.inputs, **known}
    unknown = *unknown_settings("variable", variables, own.variables), *unknown_settings("input", inputs, given)
    variables = {**own.variables, **variables}
    return Planner(replace(own, variables=variables, inputs=given, faults=(*own.faults, *unknown)))


class Builder:
    """Places the items of a description one after another.

    A method of `PLACE` takes an item, its site and the current tensors, and tells what is current behind the item.
    """

    def __init__(self, planner: Planner, adapt: Adapt | None, faults: Faults) -> None:
        self.description = planner.description
        self.adapt = adapt
        self.planner = planner
        self.faults = faults
        self.faults.tell(*self.description.faults)
        self.shares = set(self.description.shares)
        self.file = Site({}, Labels(), Shares("", self.shares), Names())
        self.rows: dict[str, Row] = {}
        self.inputs: dict[str, Shape] = {}
        self.latest_made: dict[LayerPlan, tuple[Mapping[str, Any], Layer]] = {}
        self.profiles: dict[tuple[Layer, tuple[Shape, ...]], Profile] = {}
        self.written_widths: dict[tuple[LayerPlan, frozenset[str]], WrittenWidth | None] = {}
        self.charges: dict[str, Row] = {}
        self.projections: dict[Place, bool] = {}
        self.read: set[str] = set()
        self.given: set[str] = set()
        self.calls: list[str] = []
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
        for fault in check(self.description, self.planner):
            if not (misnamed and fault.place and mentioned(fault.place, misnamed)):
                self.faults.tell(fault)
        if endless := list(cycles(self.description)):
            self.faults.tell(*endless)
            self.faults.stop()
        self.planner.sound = len(self.faults) == before

    def report(self) -> Report:
        """The whole network."""
        self.head()
        cursor = self.place(self.description.item, self.file, tuple(self.file.labels.values()))
        outputs = self.outputs(cursor)
        self.faults.stop()
        if self.lost:
            raise AssertionError("an item was lost without a fault")
        self.faults.tell(*self.unread(outputs))
        self.faults.stop()
        nodes = tuple([row.node for row in self.rows.values()])
        graph = Graph(self.description.name, self.inputs, nodes, outputs, self.given | self.file.names.rounds)
        unused = [f"{place}: {UNUSED}" for place, used in self.projections.items() if not used]
        return Report(graph, tuple(self.rows.values()), (*self.description.doubts, *unused))

    def head(self) -> None:
        """Evaluate the variables and the shapes of the inputs."""
        variables = evaluated_variables(self.description.variables, self.faults)
        shapes = evaluated_inputs(self.description, variables, self.faults)
        self.inputs = {name: shape for name, shape in shapes.items() if shape is not None}
        labels = Labels({name: Tensor(name, shape) for name, shape in shapes.items()})
        self.file = self.file._replace(variables=variables, labels=labels)

    def outputs(self, cursor: Cursor) -> tuple[str, ...]:
        """What the network is for: the tensors listed as outputs, or the last."""
        if not self.description.outputs:
            return tuple([tensor.name for tensor in cursor])
        return tuple([self.named(word, self.file).name for word in self.description.outputs])

    def unread(self, outputs: tuple[str, ...]) -> list[Fault]:
        """A result that goes nowhere is a mistake."""
        used = self.read.union(outputs)
        ways = "try: read it, with from: or @ and a label, list its label under outputs:, or leave it out"
        nothing = [] if self.rows else [Fault("no-layers", "the network has no layers", self.description.place)]
        unread_inputs = [
            Fault("unread-result", f"nothing reads the input {name}", self.description.inputs[name].place)
            for name in self.inputs
            if name not in used
        ]
        return (
            nothing
            + unread_inputs
            + [
                Fault("unread-result", f"nothing reads the result of {name}", row.node.place, name, (ways,))
                for name, row in self.rows.items()
                if name not in used
            ]
        )

    def place(self, item: Item, site: Site, cursor: Cursor) -> Cursor:
        """Place an item behind the current tensors; what it makes is current then."""
        self.step(site.base)
        self.depth += 1
        if self.depth > DEEPEST:
            self.faults.tell(
                Fault("beyond-limits", f"items must be nested at most {DEEPEST} deep, blocks written out", site.base)
            )
            self.faults.stop()
        cursor = PLACE[type(item)](self, item, site, cursor)
        self.lost = self.lost or cursor is UNKNOWN
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
        if self.steps > MOST_STEPS or len(self.rows) >= MOST_LAYERS:
            self.faults.tell(Fault("beyond-limits", f"a network must have at most {MOST_LAYERS:,} layers", self.latest))
            self.faults.stop()

    def written(self, item: Written, site: Site, cursor: Cursor) -> Cursor:
        """What stands at a place of its own."""
        return self.place(item.item, site.at(item.place), cursor)

    def broken(self, _item: Broken, _site: Site, _cursor: Cursor) -> Cursor:
        """What could not be read makes something unknown."""
        return UNKNOWN

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
        number = self.evaluated(times, site, cursor)
        if number is None:
            return self.stopped(item, site)
        known = whole(number)
        if not (hasattr(known, "__index__") and decide(known >= 0) and decide(known <= MOST_LAYERS)):
            message = f"a repetition must be a whole number from 0 to {MOST_LAYERS:,}, but got {show(number)}"
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
        site.labels.update(dict.fromkeys(labels_in(item), UNKNOWN[0]))
        return UNKNOWN

    def evaluated(self, value: Value, site: Site, cursor: Cursor) -> Any:  # noqa: ANN401  # a number, sizes, a list, a tensor
        """What a value comes to, none if it has a fault."""
        environment = site.reading(cursor)
        try:
            return value.evaluate(environment)
        except ValueFault as fault:
            self.faults.tell(explained(fault, value, environment, where(value, site.base)))
        except Unknown as unknown:
            self.unset(unknown.name, site, where(value, site.base))
        return None

    def unset(self, label: str, site: Site, place: Place) -> None:
        """Tell of a label that is read where it is not set; other unknown names have been told."""
        if label in self.description.labels:
            why = WHERE_LABELS_ARE_KNOWN
            if loop := site.skipping(label):
                at, rounds = loop
                why = f"the loop at {at} sets it, but had {'one round' if rounds else 'no rounds'}"
            self.faults.tell(Fault("unknown-label", f"the label {label} is not set here", place, notes=(why,)))

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
        return tuple([self.named(label, site) for label in item.labels])

    def named(self, label: Word, site: Site) -> Tensor:
        """The tensor that a label names."""
        if tensor := site.tensor(label.text):
            return tensor
        place = where(label, site.base)
        if self.description.misnamed and mentioned(place, self.description.misnamed):
            return UNKNOWN[0]
        if label.text in site.variables:
            message = f"{label.text} must be a label, but is a variable that holds {show(site.variables[label.text])}"
            self.faults.tell(Fault("unknown-label", message, place))
        elif label.text in self.description.labels:
            self.unset(label.text, site, place)
        else:
            known = (*self.description.labels, *self.file.labels)
            message = f"unknown label: {quoted(label.text)}{guess(label.text, known)}"
            self.faults.tell(Fault("unknown-label", message, place))
        return UNKNOWN[0]

    def loop(self, item: For, site: Site, cursor: Cursor) -> Cursor:
        """An item for each round of the variables."""
        known = self.variables_of(item, site, cursor)
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

    def variables_of(self, item: For, site: Site, cursor: Cursor) -> dict[str, list[Any]] | None:
        """What each variable of a loop steps through, equally far; none if something is wrong with it."""
        lists = {word.text: self.rounds(word, values, site, cursor) for word, values in item.variables}
        known = {name: values for name, values in lists.items() if values is not None}
        if len(known) < len(lists):
            return None
        if len({len(values) for values in known.values()}) > 1:
            counts = ", ".join(f"{name} has {len(values)}" for name, values in known.items())
            written = (values for _, values in item.variables if isinstance(values, Value))
            notes = tuple(note for values in written for note in read_by(values, site.variables))
            message = f"the variables of a for step together, but {counts}"
            self.faults.tell(Fault("loop-lists", message, where(item.at, site.base), notes=notes))
            return None
        return known

    def rounds(self, word: Word, values: Value | tuple[Value, ...], site: Site, cursor: Cursor) -> list[Any] | None:
        """The list that a loop variable steps through, none if it has a fault."""
        if isinstance(values, tuple):
            found = [self.evaluated(value, site, cursor) for value in values]
            return None if any(value is None for value in found) else found
        held = self.evaluated(values, site, cursor)
        if held is None or isinstance(held, list):
            return held
        notes = read_by(values, site.variables) or (f"try: {word.text}: [{show(held)}]",)
        message = f"{word.text} steps through a list, but got {show(held)}"
        self.faults.tell(Fault("loop-lists", message, where(values, site.base), notes=notes))
        return None

    def entry(self, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """A layer, a join, a residual or a block, as often as it says."""
        plan = self.planner.plan(entry, site.base)
        if plan is None:
            return UNKNOWN
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
            message = f"share={share.text} is for {count(use.weights.layers, 'layer')} that learn, but {here}"
            self.faults.tell(Fault("shared-weights", message, where(share, site.base)))
        return cursor

    def unshared(self, plan: LayerPlan | BlockPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """What an entry asks for, once."""
        if isinstance(plan, BlockPlan):
            return self.block(plan, entry, site, cursor)
        if entry.kind.text == "residual":
            return self.residual(plan, entry, site, cursor)
        if not entry.branches and not entry.labels:
            return self.layer(plan, entry, site, cursor)
        inner = site.within() if entry.branches else site
        ends = [end for branch in entry.branches for end in self.place(branch, inner, cursor)]
        labels = [self.named(word, site) for word in entry.labels]
        return self.layer(plan, entry, inner, (*(ends if entry.branches else cursor), *labels))

    def block(self, plan: BlockPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """The item of a block under its parameters: it sees the file's variables and labels, not its caller's."""
        variables = dict(self.file.variables)
        following: set[str] = set()
        for name, default in plan.block.parameters.items():
            given = name in plan.arguments
            value = plan.arguments[name] if given else default
            reader = site if given else self.file._replace(variables=variables, following=frozenset(following))
            held = None if value is None else self.evaluated(value, reader, cursor)
            if held is None:
                return UNKNOWN
            if reads_channels(value, reader):
                following.add(name)
            variables[name] = held
        name = self.name(site, plan.block.name)
        self.calls.append(f"in {name}, called at {where(entry.kind, site.base)}")
        inner = Site(
            variables,
            Labels(),
            Shares(f"{name.replace('.', '_')}_", self.shares, site.use),
            site.names.inside(name),
            outside=self.file,
            base=plan.block.place,
            use=site.use,
            following=frozenset(following),
        )
        cursor = self.place(plan.block.item, inner, cursor)
        self.calls.pop()
        return cursor

    def residual(self, plan: LayerPlan, entry: Entry, site: Site, cursor: Cursor) -> Cursor:
        """What is added to the result of a body: its input, projected where the body changes the shape."""
        inner = site.within()
        body, *project = entry.branches
        result = self.place(body, inner, cursor)
        if len(cursor) != 1:
            message = f"residual needs one current tensor, but there are {len(cursor)}"
            self.faults.tell(Fault("several-tensors", message, where(entry.kind, site.base)))
            return UNKNOWN
        shortcut: Cursor = cursor
        if project:
            place = beginning(project[0], site.base)
            used = not same_shapes(result, cursor)
            self.projections[place] = self.projections.get(place, False) or used
            shortcut = self.place(project[0], inner, cursor) if used else cursor
        return self.layer(plan, entry, inner, (*result, *shortcut))

    def layer(self, plan: LayerPlan, entry: Entry, site: Site, inputs: Cursor) -> Cursor:
        """The layer of a plan on its inputs, then its norm, then its activation."""
        name = self.name(site, plan.kind)
        place = where(entry.kind, site.base)
        if len(inputs) > 1 and (twice := given_twice(inputs)):
            notes = ("a join takes the current tensor in any case; @ names the others",) if entry.labels else ()
            how = "joins" if plan.kind in JOINS else "reads"
            self.faults.tell(Fault("given-twice", f"{plan.kind} {how} {twice[0]} twice", place, name, notes))
            return UNKNOWN
        try:
            current = inputs[: len(inputs) - len(entry.labels)] or inputs  # C is of what is current, and not of labels
            layer = plan.constant or self.made(plan, site, current)
        except OptionFault as error:
            fault = replace(error.fault, place=error.fault.place or place)
            self.faults.tell(replace(fault, layer=name, notes=(*fault.notes, *self.calls[-1:])))
            return UNKNOWN
        except Unknown as unknown:
            self.unset(unknown.name, site, place)
            return UNKNOWN
        if self.adapt is not None and (width := self.width(plan, name, layer, site)):
            layer = self.adapt(width, layer)
        self.follow(plan, layer, current[0].shape, site.base)
        reads = tuple([tensor.name for tensor in inputs])
        node = Node(name, plan.kind, layer, reads, "", plan.fixed, place=place)
        try:
            tensor = self.emit(node, inputs, site.use)
            for kind in plan.attached:
                own = f"{name}.{kind}" if site.label else self.name(site, kind)
                node = Node(own, kind, plain(kind), (tensor.name,), name, place=place)
                tensor = self.emit(node, (tensor,), site.use)
        except RuleError as error:
            self.misfit(error, node, inputs, entry, site)
            return UNKNOWN
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
        layer = plan.layer(site.reading(current), self.file.reading(current), site.base)
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
        from convcalc.network.widths import CONVOLUTIONS, OPTIONS, WrittenWidth, option_of

        option = option_of(plan.kind)
        if option not in plan.settings or plan.kind not in (*OPTIONS, *CONVOLUTIONS):
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
            if name not in self.given and local not in self.description.labels and local not in self.file.labels:
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
        key = node.layer, shapes
        profile = self.profiles.get(key)
        if profile is None:
            profile = self.profiles[key] = apply(node.kind, node.layer, shapes)
        if node.name in self.rows and not self.faults:
            self.faults.tell(Fault("name-taken", f"the name {node.name} is taken", node.place))
        row = Row(node, shapes, profile)
        if use and (profile.params or profile.statistics):
            row = charged(row._replace(node=node._replace(share=use.next())), self.charges)
        self.rows[node.name] = row
        self.read.update(node.inputs)
        return Tensor(node.name, profile.output)

    def misfit(self, error: RuleError, node: Node, inputs: Cursor, entry: Entry, site: Site) -> None:
        """Tell why a layer cannot be applied, from where its input comes, and what would help.

        A hasty build is a trial whose notes nobody reads: looking for ways out would only take time.
        """
        plan = self.planner.plan(entry, site.base)
        setting = plan.settings.get(error.option) if isinstance(plan, LayerPlan) else None
        place: Place | None = setting.place(site.base) if setting else node.place
        if self.faults.hasty:
            self.faults.tell(Fault(error.code, str(error), place, node.name))
        notes = [self.origin(node, tensor) for tensor in inputs]
        notes += read_by(setting.value, site.variables) if setting else ()
        numbers = not any(symbolic(size) for tensor in inputs for size in tensor.shape or ())
        if numbers and len(self.faults) < MOST_FAULTS and current_domain() is None:
            notes += advice(error, node, self.rows, self.inputs, None if self.faults else self.under)
        if node.kind in JOINS and len({len(tensor.shape or ()) for tensor in inputs}) > 1:
            notes.append("try: over=channels behind linear, which flattens its input otherwise")
        if len(inputs) > node.layer.reads[1]:
            notes.append(f"try: from: {inputs[0].name} to go on from one of them, or a join such as concat")
        if entry.kind.text == "residual" and entry.branches[1:] and numbers:
            notes += strided(inputs[-1].name, inputs[0].shape or (), self.rows)
        if entry.kind.text == "residual" and len(entry.branches) == 1:
            notes.append(
                f"try: project: an item that makes {show_shape(inputs[0].shape or ())} of the residual's input"
            )
        self.faults.tell(Fault(error.code, str(error), place, node.name, (*notes, *self.calls[-1:])))

    def under(self, shapes: Mapping[str, Shape]) -> Report:
        """The network under other inputs, to find some that are accepted.

        Raises:
            DescriptionError: it does not accept these.
        """
        inputs = {name: Value(name, 0, (), None, (), None, shape) for name, shape in shapes.items()}
        return Builder(self.planner.under(inputs), self.adapt, Faults(hasty=True)).report()

    def origin(self, node: Node, tensor: Tensor) -> str:
        """Where an input comes from."""
        row = self.rows.get(tensor.name)
        if row is None:
            source = "the network's input" if tensor.name == "input" else f"the network's input {tensor.name}"
        else:
            source = f"from {tensor.name}" + (f", line {row.node.place.line}" if row.node.place else "")
        which = "the input of" if len(node.inputs) == 1 else "one input of"
        return f"{which} {node.name} is {show_shape(tensor.shape or ())} ({source})"


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


def followed(option: str, layer: Layer, x: Shape) -> str:
    """What an option that is never written comes to, for a layer that reads `x`."""
    together = getattr(layer, "over", "channels") == "all"
    if option == "input_shape" or (together and option == "normalized_shape"):
        return show_shape(x)
    return str(product(x) if together else x[0])


def reads_channels(written: Value | Word | tuple[Value, ...] | None, site: Site) -> bool:
    """Whether a value is computed from the channels of a tensor."""
    values = written if isinstance(written, tuple) else (written,)
    names = {name.text for value in values if isinstance(value, Value) for name in value.names}
    return CHANNELS in names or not site.following.isdisjoint(names)


def given_twice(cursor: Cursor) -> list[str]:
    """Names of tensors that stand there more than once."""
    names = Counter(tensor.name for tensor in cursor if tensor.shape)
    return [name for name, times in names.items() if times > 1]


@cache
def plain(kind: str) -> Layer:
    """A layer of a kind that needs no options."""
    return kind_class(kind)()


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
