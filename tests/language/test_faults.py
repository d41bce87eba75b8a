"""Each mistake gets a message that says where, what was received, and what would be right."""

from textwrap import dedent

import pytest
from command_line import called, uncoded
from descriptions import layers, line, network, refused

from convcalc.errors import DescriptionError, Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description


def test_a_kernel_that_does_not_fit():
    """The padding that keeps the size and the least input are found by trying, so both work."""
    items = ["conv 64 3 same", "maxpool 2", "pool4: maxpool 28", "conv5: conv 64 7x7"]

    assert refused(layers, items, "3x224x224") == dedent("""\
        error[does-not-fit]: kernel_size (7) does not fit an axis of 4 with padding 0
         --> net.yaml:6:20   conv5
          |
        6 |   - conv5: conv 64 7x7
          |                    ^^^
          | the input of conv5 is 64x4x4 (from pool4, line 5)
          | try: p=3 (gives 64x4x4), or an input of at least 3x392x392""")
    assert layers(items, "3x392x392").rows[-1].profile.output == (64, 1, 1)
    assert "does not fit an axis of 6" in refused(layers, items, "3x391x391")
    assert layers([*items[:-1], "conv 64 7x7 p=3"], "3x224x224").rows[-1].profile.output == (64, 4, 4)


SKIPPED = "a: conv 1 3 same, maxpool 2, maxpool 2, conv 1 1, upsample 4, concat @a"


@pytest.mark.parametrize(
    ("shape", "layers", "ways"),
    [
        ("1x2x50", "conv 4 3x3", "p=1x0 (gives 4x2x48), or an input of at least 1x3x50"),
        ("1x50x2", "conv 4 3x3", "p=0x1 (gives 4x48x2), or an input of at least 1x50x3"),
        ("1x2x2", "conv 4 3x3", "p=1 (gives 4x2x2), or an input of at least 1x3x3"),
        ("1x2x9", "conv 4 3x5 p=0x2", "p=1x2 (gives 4x2x9), or an input of at least 1x3x9"),
        ("1x9x1", "conv 4 3 valid", "p=0x1 (gives 4x7x1), or an input of at least 1x9x3"),
        ("2x4", "crop 2", "an input of at least 2x5"),
        ("2x5", "pad 5 reflect", "an input of at least 2x6"),
        ("4x7x6", "pixel_unshuffle 2", "an input of 4x6x6 or 4x8x6 (multiples of 2)"),
    ],
)
def test_an_axis_that_is_too_short(shape, layers, ways):
    """E1: only the axis that does not fit is padded, or enlarged."""
    assert refused(line, layers, shape=shape).splitlines()[-1] == f"  | try: {ways}"


@pytest.mark.parametrize(
    ("shape", "layers", "ways"),
    [
        ("3x64x64", "conv 8 7/2 *3, conv 9 9, conv 9 9", "p=4 (gives 9x3x3), or an input of at least 3x171x171"),
        (
            "3x4x64",
            "maxpool 8, concat(conv 8 1 | conv 8 3/2 same, upsample 2)",
            "p=4x0 (gives 3x1x8), or an input of 3x16x64",
        ),
    ],
)
def test_the_whole_network_is_asked(shape, layers, ways):
    """E2: an input that the layers below refuse is not offered."""
    assert refused(line, layers, shape=shape).splitlines()[-1] == f"  | try: {ways}"


def test_where_another_layer_is_wrong_in_any_case():
    """E2: if no input suits the whole network, the input suits the layers up to the one that does not fit."""
    ways = "  | try: p=4 (gives 8x5x5), or an input of at least 3x9x9"

    assert ways in refused(line, "conv 8 9, conv 9 3 g=2", shape="3x5x5")
    assert ways in refused(line, "conv 8 9, linaer 10", shape="3x5x5")


@pytest.mark.parametrize(
    ("shape", "ways"),
    [
        ("1x30x32", "an input of 1x28x32 or 1x32x32 (multiples of 4)"),
        ("1x358x358", "an input of 1x356x356 or 1x360x360 (multiples of 4)"),
        ("1x3x358", "p=1x0 (gives 1x1x89), or an input of 1x4x360 (multiples of 4)"),
    ],
)
def test_sizes_that_do_not_meet(shape, ways):
    """E3: where branches disagree in size, the nearest inputs are told with which they agree."""
    told = refused(line, SKIPPED, shape=shape)

    assert "shapes-differ" in told or "does-not-fit" in told
    assert told.splitlines()[-1].endswith(f"try: {ways}")


def test_inputs_do_not_help_where_channels_differ():
    """E3: no size of the input makes channels agree, and a branch with another stride is no matter of the input."""
    assert "an input of" not in refused(line, "a: conv 4 3 same, conv 8 3 same, add @a", shape="3x8x8")
    assert "an input of" not in refused(line, "a: conv 8 3 same, conv 8 3/2 same, add @a", shape="3x8x8")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("glu", "error[not-divisible]: glu halves the channels, but gets 3"),
        ("maxout 2", "error[not-divisible]: in_channels (3) must be divisible by pieces (2)"),
        ("linear 5, glu", "error[not-divisible]: glu halves the channels, but gets 5"),
        ("a: linear 4, linear 5, add @a", "error[shapes-differ]: add needs tensors of one shape, but got 5 and 4"),
    ],
)
def test_an_input_of_channels_alone_has_no_other_sizes(layers, message):
    """E2: where the input has no height and no width, none is offered."""
    told = refused(line, layers, shape="3")

    assert told.splitlines()[0] == message
    assert "an input of" not in told


def test_a_search_for_inputs_is_bounded(monkeypatch):
    """E2: it ends when it has done as much as it may, and then offers nothing."""
    monkeypatch.setattr("convcalc.language.assemble.other_inputs.MOST_INPUTS_WORK", 99)

    assert refused(line, "conv 8 3 *9, conv 9 9", shape="3x9x9").splitlines()[-1] == "  | try: p=1 (gives 8x1x1)"


def test_channels_that_groups_do_not_divide():
    """All numbers of groups that would do are named."""
    assert refused(line, "conv 64 3, conv 96 3 g=5") == dedent("""\
        error[not-divisible]: in_channels (64) must be divisible by groups (5)
         --> --layer:1:24   conv2
          |
        1 | conv 64 3, conv 96 3 g=5
          |                        ^
          | the input of conv2 is 64x30x30 (from conv1, line 1)
          | try: g=1, 2, 4, 8, 16 or 32""")


