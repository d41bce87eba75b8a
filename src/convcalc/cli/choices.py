"""Which configurations a sweep is about, and which of them are kept: what the options of the command line say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.cli.options import piped
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.arithmetic.operations import Held
    from convcalc.network.network import Network
    from convcalc.questions.condition import Condition
    from convcalc.questions.configurations import ConfigurationSource, SweepAxis
    from convcalc.questions.sweep import Goal, Joined
    from convcalc.sources.networks import NetworkArguments


MOST_SAMPLED = 10_000_000
"""Configurations that are drawn at random, at most."""

PART = re.compile(r"([1-9]\d{0,8})/([1-9]\d{0,8})", re.ASCII)
"""One of some parts."""


class Kept(NamedTuple):
    """Which configurations a sweep keeps, and what else is known of them, as the options of a command line say it."""

    joined: list[str]
    where: list[str] | None
    valid: bool
    top: int | None
    by: str
    pareto: str | None


def chosen_source(vary: list[str], rows: str, networks: NetworkArguments) -> ConfigurationSource:
    """The configurations that are asked for.

    Raises:
        DescriptionError: there are none, or two kinds of them.
    """
    from convcalc.questions.configurations import Grid
    from convcalc.questions.tables import parse_listed
    from convcalc.questions.vary import VARY_HINT, parse_vary
    from convcalc.sources.files import STANDARD_INPUT, TABLE_FILE, text_of

    if vary and rows:
        raise DescriptionError(
            Fault("conflicting-options", "--vary and --rows both give configurations: one of the two")
        )
    if vary:
        return Grid(parse_vary(vary))
    described = bool(networks.layers) or (bool(networks.nets) and STANDARD_INPUT not in networks.nets)
    if rows == STANDARD_INPUT and not described:
        raise DescriptionError(Fault("conflicting-options", "standard input can be the network or --rows, not both"))
    if rows:
        return parse_listed(text_of(rows, TABLE_FILE), "<stdin>" if rows == STANDARD_INPUT else rows)
    text = text_of(STANDARD_INPUT, TABLE_FILE) if described and piped() else ""
    if not text.strip():
        ways = (*variables_told(networks.nets), VARY_HINT, "or --rows FILE, a table of variables")
        raise DescriptionError(Fault("missing-argument", "what is to be varied?", notes=ways))
    return parse_listed(text, "<stdin>")


def variables_told(nets: Sequence[str]) -> list[str]:
    """What there is to vary."""
    from convcalc.cli.hinting import network_variables

    names = network_variables(nets)
    return [f"the variables of {' and '.join(map(quoted, nets))}: {', '.join(names)}"] if names else []


def chosen_condition(conditions: list[str] | None, axes: Sequence[SweepAxis], network: Network) -> Condition | None:
    """The condition for which configurations are kept, if there is one.

    Raises:
        DescriptionError: it is none, or names what cannot be compared.
    """
    from convcalc.network.measures import countable
    from convcalc.questions.condition import Condition

    if conditions is None:
        return None
    condition = Condition("--where", conjunction(conditions))
    condition.require((*countable(), *[axis.name for axis in axes]), still(network, axes) | not_comparable(axes))
    return condition


def conjunction(conditions: list[str]) -> str:
    """Conditions that must all hold, as one."""
    return conditions[0] if len(conditions) == 1 else " and ".join(f"({each})" for each in conditions)


def chosen_join(files: list[str], source: ConfigurationSource, network: Network) -> Joined | None:
    """The table that tells more of configurations.

    Raises:
        DescriptionError: there are several, or it has a variable of the network that is not varied.
    """
    from convcalc.questions.tables import parse_joined
    from convcalc.sources.files import TABLE_FILE, text_of

    if not files:
        return None
    if len(files) > 1:
        raise DescriptionError(
            Fault("conflicting-options", f"--join takes one table, but got {' and '.join(map(quoted, files))}")
        )
    joined = parse_joined(text_of(files[0], TABLE_FILE), files[0], source.axes)
    for axis in joined.axes:
        if axis.name in network.variables:
            message = (
                f"{quoted(files[0])} has a column {quoted(axis.name)}, a variable of the network that is not varied"
            )
            raise DescriptionError(
                Fault("bad-table", message, notes=(f"try: --vary {axis.name}=…, with the values of the table",))
            )
    return joined


def require_kinds(axes: Sequence[SweepAxis], network: Network) -> None:
    """State that a variable that is a list takes lists, and one that is a number takes numbers.

    Raises:
        DescriptionError: it does not.
    """
    for axis in axes:
        held = network.variables.get(axis.name)
        is_list = held is not None and held.is_list
        takes_lists = not axis.numeric and isinstance(axis.value(0), list)
        if held is not None and is_list != takes_lists and not held.free:
            takes = (
                f"a list, as in --vary '{axis.name}=[1,2],[3,4]'"
                if is_list
                else f"a number, as in --vary {axis.name}=1:5"
            )
            raise DescriptionError(
                Fault("bad-values", f"{axis.name} must be {takes}, but got {quoted_value(axis.value(0))}")
            )


def still(network: Network, axes: Sequence[SweepAxis]) -> dict[str, str]:
    """The variables of a network that are not varied, and why they cannot be compared."""
    varied = [axis.name for axis in axes]
    return {name: "a variable that is not varied" for name in network.variables if name not in varied}


def first_values(source: ConfigurationSource) -> dict[str, Any]:
    """A value of each variable, to begin with."""
    return {axis.name: axis.value(0) for axis in source.axes}


def require_names(axes: Sequence[SweepAxis]) -> None:
    """State that each name is one thing.

    Raises:
        DescriptionError: a variable is called as a measure is.
    """
    from convcalc.network.measures import countable
    from convcalc.questions.sweep import REASON, WHERE

    for axis in axes:
        if axis.name in (*countable(), REASON, WHERE, "network"):
            message = f"a variable {axis.name} cannot be swept: a column of results is called so"
            raise DescriptionError(Fault("name-taken", message))


def quoted_value(value: Held) -> str:
    """A value of a variable, as its author would write it."""
    from convcalc.layers.options import show_value

    return quoted(value if isinstance(value, str) else show_value(value))


def not_comparable(axes: Sequence[SweepAxis]) -> dict[str, str]:
    """What cannot be compared, and why."""
    return {axis.name: no_number(axis) for axis in axes if not axis.numeric}


def no_number(axis: SweepAxis) -> str:
    """What an axis is that is not all numbers, with the first of its values that is none."""
    from convcalc.arithmetic.amounts import SIGNED_NUMBER

    texts = [each for each in axis.others if not (isinstance(each, str) and SIGNED_NUMBER.fullmatch(each))]
    return f"no number, such as {quoted_value(texts[0])}"


def chosen_goals(by: str, pareto: str | None, top: int | None, axes: Sequence[SweepAxis]) -> list[Goal]:
    """What configurations should be good in: `macs`, `accuracy:max`. Less is better of what is counted.

    Raises:
        DescriptionError: options do not go together, or a key is not known, or no number.
    """
    from convcalc.errors import guess
    from convcalc.network.measures import countable
    from convcalc.questions.sweep import Goal

    if by and pareto is not None:
        raise DescriptionError(
            Fault("conflicting-options", "--top and --pareto each keep some configurations: one of the two")
        )
    if bool(by) != bool(top):
        raise DescriptionError(
            Fault("conflicting-options", "--top says how many are kept, and --by what is best: give both")
        )
    known = (*countable(), *[axis.name for axis in axes])
    wrong = not_comparable(axes)
    goals = []
    for text in filter(None, (by or pareto or "").split(",")):
        key, _, way = (part.strip() for part in text.partition(":"))
        if key not in known:
            raise DescriptionError(Fault("unknown-choice", f"unknown key: {quoted(key)}{guess(key, known)}"))
        if key in wrong:
            raise DescriptionError(Fault("bad-condition", f"{key} cannot be compared: it is {wrong[key]}"))
        if way not in ("", "min", "max"):
            raise DescriptionError(
                Fault("wrong-argument", f"{key} can be best at its min or max, but got {quoted(way)}")
            )
        goals.append(Goal(key, way == "max" or (not way and key not in countable())))
    if pareto is not None and not goals:
        got = quoted(pareto.strip()) or "nothing"
        raise DescriptionError(
            Fault("wrong-argument", f"--pareto must be some keys, such as params,macs, but got {got}")
        )
    if by and len(goals) != 1:
        raise DescriptionError(Fault("conflicting-options", "--by is one key", notes=("try: --pareto for several",)))
    return goals


def chosen_numbers(total: int, sample: int | None, seed: int) -> Sequence[int]:
    """The numbers of the configurations that are asked for.

    Raises:
        DescriptionError: they are too many to draw.
    """
    from convcalc.questions.configurations import sampled

    if sample is not None and sample > MOST_SAMPLED:
        raise DescriptionError(Fault("beyond-limits", f"--sample draws at most {MOST_SAMPLED:,}, but got {sample:,}"))
    return range(total) if sample is None else sampled(total, sample, seed)


def chosen_part(text: str) -> tuple[int, int]:
    """Which part of a sweep, of how many.

    Raises:
        DescriptionError: it is none.
    """
    match = PART.fullmatch(text.strip() or "1/1")
    if match is None or int(match[1]) > int(match[2]):
        message = f"--shard must be one of some parts, such as 3/16, but got {quoted(text)}"
        raise DescriptionError(Fault("wrong-argument", message))
    return int(match[1]), int(match[2])
