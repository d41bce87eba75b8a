"""`convcalc widen`: what it tells, in each format, and what it refuses."""

import json
from textwrap import dedent

import pytest
from command_line import SPECS, called, number, on_terminal, plain, shown, started, unstyled, values
from examples import one_in

FOOT = (
    "How weights grow, or MACs where there are none, if no width is rounded: f² where a layer reads and makes f times "
    "as many channels, f where one of the two grows, 1 where none does."
)
WIDENED = [net for net in SPECS if net != "lenet5"]  # its table names the channels that it reads

NOT_WRITTEN = """\
error[conflicting-options]: --write changes the widths in a file by one factor, and nothing else: no variable, no input
  | try: -f yaml, which writes the whole network"""

UNET = """\
name: U-Net
vars: {w: 8}
input: 1x16x16
defaults: {conv: same bn relu}
layers:
  - e1: [conv w 3]   # what is copied
  - maxpool 2
  - conv 2*w 3
  - upconv w 2/2
  - concat @e1
  - conv w 3
  - conv 2 1 fixed -bn -relu
"""


@pytest.fixture
def unet(tmp_path):
    path = tmp_path / "unet.yaml"
    path.write_text(UNET, encoding="utf-8")
    return path


def widened(*arguments):
    """The JSON of a widening."""
    return json.loads(shown("widen", *arguments, "-f", "json"))


def test_seed():
    """The table of the question that began it: 2 and 4 times as much."""
    assert shown("widen", "seed", "--factor", "2", "--set", "k1=32", "--set", "k2=64") == dedent(f"""\
        Two convolutions, 2 times as wide

        Layer  Channels  Weights  Weights after        MACs   MACs after     ×  Grows
        -----  --------  -------  -------------  ----------  -----------  ----  -----
        conv1  32 → 64       288            576     225,792      451,584  2.00  f
        conv2  64 → 128   51,200        204,800  40,140,800  160,563,200  4.00  f²
        -----  --------  -------  -------------  ----------  -----------  ----  -----
        total             51,488        205,376  40,366,592  161,014,784

        f = 2: 51,584 → 205,568 parameters (× 3.985 = f^1.995); 40,366,592 → 161,014,784 MACs (× 3.989 = f^1.996).
        params(f) = 51,200·f² + 384·f; MACs(f) = 40,140,800·f² + 225,792·f, where no width is rounded.
        Quadratic today: 99.3% of its parameters and 99.4% of its MACs.
        {FOOT}
    """)


def test_a_u_net(unet):
    """Layers that nothing widens have no arrow, and what has nothing to count no row."""
    table = plain(shown("widen", unet, "--factor", "3"))

    assert table.headings == ["Layer", "Channels", "Weights", "Weights after", "MACs", "MACs after", "×", "Grows"]
    assert [(row["Layer"], row["Channels"], row["×"], row["Grows"]) for row in table.rows] == [
        ("e1.conv1", "8 → 24", "3.00", "f"),
        ("conv1", "16 → 48", "9.00", "f²"),
        ("upconv1", "8 → 24", "9.00", "f²"),
        ("conv2", "8 → 24", "9.00", "f²"),
        ("conv3", "2", "3.00", "f"),
    ]


def test_rows_add_up(unet):
    """Weights of norms are in the rows of their layers, and each column adds up to its total."""
    table = plain(shown("widen", unet, "--factor", "3"))

    for heading in ("Weights", "Weights after", "MACs", "MACs after"):
        assert sum(number(row[heading]) for row in table.rows) == number(table.totals[heading])


@pytest.mark.parametrize(
    ("options", "channels", "sentence"),
    [
        (
            ["0.3"],
            "8 → 2 (2.4), 16 → 5 (4.8), 8 → 2 (2.4), 8 → 2 (2.4), 2",
            "4 of 4 widths are rounded to whole numbers.",
        ),
        (
            ["3", "--divisor", "16"],
            "8 → 32 (24), 16 → 48, 8 → 32 (24), 8 → 32 (24), 2",
            "3 of 4 widths are rounded to multiples of 16.",
        ),
        (["1/3", "--only", "conv1"], "8, 16 → 5 (16/3), 8, 8, 2", "1 of 1 widths is rounded to whole numbers."),
    ],
)
def test_rounding_is_shown(unet, options, channels, sentence):
    """In brackets stands the width before it was rounded, and the foot counts them."""
    table = plain(shown("widen", unet, "--factor", *options))

    assert ", ".join(row["Channels"] for row in table.rows) == channels
    assert table.foot[1] == sentence


