"""Masks of answers are laid over the other side as over the model's own."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_wine
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skmia.defenses import (
    LabelOnly,
    MemGuard,
    NoisyPosterior,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    TemperaturePosterior,
    TopKPosterior,
)
from skmia.shadow import ShadowModels, other_side


def wine():
    X, y = load_wine(return_X_y=True)
    return X[::3], y[::3]


MASKED = [
    RoundedPosterior(GaussianNB(), decimals=1),
    TemperaturePosterior(GaussianNB(), temperature=4),
    TopKPosterior(GaussianNB(), k=1),
    ReverseSigmoidPosterior(GaussianNB()),
    NoisyPosterior(GaussianNB(), random_state=0),
    RoundedPosterior(TemperaturePosterior(GaussianNB(), temperature=4), decimals=2),
    make_pipeline(FunctionTransformer(np.log1p), RoundedPosterior(GaussianNB())),
    RoundedPosterior(make_pipeline(FunctionTransformer(np.log1p), GaussianNB())),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("masked", MASKED, ids=lambda model: type(model).__name__)
def test_equal_to_masks_around_refits(masked):
    X, y = wine()
    inside = np.arange(len(y)) % 2 == 0
    answers = other_side(masked.fit(X[inside], y[inside]), X, y, inside)
    found = []
    for row in range(len(y)):
        rows = inside.copy()
        rows[row] = not rows[row]
        found.append(masked.fit(X[rows], y[rows]).predict_proba(X[[row]])[0])
    # One answer may be rounded to the other side.
    same = np.isclose(answers, found, atol=1e-6).all(axis=1)
    assert same.sum() >= len(y) - 1


def test_without_the_mask_they_are_others():
    X, y = wine()
    inside = np.arange(len(y)) % 2 == 0
    bare = GaussianNB().fit(X[inside], y[inside])
    masked = MASKED[1].fit(X[inside], y[inside])
    answers = [other_side(model, X, y, inside) for model in (bare, masked)]
    assert_allclose(
        answers[0].argmax(axis=1), answers[1].argmax(axis=1)
    )  # a temperature keeps the order
    assert not np.isclose(*answers).all()


def test_defenses_that_train_otherwise_are_refused():
    X, y = wine()
    inside = np.ones(len(y), dtype=bool)
    for defense in (MemGuard(GaussianNB(), random_state=0), LabelOnly(GaussianNB())):
        with pytest.raises(ValueError, match="is not a kind of model"):
            other_side(defense.fit(X, y), X, y, inside)


def test_masked_shadow_models_answer_for_both_sides():
    shadows = ShadowModels(MASKED[0], n_shadows=2, both_sides=True, random_state=0)
    shadows.fit(*wine())
    assert_array_equal(shadows.operated_, True)
