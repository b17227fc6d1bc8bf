"""Whether a record is among the rows of a model: never missed, and never mistaken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_breast_cancer, make_classification
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, NuSVC

from skmia import observe
from skmia.signals.white_box._same_rows import among

X, Y = load_breast_cancer(return_X_y=True)
X, Y = X[:200], Y[:200]
IN = np.arange(200) < 100
STEPS = [
    [],
    [StandardScaler()],
    [PCA(random_state=0)],
    [StandardScaler(), PCA(5, random_state=0)],
]
HOLD = [np.asarray, sparse.csr_array]


class Cipher(TransformerMixin, BaseEstimator):
    """Does something else in training, as a TargetEncoder does."""

    def fit(self, X, y=None):
        self.is_fitted_ = True
        return self

    def fit_transform(self, X, y=None):
        return 2 * self.fit(X).transform(X)

    def transform(self, X):
        return X


def seen(name, model, records=X, labels=Y):
    return observe(model, records, labels, name)[name].to_numpy()


@pytest.mark.parametrize("steps", [*STEPS, [Cipher()]], ids=str)
@pytest.mark.parametrize("held", [np.float32, np.float64])
@pytest.mark.parametrize("asked", [np.float32, np.float64])
def test_no_member_is_certainly_out(steps, held, asked):
    """Its row may be another one behind a PCA, in another precision, under a cipher."""
    model = make_pipeline(*steps, SVC(random_state=0)).fit(X[IN].astype(held), Y[IN])
    for name in ("margin_test", "structure"):
        value = seen(name, model, X.astype(asked))
        assert (value[IN] > 0).all()
        assert (value[~IN] < 1).all()
        if held == asked and steps in STEPS[:2]:
            assert (value[~IN] == 0).any()


@pytest.mark.parametrize("steps", STEPS, ids=str)
@pytest.mark.parametrize("held", [np.float32, np.float64])
@pytest.mark.parametrize("asked", [np.float32, np.float64])
def test_neighbours_are_known_again(steps, held, asked):
    if PCA in map(type, steps) and np.float32 in (held, asked):
        pytest.skip("in single precision a PCA rounds too much")
    steps = [*steps, KNeighborsClassifier()]
    model = make_pipeline(*steps).fit(X[IN].astype(held), Y[IN])
    for name in ("stored_rows", "structure"):
        assert_array_equal(seen(name, model, X.astype(asked)), IN)


def test_texts_are_known_again():
    """Their lengths are sums, which are taken in another order in `fit`."""
    texts = [f"w{i} w{i % 7} w{i % 13} w{i % 5}" for i in range(200)]
    machine = SVC(random_state=0)
    for last, name in (
        (KNeighborsClassifier(), "stored_rows"),
        (machine, "margin_test"),
    ):
        model = make_pipeline(TfidfVectorizer(token_pattern=r"\w+"), last)
        model.fit(texts[:100], Y[IN])
        value = seen(name, model, texts)
        assert (value[IN] > 0).all()
        assert (value[~IN] < 1).all()


@pytest.mark.parametrize("kind", [SVC, lambda **params: NuSVC(nu=0.1, **params)])
@pytest.mark.parametrize("kernel", ["precomputed", rbf_kernel])
def test_rows_that_a_machine_was_not_given(kind, kernel):
    given = rbf_kernel(X, X[IN], 1e-6) if kernel == "precomputed" else X
    machine = kind(kernel=kernel, random_state=0).fit(given[IN], Y[IN])
    for name in ("stored_rows", "margin_test", "structure"):
        with pytest.raises(ValueError, match=r"computed elsewhere|is no SVC"):
            seen(name, machine, given)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    C=st.sampled_from([1e-2, 1, 1e3, 1e6]),
    tol=st.sampled_from([1e-6, 1e-3]),
    kernel=st.sampled_from(["linear", "rbf", "poly", "sigmoid"]),
    scale=st.sampled_from([1e-3, 1, 1e2]),
)
@pytest.mark.filterwarnings("ignore:Solver terminated early")
def test_the_kernel_of_the_solver_is_rounded(seed, C, tol, kernel, scale):
    records, labels = make_classification(60, 4, flip_y=0.2, random_state=seed)
    machine = SVC(C=C, tol=tol, kernel=kernel, coef0=1, max_iter=20_000, random_state=0)
    machine.fit(scale * records, labels)
    if not machine.fit_status_:
        assert (seen("margin_test", machine, scale * records, labels) > 0).all()


def test_a_class_of_no_weight():
    weight = np.where(Y == 0, 0.0, 1.0)
    labels = np.where((Y == 1) & (X[:, 0] > 13), 2, Y)
    machine = SVC(random_state=0).fit(X, labels, sample_weight=weight)
    with pytest.raises(ValueError, match="not trained on some of its classes"):
        seen("margin_test", machine, labels=labels)
    assert set(seen("structure", machine, labels=labels)) == {0, 1}


@pytest.mark.parametrize("ask", HOLD)
@pytest.mark.parametrize("hold", HOLD)
@pytest.mark.parametrize("exact", [True, False])
def test_zeros_and_gaps(ask, hold, exact):
    rows = np.array([[0.0, -0.0, 3.5], [0.1, 0.0, -1.0], [0.0, 0.0, 0.0]])
    asked = np.vstack([-1 * rows * [-1, 1, -1], [[0.1, 0.1, -1.0]]])
    found, _ = among(ask(asked), hold(rows), exact)
    assert_array_equal(found, [True, True, True, False])
    assert among(ask(0 * asked), hold(0 * rows), exact)[0].all()


def test_gaps_are_one_place():
    rows = np.array([[1.0, np.nan], [2.0, 3.0]])
    asked = np.vstack([rows, [[1.0, 1.0], [np.nan, 3.0], [2.5, 3.0]]])
    for exact in (True, False):
        assert_array_equal(among(asked, rows, exact)[0], [True, True] + 3 * [False])
