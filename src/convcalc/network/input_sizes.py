"""Which input sizes a network accepts, each axis by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from convcalc.arithmetic.arrays import Family, VariableRange
from convcalc.arithmetic.operations import largest
from convcalc.layers.options import has_window
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import Window
from convcalc.network.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.arrays import Array, Results
    from convcalc.arithmetic.operations import Number
    from convcalc.arithmetic.recording import Work
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report, Row
    from convcalc.network.terms import Terms

    Resized: TypeAlias = Callable[[Mapping[str, Shape]], Report]
    """The report of a network under inputs of these shapes, in the arithmetic of their sizes."""

    Point: TypeAlias = tuple[int, ...]
    """A size for each axis."""

MOST_SIZE = 10**9
"""The largest size that can be asked about."""

REACHES = (1 << 10, 1 << 16)
"""How far from a size others are searched: near it first, as that is quick."""

GRID = 1 << 12
"""Combinations of small sizes that are tried."""

MOST_SCALED = 1 << 31
"""The largest size that is scaled in proportion, so that no product overflows."""

INPUT_MEASURES = ("params", "macs")
"""The measures that are told of each input."""

OUTPUT, LOST = "output", "lost"
"""Keys of what is computed besides measures: output sizes, and positions that no window reaches."""


class Taken(NamedTuple):
    """An input that a network accepts: its measures, and the shapes of the network's outputs."""

    point: Point
    shape: Shape
    measures: Mapping[str, int]
    outputs: tuple[Shape, ...]


