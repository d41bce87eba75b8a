"""`convcalc check`: what is within a budget, to the last one, and how it is told."""

import json
import shlex
from fractions import Fraction
from importlib.metadata import version
from itertools import product

import pytest
from command_line import called, counted, on_terminal, plain, values
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from convcalc.questions.budget import weighed_amount

NET = """\
name: Mine
input: 3x16x16
layers:
  - conv 8 3 same bn relu
  - stage: [conv 16 3/2 same relu, conv 16 3 same]
  - gap
  - linear 10
"""

STAGE = {"params": 16 * 8 * 9 + 16 + 16 * 16 * 9 + 16, "macs": (16 * 8 * 9 + 16 * 16 * 9) * 8 * 8}
PARAMS = 8 * 3 * 9 + 8 + 8 + STAGE["params"] + 16 * 10 + 10
MACS = 8 * 3 * 9 * 16 * 16 + STAGE["macs"] + 160
FOUND = {
    "--max-params": PARAMS,
    "--max-macs": MACS,
    "--max-activations": 8 * 16 * 16 * 3 + 16 * 8 * 8 * 3 + 16 + 10,
    "--max-parameter-bytes": 4 * PARAMS,
    "--max-activation-bytes": 4 * (8 * 16 * 16 * 3 + 16 * 8 * 8 * 3 + 16 + 10),
    "--max-activation": 4 * (8 * 16 * 16 + 16 * 8 * 8),
    "--min-receptive-field": 3 + 2 + 2 * 2 + 2 * 7,
}
"""What there is of each measure: the first stage convolution reads 8 maps and makes 16, and the end sees all."""


@pytest.fixture
def net(tmp_path, monkeypatch):
    """A network in a file of the current folder, with more at its end."""
    monkeypatch.chdir(tmp_path)

    def write(more=""):
        (tmp_path / "net.yaml").write_text(NET + more, encoding="utf-8")
        return "net.yaml"

    return write


def limits(*arguments, **given):
    """What is told of each limit, and the exit status."""
    done = called("check", *arguments, "-f", "json", **given)
    assert done.err == ""
    return json.loads(done.out), done.status


def test_what_there_is(net):
    """The figures above are those of count."""
    totals = counted(net())["totals"]

    assert (totals["params"], totals["macs"]) == (PARAMS, MACS)


@pytest.mark.parametrize(("option", "off"), [*product(FOUND, (-1, 0, 1))])
def test_the_boundary(net, option, off):
    """Exit status 0 where a limit is just reached, and 1 one beyond it, on either side."""
    found = FOUND[option]
    held, status = limits(net(), option, found + off)
    within = off >= 0 if option.startswith("--max") else off <= 0

    assert status == (0 if within else 1)
    assert held["within"] == within
    (limit,) = held["limits"]
    assert (limit["found"], limit["limit"], limit["within"]) == (found, found + off, within)
    assert limit["margin"] == (off if option.startswith("--max") else -off)
    assert (limit["heaviest"] is None) == within


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_boundary_of_a_share(net, off):
    """The largest share of MACs is compared as an exact fraction."""
    largest = Fraction(16 * 16 * 9 * 8 * 8, MACS)
    digits = f"{float(largest) * 100:.12f}"
    share = Fraction(digits) + off * Fraction(1, 10**10)
    text = f"{float(share):.12f}"
    _, status = limits(net(), "--max-layer-share", f"{text}%")

    assert status == (0 if largest <= Fraction(text) / 100 else 1)
    assert status == (off < 0) or off == 0


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"budget: {{params: {PARAMS}, macs: {MACS}}}", 0),
        (f"budget: {{params: {PARAMS - 1}}}", 1),
        (f"budget: {{params: '>= {PARAMS}'}}", 0),
        (f"budget: {{params: '>={PARAMS + 1}'}}", 1),
        (f"budget: {{params: ['>={PARAMS}', '<={PARAMS}']}}", 0),
        ("budget: {receptive_field: '>=23', layer_share: 60%, params: 5K}", 0),
        ("budget: {receptive_field: '>=26'}", 1),
        (f"budget: {{blocks: {{stage: {{macs: {STAGE['macs']}, params: {STAGE['params']}}}}}}}", 0),
        (f"budget: {{blocks: {{stage: {{macs: {STAGE['macs'] - 1}}}}}}}", 1),
        (f"budget: {{blocks: {{conv1: {{params: {8 * 27 + 16}}}}}}}", 0),
        (f"budget: {{blocks: {{conv1: {{params: {8 * 27 + 15}}}}}}}", 1),
        (f"budget: {{blocks: {{stage.conv2: {{weights: {16 * 16 * 9}}}}}}}", 0),
        ("budget: {activation: 16KiB}", 0),
        ("budget: {activation: 12287}", 1),
    ],
)
def test_budgets_of_descriptions(net, text, status):
    """A budget in the description, of the network and of its parts: a layer has the norm of its line."""
    assert limits(net(text + "\n"))[1] == status