def test_branches_that_disagree():
    """Each branch is shown with its shape, and where it comes from."""
    assert refused(layers, ["a: conv 16 3 same", "conv 32 3/2 same", "add @a"]) == dedent("""\
        error[shapes-differ]: add needs tensors of one shape, but got 32x16x16 and 16x32x32
         --> net.yaml:5:5   add1
          |
        5 |   - add @a
          |     ^^^
          | one input of add1 is 32x16x16 (from conv1, line 4)
          | one input of add1 is 16x32x32 (from a, line 3)""")


def test_a_fault_in_a_block_names_the_call_and_the_variables():
    """It stands in the block, but its cause may be where the block is called."""
    text = """
        input: 3x8x8
        blocks:
          narrow(c, by): [conv c//by 3]
        layers:
          - narrow 4 8
        """

    assert refused(network, text) == dedent("""\
        error[too-small]: out_channels (0) must be at least 1
         --> net.yaml:3:24   narrow1.conv1
          |
        3 |   narrow(c, by): [conv c//by 3]
          |                        ^^^^^
          | with c = 4, by = 8
          | in narrow1, called at net.yaml:5:5""")


def test_all_independent_faults_are_told_in_one_run():
    """What only follows from a fault is not told; what does not, is."""
    text = """
        input: 3x32x32
        layers:
          - convv 16 3
          - conv 64 7 g=1000
          - conv widht 3
          - concat:
              - conv 16 3 rleu
              - maxpool
          - concat @bar
        """

    assert [message.partition("\n")[0] for message in refused(network, text).split("\n\n")] == [
        "error[unknown-kind]: unknown kind of layer: convv; did you mean conv?",
        "error[unknown-name]: unknown word or variable: widht",
        "error[unknown-name]: unknown word or variable: rleu; did you mean relu?",
        "error[missing-option]: maxpool needs kernel_size",
        "error[unknown-label]: unknown label: bar; known: input",
    ]


@pytest.mark.parametrize(
    ("items", "way"),
    [
        (["conv 9 3 g=2"], "try: g=1 or 3"),
        (["conv 64 3 g=3"], "try: g=1, or out_channels 63 or 66"),
        (["conv 2 3 g=3"], "try: g=1, or out_channels 3"),
        (["nn.Conv2d(3, 64, 7)"], "try: conv 64 3x3"),
        (["nn.ReLU()"], "try: relu"),
        (["-conv 16 3"], "try: a blank behind the dash, as in - conv"),
        (["'@input'"], "try: concat @input, or, to go on from it, from input"),
        (["a: conv 16 3", "concat @a"], "a join takes the current tensor in any case; @ names the others"),
        (["conv 16 3xkxk"], "try: k x k, as an x within a name divides nothing"),
        (["residual: conv 8 3/2"], "try: project: an item that makes 8x15x15 of the residual's input"),
        (["relu\n    - conv 16 3"], "it reads: relu - conv 16 3"),
        (["{a: relu, from: input}"], "try: from in an item of its own"),
    ],
)
def test_ways_out(items, way):
    """A message ends with what would be right."""
    message = refused(layers, items, vars="{k: 3}")

    assert f"| {way}" in message


def test_independent_branches_are_both_told():
    """Two branches that both do not fit are two faults."""
    message = refused(layers, ["concat: [conv 8 99, conv 8 98]"])

    assert "kernel_size (99) does not fit" in message
    assert "kernel_size (98) does not fit" in message


def test_a_fault_in_a_loop_is_told_once():
    """Rounds that fail alike are one fault."""
    assert refused(layers, ["{repeat: 100000, do: conv 8 99}"]).count("error[") == 1


def test_faults_are_listed_up_to_a_bound():
    """Of more than twenty faults the first twenty are told, and how many there are besides."""
    message = refused(layers, [f"conv {number} 3 strides=2" for number in range(50)])

    assert message.count("did you mean stride?") == 20
    assert message.endswith("error: and 30 more")


PADDING = (
    "padding must be same, same_lower, half, valid, causal, a whole number, one for each axis as in 1x2, or 0:1 for "
    "its two ends"
)
MAXPOOL_OPTIONS = "activation, d, dilation, k, kernel_size, norm, p, padding, rounding, s, stride"

