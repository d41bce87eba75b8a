"""What a word for a network stands for: a file of any name, a revision of it, and what is set in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from command_line import ROOT, called, counted, environment, started

from convcalc.sources.references import parted

NET = "input: 3x9x9\nvars: {k: 20}\nlayers: [conv k 3]\n"
WEIGHTS = 3 * 3 * 3
CI = ROOT / "docs" / "ci.md"


def git(folder, *words):
    """Run git in a folder."""
    own = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *own, *words], check=True, capture_output=True)


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A network in a file, whose revisions have 8, 12 and, not committed, 20 filters."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    for width in (8, 12):
        (tmp_path / "net.yaml").write_text(NET.replace("20", str(width)))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", str(width))
    git(tmp_path, "branch", "-q", "team/a@b", "HEAD~1")
    git(tmp_path, "branch", "-q", "-u", "team/a@b")
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


def weights(net):
    """The weights of a network."""
    return counted.__wrapped__(net)["totals"]["weights"]


@pytest.mark.parametrize(
    ("net", "filters"),
    [
        ("net.yaml", 20),
        ("net.yaml@HEAD", 12),
        ("net.yaml@@", 12),
        ("net.yaml@", 12),
        ("net.yaml@HEAD@{0}", 12),
        ("net.yaml@HEAD@{1}", 8),
        ("net.yaml@@{1}", 8),
        ("net.yaml@{1}", 8),
        ("net.yaml@@{u}", 8),
        ("net.yaml@{u}", 8),
        ("net.yaml@team/a@b", 8),
        ("net.yaml@HEAD@{1}@k=5", 5),
        ("net.yaml@k=5@HEAD@{1}", 5),
        ("net.yaml@k=5@HEAD@k=6", 6),
    ],
)
@pytest.mark.usefixtures("history")
def test_revisions(net, filters):
    """C12: a revision is what stands behind the file, at signs and all; settings are told from it by their form."""
    assert weights(net) == filters * WEIGHTS


def test_names_of_files(history):
    """C12: a path that exists as it stands is that file, and settings stand behind it."""
    for name in ("d@x=1/net.yaml", "a@b.yaml", "net.yaml@k=7", "k=1@k=2.yaml", "@k=3.yaml"):
        path = history / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(NET)
        assert weights(name) == 20 * WEIGHTS
        assert weights(f"{name}@k=4") == 4 * WEIGHTS
    git(history, "add", ".")
    git(history, "commit", "-q", "-m", "names")
    assert weights("d@x=1/net.yaml@HEAD") == 20 * WEIGHTS
    (history / "d@x=1" / "net.yaml").unlink()
    assert weights("d@x=1/net.yaml@HEAD@k=4") == 4 * WEIGHTS


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("d@x=1/net.yaml", "error[no-such-file]: there is no file and no bundled network d@x=1/net.yaml"),
        (
            "alexnt@k=3",
            "error[no-such-file]: there is no file and no bundled network alexnt@k=3; did you mean alexnet?",
        ),
        ("seed@k1=", "error[missing-value]: a value is missing here"),
        ("net.yaml@2=3", "error[no-such-file]: there is no net.yaml@2=3: git: invalid object name '2=3'."),
        ("net.yaml@a\0b", "error[cannot-read]: cannot read net.yaml@a\\x00b: git: embedded null byte"),
    ],
)
@pytest.mark.usefixtures("history")
def test_what_is_no_network(net, message):
    """C12: the message is about the word as it stands."""
    done = called("count", net)

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[0].startswith(message)


@pytest.mark.parametrize(
    ("net", "path", "revision", "settings"),
    [
        ("seed@k1=2@k2=3", "seed", None, ("k1=2", "k2=3")),
        ("-@k=2", "-", None, ("k=2",)),
        ("gone.yaml@v1@{2}@k=3", "gone.yaml", "v1@{2}", ("k=3",)),
        ("gone@3/net.yml@origin/main", "gone@3/net.yml", "origin/main", ()),
        ("gone@HEAD", "gone", "HEAD", ()),
        ("@HEAD", "@HEAD", None, ()),
        ("@", "@", None, ()),
    ],
)
def test_words_in_parts(net, path, revision, settings):
    """C12: what there is no file of is divided by its form."""
    assert parted(net) == (path, revision, settings)


def test_revisions_as_baselines(history):
    """E11: what a file was in a revision limits what it is: the same for a count that is in a repository."""
    assert called("check", "net.yaml", "--baseline", "net.yaml@HEAD").status == 1
    assert called("check", "net.yaml@k=12", "--baseline", "net.yaml@HEAD").status == 0
    assert called("check", "net.yaml", "--baseline", "net.yaml@HEAD@k=20").status == 0
    (history / "old.json").write_text(called("count", "net.yaml@HEAD", "-f", "json").out)
    git(history, "add", ".")
    git(history, "commit", "-q", "-m", "count")
    (history / "old.json").unlink()
    done = called("check", "net.yaml", "--baseline", "old.json@HEAD")
    assert (done.status, f"at most {12 * WEIGHTS} is allowed (old.json@HEAD)" in done.out) == (1, True)


def recipes():
    """The scripts of docs/ci.md that compare a branch with another."""
    blocks = re.findall(r"```yaml\n(.*?)```", CI.read_text(encoding="utf-8"), re.DOTALL)
    jobs = [yaml.safe_load(block) for block in blocks if "git diff" in block]
    return [
        next(line for line in lines if "git diff" in line)
        for lines in (
            [step.get("run", "") for step in jobs[0]["jobs"]["compare"]["steps"]],
            jobs[1]["compare"]["script"],
        )
    ]


@pytest.mark.long
@pytest.mark.parametrize("script", recipes(), ids=["github", "gitlab"])
def test_recipes_of_the_docs(history, script):
    """E11: this branch against another, in the words of docs/ci.md: only what has changed, and costs more, fails."""
    (history / "nets").mkdir()
    for name in ("same.yaml", "my net.yaml", "narrower.yaml"):
        (history / "nets" / name).write_text(NET)
    git(history, "add", ".")
    git(history, "commit", "-q", "-m", "main")
    git(history, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(history, "fetch", "-q", str(history), "main")
    (history / "nets" / "new.yaml").write_text(NET)
    (history / "nets" / "narrower.yaml").write_text(NET.replace("20", "10"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    statuses = []
    for width in (20, 21):
        (history / "nets" / "my net.yaml").write_text(NET.replace("20", str(width)) + "# changed\n")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=history,
            env=environment(PATH=path, GITHUB_BASE_REF="main"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert "same" not in done.stdout + done.stderr
        statuses.append(done.returncode)

    assert statuses == [0, 123]


FAKE = """\
#!{python}
import os, sys
with open({seen!r}, "a") as file:
    names = ["GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL", "GIT_OPTIONAL_LOCKS", "GIT_TERMINAL_PROMPT"]
    print(sys.argv[1:], [os.environ.get(name) for name in names], file=file)
