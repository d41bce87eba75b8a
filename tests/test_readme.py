"""Each sentence of the README that can be checked is checked, and so is each link of README and docs."""

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SPECS, called, environment, shown

from convcalc.layers.kinds import KINDS
from convcalc.pages.count import COLUMN_KEYS
from convcalc.pages.page import Table
from convcalc.views import formats_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
TINY = re.search(r"^# tiny\.yaml\n.*?(?=^```$)", README, re.MULTILINE | re.DOTALL)[0]
WRONG = re.search(r"^# wrong\.yaml\n.*?(?=^```$)", README, re.MULTILINE | re.DOTALL)[0]
LINES = ("-i", "3x32x32", "-l", "conv 16 3 same bn relu, maxpool 2")


def sentences():
    """The README without its blocks, tables and headings, sentence by sentence."""
    text = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    prose = "\n".join(line for line in text.split("\n") if not line.startswith(("|", "#")))
    paragraphs = re.split(r"\n\n|\n(?=- )", prose)
    flat = [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]
    return [each for paragraph in flat for each in re.split(r"(?<=[.?:]) (?=[A-Z`\[*\"-])", paragraph)]


def rows(*arguments, **given):
    """The layers of a count in JSON."""
    return json.loads(called("count", *arguments, "-f", "json", **given).out)["layers"]


def imports_of(*arguments):
    """What a run of a command has imported."""
    source = "import sys; from convcalc.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", source, *arguments], capture_output=True, text=True, env=environment(), check=True
    )
    return set(done.stderr.split())


def no_framework():
    assert not {"torch", "numpy", "sympy", "onnx", "rich"} & imports_of("count", "alexnet")
    assert not {"numpy", "sympy", "rich", "json"} & imports_of("check", "alexnet", "--max-params", "100M")


def python_version():
    assert importlib.metadata.metadata("convcalc")["Requires-Python"] == ">=3.11"


def own_environments():
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[:2]
    assert all(block.startswith("python3 -m venv .venv && . .venv/bin/activate && pip install ") for block in blocks)


def seed():
    assert [row["weights"] for row in rows("-i", "1x28x28", "-l", "conv 32 3 same, conv 64 5 same")] == [
        9 * 32,
        25 * 32 * 64,
    ]
    assert rows("-i", "1x28x28", "-l", "conv 32 3 same, conv 64 5 same")[1]["output"] == [64, 28, 28]


def symbols():
    assert "25·k1·k2" in shown("count", "-i", "1,n,m", "-l", "conv k1 3 same, conv k2 5 same")


def inputs():
    assert rows("-i", "3x8x9", "-l", "conv 4 3")[0]["input"] == [[3, 8, 9]]


def lines():
    one, other = rows("-i", "3x8x8", "-l", "conv 4 3, relu"), rows("-i", "3x8x8", "-l", "conv 4 3", "-l", "relu")
    assert one == other
    assert [row["kind"] for row in one] == ["conv", "relu"]


def a_convolution():
    found = [rows("-i", "3x32x32", "-l", f"conv 16 {rest} *2") for rest in ("3x5/2 p=1 relu", "3x5/2 relu p=1")]
    assert found[0] == found[1]
    assert [row["kind"] for row in found[0]] == ["conv", "relu"] * 2


def attached():
    assert shown("count", *LINES).count("\nbn") == 0
    assert shown("count", *LINES, "--expand").count("\nbn1 ") == 1


def branches():
    found = rows("-i", "3x8x8", "-l", "concat(conv k 1 | conv k 3 same)", "--set", "k=8")
    assert found[-1]["output"] == [16, 8, 8]


def kinds():
    listed = json.loads(shown("kinds", "-f", "json"))["kinds"]
    assert [each["kind"] for each in listed] == list(KINDS)
    assert sum(bool(each["torch"]) for each in listed) > len(KINDS) - 5


def bundled():
    listed = json.loads(shown("nets", "-f", "json"))["networks"]
    assert [each["name"] for each in listed] == SPECS
    assert all(each["source"] for each in listed)


def widening():
    assert "params(f) = 51,200·f² + 384·f" in shown("widen", "seed", "--factor", "2")


def sweeping():
    assert shown("sweep", "seed", "--vary", "k1=1:3", "--vary", "k2=1:4", "-f", "csv").count("\n") == 1 + 3 * 4
    assert "k1 = " in shown("fit", "seed", "--vary", "k1", "--max-params", "1M")


def comparing():
    assert "2 changed" in shown("compare", "seed", "seed@k1=8")


def checking():
    net = b"name: Mine\nbudget: {params: 10}\ninput: 3x8x8\nlayers: [conv 8 3]\n"
    assert called("check", "-", stdin=net).status == 1
    assert called("check", "-", "--max-params", "1K", stdin=net).status == 0


