"""Random networks, each written in the description language and at the same time run by PyTorch."""

from __future__ import annotations

from functools import partial
from math import prod

from brute_force import briefly
from frameworks import nn, torch
from hypothesis import strategies as st
from torch_modules import Added, Attention, ChannelsLast, Function, centred, ranked
from torch_run import ran

FEW = st.integers(1, 3)
WIDTHS = st.integers(1, 8)
LARGE = 3000
"""Numbers in a tensor beyond which no layer makes it larger."""

ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU, "sigmoid": nn.Sigmoid, "softmax": partial(nn.Softmax, dim=1)}

NORMS = {
    "bn": lambda x: ranked("BatchNorm", max(1, len(x) - 1))(x[0]),
    "ln": lambda x: ChannelsLast(nn.LayerNorm(x[0])),
    "rmsnorm": lambda x: ChannelsLast(nn.RMSNorm(x[0])),
}
"""What a line may attach whatever it made."""


class Network:
    """A network that grows: what PyTorch made of each layer, in the order in which they were run, and the labels."""

    def __init__(self):
        self.layers = []
        self.modules = nn.ModuleList()
        self.labels = {}

    def run(self, kind, module, *inputs):
        """Run one more layer; the shape that comes out."""
        measured = ran(lambda: module, inputs)
        assert measured is not None, f"PyTorch does not apply {module} to {inputs}"
        self.layers.append((kind, measured))
        self.modules.append(module)
        return measured.output


def numbers(values):
    """One number for each axis, as a line has them, or one that all share."""
    shared = briefly(values)
    return "x".join(map(str, shared)) if isinstance(shared, tuple) else str(shared)


