"""`convcalc compare`: the lines that differ, paired by what they are, and what they cost more or less."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from command_line import SPECS, called, counted, on_terminal
from examples import examples, one_in
from hypothesis import given
from hypothesis import strategies as st
from widenings import variant

from convcalc.network.folding import folded
from convcalc.questions.alignment import WINDOW
from convcalc.questions.comparing import differences
from convcalc.questions.pairing import MOST_PAIRS, Pairing, aligned
from convcalc.sources.networks import NetworkArguments

LAYERS = ["conv 8 3 same", "conv 16 3 same bn relu", "conv 16 1", "maxpool 2", "relu", "dwconv 3 same", "dropout"]


def lines(text, shape="3x32x32"):
    """The lines of a network in one line."""
    maker = NetworkArguments(layers=[text], inputs=[shape]).one
    return folded(maker().report())


def compared(*arguments):
    """What is told of two networks."""
    done = called("compare", *arguments, "-f", "json")
    assert (done.err, done.status) == ("", 0)
    return json.loads(done.out)


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_a_network_is_itself(net):
    """Nothing differs between a network and itself."""
    maker = NetworkArguments(nets=[net]).one
    own = folded(maker().report())

    assert differences(own, own) == ([], len(own))


def test_weights_of_a_block_are_alike_in_each_use(tmp_path):
    """D2: a use that is gone leaves the next one as it was, whose weights have another name now."""
    text = 'input: 4x8x8\nblocks: {"rr(c)": [conv c 1, conv c 1 share=s, conv c 1 share=s]}\nlayers: [%s]\n'
    (one := tmp_path / "one.yaml").write_text(text % "rr 5, rr 5, conv 4 1, rr 4", "utf-8")
    (other := tmp_path / "other.yaml").write_text(text % "rr 5, conv 4 1, rr 4", "utf-8")
    found = compared(one, other)

    assert [(row["change"], row["name"]) for row in found["differences"]] == [
        ("removed", f"rr2.{name}") for name in ("conv1", "conv2", "conv3")
    ]


def test_a_kind_that_ends_in_a_digit_is_no_label():
    """D7: relu6_2 is the second relu6, and no name that somebody gave."""
    found, same = differences(lines("conv 4 3, relu6"), lines("relu6, conv 4 3, relu6"))

    assert ([(each.change, each.changes) for each in found], same) == ([("added", ["new: relu6"])], 2)


@given(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=7), st.lists(st.sampled_from(LAYERS), max_size=7))
@examples(80)
def test_there_and_back(one, other):
    """The same pairs the other way round, so that all deltas have the other sign; each line is in one pair."""
    before, after = (lines(", ".join(each), "3x256x256") for each in (one, [*one[:1], *other]))
    there, back = aligned(before, after), aligned(after, before)

    assert {(a and a.name, b and b.name) for a, b in there} == {(a and a.name, b and b.name) for b, a in back}
    assert [a for a, _ in there if a] == before
    assert [b for _, b in there if b] == after


@given(st.lists(st.sampled_from(LAYERS[:3]), min_size=1, max_size=8), st.integers(0, 8), st.sampled_from(LAYERS[3:]))
@examples(60)
def test_a_new_layer_is_one_row(one, place, new):
    """A layer of another kind between others is added, and nothing else is."""
    at = min(place, len(one))
    found, _ = differences(lines(", ".join(one)), lines(", ".join([*one[:at], new, *one[at:]])))

    assert [each.change for each in found if each.change != "changed"] == ["added"]
    assert all(change.startswith("input ") for each in found if each.change == "changed" for change in each.changes)


@pytest.mark.parametrize(("one", "other"), [("vgg16", "vgg19"), ("resnet50", "resnext50_32x4d"), ("alexnet", "lenet5")])
def test_the_differences_add_up(one, other):
    """The deltas of all lines are that of the totals, which are those of count."""
    told = compared(one, other)
    before, after = (counted(net)["totals"] for net in (one, other))
    back = compared(other, one)

    for key in ("params", "macs"):
        delta = after[key] - before[key]
        assert sum(row[f"{key}_delta"] for row in told["differences"]) == told["totals"][f"{key}_delta"] == delta
        assert back["totals"][f"{key}_delta"] == -delta
        assert (told["totals"][f"{key}_before"], told["totals"][f"{key}_after"]) == (before[key], after[key])
    signs = sorted((row["params_delta"], row["macs_delta"]) for row in told["differences"])
    assert sorted((-row["params_delta"], -row["macs_delta"]) for row in back["differences"]) == signs


def test_three_layers_of_vgg():
    """VGG-19 is VGG-16 with one more convolution in each of its last three stages, and nothing else."""
    told = compared("vgg16", "vgg19")

    assert [(row["change"], row["changes"]) for row in told["differences"]] == [
        ("added", "new: conv 256 3x3 p=1 relu"),
        ("added", "new: conv 512 3x3 p=1 relu"),
        ("added", "new: conv 512 3x3 p=1 relu"),
    ]
    assert told["same"] == 23


CHANGED = [
    ("conv 8 3", "conv 16 3", "out_channels 8 → 16"),
    ("conv 8 3", "conv 8 3 g=2", "groups 1 → 2"),
    ("conv 8 3", "conv 8 5/2 p=2", "kernel_size 3 → 5; stride 1 → 2; padding 0 → 2"),
    ("conv 8 3 relu", "conv 8 3 bn relu", "bias true → false; +bn"),
    ("conv 8 3 bn relu", "conv 8 3 bn", "-relu"),
    ("conv 8 3", "conv 8 3 same", "padding 0 → same"),
    ("maxpool 2", "maxpool 2 ceil", "rounding floor → ceil"),
    ("relu, conv 8 3", "conv 4 1, conv 8 3", None),
]


@pytest.mark.parametrize(("one", "other", "changes"), CHANGED)
def test_what_changed(one, other, changes):
    """Options by their names, and what was attached."""
    found, _ = differences(lines(one, "4x9x9"), lines(other, "4x9x9"))

    if changes is None:
        assert [each.change for each in found] in (["removed", "added"], ["added", "removed"])
    else:
        assert ["; ".join(each.changes) for each in found] == [changes]


def test_other_inputs_of_a_join():
    """A join that reads another layer is told of, though it costs the same."""
    text = "a: conv 8 3 same, b: conv 8 3 same, c: conv 8 3 same, add @{}"
    (found,), same = differences(lines(text.format("a")), lines(text.format("b")))

    assert (found.pair.before.name, found.changes, same) == ("add1", ["reads a → b"], 3)


def test_labels_go_before_descriptions():
    """A layer that somebody has named is the same layer, whatever else changes."""
    found, same = differences(
        lines("stem: conv 8 3 same, head: conv 16 3 same"), lines("head: conv 8 3 same, tail: conv 16 3 same")
    )

    assert same == 0
    assert [(each.change, "; ".join(each.changes)) for each in found] == [
        ("removed", "gone: conv 8 3x3 p=1"),
        ("changed", "out_channels 16 → 8; input 8x32x32 → 3x32x32"),
        ("added", "new: conv 16 3x3 p=1"),
    ]


def test_large_networks():
    """Of networks that are too large to weigh, equal lines are looked for first."""
    one, other = (f"(conv 8 3 same) *2500, conv {width} 1" for width in (4, 2))
    found, same = differences(lines(f"maxpool 1, {one}"), lines(f"avgpool 1, {other}"))

    assert same == 2500
    assert sorted(each.change for each in found) == ["added", "changed", "removed"]


def test_exit_status():
    """With --exit-code, 1 where anything differs, and 0 where nothing does."""
    assert called("compare", "seed", "seed", "--exit-code").status == 0
    assert called("compare", "seed", "seed@k1=33", "--exit-code").status == 1
    assert called("compare", "seed", "seed@k1=33").status == 0
    assert called("compare", "seed", "seed", "seed@k1=33", "--exit-code").status == 1


def test_variants_of_one_network():
    """Of one network, each setting is a variant; of several, all have it."""
    alone = compared("seed", "--set", "k1=8")
    both = compared("seed", "--set", "k1=8", "--set", "k1=16")
    common = compared("seed@k1=8", "seed@k1=16", "--set", "k2=4")

    assert (alone["before"], alone["after"]) == ("seed", "seed@k1=8")
    assert (both["before"], both["after"]) == ("seed@k1=8", "seed@k1=16")
    assert common["totals"]["weights_delta"] == 8 * 9 + 8 * 4 * 25
    assert counted("seed@k1=8@k2=4")["totals"]["weights"] == 8 * 9 + 8 * 4 * 25


def test_several_networks():
    """Each is compared with the first."""
    done = called("compare", "seed@k1=8", "seed@k1=16", "seed@k1=4", "-f", "csv")

    rows = [line.split(",") for line in done.out.splitlines()]
    assert [row[0] for row in rows] == ["network", *["seed@k1=8 → seed@k1=16"] * 2, *["seed@k1=8 → seed@k1=4"] * 2]


def git(folder, *words):
    """Run git in a folder."""
    own = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *own, *words], check=True, capture_output=True)


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A network in a file, in two revisions."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    git(tmp_path, "init", "-q")
    for width in (8, 12):
        (tmp_path / "nets" / "net.yaml").write_text(f"input: 3x9x9\nlayers: [conv {width} 3]\n")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", str(width))
    (tmp_path / "nets" / "net.yaml").write_text("input: 3x9x9\nlayers: [conv 20 3]\n")
    return tmp_path


def test_revisions(history):
    """A file in a revision of git is a network for each command."""
    told = compared("nets/net.yaml@HEAD~1", "nets/net.yaml")

    assert told["before"] == "nets/net.yaml@HEAD~1"
    assert [row["changes"] for row in told["differences"]] == ["out_channels 8 → 20"]
    assert counted("nets/net.yaml@HEAD")["totals"]["weights"] == 12 * 27
    assert (history / "nets" / "net.yaml").is_file()


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("nets/net.yaml@HEAD~9", "there is no nets/net.yaml@HEAD~9: git: "),
        ("nets/net.yaml@-x", "there is no nets/net.yaml@-x: git: "),
        ("nets/no.yaml@HEAD", "there is no nets/no.yaml@HEAD: git: "),
        ("no/net.yaml@HEAD", "there is no no/net.yaml@HEAD: git: "),
        ("@HEAD", "there is no file and no bundled network @HEAD"),
    ],
)
@pytest.mark.usefixtures("history")
def test_revisions_that_there_are_not(net, message):
    """A1: what git says against them, in words that are its own, and exit status 2."""
    done = called("count", net)

    assert (done.out, done.status) == ("", 2)
    assert message in done.err.splitlines()[0]


def test_one_network_alone():
    """There is nothing to compare it with."""
    done = called("compare", "seed")

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(
        "error[missing-argument]: compare takes two networks\n  | try: convcalc compare resnet50 "
    )


def test_colours():
    """On a terminal, more is red, and less is green; without colour, signs tell."""
    assert "\x1b[31m" in on_terminal("compare", "seed", "seed@k1=33", columns=120).out
    assert "\x1b[32m" in on_terminal("compare", "seed@k1=33", "seed", columns=120).out
    plain = on_terminal("compare", "seed", "seed@k1=33", columns=120, NO_COLOR="1").out
    assert "\x1b[31m" not in plain
    assert "+1,609" in plain


def test_blocks_that_differ_inside(tmp_path, monkeypatch):
    """A block with the same text and other layers is a row, so that rows add up at each depth."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(
        "vars: {k: 3}\ninput: 3x16x16\nlayers:\n"
        "  - blk: [conv 16 k same relu, conv 16 3 same]\n  - gap\n  - linear 10\n"
    )
    for depth in ("0", "1", "2"):
        told = compared("net.yaml", "net.yaml@k=5", "--depth", depth)
        assert sum(row["params_delta"] for row in told["differences"]) == told["totals"]["params_delta"] == 16 * 3 * 16
    assert [row["changes"] for row in compared("net.yaml", "net.yaml@k=5", "--depth", "1")["differences"]] == [
        "layers inside differ"
    ]