ONE_LINE = [
    ("conv2d 16 3", "unknown kind of layer: conv2d; did you mean conv?"),
    ("Conv2d: {out_channels: 16}", "unknown kind of layer: Conv2d; did you mean conv?"),
    ("Dense 10", "unknown kind of layer: Dense; did you mean linear?"),
    ("InnerProduct 10", "unknown kind of layer: InnerProduct; did you mean linear?"),
    ("GlobalAveragePooling2D", "unknown kind of layer: GlobalAveragePooling2D; did you mean gap?"),
    ("ReLU", "unknown kind of layer: ReLU; did you mean relu?"),
    ("xyzzy", "unknown kind of layer: xyzzy"),
    ("dynamic_conv 16 3", "unknown kind of layer: dynamic_conv"),
    ("conv 16 3 filters=3", "conv has no option filters; did you mean out_channels?"),
    ("conv num_output=16 3", "conv has no option num_output; did you mean out_channels?"),
    ("conv 16 kernel_shape=3", "conv has no option kernel_shape; did you mean kernel_size?"),
    ("conv 16 3 pads=1", "conv has no option pads; did you mean padding?"),
    ("conv 16 3 group=1", "conv has no option group; did you mean groups?"),
    ("conv 16 3 paddin=1", "conv has no option paddin; did you mean padding?"),
    ("maxpool 2 ceil_mode=true", "maxpool has no option ceil_mode; did you mean rounding?"),
    ("conv 16 3 in_channels=3", "in_channels is never written: it follows from what the layer reads, which is 3 here"),
    ("conv 16 3 zzz", "unknown word or variable: zzz"),
    ("conv 16 3 -zzz", "unknown word: zzz"),
    ("conv 16 3 -relu", "there is no relu to take away from this conv"),
    ("conv 16 3 relu -relu", "-relu takes away the activation that the same line gives"),
    ("conv 16 3 same half", "half sets the padding, which is given twice"),
    ("conv 16 3 same p=1", "same sets the padding, which is given twice"),
    ("conv 16 3 relu tanh", "tanh sets the activation, which is given twice"),
    ("conv 16 3/2 s=2", "stride is given twice"),
    ("conv 16 3 ceil", "conv has no rounding that ceil could set"),
    ("maxpool 2 fixed", "maxpool has no width of its own that could be fixed"),
    ("conv 16", "conv needs kernel_size"),
    ("conv", "conv needs out_channels and kernel_size"),
    ("linear", "linear needs out_features"),
    ("add 3", "add got 1 argument, but it takes none"),
    ("relu 3", "relu got 1 argument, but it takes none"),
    (
        "conv 1 2 3 4 5 6 7 8",
        "conv got 8 arguments, but it takes out_channels and kernel_size",
    ),
    ("conv 3x3 16", "out_channels must be a whole number, but got 3x3"),
    ("conv 16/2 3", "a stride follows a kernel_size, but here is out_channels"),
    ("conv 16 3 s=4/2", "a stride follows a kernel_size, but here is stride"),
    ("conv 2.5 3", "out_channels (2.5) must be a whole number"),
    ("conv 16*0.3 3", "out_channels (4.8) must be a whole number"),
    ("conv 16 3 bias=3", "bias must be true or false, but got 3"),
    ("conv 16 3 g=same", "groups must be a whole number, but got same"),
    ("conv 16 same", "conv needs kernel_size"),
    ("maxpool 2 rounding=2", "rounding must be floor, ceil or caffe, but got 2"),
    ("pad 1 mode=2", "mode must be a word, but got 2"),
    ("pad 1 mode=same", "mode must be constant, reflect, replicate, circular, but got same"),
    ("upsample 2 mode=cubic", "mode must be nearest, linear, bilinear, trilinear, bicubic, but got cubic"),
    ("upsample 2 bicubic bilinear", "bilinear sets the mode, which is given twice"),
    ("upsample", "upsample takes either scale_factor or size"),
    ("upsample 2 size=3", "upsample takes either scale_factor or size"),
    ("upsample: {scale_factor: 2, size: 3}", "upsample takes either scale_factor or size"),
    ("{for: {k: [2]}, do: upsample k size=3}", "upsample takes either scale_factor or size"),
    ("upsample 0.01x2", "scale_factor (0.01x2) leaves nothing of 3x32x32"),
    ("upsample 2 1x1", "upsample got 2 arguments, but it takes scale_factor"),
    ("ln over=rows", "over must be channels or all, but got rows"),
    (
        "pad 0:1:2",
        "padding must be a whole number, one for each axis as in 1x2, or 0:1 for its two ends, but got 0:1:2",
    ),
    ("table_conv 0:1x1:5 3", "connections name channel 5, but the input has 3, counted from 0"),
    ("table_conv 3 same", "table_conv needs kernel_size"),
    (
        "table_conv connections=same k=3",
        "connections must be for each filter the channels that it reads, as in 0:1x1:2, but got same",
    ),
    (
        "reshape shape=same",
        "shape must be whole numbers, one for each axis, channels first, as in 256x7x7, but got same",
    ),
    ("embedding 3", "embedding needs embedding_dim"),
    ("split 2", "split needs index"),
    ("lstm 3 bidirectional=2", "bidirectional must be true or false, but got 2"),
    ("conv 16 3 bidirectional", "conv has no bidirectional that bidirectional could set"),
    ("matmul", "matmul reads two tensors, but gets 1"),
    ("center_crop", "center_crop takes either output_size or a second tensor, as in center_crop @x"),
    ("conv 0 3", "out_channels (0) must be at least 1"),
    ("conv -1 3", "out_channels (-1) must be at least 1"),
    ("conv 16 0", "kernel_size (0) must be at least 1"),
    ("conv 16 3 s=0", "stride (0) must be at least 1"),
    ("conv 16 3 p=-1", "padding (-1) must be at least 0"),
    ("conv 16 3 d=0", "dilation (0) must be at least 1"),
    ("conv 16 3 g=0", "groups (0) must be at least 1"),
    ("conv 16 3x3x3", "kernel_size (3x3x3) must be one number or 2, one for each axis of the input"),
    ("conv 16 3 p=1x1x1", "padding (1x1x1) must be one number or 2, one for each axis of the input"),
    ("maxpool 2 p=2", "padding (2) must be at most half of kernel_size (2)"),
    ("dropout 1.5", "p (1.5) must be between 0 and 1"),
    ("conv 16 3 @a", "conv reads the current tensor, so @a cannot stand here"),
    ("conv 16 3 *2 bn", "a repetition such as 2 comes last, but bn follows it"),
    ("conv 16 3 *-1", "a repetition must be a whole number from 0 to 150,000, but got -1"),
    ("conv 16 3 *0.5", "a repetition must be a whole number from 0 to 150,000, but got 0.5"),
    ("conv 16 3 *", "a number is missing after *"),
    ("conv 16 3 maxpool 2", "maxpool is a kind of layer: a comma divides layers in a line"),
    ("conv(16, 3)", "conv takes no parentheses here"),
    ("conv 16 3,", "a layer is missing here"),
    ("16 3", "a layer begins with its kind, such as conv, but got 16"),
    ("nn.Conv2d(3, 64, 7)", "nn.Conv2d takes no parentheses here"),
    ("from: '@input'", "from takes a name, or a list of names"),
    ("'concat: [pass, relu]'", "branches stand in parentheses in a line"),
    ("'concat(relu, pass)'", "concat joins two or more branches, but gets one"),
    ("-conv 16 3", "a layer begins with its kind, such as conv, but got -conv"),
    ("'@input'", "a layer begins with its kind, such as conv, but got @input"),
    ("concat:", "concat takes a list of branches, indented below it"),
    ("ConvTranspose2d 16 2/2", "unknown kind of layer: ConvTranspose2d; did you mean upconv?"),
    ("deconv 16 2/2", "unknown kind of layer: deconv; did you mean upconv?"),
    ("PixelShuffle 2", "unknown kind of layer: PixelShuffle; did you mean pixel_shuffle?"),
    ("zeropad2d 1", "unknown kind of layer: zeropad2d; did you mean pad?"),
    ("mha 8", "unknown kind of layer: mha; did you mean attention?"),
    ("conv 16 3 foo", "unknown word or variable: foo"),
    ("conv 3 64 7", "conv got 3 arguments, but it takes out_channels and kernel_size"),
    ("conv 16 kxk", "unknown word or variable: kxk"),
    ("concat: [[], []]", "concat joins input twice"),
    ("residual: []", "add joins input twice"),
    (
        "conv: {out_channels: 4, kernel_size: 3, norm: same}",
        "norm cannot be same; known: batchnorm, bn, gn, groupnorm, instancenorm, layernorm, ln, rmsnorm",
    ),
    ("conv: {out_channels: 4, kernel_size: 3, activation: bn}", "activation cannot be bn"),
    ("conv: {out_channels: 4, kernel_size: 3, activation: rleu}", "activation cannot be rleu; did you mean relu?"),
    ("{residual: conv 3 3 same, act: bn}", "activation cannot be bn"),
    ("{residual: conv 3 3 same, act: {relu: {}}}", "act takes a name, or a list of names"),
    (
        "conv: {out_channels: 4, kernel_size: 3, padding: [[1, 2, 3], 1]}",
        PADDING + ", but got 1:2:3x1",
    ),
    ("concat @input", "concat joins input twice"),
    ("conv 16 (3", "this parenthesis is not closed"),
    ("concat", "concat joins two or more tensors, but gets 1"),
    ("concat @nope", "unknown label: nope; known: input"),
    ("from: nope", "unknown label: nope; known: input"),
    ("add: [pass, gap]", "add needs tensors of one shape, but got 3x32x32 and 3x1x1"),
    (
        "mul: [pass, conv 2 1]",
        "mul needs tensors that agree on each axis, or have 1 there, but got 3x32x32 and 2x32x32",
    ),
    ("concat: [pass, flatten]", "concat needs tensors with equally many axes, but got 3x32x32 and 3072"),
    ("residual: conv 8 3", "add needs tensors of one shape, but got 8x30x30 and 3x32x32"),
    ("residual(pass | pass | pass)", "residual takes a body, and a projection for where it changes the shape"),
    ("residual", "residual takes a body, and a projection for where it changes the shape"),
    ("conv: 16 3", "conv takes a mapping of options here"),
    ("{a: relu, b: relu}", "an item has one key, its label or its kind, but here are a, b"),
    ("{repeat: 2}", "repeat needs do"),
    ("{for: {c: [1]}}", "for needs do"),
    ("{for: {c: 3}, do: conv c 3}", "c steps through a list, but got 3"),
    ("{for: {}, do: relu}", "for needs a variable and its list, as in for: {c: [64, 128]}"),
    ("{for: {c: [1, 2], s: [1]}, do: conv c s}", "the variables of a for step together, but c has 2, s has 1"),
    ("{residual: pass, do: relu}", "do cannot stand beside residual; known: act, project, shortcut"),
    ("conv: relu", "conv takes a mapping of options here"),
    ("relu: relu", "relu takes a mapping of options here"),
    ("class: relu", "class cannot be a label: it is a keyword of Python"),
    ("same: relu", "same cannot be a label: it is a word of the language"),
    ("C: relu", "C cannot be a label: it is the current number of channels"),
    ("upconv: {out_channels: 3}", "upconv needs kernel_size"),
    ("pixel_shuffle: relu", "pixel_shuffle takes a mapping of options here"),
    ("été: relu", "a label is letters, digits and _, no digit first, but got été"),
    ("{[a]: relu}", "a key must be a word, but here is a list or a mapping"),
    ("", "a layer is missing here"),
]


