"""Each kind against the module of PyTorch that it describes: the same shape and costs, and the same refusals."""

import json
import re
from collections import Counter
from fractions import Fraction
from functools import partial

import pytest
from brute_force import counted
from descriptions import network
from examples import examples
from frameworks import nn, torch
from hypothesis import Phase, assume, find, given, settings
from torch_cases import CASES, POINTWISE, TAKE_ALL
from torch_run import ran

from convcalc.errors import DescriptionError, RuleError
from convcalc.layers.kinds import KINDS, kind_class

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
"""PyTorch tells that it copies the input, which takes its time, but is nothing that is counted."""


def applied(kind, options):
    """The layer with these options, made when it is called: options may be refused at either time."""

    def apply(*inputs):
        return kind_class(kind)(**options)(*inputs)

    return apply


def refused(case):
    """Whether PyTorch cannot apply it."""
    return ran(case.module, case.inputs, case.dtype) is None


def test_every_kind_is_compared():
    """There is an entry for each kind, and none for what is no kind."""
    assert CASES.keys() == KINDS.keys()
    assert CASES.keys() > TAKE_ALL


def test_what_a_kind_is_called_in_pytorch_is_there():
    """The names of PyTorch that stand beside the kinds exist; of a function of numbers it is the one that is run."""
    for kind in KINDS.values():
        for module, name in re.findall(r"\b(nn|torch)\.(\w+)", kind.torch):
            assert hasattr({"nn": nn, "torch": torch}[module], name)
    for kind, make in POINTWISE.items():
        assert KINDS[kind].torch.split("(")[0] == f"nn.{type(make()).__name__}"


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_comes_to_what_pytorch_comes_to(kind):
    """Shape, weights, biases, running statistics and MACs are those of PyTorch, and what one refuses the other does.

    More than half of what is drawn can be applied.
    """
    met = Counter()

    @given(CASES[kind])
    @examples(300)
    def agree(case):
        expected = ran(case.module, case.inputs, case.dtype)
        met[expected is not None] += 1
        assert expected == counted(applied(kind, case.options), *case.inputs)

    agree()
    assert met[True] > met[False]


@pytest.mark.parametrize("kind", [kind for kind in CASES if kind not in TAKE_ALL])
def test_what_is_drawn_is_not_always_right(kind):
    """Cases that cannot be applied are among those that are compared."""
    find(CASES[kind], refused, settings=settings(max_examples=3000, phases=[Phase.generate], deadline=None))


def written(value):
    """The value of an option as a description has it; not every fraction is a decimal."""
    if isinstance(value, Fraction):
        assume(Fraction(str(float(value))) == value)
        return float(value)
    return [written(part) for part in value] if isinstance(value, tuple) else value


def described(kind, options, *inputs):
    """The profile of the only layer of a network whose description sets these options, as a layer has it."""
    given = {name: written(value) for name, value in options.items() if value is not None}
    shapes = {f"x{number}": "x".join(map(str, shape)) for number, shape in enumerate(inputs)}
    if len(inputs) == 1:
        description = {"input": shapes["x0"], "layers": [{kind: given} if given else kind]}
    else:
        line = " ".join([kind, *(f"{name}={str(value).lower()}" for name, value in given.items())])
        description = {"inputs": shapes, "layers": [{"from": list(shapes)}, line]}
    try:
        report = network(json.dumps(description))
    except DescriptionError as error:
        raise RuleError(error.faults[0].code, str(error)) from None
    return report.rows[0].profile


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_in_a_description_comes_to_the_same(kind):
    """Each option is understood by its name, and what is refused is refused there, too."""

    @given(CASES[kind])
    @examples(100)
    def agree(case):
        expected = ran(case.module, case.inputs, case.dtype)
        assert expected == counted(partial(described, kind, case.options), *case.inputs)

    agree()