def test_a_label_that_is_renamed():
    """Names that somebody gave are told of, as budgets and explanations go by them."""
    (found,), same = differences(lines("stem: conv 8 3, relu"), lines("root: conv 8 3, relu"))

    assert (found.changes, same) == (["renamed stem → root"], 1)


# What is the same, and what is unset


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("conv 8 3", "conv 8 3x3"),
        ("conv 8 3 p=1", "conv 8 3 p=1x1"),
        ("conv 8 3 p=0:0", "conv 8 3"),
        ("maxpool 2", "maxpool 2x2"),
        ("maxpool 2", "maxpool 2/2"),
        ("dropout", "dropout 0.5"),
    ],
)
def test_two_ways_to_write_one_layer(before, after, tmp_path, monkeypatch):
    """They do not differ, and neither do blocks of them."""
    monkeypatch.chdir(tmp_path)
    for name, line in (("a.yaml", before), ("b.yaml", after)):
        Path(name).write_text(f"name: x\ninput: 3x8x8\nblocks: {{b: '{line}'}}\nlayers: ['{line}', b]\n")

    for options in ([], ["--depth", "1"]):
        assert called("compare", "a.yaml", "b.yaml", "--exit-code", "-f", "csv", *options).status == 0


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("maxpool 2", "maxpool 2/1", "stride 2 → 1"),
        ("upsample 2", "upsample size=32", "scale_factor 2 → unset; size unset → 32"),
        ("attention 2", "attention 2 head_dim=4", "head_dim unset → 4"),
        ("custom 4x4", "custom 4x4 macs=5", "macs unset → 5"),
        ("dropout", "dropout 0.2", "p 0.5 → 0.2"),
        ("lppool 2", "lppool 2 norm_type=1", "norm_type 2 → 1"),
    ],
)
def test_options_that_are_not_set(before, after, told, tmp_path, monkeypatch):
    """An option that only one side sets is told as such."""
    monkeypatch.chdir(tmp_path)
    for name, line in (("a.yaml", before), ("b.yaml", after)):
        Path(name).write_text(f"name: x\ninput: 8x8x8\nlayers: ['{line}']\n")
    done = called("compare", "a.yaml", "b.yaml", "-f", "json", "-q")

    assert (done.status, done.err) == (0, "")
    (change,) = json.loads(done.out)["differences"]
    assert change["changes"].startswith(told)


