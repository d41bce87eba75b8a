"""Bundled networks and their variants: parameters and MACs against published totals."""

import re

import pytest

from convcalc.analysis import warnings_about
from convcalc.layers import NORMS
from convcalc.spec.build import build
from convcalc.spec.load import bundled, load, parse_settings

LENET5 = {
    "C1": ((6 * 5 * 5, 6), 28 * 28),
    "C3": ((16 * 6 * 5 * 5, 16), 10 * 10),
    "C5": ((120 * 16 * 5 * 5, 120), 1),
    "F6": ((84 * 120, 84), 1),
    "output": ((10 * 84, 10), 1),
}
"""Weights, biases and positions of each layer that learns."""

TOTALS = {
    # github.com/BVLC/caffe, models/bvlc_alexnet
    "alexnet": (60_965_224, 724_406_816),
    # torchvision publishes the parameters of its models exactly, and their MACs in units of 10^9 (`_ops`)
    "alexnet-torchvision": (61_100_840, 714_188_480),  # 0.714
    "densenet121": (7_978_856, 2_834_161_664),  # 2.834
    "mobilenet_v2": (3_504_872, 300_774_272),  # 0.301
    "resnet18": (11_689_512, 1_814_073_344),  # 1.814
    "resnet50": (25_557_032, 4_089_184_256),  # 4.089
    "vgg16": (138_357_544, 15_470_264_320),  # 15.47
    # github.com/facebook/C3D, c3d_sport1m_feature_extractor_frm.prototxt
    "c3d": (79_991_015, 38_548_959_232),
    # github.com/BVLC/caffe, models/bvlc_googlenet
    "googlenet": (6_998_552, 1_582_671_872),
    # LeCun et al. 1998, Section II.B, with the differences that the description names
    "lenet5": (
        sum(weights + biases for (weights, biases), _ in LENET5.values()),
        sum(weights * positions for (weights, _), positions in LENET5.values()),
    ),
    # Howard et al. 2017, arXiv:1704.04861, Table 4: 569 million and 4.2 million; exact by Caffe's mobilenet_deploy
    "mobilenet_v1": (4_231_976, 568_740_352),
    # Data Science Stack Exchange, question 9175
    "seed": ((9 * 32 + 32) + (25 * 32 * 64 + 64), (9 * 32 + 25 * 32 * 64) * 28 * 28),
}
"""Parameters and MACs of each bundled network."""

VARIANTS = [
    # Howard et al. 2017, arXiv:1704.04861, Table 6: 325, 149 and 41 million MACs, 2.6, 1.3 and 0.5 million parameters
    ("mobilenet_v1", "alpha=0.75", 2_585_560, 325_400_448),
    ("mobilenet_v1", "alpha=0.5", 1_331_592, 149_497_088),
    ("mobilenet_v1", "alpha=0.25", 470_072, 41_030_272),
    # Table 7: 418, 290 and 186 million MACs
    ("mobilenet_v1", "size=192", 4_231_976, 418_121_728),
    ("mobilenet_v1", "size=160", 4_231_976, 290_675_200),
    ("mobilenet_v1", "size=128", 4_231_976, 186_400_768),
    # Table 9: 76 million MACs; Table 10: 239 million MACs, and parameters of 120 classes
    ("mobilenet_v1", "alpha=0.5 size=160", 1_331_592, 76_524_800),
    ("mobilenet_v1", "alpha=0.75 size=192", 2_585_560, 239_273_472),
    ("mobilenet_v1", "classes=120", 3_329_976, 568_740_352 - 880 * 1024),
    # Sandler et al. 2018, arXiv:1801.04381, Table 4: 585 million MACs; exact by torchvision's width_mult
    ("mobilenet_v2", "alpha=1.4", 6_108_776, 582_195_824),
    # torchvision's resnet34, resnet101, resnet152
    ("resnet18", "depth=[3,4,6,3]", 21_797_672, 3_663_761_408),
    ("resnet50", "depth=[3,4,23,3]", 44_549_160, 7_801_405_440),
    ("resnet50", "depth=[3,8,36,3]", 60_192_808, 11_513_626_624),
    # torchvision's densenet169, densenet201, densenet161
    ("densenet121", "depth=[6,12,32,32]", 14_149_480, 3_359_843_328),
    ("densenet121", "depth=[6,12,48,32]", 20_013_928, 4_291_365_888),
    ("densenet121", "depth=[6,12,36,24] k=48", 28_681_000, 7_727_907_072),
    # torchvision's vgg19
    ("vgg16", "depth=[2,2,4,4,4]", 143_667_240, 19_632_062_464),
    # without groups, half of the fan-in is not cut off in three convolutions
    (
        "alexnet",
        "groups=1",
        60_965_224 + 256 * 48 * 25 + 384 * 192 * 9 + 256 * 192 * 9,
        724_406_816 + 256 * 48 * 25 * 27**2 + (384 + 256) * 192 * 9 * 13**2,
    ),
    # C3D fine-tuned on the 101 classes of UCF101
    ("c3d", "classes=101", 78_409_573, 38_548_959_232 - 386 * 4096),
    # the question's answer, at other sizes
    ("seed", "n=5 m=7 k1=2 k2=3", (9 * 2 + 2) + (25 * 2 * 3 + 3), (9 * 2 + 25 * 2 * 3) * 5 * 7),
]
"""A bundled network, its settings, and the parameters and MACs that it then has."""