def test_a_folded_block(unet):
    """A row of a block grows as the sum of its layers does."""
    (row,) = plain(shown("widen", unet, "--factor", "2", "--depth", "0")).rows

    assert (row["Layer"], row["Channels"], row["Grows"]) == ("U-Net", "2", "f² + f")


@pytest.mark.parametrize(
    ("line", "grows"),
    [
        ("concat(pass | conv 4 1), conv 4 1 fixed", ["f", "f + 1"]),
        ("conv 4 3, dwconv 3, bn", ["f", "f", "f"]),
        ("conv 4 3 fixed, conv 4 1 fixed", ["1", "1"]),
        ("concat(conv 4 1 | conv 4 1 fixed), conv 4 1", ["f", "1", "f² + f"]),
        ("conv 4 3 same, matmul(conv 6 1, flatten 1 | permute 2x0x1, reshape 1024x-1)", ["f", "f²", "f²"]),
    ],
)
def test_how_a_layer_grows(line, grows):
    """f² where it reads and makes f times as many channels, f where one grows, 1 where none does, or a sum of these."""
    rows = plain(shown("widen", "-i", "3x32x32", "-l", line, "--factor", "2")).rows

    assert [row["Grows"] for row in rows] == grows


def test_what_is_no_polynomial():
    """Where a projection comes, how it grows is left out, and said so."""
    table = plain(shown("widen", "wrn_28_10", "--set", "k=1", "--factor", "10", "--keep", "conv1"))

    assert {row["Grows"] for row in table.rows} == {""}
    assert table.foot[1] == (
        "The counts are no polynomial in f of second degree: some width is rounded, or a layer comes or goes."
    )
    (added,) = [row for row in table.rows if row["Weights"] == "0"]
    assert (added["Layer"], added["Channels"], added["MACs"]) == ("widen1.conv3", "→ 160", "0")


@pytest.mark.parametrize(
    ("layers", "shape", "told"),
    [
        (
            "conv 16 3 same, conv C+16 3 same",
            "3x8x8",
            ["One layer is not 2 times as wide, as its width follows from what it reads: conv2 (32 → 48)."],
        ),
        (
            # R(2+1)D chooses its middle channels so that it has as many weights as a full kernel
            "conv 16 3 same, (conv (3*9*C*32)//(9*C+3*32) 1x3x3 same, conv 32 3x1x1 same) *2",
            "3x8x8x8",
            [
                (
                    "2 layers are not 2 times as wide, as their widths follow from what they read: conv2 (57 → 72), "
                    "conv4 (72 → 82)."
                ),
                (
                    "The counts are no polynomial in f of second degree: a width follows from what its layer reads, "
                    "or a layer comes or goes."
                ),
            ],
        ),
        (
            f"conv 16 3 same, ({'conv C+1 1, ' * 9}relu)",
            "3x8x8",
            [
                "9 layers are not 2 times as wide, as their widths follow from what they read: "
                + ", ".join(f"conv{place} ({15 + place} → {31 + place})" for place in range(2, 10))
                + " and 1 more."
            ],
        ),
        ("conv 16 3 same, conv C//4 1, conv 4*C 1, dwconv 3", "3x8x8", []),
        ("conv 16 3 same, conv C+16 3 same fixed", "3x8x8", []),
    ],
)
def test_widths_that_follow_are_named(layers, shape, told):
    """D6: a width that mixes C with other numbers does not grow f times, and no rounding is to blame."""
    foot = plain(shown("widen", "-i", shape, "-l", layers, "--factor", "2")).foot[1:]

    assert [line for line in foot if "follows" in line or "follow" in line] == told
    assert not any("rounded, or" in line for line in foot)


def test_a_network_of_nothing():
    """Without weights there is nothing to tell, and no fault."""
    assert shown("widen", "-i", "3x8x8", "-l", "maxpool 2", "--factor", "2").splitlines()[-3:] == [
        "f = 2: 0 → 0 parameters; 0 → 0 MACs.",
        "params(f) = 0; MACs(f) = 0, where no width is rounded.",
        FOOT,
    ]