def width(draw, x):
    """A number of channels, and how a line may say it."""
    said = {"C": x[0], "2*C": 2 * x[0], "max(1, C//2)": max(1, x[0] // 2), "min(C, 4)": min(x[0], 4)}
    if prod(x) <= LARGE and draw(st.booleans()):
        word = draw(st.sampled_from(sorted(said)))
        return word, said[word]
    channels = draw(WIDTHS)
    return str(channels), channels


def line(draw, net, text, x, make):
    """A line with words in any order: a norm and an activation, which follow, and whether there is a bias.

    `make` gives the module with a bias or without. A norm takes it away, unless the line says otherwise.
    """
    norm, activation = (draw(st.none() | st.sampled_from(sorted(words))) for words in (NORMS, ACTIVATIONS))
    forced = draw(st.booleans())
    words = [norm, activation, ("bias" if norm else "-bias") if forced else None]
    kind = text.split()[0]
    y = net.run(kind, make(bias=forced == bool(norm)), x)
    y = net.run(norm, NORMS[norm](y), y) if norm else y
    y = net.run(activation, ACTIVATIONS[activation](), y) if activation else y
    return " ".join([text, *filter(None, draw(st.permutations(words)))]), y


# ------------------------------------------------------------------------------------------------- layers by themselves


def conv(draw, net, x):
    """Any convolution that fits."""
    axes, (word, channels) = len(x) - 1, width(draw, x)
    groups = draw(st.sampled_from([n for n in range(1, 5) if x[0] % n == channels % n == 0]))
    options, padding = {"groups": groups}, draw(st.sampled_from(["half", "same", "valid", "p"]))
    kernels = [draw(st.integers(1, min(size, 5))) for size in x[1:]]
    strides = [1 if padding == "same" else draw(st.integers(1, 2)) for _ in range(axes)]
    dilations = [draw(st.integers(1, 2 if k + k - 1 <= size else 1)) for k, size in zip(kernels, x[1:], strict=True)]
    pads = [draw(st.integers(0, 2)) for _ in range(axes)]
    halves = [((k - 1) * d + 1) // 2 for k, d in zip(kernels, dilations, strict=True)]
    options["padding"] = {"half": tuple(halves), "p": tuple(pads)}.get(padding, padding)
    make = partial(
        ranked("Conv", axes), x[0], channels, tuple(kernels), tuple(strides), dilation=tuple(dilations), **options
    )
    step = "" if set(strides) == {1} else f"/{numbers(strides)}"
    said = [f"conv {word} {numbers(kernels)}{step}", f"p={numbers(pads)}" if padding == "p" else padding]
    said += [f"d={numbers(dilations)}"] if set(dilations) != {1} else []
    said += [f"g={groups}"] if groups > 1 else []
    return line(draw, net, " ".join(said), x, make)


def depthwise(draw, net, x):
    """One filter for each channel, padded by half."""
    axes, (kernel, stride) = len(x) - 1, (draw(st.sampled_from([1, 3, 5])), draw(st.integers(1, 2)))
    make = partial(ranked("Conv", axes), x[0], x[0], kernel, stride, kernel // 2, groups=x[0])
    return line(draw, net, f"dwconv {kernel}/{stride} half", x, make)


def transposed(draw, net, x):
    """Twice as large."""
    axes, (word, channels) = len(x) - 1, width(draw, x)
    return line(draw, net, f"upconv {word} 2/2", x, partial(ranked("ConvTranspose", axes), x[0], channels, 2, 2))


def pool(draw, net, x):
    """A pool of either kind, rounded either way."""
    axes, kernel = len(x) - 1, draw(st.integers(1, min(3, *x[1:])))
    stride, pad = draw(st.none() | FEW), draw(st.integers(0, kernel // 2))
    kind, name = draw(st.sampled_from([("maxpool", "MaxPool"), ("avgpool", "AvgPool")]))
    ceil = draw(st.booleans())
    y = net.run(kind, ranked(name, axes)(kernel, stride, pad, ceil_mode=ceil), x)
    return f"{kind} {kernel}{f'/{stride}' if stride else ''} p={pad}{' ceil' if ceil else ''}", y


def plain(draw, net, x):
    """A layer that is said in a word or two."""
    axes = len(x) - 1
    ones = (1,) * axes
    divisors = [n for n in range(1, 5) if x[0] % n == 0]
    some = draw(st.sampled_from(divisors))
    found = {
        **{name: (name, make()) for name, make in ACTIVATIONS.items()},
        **{name: (name, make(x)) for name, make in NORMS.items()},
        "prelu": ("prelu C", nn.PReLU(x[0])),
        "scale": ("scale", Added(torch.mul, weight=(x[0], *ones))),
        "dropout": ("dropout 0.5", nn.Dropout(0.5)),
        "lrn": ("lrn 3", nn.LocalResponseNorm(3)),
        "pad": ("pad 1", ranked("ConstantPad", axes)(1, 0.0)),
        "position_embedding": ("position_embedding", Added(torch.add, weight=x)),
        "channel_shuffle": (f"channel_shuffle {some}", nn.ChannelShuffle(some)),
        "maxout": (f"maxout {some}", Function(lambda x: x.unflatten(1, (-1, some)).amax(2))),
        "split": (f"split {some} {some - 1}", Function(lambda x: x.chunk(some, 1)[some - 1])),
        "slice": (f"slice 0 {some}", Function(lambda x: x[:, :some])),
        "adaptive_avgpool": ("adaptive_avgpool 2", ranked("AdaptiveAvgPool", axes)(2)),
    }
    if prod(x) > some:
        found["gn"] = (f"gn {some}", nn.GroupNorm(some, x[0]))
    if prod(x[1:]) > 1:
        found["instancenorm"] = ("instancenorm", ranked("InstanceNorm", axes)(x[0]))
    if x[0] % 2 == 0:
        found["glu"] = ("glu", nn.GLU(1))
    if prod(x[1:]) <= 36:
        found["attention"] = (f"attention {some}", Attention(x[0], some, x[0], bias=True))
    if prod(x) <= LARGE:
        found["upsample"] = ("upsample 2", nn.Upsample(scale_factor=2))
    kind = draw(st.sampled_from(sorted(found)))
    text, module = found[kind]
    return text, net.run(kind, module, x)


# -------------------------------------------------------------------------------------------------------- structures


def steps(draw, net, x, stride, channels=None):
    """Convolutions and pools whose last has a stride, so that other such branches are as large."""
    items, axes = [], len(x) - 1
    for last in [False] * draw(st.integers(0, 1)) + [True]:
        step = stride if last else 1
        if channels is None and draw(st.booleans()):
            y = net.run("maxpool", ranked("MaxPool", axes)(3, step, 1), x)
            items.append(f"maxpool 3/{step} p=1")
        else:
            word, out = (str(channels), channels) if channels and last else width(draw, x)
            kernel = draw(st.sampled_from([1, 3, 5]))
            make = partial(ranked("Conv", axes), x[0], out, kernel, step, kernel // 2)
            item, y = line(draw, net, f"conv {word} {kernel}/{step} half", x, make)
            items.append(item)
        x = y
    return items if len(items) > 1 else items[0], x


def concat(draw, net, x):
    """Two or three branches, stacked."""
    stride = draw(st.integers(1, 2))
    branches = [steps(draw, net, x, stride) for _ in range(draw(st.integers(2, 3)))]
    y = net.run("concat", Function(lambda *xs: torch.cat(xs, 1)), *(shape for _, shape in branches))
    return {"concat": [item for item, _ in branches]}, y


def residual(draw, net, x):
    """A body, added to its input, which is projected where the shape changes; a projection without need is left out."""
    stride, channels = draw(st.integers(1, 2)), draw(WIDTHS | st.just(x[0]))
    body, y = steps(draw, net, x, stride, channels)
    projection = partial(ranked("Conv", len(x) - 1), x[0], channels, 1, stride)
    item, short = {"residual": body}, x
    if y != x:
        item["project"], short = line(draw, net, f"conv {channels} 1/{stride}", x, projection)
    elif draw(st.booleans()):
        item["project"] = f"conv {channels} 1/{stride}"
    y = net.run("add", Function(torch.add), y, short)
    if draw(st.booleans()):
        item["act"] = "relu"
        y = net.run("relu", nn.ReLU(), y)
    return item, y


def gate(draw, net, x):
    """Squeeze and excitation: each channel times a number that all of them decide."""
    axes, inner = len(x) - 1, draw(WIDTHS)
    net.run("pass", nn.Identity(), x)
    y = net.run("gap", ranked("AdaptiveAvgPool", axes)(1), x)
    squeeze, y = line(draw, net, f"conv {inner} 1", y, partial(ranked("Conv", axes), x[0], inner, 1))
    excite, y = line(draw, net, f"conv {x[0]} 1", y, partial(ranked("Conv", axes), inner, x[0], 1))
    return {"mul": ["pass", ["gap", squeeze, excite]]}, net.run("mul", Function(torch.mul), x, y)


def shared(_, net, x):
    """A convolution and its norm, twice with the same weights."""
    module, name = ranked("Conv", len(x) - 1)(x[0], x[0], 3, padding=1, bias=False), f"w{len(net.layers)}"
    norm = NORMS["bn"](x)
    item = {"share": name, "do": "conv C 3 half bn"}
    for _ in range(2):
        x = net.run("bn", norm, net.run("conv", module, x))
    return [item, item], x


def repeated(draw, net, x):
    """A line that is there several times; its numbers are reckoned anew for each."""
    times = draw(st.integers(0, 3))
    for _ in range(times):
        make = ranked("Conv", len(x) - 1)(x[0], x[0] + 1, 3, padding=1)
        x = net.run("relu", nn.ReLU(), net.run("conv", make, x))
    return f"conv C+1 3 half relu *{times}", x


def joined(draw, net, x):
    """The current tensor together with one that has a label, which is cropped where it is larger."""
    fitting = [
        label
        for label, shape in net.labels.items()
        if len(shape) == len(x) and all(size <= other for size, other in zip(x[1:], shape[1:], strict=True))
    ]
    if not fitting:
        return repeated(draw, net, x)
    label = draw(st.sampled_from(fitting))
    other = net.labels[label]
    kind = draw(st.sampled_from(["add", "concat"] if other[0] == x[0] else ["concat"]))
    flag = " crop" if other[1:] != x[1:] or draw(st.booleans()) else ""
    join = {"add": torch.add, "concat": lambda *xs: torch.cat(xs, 1)}[kind]
    module = Function(lambda x, other: join(x, centred(other, x.shape[2:])))
    return f"{kind} @{label}{flag}", net.run(kind, module, x, other)


ITEMS = (conv, depthwise, transposed, pool, *[plain] * 4, concat, residual, gate, shared, repeated, *[joined] * 3)
"""What a network is made of; what stands there more often is drawn more often."""


def ending(draw, net, x):
    """Nothing, or a linear layer, which flattens by itself, behind a pool or not."""
    items, out = [], draw(WIDTHS)
    if draw(st.booleans()):
        items.append("gap")
        x = net.run("gap", ranked("AdaptiveAvgPool", len(x) - 1)(1), x)
    if draw(st.booleans()):
        make = lambda bias: nn.Sequential(nn.Flatten(), nn.Linear(prod(x), out, bias=bias))  # noqa: E731  # as short as it is
        item, x = line(draw, net, f"linear {out}", x, make)
        items.append(item)
    return items, x


@st.composite
def networks(draw):
    """A description, and the network that it describes; labels are used only where they are not the current tensor."""
    net, axes = Network(), draw(FEW)
    least, most = {1: (4, 40), 2: (4, 16), 3: (2, 8)}[axes]
    shape = (draw(WIDTHS), *(draw(st.integers(least, most)) for _ in range(axes)))
    first, x = conv(draw, net, shape)
    items, latest = [{"first": first}], {"first": x}
    for number in range(draw(st.integers(0, 6))):
        before = len(net.layers)
        fitting = [make for make in ITEMS if make is not transposed or prod(x) <= LARGE]
        item, x = draw(st.sampled_from(fitting))(draw, net, x)
        if len(net.layers) > before:
            net.labels |= latest
            latest = {f"item{number}": x}
            item = {f"item{number}": item}
        items.append(item)
    last, _ = ending(draw, net, x)
    return {"input": "x".join(map(str, shape)), "layers": items + last}, net
