"""What is said of each kind: the lines of the table agree with the classes, and each fact with what a layer does."""

from dataclasses import fields
from importlib import import_module
from inspect import get_annotations
from typing import get_args

import pytest

from convcalc.errors import RuleError
from convcalc.language.words import MEANINGS
from convcalc.layers.base import Layer
from convcalc.layers.dense import Linear
from convcalc.layers.join import Add, Concat, Mul
from convcalc.layers.kinds import ALIASES, EXAMPLES, FOREIGN_KINDS, JOINS, KINDS, SUM, kind_class
from convcalc.layers.matmul import MatMul
from convcalc.layers.norm import BatchNorm
from convcalc.layers.options import KNOWN_OPTIONS, RULES, has_window, options_of, schema
from convcalc.layers.pool import MaxPool
from convcalc.layers.resize import CenterCrop
from convcalc.layers.sample_norm import InstanceNorm
from convcalc.layers.window import Padding, Rounding
from convcalc.layers.words import FLAGS, FOREIGN_OPTIONS, GROUPS, WORDED

CLASSES = {name: kind_class(name) for name in KINDS}
TYPES = {annotation for annotation, rule in RULES.items() if rule.says == "a word"}
"""Types of options that hold one of the words of a kind."""

WORDY = [(name, option.type) for name in KINDS for option in schema(name).values() if option.type in TYPES]


def kinds(fact):
    """The kinds whose class says that something is true of them."""
    return {name for name, cls in CLASSES.items() if getattr(cls, fact)}


def test_a_name_means_one_kind():
    """No second name and no foreign name is another's, and a foreign name is none of ours."""
    assert len(ALIASES) == sum(len(kind.aliases) for kind in KINDS.values())
    assert len(FOREIGN_KINDS) == sum(len(kind.foreign.split()) for kind in KINDS.values())
    assert not ALIASES.keys() & KINDS.keys()
    assert not FOREIGN_KINDS.keys() & {*KINDS, *ALIASES}
    assert all(word == word.lower() for word in FOREIGN_KINDS)


def test_an_example_begins_with_the_name_of_its_kind():
    """It is the name alone where that is a line."""
    assert all(line.replace("(", " ").split()[0] == name for name, line in EXAMPLES.items())
    assert all(kind.example != name for name, kind in KINDS.items())


@pytest.mark.parametrize("name", KINDS)
def test_the_flags_of_a_kind_are_its_options_that_are_true_or_false(name):
    """They stand in the table, too, as the words of a line are read before any class is imported."""
    assert set(KINDS[name].flags) == {option.name for option in schema(name).values() if option.type == "bool"}


@pytest.mark.parametrize("name", KINDS)
def test_the_words_of_a_kind_are_those_of_its_options(name):
    """Each option that holds one of the words of the kind is named, and each word is one that it takes."""
    words = {option.name: RULES[option.type] for option in schema(name).values() if option.type in TYPES}

    assert KINDS[name].words.keys() == words.keys()
    assert all(set(alone) <= set(words[option].words) for option, alone in KINDS[name].words.items())


def test_a_word_has_one_meaning():
    """What sets an option alone is neither a kind nor a word of another option."""
    alone = [word for kind in KINDS.values() for words in kind.words.values() for word in words]

    assert len(alone) == len(set(alone))
    assert not set(alone) & {*KINDS, *ALIASES}
    assert all(
        GROUPS[word] == option for kind in KINDS.values() for option in kind.words for word in kind.words[option]
    )
    assert {*FLAGS, *WORDED} <= MEANINGS.keys()


@pytest.mark.parametrize(("name", "annotation"), WORDY)
def test_the_words_of_a_type_are_those_that_it_lists(name, annotation):
    """The table of types says what the annotation of the field does."""
    alias = getattr(import_module(CLASSES[name].__module__), annotation)

    assert RULES[annotation].words == get_args(alias)


def test_the_words_that_several_kinds_share_are_those_of_windows():
    """So are the rules of padding and of rounding; and each type of words was compared above."""
    rules, *_ = get_args(Padding)

    assert set(RULES["Padding"].words) == set(get_args(rules))
    assert RULES["Rounding"].words == get_args(Rounding)
    assert {annotation for _, annotation in WORDY} == TYPES


@pytest.mark.parametrize("name", KINDS)
def test_what_a_kind_says_of_its_options_is_of_options_that_it_has(name):
    """A width, other names, values unless given; and an option that follows from what it reads is none."""
    cls, options = CLASSES[name], schema(name)

    assert {cls.width} - {""} <= options.keys()
    assert cls.torch_options.keys() | cls.unless_given.keys() <= options.keys()
    assert not set(cls.needless) & options.keys()
    assert all(cls.__dataclass_fields__[option].default is None for option in cls.unless_given)
    assert all(torch != option for option, torch in cls.torch_options.items())


def test_a_class_says_only_what_layers_can_say():
    """Each fact of a class has its name and its meaning in the base class, so that no other is overlooked."""
    own = {"gates", "extra"}  # of recurrent layers, for their own rule
    for cls in CLASSES.values():
        facts = {name for name, hint in get_annotations(cls).items() if hint.startswith("ClassVar")}
        assert facts - own <= get_annotations(Layer).keys()
        assert all(getattr(cls, fact) != getattr(Layer, fact, ...) for fact in facts)


