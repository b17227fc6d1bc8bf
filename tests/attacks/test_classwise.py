"""One attack model per true class, with a pooled fallback."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks import ClasswiseAttack, ThresholdAttack


@pytest.fixture
def observations():
    """Class 0 is cut at 0.5, class 1 at 5; class 2 has members only."""
    loss = [0.1, 0.2, 0.8, 0.9, 1.0, 2.0, 8.0, 9.0, 0.3, 0.3]
    Z = pd.DataFrame({"loss": loss, "true_label": [0] * 4 + [1] * 4 + [2] * 2})
    return Z, np.array([1, 1, 0, 0, 1, 1, 0, 0, 1, 1])


def test_each_class_has_a_cut_of_its_own(observations):
    Z, member = observations
    attack = ClasswiseAttack(ThresholdAttack("loss"), min_samples=2).fit(Z, member)
    assert_array_equal(attack.predict(Z), member)
    assert sorted(attack.estimators_) == [0.0, 1.0]
    # One cut for all of them cannot do it.
    assert (ThresholdAttack("loss").fit(Z, member).predict(Z) != member).any()


def test_models_are_those_fitted_on_each_class_alone(observations):
    Z, member = observations
    attack = ClasswiseAttack(LogisticRegression(), min_samples=2).fit(Z, member)
    for label in (0, 1):
        rows = (Z["true_label"] == label).to_numpy()
        alone = LogisticRegression().fit(Z.loc[rows, ["loss"]], member[rows])
        expected = alone.predict_proba(Z.loc[rows, ["loss"]])
        assert_array_equal(attack.predict_proba(Z)[rows], expected)
        assert_array_equal(
            attack.decision_function(Z)[rows],
            alone.decision_function(Z.loc[rows, ["loss"]]),
        )


def test_pooled_fallback(observations):
    Z, member = observations
    attack = ClasswiseAttack(LogisticRegression(), min_samples=2).fit(Z, member)
    assert_array_equal(attack.fallback_groups_, [2])
    pooled = LogisticRegression().fit(Z[["loss"]], member)
    unseen = pd.DataFrame({"loss": [0.1, 5.0, 9.0], "true_label": [2, 77, -1]})
    expected = pooled.predict_proba(unseen[["loss"]])
    assert_array_equal(attack.predict_proba(unseen), expected)


@pytest.mark.parametrize(("min_samples", "n_models"), [(1, 2), (2, 2), (3, 0)])
def test_min_samples_counts_members_and_others(observations, min_samples, n_models):
    Z, member = observations
    attack = ClasswiseAttack(ThresholdAttack("loss"), min_samples=min_samples)
    attack.fit(Z, member)
    assert len(attack.estimators_) == n_models
    assert len(attack.fallback_groups_) == 3 - n_models


@pytest.mark.parametrize("value", [0.7, [0, 0, 1e-200, 0]])
def test_equal_observations_of_a_class_use_the_pooled_model(observations, value):
    """As unpruned trees give that err on no record of a class."""
    Z, member = observations
    Z.loc[Z["true_label"] == 0, "loss"] = value
    attack = ClasswiseAttack(GaussianNB(), min_samples=2).fit(Z, member)
    assert_array_equal(attack.fallback_groups_, [0, 2])
    assert np.isfinite(attack.predict_proba(Z)).all()
    pooled = GaussianNB().fit(Z[["loss"]], member).predict_proba(Z[["loss"]])
    assert_array_equal(attack.predict_proba(Z)[:4], pooled[:4])


def test_the_pooled_model_is_asked_about_others_only(observations):
    Z, member = observations
    attack = ClasswiseAttack(LogisticRegression(), min_samples=2).fit(Z, member)
    alone = attack.decision_function(Z)
    mixed = Z.sample(frac=1, random_state=0)
    assert_array_equal(attack.decision_function(mixed), alone[mixed.index])
    attack.pooled_.coef_[:] = np.nan
    assert_array_equal(np.isnan(attack.decision_function(mixed)), mixed.true_label == 2)


def test_grouping_column_by_name_and_index(observations):
    Z, member = observations
    by_name = ClasswiseAttack(ThresholdAttack("loss"), min_samples=2).fit(Z, member)
    assert by_name.by_ == 1
    for by in (1, -1):
        attack = ClasswiseAttack(ThresholdAttack(), by=by, min_samples=2)
        attack.fit(Z.to_numpy(), member)
        assert attack.by_ == 1
        assert_array_equal(
            attack.decision_function(Z.to_numpy()), by_name.decision_function(Z)
        )


def test_the_label_is_a_key_and_no_quantity(observations):
    """The models do not see it, and its values mean nothing."""
    Z, member = observations
    attack = ClasswiseAttack(DecisionTreeClassifier(random_state=0), min_samples=2)
    attack.fit(Z, member)
    assert attack.pooled_.n_features_in_ == 1
    renamed = Z.assign(true_label=Z["true_label"].map({0: 11.0, 1: -3.5, 2: 0.0}))
    other = ClasswiseAttack(DecisionTreeClassifier(random_state=0), min_samples=2)
    assert_array_equal(
        other.fit(renamed, member).predict_proba(renamed), attack.predict_proba(Z)
    )


def test_answers_are_those_of_the_models(observations):
    Z, member = observations
    threshold = ClasswiseAttack(ThresholdAttack("loss"), min_samples=2).fit(Z, member)
    assert not hasattr(threshold, "predict_proba")
    tree = ClasswiseAttack(DecisionTreeClassifier(random_state=0)).fit(Z, member)
    assert not hasattr(tree, "decision_function")
    assert tree.predict_proba(Z).shape == (10, 2)
    svm = ClasswiseAttack(LinearSVC(random_state=0), min_samples=2).fit(Z, member)
    assert not hasattr(svm, "predict_proba")


def test_string_membership(observations):
    Z, member = observations
    names = np.array(["absent", "in"])[member]
    attack = ClasswiseAttack(ThresholdAttack("loss"), min_samples=2).fit(Z, names)
    assert_array_equal(attack.predict(Z), names)


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        (ClasswiseAttack(ThresholdAttack()), "'true_label' is given by name, but the"),
        (ClasswiseAttack(ThresholdAttack(), by=2), "There is no column 2"),
        (ClasswiseAttack(ThresholdAttack(1), by=0), "There is no column 1"),
        (ClasswiseAttack(ThresholdAttack(), by=0, min_samples=0), "'min_samples' para"),
    ],
)
def test_bad_columns(observations, attack, message):
    Z, member = observations
    with pytest.raises(ValueError, match=message):
        attack.fit(Z.to_numpy(), member)


def test_wrong_name(observations):
    Z, member = observations
    message = r"no column 'label'\. The observations have \['loss', 'true_label'\]"
    with pytest.raises(ValueError, match=message):
        ClasswiseAttack(ThresholdAttack("loss"), by="label").fit(Z, member)


def test_one_column_is_not_enough():
    with pytest.raises(ValueError, match="minimum of 2 is required by ClasswiseAttack"):
        ClasswiseAttack(ThresholdAttack(), by=0).fit([[0.0], [1.0]], [0, 1])


def test_members_only(observations):
    Z, _ = observations
    with pytest.raises(ValueError, match="ClasswiseAttack needs members and non-memb"):
        ClasswiseAttack(ThresholdAttack("loss")).fit(Z, np.ones(10))