@pytest.mark.parametrize(("net", "other"), one_in(5, zip(SPECS, [*SPECS[7:], *SPECS[:7]], strict=True)))
def test_any_two_bundled_networks(net, other):
    """Whatever two networks are made of, they can be compared, and what one has more the other has less."""
    there, back = (json.loads(called("compare", *pair, "-f", "json").out) for pair in ((net, other), (other, net)))

    assert there["totals"]["params_delta"] == -back["totals"]["params_delta"]
    assert len(there["differences"]) == len(back["differences"])


def test_variants_of_a_file_are_paired_line_by_line():
    """Another width makes other layers in the same places, and moves none."""
    found = json.loads(called("compare", "mobilenet_v1", "mobilenet_v1@alpha=0.5", "-f", "json").out)

    assert {each["change"] for each in found["differences"]} == {"changed"}
    assert all("→" not in each["name"] for each in found["differences"])


# Blocks


def blocks(text, *settings):
    """The lines of a description in YAML, its blocks as wholes."""
    return folded(variant(text, *settings).report(), 1, bare=True)


RESNETS = [
    ("resnet18", "resnet34", {"added": 8}, 12),
    ("resnet50", "resnet101", {"added": 17}, 20),
    ("vgg13", "vgg16", {"added": 3}, 20),
]


