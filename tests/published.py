"""Networks that published figures speak of: bundled ones under settings, changed ones, and small ones of papers."""

import csv
from functools import cache
from math import prod
from pathlib import Path

from convcalc.errors import Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

REFERENCE = Path(__file__).parent / "reference"

CHANGED = {
    # a convolution of all channels in place of each pair of a depthwise and a 1x1 one
    "mobilenet_v1-conv": ("mobilenet_v1", {"[dwconv 3x3/s, conv int(alpha*c) 1x1]": "conv int(alpha*c) 3x3/s"}),
    "mobilenet_v1-shallow": ("mobilenet_v1", {"  - separable 512 *5\n": ""}),
    # the third convolution of the last three stages is of 1x1
    "vgg-c": (
        "vgg16",
        {"depth: [2, 2, 3, 3, 3]": "depth: [0, 0, 1, 1, 1]", "[conv c 3x3 *n,": "[conv c 3 *2, conv c 1 *n,"},
    ),
    # where the shape changes, a residual's other half has every second position, and zeros in the new channels
    "resnet18-a": ("resnet18", {"project: conv c 1x1/s -relu": "project: [maxpool 1/s, pad 0 channels=0:c-C]"}),
    # a stage strides in its last block, whose other half is every second position
    "resnet50-slim": (
        "resnet50",
        {
            "maxpool 3x3/2 p=1": "maxpool 3x3/2 same",
            "blocks:\n": "blocks:\n"
            "  last(c, s):\n"
            "    - add: [[conv c 1x1, conv c 3x3/s, conv 4*c 1x1 -relu], maxpool 1x1/s]\n"
            "    - relu\n",
            "s: [1, 2, 2, 2]": "s: [2, 2, 2, 1]",
            "[bottleneck c s, bottleneck c *n-1]": "[bottleneck c, bottleneck c *n-2, last c s]",
        },
    ),
    # twice as wide, its first convolution, too
    "shufflenet_v1-x2": ("shufflenet_v1", {"c: 240": "c: 480", "conv 24": "conv 48", "i: [24,": "i: [48,"}),
    # the authors pad their last 1x1 convolution
    "squeezenet1_0-padded": ("squeezenet1_0", {"conv classes 1x1 fixed": "conv classes 1x1 p=1 fixed"}),
    # the network of MatConvNet normalises nothing when it runs
    "alexnet-plain": (
        "alexnet",
        {"  - conv 96 11x11/4\n  - lrn\n": "  - conv 96 11x11/4\n", "g=groups\n  - lrn\n": "g=groups\n"},
    ),
    # pools that round up, as in Caffe
    "vgg16-ceil": ("vgg16", {"maxpool 2x2": "maxpool 2x2 ceil"}),
    "vgg19-ceil": ("vgg19", {"maxpool 2x2": "maxpool 2x2 ceil"}),
    # a pool of the size that the last map has of an image of 224x224
    "densenet121-pool": ("densenet121", {"  - gap\n": "  - avgpool 7x7\n"}),
    # no padding at first, and as many filters in the fourth convolution as in the third
    "alexnet-slim": (
        "alexnet-torchvision",
        {"11x11/4 p=2": "11x11/4", "conv 256 3x3 p=1\n  - conv 256": "conv 384 3x3 p=1\n  - conv 256"},
    ),
}
"""Networks that are a bundled one but for some words."""