sys.stdout.write({net!r})
"""


def test_how_git_is_called(tmp_path, monkeypatch):
    """C15: git is asked for one object, may fetch nothing, and asks nothing."""
    monkeypatch.chdir(tmp_path)
    fake, seen = tmp_path / "bin" / "git", tmp_path / "seen"
    fake.parent.mkdir()
    fake.write_text(FAKE.format(python=sys.executable, seen=str(seen), net=NET))
    fake.chmod(0o755)
    path = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"

    assert called("count", "sub/net.yaml@HEAD", PATH=path).status == 0
    options = ["--no-pager", "-c", "core.fsmonitor=false", "-C", "sub"]
    words = [*options, "cat-file", "blob", "--end-of-options", "HEAD:./net.yaml"]
    assert seen.read_text() == f"{words} {['1', 'none', '0', '0']}\n"


CONFIG = """\
[core]
    fsmonitor = touch {made}
    pager = touch {made}
    sshCommand = touch {made}
    askPass = touch {made}
[diff]
    external = touch {made}
[diff "x"]
    command = touch {made}
    textconv = touch {made}
[filter "x"]
    smudge = touch {made}
    required = true
[gpg]
    program = touch {made}
[log]
    showSignature = true
[pager]
    cat-file = touch {made}
    show = touch {made}