@pytest.mark.parametrize(("one", "other", "changes", "same"), RESNETS)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_new_block_shifts_no_other(one, other, changes, same, swapped):
    """C3: blocks have running numbers, which say nothing of what they are."""
    told = compared(*((other, one) if swapped else (one, other)), "--depth", "1")
    expected = {"removed": changes["added"]} if swapped else changes

    assert Counter(row["change"] for row in told["differences"]) == expected
    assert told["same"] == same


def test_deeper_dense_blocks():
    """C3: the transition of the deeper network is the same one, behind more layers of the same resolution."""
    told = compared("densenet121", "densenet169", "--depth", "1")
    rows = [(row["change"], row["name"]) for row in told["differences"] if "transition" in row["name"]]

    assert rows == [("changed", "transition3")]


BLOCKS = """
    vars: {{inner: {}}}
    input: 8x32x32
    blocks:
      plain(c, m=4, s=1):
        - reduce: conv m 1
        - conv c 3/s p=1
      wide(c, m): [reduce: conv m 1, relu, conv c 3 p=1]
    layers:
      - plain 8 4 *{}
      - wide 8 inner
      - plain 16 16 2
      - plain 16 *3
      - gap
"""


@pytest.mark.parametrize("depth", [1, 2])
def test_a_block_whose_inner_width_changes(depth):
    """C3: it is paired with its like, and told as changed, although more blocks stand before it."""
    one, other = (folded(variant(BLOCKS.format(*each)).report(), depth, bare=True) for each in ((5, 2), (6, 4)))
    found, _ = differences(one, other)
    changed = [each for each in found if each.change == "changed"]

    assert {each.pair.before.name.partition(".")[0] for each in changed} == {"wide1"}
    assert {each.pair.after.name.partition(".")[0] for each in changed} == {"wide1"}
    assert len([each for each in found if each.change == "added"]) == 2 * depth
    assert not any("renamed" in change for each in changed for change in each.changes)


