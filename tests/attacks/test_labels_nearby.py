"""Attacks on labels of copies: what they choose, what they ask, what they find."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, ShadowModels, audit
from skmia.attacks import RelativeAttack, get_attack, lacks, make_attack, run
from skmia.attacks.evidence import NoiseRobustness, References, Sampled, Signals
from skmia.signals import get_signal, observe
from skmia.targets import Session

DATA = load_digits()
X, y = DATA.data[:400], DATA.target[:400]
MEMBER = np.arange(400) % 2 == 0
FOREST = RandomForestClassifier(15, random_state=0)
TREE = DecisionTreeClassifier(random_state=0)
NAMES = ["noise-robustness", "sampling"]
FEW = get_signal("noise_robustness", n_copies=19)


def flattened(images):
    return images.reshape(len(images), -1)


def shadows_of(model, signals=None):
    return ShadowModels(model, n_shadows=4, random_state=0, signals=signals).fit(X, y)


@pytest.fixture(scope="module")
def forest_shadows():
    return shadows_of(FOREST)


@pytest.fixture(scope="module")
def forest():
    return RandomForestClassifier(15, random_state=1).fit(X[MEMBER], y[MEMBER])


def found(name, target, shadows):
    recipe = get_attack(name)
    session = Session(target, X, y, answers={"predict"})
    score, called = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    return score, called, session.n_queries


@pytest.mark.slow
def test_more_than_the_gap_of_a_forest(forest, forest_shadows):
    """AUC .65 and more against .57, balanced accuracy .63 against .57."""
    gap = (forest.predict(X) == y).astype(int)
    for name in NAMES:
        score, called, n_queries = found(name, forest, forest_shadows)
        assert n_queries == 40_000
        assert roc_auc_score(MEMBER, score) > roc_auc_score(MEMBER, gap) + 0.03
        assert balanced_accuracy_score(MEMBER, called) > balanced_accuracy_score(
            MEMBER, gap
        )


@pytest.mark.slow
def test_the_gap_of_a_tree_is_not_lost():
    """A tree is constant around its records: no noise is the best noise."""
    tree = TREE.fit(X[MEMBER], y[MEMBER])
    score, called, n_queries = found("noise-robustness", tree, shadows_of(TREE))
    assert_array_equal(called, tree.predict(X) == y)
    assert n_queries == 400
    assert set(score) == {0.0 - np.nextafter(1, 0), 1 - np.nextafter(1, 0)}


@pytest.mark.slow
def test_shadow_models_choose_and_the_target_is_asked_once(forest, forest_shadows):
    pairs, member, _ = forest_shadows.pairs()
    evidence = NoiseRobustness(FEW).fit(pairs, member)
    auc = {}
    for scale in evidence.scales:
        one = Signals(FEW.set_params(scale=scale))
        auc[scale] = roc_auc_score(member, one.fit(pairs).transform(pairs))
    assert auc[evidence.scale_] == max(auc.values())
    session = Session(forest, X, y)
    Z = evidence.transform(session)
    assert session.n_queries == 400 * 20
    same = Signals(FEW.set_params(scale=evidence.scale_)).fit(pairs)
    pd.testing.assert_frame_equal(Z, same.transform(session))
    # Without shadow models there is nothing to choose by: the signal's own.
    target = NoiseRobustness(FEW).fit(session, MEMBER)
    assert target.scale_ == 0.3


@pytest.mark.slow
def test_recorded_is_what_models_would_say(forest, forest_shadows):
    for name in NAMES:
        attack = get_attack(name).attack
        recorded = shadows_of(FOREST, attack[0].recorded())
        one, other = (
            found(name, forest, shadows) for shadows in (recorded, forest_shadows)
        )
        for a, b in zip(one, other, strict=True):
            assert_array_equal(a, b)


def test_estimated_posteriors_are_seen_as_given_ones(forest):
    class Told:
        classes_ = forest.classes_

        def predict_proba(self, X):
            return frequencies

    session = Session(forest, X, y)
    few = get_signal("sampled_posterior", n_copies=9)
    evidence = Sampled(few, scores=["loss", "entropy", "top_posterior"]).fit(session)
    Z = evidence.transform(session)
    frequencies = session.observe(evidence.recorded()).to_numpy()
    pd.testing.assert_frame_equal(Z, observe(Told(), X, y, evidence.scores))
    assert session.n_queries == 4000


@pytest.mark.parametrize("name", [*NAMES, "augmentation"])
def test_half_of_the_budget_is_half_of_the_records(name):
    images = DATA.images[:400]
    model = make_pipeline(FunctionTransformer(flattened), FOREST)
    model.fit(images[MEMBER], y[MEMBER])
    price = 7 if name == "augmentation" else 100
    target = BlackBox(model, max_queries=200 * price)
    parts = images[MEMBER], y[MEMBER], images[~MEMBER], y[~MEMBER]
    report = audit(
        target,
        *parts,
        attacks=[name],
        shadow_estimator=model,
        n_shadows=2,
        random_state=0,
    )
    (result,) = report.results
    assert np.isnan(result.score).sum() == 200
    assert "partial" in report.summary["status"][name]
    assert target.n_queries_ == 200 * price


def test_augmentations_of_images():
    """Measured: AUC .60 of a forest of digits, gap .56."""
    images = DATA.images[:400]
    model = make_pipeline(FunctionTransformer(flattened), FOREST)
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(images, y)
    recipe = get_attack("augmentation")
    session = Session(model.fit(images[MEMBER], y[MEMBER]), images, y)
    score, _ = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    assert session.n_queries == 7 * 400
    gap = roc_auc_score(MEMBER, model.predict(images) == y)
    assert roc_auc_score(MEMBER, score) > gap


def test_what_cannot_be_asked():
    session = Session(TREE.fit(X, y), X, y)
    assert lacks(get_attack("augmentation").attack, session) == (
        "the records are no images, an array in three or four dimensions: say in "
        "'augment' how to augment them"
    )
    own = get_signal("augmented_correctness", augment=(np.round,))
    assert Signals(own).lacks(session) is None
    strange = "the features are neither dense, finite numbers nor categories"
    missing = pd.DataFrame({"a": [0.5, np.nan], "b": ["x", "y"]})
    words = pd.DataFrame({"a": [0.5, 1.5], "b": ["x", None]})
    for name in NAMES:
        attack = get_attack(name).attack
        assert lacks(attack, Session(TREE, missing)) == strange
        assert lacks(attack, Session(TREE, ["a text", "another"])) == strange
        assert lacks(attack, Session(TREE, words)) is None


def test_records_with_categories():
    rng = np.random.RandomState(0)
    frame = pd.DataFrame({"town": rng.choice(list("abcdefgh"), 200), "street": "x"})
    frame["street"] = rng.choice(list("abcdefgh"), 200)
    labels = rng.randint(2, size=200)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    model.fit(frame[:100], labels[:100])
    report = audit(
        *(model, frame[:100], labels[:100], frame[100:], labels[100:]),
        attacks=NAMES,
        n_shadows=2,
        random_state=0,
    )
    assert set(report.summary["status"]) == {"ok"}


def test_beside_references(forest, forest_shadows):
    """RMIA on the estimated probability of the true class."""
    attack = make_attack(References([FEW], online=True), RelativeAttack())
    session = Session(forest, X, y)
    score, _ = run(attack, "shadows", session, shadows=forest_shadows)
    assert session.n_queries == 400 * 20
    assert roc_auc_score(MEMBER, score) > roc_auc_score(MEMBER, forest.predict(X) == y)


def test_only_their_signal():
    with pytest.raises(ValueError, match="'signals' parameter of NoiseRobustness must"):
        NoiseRobustness("loss").recorded()
