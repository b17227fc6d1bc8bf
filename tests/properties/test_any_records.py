"""Records are what the model takes: who holds them changes nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels
from skmia.attacks import get_attack, run
from skmia.targets import Session


def as_matrix(X):
    """What a user's pipeline does first: numbers from whatever holds them."""
    if sparse.issparse(X):
        return X.toarray()
    first = X.iloc[0] if hasattr(X, "iloc") else X[0]
    if isinstance(first, dict):
        return np.array([[one[key] for key in sorted(one)] for one in X])
    if isinstance(first, str):
        return np.array([[float(word) for word in one.split()] for one in X])
    return np.asarray(X, dtype=float).reshape(len(X), -1)


MODEL = make_pipeline(FunctionTransformer(as_matrix), GaussianNB())
WORDS = "{:.0f} {:.0f} {:.0f} {:.0f}".format
HOLDERS = {
    "rows": lambda X: X.tolist(),
    "frame": lambda X: pd.DataFrame(X, columns=list("abcd")),
    "levels": lambda X: pd.DataFrame(
        X, index=pd.MultiIndex.from_product([[1], range(len(X))])
    ),
    "sparse": sparse.csr_array,
    "coordinates": sparse.coo_matrix,
    "images": lambda X: X.reshape(-1, 2, 2),
    "colours": lambda X: X.reshape(-1, 2, 2, 1),
    "objects": lambda X: X.astype(object),
    "dicts": lambda X: [dict(zip("abcd", row.tolist(), strict=True)) for row in X],
    "texts": lambda X: [WORDS(*row) for row in X],
    "array of texts": lambda X: np.array([WORDS(*row) for row in X]),
    "series": lambda X: pd.Series(
        [WORDS(*row) for row in X], index=range(9, 9 + len(X))
    ),
}
try:
    import polars
except ImportError:  # not in the test extra of every platform
    polars = None
else:
    HOLDERS["polars"] = lambda X: polars.DataFrame(X, schema=list("abcd"))


# Each is a whole attack, with shadow models, on two tables.
few = settings(max_examples=settings.default.max_examples // 2)


@st.composite
def problems(draw):
    """Records of small integers, so that texts hold them exactly, and two classes."""
    rng = np.random.RandomState(draw(st.integers(0, 2**16)))
    n = 2 * draw(st.integers(8, 14))
    return rng.randint(9, size=(n, 4)).astype(float), np.arange(n) % 2


def seen(X, y, attack):
    """Scores of an attack on shadow models and a target, all of these records."""
    recipe = get_attack(attack)
    shadows = ShadowModels(MODEL, n_shadows=4, random_state=0).fit(X, y)
    target = shadows.estimators_[0]
    return run(recipe.attack, recipe.fitted_on, Session(target, X, y), shadows=shadows)


@pytest.mark.parametrize("attack", ["lira-online", "truex", "gap"])
@few
@given(problems(), st.sampled_from(sorted(HOLDERS)))
def test_whatever_holds_the_records_scores_are_those_of_the_array(attack, problem, how):
    X, y = problem
    for found, expected in zip(
        seen(HOLDERS[how](X), y, attack), seen(X, y, attack), strict=True
    ):
        assert_array_equal(found, expected)


@few
@given(problems(), st.sampled_from(sorted(HOLDERS)))
def test_a_game_is_the_same_whatever_holds_the_records(problem, how):
    X, y = problem

    def play(X, others):
        game = MembershipGame(MODEL, attack="lira-offline", n_shadows=4, random_state=0)
        return game.fit(X, y).play(others, y)

    expected = play(X, X + 1)
    outcome = play(HOLDERS[how](X), HOLDERS[how](X + 1))
    assert_array_equal(outcome.score, expected.score)
    assert_array_equal(outcome.member, expected.member)


@given(problems(), st.sampled_from(sorted(HOLDERS)), st.randoms(use_true_random=False))
def test_permuted_records_have_permuted_scores(problem, how, random):
    X, y = problem
    order = np.array(random.sample(range(len(X)), len(X)))
    held = HOLDERS[how](X)
    shadows = ShadowModels(MODEL, n_shadows=4, random_state=0).fit(held, y)
    target = shadows.estimators_[0]
    attack = get_attack("lira-offline").attack
    scores = [
        run(attack, "shadows", Session(target, records, labels), shadows=shadows)[0]
        for records, labels in ((held, y), (HOLDERS[how](X[order]), y[order]))
    ]
    # Equal records are told apart by their order.
    _, first, count = np.unique(
        np.column_stack([X, y]), axis=0, return_inverse=True, return_counts=True
    )
    alone = count[first.ravel()][order] == 1
    np.testing.assert_allclose(scores[1][alone], scores[0][order][alone], rtol=1e-6)


@given(problems(), st.sampled_from(["str", "object", "float16", "int8", "bool"]))
def test_labels_of_any_type_are_classes(problem, dtype):
    X, y = problem
    expected = seen(X, y, "truex")[0]
    labels = np.array(["no", "yes"], dtype=object)[y]
    labels = labels if dtype == "object" else y.astype(dtype)
    assert_array_equal(seen(X, labels, "truex")[0], expected)
    model = DecisionTreeClassifier(random_state=0).fit(X, labels)
    correct = Session(model, X, labels).observe("correctness")["correctness"]
    assert_array_equal(correct, model.predict(X) == labels)