def test_rounds_of_a_loop_have_running_numbers():
    """C3: a label in a loop is numbered, and its numbers say as little as those of blocks."""
    text = "input: 8x32x32\nlayers:\n  - for: {{w: [{}]}}\n    do: {{stage: [conv w 3 same, relu]}}\n"
    found, same = differences(blocks(text.format("8, 32, 64")), blocks(text.format("8, 16, 32, 64")))

    assert [(each.change, each.pair.after.name) for each in found] == [("added", "stage2"), ("changed", "stage3")]
    assert [each.changes for each in found[1:]] == [["layers inside differ", "input 8x32x32 → 16x32x32"]]
    assert same == 2


def test_a_block_by_another_name():
    """The name of a block is somebody's, and its number is not."""
    text = "input: 8x9x9\nblocks: {{{0}: conv 8 3 same}}\nlayers: [relu, {0}, {0}]\n"
    found, _ = differences(blocks(text.format("one")), blocks(text.format("two")))

    assert [each.changes for each in found] == [["renamed one1 → two1"], ["renamed one2 → two2"]]


# Large networks


def described(lines):
    """The lines of a network that has one line each."""
    text = "input: 8x32x32\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
    return folded(variant(text).report(), bare=True)


LONG = [f"conv {width} 3 same" for width in (8, 16, 24)] * 700


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        (["conv 4 1", *LONG], [*LONG, "relu"], {"added": 1, "removed": 1}),
        (LONG, ["relu", *LONG[:900], "relu", *LONG[900:], "relu"], {"added": 3}),
        (LONG, ["relu", *LONG[:900], *["maxpool 1"] * 300, *LONG[900:], "relu"], {"added": 302}),
        (LONG, [line for place, line in enumerate(LONG) for line in ([line, "relu"] if place % 3 else [line])], None),
    ],
)
def test_large_networks_that_are_shifted(one, other, changes):
    """B8: what is new shifts no other, be there thousands of lines."""
    found, _ = differences(described(one), described(other))
    counts = Counter(each.change for each in found if not all(change.startswith("input ") for change in each.changes))

    assert counts == (changes or {"added": len(other) - len(one)})


@pytest.mark.parametrize("length", [700, 2_100])
def test_pairs_that_are_weighed(length, monkeypatch):
    """B8: of long networks that have little in common, so many pairs are weighed for each line."""
    one, other = described(["conv 8 3 same", "relu", "conv 16 1"] * length), described(["conv 8 1", "bn"] * length)
    weighed = []
    weigh = Pairing.weigh
    monkeypatch.setattr(Pairing, "weigh", lambda *given: weighed.append(len(given[2])) or weigh(*given))

    assert differences(one, other)[0]
    assert sum(weighed) <= max(MOST_PAIRS, 2 * WINDOW * (len(one) + len(other)))
