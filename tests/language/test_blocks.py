"""Blocks and loops: what parameters, labels and shared weights mean in them."""

import pytest
from descriptions import costs, layers, network, refused
from widenings import read_again

from convcalc.questions.doubts import warnings_about


def with_block(signature, *items, shape="4x8x8", head=""):
    """A network of a block whose one layer is `conv m 1`, or `conv m k`, and of uses of it."""
    return network(f'input: {shape}\n{head}blocks: {{"{signature}": [conv m 1]}}\nlayers: [{", ".join(items)}]')


@pytest.mark.parametrize(
    ("signature", "use", "width"),
    [
        ("b(c, s=1, m=3*c)", "b 5", 15),
        ("b(c, s=1, m=3*c)", "b 5 m=7", 7),
        ("b(c, s=1, m=3*c)", "b 5 2", 15),
        ("b(c, e=2, n=e*c, m=n+e)", "b 5", 12),
        ("b(c, e=2, n=e*c, m=n+e)", "b 5 e=3", 18),
        ("b(m=2*C)", "b", 8),
        ("b(c, m=C+c)", "b 3", 7),
        ("b(c, m=max(c, 8))", "b 5", 8),
        ("b(c, m=min(max(c, 8), 2*(c+1)), s=1)", "b 3", 8),
        ("b(c, m=c*width)", "b 3", 18),
        ("b(width, m=2*width)", "b 3", 6),
        ("b(m=width)", "b", 6),
    ],
)
def test_a_default_reads_the_parameters_before_it(signature, use, width):
    """E9: a default may read what stands to its left, the file's variables and C."""
    report = with_block(signature, use, head="vars: {width: 6}\n")

    assert [row.profile.output[0] for row in report.rows] == [width]


def test_a_default_that_holds_a_label():
    """E9: a parameter to the left may be a label, which a default hands on."""
    text = """
        input: 4x8x8
        blocks: {"b(skip, again=skip)": [conv 4 1, add @skip, conv 4 1, add @again]}
        layers: [a: conv 4 1, conv 4 1, b a]
        """

    flat = ["a: conv 4 1", "conv 4 1", "conv 4 1", "add @a", "conv 4 1", "add @a"]
    assert costs(network(text)) == costs(layers(flat, "4x8x8"))


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        (
            "b(c, m=3*e, e=2)",
            (
                "error[unknown-name]: the default of m reads e, which stands behind it\n"
                " --> net.yaml:2:20\n"
                "  |\n"
                '2 | blocks: {"b(c, m=3*e, e=2)": [conv m 1]}\n'
                "  |                    ^\n"
                "  | a default reads the parameters before it, the file's variables and C"
            ),
        ),
        (
            "b(c, m=m+1)",
            (
                "error[unknown-name]: the default of m reads m itself\n"
                " --> net.yaml:2:18\n"
                "  |\n"
                '2 | blocks: {"b(c, m=m+1)": [conv m 1]}\n'
                "  |                  ^\n"
                "  | a default reads the parameters before it, the file's variables and C"
            ),
        ),
        (
            "b(c, m=3*d)",
            (
                "error[unknown-name]: unknown variable: d; known: C, c\n"
                " --> net.yaml:2:20\n"
                "  |\n"
                '2 | blocks: {"b(c, m=3*d)": [conv m 1]}\n'
                "  |                    ^"
            ),
        ),
    ],
)
def test_a_default_that_reads_what_is_not_known(signature, message):
    """E9: a parameter is known only behind its own place."""
    assert refused(with_block, signature, "b 4") == message