def test_json(unet):
    """One object: what was asked for, a row for each node, totals, and the coefficients of the polynomials."""
    found = widened(unet, "--factor", "3", "--divisor", "2")

    assert {key: found[key] for key in found if key not in {"layers", "totals"}} == {
        "schema": "convcalc/1",
        "network": "U-Net",
        "input": {"input": [1, 16, 16]},
        "factor": "3",
        "divisor": 2,
        "steps": [{"step": "as it is", "params": 2816 + 160 + 2, "macs": 401_408 + 22_528}],
        "growth": {
            "params": {"f2": 8 * 16 * 9 + 16 * 8 * 4 + 16 * 8 * 9, "f1": 72 + 2 * (8 + 16 + 8) + 8 + 16, "f0": 2},
            "macs": {"f2": (1152 + 512) * 64 + 1152 * 256, "f1": 72 * 256 + 16 * 256, "f0": 0},
        },
        "warnings": [],
    }
    assert found["layers"][0] == {
        "name": "e1.conv1", "kind": "conv", "out_channels_before": 8, "out_channels_after": 24, "weights_before": 72,
        "weights_after": 216, "biases_before": 0, "biases_after": 0, "macs_before": 72 * 256, "macs_after": 216 * 256,
        "ratio": 3.0, "grows": "f",
    }  # fmt: skip  # an object reads better in lines
    growth, after = found["growth"]["params"], found["totals"]["params_after"]
    assert growth["f2"] * 9 + growth["f1"] * 3 + growth["f0"] == after


def test_rows_of_json_are_those_of_count():
    """Before and after, they are what count tells of the two networks."""
    found = widened("mobilenet_v1", "--factor", "0.5")
    for side, settings in (("before", []), ("after", ["--set", "alpha=0.5"])):
        counted = json.loads(shown("count", "mobilenet_v1", *settings, "-f", "json"))
        keys = ("name", "kind", "weights", "biases", "macs")
        assert [[row[key] for key in keys] for row in counted["layers"]] == [
            [row[key if key in {"name", "kind"} else f"{key}_{side}"] for key in keys] for row in found["layers"]
        ]
        for key in ("weights", "biases", "params", "macs"):
            assert found["totals"][f"{key}_{side}"] == counted["totals"][key]


def test_formats_agree(unet, tmp_path):
    """Each format for programs has the same rows, and -o takes the format of its suffix."""
    arguments = ("widen", unet, "--factor", "2")
    rows = widened(*arguments[1:])["layers"]
    texts = [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]

    assert [json.loads(line) for line in shown(*arguments, "-f", "jsonl").splitlines()] == [
        {"network": "U-Net", **row} for row in rows
    ]
    assert values(shown(*arguments, "-f", "csv")) == texts
    assert values(shown(*arguments, "-f", "tsv"), "\t") == texts
    for suffix in ("json", "jsonl", "csv", "tsv", "md", "yaml"):
        assert shown(*arguments, "-o", tmp_path / f"out.{suffix}") == ""
        assert (tmp_path / f"out.{suffix}").read_text(encoding="utf-8") == shown(*arguments, "-f", suffix)


def test_markdown(unet):
    """A table with a bold total, and the foot."""
    text = shown("widen", unet, "--factor", "2", "-f", "markdown").splitlines()

    assert text[:3] == [
        "### U-Net, 2 times as wide",
        "",
        "| Layer | Channels | Weights | Weights after | MACs | MACs after | × | Grows |",
    ]
    assert text[4] == "| e1.conv1 | 8 → 16 | 80 | 160 | 18,432 | 36,864 | 2.00 | f |"


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_terminal(unet, columns):
    """It fits the width, and leaves out columns, never digits: last of all how a layer grows."""
    text = unstyled(on_terminal("widen", unet, "--factor", "2", columns=columns).out)

    assert max(map(len, text.splitlines())) <= columns
    assert text.splitlines()[2].split()[:2] == ["Layer", "Channels"]
    assert text.splitlines()[2].split()[-2:] == ["×", "Grows"]
    assert ("Left out" in text) == (columns < 80)


def test_factors():
    """A row for each factor, in the order given, with what the counts grow by."""
    table = shown("widen", "seed", "--factors", "0.5, 1,2,1/3").split("\n\n  |")[0]

    assert table == dedent("""\
        Two convolutions under 4 factors

        f     Params  × params         MACs  × MACs  MACs grow as f^
        ---  -------  --------  -----------  ------  ---------------
        0.5   12,992      0.25   10,148,096    0.25             1.99
        1     51,584      1.00   40,366,592    1.00
        2    205,568      3.99  161,014,784    3.99             2.00
        1/3    5,906      0.11    4,605,216    0.11             1.98

        params(f) = 51,200·f² + 384·f; MACs(f) = 40,140,800·f² + 225,792·f, where no width is rounded.
        Quadratic today: 99.3% of its parameters and 99.4% of its MACs.""")