STATED = re.compile(r"([\d,]+) parameters, ([\d,]+) MACs")


def report(network, settings=""):
    return build(load(network), parse_settings(settings.split()))


def comment(network):
    """The lines of comment that a description begins with."""
    lines = bundled()[network].read_text(encoding="utf-8").splitlines()
    return lines[: next(number for number, line in enumerate(lines) if not line.startswith("#"))]


def test_each_bundled_network_has_an_expected_total():
    """A network cannot be bundled without one."""
    assert set(bundled()) == set(TOTALS)


@pytest.mark.parametrize("network", TOTALS)
def test_totals(network):
    """A bundled network has the parameters and MACs of its source."""
    found = report(network)

    assert (found.params, found.macs) == TOTALS[network]


@pytest.mark.parametrize(
    ("network", "settings", "params", "macs"), VARIANTS, ids=[" ".join(variant[:2]) for variant in VARIANTS]
)
def test_variants(network, settings, params, macs):
    """A setting turns a bundled network into another one of its family."""
    found = report(network, settings)

    assert (found.params, found.macs) == (params, macs)


@pytest.mark.parametrize("network", TOTALS)
def test_comments_state_what_is_counted(network):
    """The first line states the totals of the network, and each line with --set the totals under these settings."""
    first, *others = comment(network)
    hints = [line for line in others if "--set" in line]
    assert STATED.search(first)

    for line in [first, *hints]:
        settings = " ".join(re.findall(r"--set ([^\s:]+?)(?=[,:]?\s)", line))
        found = report(network, settings)
        assert STATED.findall(line) == [(f"{found.params:,}", f"{found.macs:,}")], line


@pytest.mark.parametrize("network", [name for name in TOTALS if load(name).variables])
def test_comments_of_networks_with_variables_show_a_setting(network):
    """A reader sees how the variables are set."""
    assert any("--set" in line for line in comment(network))


@pytest.mark.parametrize("network", TOTALS)
def test_bundled_networks_name_their_source(network):
    """Who described the network, and where."""
    assert load(network).source


@pytest.mark.parametrize("network", TOTALS)
def test_bundled_networks_are_free_of_warnings(network):
    """They are the first thing that people copy."""
    assert warnings_about(report(network).graph) == []


def test_layers_of_lenet5():
    """Each of its layers that learn has the weights, biases and MACs of its size, under its name in the paper."""
    rows = [row for row in report("lenet5").rows if row.profile.params]

    assert {row.node.name: ((row.profile.weights, row.profile.biases), row.profile.macs) for row in rows} == {
        name: ((weights, biases), weights * positions) for name, ((weights, biases), positions) in LENET5.items()
    }


def test_mobilenet_v1_without_norms():
    """Table 9 prints 1.32 million parameters for a width of 0.5, because the paper leaves norms out."""
    rows = report("mobilenet_v1", "alpha=0.5 size=160").rows

    assert sum(row.profile.params for row in rows if row.node.kind not in NORMS) == 1_320_648


@pytest.mark.parametrize("alpha", ["0.35", "0.5", "0.75", "1.0", "1.3", "1.4"])
def test_widths_of_mobilenet_v2(alpha):
    """They follow torchvision's `_make_divisible`, and its last convolution keeps 1280 filters in narrow networks."""
    width = float(alpha)

    def divisible(channels):
        rounded = max(8, int(channels + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * channels else rounded

    expected = [divisible(32 * width)]
    for expansion, c, n in [(1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)]:
        for _ in range(n):
            hidden = round(expected[-1] * expansion)
            expected += [hidden] * (2 if expansion > 1 else 1) + [divisible(c * width)]
    expected.append(divisible(1280 * max(1.0, width)))

    rows = report("mobilenet_v2", f"alpha={alpha}").rows
    assert [row.profile.output[0] for row in rows if row.node.kind in {"conv", "dwconv"}] == expected
