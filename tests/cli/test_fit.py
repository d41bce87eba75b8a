"""`convcalc fit`: the largest variant within limits, and questions about sizes."""

import json

import pytest
from command_line import called, counted, plain, shown, values

FOOT = (
    "A MAC is one multiply and one add, in convolutions, linear layers and matrix products. Not counted: adding "
    "biases, norms, activations, pooling, element-wise operations."
)


def told(*arguments):
    """What `fit` tells programs."""
    return json.loads(shown("fit", *arguments, "-f", "json"))


def test_the_largest_alpha():
    """The table has each measure, its limit, what was found, and what comes next; `count` agrees with both."""
    table = plain(shown("fit", "mobilenet_v1", "--vary", "alpha", "--max-params", "2M", "--max-macs", "300M"))
    best, beyond = (counted("mobilenet_v1", "--set", f"alpha={alpha}")["totals"] for alpha in ("0.64", "0.65"))

    assert table.title == "MobileNet v1: alpha = 0.64"
    assert table.rows == [
        {
            "Measure": key,
            "Limit": f"{limit:,}",
            "Found": f"{best[key]:,}",
            "Margin": f"{limit - best[key]:,}",
            "Used": f"{best[key] / limit:.1%}",
            "One step on": f"{beyond[key]:,}",
            "Binds": "yes" if beyond[key] > limit else "",
        }
        for key, limit in {"params": 2_000_000, "macs": 300_000_000}.items()
    ]
    over = beyond["params"] - 2_000_000
    assert table.foot == [
        "Input 3x224x224.",
        f"One step on, alpha = 0.65: params would be {beyond['params']:,}, which is {over:,} too much.",
        "Tried: alpha = 0.01 to alpha = 10000.",
        FOOT,
    ]


def test_the_document():
    """Programs read the value, the next one, what was tried, whether no larger one fits, and which limits bind."""
    document = told("mobilenet_v1", "--vary", "alpha=0.1:1:0.1", "--max-params", "2M")

    assert [document[key] for key in ("vary", "value", "next", "searched", "proved", "binding")] == [
        "alpha", 0.6, 0.7, [0.1, 1], True, ["params"],
    ]  # fmt: skip
    assert [row["measure"] for row in document["measures"]] == ["params", "macs"]


def test_the_network_that_was_found():
    """`-f yaml` writes it, and counting that gives what was found."""
    arguments = ("resnet18", "--max-params", "5M", "--divisor", "8")
    text = shown("fit", *arguments, "-f", "yaml")
    totals = json.loads(called("count", "-f", "json", stdin=text.encode()).out)["totals"]

    assert {row["measure"]: row["found"] for row in told(*arguments)["measures"]} == {
        "params": totals["params"],
        "macs": totals["macs"],
    }


def test_the_widths_that_were_found():
    """E7: the channels are told, in a sentence for people, and layer by layer for programs."""
    arguments = ("resnet18", "--max-params", "5M", "--divisor", "8")
    document, foot = told(*arguments), plain(shown("fit", *arguments)).foot
    network = shown("fit", *arguments, "-f", "yaml")

    assert foot[1] == "Widths: 64 → 40, 128 → 80, 256 → 168, 512 → 328."
    assert document["widths"][0] == {"name": "conv1", "before": 64, "after": 40}
    assert {(width["before"], width["after"]) for width in document["widths"]} == {
        (64, 40), (128, 80), (256, 168), (512, 328),
    }  # fmt: skip
    assert all(f"conv {width['after']} " in network for width in document["widths"])


def test_many_widths(tmp_path):
    """E7: of more widths than anybody reads in a sentence, the first are told, and programs get them all."""
    net = tmp_path / "net.yaml"
    layers = "".join(f"  - conv {width} 1\n" for width in range(10, 30))
    net.write_text(f"input: 3x8x8\nlayers:\n{layers}  - gap\n", encoding="utf-8")
    foot = plain(shown("fit", net, "--max-macs", "1M")).foot

    assert len(told(net, "--max-macs", "1M")["widths"]) == 20
    assert foot[1].count("→") == 16
    assert foot[1].endswith(", and 4 more.")


WIDE = """\
input: 3x16x16
layers:
  - conv 16 3 same bn relu   # the stem
  - maxpool 2
  - conv 32 3 same bn relu
  - gap
  - linear 10
"""


