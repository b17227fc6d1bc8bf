"""A defended model is saved by skops, and answers the same when it is read."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from skops import io

from skmia.defenses import (
    AugmentedClassifier,
    CrossDistilledClassifier,
    LabelOnly,
    MemGuard,
    NoisyPosterior,
    PenalizedClassifier,
    QueryLimit,
    RandomScorePosterior,
    RoundedPosterior,
    SelenaClassifier,
    SisaClassifier,
    SplitAIClassifier,
)

DEFENSES = (
    *(AugmentedClassifier, CrossDistilledClassifier, LabelOnly, MemGuard),
    *(NoisyPosterior, PenalizedClassifier, QueryLimit, RoundedPosterior),
    *(RandomScorePosterior, SelenaClassifier, SisaClassifier, SplitAIClassifier),
)


@pytest.mark.parametrize("defense", DEFENSES)
def test_saved_and_read(defense, tmp_path):
    X, y = load_iris(return_X_y=True)
    model = defense(LogisticRegression(max_iter=500))
    if "random_state" in model.get_params(deep=False):
        model.set_params(random_state=0)
    model.fit(X, np.array(["a", "b", "c"])[y])
    path = tmp_path / "model.skops"
    io.dump(model, path)
    own = [name for name in io.get_untrusted_types(file=path) if "skmia" in name]
    others = {"sklearn.neural_network._stochastic_optimizers.AdamOptimizer"}
    again = io.load(path, trusted=[*own, *others])
    assert_array_equal(again.predict(X), model.predict(X))
    if hasattr(model, "predict_proba"):
        assert_array_equal(again.predict_proba(X), model.predict_proba(X))