AFTER_LOOPS = {
    "set before and in it": (
        ["a: conv 4 1", "{repeat: 2, do: [from: a, a: conv 4 3 same]}", "conv 4 1", "add @a"],
        ["conv 4 1", "conv 4 3 same", "b: conv 4 3 same", "conv 4 1", "add @b"],
    ),
    "set in it alone": (
        ["{repeat: 2, do: {a: conv 4 1}}", "conv 4 1", "add @a"],
        ["conv 4 1", "b: conv 4 1", "conv 4 1", "add @b"],
    ),
    "for": (
        ["a: conv 4 1", "{for: {c: [5, 6]}, do: {a: conv c 1}}", "conv 6 1", "add @a"],
        ["conv 4 1", "conv 5 1", "b: conv 6 1", "conv 6 1", "add @b"],
    ),
    "between two rounds": (
        ["{for: {c: [5, 6]}, do: conv c 1, between: {a: conv 6 1}}", "add @a"],
        ["conv 5 1", "b: conv 6 1", "conv 6 1", "add @b"],
    ),
    "a group": (
        ["'(a: conv 4 1, relu) *3'", "add @a"],
        ["conv 4 1, relu, conv 4 1, relu", "b: conv 4 1", "relu, add @b"],
    ),
    "a loop in a loop": (
        ["{repeat: 2, do: [{repeat: 2, do: {a: conv 4 1}}, relu, add @a]}", "conv 4 1", "add @a"],
        ["'conv 4 1, b: conv 4 1, relu, add @b'", "'conv 4 1, c: conv 4 1, relu, add @c'", "conv 4 1, add @c"],
    ),
    "branches": (["'(concat(a: conv 4 1 | pass)) *2'", "conv 4 1", "add @a"], None),
    "what the round before set": (
        ["a: conv 4 1", "relu", "{repeat: 2, do: [add @a, a: conv 4 1, relu]}", "add @a"],
        ["b: conv 4 1", "relu", "'add @b, c: conv 4 1, relu'", "'add @c, d: conv 4 1, relu'", "add @d"],
    ),
    "set again behind it": (
        ["{repeat: 2, do: {a: conv 4 1}}", "a: conv 4 1", "relu", "add @a"],
        ["conv 4 1", "conv 4 1", "b: conv 4 1", "relu", "add @b"],
    ),
    "two loops": (
        ["{repeat: 1, do: {a: conv 4 1}}", "{repeat: 0, do: {a: conv 4 1}}", "relu", "add @a"],
        ["b: conv 4 1", "relu", "add @b"],
    ),
    "outputs": (["{repeat: 2, do: {a: conv 4 1}}"], ["conv 4 1", "a: conv 4 1"]),
}


@pytest.mark.parametrize("case", AFTER_LOOPS)
def test_a_label_is_what_it_was_last_set_to(case):
    """D3: a loop sets labels as its rounds do when they are written out, and they stay set behind it."""
    looped, flat = AFTER_LOOPS[case]
    keys = {"outputs": "[a]"} if case == "outputs" else {}
    if flat is None:
        flat = ["concat: [conv 4 1, pass]", "concat: [{b: conv 4 1}, pass]", "conv 4 1", "add @b"]

    assert costs(layers(looped, "4x8x8", **keys)) == costs(layers(flat, "4x8x8", **keys))
    if keys:
        assert layers(looped, "4x8x8", **keys).graph.outputs == ("a2",)


def test_a_block_sees_what_a_loop_of_the_file_has_set():
    """D3: a block reads the file's labels, which are what they were last set to; its own are unknown outside."""
    text = """
        input: 4x8x8
        blocks:
          join: [add @a]
          own: [{repeat: 2, do: {inner: conv 4 1}}, relu, add @inner]
        layers: [{repeat: 2, do: [a: conv 4 1, relu, join]}, own]
        """
    flat = [f"'{each}: conv 4 1, relu, add @{each}'" for each in "bc"] + ["'conv 4 1, d: conv 4 1, relu, add @d'"]

    assert costs(network(text)) == costs(layers(flat, "4x8x8"))
    assert refused(network, text.replace("own]", "own, add @inner]")).splitlines()[::5] == [
        "error[unknown-label]: the label inner is not set here",
        "  | a label is known below its item; one that is set in a block, only inside",
    ]


WITHOUT_ROUNDS = {
    "repeat": (["{repeat: 0, do: {a: conv 4 1}}", "add @a"], "4:10", "3:14", "no rounds"),
    "a group": (["'(a: conv 4 1) *0'", "add @a"], "4:10", "3:21", "no rounds"),
    "branches": (["'concat(a: conv 4 1 | pass) *0'", "add @a"], "4:10", "3:34", "no rounds"),
    "for": (["{for: {c: []}, do: {a: conv c 1}}", "from: a"], "4:11", "3:6", "no rounds"),
    "a value": (["{for: {c: []}, do: {a: conv c 1}}", "relu *a"], "4:11", "3:6", "no rounds"),
    "between": (["{for: {c: [1]}, do: relu, between: {a: relu}}", "add @a"], "4:10", "3:6", "one round"),
}