def test_the_curve():
    """MACs over f on two logarithmic axes, with what grows as f and as f²; it lies near the latter."""
    text = shown("widen", "seed", "--factors", "0.25,0.5,1,2,4")
    curve = [line for line in text.splitlines() if line.startswith("  |")]

    assert len(curve) == 15
    assert all(sign in "".join(curve) for sign in "o.:")
    assert text.splitlines()[-3:] == [
        "  +---------------------------------------------------------",
        "   f = 0.25                                            f = 4",
        "   o MACs × 0.0625 to × 16; . grows as f; : grows as f²; both axes are logarithmic",
    ]


@pytest.mark.parametrize(("columns", "drawn"), [(59, False), (60, True), (200, True)])
def test_a_curve_is_not_broken(columns, drawn):
    """On a terminal that is too narrow for it there is none."""
    text = shown("widen", "seed", "--factors", "1,2", "-f", "table", COLUMNS=str(columns))

    assert ("\n  |" in text) == drawn
    assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize("factors", ["2", "2,2"])
def test_one_point_is_no_curve(factors):
    """A line has two ends."""
    assert "  |" not in shown("widen", "seed", "--factors", factors)


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "json"])
def test_factors_for_programs(form):
    """A tidy table: a row for each factor, exact counts, and no curve."""
    text = shown("widen", "seed", "--factors", "1,2", "-f", form)
    first, second = {
        "csv": lambda: values(text),
        "tsv": lambda: values(text, "\t"),
        "jsonl": lambda: [json.loads(line) for line in text.splitlines()],
        "json": lambda: json.loads(text)["factors"],
    }[form]()

    assert [str(row[key]) for row in (first, second) for key in ("factor", "params", "macs")] == [
        "1", "51584", "40366592", "2", "205568", "161014784",
    ]  # fmt: skip  # a list reads better in lines
    assert first["exponent"] in ("", None)
    assert float(second["exponent"]) == pytest.approx(1.99596, abs=1e-5)


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_a_factor_of_1_is_the_network(net):
    """Widened by 1 it is written, byte for byte, as count writes it."""
    assert shown("widen", net, "--factor", "1", "-f", "yaml") == shown("count", net, "-f", "yaml")


def test_a_description_that_is_read_again():
    """A pipe from widen to count counts the widened network."""
    text = started("widen", "resnet18", "--factor", "2", "-f", "yaml").out
    found = json.loads(started("count", "-f", "json", stdin=text.encode()).out)["totals"]
    totals = widened("resnet18", "--factor", "2")["totals"]

    assert (found["params"], found["macs"]) == (totals["params_after"], totals["macs_after"])


def test_a_description_from_a_pipe(unet):
    """Without NET, what is widened comes from standard input."""
    assert shown("widen", "--factor", "2", "-f", "csv", stdin=unet.read_bytes()) == shown(
        "widen", unet, "--factor", "2", "-f", "csv"
    )


def test_a_u_net_as_a_description(unet):
    """Blocks and variables are written out; a label stands where a layer is read from elsewhere, or has a name."""
    assert shown("widen", unet, "--factor", "2", "-f", "yaml") == dedent("""\
        name: U-Net
        input: 1x16x16
        layers:
          - e1_conv1: conv 16 3 same bn relu
          - maxpool 2
          - conv 32 3 same bn relu
          - upconv 16 2/2
          - concat @e1_conv1
          - conv 16 3 same bn relu
          - conv 2 1 same fixed
    """)


def test_write(unet, tmp_path):
    """The file has its comments, and other widths; the table is shown as well."""
    out = tmp_path / "out.yaml"
    text = shown("widen", unet, "--factor", "2", "--write", out)

    assert text == shown("widen", unet, "--factor", "2")
    assert out.read_text(encoding="utf-8") == UNET.replace("conv 2*w", "conv 2*(2*w)").replace("conv w", "conv 2*w")
    assert (
        json.loads(shown("count", out, "-f", "json"))["totals"]["params"]
        == (widened(unet, "--factor", "2")["totals"]["params_after"])
    )


def test_write_in_place(unet):
    """The file may be the one that is read."""
    shown("widen", unet, "--factor", "1", "--write", unet)
    assert unet.read_text(encoding="utf-8") == UNET

    shown("widen", unet, "--factor", "2", "--write", unet, "-f", "json")
    assert "- e1: [conv 2*w 3]   # what is copied" in unet.read_text(encoding="utf-8")