def test_options_go_before_descriptions_and_these_before_configurations(net, tmp_path):
    """Each measure has the limit of the nearest source; the others stay."""
    (tmp_path / "pyproject.toml").write_text("[tool.convcalc.budget]\nmacs = 1\nparams = 2\nweights = '3'\n")
    held, _ = limits(net("budget: {params: 4, biases: 9K}\n"), "--max-params", "5")

    told = [(limit["measure"], limit["limit"], limit["origin"]) for limit in held["limits"]]
    assert told == [
        ("params", 5, "--max-params"),
        ("biases", 9000, "budget"),
        ("macs", 1, "pyproject.toml"),
        ("weights", 3, "pyproject.toml"),
    ]


def test_the_nearest_configuration(net, tmp_path, monkeypatch):
    """It is looked for upwards from the network's folder; a pyproject without a budget is passed over."""
    net()
    (tmp_path / "convcalc.toml").write_text("[budget]\nmacs = 7\n[budget.blocks.stage]\nparams = 8\n")
    below = tmp_path / "models" / "small"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (below / "deep.yaml").write_text(NET)
    held, _ = limits("models/small/deep.yaml")

    assert [(each["limit"], each["part"], each["origin"]) for each in held["limits"]] == [
        (7, None, "convcalc.toml"),
        (8, "stage", "convcalc.toml"),
    ]
    monkeypatch.chdir(below)
    (tmp_path / "convcalc.toml").write_text("[budget]\nmacs = 7\n")
    assert limits("alexnet")[0]["limits"][0]["origin"] == "../../convcalc.toml"
    assert limits("alexnet", "--config", "-", stdin=b"[budget]\nmacs = 9\n")[0]["limits"][0]["limit"] == 9


def test_earlier_counts(net, tmp_path):
    """A baseline is what count wrote: nothing may be more than that, but by the increase that is allowed."""
    old = counted(net())["totals"]
    (tmp_path / "old.json").write_text(called("count", "net.yaml", "seed", "-f", "json").out)
    assert called("check", "net.yaml", "seed", "--baseline", "old.json").status == 0

    (tmp_path / "net.yaml").write_text(NET.replace("conv 8 3", "conv 9 3"))
    new = json.loads(called("count", "net.yaml", "-f", "json").out)["totals"]
    assert called("check", "net.yaml", "--baseline", "old.json").status == 1
    worst = max(Fraction(new[key], old[key]) - 1 for key in ("weights", "biases", "params", "macs"))
    for more, status in (1, 0), (-1, 1):
        percent = f"{float(worst * 100) + more / 10**6:.6f}%"
        assert called("check", "net.yaml", "--baseline", "old.json", "--max-increase", percent).status == status
    held, _ = limits("net.yaml", "--baseline", "old.json", "--max-increase", "1%")
    assert {each["measure"] for each in held["limits"]} == {"params", "weights", "biases", "macs"}
    macs = next(each["limit"] for each in held["limits"] if each["measure"] == "macs")
    assert Fraction(macs) == old["macs"] * 101 // 100
    assert held["limits"][0]["origin"] == "old.json + 1%"


