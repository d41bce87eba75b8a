"""What stands above the layers: variables and the shapes of inputs, evaluated."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import require_at_least, whole_number, write_message
from convcalc.errors import Fault, RuleError, guess, quoted
from convcalc.language.plan.plans import placed_fault, read_by
from convcalc.language.value import Value, ValueFault, option_place
from convcalc.layers.options import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.arithmetic.operations import Held
    from convcalc.errors import Faults
    from convcalc.language.description import Description, Variables
    from convcalc.layers.shapes import Shape

MOST_INPUT_SIZES = 16
"""Numbers in the shape of an input: products of more would be too long to write."""


def unknown_settings(what: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Fault]:
    """Variables or inputs that are given, but are none of the description."""
    for name, written in given.items():
        if name not in known:
            hint = guess(name, known) if known else f"; the description has no {what}s"
            yield Fault("unknown-name", f"unknown {what}: {quoted(name)}{hint}", option_place(name, written))


def evaluated_variables(variables: Variables, faults: Faults) -> dict[str, Any]:
    """What the variables hold; each may read those above it."""
    held: dict[str, Any] = {}
    for name, written in variables.items():
        if isinstance(written, tuple):
            values = [evaluated(value, held, faults) for value in written]
            held.update({name: values} if None not in values else {})
        elif (value := evaluated(written, held, faults)) is not None:
            held[name] = value
    return held


def evaluated_inputs(description: Description, variables: Mapping[str, Any], faults: Faults) -> dict[str, Shape | None]:
    """The shape of each input, none where it has a fault."""
    if not description.inputs:
        if not (description.misspelt and faults):
            ways = ("try: input: 3x224x224 in the description, or -i 3x224x224",)
            faults.tell(Fault("wrong-input", "the network has no input", description.place, notes=ways))
        return {"input": None}
    return {name: evaluated_shape(written, variables, faults) for name, written in description.inputs.items()}


def evaluated_shape(written: Value, variables: Mapping[str, Any], faults: Faults) -> Shape | None:
    """Channels and sizes, each a whole number of at least 1."""
    value = evaluated(written, variables, faults)
    if value is None:
        return None
    written_sizes = value if isinstance(value, tuple) else (value,)
    shape = tuple([whole_number(size) for size in written_sizes])
    message = ""
    if len(shape) > MOST_INPUT_SIZES:
        message = f"an input must have at most {MOST_INPUT_SIZES} sizes, but got {len(shape)}"
    elif None in shape:
        template = "an input is whole numbers, channels first, such as 3x224x224, but got {sizes}"
        message = write_message(template, sizes=partial(show_value, written_sizes))
    else:
        try:
            for size in shape:
                require_at_least(1, "a size of the input", size)
        except RuleError as error:
            message = str(error)
    if message:
        faults.tell(Fault("wrong-input", message, written.place, notes=read_by(written, variables)))
        return None
    return shape


def evaluated(value: Value, variables: Mapping[str, Held], faults: Faults) -> Held:
    """What a value comes to, none where it has a fault or reads what has one."""
    try:
        return value.evaluate(variables)
    except ValueFault as fault:
        faults.tell(placed_fault(fault, value, variables, value.place))
    except KeyError:
        pass  # an unknown name has been told
    return None
