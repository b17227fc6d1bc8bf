"""An ensemble beside those of its members that did not draw a record."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.svm import LinearSVC

from skmia import ShadowModels
from skmia.attacks import AttackRecipe, RelativeAttack, lacks, make_attack, run
from skmia.attacks.evidence import OutOfBag, Signals
from skmia.shadow._bags import drawn_records, out_of_bag_posterior
from skmia.targets import Session

X, Y = load_iris(return_X_y=True)


class Says(ClassifierMixin, BaseEstimator):
    """The share of its records that are of class 1, whatever it is asked."""

    def fit(self, X, y):
        self.share_, self.classes_ = np.mean(y), np.unique([0, 1])
        return self

    def predict_proba(self, X):
        return np.tile([1 - self.share_, self.share_], (len(X), 1))

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


@pytest.fixture
def three():
    """Three members, which say .25, .5 and 1 of class 1, and four records."""
    records, y = np.arange(4.0)[:, None], np.array([1, 1, 0, 1])
    ensemble = BaggingClassifier(Says(), n_estimators=3, random_state=0)
    ensemble.fit(records, y)
    for member, share in zip(ensemble.estimators_, (0.25, 0.5, 1.0), strict=True):
        member.share_ = share
    return Session(ensemble, records, y, white_box=True)


BAGS = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 1]], dtype=bool)


def test_exact_values(three):
    """The mean of whom did not draw the record; the mean of all is 1.75 / 3."""
    Z = OutOfBag(["confidence", "true_label"], bags=BAGS).fit_transform(three)
    assert list(Z) == [
        *("confidence|target", "confidence|0", "true_label|target", "true_label|0")
    ]
    mean = np.float32(1.75 / 3)
    assert_allclose(Z["confidence|target"], [mean, mean, 1 - mean, mean], rtol=1e-6)
    assert_array_equal(Z["confidence|0"], [0.5, 0.25, np.float32(1 - 1.75 / 3), np.nan])
    assert_array_equal(three.unanswered, [False, False, False, True])
    assert three.n_queries == 4  # of the ensemble


@pytest.mark.parametrize(
    "ensemble",
    [
        RandomForestClassifier(30, oob_score=True, random_state=0),
        BaggingClassifier(n_estimators=30, oob_score=True, random_state=0),
        BaggingClassifier(
            LinearSVC(), 30, max_features=2, oob_score=True, random_state=0
        ),
    ],
)
def test_scikit_learns_out_of_bag_answer(ensemble):
    names = np.array(["c", "a", "b"])[Y]
    ensemble.fit(X, names)
    found = out_of_bag_posterior(ensemble, X, drawn_records(ensemble, X))
    assert_allclose(found, ensemble.oob_decision_function_, atol=1e-12)


def test_none_is_out_of_bag(three):
    posterior = out_of_bag_posterior(three.model, three.X, np.ones((3, 4), dtype=bool))
    assert_array_equal(posterior, np.full((4, 2), 0.5))


def test_what_it_needs():
    recipe = AttackRecipe("own", make_attack(OutOfBag(), RelativeAttack()), "members")
    assert (recipe.access, recipe.needs) == ("white-box", ("bags", "members"))
    assert recipe.knowledge == ("M1", "D2")
    assert recipe.fits == "0"


def test_lacks(three):
    attack = make_attack(OutOfBag(bags=BAGS), RelativeAttack())
    assert lacks(attack, three) is None
    unknown = clone(attack).set_params(evidence__bags=None)
    assert (
        lacks(unknown) == "nothing says which model of the ensemble drew which record"
    )
    with pytest.raises(
        ValueError, match="cannot be observed: nothing says which model"
    ):
        unknown[0].fit_transform(three)
    for signal in ("decision_margin", "merlin_ratio", "staged_loss"):
        asked = clone(attack).set_params(evidence__signals=signal)
        assert lacks(asked, three).startswith("out-of-bag members only tell labels")
    outside = Session(three.model, three.X, three.y)
    assert lacks(attack, outside) == "the model has no parameters"
    with pytest.raises(AttributeError, match="white_box=True"):
        attack[0].fit_transform(outside)


@pytest.mark.parametrize("bags", [BAGS[:, :3], BAGS[0]])
def test_bags_of_other_records(three, bags):
    with pytest.raises(ValueError, match=r"one column for each of the 4 records\. Got"):
        OutOfBag(bags=bags).fit_transform(three)


def test_bags_of_another_ensemble(three):
    with pytest.raises(ValueError, match=r"one row for each of the 3 models\. Got"):
        OutOfBag(bags=BAGS[:2]).fit_transform(three)


@pytest.fixture
def forest():
    model = RandomForestClassifier(20, random_state=0).fit(X[::2], Y[::2])
    bags = np.zeros((20, 150), dtype=bool)
    bags[:, ::2] = drawn_records(model, X[::2])
    bags[:, 1::2] = bags[:, np.random.RandomState(0).permutation(75) * 2]
    return OutOfBag(["loss", "correctness"], bags=bags), Session(
        model, X, Y, white_box=True
    )


def test_rows_stay_rows(forest):
    """Permuted, cut and pickled, a pair is seen as it was."""
    evidence, session = forest
    whole = evidence.fit_transform(session)
    order = np.random.RandomState(0).permutation(150)
    for rows in (order, order[:50], order[:1]):
        assert_array_equal(evidence.transform(session[rows]), whole.iloc[rows])
    again, then = pickle.loads(pickle.dumps((evidence, session)))
    assert_array_equal(again.transform(then), whole)


def test_members_are_asked_once(forest, monkeypatch):
    """However many folds there are."""
    evidence, session = forest
    asked = []
    ask = type(session.model.estimators_[0]).predict_proba

    def counted(tree, X, *args, **kwargs):
        asked.append(tree)
        return ask(tree, X, *args, **kwargs)

    session.ask("predict_proba")
    monkeypatch.setattr(type(session.model.estimators_[0]), "predict_proba", counted)
    attack = make_attack(
        clone(evidence).set_params(signals="confidence"), RelativeAttack()
    )
    member = (np.arange(150) % 2 == 0).astype(int)
    run(attack, "members", session, member=member)
    assert len(asked) == 20


def test_scores_of_folds_are_on_one_scale(forest):
    """The threshold of a fold is for decisions: it does not move scores."""
    evidence, session = forest
    attack = make_attack(
        clone(evidence).set_params(signals="confidence"), RelativeAttack()
    )
    member = (np.arange(150) % 2 == 0).astype(int)
    score, called = run(attack, "members", session, member=member)
    # RMIA's score is a share of non-members.
    assert score.min() > 0
    assert score.max() < 1
    assert set(called) == {0, 1}


def test_members_that_only_vote():
    """As shadow models they answer labels, and no probabilities that they lack."""
    names = np.array(["c", "a", "b"])[Y]
    ensemble = BaggingClassifier(LinearSVC(), 5, random_state=0).fit(X, names)
    shadows = ShadowModels.from_ensemble(ensemble, X, names)
    pairs, _, _ = shadows.pairs()
    assert all(part.answers >= {"predict"} for part in pairs.parts)
    assert not any("predict_proba" in part.answers for part in pairs.parts)
    right = Signals("correctness").fit_transform(pairs)["correctness"]
    assert right.mean() > 0.9
