"""What somebody may have meant who typed something else: each hint is one that works."""

import shlex

import pytest
from command_line import called, uncoded

FLOPS = "  | a MAC is one multiply and one add, which others count as two FLOPs, or as one\n"
VARY = (
    "  | try: --vary width=8:128:8, --vary alpha=0.25,0.5,1 or --vary depth=[2,2],[3,4]\n"
    "  | or --rows FILE, a table of variables\n"
)


@pytest.mark.parametrize(
    ("arguments", "message", "ways"),
    [
        (
            ["count", "mobilenet_v1", "--classes", "10"],
            "No such option: --classes",
            ["try: --set classes=10, as classes is a variable of the network", "try: convcalc count --help"],
        ),
        (
            ["count", "mobilenet_v1", "--alpha=0.5"],
            "No such option: --alpha",
            ["try: --set alpha=0.5, as alpha is a variable of the network", "try: convcalc count --help"],
        ),
        (
            ["widen", "mobilenet_v1", "--alpha", "--factor", "2"],
            "No such option: --alpha",
            ["try: --set alpha=VALUE, as alpha is a variable of the network", "try: convcalc widen --help"],
        ),
        (
            ["count", "--kind", "conv"],
            "No such option: --kind",
            ["try: convcalc kinds conv", "try: convcalc count --help"],
        ),
        (["kinds", "--kind=gap"], "No such option: --kind", ["try: convcalc kinds gap", "try: convcalc kinds --help"]),
        (["kinds", "--kind"], "No such option: --kind", ["try: convcalc kinds conv", "try: convcalc kinds --help"]),
        (["count", "nosuch", "--zzz", "10"], "No such option: --zzz", ["try: convcalc count --help"]),
    ],
)
def test_an_option_that_is_none_may_be_a_variable_or_a_kind(arguments, message, ways):
    """E8: a variable of a network that the command line names is set with --set."""
    notes = "".join(f"  | {way}\n" for way in ways)

    assert called(*arguments) == ("", f"error[usage]: {message}\n{notes}", 2)


def test_an_option_that_is_a_variable_of_a_file(tmp_path):
    """E8: of a file, too; one that cannot be read has no variables."""
    path, broken = tmp_path / "net.yaml", tmp_path / "broken.yaml"
    path.write_text("input: 3x8x8\nvars: {w: 8}\nlayers: [conv w 3]\n", encoding="utf-8")
    broken.write_text("[", encoding="utf-8")

    assert "  | try: --set w=4, as w is a variable of the network\n" in called("count", broken, path, "--w", "4").err
    assert called("count", broken, "--w", "4").status == 2


@pytest.mark.parametrize(
    ("shape", "way"),
    [
        ("3xNxN", "3,N,N"),
        ("3 x NxM", "3,N,M"),
        ("CxHxW", "3,H,W"),
        ("a=3xNxN", "3,N,N"),
        ("(2)xNxN", "(2),N,N"),
    ],
)
def test_sizes_that_run_together_are_told_with_commas(shape, way):
    """E8: blanks would divide the words of a shell."""
    done = called("count", "-i", shape, "-l", "conv 8 1")
    name = "a=" if "=" in shape else ""

    assert done.err.endswith(f"  | try: {way}, as an x within a name divides nothing\n")
    assert called("count", "-i", f"{name}{way}", "-l", "conv 8 1").status == 0


@pytest.mark.parametrize("line", ["conv 32 3, relu", "relu", "a: conv 8 3", "(conv 8 3) *2", "fc 10", "residual(relu)"])
def test_a_line_that_is_given_as_a_network(line):
    """E8: -l takes lines."""
    done = called("count", line)
    way = f"-i 3x32x32 -l {shlex.quote(line)}"

    assert done.err == (
        f"error[no-such-file]: there is no file and no bundled network {line}\n"
        f"  | try: {way}, for layers in place of a NET\n"
    )
    assert (called("count", *shlex.split(way)).status, done.status) == (0, 2)


@pytest.mark.parametrize("name", ["conv.yaml", "conv-net", "gap/net.yaml", "zconv 3", "unet_"])
def test_what_is_no_line_is_a_network_that_is_not_there(name):
    """E8: as before."""
    assert "  | try" not in called("count", name).err


@pytest.mark.parametrize("stdin", [b"", b" \n"])
def test_a_sweep_that_varies_nothing_names_the_variables(stdin):
    """E8: standard input that is empty is no table, and is not asked for."""
    message = "error[missing-argument]: what is to be varied?\n"
    variables = "  | the variables of mobilenet_v2: alpha, size, classes\n"

    assert called("sweep", "mobilenet_v2", stdin=stdin) == ("", f"{message}{variables}{VARY}", 2)
    assert called("sweep", "-i", "3,8,8", "-l", "conv k 3", stdin=stdin) == ("", f"{message}{VARY}", 2)


@pytest.mark.parametrize(
    ("column", "meant", "note"),
    [
        ("flops", "macs", FLOPS),
        ("GFLOPs", "macs", FLOPS),
        ("mac", "macs", ""),
        ("madds", "macs", ""),
        ("parameters", "params", ""),
        ("size", "parameter_bytes", ""),
        ("memory", "activation_bytes", ""),
        ("output_shape", "output", ""),
        ("rf", "receptive_field", ""),
        ("stride", "jump", ""),
        ("type", "kind", ""),
        ("layer", "name", ""),
    ],
)
def test_a_column_of_other_tools(column, meant, note):
    """E8: what they call flops is macs here, or half of them."""
    done = called("count", "seed", "--columns", f"name,{column}")

    assert done.err.startswith(f"error[unknown-choice]: unknown column: {column}; did you mean {meant}?\n")
    assert done.err.endswith(f"{'^' * len(column)}\n{note}")
    assert called("count", "seed", "--columns", f"weights,{meant}").status == 0


def test_a_column_of_other_tools_that_a_sweep_lacks_is_not_offered():
    """E8: only measures are columns of a sweep."""
    done = called("sweep", "seed", "--vary", "k1=8", "--columns", "rf")

    assert "unknown column: rf; known: activation_bytes, " in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["sweep", "seed", "--vary", "k1=8", "--where", "macs < 1e9999999"],
            "a condition cannot say 1e9999999",
        ),
        (["sweep", "seed", "--vary", "k1=8", "--where", "macs > -1e999 + 3"], "a condition cannot say 1e999"),
        (
            ["widen", "alexnet", "--factor", "1e9999999"],
            "--factor must be a number above 0 and at most 1,000,000, such as 2, 0.75 or 1/2, but got 1e9999999",
        ),
        (
            ["widen", "alexnet", "--factor", "1e-9999999"],
            "--factor must be a number above 0 and at most 1,000,000, such as 2, 0.75 or 1/2, but got 1e-9999999",
        ),
        (
            ["check", "alexnet", "--max-params", "1e9999999"],
            "--max-params must be an amount such as 5M, 300e6 or 256KiB, but got 1e9999999",
        ),
        (["sweep", "seed", "--vary", "k1=1e9999999"], "unexpected e9999999 in 1e9999999"),
        (["count", "-i", "1e9999999", "-l", "relu"], "unexpected e9999999 in 1e9999999"),
    ],
)
def test_a_huge_exponent_is_refused_as_it_was_written(arguments, message):
    """E8: such a number is never written out, which would take minutes."""
    done = called(*arguments)

    assert (done.out, done.status) == ("", 2)
    assert uncoded(done.err).startswith(f"error: {message}\n")
