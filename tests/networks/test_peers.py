"""What other counters say of networks, rebuilt from our rows to the last digit; see tests/reference/README.md.

Their totals of one network differ, and all by what they count besides MACs, or of MACs: each rule says what.
"""

from functools import cache
from math import prod

import pytest
from published import network, numbers, read

PEERS = read("peers.csv")
COUNTERS = [name for name in PEERS[0] if name != "network"]

OURS = {"alexnet": "alexnet-torchvision"}
"""Networks that have another name here."""

ADAPTIVE = {"alexnet": (256, 6 * 6), "vgg16": (512, 7 * 7), "vgg16_bn": (512, 7 * 7)}
"""Channels and positions of a map that torchvision pools to the size that it has: no layer here."""

FUNCTIONS = {("densenet121", "relu2"): "f_relu", ("densenet121", "gap1"): "f_gap", ("mobilenet_v2", "gap1"): "f_gap"}
"""Layers that torchvision calls as functions, which some counters do not see, or count otherwise."""

ON_TOKENS = {"convnext_tiny", "vit_b_16"}
"""Networks whose 1x1 convolutions are linear layers on each position in torchvision."""

ADDED = {"mobilenet_v2", "vit_b_16"}
"""Networks of torchvision that add by `+`; the others by `+=`."""

TOKENS, DEPTH, WIDTH, HEADS = 197, 12, 768, 12

DROPOUTS = {"vit_b_16": TOKENS * WIDTH * (1 + DEPTH * (1 + 1 + 4))}
"""Numbers that pass through dropouts of torchvision which are not described here."""


def kind_of(net, row):
    """What a row is to the counters."""
    kind, name = row.node.kind, row.node.name
    if (net, name) in FUNCTIONS:
        return FUNCTIONS[net, name]
    if kind == "conv" and net in ON_TOKENS and all(window.kernel == 1 for window in row.profile.windows):
        return "tokens"
    if kind == "dwconv":
        return "conv"
    if kind == "ln" and net == "convnext_tiny" and not name.startswith("block"):
        return "f_ln"  # a norm over channels, for which torchvision calls a function
    if kind == "add" and net in ADDED:
        return "plus"
    return "folded" if kind == "bn" and row.node.host else kind


@cache
def folding(net):
    """The layers behind which a norm stands that can be folded into them."""
    return {row.node.host for row in network(OURS.get(net, net)).rows if row.node.kind == "bn"}


def measured(net, row):
    """The terms of which rules are made."""
    profile, kind = row.profile, row.node.kind
    x, y = prod(row.inputs[0]), numbers(row)
    kernel = [window.kernel for window in profile.windows] if kind in {"maxpool", "avgpool"} else [0]
    scores = HEADS * TOKENS * TOKENS if kind == "attention" else 0
    return {
        "macs": profile.macs,
        "operations": profile.operations,
        "x": x,
        "y": y,
        "bias": y if profile.biases else 0,  # one sum for each number
        "biases": profile.biases,
        "folded": y if profile.biases or row.node.name in folding(net) else 0,
        "params": row.weights + row.biases,
        "weights": row.weights,
        "positions": prod(row.inputs[0][1:]),
        "taps": prod(kernel) * y,
        "side": kernel[0] * y,
        "gate": min(map(prod, row.inputs)),
        "scores": scores,
        "softmaxes": HEADS * TOKENS if kind == "attention" else 0,
        "once": 1,
    }


@cache
def rows(net):
    """Kinds and terms of all rows, and of what torchvision has besides."""
    found = [(kind_of(net, row), measured(net, row)) for row in network(OURS.get(net, net)).rows]
    channels, positions = ADAPTIVE.get(net, (0, 0))
    size = channels * positions
    return [
        *found,
        ("adaptive", {"x": size, "y": size, "taps": positions * size}),
        ("dropouts", {"y": DROPOUTS.get(net, 0)}),
    ]


def of(**terms):
    """What a rule counts of a row: so many times each term."""
    return terms


def rule(conv, linear=None, tokens=None, **others):
    """What is counted of each kind; of a linear layer as of a convolution, and of one on tokens as of it."""
    linear = conv if linear is None else linear
    return {"conv": conv, "linear": linear, "tokens": linear if tokens is None else tokens, **others}


def each(kinds, **terms):
    """The same for several kinds."""
    return dict.fromkeys(kinds.split(), terms)


MACS = of(macs=1)
BIASED = of(macs=1, bias=1)
TWICE = of(macs=2)
TWICE_BIASED = of(macs=2, bias=1)

