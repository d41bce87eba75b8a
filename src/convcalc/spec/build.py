"""From a description to a network: blocks and loops written out, each layer profiled as it is placed.

After a fault the current tensor is unknown, and what reads it is taken on trust: one run tells all faults that do
not follow from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from convcalc.analysis import Report, Row, apply
from convcalc.arithmetic import decide, require_at_least
from convcalc.errors import NOWHERE, DescriptionError, Fault, RuleError, quoted
from convcalc.graph import Graph, Node
from convcalc.layers import kind_class
from convcalc.shapes import show as show_shape
from convcalc.spec.advice import advice
from convcalc.spec.check import check, cycles
from convcalc.spec.items import Broken, Entry, For, From, Labelled, Sequence, Written
from convcalc.spec.names import CHANNELS, guess
from convcalc.spec.plan import BlockPlan, LayerPlan, OptionFault, Planner, read_by, show, where
from convcalc.spec.value import Value, ValueFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.errors import Place
    from convcalc.layers import Layer, Profile
    from convcalc.shapes import Shape
    from convcalc.spec.document import Description
    from convcalc.spec.items import Item, Word

MOST_LAYERS = 500_000
"""Layers that a description may come to."""

MOST_STEPS = 1_000_000
"""Items that may be placed: loops whose body is empty cost time as well."""

DEEPEST = 120
"""Levels of items within items, blocks written out."""

MOST_FAULTS = 20
"""Faults that are told in one run."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """What a node makes; its shape is unknown after a fault."""

    name: str
    shape: Shape | None


class Unknown(Exception):  # noqa: N818  # no error: its cause has been told
    """A value hangs on something that has a fault."""


class Names:
    """The names of nodes in one block: a kind and its number, after the names of the blocks around."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.numbers: dict[str, int] = {}

    def numbered(self, word: str) -> str:
        """The next name of a kind."""
        number = self.numbers[word] = self.numbers.get(word, 0) + 1
        return f"{self.prefix}{word}{number}"


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What names mean at a place of a description, and how nodes are named there."""

    variables: Mapping[str, Any]
    labels: dict[str, Tensor] = field(default_factory=dict)
    outer: Scope | None = None
    names: Names = field(default_factory=Names)
    looped: bool = False

    def tensor(self, label: str) -> Tensor | None:
        """The tensor that a label names, here or outside."""
        variable = self.variables.get(label)
        if isinstance(variable, Tensor):
            return variable
        if label in self.labels:
            return self.labels[label]
        return self.outer.tensor(label) if self.outer else None

    def loop(self, variables: Mapping[str, Any] | None = None) -> Scope:
        """The scope of a loop's body: its labels are unknown outside."""
        return Scope(variables or self.variables, {}, self, self.names, looped=True)


class Environment(dict[str, Any]):
    """What an expression can read: variables, `C`, and labels where a block takes them."""

    def __init__(self, scope: Scope, cursor: tuple[Tensor, ...]) -> None:
        super().__init__(scope.variables)
        self.scope = scope
        self.cursor = cursor

    def __missing__(self, name: str) -> Any:  # noqa: ANN401  # a number or a tensor
        """Look beyond the variables.

        Raises:
            Unknown: there is no such name, which has been told, or no single shape to take channels from.
        """
        if name == CHANNELS:
            if len(self.cursor) == 1 and self.cursor[0].shape:
                return self.cursor[0].shape[0]
            raise Unknown
        tensor = self.scope.tensor(name)
        if tensor is None:
            raise Unknown
        return tensor


def build(
    description: Description,
    variables: Mapping[str, Value | tuple[Value, ...]] | None = None,
    inputs: Mapping[str, Value] | None = None,
) -> Report:
    """The network of a description, profiled; `variables` and `inputs` take the place of the description's own.

    Raises:
        DescriptionError: with all faults of the description that do not follow from each other.
    """
    builder = Builder(replace(description, inputs={**description.inputs, **(inputs or {})}))
    return builder.report(variables or {})