def ci_pages():
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(word in text for word in ("GitHub", "GitLab", "pre-commit", "--baseline"))


def explaining():
    assert "C_out·C_in·K² = 96·3·11·11 = 34,848" in shown("explain", "alexnet", "conv1").replace("\n   ", "")
    assert "types" in shown("explain")
    assert "A kernel, a crop or a margin is larger" in shown("explain", "does-not-fit")


def a_pipe():
    net = b"input: 3x8x8\nlayers: [conv 8 3]\n"
    assert called("count", stdin=net) == called("count", "-", stdin=net)


def several():
    assert called("count", "seed", "lenet5", "--depth", "0").out.count("\ntotal ") == 2
    done = called("count", "seed", "no-such-net")
    assert (done.out, done.status) == ("", 2)


def formats():
    named = re.findall(r"`(\w+)`", next(each for each in sentences() if each.startswith("- `-f` is")))
    assert set(named) == {form.name for form in formats_of((Table,)) if not form.target}


def plain_in_a_pipe():
    assert shown("count", "seed") == shown("count", "seed", "-f", "plain")


def rows_for_programs():
    assert len(rows(*LINES)) == 4
    assert len(re.findall(r"^(?:conv|maxpool)\d", shown("count", *LINES), re.MULTILINE)) == 2


def suffixes():
    named = re.findall(r"\.\w+", next(each for each in sentences() if each.startswith("`-o net.json`")).split("(")[1])
    assert set(named) == {suffix for form in formats_of((Table,)) if not form.target for suffix in form.suffixes}


def columns():
    assert [*rows("seed", "--columns", "name,macs")[0]] == ["name", "macs"]
    changed = [*rows("seed", "--columns", "+fan_in,-biases")[0]]
    assert ("fan_in" in changed, "biases" in changed) == (True, False)


def column_names():
    listed = next(each for each in sentences() if each.startswith("`name kind"))
    assert listed.split("`")[1].split() == list(COLUMN_KEYS)


def terms():
    one, batch = (rows("seed", "--batch", each, "--columns", "name,macs")[0]["macs"] for each in ("1", "32"))
    assert batch == 32 * one
    single, half = (
        rows("seed", "--dtype", each, "--columns", "name,parameter_bytes")[0]["parameter_bytes"]
        for each in ("fp32", "fp16")
    )
    assert single == 2 * half


def depth():
    assert len(rows("googlenet", "--depth", "0")) == 1
    assert len(rows("googlenet", "--depth", "1")) < len(rows("googlenet"))


def schemas():
    assert json.loads(shown("schema", "count"))["properties"]["totals"]
    huge = called("count", "-i", "1x1x1", "-l", f"linear {2**54} -bias", "-f", "json")
    assert "beyond 2^53" in huge.err


def documents():
    assert shown("count", "seed", "lenet5", "-f", "json").count('"schema"') == 2
    assert all(json.loads(line)["network"] for line in shown("count", "seed", "lenet5", "-f", "jsonl").splitlines())
    assert shown("count", "seed", "lenet5", "-f", "csv").startswith("network,")


def streams():
    done = called("count", "-i", "3x8x8", "-l", "conv 8 3 bias bn, custom 10")
    assert done.err.startswith("warning: ")
    assert "warning" not in done.out


def statuses():
    assert called("count", "seed").status == 0
    assert called("fit", "seed", "--vary", "k1", "--max-params", "1").status == 1
    assert called("count", "no-such-net").status == 2


def colours():
    assert "\x1b[" in shown("count", "seed", "-f", "table", FORCE_COLOR="1")
    assert "\x1b[" not in shown("count", "seed", "-f", "table", FORCE_COLOR="", NO_COLOR="1")


def below():
    """Of what stands below a fault, values are checked, and shapes are not."""
    done = called("count", "-i", "3x8x8", "-l", "conv 8 99, conv 8 3 s=0, conv 8 98, convv 8 3")

    assert re.findall(r"error\[([a-z-]+)\]", done.err) == ["does-not-fit", "too-small", "unknown-kind"]


def mistakes():
    done = called("count", "-", stdin=WRONG.encode())
    assert (done.err.count("error["), "try: " in done.err) == (2, True)


def parameters():
    (_, norm) = rows("-i", "3x8x8", "-l", "conv 8 3, bn")
    assert (norm["weights"], norm["biases"], norm["params"]) == (8, 8, 16)


def statistics():
    assert rows("-i", "3x8x8", "-l", "conv 8 3, bn", "--columns", "name,params,statistics")[1] == {
        "name": "bn1",
        "params": 16,
        "statistics": 16,
    }


def macs():
    found = rows("-i", "3x8x8", "-l", "conv 8 3 bn relu, maxpool 2, linear 10")
    assert [row["macs"] for row in found] == [8 * 27 * 36, 0, 0, 0, 72 * 10]