@pytest.mark.parametrize("case", WITHOUT_ROUNDS)
def test_a_label_of_a_loop_without_rounds(case):
    """D3: where no round has set a label it is unknown, and the loop that could have set it is named."""
    items, place, loop, rounds = WITHOUT_ROUNDS[case]
    message, where, *_, note = refused(layers, items, "4x8x8").splitlines()

    assert message == "error[unknown-label]: the label a is not set here"
    assert where == f" --> net.yaml:{place}"
    assert note == f"  | the loop at net.yaml:{loop} sets it, but had {rounds}"


def test_a_label_that_a_round_reads_before_it_is_set():
    """D3: in the first round, what a later item sets is not known."""
    told = refused(layers, ["{repeat: 2, do: [add @a, a: conv 4 1]}"])

    assert told.splitlines()[:2] == ["error[unknown-label]: the label a is not set here", " --> net.yaml:3:27"]


def test_a_label_is_set_once_outside_of_loops():
    """D3: a second label of the same name is a mistake, whatever a loop has set between."""
    told = "error[given-twice]: the label a is set twice\n --> net.yaml:{}"

    assert told.format("4:5") in refused(layers, ["a: conv 4 1", "a: conv 4 1"])
    assert told.format("5:5") in refused(layers, ["a: conv 4 1", "{repeat: 2, do: {a: relu}}", "a: conv 4 1"])


def test_a_loop_that_a_fault_stops_sets_its_labels():
    """D3: of a loop that cannot be placed, its fault alone is told, and not that its labels are not set."""
    faults = [
        ("{repeat: 1-2, do: {a: relu}}", "a repetition must be a whole number from 0 to 150,000, but got -1"),
        ("{for: {c: 3}, do: {a: relu}}", "c steps through a list, but got 3"),
        ("{for: {c: [1, 2]}, do: conv c 9, between: {a: relu}}", "kernel_size (9) does not fit an axis of 8"),
    ]
    for loop, message in faults:
        told = refused(layers, [loop, "conv 4 1", "add @a"], "4x8x8")
        assert message in told
        assert told.count("error[") == 1


def test_a_result_of_a_round_that_nothing_reads():
    """D3: the label of a loop is that of its last round; what the others make must still be read."""
    items = ["a: conv 4 1", "{for: {c: [5, 6]}, do: [from: a, b: conv c 1]}", "from: a"]

    assert (
        refused(layers, items, outputs="[b]").splitlines()[0] == "error[unread-result]: nothing reads the result of b1"
    )


TIED = '"rr(c)": [conv c 1, conv c 3 p=1 share=s, relu, conv c 3 p=1 share=s]'
TIED_COST = 8 * 8 + 8 + 8 * 8 * 9 + 8
"""What one use of that block has: a convolution of 1, and one of 3 that stands there twice."""


def shared(*items, blocks=TIED, shape="8x8x8"):
    """The report of a network with blocks that share weights, which is written and read again as what it was."""
    report = network(f"input: {shape}\nblocks:\n  {blocks}\nlayers:\n" + "".join(f"  - {item}\n" for item in items))
    again = read_again(report)
    assert [(row.node.kind, row.weights, row.biases) for row in again.rows] == [
        (row.node.kind, row.weights, row.biases) for row in report.rows
    ]
    return report


def of_weights(report):
    """The weights of each layer that learns, by a number: the same number, the same weights."""
    numbers = {}
    return [
        numbers.setdefault(row.node.share or row.node.name, len(numbers)) for row in report.rows if row.profile.params
    ]