def test_a_table(net):
    """Each breach is told in a sentence, with its excess and the layers that weigh most."""
    done = called("check", net(), "--max-params", "3K", "--max-macs", "1M")

    assert done.status == 1
    assert done.out.startswith("Mine: over budget\n")
    assert (
        f"params is {PARAMS:,}, at most 3,000 is allowed (--max-params): {PARAMS - 3000:,} too much. "
        f"Heaviest: stage.conv2 2,320; stage.conv1 1,168; conv1 216.\n"
    ) in done.out
    assert "Input 3x16x16: 1 of 2 limits not kept.\n" in done.out
    good = called("check", net(), "--max-params", "5K")
    assert (good.status, good.err) == (0, "")
    assert "Input 3x16x16: limits kept: 1.\n" in good.out


def test_annotations(net):
    """GitHub reads an error at the heaviest layer of a file, and a notice where all is well."""
    done = called("check", net(), "--max-params", "3K", "--max-macs", "10M", "-f", "github")

    line, notice = done.out.splitlines()
    macs = counted(net())["totals"]["macs"]
    assert notice == f"::notice title=net.yaml%3A Mine%3A macs::{macs:,}, of at most 10,000,000 (--max-macs)"
    assert line.startswith("::error file=net.yaml,line=5,col=36,title=net.yaml%3A Mine%3A params::params is ")
    assert called("check", net(), "--max-macs", "10M", "-f", "github") == (f"{notice}\n", "", 0)
    bundled = called("check", "alexnet", "--max-macs", "10M", "-f", "github").out
    assert bundled.startswith("::error title=alexnet%3A AlexNet%3A macs::macs is 724,406,816, ")


@pytest.mark.usefixtures("net")
def test_names_that_would_break_annotations(tmp_path):
    """What ends a property or a command is escaped."""
    (tmp_path / "net.yaml").write_text(NET.replace("Mine", '"50%, a:b"'))
    done = called("check", "net.yaml", "--max-params", "1", "-f", "github")

    assert "title=net.yaml%3A 50%25%2C a%3Ab%3A params::" in done.out


def test_junit(net):
    """A test suite for each network, with a case for each limit, as JUnit's readers take it."""
    (suites,) = [JUnitXml.fromstring(called("check", net(), "seed", *shlex.split(LIMITS), "-f", "junit").out.encode())]
    told = [(suite.name, suite.tests, suite.failures, [bool(case.result) for case in suite]) for suite in suites]

    assert told == [("net.yaml: Mine", 2, 1, [True, False]), ("seed: Two convolutions", 2, 2, [True, True])]
    (failure,) = next(iter(next(iter(suites)))).result
    assert failure.message.startswith(f"params is {PARAMS:,}, at most 3,000 is allowed")


LIMITS = "--max-params 3K --max-macs 10M"


def test_sarif(net):
    """A log of SARIF 2.1.0 with a result at the layer for each breach, and none for what is kept."""
    log = Sarif.model_validate_json(called("check", net(), *shlex.split(LIMITS), "-f", "sarif").out)
    (run,) = log.runs
    (result,) = run.results

    assert log.version == "2.1.0"
    assert [rule.id for rule in run.tool.driver.rules] == ["params", "macs"]
    assert (result.rule_id, result.level.value) == ("params", "error")
    place = result.locations[0].physical_location
    assert (place.artifact_location.uri, place.region.start_line, place.region.start_column) == ("net.yaml", 5, 36)
    assert run.tool.driver.version == version("convcalc")
    bundled = Sarif.model_validate_json(called("check", "alexnet", "--max-macs", "1", "-f", "sarif").out)
    (location,) = bundled.runs[0].results[0].locations
    assert location.physical_location is None
    assert location.logical_locations[0].fully_qualified_name == "alexnet: AlexNet/conv2"
    kept = Sarif.model_validate_json(called("check", net(), "--max-macs", "10M", "-f", "sarif").out)
    assert kept.runs[0].results == []


def test_a_comment(net):
    """Markdown is a table, and the sentences of what is exceeded."""
    text = called("check", net(), "--max-params", "3K", "-f", "markdown").out

    assert text.startswith("### Mine: over budget\n\n| Measure | Of | Must be | Limit |")
    assert f"\nparams is {PARAMS:,}, at most 3,000 is allowed" in text