def test_write(tmp_path):
    """E7: the widths that were found are written in their places, into another file or into the same."""
    net, out = tmp_path / "net.yaml", tmp_path / "out.yaml"
    net.write_text(WIDE, encoding="utf-8")
    arguments = ("fit", net, "--max-params", "2K", "--divisor", "4")
    text = shown(*arguments, "--write", out)
    written = WIDE.replace("conv 16", "conv 8").replace("conv 32", "conv 16")

    assert text == shown(*arguments)
    assert "Widths: 16 → 8, 32 → 16." in text
    assert out.read_text(encoding="utf-8") == written
    assert net.read_text(encoding="utf-8") == WIDE

    shown(*arguments, "--write", net)
    assert net.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (["--max-params", "10"], 1),
        (["--max-params", "2K", "-f", "parquet"], 2),
        (["--max-params", "2K", "-o", "/nowhere/x"], 2),
        (["--max-params", "2K", "-f", "bmp"], 2),
    ],
)
def test_nothing_is_written_unless_all_succeeds(more, status, tmp_path):
    """E7: a file is written last, when the answer has been told."""
    net, out = tmp_path / "net.yaml", tmp_path / "out.yaml"
    net.write_text(WIDE, encoding="utf-8")

    assert called("fit", net, *more, "--write", out).status == status
    assert not out.exists()


def test_a_name_of_the_command_line():
    """A name that only `-i` has can be made large: VGG-16 keeps to 5 GMACs up to an input of 127."""
    document = told("vgg16", "-i", "3,n,n", "--vary", "n", "--max-macs", "5G")
    macs = [counted("vgg16", "-i", f"3,{n},{n}")["totals"]["macs"] for n in (127, 128)]

    assert (document["value"], document["next"]) == (127, 128)
    assert macs[0] <= 5 * 10**9 < macs[1]


def test_nothing_fits():
    """The exit status says no, and the message why."""
    done = called("fit", "resnet18", "--vary", "classes=10:20", "--max-params", "5M")
    params = counted("resnet18", "--set", "classes=10")["totals"]["params"]

    assert done == (
        "",
        (
            f"nothing fits: with classes = 10, params would be {params:,}, which is {params - 5_000_000:,} too much\n"
            "Tried: classes = 10 to classes = 20.\n"
        ),
        1,
    )


def test_costs_that_fall():
    """C1: groups that divide nothing are passed over, and strides have no largest where none is too costly."""
    groups = told("-i", "8x32x32", "-l", "conv 64 3 g=k", "--vary", "k", "--max-params", "1000")
    strides = ("-i", "3x32x32", "-l", "conv 8 3 s=k", "--max-macs", "50000")
    listed = told(*strides, "--vary", "k=1:40")
    table = plain(shown("fit", *strides, "--vary", "k"))

    assert (groups["value"], groups["proved"], groups["searched"]) == (8, True, [1, 1_000_000])
    assert (listed["value"], listed["next"], listed["proved"], listed["searched"]) == (40, None, True, [1, 40])
    assert table.title == "network: k = 1000000"
    assert table.foot == [
        "Input 3x32x32.",
        "No limit binds: this is the last value that was tried.",
        "Tried: k = 1 to k = 1000000.",
        FOOT,
    ]


def test_what_is_not_excluded():
    """C1: where larger values are too many to be tried, the answer says which were."""
    arguments = ("-i", "3x16x16", "-l", "(conv 3 3 same) *k", "--vary", "k", "--max-params", "1700")
    document, foot = told(*arguments), plain(shown("fit", *arguments)).foot
    first, last = document["searched"]

    assert (document["value"], document["next"], document["proved"], first) == (20, 21, False, 1)
    assert 21 <= last < 100
    assert foot[1:3] == [
        f"One step on, k = 21: params would be {21 * 84:,}, which is {21 * 84 - 1700} too much.",
        f"Tried: k = 1 to k = {last}; larger values, up to k = 1000000, are not excluded.",
    ]


def test_the_options_of_a_layer():
    """With sizes in place of a file, `--layer` is the layer that should make them."""
    rows = values(shown("fit", "alexnet", "--layer", "conv3", "--output", "7x7", "-f", "csv"))

    assert rows[0] == {
        "kernel_size": "3",
        "stride": "2",
        "padding": "1",
        "line": "conv 384 3x3/2 p=1",
        "weights": str(256 * 384 * 9),
        "macs": str(256 * 384 * 9 * 49),
    }
    assert all(counted("-i", "256x13x13", "-l", row["line"])["layers"][0]["output"] == [384, 7, 7] for row in rows)