def resnet50():
    assert f"{json.loads(shown('count', 'resnet50', '-f', 'json'))['totals']['macs']:,}" == "4,089,184,256"


def licence():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


CLAIMS = {
    "No deep-learning framework": no_framework,
    "Install it, and see": python_version,
    "Both make a virtual environment": own_environments,
    "64 feature maps, and": seed,
    "Names that have no value": symbols,
    "`-i` is the input's shape": inputs,
    "`-l` is a line of layers": lines,
    "A convolution has its filters": a_convolution,
    "What a line attaches": attached,
    "Branches are divided": branches,
    "The [reference of the language]": kinds,
    "`convcalc nets` lists": bundled,
    "Any uniform increase": widening,
    "`convcalc sweep` counts": sweeping,
    "`convcalc compare` pairs": comparing,
    "`convcalc check` compares": checking,
    "[Budgets in CI]": ci_pages,
    "`convcalc explain NET LAYER`": explaining,
    "NET is a file": a_pipe,
    "Several give one result each": several,
    "`-f` is `table`": formats,
    "On a terminal it is `table`": plain_in_a_pipe,
    "The formats for programs": rows_for_programs,
    "`-o net.json` writes": suffixes,
    "`--columns name,macs` chooses": columns,
    "`name kind description": column_names,
    "`--batch 32` counts": terms,
    "`--depth N` shows": depth,
    "`convcalc schema COMMAND` prints": schemas,
    "`-f json` writes one document": documents,
    "Results go to standard output": streams,
    "The exit status is 0": statuses,
    "`NO_COLOR` and": colours,
    "Mistakes that do not follow": mistakes,
    "Below a layer that does not fit": below,
    "*Parameters* are": parameters,
    "Running statistics are none": statistics,
    "A *MAC* is one": macs,
    "ResNet-50 has": resnet50,
    "MIT licence": licence,
}
"""How each sentence begins, or nearly, and what makes it true."""

ELSEWHERE = (
    "What a convolutional network costs",  # benchmarks/
    "Install what the tests need",  # .ci/run
    "Inside an environment that is yours",
    "The question that began it",
    "How many feature maps",
    "All of it in one place",  # below
    "The bundled networks in [src/convcalc/networks/]",
    "[What wider costs]",  # links, here and below
    "[Many variants]",
    "[Comparing networks]",
    "[How a number comes about]",
    "[Commands]",
    "`convcalc --install-completion` makes",  # tests/cli/test_completion.py
    "Adding biases, norms, activations",  # tests/networks/test_papers.py
    "[What is counted]",
    "All counts are exact integers",  # tests/differential, tests/networks, tests/layers
    "Contents:",
    "[In a few words]",
    "The last line says what MACs are",
    "It stands below every table of counts",  # tests/test_docs.py
    "[Beside other counters]",  # benchmarks/peers.py
    "[Design]",
)
"""What is no claim, or is checked somewhere else."""


@pytest.mark.parametrize("begin", CLAIMS)
def test_a_sentence_is_true(begin):
    """What a sentence says is so."""
    assert sum(begin in sentence for sentence in sentences()) == 1
    CLAIMS[begin]()


def test_no_sentence_is_forgotten():
    """Each is in one of the two lists, and each of these is in the README."""
    known = (*CLAIMS, *ELSEWHERE)

    assert [sentence for sentence in sentences() if sum(begin in sentence for begin in known) != 1] == []
    assert [begin for begin in ELSEWHERE if begin not in " ".join(sentences())] == []


WRITTEN = re.findall(r"^\| (.*?) \| .* \|$", README.partition("| you write |")[2].partition("\n\n")[0], re.MULTILINE)
"""What the table of the language shows, row by row."""


def test_what_one_writes_is_understood():
    """All lines of the table that begin with a kind are layers."""
    shown_lines = [code for row in WRITTEN for code in re.findall(r"`([^`]+)`", row) if code.split()[0] in KINDS]

    assert len(shown_lines) >= 20
    for line in shown_lines:
        if "@" in line or ":" in line or line.split()[0] in ("concat", "add", "mul"):
            continue  # parts of a file, which tests/language/ reads
        done = called("count", "-i", "32x32x32" if line.split()[0] != "lstm" else "32x32", "-l", line)
        assert (done.status, line) == (0, line), done.err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Each file that a page links to is there, and has the heading."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, target


def test_commands_in_prose_are_commands():
    """Each `convcalc …` within a sentence names a command that there is."""
    named = {shlex.split(code)[1] for code in re.findall(r"`(convcalc [a-z][^`…]*)`", " ".join(sentences()))}

    assert {called(name, "--help").status for name in named} == {0}