class Builder:
    """Places the items of a description one after another."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.planner = Planner(description)
        self.faults: dict[tuple[Place | None, str], Fault] = {}
        self.rows: dict[str, Row] = {}
        self.inputs: dict[str, Shape] = {}
        self.profiles: dict[tuple[Layer, tuple[Shape | None, ...]], Profile] = {}
        self.read: set[str] = set()
        self.calls: list[str] = []
        self.steps = 0
        self.depth = 0
        self.file = Scope({})

    def report(self, variables: Mapping[str, Value | tuple[Value, ...]]) -> Report:
        """The whole network."""
        self.tell(*self.description.faults)
        self.tell(*check(self.description, self.planner))
        if endless := list(cycles(self.description)):
            self.tell(*endless)
            raise self.error()
        values = self.variables(variables)
        self.file = Scope(values, dict(self.given(values)))
        try:
            cursor = self.place(self.description.item, NOWHERE, self.file, tuple(self.file.labels.values()))
        except TooMany as error:
            self.tell(error.fault)
            raise self.error() from None
        outputs = self.outputs(cursor)
        if self.faults:
            raise self.error()
        self.unread(outputs)
        if self.faults:
            raise self.error()
        nodes = tuple([row.node for row in self.rows.values()])
        graph = Graph(self.description.name, self.inputs, nodes, outputs)
        return Report(graph, tuple(self.rows.values()))

    def error(self) -> DescriptionError:
        """All faults, in reading order."""
        faults = sorted(self.faults.values(), key=position)
        more = len(faults) - MOST_FAULTS
        if more > 0:
            faults = [*faults[:MOST_FAULTS], Fault(f"and {more} more")]
        return DescriptionError(*faults)

    def tell(self, *faults: Fault) -> None:
        """Remember what is wrong, each thing once."""
        for fault in faults:
            self.faults.setdefault((fault.place, fault.message), fault)

    def value_fault(self, fault: ValueFault, place: Place, *notes: str) -> None:
        """Remember a fault of a value."""
        self.tell(Fault(fault.message, place, notes=(*fault.notes, *notes)))

    def variables(self, given: Mapping[str, Value | tuple[Value, ...]]) -> dict[str, Any]:
        """The file's variables, each of which may read those above it."""
        known = self.description.variables
        for name in given:
            if name not in known:
                hint = guess(name, known) if known else "; the description has no variables"
                self.tell(Fault(f"unknown variable: {quoted(name)}{hint}"))
        values: dict[str, Any] = {}
        for name, own in known.items():
            written = given.get(name, own)
            try:
                values[name] = (
                    [each.evaluate(values) for each in written]
                    if isinstance(written, tuple)
                    else written.evaluate(values)
                )
            except ValueFault as fault:
                one = written[0] if isinstance(written, tuple) else written
                self.tell(Fault(fault.message, one.place, notes=(*fault.notes, *read_by(one, values))))
            except KeyError:
                continue
        return values

    def given(self, variables: Mapping[str, Any]) -> list[tuple[str, Tensor]]:
        """The inputs, whose shapes may read the file's variables."""
        if not self.description.inputs:
            self.tell(
                Fault("the network has no input", notes=("try: input: 3x224x224 in the description, or -i 3x224x224",))
            )
            return [("input", Tensor("input", None))]
        found = []
        for name, written in self.description.inputs.items():
            shape = None
            try:
                shape = self.input_shape(written.evaluate(variables), written, variables)
            except ValueFault as fault:
                self.tell(Fault(fault.message, written.place, notes=(*fault.notes, *read_by(written, variables))))
            except KeyError:
                pass
            if shape is not None:
                self.inputs[name] = shape
            found.append((name, Tensor(name, shape)))
        return found

    def input_shape(self, value: Any, written: Value, variables: Mapping[str, Any]) -> Shape | None:  # noqa: ANN401  # whatever was written
        """Channels and sizes, each a whole number of at least 1."""
        shape = value if isinstance(value, tuple) else (value,)
        if not all(type(size) is int for size in shape):
            message = f"an input is whole numbers, channels first, such as 3x224x224, but got {show(shape)}"
            self.tell(Fault(message, written.place, notes=read_by(written, variables)))
            return None
        try:
            for size in shape:
                require_at_least(1, "a size of the input", size)
        except RuleError as error:
            self.tell(Fault(str(error), written.place, notes=read_by(written, variables)))
            return None
        return shape

    def outputs(self, cursor: tuple[Tensor, ...]) -> tuple[str, ...]:
        """What the network is for: the tensors listed as outputs, or the last."""
        if not self.description.outputs:
            return tuple([tensor.name for tensor in cursor])
        found = []
        for word in self.description.outputs:
            tensor = self.file.tensor(word.text)
            if tensor is None:
                self.tell(Fault(f"unknown label: {word.text}{guess(word.text, self.file.labels)}", word.place))
            else:
                found.append(tensor.name)
        return tuple(found)

    def unread(self, outputs: tuple[str, ...]) -> None:
        """A result that goes nowhere is a mistake."""
        used = self.read.union(outputs)
        if not self.rows:
            self.tell(Fault("the network has no layers"))
        for name in self.inputs:
            if name not in used:
                self.tell(Fault(f"nothing reads the input {name}"))
        for name, row in self.rows.items():
            if name not in used:
                ways = "try: read it, with from: or @ and a label, list its label under outputs:, or leave it out"
                self.tell(Fault(f"nothing reads the result of {name}", row.node.place, name, (ways,)))

    def place(
        self, item: Item, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str = ""
    ) -> tuple[Tensor, ...]:
        """Place an item behind the current tensors; what it makes is current then."""
        self.step(base)
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooMany(Fault(f"items must be nested at most {DEEPEST} deep, blocks written out", base))
        cursor = PLACE[type(item)](self, item, base, scope, cursor, label)
        self.depth -= 1
        return cursor

    def step(self, base: Place) -> None:
        """Count what is placed, so that no small file takes for ever.

        Raises:
            TooMany: it is too much.
        """
        self.steps += 1
        if self.steps > MOST_STEPS or len(self.rows) > MOST_LAYERS:
            raise TooMany(Fault(f"a network must have at most {MOST_LAYERS:,} layers", base))

    def written(
        self, item: Written, _: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """What stands at a place of its own."""
        return self.place(item.item, item.place, scope, cursor, label)

    def broken(self, *_: object) -> tuple[Tensor, ...]:
        """What could not be read makes something unknown."""
        return UNKNOWN

    def sequence(
        self, item: Sequence, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """Items one after another, as often as it says."""
        scope = inside(scope, label) if label else scope
        if item.times is None:
            for each in item.items:
                cursor = self.place(each, base, scope, cursor)
            return cursor
        scope = scope.loop()

        def once(cursor: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            for each in item.items:
                cursor = self.place(each, base, scope, cursor)
            return cursor

        return self.repeated(item.times, base, scope, cursor, once)

    def repeated(
        self,
        times: Value,
        base: Place,
        scope: Scope,
        cursor: tuple[Tensor, ...],
        once: Callable[[tuple[Tensor, ...]], tuple[Tensor, ...]],
    ) -> tuple[Tensor, ...]:
        """Do something as often as `times` says, or until it has a fault."""
        place = where(times, base)
        number = self.evaluated(times, place, scope, cursor)
        if number is None:
            return UNKNOWN
        if type(number) is not int or not 0 <= number <= MOST_LAYERS:
            self.tell(
                Fault(f"a repetition must be a whole number from 0 to {MOST_LAYERS:,}, but got {show(number)}", place)
            )
            return UNKNOWN
        before = len(self.faults)
        for _ in range(number):
            cursor = once(cursor)
            if len(self.faults) > before:
                return UNKNOWN
        return cursor

    def evaluated(self, value: Value, place: Place, scope: Scope, cursor: tuple[Tensor, ...]) -> Any:  # noqa: ANN401  # any
        """What a value comes to, none if it has a fault."""
        environment = Environment(scope, cursor)
        try:
            return value.evaluate(environment)
        except ValueFault as fault:
            self.value_fault(fault, place, *read_by(value, environment))
        except Unknown:
            pass
        return None

    def labelled(
        self, item: Labelled, base: Place, scope: Scope, cursor: tuple[Tensor, ...], _: str
    ) -> tuple[Tensor, ...]:
        """An item whose last result can be read by name from here on."""
        label = item.label
        place = where(label, base)
        if label.text in scope.labels and not scope.looped:
            self.tell(Fault(f"the label {label.text} is set twice", place))
        cursor = self.place(item.item, base, scope, cursor, label.text)
        if len(cursor) > 1:
            self.tell(Fault(f"the label {label.text} must name one tensor, but there are {len(cursor)}", place))
        scope.labels[label.text] = cursor[0]
        return cursor

    def move(self, item: From, base: Place, scope: Scope, _: tuple[Tensor, ...], __: str) -> tuple[Tensor, ...]:
        """Make other tensors current."""
        return tuple([self.named(label, base, scope) for label in item.labels])

    def named(self, label: Word, base: Place, scope: Scope) -> Tensor:
        """The tensor that a label names."""
        tensor = scope.tensor(label.text)
        if tensor is not None:
            return tensor
        held = scope.variables.get(label.text)
        if held is not None:
            message = f"{label.text} must be a label, but it is a variable that holds {show(held)}"
            self.tell(Fault(message, where(label, base)))
        elif label.text in self.description.labels:
            message = f"the label {label.text} is not set here"
            note = "a label is known below its item; one that is set in a loop or a block is known only inside"
            self.tell(Fault(message, where(label, base), notes=(note,)))
        else:
            known = (*self.description.labels, *self.description.inputs)
            self.tell(Fault(f"unknown label: {quoted(label.text)}{guess(label.text, known)}", where(label, base)))
        return UNKNOWN[0]

    def loop(self, item: For, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str) -> tuple[Tensor, ...]:
        """An item for each round of the variables."""
        scope = inside(scope, label) if label else scope
        lists = {word.text: self.rounds(word, values, base, scope, cursor) for word, values in item.variables}
        known = {name: values for name, values in lists.items() if values is not None}
        if len(known) < len(lists):
            return UNKNOWN
        if len({len(values) for values in known.values()}) > 1:
            counts = ", ".join(f"{name} has {len(values)}" for name, values in known.items())
            notes = [
                note
                for _, values in item.variables
                if isinstance(values, Value)
                for note in read_by(values, scope.variables)
            ]
            self.tell(
                Fault(f"the variables of a for step together, but {counts}", where(item.at, base), notes=tuple(notes))
            )
            return UNKNOWN
        before = len(self.faults)
        inner = scope.loop(dict(scope.variables))
        for index, values in enumerate(zip(*known.values(), strict=True)):
            if len(self.faults) > before:
                return UNKNOWN
            if index and item.between is not None:
                cursor = self.place(item.between, base, inner, cursor)
            inner = replace(inner, variables={**scope.variables, **dict(zip(known, values, strict=True))})
            cursor = self.place(item.item, base, inner, cursor)
        return cursor

    def rounds(
        self, word: Word, values: Value | tuple[Value, ...], base: Place, scope: Scope, cursor: tuple[Tensor, ...]
    ) -> list[Any] | None:
        """The list that a loop variable steps through, none if it has a fault."""
        if isinstance(values, tuple):
            found = [self.evaluated(value, where(value, base), scope, cursor) for value in values]
            return None if any(value is None for value in found) else found
        held = self.evaluated(values, where(values, base), scope, cursor)
        if isinstance(held, list):
            return held
        if held is not None:
            message = f"{word.text} steps through a list, but got {show(held)}"
            notes = read_by(values, scope.variables) or (f"try: {word.text}: [{show(held)}]",)
            self.tell(Fault(message, where(values, base), notes=notes))
        return None

    def entry(
        self, entry: Entry, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """A layer, a join, a residual or a block, as often as it says."""
        plan = self.planner.plan(entry, base)
        if plan is None:
            return UNKNOWN
        once = (
            self.block
            if isinstance(plan, BlockPlan)
            else self.residual
            if entry.kind.text == "residual"
            else self.layer
        )
        if entry.times is None:
            return once(plan, entry, base, scope, cursor, label)  # type: ignore[arg-type]  # each with its plan
        inner = (inside(scope, label) if label else scope).loop()

        def again(cursor: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            self.step(base)
            return once(plan, entry, base, inner, cursor, "")  # type: ignore[arg-type]  # as above

        return self.repeated(entry.times, base, inner, cursor, again)

    def block(
        self, plan: BlockPlan, entry: Entry, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """The item of a block under its parameters: it sees the file's variables and labels, not its caller's."""
        block = plan.block
        environment = Environment(scope, cursor)
        variables = dict(self.file.variables)
        for name, default in block.parameters.items():
            setting = plan.arguments.get(name)
            try:
                if setting is None:
                    variables[name] = default.evaluate(self.file.variables) if default else None
                elif isinstance(setting.value, Value):
                    variables[name] = setting.value.evaluate(environment)
                else:
                    self.tell(
                        Fault(f"{name} must be a number or a label, but got {setting.value.text}", setting.place(base))
                    )
                    return UNKNOWN
            except ValueFault as fault:
                self.value_fault(fault, setting.place(base) if setting else block.place)
                return UNKNOWN
            except (Unknown, KeyError):
                return UNKNOWN
        name = self.name(scope, label, block.name)
        self.calls.append(f"in {name}, called at {where(entry.kind, base)}")
        inner = Scope(variables, {}, self.file, Names(f"{name}."))
        cursor = self.place(block.item, block.place, inner, cursor)
        self.calls.pop()
        return cursor

    def residual(
        self, plan: LayerPlan, entry: Entry, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """What is added to the result of a body: its input, projected where the body changes the shape."""
        scope = inside(scope, label) if label else scope
        body, *project = entry.branches
        result = self.place(body, base, scope, cursor)
        short = cursor
        shapes = [tensor.shape for tensor in (*result, *cursor)]
        if project and None in shapes:
            self.place(project[0], base, scope, cursor)
            return UNKNOWN
        if project and not (len(shapes) == 2 and decide(shapes[0] == shapes[1])):  # noqa: PLR2004  # one of each
            short = self.place(project[0], base, scope, cursor)
        return self.join(plan, "add", (*result, *short), entry, base, scope)

    def layer(
        self, plan: LayerPlan, entry: Entry, base: Place, scope: Scope, cursor: tuple[Tensor, ...], label: str
    ) -> tuple[Tensor, ...]:
        """A layer behind the current tensor, or a join of branches and of tensors with labels."""
        labels = tuple([self.named(word, base, scope) for word in entry.labels])
        if not entry.branches:
            return self.join(plan, plan.kind, (*cursor, *labels), entry, base, scope, label)
        scope = inside(scope, label) if label else scope
        ends = [end for branch in entry.branches for end in self.place(branch, base, scope, cursor)]
        return self.join(plan, plan.kind, (*ends, *labels), entry, base, scope)

    def join(
        self,
        plan: LayerPlan,
        kind: str,
        inputs: tuple[Tensor, ...],
        entry: Entry,
        base: Place,
        scope: Scope,
        label: str = "",
    ) -> tuple[Tensor, ...]:
        """The layer of a plan on its inputs, then its norm, then its activation."""
        place = where(entry.kind, base)
        try:
            constant = plan.constant
            layer = plan.layer(Environment(scope, inputs), base) if constant is None else constant
        except OptionFault as error:
            self.tell(replace(error.fault, notes=(*error.fault.notes, *self.calls[-1:])))
            return UNKNOWN
        except Unknown:
            return UNKNOWN
        name = self.name(scope, label, kind)
        node = Node(name, kind, layer, tuple([tensor.name for tensor in inputs]), "", plan.fixed, place)
        try:
            tensor = self.emit(node, inputs)
            for attached in filter(None, (plan.norm, plan.activation)):
                own = f"{name}.{attached}" if label else scope.names.numbered(attached)
                node = Node(own, attached, plain(attached), (tensor.name,), name, place=place)
                tensor = self.emit(node, (tensor,))
        except RuleError as error:
            self.misfit(error, node, inputs, plan, base, scope)
            return UNKNOWN
        return (tensor,)

    def name(self, scope: Scope, label: str, word: str) -> str:
        """The name of a node or a block that is taken by no other."""
        if label and not scope.looped:
            return f"{scope.names.prefix}{label}"
        while True:
            name = scope.names.numbered(label or word)
            local = name.removeprefix(scope.names.prefix)
            if name not in self.rows and local not in self.description.labels and local not in self.description.inputs:
                return name

    def emit(self, node: Node, inputs: tuple[Tensor, ...]) -> Tensor:
        """Add a node to the network, profiled.

        Raises:
            RuleError: it cannot be applied to its inputs.
        """
        shapes = tuple([tensor.shape for tensor in inputs])
        if None in shapes:
            return Tensor(node.name, None)
        key = node.layer, shapes
        profile = self.profiles.get(key)
        if profile is None:
            profile = self.profiles[key] = apply(node.kind, node.layer, shapes)  # type: ignore[arg-type]  # none is None
        if node.name in self.rows:
            self.tell(Fault(f"the name {node.name} is taken", node.place))
        self.rows[node.name] = Row(node, shapes, profile)  # type: ignore[arg-type]  # as above
        self.read.update(node.inputs)
        return Tensor(node.name, profile.output)

    def misfit(
        self, error: RuleError, node: Node, inputs: tuple[Tensor, ...], plan: LayerPlan, base: Place, scope: Scope
    ) -> None:
        """Tell why a layer cannot be applied, from where its input comes, and what would help."""
        setting = plan.settings.get(error.option)
        place = setting.place(base) if setting else node.place
        notes = [self.origin(node, tensor) for tensor in inputs]
        notes += read_by(setting.value, scope.variables) if setting else ()
        notes += advice(error, node, self.rows, self.inputs)
        self.tell(Fault(str(error), place, node.name, (*notes, *self.calls[-1:])))

    def origin(self, node: Node, tensor: Tensor) -> str:
        """Where an input comes from."""
        row = self.rows.get(tensor.name)
        if row is None:
            source = "the network's input" if tensor.name == "input" else f"the network's input {tensor.name}"
        else:
            source = f"from {tensor.name}" + (f", line {row.node.place.line}" if row.node.place else "")
        which = "the input of" if len(node.inputs) == 1 else "one input of"
        return f"{which} {node.name} is {show_shape(tensor.shape or ())} ({source})"


class TooMany(Exception):  # noqa: N818  # it carries a Fault
    """A description that would take too long is given up at once."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def inside(scope: Scope, label: str) -> Scope:
    """The scope of what a label names: nodes are named after it."""
    name = scope.names.numbered(label) if scope.looped else f"{scope.names.prefix}{label}"
    return replace(scope, names=Names(f"{name}."))


@cache
def plain(kind: str) -> Layer:
    """A layer of a kind that needs no options."""
    return kind_class(kind)()


def position(fault: Fault) -> tuple[str, int, int]:
    """Where a fault is told among others."""
    return (fault.place.source.name, fault.place.line, fault.place.column) if fault.place else ("", 0, 0)


UNKNOWN = (Tensor("", None),)
"""What is current after a fault."""

PLACE: dict[type, Callable[..., tuple[Tensor, ...]]] = {
    Entry: Builder.entry,
    Sequence: Builder.sequence,
    Labelled: Builder.labelled,
    For: Builder.loop,
    From: Builder.move,
    Written: Builder.written,
    Broken: Builder.broken,
}
