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