def test_widths():
    """Convolutions with filters of their own have one, and linear layers, which are widened only where hidden."""
    assert {name: cls.width for name, cls in CLASSES.items() if cls.width} == {
        **dict.fromkeys(("conv", "sepconv", "upconv", "local_conv", "deform_conv"), "out_channels"),
        "linear": "out_features",
    }
    assert CLASSES.keys() - kinds("widened") == {"linear"}
    assert all(cls.width or not {"out_channels", "out_features"} & options_of(cls).keys() for cls in CLASSES.values())


SHAPES = {1: [(6, 4, 4)], 2: [(6, 4, 4), (6, 4, 4)]}


@pytest.mark.parametrize("name", sorted(kinds("in_place")))
def test_what_works_in_place_reads_one_value_of_each_tensor(name):
    """Its output is as large as its input, and no value of it reads another place."""
    layer = CLASSES[name]()
    inputs = SHAPES[layer.reads[0]]
    profile = layer(*inputs)

    assert profile.output == inputs[0]
    assert (profile.windows, profile.fan_in) == ((), len(inputs))


def test_what_does_not_work_in_place():
    """Of those that read one value for each, some put it elsewhere, and some read others to know what it becomes."""
    assert {"relu", "sigmoid", "pass", "dropout", "bn", "prelu", "scale", "add", "mul", "position_embedding"} <= kinds(
        "in_place"
    )
    assert not kinds("in_place") & {
        "slice",
        "split",
        "channel_shuffle",
        "concat",
        "pad",
        "softmax",
        "ln",
        "glu",
        "conv",
    }


def test_a_layer_that_flattens_has_whole_axes_as_windows():
    """A linear layer does over all, and not over channels; what is flat already is not laid out."""
    assert kinds("flattens") == {"linear"}
    assert all(axis.kernel == size for axis, size in zip(Linear(4)((3, 5, 6)).windows, (5, 6), strict=True))
    assert Linear(4, over="channels")((3, 5, 6)).windows == Linear(4)((90,)).windows == ()


def test_norms_that_centre():
    """Those whose mean is of one channel: of groups, or of all channels, what is added to one of them stays."""
    assert kinds("centres") == {"bn", "instancenorm"}
    assert InstanceNorm()((6, 4, 4)).fan_in == 4 * 4
    assert BatchNorm()((6, 4, 4)).statistics == 2 * 6


def test_tensors_with_channels_of_their_own():
    """Concat stacks them and matmul multiplies by rows and columns; others refuse tensors that differ there."""
    assert kinds("own_channels") == {"concat", "matmul"}
    assert Concat()((2, 4, 4), (3, 4, 4)).output == (5, 4, 4)
    assert MatMul()((2, 4), (4, 3)).output == (2, 3)
    for join in Add(), Mul():
        with pytest.raises(RuleError):
            join((2, 4, 4), (3, 4, 4))


def test_tensors_that_lend_their_sizes():
    """The second tensor of a crop has a say in nothing but the sizes."""
    assert kinds("lends_sizes") == {"center_crop"}
    assert CenterCrop()((3, 8, 8), (5, 4, 4)) == CenterCrop()((3, 8, 8), (1, 4, 4))


def test_kinds_that_do_not_scale():
    """Connections name the channels that they read, and what somebody says of an operation stays as it is."""
    assert kinds("names_channels") == {"table_conv"}
    assert kinds("unscaled") == {"custom"}
    custom = CLASSES["custom"]((4, 4, 4), macs=7)
    assert custom((3, 8, 8)).output == custom((6, 8, 8)).output
    assert custom((3, 8, 8)).macs == custom((6, 8, 8)).macs == 7


def test_what_is_causal():
    """What pads only before: a convolution whose padding says so, and nothing that has none."""
    assert CLASSES["conv"](4, 3, padding="causal").causal
    assert not CLASSES["conv"](4, 3, padding="same").causal
    assert not CLASSES["relu"]().causal


def test_words_that_a_kind_refuses():
    """A transposed convolution takes every rule of padding but one."""
    assert kinds("refused") == {"upconv"}
    with pytest.raises(RuleError, match="causal is for convolutions"):
        CLASSES["upconv"](4, 3, padding="causal")


def test_the_kind_that_adds_is_a_join():
    """By it a residual meets its shortcut."""
    assert CLASSES[SUM] is Add
    assert SUM in JOINS


def test_layers_are_dataclasses():
    """What is changed of a layer, and which options it has, is told as of any other."""
    assert [field.name for field in fields(CLASSES["conv"])] == list(schema("conv"))
    assert has_window(MaxPool(2))
    assert not has_window(Linear(4))


def test_what_is_known_of_an_option_is_of_options_that_there_are():
    """No letter and no foreign name is left of an option that is called otherwise."""
    options = {option for name in KINDS for option in schema(name)}

    assert KNOWN_OPTIONS.keys() <= options
    assert set(FOREIGN_OPTIONS.values()) <= {*options, "activation"}