class InputSizes:
    """A network under inputs of other sizes than the declared ones.

    A point has one size for each of `axes`, and an axis has one place or more: (input, axis of that input). Each axis
    of a single input moves by itself. Of several inputs, those of one place and one size move together, because they
    meet in a join sooner or later. All that is asked takes `work`.
    """

    def __init__(
        self, network: Resized, shapes: Mapping[str, Shape], terms: Terms | None = None, work: Work | None = None
    ) -> None:
        self.shapes = shapes
        self.axes = axes_of(shapes)
        self.declared: Point = tuple([shapes[places[0][0]][places[0][1]] for places in self.axes])

        def compute(values: Mapping[str, Any]) -> Mapping[str, Any]:
            report = network(self.shapes_at([values[size_key(axis)] for axis, _ in enumerate(self.axes)]))
            return facts_about_input(report, self.axes, terms) if terms else {}

        most = VariableRange(1, 1, max([MOST_SIZE, *self.declared]))
        self.family = Family(compute, {size_key(axis): most for axis, _ in enumerate(self.axes)}, work)

    def shapes_at(self, point: Sequence[Number]) -> dict[str, Shape]:
        """The shapes of the inputs at a point."""
        found = {name: list(shape) for name, shape in self.shapes.items()}
        for size, places in zip(point, self.axes, strict=True):
            for name, axis in places:
                found[name][axis] = size
        return {name: tuple(shape) for name, shape in found.items()}

    def shown(self, point: Point) -> str:
        """The inputs at a point, in a sentence."""
        return ", ".join(map(show_shape, self.shapes_at(point).values()))

    def results(self, points: Array) -> Results:
        """What the network makes of each of some points, which are rows."""
        return self.family.run({size_key(axis): points[:, axis] for axis, _ in enumerate(self.axes)}, len(points))

    def accepts(self, point: Point) -> bool:
        """Whether the network accepts a point."""
        return not self.results(np.array([point])).failed[0]

    def accepted(self, axis: int, base: Point, sizes: Array) -> list[int]:
        """The sizes of one axis that the network accepts, where the others are those of `base`."""
        found: list[int] = sizes[~self.results(along(axis, base, sizes)).failed].tolist()
        return found

    def start(self) -> Point | None:
        """An accepted point near the declared one, None if none is found, as where inputs have channels alone.

        Each axis is tried with the others as declared, then all axes together: in proportion, with one size, and in all
        combinations of small sizes.
        """
        if not self.axes:
            return None
        if self.accepts(self.declared):
            return self.declared
        for reach in REACHES:
            for points in self.candidates(reach):
                kept = points[~self.results(points).failed]
                if len(kept):
                    distance = np.abs(kept - np.array(self.declared)).max(axis=1)
                    return tuple(kept[int(np.argmin(distance))].tolist())
        return None

    def candidates(self, reach: int) -> Iterator[Array]:
        """Points among which an accepted one is searched."""
        for axis, size in enumerate(self.declared):
            yield along(axis, self.declared, sizes_near(size, reach))
        steps = range_of(1, reach)
        most = max(self.declared)
        if most <= MOST_SCALED:
            yield np.stack([-(-size * steps // most) for size in self.declared], axis=1)
        yield np.stack([steps] * len(self.declared), axis=1)
        side = range_of(1, round(GRID ** (1 / len(self.declared))))
        yield np.stack(np.meshgrid(*[side] * len(self.declared), indexing="ij"), axis=-1).reshape(
            -1, len(self.declared)
        )

    def least(self, start: Point) -> Point:
        """The point whose sizes are the least that are accepted: axis by axis, from an accepted point."""
        point = start
        for axis, size in enumerate(start):
            for reach in REACHES:
                sizes = self.accepted(axis, point, range_of(1, min(size, reach)))
                if sizes:
                    point = (*point[:axis], sizes[0], *point[axis + 1 :])
                    break
        return point

    def why_not(self, point: Point) -> str:
        """Why a point is not accepted; empty if it is."""
        reasons = self.results(np.array([point])).reasons()
        return f"{self.shown(point)} is refused: {reasons[0]}" if reasons else ""

    def refusal(self, point: Point, axes: Sequence[int]) -> str:
        """Why some axes of a point cannot be less by one; empty if they can, or if there is nothing less."""
        less = tuple([size - (axis in axes) for axis, size in enumerate(point)])
        return self.why_not(less) if min(less) else ""

    def lossless(self, axis: int, base: Point, sizes: Sequence[int]) -> list[int]:
        """The accepted sizes of one axis with which each window reaches the end of that axis."""
        lost = self.results(along(axis, base, np.array(sizes, dtype=np.int64))).values[f"{LOST}{axis}"]
        return [size for size, positions in zip(sizes, lost.tolist(), strict=True) if positions == 0]

    def alike(self, told: Mapping[int, object]) -> list[list[int]]:
        """The axes in groups that are asked about together: of one declared size, with the same told of each."""
        groups: list[list[int]] = []
        for axis, own in told.items():
            for group in groups:
                if self.declared[group[0]] == self.declared[axis] and told[group[0]] == own:
                    group.append(axis)
                    break
            else:
                groups.append([axis])
        return groups

    def taken(self, points: Sequence[Point]) -> list[Taken]:
        """What the network makes of accepted points."""
        if not points:
            return []
        columns = {key: values.tolist() for key, values in self.results(np.array(points)).values.items()}
        return [
            Taken(
                point,
                next(iter(self.shapes_at(point).values())),
                {key: columns[key][row] for key in INPUT_MEASURES},
                output_shapes({key: values[row] for key, values in columns.items() if key.startswith(OUTPUT)}),
            )
            for row, point in enumerate(points)
        ]


def axes_of(shapes: Mapping[str, Shape]) -> list[list[tuple[str, int]]]:
    """The places in inputs of each axis that can have other sizes."""
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name, shape in shapes.items():
        for axis, size in enumerate(shape[1:], 1):
            found.setdefault((axis, size), []).append((name, axis))
    return list(found.values())


def size_key(axis: int) -> str:
    """The variable that holds the size of an axis."""
    return f"size{axis}"


def along(axis: int, base: Point, sizes: Array) -> Array:
    """A point for each size of one axis, where the others are those of `base`."""
    points = np.tile(np.array(base, dtype=np.int64), (len(sizes), 1))
    points[:, axis] = sizes
    return points


def range_of(first: int, last: int) -> Array:
    """All sizes from one to another."""
    return np.arange(first, last + 1)


def sizes_near(size: int, reach: int) -> Array:
    """The sizes that are no farther from a size than `reach`."""
    return range_of(max(1, size - reach), size + reach)


def facts_about_input(report: Report, axes: Sequence[Sequence[tuple[str, int]]], terms: Terms) -> dict[str, Any]:
    """What is told of an input: measures, output sizes, and the positions that no window reaches on each axis."""
    found: dict[str, Any] = {key: measured(key, report.rows, terms) for key in INPUT_MEASURES}
    shapes = {row.node.name: row.profile.output for row in report.rows}
    for number, name in enumerate(report.graph.outputs):
        for axis, size in enumerate(shapes.get(name, ())):
            found[f"{OUTPUT}{number}.{axis}"] = size
    ranks = {len(shape) for shape in report.graph.inputs.values()}
    for at, places in enumerate(axes):
        lost = [each for row in report.rows for each in dropped(row, places[0][1], ranks)]
        found[f"{LOST}{at}"] = largest(0, 0, *lost)
    return found


def dropped(row: Row, axis: int, ranks: set[int]) -> Iterator[Number]:
    """The positions at the end of one axis of the input that no window of a layer reaches.

    Where a layer reads another number of axes than the network does, each of its axes counts.
    """
    if not has_window(row.node.layer):
        return
    sizes = row.inputs[0][1:]
    for at, (window, size) in enumerate(zip(row.profile.windows or (), sizes, strict=False), 1):
        if isinstance(window, Window) and (at == axis or len(row.inputs[0]) not in ranks):
            yield window.dropped(size)


def output_shapes(sizes: Mapping[str, int]) -> tuple[Shape, ...]:
    """The shapes of the outputs, from their sizes; a shape has no size 0."""
    found: dict[str, list[int]] = {}
    for key, size in sizes.items():
        if size:
            found.setdefault(key.partition(".")[0], []).append(size)
    return tuple(map(tuple, found.values()))
