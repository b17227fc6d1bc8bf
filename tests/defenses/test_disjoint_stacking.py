import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state

from skmia.defenses import DisjointStackingClassifier
from skmia.defenses.training._disjoint_stacking import _disjoint_parts, _sizes

FIRST = [("nb", GaussianNB()), ("tree", DecisionTreeClassifier(max_depth=3))]


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(90, centers=3, cluster_std=3, random_state=0)
    return X, np.array(["b", "a", "c"])[y]


def test_every_model_is_trained_on_its_own_part(blobs):
    X, y = blobs
    model = DisjointStackingClassifier(FIRST, random_state=0).fit(X, y)
    nb, tree = model.estimator_.estimators_
    parts = model.parts_
    assert np.bincount(parts).tolist() == [30, 30, 30]
    expected = GaussianNB().fit(X[parts == 0], y[parts == 0])
    assert_array_equal(nb.theta_, expected.theta_)
    assert tree.tree_.n_node_samples[0] == 30
    # The combiner: posteriors of the first level on the last part.
    features = np.hstack([m.predict_proba(X) for m in (nb, tree)])
    last = parts == 2
    combiner = LogisticRegression().fit(features[last], y[last])
    assert_allclose(model.predict_proba(X), combiner.predict_proba(features))


def test_fractions(blobs):
    model = DisjointStackingClassifier(
        FIRST, fractions=(0.5, 0.3, 0.2), random_state=0
    ).fit(*blobs)
    assert np.bincount(model.parts_).tolist() == [45, 27, 18]


def test_parts_are_of_one_size_however_many_classes():
    # 100 classes of 4: one part has the odd record of each class, and not always the
    # same. Its number of them is binomial (100, 1/3), deviation 4.7: within 5 of them.
    y = np.repeat(np.arange(100), 4)
    parts = _disjoint_parts(y, np.full(3, 1 / 3), check_random_state(0))
    assert np.abs(np.bincount(parts) - 400 / 3).max() < 5 * 4.7


@pytest.mark.parametrize(
    ("count", "fractions", "sizes"),
    [
        (3, (0.9, 0.05, 0.05), [1, 1, 1]),
        (4, (0.9, 0.05, 0.05), [2, 1, 1]),
        (10, (0.55, 0.25, 0.2), None),
        (10, (0.5, 0.3, 0.2), [5, 3, 2]),
    ],
)
def test_sizes(count, fractions, sizes):
    got = _sizes(count, np.array(fractions), check_random_state(0))
    assert got.sum() == count
    assert np.abs(got - count * np.array(fractions)).max() < 2
    assert sizes is None or got.tolist() == sizes


def test_rare_class_is_refused_before_anything_is_fitted(blobs):
    X, y = blobs[0][:8], ["a"] * 3 + ["b"] * 3 + ["rare"] * 2
    fitted = []

    class Recording(GaussianNB):
        def fit(self, X, y):
            fitted.append(len(y))
            return super().fit(X, y)

    model = DisjointStackingClassifier(
        [("one", Recording()), ("two", Recording())], random_state=0
    )
    message = "each of its 3 parts, hence 3 different records. Got 2 of class 'rare'"
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    assert not fitted
    assert not hasattr(model, "parts_")
    model.fit(X[:6], y[:6])
    assert fitted == [2, 2]


def test_models_by_name():
    model = DisjointStackingClassifier(list(FIRST))
    parameters = model.get_params()
    assert parameters["tree"] is FIRST[1][1]
    assert parameters["tree__max_depth"] == 3
    assert "tree" not in model.get_params(deep=False)

    changed = clone(model).set_params(tree__max_depth=5)
    assert changed.get_params()["tree__max_depth"] == 5
    assert FIRST[1][1].max_depth == 3
    forest = RandomForestClassifier()
    changed.set_params(nb=forest, nb__n_estimators=7, n_jobs=2)
    assert changed.estimators[0] == ("nb", forest)
    assert (forest.n_estimators, changed.n_jobs) == (7, 2)
    changed.set_params(estimators=[("new", GaussianNB())], new__var_smoothing=0.1)
    assert changed.get_params()["new__var_smoothing"] == 0.1
    with pytest.raises(ValueError, match="Invalid parameter 'nb'"):
        changed.set_params(nb=forest)


def test_n_jobs(blobs):
    X, y = blobs
    model = DisjointStackingClassifier(
        [("one", RandomForestClassifier(3)), ("two", RandomForestClassifier(3))],
        random_state=0,
    )
    expected = model.fit(X, y).predict_proba(X)
    with parallel_config(backend="threading"):
        got = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    assert_array_equal(got, expected)
    one, two = model.estimator_.estimators_
    assert one.random_state != two.random_state


def test_combiner_decides_which_answers_there_are(blobs):
    model = DisjointStackingClassifier(
        FIRST, final_estimator=RidgeClassifier(), random_state=0
    )
    assert not hasattr(model, "predict_proba")
    assert set(model.fit(*blobs).predict(blobs[0])) <= {"a", "b", "c"}


def test_first_level_without_scores(blobs):
    model = DisjointStackingClassifier([("ridge", RidgeClassifier())], random_state=0)
    with pytest.raises(ValueError, match=r"ridge does not implement .* predict_proba"):
        model.fit(*blobs)


@pytest.mark.parametrize(
    "estimators",
    [
        [],
        [GaussianNB()],
        [("nb", GaussianNB()), ("nb", GaussianNB())],
        [("n__b", GaussianNB())],
        [("n_jobs", GaussianNB())],
        [("nb", None)],
    ],
)
def test_bad_estimators(estimators, blobs):
    message = r"(?s)'estimators' .* list of \(name, classifier\) .* Got .* instead"
    with pytest.raises(ValueError, match=message):
        DisjointStackingClassifier(estimators).fit(*blobs)


@pytest.mark.parametrize(
    "fractions", [(0.5, 0.5), (0.5, 0.5, 0.5), (1.0, 0.5, -0.5), (0.5, 0.5, np.nan)]
)
def test_bad_fractions(fractions, blobs):
    with pytest.raises(ValueError, match="must be 3 positive numbers that sum to 1"):
        DisjointStackingClassifier(FIRST, fractions=fractions, random_state=0).fit(
            *blobs
        )
