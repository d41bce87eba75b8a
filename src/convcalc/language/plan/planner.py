"""What an entry asks for: its kind looked up, its words understood, the defaults of the file merged in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from convcalc.errors import Fault, guess, quoted
from convcalc.language.items import Word
from convcalc.language.plan.plans import BlockPlan, LayerPlan, OptionFault, Setting, where
from convcalc.language.value import Value
from convcalc.language.words import mentioned, unknown_kind
from convcalc.layers.kinds import EXAMPLES, JOINS, KINDS, NORMS, SUM, canonical, kind_class
from convcalc.layers.options import positional_options, schema
from convcalc.layers.words import FLAGS, FOREIGN_OPTIONS, GROUPS, NEEDLESS_OPTIONS, SHORT_KEYS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from convcalc.errors import Place
    from convcalc.language.description import Block, Description
    from convcalc.language.items import Entry

ATTACHED = ("norm", "activation")


class Planner:
    """Makes plans for the entries of one description; a plan is made once.

    It is `sound` where nothing was found wrong with the description, whatever its variables hold.
    """

    def __init__(self, description: Description) -> None:
        self.description = description
        self.sound = False
        self.plans: dict[Entry, LayerPlan | BlockPlan | None] = {}

    def under(self, inputs: Mapping[str, Value]) -> Planner:
        """The planner of the same description with other inputs: it has the same plans."""
        other = Planner(self.description._replace(inputs=inputs))
        other.sound, other.plans = self.sound, self.plans
        return other

    def plan(self, entry: Entry, base: Place) -> LayerPlan | BlockPlan | None:
        """The plan of an entry, none if it has faults."""
        if entry not in self.plans:
            self.plans[entry] = Maker(self.description, entry, base).plan()
        return self.plans[entry]

    def faults(self, entry: Entry, base: Place, names: Container[str]) -> Iterable[Fault]:
        """What is wrong with an entry that stands at `base`, where `names` are known."""
        if plan := self.plan(entry, base):
            needless = plan.needless if isinstance(plan, LayerPlan) else ()
            return [never_written(word, base) for word in needless]
        maker = Maker(self.description, entry, base, names)
        maker.plan()
        return maker.faults

    def default_faults(self) -> Iterator[Fault]:
        """What is wrong with the defaults, of kinds that no line has as well."""
        for kind, default in self.description.defaults.items():
            maker = Maker(self.description, default.entry, default.place)
            maker.defaults(kind)
            yield from maker.faults


class Maker:
    """Makes the plan of one entry; what is wrong with it is in `faults`."""

    def __init__(
        self, description: Description, entry: Entry, base: Place, names: Container[str] | None = None
    ) -> None:
        self.description = description
        self.entry = entry
        self.base = base
        self.names = names
        self.faults: list[Fault] = []
        self.needless: list[Word] = []

    def fault(self, code: str, message: str, place: Place, *notes: str) -> None:
        """Remember what is wrong, and go on."""
        self.faults.append(Fault(code, message, place, notes=notes))

    def plan(self) -> LayerPlan | BlockPlan | None:
        """The plan, if nothing is wrong."""
        word = self.entry.kind
        name = word.text
        if self.description.misnamed and mentioned(where(word, self.base), self.description.misnamed):
            return None  # that it has no name has been told
        if name in self.description.blocks:
            return self.checked(self.block(self.description.blocks[name]))
        if name == "residual":
            return self.checked(self.layer(SUM))
        if canonical(name) in KINDS:
            return self.checked(self.layer(canonical(name)))
        message, ways = unknown_kind(name, self.description.blocks)
        self.fault("unknown-kind", message, where(word, self.base), *ways)
        return None

    def checked(self, plan: LayerPlan | BlockPlan) -> LayerPlan | BlockPlan | None:
        """The plan, if nothing was wrong with it but what the layer does without."""
        if not self.faults:
            return plan
        self.faults += self.never_written()
        return None

    def never_written(self) -> list[Fault]:
        """A fault for each option that is needless."""
        return [never_written(word, self.base) for word in self.needless]

    def block(self, block: Block) -> BlockPlan:
        """The arguments of a block, by parameter."""
        entry = self.entry
        for word in (*entry.words, *entry.negated):
            message = f"{block.name} is a block, and takes no words such as {word.text}"
            self.fault(
                "word-does-not-apply", message, where(word, self.base), "try: the word on a layer inside the block"
            )
        self.no_labels("a block reads the current tensor")
        names = list(block.parameters)
        given = list(zip(names, entry.arguments, strict=False))
        if len(entry.arguments) > len(names):
            message = f"{block.name} takes {counted_noun(len(names), 'argument')}, but got {len(entry.arguments)}"
            self.fault("too-many-arguments", message, where(entry.arguments[len(names)], self.base))
        for key, value in entry.options:
            if key.text in block.parameters:
                given.append((key.text, value))
            else:
                message = f"{block.name} has no parameter {quoted(key.text)}{guess(key.text, names)}"
                self.fault("unknown-option", message, where(key, self.base))
        arguments: dict[str, Value] = {}
        for name, value in given:
            if isinstance(value, Word):
                message = f"{name} must be a number or a label, but got {value.text}"
                self.fault("wrong-value", message, where(value, self.base))
            elif name in arguments:
                self.fault("given-twice", f"{name} is given twice", where(value, self.base))
            else:
                arguments[name] = value
        missing = [name for name, default in block.parameters.items() if default is None and name not in dict(given)]
        if missing:
            self.fault("missing-option", f"{block.name} needs {' and '.join(missing)}", where(entry.kind, self.base))
        return BlockPlan(block, arguments)

    def layer(self, kind: str) -> LayerPlan:
        """The options of a kind: positional, by key and by word, over the defaults of the file."""
        given = self.given(kind)
        settings = self.defaults(kind)
        settings.update(given)
        self.negate(kind, settings, given)
        attached = [canonical(word_of(settings.pop(group))) for group in ATTACHED if group in settings]
        fixed = settings.pop("fixed", None) is not None
        if "bias" in schema(kind) and "bias" not in settings and any(each in NORMS for each in attached):
            settings["bias"] = Setting(Word("false", self.entry.kind.start, self.entry.kind.place))
        missing = [option.name for option in schema(kind).values() if option.required and option.name not in settings]
        if missing and not self.faults:
            self.fault(
                "missing-option",
                f"{kind} needs {' and '.join(missing)}",
                where(self.entry.kind, self.base),
                f"try: {EXAMPLES[kind]}",
            )
        self.form(kind)
        plan = LayerPlan(kind, settings, tuple(attached), fixed, needless=tuple(self.needless))
        return plan if self.faults else self.settled(plan)

    def settled(self, plan: LayerPlan) -> LayerPlan:
        """The plan with its layer, if no variable can change it."""
        if any(isinstance(setting.value, Value) and setting.value.names for setting in plan.settings.values()):
            return plan
        try:
            return replace(plan, constant=plan.layer({}, {}, self.base))
        except OptionFault as error:
            self.faults.append(error.fault._replace(place=error.fault.place or where(self.entry.kind, self.base)))
            return plan

    def given(self, kind: str) -> dict[str, Setting]:
        """What the entry itself says of its options."""
        found = self.positional(kind)
        self.keyed(kind, found)
        self.worded(kind, found)
        return found

    def positional(self, kind: str) -> dict[str, Setting]:
        """The arguments by field; `3x3/2` is a kernel_size and a stride."""
        found: dict[str, Setting] = {}
        options = positional_options(kind)
        for argument, name in zip(self.entry.arguments, options, strict=False):
            self.give(found, name, argument, where(argument, self.base))
        extras = self.entry.arguments[len(options) :]
        if extras and not all(self.misspelt(extra) for extra in extras):
            extra = extras[0]
            shown = f"it takes {' and '.join(options)}" if options else "it takes none"
            message = f"{kind} got {counted_noun(len(self.entry.arguments), 'argument')}, but {shown}"
            ways: tuple[str, ...] = ()
            if "stride" in schema(kind):
                ways = ("in_channels is never written; try: s=2 p=1 for stride and padding",)
            elif (
                kind_class(kind).reads[1] > 1
                and isinstance(extra, Value)
                and [name.text for name in extra.names] == [extra.text]
            ):
                ways = (f"try: {kind} @{extra.text}, if that is a label",)
            self.fault("too-many-arguments", message, where(extra, self.base), *ways)
        return found

    def misspelt(self, argument: Value | Word) -> bool:
        """Whether an argument is one unknown name, which is told as such."""
        alone = isinstance(argument, Value) and [name.text for name in argument.names] == [argument.text]
        return alone and self.names is not None and argument.text not in self.names

    def give(self, found: dict[str, Setting], name: str, value: Value | Word, place: Place) -> None:
        """Set an option that is not set yet; a kernel brings its stride along."""
        if name in found:
            self.fault("given-twice", f"{name} is given twice", place)
        if isinstance(value, Value) and value.stride:
            if name != "kernel_size":
                message = f"a stride follows a kernel_size, but here is {name}"
                self.fault("misplaced-slash", message, place, "try: // to divide whole numbers")
            else:
                self.give(found, "stride", value.stride, place)
            value = replace(value, stride=None).settled()
        found[name] = Setting(value)

    def keyed(self, kind: str, found: dict[str, Setting]) -> None:
        """The options by key."""
        options = schema(kind)
        for key, value in self.entry.options:
            place = where(key, self.base)
            name = key.text if key.text in options else SHORT_KEYS.get(key.text, key.text)
            if name in NEEDLESS_OPTIONS or name in kind_class(kind).needless:
                self.needless.append(key)
            elif name in options:
                self.give(found, name, value, place)
            elif name in ATTACHED:
                kinds = [word for word, group in GROUPS.items() if group == name]
                if value.text in kinds:
                    self.give(found, name, value, place)
                else:
                    self.fault("wrong-value", f"{name} cannot be {quoted(value.text)}{guess(value.text, kinds)}", place)
            else:
                known = [*options, *ATTACHED, *(short for short, full in SHORT_KEYS.items() if full in options)]
                self.fault(
                    "unknown-option",
                    f"{kind} has no option {quoted(key.text)}{guess(key.text, known, FOREIGN_OPTIONS)}",
                    place,
                )

    def worded(self, kind: str, found: dict[str, Setting]) -> None:
        """The options by word."""
        for word in self.entry.words:
            place = where(word, self.base)
            group = GROUPS.get(word.text)
            if group is None:
                self.fault("unknown-name", f"unknown word: {quoted(word.text)}{guess(word.text, GROUPS)}", place)
            elif group not in (*ATTACHED, "fixed") and group not in schema(kind):
                self.fault("word-does-not-apply", f"{kind} has no {group} that {word.text} could set", place)
            elif group == "fixed" and not kind_class(kind).width:
                self.fault("word-does-not-apply", f"{kind} has no width of its own that could be fixed", place)
            elif group in found:
                self.fault("given-twice", f"{word.text} sets the {group}, which is given twice", place)
            else:
                found[group] = Setting(Word("true", word.start, word.place) if group in FLAGS else word)

    def defaults(self, kind: str) -> dict[str, Setting]:
        """The settings that the lines of a kind begin with."""
        default = self.description.defaults.get(kind)
        if default is None:
            return {}
        maker = Maker(self.description, default.entry, default.place)
        found = maker.given(kind)
        maker.negate(kind, found, {})
        self.faults += maker.faults + maker.never_written()
        return {name: Setting(setting.value, default.place) for name, setting in found.items()}

    def negate(self, kind: str, settings: dict[str, Setting], given: Mapping[str, Setting]) -> None:
        """Take away what the negated words name."""
        for word in self.entry.negated:
            place = where(word, self.base)
            group = GROUPS.get(word.text)
            if group is None:
                self.fault("unknown-name", f"unknown word: {quoted(word.text)}{guess(word.text, GROUPS)}", place)
            elif group in given:
                other = word_of(given[group])
                message = f"-{word.text} takes away the {group} that the same line gives"
                way = f"try: without -{word.text}, as {other} takes its place"
                self.fault("nothing-to-take-away", message, place, *([way] if other not in ("", word.text) else []))
            elif group in FLAGS and group in schema(kind):
                settings[group] = Setting(Word("false", word.start, word.place))
            elif group not in settings or canonical(word_of(settings[group])) != canonical(word.text):
                message = f"there is no {word.text} to take away from this {kind}"
                self.fault(
                    "nothing-to-take-away", message, place, f"a word with - takes away what the defaults of {kind} say"
                )
            else:
                del settings[group]

    def form(self, kind: str) -> None:
        """State what an entry can have besides options: labels and branches."""
        if kind_class(kind).reads[1] == 1:
            self.no_labels(f"{kind} reads the current tensor")
        elif (
            kind in JOINS
            and len(self.entry.branches) == 1
            and not self.entry.labels
            and self.entry.kind.text != "residual"
        ):
            way = f"try: {kind}(conv 64 1 | conv 64 3 same), as | divides branches and a comma divides layers"
            self.fault(
                "wrong-number-of-inputs",
                f"{kind} joins two or more branches, but gets one",
                where(self.entry.kind, self.base),
                way,
            )
        if self.entry.kind.text == "residual":
            self.no_labels("residual reads the current tensor")
            if len(self.entry.branches) not in (1, 2):
                message = "residual takes a body, and a projection for where it changes the shape"
                self.fault(
                    "wrong-branches",
                    message,
                    where(self.entry.kind, self.base),
                    "try: residual(conv 64 3 same | conv 64 1)",
                )

    def no_labels(self, why: str) -> None:
        """State that only joins name other tensors."""
        for label in self.entry.labels:
            name = quoted(label.text)
            hint = f"try: from: {name} before this layer, or a join such as concat @{name}"
            self.fault("label-does-not-apply", f"{why}, so @{name} cannot stand here", where(label, self.base), hint)


def never_written(option: Word, base: Place, value: str = "") -> Fault:
    """The fault of an option that follows from what a layer reads; `value` is what follows, where that is known."""
    message = f"{option.text} is never written: it follows from what the layer reads"
    return Fault("never-written", f"{message}, which is {value} here" if value else message, where(option, base))


def word_of(setting: Setting) -> str:
    """The word of a setting, empty if it has none."""
    return setting.value.text if isinstance(setting.value, Word) else ""


def counted_noun(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