def test_many_options():
    """B4: of more ways than anybody would read, the nearest are listed, and how many there are is told."""
    arguments = ("-i", "3x200000", "-l", "conv 8 3", "--output", "1")
    table, document = plain(shown("fit", *arguments)), told(*arguments)

    assert table.title == "network: 161 ways for conv1 to make 8x1"
    assert "The nearest 100 are listed." in table.foot
    assert (document["ways"], len(document["choices"]), len(table.rows)) == (161, 100, 100)
    assert [document["choices"][0][key] for key in ("kernel_size", "stride", "padding")] == [3, 200_000 - 2, 0]


def test_no_options():
    """Where nothing makes a size, the table is empty and the exit status says no."""
    done = called("fit", "alexnet", "--layer", "conv3", "--output", "70x70", "-f", "csv")

    assert done == ("kernel_size,stride,padding,line,weights,macs\n", "", 1)


def test_the_smallest_input():
    """The least input, its counts, and why it cannot be less."""
    table = plain(shown("fit", "unet", "--smallest-input"))
    totals = counted("unet", "--input", "1x188x188")["totals"]

    assert table.title == "U-Net: the smallest input is 1x188x188"
    assert table.rows == [
        {"Input": "1x188x188", "Output": "2x4x4", "Params": f"{totals['params']:,}", "MACs": f"{totals['macs']:,}"},
    ]
    assert table.foot == [
        "1x187x187 is refused: conv6: kernel_size (3) does not fit an axis of 2 with padding 0.",
        FOOT,
    ]


def test_inputs_that_lose_no_border():
    """Five pools of 2 lose nothing of what 32 divides, and the foot says so in words."""
    rows = values(shown("fit", "vgg16", "--valid-inputs", "1:256", "-f", "csv"))
    foot = plain(shown("fit", "vgg16", "--valid-inputs", "1:256")).foot

    assert [row["input"] for row in rows] == [f"3x{size}x{size}" for size in range(32, 257, 32)]
    assert foot[0] == "8 of the 225 sizes from 1 to 256 that are accepted lose no border: 32 to 256 by 32."


