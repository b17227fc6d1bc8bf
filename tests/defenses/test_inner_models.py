"""Every defense around every kind of model: scikit-learn's checks and ours.

No check is expected to fail. A defense that a kind of model cannot have refuses it.
"""

import numpy as np
import pytest
from inner_models import INNER
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB
from sklearn_checks import check_estimator, name_of, parametrize_with_checks

from skmia import defenses as d
from skmia.testing import yield_checks

# With seeds, and few sub-models: what is checked holds for any number of them.
SEED = {"random_state": 0}
SPLIT = {"n_models": 3, "n_out": 1, **SEED}
ANY = GaussianNB()
FOR_ALL = [
    d.AdaptiveGuard(ANY, **SEED),
    d.AnonymizedClassifier(ANY, anonymizer=d.MondrianAnonymizer(3)),
    d.AugmentedClassifier(ANY, **SEED),
    d.CrossDistilledClassifier(ANY, cv=2, **SEED),
    d.CrossDistilledClassifier(ANY, scheme="fold", cv=2, **SEED),
    d.DistilledClassifier(ANY, keep=1.0, **SEED),
    d.FeatureBaggedClassifier(ANY, n_estimators=3, **SEED),
    d.FitControlledClassifier(ANY, cv=3, **SEED),
    d.LabelOnly(ANY),
    d.LabelSmoothedClassifier(ANY, **SEED),
    d.LocalDPClassifier(ANY, epsilon=100, bounds=(-200, 200), **SEED),
    d.MemGuard(ANY, max_steps=10, **SEED),
    d.MixupClassifier(ANY, **SEED),
    d.NoisyPosterior(ANY, **SEED),
    d.ObfuscatedClassifier(ANY, extra=0.2, **SEED),
    d.PateClassifier(
        ANY,
        bounds=(-4, 4),
        n_public=100,
        n_teachers=1,
        mechanism="gnmax",
        sigma=1.0,
        **SEED,
    ),
    d.PrivateLogits(ANY, epsilon=1e6, max_queries=10_000, **SEED),
    d.PurifiedPosterior(ANY, **SEED),
    d.QueryLimit(ANY, budget=100_000),
    d.ReverseSigmoidPosterior(ANY),
    d.RoundedPosterior(ANY, decimals=0),
    d.RoundedPosterior(ANY, decimals=2),
    d.SelenaClassifier(ANY, **SPLIT),
    d.SisaClassifier(ANY, n_shards=2, **SEED),
    d.SplitAIClassifier(ANY, **SPLIT),
    d.SurrogateDataClassifier(ANY, **SEED),
    d.TemperaturePosterior(ANY),
    d.TopKPosterior(ANY, k=1),
]
# What takes more than one model, or not every kind.
KINDS = {type(model).__name__: model for model in INNER}
FOR_SOME = [
    (
        d.EarlyStoppedClassifier(ANY, max_epochs=8, **SEED),
        set(KINDS) - {"KNeighborsClassifier"},
    ),
    (d.PenalizedClassifier(ANY), {"LogisticRegression", "Pipeline", "MLPNet"}),
]


def around(defense, model):
    if isinstance(defense, d.SisaClassifier) and hasattr(model, "n_neighbors"):
        # The checks have shards of fewer than five records.
        model = clone(model).set_params(n_neighbors=1)
    return clone(defense).set_params(estimator=model)


DEFENDED = [
    *(around(defense, model) for defense in FOR_ALL for model in INNER),
    *(
        around(defense, KINDS[kind])
        for defense, kinds in FOR_SOME
        for kind in sorted(kinds)
    ),
    *(
        d.DisjointStackingClassifier([("a", model)], fractions=(0.8, 0.2), **SEED)
        for model in INNER
    ),
]
# One to three defenses around each kind, of those whose fits are quick: test_common.py
# has each defense around some kind. All the others are in the slow run.
LONG = d.FitControlledClassifier, d.MemGuard, d.FeatureBaggedClassifier
N_KINDS = len(INNER)
QUICK = [one for one in DEFENDED if not isinstance(one, LONG)]
IN_TURN = [one for i, one in enumerate(QUICK) if (i - i // N_KINDS) % N_KINDS == 0][::2]
THE_OTHERS = [one for one in DEFENDED if one not in IN_TURN]
# The checks choose the labels: a list of classes cannot be declared beforehand.
pytestmark = pytest.mark.filterwarnings(
    "ignore::skmia.exceptions.PrivacyLeakWarning",
)


@parametrize_with_checks(IN_TURN)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", IN_TURN, ids=name_of)
def test_own_checks(estimator):
    for _, check in yield_checks(estimator, "defense"):
        check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", THE_OTHERS, ids=name_of)
def test_checks_of_the_others(estimator):
    check_estimator(estimator)
    test_own_checks(estimator)


@pytest.mark.parametrize("defense", FOR_ALL, ids=lambda defense: type(defense).__name__)
def test_a_fit_that_fails_leaves_what_was_there(defense):
    X, y = make_blobs(60, centers=2, random_state=0)
    broken = X.copy()
    broken[::2] = np.nan
    unfitted = clone(defense)
    with pytest.raises(ValueError, match="NaN"):
        unfitted.fit(broken, y)
    assert set(vars(unfitted)) == set(unfitted.get_params(deep=False))
    fitted = clone(defense).fit(X, y)
    answer = fitted.predict(X)
    with pytest.raises(ValueError, match="NaN"):
        fitted.fit(broken, y)
    np.testing.assert_array_equal(fitted.predict(X), answer)


@pytest.mark.parametrize(("defense", "kinds"), FOR_SOME)
def test_others_are_refused_by_name(defense, kinds):
    X, y = make_blobs(60, centers=2, random_state=0)
    for kind in sorted(set(KINDS) - kinds):
        with pytest.raises(TypeError, match=f"{type(defense).__name__} .*{kind}"):
            around(defense, KINDS[kind]).fit(X, y)


@pytest.mark.parametrize("defense", FOR_ALL, ids=lambda one: type(one).__name__)
def test_models_of_another_kind(defense):
    other = clone(defense).set_params(estimator=KMeans(2))
    with pytest.raises(TypeError, match=r"must be a classifier.*a clusterer"):
        other.fit(*make_blobs(60, random_state=0))
