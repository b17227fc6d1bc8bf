"""References for both sides: as if every model had a twin for every record."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from trained_anew import answers_of

from skmia.shadow import ShadowModels
from skmia.utils._labels import align_columns

MODELS = [
    GaussianNB(),
    MultinomialNB(),
    BernoulliNB(),
    KNeighborsClassifier(3),
    LinearDiscriminantAnalysis(),
    RidgeClassifier(),
]


@st.composite
def pools(draw):
    """Model, records (some of them equal), labels, and groups or None."""
    n = 2 * draw(st.integers(8, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.integers(0, 5, (n, 3)) + rng.random((n, 3))
    n_classes = draw(st.integers(2, 3))
    y = np.resize(np.arange(n_classes), n)
    n_equal = draw(st.integers(0, 3))
    X[:n_equal], y[:n_equal] = X[n_equal : 2 * n_equal], y[n_equal : 2 * n_equal]
    groups = rng.integers(0, n // 2, n) if draw(st.booleans()) else None
    return draw(st.sampled_from(MODELS)), X, y, groups


@given(pools(), st.integers(0, 2**31))
def test_each_answers_for_itself_and_for_its_twin(pool, seed):
    """What is changed is a refit's answer, all else the model's own."""
    model, X, y, groups = pool
    shadows = ShadowModels(model, n_shadows=2, both_sides=True, random_state=seed)
    try:
        shadows.fit(X, y, groups)
    except ValueError:  # halves of too few groups, or a half of one class
        return
    others = shadows.sessions(both_sides=True)[shadows.n_models_ :]
    assert len(others) == shadows.operated_.sum()
    own = [shadows.sessions()[i] for i in np.flatnonzero(shadows.operated_)]
    method = "predict_proba" if hasattr(model, "predict_proba") else "decision_function"
    for other, session in zip(others, own, strict=True):
        assert other.same_as(session)
        changed = other.member != session.member
        if groups is not None:
            _, code, size = np.unique(groups, return_inverse=True, return_counts=True)
            assert not changed[size[code] > 1].any()
        answer = getattr(other, method)(X)
        still = getattr(session, method)(X)
        assert_array_equal(answer[~changed], still[~changed])
        for row in np.flatnonzero(changed)[::5]:
            rows = session.member.copy()
            rows[row] = not rows[row]
            anew = type(model)(**model.get_params()).fit(X[rows], y[rows])
            truth = answers_of(anew, X[[row]])
            found = answer[[row]]
            if found.ndim == 1:
                found = np.c_[-found, found]
            if hasattr(model, "predict_proba"):
                truth = align_columns(truth, anew.classes_, session.classes_)
            elif truth.shape != found.shape:
                continue  # a class is gone, whose decision is nobody's
            assert_allclose(found, truth, rtol=0, atol=1e-6)