@pytest.mark.parametrize(
    ("items", "params"),
    [
        (["rr 8"], TIED_COST),
        (["rr 8", "rr 8"], 2 * TIED_COST),
        (["rr 8 *3"], 3 * TIED_COST),
        (["{repeat: 3, do: rr 8}"], 3 * TIED_COST),
        (["rr 8", "rr 4"], TIED_COST + 4 * 8 + 4 + 4 * 4 * 9 + 4),
        (["rr 8 share=t", "rr 8 share=t"], TIED_COST),
        (["rr 8 share=t *3"], TIED_COST),
        (["{share: t, do: [rr 8, rr 8]}", "{share: t, do: [rr 8, rr 8]}"], 2 * TIED_COST),
        (["{share: t, do: rr 8}", "rr 8 share=t", "rr 8"], 2 * TIED_COST),
        (["conv 8 3 p=1 share=s", "rr 8", "conv 8 3 p=1 share=s"], TIED_COST + 8 * 8 * 9 + 8),
    ],
)
def test_weights_that_a_block_shares_are_those_of_one_use(items, params):
    """D2: share= in a block is of each use of it, unless that use shares its weights, too."""
    assert shared(*items).params == params


def test_names_of_weights_in_blocks():
    """D2: the names begin with that of the use, and are no names that the file gives or that mean something."""
    blocks = "b: [conv 8 1 share=s bn, conv 8 1 share=s bn]\n  q: [conv 8 1 share=shuffle, conv 8 1 share=shuffle]"
    report = shared("b", "b", "conv 8 1 share=b2_s", "conv 8 1 share=b2_s", "one: b", "pixel: q", blocks=blocks)

    assert [row.node.share for row in report.rows if row.node.kind == "conv"][::2] == [
        *("b1_s", "b2_s_2", "b2_s", "one_s", "pixel_shuffle_2")
    ]


NESTED = """
  "inner(c)": [conv c 1 share=s, relu, conv c 1 share=s]
  "outer(c)": [inner c, conv c 1 share=s, inner c share=t, conv c 1 share=s, inner c share=t]
"""


@pytest.mark.parametrize(
    ("items", "numbers"),
    [
        (["outer 8"], [0, 0, 1, 2, 2, 1, 2, 2]),
        (["outer 8", "outer 8"], [0, 0, 1, 2, 2, 1, 2, 2, 3, 3, 4, 5, 5, 4, 5, 5]),
        (["outer 8 share=u", "outer 8 share=u"], [0, 0, 1, 2, 2, 1, 2, 2] * 2),
        (
            ["{share: s, do: outer 8}", "inner 8", "outer 8 share=s"],
            [0, 0, 1, 2, 2, 1, 2, 2, 3, 3, 0, 0, 1, 2, 2, 1, 2, 2],
        ),
    ],
)
def test_blocks_in_blocks_that_share(items, numbers):
    """D2: each use of a block has its own, at each depth; of uses that share weights, all are one."""
    assert of_weights(shared(*items, blocks=NESTED.strip())) == numbers


def test_a_loop_in_a_block_shares_from_round_to_round():
    """D2: the rounds of a loop within one use have the same weights."""
    blocks = (
        '"b(c)": [{repeat: 3, do: [conv c 1 share=s, relu]}, "(conv c 1 share=t) *2", {share: u, do: [conv c 1, bn]}]'
    )

    assert of_weights(shared("b 8 *2", blocks=blocks)) == [0, 0, 0, 1, 1, 2, 3, 4, 4, 4, 5, 5, 6, 7]


def test_uses_that_share_must_be_alike():
    """D2: a use with the weights of another has as many layers, those among them that the block shares."""
    blocks = f'{TIED}\n  "one(c)": [conv c 1, relu]'
    told = refused(shared, "rr 8 share=t", "one 8 share=t", blocks=blocks)

    assert told.startswith(
        "error[shared-weights]: share=t is for 2 layers that learn, but here is 1\n --> net.yaml:7:17\n"
    )


def test_weights_that_one_use_does_not_share():
    """D2: a name in a block that only one layer of each use has shares nothing, which is told once for each place."""
    blocks = '"b(n)": [conv 8 1, "(conv 8 1 share=s) *n"]'
    told = "net.yaml:3:24: b1.conv2: nothing else has share=b1_s, so that nothing is shared; "

    assert warnings_about(shared("b 1", "b 1", "b 1", blocks=blocks)) == [
        f"{told}in a block, share= is for each use of the block by itself"
    ]
    assert warnings_about(shared("b 1", "b 2", blocks=blocks)) == []
    assert warnings_about(shared("b 1 share=t *2", blocks=blocks)) == []
