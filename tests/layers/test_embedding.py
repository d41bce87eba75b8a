"""Learnt vectors for indices and positions: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.axes import Preceding
from convcalc.layers.embedding import ClassToken, Embedding, PositionEmbedding

FEW = st.integers(1, 5)
ROWS = st.tuples(FEW)
SEQUENCES = st.tuples(FEW, FEW)


@given(st.one_of(ROWS, shapes()), FEW, FEW)
@examples(100)
def test_embedding_comes_to_what_a_run_comes_to(x, num_embeddings, embedding_dim):
    """A vector for each index that there may be; the input is a row of them."""
    ran = measured(brute_layers.embedded, tensor(x), num_embeddings, embedding_dim)

    assert ran == claimed(Embedding(num_embeddings, embedding_dim), x)


@given(shapes())
@examples(100)
def test_position_embedding_comes_to_what_a_run_comes_to(x):
    """A number is added to each."""
    assert measured(brute_layers.positions_embedded, tensor(x)) == claimed(PositionEmbedding(), x)


@given(st.one_of(SEQUENCES, shapes()))
@examples(100)
def test_class_token_comes_to_what_a_run_comes_to(x):
    """One position more, in front."""
    assert measured(brute_layers.class_token, tensor(x)) == claimed(ClassToken(), x)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (Embedding(70, 16), (1014,), Measured((16, 1014), 70 * 16)),
        (PositionEmbedding(), (768, 197), Measured((768, 197), 768 * 197, operations=768 * 197)),  # ViT-B/16
        (ClassToken(), (768, 196), Measured((768, 197), 768)),
    ],
    ids=str,
)
def test_embedding_profile(layer, x, expected):
    """What is learnt is weights; looking them up is no MAC, and adding them is an operation each."""
    assert expected == claimed(layer, x)


def test_what_is_read_of_each_axis():
    """A token in front is made of nothing that is read."""
    assert ClassToken()((768, 196)).windows == (Preceding(),)
    assert Embedding(70, 16)((1014,)).windows is None


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (
            lambda: Embedding(70, 16)((1, 1014)),
            "",
            "the input must be a row of indices, such as 1000, without channels",
        ),
        (lambda: ClassToken()((768, 14, 14)), "", "the input must be CxL, such as after flatten 1, but is 768x14x14"),
        (partial(Embedding, 0, 16), "num_embeddings", "num_embeddings (0) must be at least 1"),
        (partial(Embedding, 70, 0), "embedding_dim", "embedding_dim (0) must be at least 1"),
    ],
)
def test_embedding_misfit(make, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