@pytest.mark.parametrize(("item", "message"), ONE_LINE)
def test_one_wrong_line(item, message):
    """The first line of the message is the rule, and what was received."""
    assert uncoded(refused(layers, [item])).partition("\n")[0] == f"error: {message}"


WHOLE = {
    "no input": ("layers: [relu]", "the network has no input"),
    "no layers": ("input: 3x8x8", "the description has no layers"),
    "empty layers": ("input: 3x8x8\nlayers: []", "the network has no layers"),
    "both input and inputs": (
        "input: 3x8\ninputs: {a: 3x8}\nlayers: [relu]",
        "a description has input or inputs, not both",
    ),
    "an unknown key": ("input: 3x8\nlayer: [relu]\nlayers: [relu]", "unknown key: layer; did you mean layers?"),
    "a duplicate key": ("input: 3x8\ninput: 3x9\nlayers: [relu]", "the key input stands twice"),
    "a duplicate variable": ("vars: {a: 1, a: 2}\ninput: 3x8\nlayers: [relu]", "the key a stands twice"),
    "a fractional input": (
        "input: 3x8.5\nlayers: [relu]",
        "an input is whole numbers, channels first, such as 3x224x224, but got 3x8.5",
    ),
    "an empty axis": ("input: 3x0\nlayers: [relu]", "a size of the input (0) must be at least 1"),
    "an unknown variable in the input": ("input: 3xn\nlayers: [relu]", "unknown variable: n"),
    "a variable of itself": ("vars: {a: a+1}\ninput: 3x8\nlayers: [relu]", "unknown variable: a"),
    "a block that calls itself": (
        "input: 3x8\nblocks: {a: [b], b: [a]}\nlayers: [a]",
        "a block cannot call itself: a calls b calls a",
    ),
    "too many arguments of a block": ("input: 3x8\nblocks: {a: relu}\nlayers: [a 3]", "a takes 0 arguments, but got 1"),
    "too few arguments of a block": ("input: 3x8\nblocks: {a(c): conv c 1}\nlayers: [a]", "a needs c"),
    "an unknown parameter": (
        "input: 3x8\nblocks: {a(c): conv c 1}\nlayers: [a 3 d=4]",
        "a has no parameter d; known: c",
    ),
    "a word on a block": (
        "input: 3x8\nblocks: {a: relu}\nlayers: [a bn]",
        "a is a block, and takes no words such as bn",
    ),
    "a block without its parenthesis": (
        "input: 3x8\nblocks: {'a(c': relu}\nlayers: [relu]",
        "a block begins as in bottleneck(c, s=1), but got a(c",
    ),
    "a parameter twice": ("input: 3x8\nblocks: {'a(c, c)': relu}\nlayers: [a 1]", "the parameter c stands twice"),
    "a variable and a block of one name": (
        "input: 3x8\nvars: {a: 1}\nblocks: {a: relu}\nlayers: [a]",
        "a is both a variable and a block",
    ),
    "a variable and a label of one name": (
        "input: 3x8\nvars: {a: 1}\nlayers: [a: relu]",
        "a is both a variable and a label",
    ),
    "a kind for a variable": (
        "input: 3x8\nvars: {conv: 1}\nlayers: [relu]",
        "conv cannot be the name of a variable: it is the name of a kind of layer",
    ),
    "defaults of no kind": (
        "input: 3x8\ndefaults: {convv: same}\nlayers: [relu]",
        "unknown kind of layer: convv; did you mean conv?",
    ),
    "a label twice": ("input: 3x8\nlayers: [a: relu, a: relu]", "the label a is set twice"),
    "a result that goes nowhere": ("input: 3x8\nlayers: [a: relu, from: input, relu]", "nothing reads the result of a"),
    "an input that goes nowhere": ("inputs: {a: 3x8, b: 3x8}\nlayers: [from: a, relu]", "nothing reads the input b"),
    "two inputs to one layer": ("inputs: {a: 3x8, b: 3x8}\nlayers: [relu]", "relu reads one tensor, but gets 2"),
    "channels of several tensors": (
        "inputs: {a: 3x8, b: 3x8}\nlayers: [conv C 3, from: [a, b], concat]",
        "C needs one current tensor, but there are 2",
    ),
    "a label that a value reads before it is set": (
        "input: 3x8x8\nlayers: [conv e1 3, from: input, e1: conv 4 3]",
        "the label e1 is not set here",
    ),
    "a block argument that is set later": (
        "input: 3x8x8\nblocks: {'b(s)': [conv 4 3, concat @s]}\nlayers: [b e1, e1: conv 4 3]",
        "the label e1 is not set here",
    ),
    "a repetition in defaults": (
        "input: 3x8x8\ndefaults: {conv: same *2}\nlayers: [conv 4 3]",
        "defaults are words and key=value, such as: same bn relu s=2",
    ),
    "two defaults of one kind": (
        "input: 3x8x8\ndefaults: {linear: relu, fc: -bias}\nlayers: [linear 4]",
        "the defaults of linear stand twice",
    ),
    "wrong defaults of a kind that no line has": (
        "input: 3x8x8\ndefaults: {maxpool: foo=3}\nlayers: [relu]",
        f"maxpool has no option foo; known: {MAXPOOL_OPTIONS}",
    ),
    "a parameter and a label of one name": (
        "input: 3x8x8\nblocks: {'b(w)': conv w 3}\nlayers: [w: relu, b 4]",
        "w is both a variable and a label",
    ),
    "a block and its parameter of one name": (
        "input: 3x8x8\nblocks: {'b(b)': conv b 3}\nlayers: [b 4]",
        "b is both a variable and a block",
    ),
    "a loop variable and a label of one name": (
        "input: 3x8x8\nlayers: [w: relu, {for: {w: [1]}, do: conv w 1}]",
        "w is both a variable and a label",
    ),
    "a label within itself": ("input: 3x8x8\nlayers: [z: [z: relu, relu]]", "the label z is set twice"),
    "a residual of two tensors": (
        "inputs: {a: 3x8, b: 3x8}\nlayers: [residual: add]",
        "residual needs one current tensor, but there are 2",
    ),
    "too many axes": (f"input: [3{', 2' * 16}]\nlayers: [linear 3]", "an input must have at most 16 sizes, but got 17"),
    "an unknown output": ("input: 3x8\noutputs: [z]\nlayers: [a: relu]", "unknown label: z; known: a, input"),
    "a list that is no description": ("- relu", "a description is a mapping with the key layers"),
    "a word that is no description": ("relu", "a description is a mapping with the key layers"),
    "a tag": ("input: !!str 3x8\nlayers: [relu]", "a description has no tags, but here is tag:yaml.org,2002:str"),
    "a merge key": ("input: 3x8\n<<: {a: 1}\nlayers: [relu]", "a description has no << merge keys"),
    "a directive": ("%YAML 1.2\n---\ninput: 3x8\nlayers: [relu]", "a description has no % directives"),
    "a second document": (
        "input: 3x8\nlayers: [relu]\n---\na: 1",
        "a description is one YAML document, but here a second begins",
    ),
    "an unknown alias": ("input: 3x8\nlayers: [*a]", "*a is an alias of YAML, but nothing is marked &a"),
    "a list that is not closed": (
        "input: 3x8\nlayers: [relu",
        "this [ is not closed, or its items are not divided by commas",
    ),
    "a comma in parentheses in a list": (
        "input: 3x8\nlayers: [conv min(3, 4) 3]",
        "this parenthesis is not closed",
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_one_wrong_description(case):
    """The first line of the message is the rule, and what was received."""
    text, message = WHOLE[case]

    assert uncoded(refused(network, text)).partition("\n")[0] == f"error: {message}"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("widht=3", "unknown variable: widht; did you mean width?"),
        ("width", "--set takes name=value, but got width"),
        ("width=abc", "unknown word or variable: abc"),
        ("width=1/2", "a single / comes only before the stride of a kernel, but here is 1/2"),
        ("width=", "a value is missing here"),
        ("width=[1, 2", "unexpected [ in [1, 2"),
        ("width=,", "a value is missing here"),
        ("width=0", "out_channels (0) must be at least 1"),
        ("width=2,3", "out_channels must be a whole number, but got [2, 3]"),
    ],
)
def test_one_wrong_setting(setting, message):
    """A variable of the command line is told of like one of the file."""
    text = "input: 3x8x8\nvars: {width: 4}\nlayers: [conv width 3]"

    assert uncoded(refused(network, text, setting)).partition("\n")[0] == f"error: {message}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("input: 3x8x8\nlayers:\n  - conv 4 rleu", "net.yaml:3:12"),
        ("input: 3x8x8\nlayers:\n  - 'conv 4 rleu'", "net.yaml:3:13"),
        ('input: 3x8x8\nlayers:\n  - "conv 4 rleu"', "net.yaml:3:13"),
        ('input: 3x8x8\nlayers:\n  - "conv\\x20 4 rleu"', "net.yaml:3:5"),
        ("input: 3x8x8\nlayers:\n  - conv 4\n    rleu", "net.yaml:3:5"),
        ("input: 3x8x8\nlayers:\n  - conv: {out_channels: rleu, kernel_size: 3}", "net.yaml:3:26"),
        ("input: 3x8x8\nlayers:\n  - conv 4 2*(1+rleu)", "net.yaml:3:17"),
        ("input: [3, 2*rleu, 8]\nlayers: [relu]", "net.yaml:1:14"),
        ("input: 3x8x8\nlayers:\n  - conv: {out_channels: 3, kernel_size: [3, rleu]}", "net.yaml:3:46"),
        ("vars: {a: 3, b: 2*rleu}\ninput: 3x8x8\nlayers: [relu]", "net.yaml:1:19"),
        ("input: 3x8x8\nblocks:\n  a(c=1, d=rleu): relu\nlayers: [a]", "net.yaml:3:12"),
        ("input: 3x8x8\ndefaults: {conv: p=rleu}\nlayers: [relu]", "net.yaml:2:20"),
    ],
)
def test_the_column_is_that_of_the_token(text, place):
    """A fault points at its token; where the text stands otherwise than it reads, at its beginning."""
    assert f"--> {place}" in refused(network, text)