def test_several_networks(net):
    """Each has its limits; one that is exceeded is enough for exit status 1, and one that is broken for 2."""
    assert called("check", net(), "seed", "--max-macs", "100M").status == 0
    assert called("check", net(), "seed", "--max-macs", "10M").status == 1
    broken = called("check", net(), "alexnt", "--max-macs", "1")
    assert (broken.out, broken.status) == ("", 2)
    assert (
        json.loads(called("check", "seed", "--max-macs", "1", "--batch", "2", "-f", "json").out)["limits"][0]["found"]
        == 2 * counted("seed")["totals"]["macs"]
    )


def test_terminals(net):
    """On a narrow terminal, nothing is wider than it."""
    done = on_terminal("check", net(), "--max-params", "3K", columns=80)

    assert done.status == 1
    assert "over budget" in done.out


SAID = {
    "no limit": (["alexnet"], "error[missing-argument]: what is the budget of AlexNet?"),
    "no network": (["--max-params", "5M"], "error[missing-argument]: which network? Standard input is empty"),
    "no amount": (
        ["seed", "--max-params", "many"],
        "error[wrong-argument]: --max-params must be an amount such as 5M, 300e6 or 256KiB, but got many",
    ),
    "a sign in an option": (
        ["seed", "--max-params", ">=5"], "error[wrong-argument]: --max-params must be a number, but got >=5",
    ),
    "no share": (
        ["seed", "--max-layer-share", "140%"],
        "error[wrong-argument]: --max-layer-share must be a share such as 40%, but got 140%",
    ),
    "no position": (
        ["seed", "--min-receptive-field", "wide"],
        "error[wrong-argument]: --min-receptive-field must be a number such as 224, but got wide",
    ),
    "an increase of nothing": (
        ["seed", "--max-increase", "2%"], "error[conflicting-options]: --max-increase is of --baseline FILE",
    ),
    "a baseline that is not there": (
        ["seed", "--baseline", "old.json"], "error[no-such-file]: there is no file old.json",
    ),
    "a format like none": (
        ["seed", "--max-macs", "1", "-f", "gitub"],
        "error[unknown-choice]: unknown format: gitub; did you mean github?",
    ),
    "a configuration without a budget": (
        ["seed", "--config", "x.toml"],
        "error[missing-argument]: x.toml has no table [budget] and no table [tool.convcalc.budget]",
    ),
    "symbols": (
        ["-i", "1,n,n", "-l", "conv 3 3 same", "--max-macs", "1"],
        "error[needs-numbers]: check takes numbers, and here are symbols: n",
    ),
}  # fmt: skip  # a case in few lines


