"""A trace: what it says that a value reads is what changes it, and what it adds up is the value."""

import json
from fractions import Fraction
from itertools import product
from unittest.mock import patch

import pytest
from command_line import called, shown
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from widenings import lines

from convcalc.arithmetic.operations import decimal
from convcalc.explain.running import Run, run_network
from convcalc.layers.running import places


def ran(line, shape, seed):
    """A network in a line that has run."""
    return run_network(lines(line, shape=shape).report(), seed)


def again(done, name, index, more):
    """The same run with one input value changed, and all layers run anew on the same weights."""
    changed = Run(done.report, {key: dict(tensor) for key, tensor in done.values.items()}, done.weights, done.biases)
    changed.values[name][index] += more
    for row in done.report.rows:
        changed.values[row.node.name] = {at: changed.value(row, at) for at in places(row.profile.output)}
    return changed


LAYERS = [
    ("conv 3 3", "2x5x5"),
    ("conv 4 3/2 p=1 g=2", "4x6x5"),
    ("conv 2 2 d=2 same -bias", "1x5x6"),
    ("conv 2 3 p=0:2x1:0", "2x4x4"),
    ("dwconv 3 multiplier=2 p=1", "2x4x4"),
    ("linear 3", "2x2x3"),
    ("linear 3 over=channels", "2x2x3"),
    ("avgpool 2", "2x5x4"),
    ("gap", "3x3x2"),
    ("conv 3 4/2", "2x9"),
    ("conv 2 2", "1x3x3x3"),
    ("flatten", "2x2x2"),
]


@given(st.sampled_from(LAYERS), st.integers(0, 10**6))
@examples(60)
def test_a_value_hangs_on_what_it_reads(layer, seed):
    """Change one input value, and exactly those outputs change whose traces read it: no weight is 0."""
    done = ran(*layer, seed)
    row = done.report.rows[-1]
    inputs = places(row.inputs[0])
    place = inputs[seed % len(inputs)]
    changed = again(done, "input", place, 1)
    for index in places(row.profile.output):
        reads = any(tap.place == place for tap, _, _ in done.products(row, index))
        assert (changed.values[row.node.name][index] != done.values[row.node.name][index]) == reads


@given(
    st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.integers(0, 99)
)
@examples(50)
def test_a_convolution_slid_by_hand(channels, kernel, stride, padding, dilation, seed):
    """Each output is the sum over all maps and taps, plus its bias: written out once more, with loops of its own."""
    done = ran(f"conv 2 {kernel}/{stride} p={padding} d={dilation}", f"{channels}x7x6", seed)
    row = done.report.rows[0]
    x, w, b = done.values["input"], done.weights["conv1"], done.biases["conv1"]
    for o, y, z in places(row.profile.output):
        total = b[o,]
        for c, i, j in product(range(channels), range(kernel), range(kernel)):
            at = (c, y * stride + i * dilation - padding, z * stride + j * dilation - padding)
            total += x.get(at, 0) * w[o, c, i, j]
        assert done.values["conv1"][o, y, z] == total


@given(st.integers(0, 10**6))
@examples(20)
def test_the_traced_sum_is_the_value(seed):
    """The document's products add up, with the bias, to the value, and the activation is applied to the sum once."""
    document = json.loads(
        shown(
            "explain", "trace", "-i", "2x5x5", "-l", "conv 3 3 relu", "--pixel", "2,1,0", "--seed", seed, "-f", "json"
        )
    )
    done = ran("conv 3 3 relu", "2x5x5", seed)
    total = sum(int(each["value"]) * int(each["weight"]) for each in document["products"])

    assert len(document["products"]) == 2 * 3 * 3
    assert int(document["sum"]) == total + done.biases["conv1"][2,] == done.values["conv1"][2, 1, 0]
    assert int(document["output"]) == max(0, int(document["sum"])) == done.values["relu1"][2, 1, 0]


def test_the_three_types():
    """Type 1 keeps the sums of the maps apart, Type 2.2 adds them, Type 2.1 has one filter for all."""
    document = json.loads(
        shown("explain", "trace", "-i", "3x4x4", "-l", "conv 2 2", "--pixel", "1,0,2", "--seed", "5", "-f", "json")
    )
    done = ran("conv 2 2", "3x4x4", 5)
    x, w = done.values["input"], done.weights["conv1"]
    taps = list(product(range(2), range(2)))
    own = [sum(x[c, i, 2 + j] * w[1, c, i, j] for i, j in taps) for c in range(3)]
    one = [sum(x[c, i, 2 + j] * w[1, 0, i, j] for i, j in taps) for c in range(3)]

    assert document["types"] == [
        f"Type 1, one slice on each map apart: {one[0]}, {one[1]}, {one[2]}, in 3 of 6 maps",
        f"Type 2.1, one slice on all maps, added: ({one[0]}) + ({one[1]}) + ({one[2]}) = {sum(one)}",
        f"Type 2.2, a slice for each map, added, as here: ({own[0]}) + ({own[1]}) + ({own[2]}) = {sum(own)}",
    ]