def test_names_are_shown_escaped():
    """What does not print (here: a mark that turns the direction of text) is shown by its number."""
    message = refused(network, 'input: 3x8\nlayers:\n  - "re\N{RIGHT-TO-LEFT OVERRIDE}lu"')

    assert r"re\u202elu" in message
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in message


def test_a_long_line_is_shown_around_its_fault():
    """An excerpt keeps to the width of a screen."""
    message = refused(layers, [", ".join(["relu"] * 400 + ["reluu"] + ["relu"] * 400)])

    assert max(map(len, message.splitlines())) < 120
    assert "^^^^^" in message


def test_without_libyaml_a_description_reads_the_same(monkeypatch):
    """PyYAML's own parser gives the same events."""
    text = "input: 3x8x8\nlayers: [conv 4 3, 'relu', {a: gap}, linear 10]"
    fast = network(text)
    monkeypatch.setattr("yaml.__with_libyaml__", False)

    assert network(text) == fast
    assert "the key a stands twice" in refused(network, "a: 1\na: 2")


def test_a_description_without_a_fault_has_none():
    """What the errors here are about is not told of a network that has nothing wrong."""
    source = Source("net.yaml", "input: 3x8x8\nlayers: [conv 4 3]")

    try:
        build(parse_description(source, "net"))
    except DescriptionError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "input: 3x8x8\nblocks: {res(c): conv c 3, 'res(c, s)': conv c 5/s}\nlayers: [res 8]\n",
            "error[given-twice]: the block res is defined twice\n --> net.yaml:2:29\n",
        ),
        (
            "input: 3x8x8\ndefaults: {conv: relu}\nlayers: [conv 8 1 -relu sigmoid]\n",
            "  | try: without -relu, as sigmoid takes its place",
        ),
        ("input: 3x8x8\nlayers: [e1: conv 8 1, conv 8 1, concat e1]\n", "  | try: concat @e1, if that is a label"),
        (
            "input: 3x8x8\nlayers:\n  - conv 8 1\n   - conv 8 1\n",
            "  | try: the same indentation for all items of a list",
        ),
        ("inputs: 3x8x8\nlayers: [conv 8 1]\n", "  | try: input: 3x32x32"),
        (
            "input: 3x8x8\nlayers:\n  - mul: [pass, [gap, linear 3 sigmoid]]\n",
            "  | try: over=channels behind linear, which flattens its input otherwise",
        ),
    ],
)
def test_what_new_users_stumble_over(text, told):
    """Each has a way out."""
    assert told in refused(network, text)


