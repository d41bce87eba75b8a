"""`convcalc check`: what is within a budget, to the last one, and how it is told."""

import json
import shlex
from fractions import Fraction
from importlib.metadata import version
from itertools import product

import pytest
from command_line import called, counted, on_terminal
from junitparser import JUnitXml
from sarif_pydantic import Sarif

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
        assert done == ("", f"error[bad-baseline]: {message}\n" + WAY * ("no count" in message), 2)
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