@pytest.mark.parametrize(("arguments", "message"), SAID.values(), ids=SAID)
def test_what_cannot_be_checked(arguments, message, tmp_path, monkeypatch):
    """The message, and exit status 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.toml").write_text("[other]\n")
    done = called("check", *arguments)

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[0] == message


NO_AMOUNT = "error[wrong-argument]: params must be an amount such as 5M, 300e6 or 256KiB, but got"

BAD_BUDGETS = {
    "budget: 5M": "error[wrong-form]: budget must be a mapping of measures",
    "budget: {parms: 5M}": "error[unknown-key]: unknown measure: parms; did you mean params?",
    "budget: {params: lots}": f"{NO_AMOUNT} lots",
    "budget: {params: }": f"{NO_AMOUNT} nothing",
    "budget: {params: {a: 1}}": (f"{NO_AMOUNT} no text"),
    "budget: {receptive_field: 224}": (
        "error[wrong-argument]: receptive_field must be at least or at most some positions, such as '>=224', "
        "but got 224"
    ),
    "budget: {layer_share: '>=3%'}": "error[wrong-argument]: layer_share must be a share such as 40%, but got >=3%",
    "budget: {blocks: {stag: {macs: 1}}}": "error[unknown-layer]: unknown layer or block: stag; did you mean stage?",
    "budget: {blocks: 3}": ("error[wrong-form]: blocks must be a mapping of layers and blocks, each with its measures"),
    "budget: {blocks: {stage: 3}}": "error[wrong-form]: the budget of stage must be a mapping",
}


@pytest.mark.parametrize(("text", "message"), BAD_BUDGETS.items(), ids=BAD_BUDGETS)
def test_budgets_that_are_none(net, text, message):
    """What is wrong with a budget is told with its place, and exit status 2."""
    done = called("check", net(text + "\n"))

    assert (done.out, done.status) == ("", 2)
    first, place = done.err.splitlines()[:2]
    assert first == message
    assert place.lstrip().startswith("--> net.yaml:8:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "old.json is no count in JSON"),
        ("{", "old.json is no count in JSON"),
        ("[1]", "old.json is no count in JSON"),
        ('{"network": "Mine"}', "old.json is no count in JSON"),
        ('{"network": "Mine", "totals": {"macs": 1}, "batch": 2, "dtype": "fp32"}',
         "old.json must be counted for a batch of 1 in fp32, but is for 2 in fp32"),
        ('{"network": "Other", "totals": {"macs": 1}, "batch": 1, "dtype": "fp32"}',
         "the baseline has no Mine, but Other"),
        ('{"network": "Mine", "totals": {"macs": 1, "status": "partial"}}',
         "old.json must have complete totals, but those of Mine are partial"),
    ],
)  # fmt: skip  # a case in few lines
def test_baselines_that_are_none(net, tmp_path, text, message):
    """A baseline that does not fit is told, with exit status 2."""
    (tmp_path / "old.json").write_text(text)
    done = called("check", net(), "--baseline", "old.json")

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[0] == f"error[bad-baseline]: {message}"


def test_a_budget_is_about_nothing_else(net):
    """Other commands read a description with a budget as one without, but tell what is wrong in it."""
    text = "budget: {params: 1}\n"

    assert counted(net(text))["totals"] == counted(net())["totals"]
    assert called("count", net("budget: {parms: 1}\n")).status == 2


def test_a_baseline_of_something_else(net, tmp_path):
    """One in symbols, one of another input, and one that tells twice of a network are refused: they limit nothing."""
    for arguments, message in (
        (
            ["count", "seed", "--symbolic", "k1"],
            "old.json must be counted in numbers, but Two convolutions is in symbols",
        ),
        (["count", "seed", "-i", "1x99x99"], "the baseline of Two convolutions is for another input than 1x28x28"),
        (["count", "seed", "seed@k1=3"], "old.json tells twice of Two convolutions"),
        (["compare", "seed", "seed@k1=3"], "old.json is no count in JSON"),
        (["check", "seed", "--max-macs", "1"], "old.json is no count in JSON"),
    ):
        (tmp_path / "old.json").write_text(called(*arguments, "-f", "json").out)
        done = called("check", "seed", "--baseline", "old.json", "--max-params", "1G")
        first, *others = done.err.splitlines(keepends=True)
        assert (done.out, first, done.status) == ("", f"error[bad-baseline]: {message}\n", 2)
        assert others[-1:] == [WAY] * ("no count" in message)
    assert net()


WAY = "  | try: convcalc count NET -f json > old.json\n"


@pytest.mark.parametrize(
    "option", ["--max-params", "--max-layer-share", "--min-receptive-field", "--baseline", "--config"]
)
def test_a_limit_of_nothing(option):
    """An option whose value is empty, as of a variable that is not set, is no limit, and is told."""
    done = called("check", "seed", option, "", "--max-macs", "1G")

    assert (done.out, done.status) == ("", 2)


def test_a_configuration_without_limits(net, tmp_path):
    """A convcalc.toml that has no budget is a mistake; --config takes the tables of both files."""
    (tmp_path / "convcalc.toml").write_text("[bugdet]\nmacs = 1\n")
    assert called("check", net(), "--max-macs", "1G").err == (
        "error[missing-argument]: convcalc.toml has no table [budget]\n"
        "  | try: [budget], and below it lines such as params = '5M'\n"
    )
    (tmp_path / "own.toml").write_text("[tool.convcalc.budget]\nmacs = 7\n")
    assert limits("net.yaml", "--config", "own.toml")[0]["limits"][0]["limit"] == 7


def test_mistakes_in_reports(net, tmp_path):
    """A network that cannot be read stands in the report beside the others, and in exit status 2."""
    (tmp_path / "bad.yaml").write_text("input: 3x9x9\nlayers: [conv 8]\n")
    done = called("check", "bad.yaml", net(), "--max-params", "3K", "-f", "github")
    lines = done.out.splitlines()

    assert done.status == 2
    assert lines[0] == "::error file=bad.yaml,line=2,col=10,title=bad.yaml%3A missing-option::conv needs kernel_size"
    assert lines[1].startswith("::error file=net.yaml,line=5,col=36,title=net.yaml%3A Mine%3A params::params is ")
    assert done.err.startswith("error[missing-option]: conv needs kernel_size\n --> bad.yaml:2:10")

    called("check", "bad.yaml", "net.yaml", "--max-params", "3K", "-o", "out.xml")
    suites = JUnitXml.fromstring((tmp_path / "out.xml").read_bytes())
    assert [(suite.name, suite.tests, suite.failures, suite.errors) for suite in suites] == [
        ("bad.yaml", 1, 0, 1),
        ("net.yaml: Mine", 1, 1, 0),
    ]
    called("check", "bad.yaml", "net.yaml", "--max-params", "3K", "-o", "out.sarif")
    (run,) = Sarif.model_validate_json((tmp_path / "out.sarif").read_text()).runs
    assert [result.rule_id for result in run.results] == ["missing-option", "params"]


def test_a_least_is_required():
    """What must be at least so much is required, and its layers are not to blame."""
    out = called("check", "seed", "--min-receptive-field", "99").out

    assert (
        "receptive_field is 7, at least 99 is required (--min-receptive-field): 92 too little. Seen by: conv2 7." in out
    )


PARTIAL = """\
input: 3x8x8
budget: {weights: 200, blocks: {conv1: {params: 1K}}}
layers: [conv 8 3, custom 100x4 macs=0 operations=0]
"""


def test_partial_sums(net, tmp_path):
    """C6: machines get null for what is not known in full, and a status; people, and tools of theirs, get a bound."""
    net()
    (tmp_path / "part.yaml").write_text(PARTIAL)
    held, status = limits("part.yaml")
    weights, params = held["limits"]
    too_much = 8 * 27 - 200

    assert (held["status"], held["within"], status) == ("partial", False, 1)
    assert [weights[key] for key in ("found", "margin", "status", "within")] == [None, None, "partial", False]
    assert [params[key] for key in ("found", "margin", "status", "within")] == [224, 776, "complete", True]
    rows = list(map(json.loads, called("check", "part.yaml", "-f", "jsonl").out.splitlines()))
    assert [{key: row[key] for key in weights} for row in rows] == [weights, params]
    (first, second) = values(called("check", "part.yaml", "-f", "csv").out)
    assert [first[key] for key in ("found", "margin", "status")] == ["", "", "partial"]
    assert [second[key] for key in ("found", "margin", "status")] == ["224", "776", "complete"]
    table = plain(called("check", "part.yaml").out)
    assert "Status" not in table.headings
    assert [table.rows[0][key] for key in ("Found", "Margin")] == ["≥ 216", f"≤ -{too_much}"]
    sentence = f"weights is at least 216, at most 200 is allowed (budget): at least {too_much} too much."
    assert table.foot[0].startswith(sentence)
    for form in ("github", "junit", "sarif"):
        assert sentence in called("check", "part.yaml", "-f", form).out
    whole, _ = limits(net(), "--max-params", "1")
    assert (whole["status"], whole["limits"][0]["status"]) == ("complete", "complete")


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ("null", "null"),
        ('"1"', '"1"'),
        ("NaN", "NaN"),
        ("1472.5", "1472.5"),
        ("1e400", "Infinity"),
        ("true", "true"),
        ("-1", "-1"),
        ("[1]", "a list"),
    ],
)
def test_totals_that_are_no_numbers(net, tmp_path, value, got):
    """C7: a total that is no whole number is refused with its place: it would limit nothing."""
    text = (
        f'{{"network": "Mine", "input": {{"input": [3, 16, 16]}},\n "totals": {{"params": 1000000, "macs": {value}}}}}'
    )
    (tmp_path / "old.json").write_text(text)
    done = called("check", net(), "--baseline", "old.json", "--max-params", "1G")

    assert (done.out, done.status) == ("", 2)
    first, place, *_ = done.err.splitlines()
    assert first == f"error[bad-baseline]: macs of Mine must be a whole number such as 61706, but got {got}"
    assert place == " --> old.json:2:32"
    assert done.err.endswith(WAY)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('"activation": 5', "activation of Mine is no total of a count"),
        ('"macs": 1', "old.json has the key macs twice"),
        ('"status": null', "old.json must have complete totals, but those of Mine are partial"),
    ],
)
def test_totals_that_would_be_dropped(net, tmp_path, more, message):
    """C7: what a baseline says of a measure is either a limit or a mistake."""
    (tmp_path / "old.json").write_text(f'{{"network": "Mine", "totals": {{"macs": 9, {more}}}}}')
    done = called("check", net(), "--baseline", "old.json", "--max-params", "1G")

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[0] == f"error[bad-baseline]: {message}"


def test_totals_that_are_no_measures(net, tmp_path):
    """C7: of what is no measure, a baseline may say anything."""
    held = {"network": "Mine", "input": {"input": [3, 16, 16]}, "totals": {"macs": MACS, "seconds": None, "parms": "x"}}
    (tmp_path / "old.json").write_text(json.dumps(held))

    told, status = limits(net(), "--baseline", "old.json")
    assert ([each["measure"] for each in told["limits"]], status) == (["macs"], 0)


FOREIGN = {
    "brackets": "a = " + "[" * 100_000,
    "digits": "params = " + "9" * 10_000,
    "levels": "params={" + "a={" * 2000,
    "a dotted key": ".".join("a" * 40_000) + " = 1",
    "no TOML": "<<<<<<< HEAD\n[project]\ndependencies = ['convcalc']\n",
    "no UTF-8": b"name = '\xff' # convcalc",
    "binary": b"\0 convcalc",
}
"""What a file in a parent folder may hold that is none of ours."""


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_foreign_projects(net, tmp_path, monkeypatch, content):
    """C11: a pyproject.toml that says nothing of tool.convcalc stops no check, however broken it is."""
    (tmp_path / "pyproject.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(NET)
    monkeypatch.chdir(tmp_path / "models")

    assert called("check", "net.yaml", "--max-params", "5M").status == 0
    assert called("check", "alexnet", "--max-params", "5M").status == 1
    assert net()


@pytest.mark.parametrize("name", ["convcalc.toml", "pyproject.toml"])
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (FOREIGN["brackets"], "error[beyond-limits]: a configuration must be nested at most 40 levels deep"),
        (FOREIGN["levels"], "error[beyond-limits]: a configuration must be nested at most 40 levels deep"),
        (FOREIGN["a dotted key"], "error[beyond-limits]: a configuration must be nested at most 40 levels deep"),
        (
            FOREIGN["digits"],
            "error[beyond-limits]: a key or a number must have at most 1,000 characters, but got 10,000",
        ),
        ("<<<<<<< HEAD\n", "error[not-toml]: {} is not TOML: Invalid statement"),
    ],
)
def test_configurations_of_ours_that_are_broken(net, tmp_path, name, content, error):
    """C11: a convcalc.toml, or a pyproject.toml with our table, that cannot be read is a mistake with its place."""
    (tmp_path / name).write_text(f"# [tool.convcalc]\n{content}")
    done = called("check", net(), "--max-params", "5M")

    assert (done.out, done.status) == ("", 2)
    first, place = done.err.splitlines()[:2]
    assert first == error.format(name)
    assert place.startswith(f" --> {name}:2:")


@pytest.mark.parametrize("root", [".git", ".hg"])
def test_the_root_of_a_project(net, tmp_path, root):
    """C11: no configuration above the root of the project counts, nor is it read; one in the root does."""
    net()
    (tmp_path / "convcalc.toml").write_text("[[[")
    project = tmp_path / "project"
    (project / "nets").mkdir(parents=True)
    (project / root).mkdir()
    (project / "nets" / "net.yaml").write_text(NET)

    assert called("check", "project/nets/net.yaml", "--max-params", "5M").status == 0
    (project / "pyproject.toml").write_text("[tool.convcalc.budget]\nmacs = 7\n")
    told, _ = limits("project/nets/net.yaml")
    assert [(each["limit"], each["origin"]) for each in told["limits"]] == [(7, "project/pyproject.toml")]


def test_a_project_with_our_table(net, tmp_path):
    """C11: a pyproject.toml with [tool.convcalc] is the last that is looked at, be there a budget in it or not."""
    net()
    (tmp_path / "convcalc.toml").write_text("[[[")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "net.yaml").write_text(NET)
    (tmp_path / "inner" / "pyproject.toml").write_text("[tool.convcalc]\nx = 1\n")

    assert called("check", "inner/net.yaml", "--max-params", "5M").status == 0


def test_networks_without_a_limit(net, tmp_path):
    """E11: beside networks that have limits, one that has none is warned of; if none has any, that is a mistake."""
    net("budget: {params: 5K}\n")
    (tmp_path / "free.yaml").write_text(NET.replace("Mine", "Free"))
    warning = "warning: free.yaml has no limit, so nothing is checked\n"

    for form in ("plain", "json", "csv", "github", "junit", "sarif"):
        done = called("check", "free.yaml", "net.yaml", "-f", form)
        assert (done.err, done.status) == (warning, 0)
        assert "Free" not in done.out
    (tmp_path / "net.yaml").write_text(NET + "budget: {params: 1}\n")
    assert called("check", "net.yaml", "free.yaml").status == 1
    both = called("check", "free.yaml", "seed")
    assert (both.out, both.status) == ("", 2)
    assert [line for line in both.err.splitlines() if line.startswith("error")] == [
        "error[missing-argument]: what is the budget of Free?",
        "error[missing-argument]: what is the budget of Two convolutions?",
    ]
    single = called("check", "free.yaml", "-f", "github")
    assert single.out == "::error title=free.yaml%3A missing-argument::what is the budget of Free?\n"
    assert single.status == 2


def test_networks_as_baselines(net, tmp_path):
    """E11: a description or a bundled network is counted then and there, with the same input and settings."""
    net()
    (tmp_path / "wide.yaml").write_text(NET.replace("Mine", "Wide").replace("conv 8 3", "conv 9 3"))

    assert called("check", "net.yaml", "--baseline", "wide.yaml").status == 0
    told, status = limits("wide.yaml", "--baseline", "net.yaml", "--max-increase", "1%")
    assert status == 1
    assert [(each["measure"], each["limit"], each["origin"]) for each in told["limits"]][2:] == [
        ("params", PARAMS * 101 // 100, "net.yaml + 1%"),
        ("macs", MACS * 101 // 100, "net.yaml + 1%"),
    ]
    (tmp_path / "net.yaml").write_text(NET.replace("conv 8 3", "conv k 3") + "vars: {k: 8}\n")
    assert called("check", "net.yaml@k=9", "--baseline", "net.yaml").status == 1
    assert called("check", "net.yaml", "--baseline", "net.yaml@k=9").status == 0
    own, _ = limits("net.yaml", "--baseline", "net.yaml", "--set", "k=9", "-i", "3x32x32", "--batch", "2")
    assert {each["margin"] for each in own["limits"]} == {0}
    assert limits("seed", "--baseline", "seed")[1] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["seed", "--baseline", "alexnet"], "the baseline of Two convolutions is for another input than 1x28x28"),
        (
            ["net.yaml", "--baseline", "part.yaml"],
            "part.yaml must have complete totals, but those of part are partial",
        ),
    ],
)
def test_networks_that_are_no_baselines(net, tmp_path, arguments, message):
    """E11: a network with another input, or with costs that are not known, limits nothing."""
    net()
    (tmp_path / "part.yaml").write_text(PARTIAL)

    assert called("check", *arguments) == ("", f"error[bad-baseline]: {message}\n", 2)


def test_many_limits_of_one_part(net, monkeypatch):
    """B5: what a part costs is added up once, however many limits it has."""
    summed = []
    monkeypatch.setattr(
        "convcalc.questions.budget.weighed_amount", lambda *given: summed.append(given[1]) or weighed_amount(*given)
    )
    many = ", ".join(["1G"] * 50)
    held, status = limits(net(f"budget: {{params: [{many}], blocks: {{stage: {{macs: [{many}]}}}}}}\n"))

    assert (status, summed) == (0, ["params", "macs"])
    assert [each["found"] for each in held["limits"]] == [PARAMS] * 50 + [STAGE["macs"]] * 50
