"""The network of a description: the description is checked, then its layers are placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import Faults
from convcalc.language.assemble.builder import Builder
from convcalc.language.assemble.head import unknown_settings
from convcalc.language.plan.planner import Planner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.language.description import Description, Variables
    from convcalc.language.value import Value
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report
    from convcalc.network.widths import Adapt


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
    return build_planned(planner_with(description, variables or {}, inputs or {}), adapt, hasty=hasty)


def build_planned(planner: Planner, adapt: Adapt | None = None, *, hasty: bool = False) -> Report:
    """The network of a description for which there is a planner, as `build` makes it.

    Raises:
        DescriptionError: as `build`.
    """
    builder = Builder(planner, adapt, Faults(hasty=hasty))
    builder.check()
    return builder.report()


def require_sound(planner: Planner) -> None:
    """State that nothing is wrong with a description whatever its variables hold.

    Raises:
        DescriptionError: something is.
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
    return builder.layers.inputs


def planner_with(own: Description, variables: Variables, inputs: Mapping[str, Value]) -> Planner:
    """The planner of a description, with other variables and inputs in the place of its own."""
    known = {name: shape for name, shape in inputs.items() if name in own.inputs or not own.inputs}
    given = {**own.inputs, **known}
    unknown = *unknown_settings("variable", variables, own.variables), *unknown_settings("input", inputs, given)
    variables = {**own.variables, **variables}
    return Planner(own._replace(variables=variables, inputs=given, faults=(*own.faults, *unknown)))