PROJECTIONS = of(macs=1, scores=-2 * WIDTH // HEADS)
"""Attention without the products of tokens with each other."""

PTFLOPS_ATTENTION = of(macs=1, scores=1, y=4, x=1)

FVCORE = rule(
    MACS,
    **each("bn folded gap f_gap", operations=1),
    **each("ln f_ln", x=5),
    adaptive=of(x=1),
    attention=PROJECTIONS,
)
DEEPSPEED = rule(
    TWICE_BIASED,
    TWICE,
    **each("bn folded relu f_relu silu gelu gap f_gap", operations=1),
    **each("ln f_ln", x=5),
    **each("maxpool avgpool adaptive", x=1),
)
THOP = rule(MACS, **each("bn folded ln", x=4), **each("gap adaptive", x=1, y=1), avgpool=of(y=1))

RULES = {
    "torchinfo_1.8.0": rule(BIASED, tokens=of(params=1), **each("bn folded ln f_ln", params=1)),
    "fvcore_0.1.5": FVCORE,
    "mmengine_0.10.7": FVCORE,
    "fvcore_acts": rule(of(y=1), attention=of(y=4)),
    "ptflops_0.7.5_pytorch": rule(
        BIASED,
        **each("bn folded relu gelu maxpool avgpool gap adaptive", x=2),
        **each("ln f_relu relu6 silu f_gap", x=1),
        attention=PTFLOPS_ATTENTION,
    ),
    "ptflops_0.7.5_pytorch_nofunc": rule(
        BIASED,
        **each("bn folded", x=2),
        **each("ln relu relu6 gelu maxpool avgpool gap adaptive", x=1),
        attention=PTFLOPS_ATTENTION,
    ),
    "ptflops_0.7.5_aten": rule(BIASED, attention=PROJECTIONS | of(y=4)),
    "thop_0.1.1": THOP,
    "ultralytics_thop_2.1.4": THOP
    | {"f_ln": of(x=4), "avgpool": of(taps=1, y=1), "attention": of(macs=1, scores=3, softmaxes=-1)},
    "deepspeed_0.19.5_macs": rule(MACS),
    "deepspeed_0.19.5_flops": DEEPSPEED,
    "calflops_0.3.2_flops": DEEPSPEED | {"attention": of(macs=2, scores=-4 * WIDTH // HEADS)},
    "torchprofile_0.1.0": rule(
        MACS,
        **each("bn folded ln f_ln avgpool gap f_gap adaptive mul scale", y=1),
        attention=of(macs=1, once=4),
        flatten=of(once=1),
    ),
    "pthflops_0.4.2_fx": rule(
        BIASED,
        tokens=of(macs=1, biases=1),
        **each("bn folded gap maxpool avgpool", operations=1),
        **each("relu add plus mul scale", operations=2),
        adaptive=of(taps=1),
    ),
    "torchscan_0.2.0_flops": rule(
        of(macs=2, bias=1, y=-1),
        **each("bn folded", x=4, weights=2),
        **each("ln f_ln", x=8, positions=2),
        **each("relu dropout", x=1),
        relu6=of(x=2),
        sigmoid=of(x=4),
        maxpool=of(side=1, y=-1),
        avgpool=of(side=1, y=1),
        gap=of(x=1, y=1),
        adaptive=of(x=2),
        attention=of(macs=2, scores=2, softmaxes=-1, once=1),
    ),
    "torchscan_0.2.0_macs": rule(
        MACS,
        **each("bn folded", x=2),
        maxpool=of(side=1, y=-1),
        avgpool=of(side=1, y=1),
        gap=of(x=1, y=1),
        adaptive=of(x=2),
    ),
    "torchstat_0.0.7_flops": rule(BIASED, MACS, **each("bn folded", x=2), **each("relu relu6 maxpool avgpool", x=1)),
    "torchstat_0.0.7_madd": rule(
        of(macs=2, bias=1, y=-1),
        of(macs=2, y=-1),
        **each("bn folded", x=4),
        **each("relu relu6", x=1),
        avgpool=of(taps=1),
        maxpool=of(taps=1, y=-1),
    ),
    "torch_2.6_FlopCounterMode": rule(TWICE),
    "torch_2.6_profiler": rule(
        TWICE, attention=TWICE, plus=of(y=1), position_embedding=of(y=1), mul=of(gate=1), scale=of(weights=1)
    ),
    "mmcv_2.2_flops": rule(
        BIASED, MACS, **each("bn folded ln", x=2), **each("relu relu6 maxpool avgpool gap adaptive", x=1)
    ),
    "nni_default": rule(MACS, tokens=of(weights=1)),
    "nni_full": rule(
        BIASED, tokens=of(params=1), **each("bn folded", x=2), avgpool=of(y=1), **each("gap adaptive", x=1, y=1)
    ),
    "onnx_tool_1.0.1": rule(
        of(macs=1, folded=1),
        BIASED,
        bn=of(y=31),
        **each("ln f_ln", x=41, positions=25),
        **each("relu f_relu add plus mul scale", y=1),
        relu6=of(y=2),
        hardsigmoid=of(y=4),
        hardswish=of(y=5),
        silu=of(y=33),
        sigmoid=of(y=32),
        gelu=of(y=7),
        **each("maxpool avgpool", taps=1),
        **each("gap f_gap", x=1, y=4),
        adaptive=of(x=1),
    ),
    "torchlens_2.36.1_flops": rule(
        TWICE_BIASED,
        **each("bn folded ln f_ln silu", y=5),
        **each("relu f_relu relu6 add plus mul scale position_embedding", operations=1),
        **each("sigmoid hardswish", y=4),
        hardsigmoid=of(y=3),
        gelu=of(y=14),
        **each("dropout dropouts", y=2),
        **each("maxpool avgpool", side=1),
        **each("gap f_gap adaptive", x=1),
        attention=of(macs=2, scores=6, y=4),
    ),
    "torchlens_2.36.1_macs": rule(MACS, attention=MACS),
    "params": rule(of(params=1), **each("bn folded ln f_ln attention scale class_token position_embedding", params=1)),
    "torchinfo_output_bytes_x2": rule(of(y=8), **each("bn folded ln f_ln", y=8)),
}
"""What each counter counts, by kind of layer, whatever is not named being nothing.

`operations` are our own where a counter agrees with them. x and y are the numbers that a layer
reads and makes; `side` is y times one side of a window, where its taps are meant.
Of an attention, torchprofile sees four products of sizes, and one where the patches are put in a row.
"""

EMPTY = {
    **dict.fromkeys(
        [("torchstat_0.0.7_flops", "convnext_tiny"), ("torchstat_0.0.7_madd", "convnext_tiny")], "it gives none"
    ),
    **dict.fromkeys([("torchstat_0.0.7_flops", "vit_b_16"), ("torchstat_0.0.7_madd", "vit_b_16")], "it gives none"),
    **dict.fromkeys([("pthflops_0.4.2_fx", "vit_b_16"), ("onnx_tool_1.0.1", "vit_b_16")], "it gives none"),
    **dict.fromkeys(
        [("deepspeed_0.19.5_macs", "vit_b_16"), ("deepspeed_0.19.5_flops", "vit_b_16")],
        "it counts more with each call",
    ),
}
"""Totals that a counter does not give, and why."""

CASES = [(counter, row) for counter in COUNTERS for row in PEERS if (counter, row["network"]) not in EMPTY]


def counted(counter, net):
    """The total that a counter's rules make of our rows."""
    rules = RULES[counter]
    return sum(times * terms[term] for kind, terms in rows(net) for term, times in rules.get(kind, {}).items())


@pytest.mark.parametrize(("counter", "row"), CASES, ids=[f"{counter}-{row['network']}" for counter, row in CASES])
def test_totals_of_counters(counter, row):
    """What a counter printed is what its rules make of our rows."""
    assert counted(counter, row["network"]) == int(row[counter])


def test_each_total_is_rebuilt():
    """No counter is left out, and no total but those that there are not."""
    assert RULES.keys() == set(COUNTERS)
    assert {(counter, row["network"]) for counter in COUNTERS for row in PEERS if not row[counter]} == EMPTY.keys()


@pytest.mark.parametrize("counter", ["deepspeed_0.19.5_macs", "torchlens_2.36.1_macs"])
def test_counters_of_macs(counter):
    """They print our MACs, to the last digit."""
    compared = [row for row in PEERS if row[counter]]

    assert [network(OURS.get(row["network"], row["network"])).macs for row in compared] == [
        int(row[counter]) for row in compared
    ]


TORCHVISION = read("torchvision_totals.csv")
ON_MAPS = {"conv", "dwconv", "linear"}


def of_torchvision(row):
    """Our network of a row, on its input."""
    return network(f"{row['network']} {row['settings']} on {row['input']}")


def named(row):
    return " ".join(filter(None, (row["network"], row["settings"])))


@pytest.mark.parametrize("row", TORCHVISION, ids=named)
def test_outputs_of_torchvision(row):
    """Numbers in the outputs of convolutions and linear layers: what fvcore and pycls call activations."""
    assert sum(numbers(layer) for layer in of_torchvision(row).rows if layer.node.kind in ON_MAPS) == int(
        row["outputs"]
    )


@pytest.mark.parametrize("row", TORCHVISION, ids=named)
def test_buffers_of_torchvision(row):
    """A norm keeps a mean and a variance for each channel, and a counter of batches, which is not ours."""
    found = of_torchvision(row)
    norms = [layer for layer in found.rows if layer.node.kind == "bn"]

    assert found.statistics + len(norms) == int(row["buffers"])


@pytest.mark.parametrize("row", TORCHVISION, ids=named)
def test_totals_of_torchvision(row):
    """Parameters and MACs, which torchvision publishes in units of 10^9, rounded."""
    found = of_torchvision(row)

    assert (found.params, found.macs) == (int(row["params"]), int(row["macs"]))
    assert row["published"] in {"", f"{found.macs / 1e9:.3f}".rstrip("0")}