NEVER = "is never written: it follows from what the layer reads"


@pytest.mark.parametrize(
    ("item", "option", "value"),
    [
        ("conv 8 3 in_channels=1", "in_channels", "32"),
        ("conv 8 3 in_planes=1 g=5", "in_planes", "32"),
        ("linear 10 in_features=1050", "in_features", "1568"),
        ("linear: {in_features: 1050, out_features: 10}", "in_features", "1568"),
        ("linear 10 in_features=1050 over=channels", "in_features", "32"),
        ("fc 10 input_dim=1", "input_dim", "1568"),
        ("conv 8 3 input_shape=3", "input_shape", "32x7x7"),
        ("bn num_features=64", "num_features", "32"),
        ("instancenorm num_features=64", "num_features", "32"),
        ("gn num_channels=64", "num_channels", "32"),
        ("ln normalized_shape=64", "normalized_shape", "32"),
        ("ln over=all normalized_shape=64", "normalized_shape", "32x7x7"),
        ("rmsnorm normalized_shape=64", "normalized_shape", "32"),
        ("attention 8 embed_dim=64", "embed_dim", "32"),
        ("[flatten 1, lstm 8 input_size=3]", "input_size", "32"),
        ("[flatten 1, gru 8 input_size=3]", "input_size", "32"),
    ],
)
def test_what_follows_from_the_input_is_told_with_its_value(item, option, value):
    """E4: who writes what PyTorch has is told what it is here."""
    message = refused(layers, [item], "32x7x7")

    assert f"error[never-written]: {option} {NEVER}, which is {value} here\n" in message
    assert message.count(NEVER) == 1


def test_what_follows_is_told_for_each_option_and_the_layers_below():
    """E4, E13: a layer is made without such an option, so that what stands below is looked at, too."""
    items = [
        "conv 32 3 in_channels=1",
        "maxpool 2",
        "conv: {out_channels: 8, kernel_size: 3, in_channels: 4}",
        "conv 8 99",
    ]

    assert [message.partition("\n")[0] for message in refused(layers, items, "3x30x30").split("\n\n")] == [
        f"error[never-written]: in_channels {NEVER}, which is 3 here",
        f"error[never-written]: in_channels {NEVER}, which is 32 here",
        "error[does-not-fit]: kernel_size (99) does not fit an axis of 12 with padding 0",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "input: 3x8x8\nlayers: [conv 8 99, conv 8 3 in_channels=3]\n",
        "input: 3x8x8\nlayers: [conv 8 3 in_channels=3 foo=1]\n",
        "input: 3x8x8\ndefaults: {conv: in_channels=3}\nlayers: [relu]\n",
        "input: 3x8x8\nblocks: {unused: conv 8 3 in_channels=3}\nlayers: [relu]\n",
        "input: 3x8x8\nlayers: [conv k 3 in_channels=3]\n",
    ],
)
def test_what_follows_is_told_without_a_value_where_there_is_none(text):
    """E4: behind another fault, of a layer with another fault, in defaults, and in a block that nothing calls."""
    assert f"error[never-written]: in_channels {NEVER}\n" in refused(network, text)


