import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import DistilledClassifier
from skmia.utils._posteriors import soften_posterior
from skmia.utils._soft_labels import fit_soft_labels


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        120, centers=3, cluster_std=4, n_features=3, random_state=global_random_seed
    )


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_student_of_the_most_certain_reference_records(temperature, blobs):
    """Rebuilt step by step, for models without randomness."""
    X, y = blobs
    model = DistilledClassifier(
        GaussianNB(),
        student=LogisticRegression(),
        reference=X[60:],
        temperature=temperature,
        keep=0.25,
        random_state=0,
    ).fit(X[:60], y[:60])
    soft = GaussianNB().fit(X[:60], y[:60]).predict_proba(X[60:])
    if temperature != 1:
        soft = soften_posterior(soft, temperature)
    entropy = -(soft * np.log(np.clip(soft, 1e-300, 1))).sum(axis=1)
    kept = np.sort(np.argsort(entropy, kind="stable")[:15])
    student = fit_soft_labels(
        LogisticRegression(), X[60:][kept], soft[kept], [0, 1, 2], random_state=0
    )
    assert_allclose(model.predict_proba(X), student.predict_proba(X), atol=1e-6)


def test_held_out_labels_are_never_used(blobs):
    X, y = blobs
    model = DistilledClassifier(GaussianNB(), reference_fraction=0.4, random_state=3)
    held_out = np.random.RandomState(3).permutation(120)[:48]
    shuffled = y.copy()
    shuffled[held_out] = y[held_out][::-1]
    assert (shuffled != y).any()
    expected = model.fit(X, y).predict_proba(X)
    assert_array_equal(model.fit(X, shuffled).predict_proba(X), expected)


@pytest.mark.parametrize(
    ("X_as", "reference_as"),
    [
        (pd.DataFrame, np.asarray),
        (np.asarray, pd.DataFrame),
        (np.asarray, np.ndarray.tolist),
        (sparse.csr_array, sparse.csr_array),
        (np.asarray, sparse.coo_array),
    ],
)
def test_reference_of_another_container(X_as, reference_as, blobs):
    X, y = blobs
    tree = DecisionTreeClassifier(max_depth=3)
    model = DistilledClassifier(tree, reference=X[60:], random_state=0)
    expected = model.fit(X[:60], y[:60]).predict(X)
    model.set_params(reference=reference_as(X[60:]))
    train = X_as(X[:60])
    if isinstance(train, pd.DataFrame):
        train.columns = list("uvw")
    model.fit(train, y[:60])
    assert model.n_features_in_ == 3
    assert hasattr(model, "feature_names_in_") == isinstance(train, pd.DataFrame)
    query = pd.DataFrame(X, columns=list("uvw")) if hasattr(train, "iloc") else X
    assert_array_equal(model.predict(query), expected)


def test_reference_of_another_width(blobs):
    X, y = blobs
    model = DistilledClassifier(GaussianNB(), reference=X[:, :2])
    with pytest.raises(ValueError, match=r"as many features as X: 3. Got 2 instead"):
        model.fit(X, y)


def test_kept_records_of_one_class(blobs):
    X, y = blobs
    reference = X[y == 1]
    model = DistilledClassifier(
        DecisionTreeClassifier(), reference=reference, keep=0.01, random_state=0
    )
    message = "gives all 1 reference records that are kept the class 1: nothing is left"
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    assert not hasattr(model, "estimator_")
    model.set_params(reference=None, reference_fraction=0.2)
    with pytest.raises(ValueError, match="Raise the 'keep' parameter"):
        model.fit(X, y)


def test_one_class_is_all_there_is():
    X = np.arange(6.0).reshape(-1, 1)
    model = DistilledClassifier(DecisionTreeClassifier(), random_state=0)
    assert_array_equal(model.fit(X, ["only"] * 6).predict(X), ["only"] * 6)


def test_a_class_the_teacher_never_saw_has_probability_0(blobs):
    X, y = blobs
    rare = y.copy()
    rare[np.random.RandomState(0).permutation(120)[:2]] = 7  # held out, with seed 0
    model = DistilledClassifier(GaussianNB(), random_state=0).fit(X, rare)
    assert_array_equal(model.classes_, [0, 1, 2, 7])
    assert_array_equal(model.predict_proba(X)[:, 3], 0)


def test_student_and_teacher_without_scores(blobs):
    X, y = blobs
    labels_only = DistilledClassifier(
        GaussianNB(), student=RidgeClassifier(), random_state=0
    )
    assert not hasattr(labels_only, "predict_proba")
    assert set(labels_only.fit(X, y).predict(X)) <= {0, 1, 2}
    with pytest.raises(TypeError, match="must be a classifier with predict_proba"):
        labels_only.set_params(estimator=RidgeClassifier()).fit(X, y)
