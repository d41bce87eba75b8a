"""Bundled networks and their variants: parameters and MACs against published totals."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest

from convcalc.language.assemble.network import build
from convcalc.language.read.settings import parse_settings
from convcalc.layers.kinds import NORMS
from convcalc.questions.doubts import warnings_about
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load


def totals(layers):
    """Parameters and MACs of layers, from the weights, biases and positions of each."""
    layers = list(layers)
    return (
        sum(weights + biases for (weights, biases), _ in layers),
        sum(weights * positions for (weights, _), positions in layers),
    )


def norm(channels):
    """A scale and a shift for each channel; nothing that is multiplied."""
    return (channels, channels), 0


ZFNET = [
    ((96 * 3 * 7 * 7, 96), 110**2),
    ((256 * 96 * 5 * 5, 256), 26**2),
    ((384 * 256 * 3 * 3, 384), 13**2),
    ((384 * 384 * 3 * 3, 384), 13**2),
    ((256 * 384 * 3 * 3, 256), 13**2),
    ((4096 * 256 * 6 * 6, 4096), 1),
    ((4096 * 4096, 4096), 1),
    ((1000 * 4096, 1000), 1),
]
"""Zeiler, Fergus 2013, arXiv:1311.2901, Figure 3: the sizes of its maps and the filters of its layers."""


def m5(c=128):
    """Dai et al. 2016, arXiv:1610.00087, Table 1: filters of 80 and 3, and the sizes 8000, 2000, 500 and 125."""
    yield from [((c * 80, 0), 8000), norm(c)]
    for ins, outs, positions in [(c, c, 2000), (c, 2 * c, 500), (2 * c, 4 * c, 125)]:
        yield from [((outs * ins * 3, 0), positions), norm(outs)]
    yield (10 * 4 * c, 10), 1


def wide(n, k):
    """Zagoruyko, Komodakis 2016, arXiv:1605.07146, Table 1: blocks of two 3x3, norms before them, for CIFAR-10."""
    yield (16 * 3 * 3 * 3, 0), 32**2
    for (ins, c), side in zip(pairwise([16, 16 * k, 32 * k, 64 * k]), [32, 16, 8], strict=True):
        yield from [norm(ins), ((c * ins * 9, 0), side**2), norm(c), ((c * c * 9, 0), side**2)]
        if ins != c:
            yield (c * ins, 0), side**2
        yield from [norm(c), ((c * c * 9, 0), side**2)] * 2 * (n - 1)
    yield from [norm(64 * k), ((10 * 64 * k, 10), 1)]


def squeeze_and_excitation(depth):
    """Hu et al. 2017, arXiv:1709.01507, Section 3.3: in each block, C numbers become C/16, and these become C."""
    for c, n in zip([256, 512, 1024, 2048], depth, strict=True):
        yield from [((c // 16 * c, c // 16), 1), ((c * c // 16, c), 1)] * n


def shuffle(g, c):
    """Zhang et al. 2017, arXiv:1707.01083, Table 1 and Figure 2, with bottlenecks of a fourth of the channels."""
    yield from [((24 * 3 * 9, 0), 112**2), norm(24)]
    for stage, (ins, outs, n) in enumerate([(24, c, 4), (c, 2 * c, 8), (2 * c, 4 * c, 4)]):
        narrow, side = outs // 4, 28 // 2**stage
        for unit in range(n):
            first = 1 if stage == unit == 0 else g  # the first of all reads too few channels for groups
            reads, makes = (outs, outs) if unit else (ins, outs - ins)
            yield from [((reads * narrow // first, 0), (side if unit else 2 * side) ** 2), norm(narrow)]
            yield from [((narrow * 9, 0), side**2), norm(narrow)]
            yield from [((narrow * makes // g, 0), side**2), norm(makes)]
    yield (1000 * 4 * c, 1000), 1


def plus(*parts):
    """The sums of parameters and of MACs."""
    return tuple(map(sum, zip(*parts, strict=True)))


TOTALS = {
    # github.com/BVLC/caffe, models/bvlc_alexnet
    "alexnet": (60_965_224, 724_406_816),
    # torchvision publishes the parameters of its models exactly, and their MACs in units of 10^9 (`_ops`)
    "alexnet-torchvision": (61_100_840, 714_188_480),  # 0.714
    "densenet121": (7_978_856, 2_834_161_664),  # 2.834
    "densenet169": (14_149_480, 3_359_843_328),  # 3.36
    "densenet201": (20_013_928, 4_291_365_888),  # 4.291
    "efficientnet_b0": (5_288_548, 385_814_752),  # 0.386
    "mobilenet_v2": (3_504_872, 300_774_272),  # 0.301
    "mobilenet_v3_large": (5_483_032, 216_589_760),  # 0.217
    "r3d_18": (33_371_472, 40_696_553_472),  # 40.697
    "resnet101": (44_549_160, 7_801_405_440),  # 7.801
    "resnet152": (60_192_808, 11_513_626_624),  # 11.514
    "resnet18": (11_689_512, 1_814_073_344),  # 1.814
    "resnet34": (21_797_672, 3_663_761_408),  # 3.664
    "resnet50": (25_557_032, 4_089_184_256),  # 4.089
    "resnext50_32x4d": (25_028_904, 4_230_479_872),  # 4.23
    "squeezenet1_0": (1_248_424, 818_924_576),  # 0.819
    "squeezenet1_1": (1_235_496, 349_151_936),  # 0.349
    "vgg11": (132_863_336, 7_609_090_048),  # 7.609
    "vgg11_bn": (132_868_840, 7_609_090_048),  # 7.609
    "vgg13": (133_047_848, 11_308_466_176),  # 11.308
    "vgg13_bn": (133_053_736, 11_308_466_176),  # 11.308
    "vgg16": (138_357_544, 15_470_264_320),  # 15.47
    "vgg16_bn": (138_365_992, 15_470_264_320),  # 15.47
    "vgg19": (143_667_240, 19_632_062_464),  # 19.632
    "vgg19_bn": (143_678_248, 19_632_062_464),  # 19.632
    "wide_resnet50_2": (68_883_240, 11_398_021_120),  # 11.398
    # github.com/facebook/C3D, c3d_sport1m_feature_extractor_frm.prototxt
    "c3d": (79_991_015, 38_548_959_232),
    # github.com/BVLC/caffe, models/bvlc_googlenet, deploy.prototxt and train_val.prototxt
    "googlenet": (6_998_552, 1_582_671_872),
    "googlenet-aux": (13_378_280, 1_591_044_096),
    # github.com/soeaver/caffe-model, deploy_inception-v2.prototxt, 11,188,224 parameters: a norm in place of the 64
    # biases of the first convolution; its MACs at 224x224 are taken from that file below
    "inception-bn": (11_188_224 - 64 + 2 * 64, 1_934_857_216),
    # derived; the paper prints 0.5 million parameters
    "m5": totals(m5()),
    # LeCun et al. 1998, Section II.B: "340,908 connections, but only 60,000 trainable free parameters"
    "lenet5": (60_000, 150 * 28**2 + 1_500 * 10**2 + 48_000 + 10_080),
    # Howard et al. 2017, arXiv:1704.04861, Table 4: 569 million and 4.2 million; exact by Caffe's mobilenet_deploy
    "mobilenet_v1": (4_231_976, 568_740_352),
    # gist.github.com/mavenlin/d802a5849de39225bcc6, train_val.prototxt: 29 MB of 4 bytes
    "nin": (7_595_176, 1_100_188_800),
    # github.com/KaimingHe/deep-residual-networks, ResNet-50-deploy.prototxt, 25,557,096 parameters: without the biases
    # of conv1. The paper prints 3.8 billion MACs
    "resnet50-v1": (25_557_096 - 64, 3_857_973_248),
    # Data Science Stack Exchange, question 9175
    "seed": ((9 * 32 + 32) + (25 * 32 * 64 + 64), (9 * 32 + 25 * 32 * 64) * 28 * 28),
    # derived; the paper speaks of 2.5 million parameters beyond ResNet-50
    "se_resnet50": plus((25_557_032, 3_857_973_248), totals(squeeze_and_excitation([3, 4, 6, 3]))),
    # derived; the paper prints its MACs without the last layer, see below
    "shufflenet_v1": totals(shuffle(3, 240)),
    # derived; the paper prints 36.5 million parameters
    "wrn_28_10": totals(wide(4, 10)),
    # github.com/soeaver/caffe-model, deploy_xception.prototxt; Keras counts 22,910,480, with 54,528 running statistics
    "xception": (22_855_952, 8_357_403_496),
    # derived; the paper prints no total
    "zfnet": totals(ZFNET),
}
TOTALS |= {
    # torchvision's convnext_tiny, vit_b_16 and swin_t
    "convnext_tiny": (28_589_128, 4_455_531_264),  # 4.456
    "swin_t": (28_288_354, 4_490_566_656),  # 4.491
    "vit_b_16": (86_567_656, 17_563_828_224),  # 17.564
    # torchvision's deeplabv3_resnet50; what it publishes counts the auxiliary head
    "deeplabv3": (39_638_869, 168_731_205_888),
    "deeplabv3-aux": (42_004_074, 178_721_945_088),  # 178.722
    # github.com/shelhamer/fcn.berkeleyvision.org, voc-fcn8s/deploy.prototxt, without the upconv by 8, which is fixed
    "fcn8s": (134_362_751 + 2 * 21 * 21 * 4 * 4, 180_965_880_576 + 21 * 21 * 4 * 4 * (16**2 + 34**2)),
    # github.com/alexgkendall/SegNet-Tutorial, Models/segnet_inference.prototxt, without biases that norms take away
    "segnet": (29_449_355 - 7_936, 106_712_432_640),
    # Chollet 2016, Building Autoencoders in Keras: Keras prints 4,385 parameters
    "autoencoder": (4_385, 751_680),
    # these print no totals: test_closed_forms.py has a formula for each
    "dcgan": (18_885_760, 640_614_400),
    "unet": (31_030_658, 150_428_424_448),
    "wavenet": (1_514_912, 23_740_416_000),
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
    # Sandler et al. 2018, arXiv:1801.04381, Table 4: 585 million MACs; exact by torchvision's width_mult. Other widths
    # and sizes are compared with TF-slim's table below
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
    # torchvision's resnext101_32x8d, resnext101_64x4d, wide_resnet101_2, resnet50; 16.414, 15.46 and 22.753
    ("resnext50_32x4d", "depth=[3,4,23,3] width=8", 88_791_336, 16_414_015_488),
    ("resnext50_32x4d", "depth=[3,4,23,3] groups=64", 83_455_272, 15_460_270_080),
    ("wide_resnet50_2", "depth=[3,4,23,3]", 126_886_696, 22_753_050_624),
    ("wide_resnet50_2", "k=1", 25_557_032, 4_089_184_256),
    # torchvision's efficientnet_b1 to b7: 0.687, 1.088, 1.827, 4.394, 10.266, 19.068 and 37.746
    ("efficientnet_b0", "depth=1.1 size=240", 7_794_184, 686_802_832),
    ("efficientnet_b0", "width=1.1 depth=1.2 size=288", 9_109_994, 1_087_529_456),
    ("efficientnet_b0", "width=1.2 depth=1.4 size=300", 12_233_232, 1_827_141_392),
    ("efficientnet_b0", "width=1.4 depth=1.8 size=380", 19_341_616, 4_393_771_024),
    ("efficientnet_b0", "width=1.6 depth=2.2 size=456", 30_389_784, 10_266_384_752),
    ("efficientnet_b0", "width=1.8 depth=2.6 size=528", 43_040_704, 19_067_593_536),
    ("efficientnet_b0", "width=2.0 depth=3.1 size=600", 66_347_960, 37_745_884_192),
    # Tan, Le 2019, arXiv:1905.11946, Table 2: B2 at its size there, 1.0 billion MACs
    ("efficientnet_b0", "width=1.1 depth=1.2 size=260", 9_109_994, 993_561_872),
    # github.com/KaimingHe/deep-residual-networks, ResNet-101-deploy.prototxt, ResNet-152-deploy.prototxt
    ("resnet50-v1", "depth=[3,4,23,3]", 44_549_160, 7_570_194_432),
    ("resnet50-v1", "depth=[3,8,36,3]", 60_192_808, 11_282_415_616),
    (
        "se_resnet50",
        "depth=[3,4,23,3]",
        *plus((44_549_160, 7_570_194_432), totals(squeeze_and_excitation([3, 4, 23, 3]))),
    ),
    # github.com/DeepScale/SqueezeNet, deploy.prototxt of 1.0 and 1.1; 1.0 pads its last 1x1 convolution, to 15x15
    ("squeezenet1_0", "size=227", 1_248_424, 861_339_936 - 1000 * 512 * (15**2 - 13**2)),
    ("squeezenet1_1", "size=227", 1_235_496, 387_747_520),
    # github.com/soeaver/caffe-model, deploy_inception-v2.prototxt
    ("inception-bn", "size=231", 11_188_224 - 64 + 2 * 64, 2_197_132_672),
    # Zagoruyko, Komodakis 2016, arXiv:1605.07146, Table 4: 0.6, 2.2, 8.9, 11.0 and 17.1 million parameters
    ("wrn_28_10", "n=6 k=1", *totals(wide(6, 1))),
    ("wrn_28_10", "n=6 k=2", *totals(wide(6, 2))),
    ("wrn_28_10", "n=6 k=4", *totals(wide(6, 4))),
    ("wrn_28_10", "n=2 k=8", *totals(wide(2, 8))),
    ("wrn_28_10", "n=2 k=10", *totals(wide(2, 10))),
    # derived; Zhang et al. 2017, arXiv:1707.01083, Table 1, prints their MACs without the last layer, see below
    ("shufflenet_v1", "g=1 c=144", *totals(shuffle(1, 144))),
    ("shufflenet_v1", "g=2 c=200", *totals(shuffle(2, 200))),
    ("shufflenet_v1", "g=4 c=272", *totals(shuffle(4, 272))),
    ("shufflenet_v1", "g=8 c=384", *totals(shuffle(8, 384))),
    # Dai et al. 2016, arXiv:1610.00087, Table 4: 2.2 million parameters
    ("m5", "c=256", *totals(m5(256))),
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
VARIANTS += [
    # torchvision's convnext_small, convnext_base, convnext_large
    ("convnext_tiny", "depth=[3,3,27,3]", 50_223_688, 8_683_712_256),
    ("convnext_tiny", "depth=[3,3,27,3] width=128", 88_591_464, 15_354_729_472),
    ("convnext_tiny", "depth=[3,3,27,3] width=192", 197_767_336, 34_361_433_600),
    # torchvision's swin_s, swin_b
    ("swin_t", "depth=[2,2,18,2]", 49_606_258, 8_740_875_264),  # 8.741
    ("swin_t", "depth=[2,2,18,2] width=128", 87_768_224, 15_430_946_816),  # 15.431
    # torchvision's vit_b_32, vit_l_16, and vit_b_16 on 384x384 (IMAGENET1K_SWAG_E2E_V1)
    ("vit_b_16", "patch=32", 88_224_232, 4_409_186_304),  # 4.409
    ("vit_b_16", "width=1024 heads=16 depth=24", 304_326_632, 61_554_712_576),  # 61.555
    ("vit_b_16", "size=384", 86_859_496, 55_484_350_464),  # 55.484
    # torchvision's deeplabv3_resnet101, without and with the auxiliary head
    ("deeplabv3", "depth=[3,4,23,3]", 58_630_997, 248_752_300_288),
    ("deeplabv3-aux", "depth=[3,4,23]", 60_996_202, 258_743_039_488),  # 258.743
]
"""A bundled network, its settings, and the parameters and MACs that it then has."""

SLIM = {
    "1.4": ("6.06", [582]),
    "1.3": ("5.34", [509]),
    "1.0": ("3.47", [300, 221, 154, 99, 56]),
    "0.75": ("2.61", [209, 153, 107, 69, 39]),
    "0.5": ("1.95", [97, 71, 50, 32, 18]),
    "0.35": ("1.66", [59, 43, 30, 20, 11]),
}
"""MobileNet v2 in github.com/tensorflow/models, research/slim/nets/mobilenet/README.md, by width: millions of
parameters, those of norms not among them, and millions of MACs, cut off, at 224x224, 192x192, 160x160, 128x128 and
96x96."""

REFERENCE = Path(__file__).parent.parent / "reference"

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
    assert warnings_about(report(network)) == []


def test_mobilenet_v1_without_norms():
    """Table 9 prints 1.32 million parameters for a width of 0.5, because the paper leaves norms out."""
    rows = report("mobilenet_v1", "alpha=0.5 size=160").rows

    assert sum(row.profile.params for row in rows if row.node.kind not in NORMS) == 1_320_648


@pytest.mark.parametrize("alpha", SLIM)
def test_mobilenet_v2_in_tf_slim(alpha):
    """It has the parameters and MACs of each checkpoint that TF-slim publishes."""
    params, macs = SLIM[alpha]
    rows = report("mobilenet_v2", f"alpha={alpha}").rows
    sizes = [224, 192, 160, 128, 96][: len(macs)]

    assert f"{sum(row.profile.params for row in rows if row.node.kind not in NORMS) / 1e6:.2f}" == params
    assert [report("mobilenet_v2", f"alpha={alpha} size={size}").macs // 10**6 for size in sizes] == macs


def test_macs_of_inception_bn():
    """At 224x224 its maps are of 112, 56, 28, 14 and 7 positions a side, at the 231x231 of Caffe's of 116 to 8."""
    with (REFERENCE / "caffe" / "inception-bn.csv").open(encoding="utf-8") as file:
        rows = [(int(row["macs"]), int(row["output"].split("x")[-1])) for row in csv.DictReader(file)]
    sides = {116: 112, 58: 56, 29: 28, 15: 14, 8: 7, 1000: 1000}  # 1000 classes have no side

    assert sum(macs * sides[side] ** 2 // side**2 for macs, side in rows) == TOTALS["inception-bn"][1]


@pytest.mark.parametrize(
    ("g", "c", "printed"), [(1, 144, 143), (2, 200, 140), (3, 240, 137), (4, 272, 133), (8, 384, 137)]
)
def test_shufflenet_v1_without_its_last_layer(g, c, printed):
    """The paper's Table 1 prints the MACs of the convolutions, in millions."""
    rows = report("shufflenet_v1", f"g={g} c={c}").rows

    assert round(sum(row.profile.macs for row in rows if row.node.kind != "linear") / 1e6) == printed


@pytest.mark.parametrize(
    ("n", "k", "printed"),
    [
        (6, 1, "0.6"),
        (6, 2, "2.2"),
        (6, 4, "8.9"),
        (6, 8, "35.7"),
        (4, 10, "36.5"),
        (4, 12, "52.5"),
        (2, 8, "11.0"),
        (2, 10, "17.1"),
    ],
)
def test_parameters_of_wide_resnets(n, k, printed):
    """Table 4 of the paper prints them in millions."""
    assert f"{report('wrn_28_10', f'n={n} k={k}').params / 1e6:.1f}" == printed


def test_parameters_of_m5():
    """The paper cuts them off in its Table 1, and rounds those of M5-big in its Table 4."""
    small, big = report("m5").params, report("m5", "c=256").params

    assert (small // 10**5, round(big / 10**5)) == (5, 22)


def test_se_resnet50_beside_resnet50():
    """It has 2.5 million parameters more, and the paper's 3.87 billion MACs with what its gates pool and scale."""
    plain, gated = report("resnet50-v1"), report("se_resnet50")
    muls = [row.profile.output for row in gated.rows if row.node.kind == "mul"]
    elements = sum(channels * height * width for channels, height, width in muls)

    assert f"{(gated.params - plain.params) / 1e6:.1f}" == "2.5"
    assert [f"{macs / 1e9:.2f}" for macs in (plain.macs, gated.macs + 2 * elements)] == ["3.86", "3.87"]


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
