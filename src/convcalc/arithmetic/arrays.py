"""Recordings that run on many configurations at once, each step on a whole array.

Results are exact: int64 is used only where nothing can overflow, and Python's integers elsewhere.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from convcalc.arithmetic.operations import computing
from convcalc.arithmetic.recorded import DIVIDED, OPERATIONS, TRUTHS, VARIABLE_STEP, Recorded
from convcalc.arithmetic.recording import Recording, Work
from convcalc.errors import DescriptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.recorded import Bounds
    from convcalc.arithmetic.recording import Message

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

    Compute: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """From variables to whole numbers and truths."""

    Computed: TypeAlias = Any
    """What a step comes to: an array with a number for each configuration, or one number for all."""

LARGEST_INT64 = 2**63 - 1
"""The largest number of int64; one of its negative numbers is beyond it, and is not used."""

MOST_STEPS_KEPT = 500_000
"""Steps that are kept, at most: a sweep of structures would fill any memory with them."""

STARTED, TOGETHER, TOGETHER_WIDE = 2, 512, 16
"""The work of a step on an array: to start it, and how many numbers one unit computes, as int64 or without bounds."""

COLLECTED = 64
"""Recordings after which what they leave behind is looked for."""

NUMPY_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "min": np.minimum,
    "max": np.maximum,
    "gcd": np.gcd,
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "and": np.logical_and,
    "or": np.logical_or,
}
"""What numpy calls the operations of a recording."""


class VariableRange(NamedTuple):
    """What a variable may be: multiples of 1 / denominator, which are counted from `low` to `high`."""

    denominator: int
    low: int
    high: int


class Failure(NamedTuple):
    """Why configurations are impossible: a text about a `layer`, if it is about one.

    The `message` is the template of the text. It is None where the text is the same for all configurations.
    """

    layer: str
    text: str
    message: Message | None

    def reason(self, text: str) -> str:
        """A text, with the layer that it is about."""
        return f"{self.layer}: {text}" if self.layer else text


@dataclass
class Results:
    """What comes out for some configurations: an array for each key, and why there is nothing, where it is so."""

    count: int
    values: dict[str, Array] = field(default_factory=dict)
    failed: Array = field(init=False)
    failures: list[tuple[Array, Program, Mapping[str, Array]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.failed = np.zeros(self.count, dtype=bool)

    def put(self, key: str, lanes: Array, own: Array | int) -> None:
        """Set what has come out for some of the configurations."""
        whole = self.values.get(key)
        if whole is None:
            whole = self.values[key] = np.zeros(self.count, dtype=bool if isinstance(own, bool) else np.int64)
        if isinstance(own, int) and abs(own) > LARGEST_INT64:
            own = np.full(len(lanes), own, dtype=object)
        if isinstance(own, np.ndarray) and whole.dtype not in (own.dtype, object):
            whole = self.values[key] = whole.astype(own.dtype)
        whole[lanes] = own

    def spread(self, lanes: Array, count: int, others: Results | None) -> Results:
        """These results among those of other configurations, where theirs are the `lanes` of so many."""
        whole = others or Results(count)
        whole.failed[lanes] = self.failed
        whole.failures += [(lanes[own], program, columns) for own, program, columns in self.failures]
        for key, values in self.values.items():
            whole.put(key, lanes, values)
        return whole

    def reasons(self) -> dict[int, str]:
        """Why there is nothing, for each configuration that has failed."""
        return {
            int(lane): text
            for lanes, program, columns in self.failures
            for lane, text in zip(lanes, program.reasons(columns, len(lanes)), strict=True)
        }


class Program:
    """A recording that runs: the steps on which its results, its guards or its reason hang.

    It has a `failure` in place of results where its configurations are impossible. Configurations for which a guard
    has another value are left to the programs in `others`, whose keys are the number of the guard and that value.
    """

    def __init__(self, recording: Recording, results: Mapping[str, Any], failure: Failure | None = None) -> None:
        self.recording = recording
        self.results = results
        self.failure = failure
        self.others: dict[tuple[int, int], Program] = {}
        told = failure.message.numbers if failure and failure.message else ()
        kept = {each.index for each in (*results.values(), *told) if isinstance(each, Recorded)}
        kept |= {guard.number.index for guard in recording.guards}
        self.steps = needed(recording.steps, kept)
        self.spent = spent(self.steps, kept)
        self.plans: list[tuple[Mapping[str, Bounds], frozenset[int]]] = []
        recording.forget({step.index for step in self.steps} if told else ())

    def bounds(self, box: Mapping[str, Bounds]) -> dict[int, Bounds]:
        """Between what each step is, where the variables are within a box."""
        return dict(self.bounded(box))

    def bounded(self, box: Mapping[str, Bounds]) -> Iterator[tuple[int, Bounds]]:
        """The same as `bounds`, one by one, in order: whoever knows enough after a few can stop."""
        found: dict[int, Bounds] = {}
        for step in self.steps:
            if step.operation == VARIABLE_STEP:
                found[step.index] = box[step.arguments[0]]
            else:
                pair = [found[each.index] if isinstance(each, Recorded) else (each, each) for each in step.arguments]
                found[step.index] = OPERATIONS[step.operation].bounds(*pair)
            yield step.index, found[step.index]

    def least(self, key: str, bounds: Mapping[int, Bounds]) -> int:
        """The least that a result can be, where steps are within bounds."""
        result = self.results[key]
        return bounds[result.index][0] if isinstance(result, Recorded) else int(result)

    def wide(self, box: Mapping[str, Bounds]) -> frozenset[int]:
        """The steps that int64 may be too small for: their result, or what they are computed from."""
        for known, steps in self.plans:
            if all(known[name][0] <= low and high <= known[name][1] for name, (low, high) in box.items()):
                return steps
        found = self.bounds(box)
        large = {index for index, (low, high) in found.items() if max(abs(low), abs(high)) > LARGEST_INT64}
        steps = frozenset(
            step.index for step in self.steps if step.index in large or any(is_large(e, large) for e in step.arguments)
        )
        self.plans.append((box, steps))
        return steps

    def run(self, columns: Mapping[str, Array], work: Work | None = None) -> dict[int, Any]:
        """The values of all steps that are wanted, and of all guards.

        Raises:
            OutOfWork: that would take more work than there is.
        """
        box = {name: (int(column.min()), int(column.max())) for name, column in columns.items()}
        wide = self.wide(box)
        if work is not None:
            count = len(next(iter(columns.values()))) if columns else 1
            work.spend(len(self.steps) * (STARTED + count // TOGETHER) + len(wide) * count // TOGETHER_WIDE)
        values: dict[int, Computed] = {}
        for step in self.steps:
            if step.operation == VARIABLE_STEP:
                values[step.index] = columns[step.arguments[0]]
                continue
            one, other = [values[each.index] if isinstance(each, Recorded) else each for each in step.arguments]
            if step.operation in DIVIDED and may_be_zero(step.arguments[1]):
                other = np.where(other == 0, 1, other)  # of configurations that a guard refuses
            if step.operation not in TRUTHS:
                one, other = truth_as_number(one), truth_as_number(other)
            if step.index in wide:
                one, other = unbounded(one), unbounded(other)
            values[step.index] = NUMPY_OPERATIONS[step.operation](one, other)
            for index in self.spent.get(step.index, ()):
                del values[index]
        return values

    def reasons(self, columns: Mapping[str, Array], count: int) -> list[str]:
        """For each of `count` configurations, why it is impossible; empty where none is."""
        if self.failure is None:
            return []
        message = self.failure.message
        if message is None or not message.numbers:
            return [self.failure.reason(self.failure.text)] * count
        values = self.run(columns)
        indices = [each.index for each in message.numbers]
        rows = list(zip(*[truth_as_number(values[index]).tolist() for index in indices], strict=True))
        with computing(self.recording):
            texts = {row: self.recording.rewrite(message, dict(zip(indices, row, strict=True))) for row in set(rows)}
        return [self.failure.reason(texts[row]) for row in rows]


def needed(steps: Sequence[Recorded], kept: set[int]) -> list[Recorded]:
    """The steps on which others hang, in order."""
    wanted = set(kept)
    for step in reversed(steps):
        if step.index in wanted:
            wanted.update(each.index for each in step.arguments if isinstance(each, Recorded))
    return [step for step in steps if step.index in wanted]


def spent(steps: Sequence[Recorded], kept: set[int]) -> dict[int, list[int]]:
    """For each step, those that nothing reads after it."""
    last = {each.index: step.index for step in steps for each in step.arguments if isinstance(each, Recorded)}
    found: dict[int, list[int]] = {}
    for index, reader in last.items():
        if index not in kept:
            found.setdefault(reader, []).append(index)
    return found


def is_large(number: object, large: set[int]) -> bool:
    """Whether what a step is computed from may be too large for int64."""
    if isinstance(number, Recorded):
        return number.index in large
    return isinstance(number, int) and abs(number) > LARGEST_INT64


def may_be_zero(number: object) -> bool:
    """Whether what a step is computed from is 0 for some configurations."""
    return isinstance(number, Recorded) and number.low <= 0 <= number.high


def truth_as_number(value: Computed) -> Computed:
    """A truth as 1 or 0."""
    return value.astype(np.int64) if isinstance(value, np.ndarray) and value.dtype == bool else value


def unbounded(value: Computed) -> Computed:
    """Integers of Python, which have no bounds."""
    return value.astype(object) if isinstance(value, np.ndarray) and value.dtype != object else value


class Family:
    """A computation on variables: the programs that its configurations need, each recorded where it is first met.

    It keeps as many of them as have so many `steps`, together. All that it does takes `work`.
    """

    def __init__(self, compute: Compute, variables: Mapping[str, VariableRange], work: Work | None = None) -> None:
        self.work = work or Work()
        self.compute = compute
        self.variables = variables
        self.first: Program | None = None
        self.programs: list[Program] = []
        self.steps = 0
        self.recorded_so_far = 0

    def run(self, columns: Mapping[str, Array], count: int) -> Results:
        """What comes out for so many configurations that stand in columns: numerators, by variable.

        Raises:
            OutOfWork: that would take more work than there is.
        """
        results = Results(count)
        work: list[tuple[Program | None, tuple[int, int], Array]] = [(None, (0, 0), np.arange(count))]
        while work:
            parent, key, lanes = work.pop()
            own = columns if len(lanes) == count else {name: column[lanes] for name, column in columns.items()}
            program = self.program(parent, key, own)
            values = program.run(own, self.work)
            inside, left = split_by_guards(program, values)
            work += [(program, key, lanes[positions]) for key, positions in left]
            self.collect(results, program, values, lanes, inside, own)
        return results

    def program(self, parent: Program | None, key: tuple[int, int], columns: Mapping[str, Array]) -> Program:
        """The program of configurations that another program has left, as a guard of it has another value."""
        if parent is None:
            self.first = self.first or self.recorded(columns)
            return self.first
        found = parent.others.get(key)
        if found is None:
            found = self.recorded(columns)
            if self.steps <= MOST_STEPS_KEPT:
                parent.others[key] = found
        return found

    def collect(  # noqa: PLR0913, PLR0917  # all that a run has
        self, results: Results, program: Program, values: Mapping[int, Any], lanes: Array, inside: Array | None,
        columns: Mapping[str, Array],
    ) -> None:  # fmt: skip  # the names are a list
        """Put what a program computed into the results of all configurations."""
        own = lanes if inside is None else lanes[inside]
        if not len(own):
            return
        if program.failure:
            chosen = columns if inside is None else {name: column[inside] for name, column in columns.items()}
            results.failed[own] = True
            results.failures.append((own, program, chosen))
        for key, number in program.results.items():
            value = values[number.index] if isinstance(number, Recorded) else number
            value = value if inside is None or not isinstance(value, np.ndarray) else value[inside]
            results.put(key, own, value)

    def recorded(self, columns: Mapping[str, Array]) -> Program:
        """The program of the first of some configurations."""
        recording = Recording(self.work)
        variables = {
            name: recording.variable(
                name, Fraction(int(columns[name][0]), each.denominator), each.denominator, (each.low, each.high)
            )
            for name, each in self.variables.items()
        }
        with computing(recording):
            try:
                program = Program(recording, self.compute(variables))
            except DescriptionError as error:
                fault = error.faults[0]
                failure = Failure(fault.layer, fault.message, recording.message(fault.message))
                program = Program(recording, {}, failure)
        self.recorded_so_far += 1
        if self.recorded_so_far % COLLECTED == 0:
            gc.collect()  # a recording leaves cycles behind, and a short process does not look for them
        self.steps += len(program.steps)
        if self.steps <= MOST_STEPS_KEPT:
            self.programs.append(program)
        return program


def split_by_guards(
    program: Program, values: Mapping[int, Any]
) -> tuple[Array | None, list[tuple[tuple[int, int], Array]]]:
    """Which configurations all guards agree with (None for all of them), and the others by the first that does not."""
    inside: Array | None = None
    left = []
    for index, (number, value) in enumerate(program.recording.guards):
        own = values[number.index]
        agrees = (own if value else ~own) if number.operation in TRUTHS else own == value
        if agrees.all():
            continue
        leaving = ~agrees if inside is None else inside & ~agrees
        inside = agrees if inside is None else inside & agrees
        positions = np.flatnonzero(leaving)
        outcomes = np.unique(own[positions]).tolist()
        left += [((index, int(outcome)), positions[own[positions] == outcome]) for outcome in outcomes]
    return inside, left
