"""What items read where they are placed: values, labels, and the lists of loops."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import explains, write_message
from convcalc.errors import Fault, guess, quoted
from convcalc.language.assemble.site import UNKNOWN_CURSOR, Labels, Names, Shares, Site, Tensor, Unknown
from convcalc.language.plan.plans import placed_fault, read_by, where
from convcalc.language.value import Value, ValueFault
from convcalc.language.words import CHANNELS, mentioned
from convcalc.layers.options import show_value

if TYPE_CHECKING:
    from convcalc.arithmetic.operations import Held
    from convcalc.errors import Faults, Place
    from convcalc.language.assemble.site import Cursor
    from convcalc.language.description import Description
    from convcalc.language.items import For, Word

WHERE_LABELS_ARE_KNOWN = "a label is known below its item; one that is set in a block, only inside"


class Reader:
    """Evaluates what items read, and tells what is wrong with it; `file` is the site outside of all blocks."""

    def __init__(self, description: Description, faults: Faults) -> None:
        self.description = description
        self.faults = faults
        self.file = Site({}, Labels(), Shares("", set(description.shares)), Names())

    def evaluated(self, value: Value, site: Site, cursor: Cursor) -> Held | Tensor:
        """What a value comes to, none if it has a fault."""
        environment = site.reading(cursor)
        try:
            return value.evaluate(environment)
        except ValueFault as fault:
            self.faults.tell(placed_fault(fault, value, environment, where(value, site.base)))
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

    def named(self, label: Word, site: Site) -> Tensor:
        """The tensor that a label names."""
        if tensor := site.tensor(label.text):
            return tensor
        place = where(label, site.base)
        if self.description.misnamed and mentioned(place, self.description.misnamed):
            return UNKNOWN_CURSOR[0]
        if label.text in site.variables:
            message = (
                f"{label.text} must be a label, but is a variable that holds {show_value(site.variables[label.text])}"
            )
            self.faults.tell(Fault("unknown-label", message, place))
        elif label.text in self.description.labels:
            self.unset(label.text, site, place)
        else:
            known = (*self.description.labels, *self.file.labels)
            message = f"unknown label: {quoted(label.text)}{guess(label.text, known)}"
            self.faults.tell(Fault("unknown-label", message, place))
        return UNKNOWN_CURSOR[0]

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
        message = write_message(
            "{name} steps through a list, but got {held}", name=word.text, held=partial(show_value, held)
        )
        notes = read_by(values, site.variables)
        if explains() and not notes:
            notes = (f"try: {word.text}: [{show_value(held)}]",)
        self.faults.tell(Fault("loop-lists", message, where(values, site.base), notes=notes))
        return None


def reads_channels(written: Value | Word | tuple[Value, ...] | None, site: Site) -> bool:
    """Whether a value is computed from the channels of a tensor."""
    values = written if isinstance(written, tuple) else (written,)
    names = {name.text for value in values if isinstance(value, Value) for name in value.names}
    return CHANNELS in names or not site.following.isdisjoint(names)
