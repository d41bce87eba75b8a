"""Blocks and loops: what parameters, labels and shared weights mean in them."""

import pytest
from descriptions import costs, layers, network, refused


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