def test_a_block_that_is_called_twice_tells_once_what_follows():
    """E4: the first call says what the option is there."""
    text = """
        input: 3x8x8
        blocks: {narrow(c): conv c 3 in_channels=3}
        layers: [narrow 4, narrow 8]
        """

    assert refused(network, text).count(NEVER) == 1
    assert f"in_channels {NEVER}, which is 3 here" in refused(network, text)


@pytest.mark.parametrize(
    ("items", "note"),
    [
        (["foo 1", "foo 1"], "and in 1 other place: line 4"),
        (["foo 1", "relu", "foo 2", "foo 3, foo 4"], "and in 3 other places: lines 5, 6"),
        (["foo 1, foo 1", "foo 1"], "and in 2 other places: net.yaml:3:12, net.yaml:4:5"),
        (["foo"] * 200, "and in 199 other places: lines 4, 5, 6, 7, 8, 9, 10, 11, …"),
    ],
)
def test_an_unknown_kind_is_told_once_with_its_other_places(items, note):
    """E5: as one mistake, however often it stands there; it leaves room for others."""
    messages = refused(layers, [*items, "conv 8 3 strides=2"]).split("\n\n")

    assert [message.partition("\n")[0] for message in messages] == [
        "error[unknown-kind]: unknown kind of layer: foo",
        "error[unknown-option]: conv has no option strides; did you mean stride?",
    ]
    assert messages[0].startswith("error[unknown-kind]: unknown kind of layer: foo\n --> net.yaml:3:5")
    assert messages[0].endswith(f"  | {note}")


def test_an_unknown_variable_is_told_once_with_its_other_places():
    """E5: wherever it is first, in reading order."""
    text = """
        input: 3x8x8
        blocks: {narrow: conv widht 3}
        layers: [narrow, conv 4 3 s=widht]
        """

    message = refused(network, text)

    assert message.count("error[") == 1
    assert message.startswith("error[unknown-name]: unknown word or variable: widht\n --> net.yaml:2:23\n")
    assert message.endswith("  | and in 1 other place: line 3")


@pytest.mark.parametrize(
    "text",
    [
        "blocks: {res-block(c): conv c 3}\nlayers: [res-block 64, res-block 32]",
        "blocks: {'a b(c)': conv c 3}\nlayers: [a b 64, conv 8 3]",
        "blocks: {2conv(c): conv c 3}\nlayers: [2conv 64, 2conv 32]",
        "blocks: {a: 2conv 8, 2conv(c): conv c 3}\nlayers: [a]",
        "blocks: {same(c): conv c 3}\nlayers: [same 64, same 32]",
        "blocks: {bn(c): conv c 3}\nlayers: [bn 64, bn 32]",
        "blocks: {stage(c d): conv c d}\nlayers: [stage 64 2, stage 32 1]",
        "blocks: {'stage(c, 2)': conv c 3}\nlayers: [stage 64 2, stage 32 1]",
        "blocks: {'stage(c, d=)': conv c d}\nlayers: [stage 64 3, stage 32]",
        "blocks: {'stage(c, d=3/)': conv c d}\nlayers: [stage 64 3, stage 32]",
        "blocks: {a: outer-b 3, outer-b(c): conv c 3}\nlayers: [a]",
        "blocks: {stage(c): conv c 3, stage(d): conv d 3}\nlayers: [stage 8]",
        "vars: {class: 10}\nlayers: [conv class 3, conv class 3]",
        "vars: {k: 3/}\nlayers: [conv k 3, conv 8 k]",
        "vars: {k: 3/, m: k+1}\nlayers: [conv k 3, conv m 3]",
        "vars: {top-k: 3}\nlayers: [conv top-k 3, conv 2*top-k 3]",
        "vars: {k: [3/, 4]}\nwidening: {depth: [k]}\nlayers: [{for: {c: k, s: [1, 2, 3]}, do: conv c 3 s=s}]",
        "layers: [{for: {c: [3/, 4], s: [1, 1]}, do: conv c 3 s=s}]",
        "layers: [{for: {bn: [1, 1], c: [8, 8]}, do: conv c 3 s=bn}, conv 8 1]",
        "layers: [con-1: conv 8 3, concat @con-1, from con-1]",
    ],
)
def test_what_has_a_fault_is_known_by_its_name(text):
    """E5: a block, a variable or a label that cannot be read is one mistake, and none for each of its uses."""
    assert refused(network, f"input: 3x8x8\n{text}\n").count("error[") == 1


@pytest.mark.parametrize(
    "inputs",
    ["{left: 3x8x, right: 3x8x8}", "{le-ft: 3x8x8, right: 3x8x8}", "{left: [], right: 3x8x8}"],
)
def test_an_input_that_has_a_fault_is_known_by_its_name(inputs):
    """E5: what reads it is taken on trust."""
    left = inputs[1:].partition(":")[0]
    text = f"inputs: {inputs}\nlayers: [concat, conv 8 3, from: {left}, relu, concat @{left} @right]\n"

    assert refused(network, text).count("error[") == 1


def test_a_name_that_cannot_be_one_hides_no_other_mistake():
    """E5: only what is said of that name is left out."""
    text = "input: 3x8x8\nblocks: {res-block(c): conv c 3}\nlayers: [res-block 64, convv 8, conv widht 3]\n"

    assert [message.partition("\n")[0] for message in refused(network, text).split("\n\n")] == [
        "error[wrong-form]: a block begins as in bottleneck(c, s=1), but got res-block(c)",
        "error[unknown-kind]: unknown kind of layer: convv; did you mean conv?",
        "error[unknown-name]: unknown word or variable: widht",
    ]