WRONG = {
    "no limit": (
        ["resnet18"],
        (
            "error[missing-argument]: within which limits?\n"
            "  | try: --max-params 5M, --max-macs 300M, --max-activation-bytes 512KiB\n"
        ),
    ),
    "no amount": (
        ["resnet18", "--max-params", "5Q"],
        "error[wrong-argument]: --max-params must be an amount such as 5M, 300e6 or 256KiB, but got 5Q\n",
    ),
    "nothing for an amount": (
        ["resnet18", "--max-activation-bytes", " "],
        (
            "error[wrong-argument]: --max-activation-bytes must be an amount such as 5M, 300e6 or "
            "256KiB, but got nothing\n"
        ),
    ),
    "a list": (
        ["resnet18", "--max-params", "5M", "--vary", "depth"],
        (
            "error[bad-values]: depth is no number, so that none is the largest\n"
            "  | try: --scale depth, or convcalc sweep --vary 'depth=[…],[…]'\n"
        ),
    ),
    "lists of values": (
        ["resnet18", "--max-params", "5M", "--vary", "depth=[1,1],[2,2]"],
        "error[bad-values]: depth must be numbers, of which one is the largest\n",
    ),
    "an unknown variable": (
        ["resnet18", "--max-params", "5M", "--vary", "clases"],
        "error[unknown-name]: unknown variable: clases; did you mean classes?\n",
    ),
    "the width as a variable": (
        ["resnet18", "--max-params", "5M", "--vary", "width"],
        (
            "error[unknown-name]: unknown variable: width; known: classes, depth\n"
            "  | try: no --vary, which scales all widths\n"
        ),
    ),
    "the depth as a variable": (
        ["vgg16", "--max-params", "5M", "--vary", "layers=1:9"],
        (
            "error[unknown-name]: unknown variable: layers; known: classes, depth\n"
            "  | try: --scale depth in place of --vary\n"
        ),
    ),
    "the resolution as a variable": (
        ["alexnet", "--max-params", "5M", "--vary", "resolution"],
        (
            "error[unknown-name]: unknown variable: resolution; known: classes, groups\n"
            "  | try: --scale resolution in place of --vary\n"
        ),
    ),
    "a file in which a variable would be written": (
        ["mobilenet_v1", "--max-params", "2M", "--vary", "alpha", "--write", "x.yaml"],
        "error[conflicting-options]: --vary makes a variable large, and --scale and its options the network\n",
    ),
    "a file in which a depth would be written": (
        ["resnet18", "--max-params", "5M", "--scale", "depth", "--write", "x.yaml"],
        "error[conflicting-options]: --divisor, --keep, --only, --linear and --write are about width, and not depth\n",
    ),
    "a file, and lines": (
        ["-i", "3x8x8", "-l", "conv 3 3", "--max-params", "5M", "--write", "x.yaml"],
        (
            "error[conflicting-options]: --write changes the widths in a file by one factor, and nothing else: no "
            "variable, no input\n  | try: -f yaml, which writes the whole network\n"
        ),
    ),
    "a file for sizes": (
        ["unet", "--smallest-input", "--write", "x.yaml"],
        (
            "error[conflicting-options]: these are questions of their own: --smallest-input and "
            "limits, and what is to be made large\n"
        ),
    ),
    "a divisor of depths": (
        ["resnet18", "--max-params", "5M", "--scale", "depth", "--divisor", "8"],
        "error[conflicting-options]: --divisor, --keep, --only, --linear and --write are about width, and not depth\n",
    ),
    "a variable and the usual scale": (
        ["seed", "--max-params", "5M", "--vary", "k1", "--scale", "width"],
        "error[conflicting-options]: --vary makes a variable large, and --scale and its options the network\n",
    ),
    "sizes that are none": (
        ["seed", "--layer", "conv2", "--output", "7x"],
        (
            "error[wrong-argument]: --output must be the sizes that --layer is to make, but got 7x\n"
            "  | try: --output 7x7\n"
        ),
    ),
    "a variable and a scale": (
        ["mobilenet_v1", "--max-params", "5M", "--vary", "alpha", "--scale", "depth"],
        "error[conflicting-options]: --vary makes a variable large, and --scale and its options the network\n",
    ),
    "two questions": (
        ["resnet18", "--max-params", "5M", "--smallest-input"],
        (
            "error[conflicting-options]: these are questions of their own: --smallest-input and "
            "limits, and what is to be made large\n"
        ),
    ),
    "symbols": (
        ["-i", "3,n,n", "-l", "conv k 3", "--vary", "k", "--max-macs", "5M"],
        "error[needs-numbers]: fit takes numbers, and here are symbols: n\n  | try: --set n=32\n",
    ),
    "nothing to widen": (
        ["-i", "3x9x9", "-l", "maxpool 2", "--max-macs", "5M"],
        "error[nothing-found]: there is no width to scale\n",
    ),
    "no depth": (
        ["alexnet", "--max-macs", "5M", "--scale", "depth"],
        (
            "error[nothing-found]: nothing in the description is a depth\n"
            "  | try: widening: {depth: [NAME]} in the description, for a variable that is a number of layers\n"
        ),
    ),
    "an unknown layer": (
        ["alexnet", "--layer", "conv33", "--output", "7x7"],
        "error[unknown-layer]: unknown layer: conv33; did you mean conv3?\n",
    ),
    "a layer without a kernel": (
        ["alexnet", "--layer", "linear1", "--output", "7x7"],
        "error[nothing-found]: linear1 is a linear, which has no kernel, stride and padding\n",
    ),
    "too few sizes": (
        ["alexnet", "--layer", "conv3", "--output", "7"],
        (
            "error[wrong-argument]: --output must be 2 sizes of at least 1, one for each axis of "
            "conv3, but got 7\n  | conv3 makes 13x13\n"
        ),
    ),
    "two layers": (
        ["alexnet", "--layer", "conv3", "--layer", "conv4", "--output", "7x7"],
        "error[conflicting-options]: --layer names one layer of alexnet, but got 2\n",
    ),
    "no network with kernels": (
        ["-i", "10", "-l", "linear 3", "--output", "7x7"],
        "error[nothing-found]: no layer of the network has a kernel, a stride and a padding\n",
    ),
    "sizes that go down": (
        ["unet", "--valid-inputs", "9:1"],
        "error[wrong-argument]: --valid-inputs must be two sizes from 1 to 1,000,000, such as 1:512, but got 9:1\n",
    ),
    "no sizes": (
        ["-i", "10", "-l", "linear 3", "--smallest-input"],
        "error[wrong-input]: the input has no sizes besides its channels\n",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_told(arguments, message):
    """The whole message, nothing on standard output, and exit status 2."""
    assert called("fit", *arguments) == ("", message, 2)