[alias]
    cat-file = !touch {made}
    show = !touch {made}
"""


def test_hostile_repositories(history):
    """C15: no program runs that the configuration or the attributes of a repository name."""
    made = history / "made"
    (history / ".gitattributes").write_text("*.yaml diff=x filter=x\n")
    with (history / ".git" / "config").open("a") as file:
        file.write(CONFIG.format(made=made))

    assert weights("net.yaml@HEAD") == 12 * WEIGHTS
    assert called("count", "net.yaml@no-such-branch").status == 2
    assert weights("net.yaml@HEAD^{/8}") == 8 * WEIGHTS
    assert not made.exists()


def test_partial_clones(history, tmp_path):
    """C15: what a partial clone lacks is not fetched, as a remote may name a program that does so."""
    made = history / "made"
    git(history, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(history, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{history}", str(clone))
    git(clone, "config", "remote.origin.uploadpack", f"touch {made}; git-upload-pack")
    done = called("count", f"{clone}/net.yaml@HEAD")

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(f"error[no-such-file]: there is no {clone}/net.yaml@HEAD"[:90])
    assert not made.exists()


def test_objects_that_are_no_files(history):
    """C15: a folder of a revision is none of its files; a file beyond the bound is refused, and not read to its end."""
    (history / "sub").mkdir()
    (history / "sub" / "x").write_text("")
    (history / "large.yaml").write_bytes(b"#" * ((32 << 20) + 1))
    git(history, "add", ".")
    git(history, "commit", "-q", "-m", "more")

    assert called("count", "sub@HEAD").err.startswith("error[no-such-file]: there is no sub@HEAD: git: ")
    large = called("count", "large.yaml@HEAD")
    assert large.err == "error[beyond-limits]: large.yaml@HEAD is larger than 32 MiB, which no description needs\n"


def test_without_git(history):
    """A machine without git says so."""
    done = called("count", "net.yaml@HEAD", PATH=str(history))

    assert done.err == "error[cannot-read]: cannot read net.yaml@HEAD: git: no such file or directory\n"
    assert done.status == 2


GONE = """
import os, sys
from convcalc.cli.app import run
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("words", "message", "status"),
    [
        (["check", "alexnet", "--max-macs", "1G"], "", 0),
        (["check", "{}/net.yaml", "--max-macs", "1G"], "", 0),
        (["check", "alexnet"], "error[missing-argument]: what is the budget of AlexNet?", 2),
        (["count", "alexnet"], "", 0),
        (["count", "net.yaml", "--watch"], "error[no-such-file]: there is no file net.yaml", 2),
        (["compare", "net.yaml@HEAD", "seed"], "error[no-such-file]: there is no net.yaml@HEAD: git: ", 2),
        (["count", "alexnet", "-o", "out.json"], "error[cannot-write]: cannot write out.json: no such file", 2),
        (["check", "seed", "--config", "x.toml"], "error[no-such-file]: there is no file x.toml", 2),
        (["check", "seed", "--baseline", "seed", "-f", "github"], "", 0),
    ],
)
def test_without_a_current_folder(tmp_path, words, message, status):
    """C13: where the current folder is deleted, what needs none works, and no reading is told as writing."""
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "convcalc.toml").write_text("[budget]\nmacs = '2G'\n")
    done = subprocess.run(
        [sys.executable, "-c", GONE, *[word.format(tmp_path) for word in words]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == status, done.stderr
    assert done.stderr.startswith(message)
    assert bool(done.stderr) == bool(message)


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file or directory"), OSError(5, "Input/output", "x")])
def test_errors_of_reading(monkeypatch, error):
    """C13: what nobody has foreseen about a file is told as what it is."""

    def fail(*_given, **_named):
        raise error

    monkeypatch.setattr("convcalc.sources.description.load", fail)
    done = called("count", "seed")
    about = f" {error.filename}" if error.filename else ""

    assert done == ("", f"error[cannot-read]: cannot read{about}: {error.strerror.lower()}\n", 2)
    assert started("count", "seed").status == 0