@pytest.mark.parametrize(
    ("text", "message", "place", "note"),
    [
        (
            "vars: {e: 3}\nlayers:\n  - conv e 3\n  - e: conv 8 1",
            "e is both a variable and a label",
            "5:5",
            "e is a variable at net.yaml:2:8",
        ),
        (
            "layers:\n  - 'relu, e: conv 8 1'\nvars: {e: 3}",
            "e is both a variable and a label",
            "4:8",
            "e is a label at net.yaml:3:12",
        ),
        (
            "vars: {e: 3}\nblocks: {e: relu}\nlayers: [e]",
            "e is both a variable and a block",
            "3:10",
            "e is a variable at net.yaml:2:8",
        ),
        (
            "blocks: {'b(c, b)': relu}\nlayers: [b 1 1]",
            "b is both a variable and a block",
            "2:16",
            "b is a block at net.yaml:2:11",
        ),
        (
            "layers: [w: relu, {for: {w: [1]}, do: conv w 1}]",
            "w is both a variable and a label",
            "2:26",
            "w is a label at net.yaml:2:10",
        ),
        (
            "layers: [s: conv 4 1 share=s, conv 4 1 share=s]",
            "s is both a label and the name of shared weights",
            "2:28",
            "s is a label at net.yaml:2:10",
        ),
    ],
)
def test_a_name_that_is_two_things_is_told_at_the_second(text, message, place, note):
    """E6: and where the first is."""
    found = refused(network, f"input: 3x8x8\n{text}\n").split("\n\n")[0]

    assert found.startswith(f"error[name-taken]: {message}\n --> net.yaml:{place}\n")
    assert f"  | {note}" in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "inputs: {left: 3x8x8, right: 3x8x8}\nlayers: [from: left, relu]",
            "error[unread-result]: nothing reads the input right\n --> net.yaml:1:30\n",
        ),
        ("input: 3x8x8\nlayers: []", "error[no-layers]: the network has no layers\n --> net.yaml:2:1\n"),
        ("input: 3x8x8\nlayers: [relu *0]", "error[no-layers]: the network has no layers\n --> net.yaml:2:1\n"),
        ("name: a\nlayers: [relu]", "error[wrong-input]: the network has no input\n --> net.yaml:2:1\n"),
        (
            "inputs: {e: 3x8x8}\nlayers: [e: relu]",
            "error[name-taken]: e is both an input and a label\n --> net.yaml:2:10\n",
        ),
    ],
)
def test_what_is_wrong_with_the_whole_has_a_place(text, told):
    """E6: so that an editor can go there."""
    assert refused(network, f"{text}\n").startswith(told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["seed", "--set", "widht=4"],
            "error[unknown-name]: unknown variable: widht; known: k1, k2, m, n\n --> --set:1:1\n",
        ),
        (["seed", "-i", "x=1x8x8"], "error[unknown-name]: unknown input: x; known: input\n --> --input:1:1\n"),
        (
            ["seed", "--symbolic", "w"],
            "error[unknown-name]: unknown variable: w; known: k1, k2, m, n\n --> --symbolic:1:1\n",
        ),
        (
            ["seed", "--symbolic", "k1", "--set", "k1=3"],
            "error[given-twice]: k1 is both set and symbolic\n --> --set:1:1\n",
        ),
        (
            ["-i", "3x8x8", "-l", "a: relu", "--set", "a=3"],
            "error[name-taken]: a is both a variable and a label\n --> --layer:1:1\n",
        ),
        (
            ["alexnet", "--columns", "name,+macs,mac"],
            "error[unknown-choice]: unknown column: mac; did you mean macs?\n --> --columns:1:12\n",
        ),
    ],
)
def test_an_option_of_the_command_line_has_a_place(arguments, told):
    """E6: its text."""
    done = called("count", *arguments)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(told)


@pytest.mark.parametrize(
    ("body", "project", "way"),
    [
        ("conv 16 3/2 same", "conv 16 1", "s=2 on the projection, conv2, which then makes 16x8x8"),
        ("conv 16 3/2 same", "conv 16 1 bn relu", "s=2 on the projection, conv2, which then makes 16x8x8"),
        ("conv 16 3/2x1 same", "conv 16 1", "s=2x1 on the projection, conv2, which then makes 16x8x16"),
        ("conv 16 3/3 same, conv 16 1", "conv 16 1", "s=3 on the projection, conv3, which then makes 16x6x6"),
        ("conv 16 3/2", "conv 16 1", ""),
        ("conv 16 3/2 same", "conv 8 1", ""),
        ("conv 16 3 same", "conv 16 1/2", ""),
        ("conv 16 3/2 same", "maxpool 1", ""),
    ],
)
def test_a_projection_that_lacks_the_stride_of_its_body(body, project, way):
    """E10: it is tried before it is offered."""
    message = refused(lambda: line(f"residual({body} | {project})", shape="8x16x16"))
    ways = [note for note in message.splitlines() if "on the projection" in note]

    assert "error[shapes-differ]: add needs tensors of one shape" in message
    assert ways == ([f"  | try: {way}"] if way else [])
    if way:
        mended = project.replace("conv 16 1", f"conv 16 1 {way.partition(' ')[0]}")
        assert line(f"residual({body} | {mended})", shape="8x16x16").rows


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("conv 8 0", "kernel_size (0) must be at least 1"),
        ("conv 8 3 s=0", "stride (0) must be at least 1"),
        ("conv 8.5 3", "out_channels (8.5) must be a whole number"),
        ("conv 8 3 dilations=2", "conv has no option dilations; did you mean dilation?"),
        ("convv 8 3", "unknown kind of layer: convv; did you mean conv?"),
        ("concat @skip", "unknown label: skip; known: input"),
        ("conv 8 3 in_channels=3", "in_channels is never written: it follows from what the layer reads"),
        ("linear 8 over=positions", "over must be all or channels, but got positions"),
        ("conv 9 3 g=2", ""),
        ("conv 8 98", ""),
        ("conv C//4 3", ""),
        ("linear 4, conv 8 3", ""),
        ("add @input", ""),
    ],
)
def test_what_is_told_below_a_layer_that_does_not_fit(below, told):
    """E13: all that needs no shape; nothing that may follow from the fault above."""
    messages = refused(line, f"relu, conv 8 99, {below}").split("\n\n")

    assert messages[0].startswith("error[does-not-fit]: kernel_size (99) does not fit an axis of 32 with padding 0\n")
    assert [uncoded(message).partition("\n")[0] for message in messages[1:]] == ([f"error: {told}"] if told else [])