WRITTEN = {
    "resnet-cifar": """
        # He et al. 2015, arXiv:1512.03385, Section 4.2: 6n+2 layers, shortcuts without parameters
        vars: {n: 3}
        input: 3x32x32
        defaults: {conv: half bn relu}
        blocks:
          basic(c, s=1):
            - residual: [conv c 3x3/s, conv c 3x3 -relu]
              project: [maxpool 1/s, pad 0 channels=0:c-C]
              act: relu
        layers:
          - conv 16 3x3
          - for: {c: [16, 32, 64], s: [1, 2, 2]}
            do: [basic c s, basic c *n-1]
          - gap
          - linear 10
    """,
    "densenet-cifar": """
        # Huang et al. 2016, arXiv:1608.06993, Section 3: three dense blocks of so many layers, growth rate k
        vars: {n: 12, k: 12}
        input: 3x32x32
        defaults: {conv: half -bias}
        blocks:
          dense: {concat: [pass, [bn, relu, conv k 3x3]]}
          transition: [bn, relu, conv C 1x1, avgpool 2x2]
        layers:
          - conv 16 3x3
          - repeat: 2
            do: [dense *n, transition]
          - dense *n
          - bn
          - relu
          - gap
          - linear 10
    """,
    "densenet-bc-cifar": """
        # the same with bottlenecks, compression, and 2k channels at first
        vars: {n: 16, k: 12}
        input: 3x32x32
        defaults: {conv: half -bias}
        blocks:
          dense: {concat: [pass, [bn, relu, conv 4*k 1x1 bn relu, conv k 3x3]]}
          transition: [bn, relu, conv C//2 1x1, avgpool 2x2]
        layers:
          - conv 2*k 3x3
          - repeat: 2
            do: [dense *n, transition]
          - dense *n
          - bn
          - relu
          - gap
          - linear 10
    """,
    "c3d-search": """
        # Tran et al. 2015, arXiv:1412.0767, Section 3.1: five convolutions of d frames
        vars: {d: 3}
        input: 3x16x112x112
        defaults: {conv: half relu, maxpool: ceil, linear: relu}
        layers:
          - conv 64 (d)x3x3
          - maxpool 1x2x2
          - for: {c: [128, 256, 256, 256]}
            do: [conv c (d)x3x3, maxpool 2x2x2]
          - linear 2048 *2
          - linear 101 -relu
    """,
    "bottleneck": """
        # Xie et al. 2016, arXiv:1611.05431, Table 2: c paths of width d
        vars: {c: 1, d: 64}
        input: 256x56x56
        defaults: {conv: half -bias}
        layers: [conv c*d 1x1, conv c*d 3x3 g=c, conv 256 1x1]
    """,
    "full": """
        # Howard et al. 2017, arXiv:1704.04861, Table 3: an inner layer of MobileNet, not separated
        input: 512x14x14
        layers: [conv 512 3x3 same -bias]
    """,
    "separable": """
        # the same, separated
        vars: {c: 512, size: 14}
        input: c x size x size
        layers: [sepconv c 3x3 same -bias]
    """,
    "stack": """
        # Simonyan, Zisserman 2014, arXiv:1409.1556, Section 2.3: n convolutions of k x k
        vars: {k: 3, n: 3}
        input: 10x32x32
        layers: [conv 10 k half -bias *n]
    """,
}  # fmt: skip  # descriptions read better in lines
"""Networks that papers have figures of, and that are not bundled."""


def read(name):
    """The rows of a file of tests/reference."""
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def changed(name):
    """The description of a bundled network with other words in it."""
    network, changes = CHANGED[name]
    text = bundled()[network].read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@cache
def report(network, *settings, shape=None):
    """The report of a network under settings, for an input of another shape if need be."""
    if network in CHANGED or network in WRITTEN:
        text = changed(network) if network in CHANGED else WRITTEN[network].replace("\n        ", "\n")
        description = parse_description(Source(f"{network}.yaml", text), network)
    else:
        description = load(network)
    return build(description, parse_settings(list(settings)), parse_inputs([shape] if shape else []))


def network(words):
    """The report of a network that is named as `resnet50 depth=[3,4,23,3]`, with `on 3x320x320` for another input."""
    named, _, shape = words.partition(" on ")
    name, *settings = named.split()
    return report(name, *settings, shape=shape or None)


def numbers(row):
    """Numbers in the output of a row."""
    return prod(row.profile.output)