def test_write_refuses_before_it_writes(unet, tmp_path):
    """Nothing is written where something is refused."""
    out = tmp_path / "out.yaml"
    done = called("widen", unet, "--factor", "3", "--divisor", "16", "--write", out)

    assert (done.out, done.status) == ("", 2)
    assert not out.exists()


def test_linear_and_groups():
    """The flags reach the widening."""
    line = ("-i", "3x8x8", "-l", "conv 8 3, conv 8 3 g=4, linear 16, linear 10")
    plain_rows = widened(*line, "--factor", "2")["layers"]
    rows = widened(*line, "--factor", "2", "--linear", "--scale-groups")["layers"]

    assert [row["out_channels_after"] for row in plain_rows] == [16, 16, 16, 10]
    assert [row["out_channels_after"] for row in rows] == [16, 16, 32, 10]
    assert [row["ratio"] for row in plain_rows] == [2.0, 4.0, 2.0, 1.0]
    assert [row["ratio"] for row in rows] == [2.0, 2.0, 4.0, 2.0]


def test_compound_scaling():
    """EfficientNet-B4 of B0 in one command: what each factor contributed, and all of them together."""
    options = "--factor 1.4 --divisor 8 --depth-factor 1.8 --resolution 95/56"
    arguments = ("efficientnet_b0", *options.split())
    table = plain(shown("widen", *arguments))
    found = widened(*arguments)

    assert table.title == "EfficientNet-B0, 1.8 times as deep, 95/56 times as large, 1.4 times as wide"
    assert (found["totals"]["params_after"], found["totals"]["macs_after"]) == (19_341_616, 4_393_771_024)
    assert [step["step"] for step in found["steps"]] == ["as it is", "1.8 times as deep", "95/56 times as large"]
    assert (found["steps"][0]["params"], found["steps"][0]["macs"]) == (5_288_548, 385_814_752)
    assert (found["steps"][2]["params"], found["steps"][2]["macs"]) == (
        found["totals"]["params_before"],
        found["totals"]["macs_before"],
    )
    assert table.foot[-2] == (
        "What each factor contributes: 1.8 times as deep: parameters × 1.933, MACs × 2.028; 95/56 times as large: "
        "parameters × 1.000, MACs × 2.921; 1.4 times as wide: parameters × 1.892, MACs × 1.923; together: parameters "
        "× 3.657, MACs × 11.388."
    )
    text = shown("widen", *arguments, "-f", "yaml")
    totals = json.loads(shown("count", "-f", "json", stdin=text.encode()))["totals"]
    assert (totals["params"], totals["macs"]) == (19_341_616, 4_393_771_024)


def test_a_larger_input_alone():
    """Without a factor the widths stay, and the network is compared with the one as it was."""
    table = plain(shown("widen", "seed", "--resolution", "2"))

    assert table.title == "Two convolutions, 2 times as large"
    assert [row["×"] for row in table.rows] == ["4.00", "4.00"]
    assert table.foot[0] == ("51,584 → 51,584 parameters (× 1.000); 40,366,592 → 161,466,368 MACs (× 4.000).")


def test_factors_of_a_deeper_network():
    """--factors widens what --depth-factor and --resolution made."""
    options = "--set k=1 --set n=2 --depth-factor 2 --keep conv1 --factors 10,12 -f csv"
    found = values(shown("widen", "wrn_28_10", *options.split()))

    assert [row["params"] for row in found] == ["36479194", "52517850"]


FACTOR = "must be a number above 0 and at most 1,000,000, such as 2, 0.75 or 1/2"


@pytest.mark.parametrize(
    "factor", ["0", "-1", "abc", "1/0", "nan", "inf", "1e400", "2,", "1000001", "1/1000001", "½", "0x2", "1/2/3", "--2"]
)
def test_factors_that_are_none(factor):
    """A factor is a number above 0, of a size that makes sense."""
    for option in ("--factor", "--depth-factor", "--resolution"):
        message = f"error[wrong-argument]: {option} {FACTOR}, but got {factor}\n"
        assert called("widen", "seed", f"{option}={factor}") == ("", message, 2)