def test_networks_of_several_layers():
    """Layers run one after another, joins and pools among them."""
    done = ran("conv 3 3 same relu, concat(maxpool 2 | avgpool 2), gmp, linear 2", "2x6x6", 3)
    values = done.values

    assert values["maxpool1"][1, 0, 2] == max(values["relu1"][1, y, x] for y in (0, 1) for x in (4, 5))
    assert values["avgpool1"][1, 0, 2] * 4 == sum(values["relu1"][1, y, x] for y in (0, 1) for x in (4, 5))
    assert values["concat1"][4, 1, 1] == values["avgpool1"][1, 1, 1]
    assert values["gmp1"][2, 0, 0] == max(values["concat1"][2, y, x] for y in range(3) for x in range(3))
    assert len(done.products(done.report.rows[-1], (1,))) == 6


def test_the_same_seed_has_the_same_numbers():
    """A trace can be repeated, and another seed has others; without a place it is of the middle."""
    arguments = ("explain", "trace", "-i", "2x5x5", "-l", "conv 3 3 relu", "--pixel", "1,1,1")

    assert (
        shown(*arguments[:-2])
        == shown(*arguments)
        == shown(*arguments, "--seed", "0")
        != shown(*arguments, "--seed", "1")
    )


WRONG = {
    "outside": (
        ["-i", "2x5x5", "-l", "conv 3 3", "--pixel", "0,1,3"],
        (
            "error[wrong-argument]: --pixel must be an index of the output 3x3x3, counted from 0, "
            "but got 0,1,3\n  | try: --pixel 1,1,1\n"
        ),
    ),
    "too large": (
        ["alexnet", "--pixel", "0"],
        (
            "error[cannot-trace]: a trace follows at most 200,000 reads of a value, and this network has 728,560,576\n"
            "  | try: -i 2x6x6 -l 'conv 3 3 relu, conv 2 3'\n"
        ),
    ),
    "a kind that it cannot run": (
        ["-i", "2x5", "-l", "lstm 3", "--pixel", "0,0"],
        (
            "error[cannot-trace]: a trace cannot run lstm\n --> --layer:1:1   lstm1\n  |\n1 | lstm 3\n  | ^^^^\n"
            "  | it runs conv, dwconv, linear, pools, relu, flatten, add, mul and concat\n"
        ),
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_traced_is_told(arguments, message):
    """The whole message, and exit status 2."""
    assert called("explain", "trace", *arguments) == ("", message, 2)


@given(st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.randoms(use_true_random=False), st.booleans())
@examples(40)
def test_given_numbers(channels, filters, kernel, random, decimals):
    """A trace on given tensors has their sum, exactly: decimals are no floats, and lists are laid out as PyTorch's."""

    def drawn(*shape):
        if not shape:
            return random.randint(-99, 99) / 10 if decimals else random.randint(-9, 9)
        return [drawn(*shape[1:]) for _ in range(shape[0])]

    x, w, b = drawn(channels, 3, 3), drawn(filters, channels, kernel, kernel), drawn(filters)
    given_ = json.dumps({"input": x, "conv1.weight": w, "conv1.bias": b})
    line = f"conv {filters} {kernel}"
    done = called(
        "explain", "trace", "-i", f"{channels}x3x3", "-l", line, "--values", "-", "--pixel", "0,1,0", "-f", "json",
        stdin=given_.encode(),
    )  # fmt: skip  # arguments in one line
    taps = product(range(channels), range(kernel), range(kernel))
    total = sum(Fraction(str(x[c][1 + i][j])) * Fraction(str(w[0][c][i][j])) for c, i, j in taps)

    assert (done.err, done.status) == ("", 0)
    assert Fraction(json.loads(done.out)["output"]) == total + Fraction(str(b[0]))


def test_given_numbers_as_they_are_shown(tmp_path):
    """Decimals stay decimals, and what is not given is random as before."""
    path = tmp_path / "x.yaml"
    path.write_text("input: [[[1, 2], [0.5, -4]]]\nconv1.weight: [[[[1e1, -1], [0.25, 2]]]]\n", encoding="utf-8")
    arguments = ("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2 relu")

    some = called(*arguments, "--values", path).out
    text = path.read_text(encoding="utf-8") + "conv1.bias: [-0.125]\n"
    every = called(*arguments, "--values", "-", stdin=text.encode()).out

    assert ", and small random numbers" in some
    assert every.splitlines()[0] == "One value of network: conv 1 2x2, on the numbers of <stdin>"
    assert "       [0,1,0]    0.5 ·   0.25 =   0.125\n" in every
    assert "  sum of 4 products: 0.125\n  plus the bias of filter 0: -0.125 = 0\n" in every
    random = ran("conv 1 2 relu", "1x2x2", 0).biases["conv1"][0,]
    assert f"plus the bias of filter 0: {random:+} = {decimal(Fraction('0.125') + random)}\n" in some


BAD_TENSORS = {
    "no file": (None, "error[no-such-file]: there is no file x.yaml"),
    "nothing": ("", "error[wrong-tensor]: x.yaml has no tensors"),
    "a list": ("[1]", "error[wrong-tensor]: x.yaml has no tensors"),
    "another name": ("inpt: 1", "error[wrong-tensor]: unknown tensor: inpt; did you mean input?"),
    "a bias that is none": (
        "relu1.bias: [1]", "error[wrong-tensor]: unknown tensor: relu1.bias; known: conv1.bias, conv1.weight, input",
    ),
    "too few": (
        "input: [[[1, 2]]]",
        "error[wrong-tensor]: input[0] must be a list of 2, as input is 1x2x2, but got a list of 1",
    ),
    "too deep": (
        "conv1.bias: [[1]]",
        "error[wrong-tensor]: conv1.bias[0] must be a number, as conv1.bias is 1, but got a list of 1",
    ),
    "too shallow": ("input: 3", "error[wrong-tensor]: input must be a list of 1, as input is 1x2x2, but got 3"),
    "a word": (
        "conv1.bias: [x]", "error[wrong-tensor]: conv1.bias[0] must be a number, as conv1.bias is 1, but got x",
    ),
    "a bomb": (
        "conv1.bias: [1e999999999]",
        "error[wrong-tensor]: conv1.bias[0] must be a number, as conv1.bias is 1, but got 1e999999999",
    ),
    "no number": (
        "conv1.bias: [.nan]", "error[wrong-tensor]: conv1.bias[0] must be a number, as conv1.bias is 1, but got .nan",
    ),
}  # fmt: skip  # a case in few lines


@pytest.mark.parametrize(("text", "message"), BAD_TENSORS.values(), ids=BAD_TENSORS)
def test_tensors_that_do_not_fit(text, message, tmp_path, monkeypatch):
    """What is wrong, with its place, and exit status 2."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "x.yaml").write_text(text, encoding="utf-8")

    done = called("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2 relu", "--values", "x.yaml")

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[0] == message


def test_values_are_for_traces():
    """Nothing else runs on numbers."""
    message = "--pixel, --seed and --values are options of convcalc explain trace"

    assert called("explain", "seed", "conv1", "--values", "x.yaml") == (
        "", f"error[conflicting-options]: {message}\n", 2,
    )  # fmt: skip  # one line each


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("3x{}x20", "flatten"),
        ("1x{}x20", "conv 2 3 p=1, flatten"),
        ("3x{}x20", "gap, linear 2, relu"),
        ("2x{}x10", "flatten, linear 1"),
        ("2x{}x10", "concat(conv 2 1 | pass | maxpool 3/1 p=1)"),
    ],
)
def test_work_grows_with_what_is_read(shape, line):
    """B6: indices are listed once for a layer, not for each of its values."""
    listed = []

    def counting(*ranges):
        found = list(product(*ranges))
        listed.append(len(found))
        return found

    def work(size):
        listed.clear()
        with patch("convcalc.layers.running.product", counting):
            shown("explain", "trace", "-i", shape.format(size), "-l", line)
        return sum(listed)

    assert work(30) <= 3 * work(10)


def test_layers_are_found_by_name():
    """B6: a chain of activations is followed from name to name."""
    out = shown("explain", "trace", "-i", "1x2x2", "-l", "conv 1 1, (relu) *500")

    assert out.count("relu of that, once") == 500


def test_products_are_read_once():
    """B6: each value is made once, and the one that is traced is read once more."""
    with patch.object(Run, "products", autospec=True, side_effect=Run.products) as products:
        shown("explain", "trace", "-i", "2x4x4", "-l", "conv 3 3 relu")

    assert products.call_count == 3 * 2 * 2 + 3 * 2 * 2 + 1


@pytest.mark.parametrize(
    ("shape", "line", "message"),
    [
        (
            "3x5000x5000",
            "conv 1 1/5000",
            (
                "error[cannot-trace]: a trace holds at most 200,000 inputs and weights, and this network has "
                "75,000,004\n"
                "  | try: -i 2x6x6 -l 'conv 3 3 relu, conv 2 3'\n"
            ),
        ),
        (
            "1x2x2",
            "mul(pass|pass) *40",
            (
                "error[cannot-trace]: a trace follows numbers of at most 10,000 bits, and mul12 makes larger ones\n"
                " --> --layer:1:1   mul12\n  |\n1 | mul(pass|pass) *40\n  | ^^^\n"
            ),
        ),
    ],
)
def test_what_is_too_large_to_follow(shape, line, message):
    """B6: inputs that nothing reads, and numbers that double their digits, are refused before they take long."""
    assert called("explain", "trace", "-i", shape, "-l", line) == ("", message, 2)