@pytest.mark.parametrize(
    ("factors", "received"), [("2,", "nothing"), (",", "nothing"), ("1,,2", "nothing"), ("1,a", "a"), ("1;2", "1;2")]
)
def test_lists_of_factors_that_are_none(factors, received):
    """Each of several factors must be one."""
    message = f"error[wrong-argument]: --factors {FACTOR}, but got {received}\n"

    assert called("widen", "seed", "--factors", factors) == ("", message, 2)


@pytest.mark.parametrize(
    ("factor", "shown_as"),
    [("2.0", "2"), (" 2 ", "2"), ("2e0", "2"), ("4/2", "2"), ("3/7", "3/7"), ("1e6", "1000000"), ("1e-6", "0.000001")],
)
def test_factors_in_other_forms(factor, shown_as):
    """A fraction or a decimal, told as its author would write it."""
    assert widened("seed", f"--factor={factor}")["factor"] == shown_as


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["seed"], "error[missing-argument]: by how much?\n  | try: --factor 2, or --factors 0.5,1,2,4"),
        (
            ["seed", "--factor", ""],
            "error[missing-argument]: by how much?\n  | try: --factor 2, or --factors 0.5,1,2,4",
        ),
        (["seed", "vgg16", "--factor", "2"], "error[conflicting-options]: widen takes one network, but got 2"),
        (
            ["seed", "--factor", "2", "--factors", "2,3"],
            "error[conflicting-options]: --factor is one factor, and --factors several: give one of the two",
        ),
        (
            ["seed", "--factor", "2", "-l", "conv 3 3"],
            "error[conflicting-options]: a network is a NET or --layer, not both, but got seed and --layer",
        ),
        (
            ["-i", "3x8x8", "-l", "conv 3 3", "--factor", "2", "--write", "x.yaml"],
            NOT_WRITTEN,
        ),
        (
            ["seed", "--factors", "1,2", "--write", "x.yaml"],
            NOT_WRITTEN,
        ),
        (
            ["seed", "--factor", "2", "--resolution", "2", "--write", "x.yaml"],
            NOT_WRITTEN,
        ),
        (
            ["seed", "--factors", "1,2", "-f", "yaml"],
            "error[conflicting-options]: --factors makes several networks, of which none can be written as yaml",
        ),
        (
            ["seed", "--factor", "2", "--keep", "conv3"],
            "error[nothing-found]: --keep conv3 names no layer that has a width\n  | those that have: conv1, conv2",
        ),
        (
            ["seed", "--depth-factor", "2"],
            """\
error[nothing-found]: nothing in the description is a depth
  | try: widening: {depth: [NAME]} in the description, for a variable that is a number of layers""",
        ),
        (["nope", "--factor", "2"], "error[no-such-file]: there is no file and no bundled network nope"),
        (
            ["seed", "--factor", "2", "--write", "/nowhere/x"],
            "error[cannot-write]: cannot write /nowhere/x: no such file or directory",
        ),
        (
            ["seed", "--factor", "2", "-f", "yaml", "-o", "/nowhere/x"],
            "error[cannot-write]: cannot write /nowhere/x: no such file or directory",
        ),
    ],
)
def test_what_is_refused(arguments, message):
    """A whole message, nothing on standard output, and exit status 2."""
    done = called("widen", *arguments)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(message)
    assert done.err == f"{message}\n" or "no bundled network" in message


def test_an_add_with_the_input():
    """What cannot be widened consistently names the layers."""
    done = called("widen", "-i", "3x8x8", "-l", "residual(conv 3 3 same)", "--factor", "2")

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[-3:] == [
        "  | before widening by 2, it fits",
        "  | conv1 is widened",
        "  | input is not widened: it is an input of the network",
    ]


@pytest.mark.parametrize("net", WIDENED[::4])
def test_bundled_networks(net):
    """Each is told of in a table whose columns add up."""
    table = plain(shown("widen", net, "--factor", "2", "--depth", "1"))

    for heading in ("Weights", "Weights after", "MACs", "MACs after"):
        assert sum(number(row[heading]) for row in table.rows) == number(table.totals[heading])


def test_lenet5():
    """Its table names the channels that it reads: the layers before it are kept, and the others can be widened."""
    refused = called("widen", "lenet5", "--factor", "2")

    assert (refused.out, refused.status) == ("", 2)
    assert refused.err.startswith(
        "error[cannot-widen]: C3 names the channels that it reads, and cannot tell which it reads of more"
    )
    assert refused.err.endswith("as wide as C1, is widened: try --keep C1\n")
    assert widened("lenet5", "--factor", "2", "--keep", "C1")["totals"]["params_ratio"] > 1
