"""The transfer attack: an imitation that is trained on the labels a model gives."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack
from skmia.attacks.evidence import Surrogate
from skmia.exceptions import QueryBudgetExceeded
from skmia.targets import Session

ALL = load_digits(return_X_y=True)
X, y = (part[:200] for part in ALL)
PUBLIC = ALL[0][1000:1300]
PARTS = X[::2], y[::2], X[1::2], y[1::2]
TREE = DecisionTreeClassifier(random_state=0)


class Says(ClassifierMixin, BaseEstimator):
    """Gives given labels to the public records and none to others."""

    def __init__(self, labels=None):
        self.labels = labels
        self.classes_ = np.arange(10)

    def predict(self, X):
        assert_array_equal(X, PUBLIC)
        return self.labels


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(TREE, n_shadows=2, random_state=0).fit(X, y)


def test_it_depends_on_the_labels_of_the_public_records_alone(shadows):
    evidence = Surrogate(PUBLIC, random_state=0).fit(shadows.pairs(1)[0])
    assert evidence.estimator_.get_params() == {
        **TREE.get_params(),
        "random_state": shadows.estimators_[0].random_state,
    }
    target = DecisionTreeClassifier(random_state=0).fit(*PARTS[:2])
    labels = target.predict(PUBLIC)
    session = Session(target, X, y)
    seen = evidence.transform(session)
    assert session.n_queries == len(PUBLIC)
    told = evidence.transform(Session(Says(labels), X, y))
    assert_array_equal(seen, told)
    other = evidence.transform(Session(Says(np.roll(labels, 1)), X, y))
    assert not np.array_equal(seen, other)


def test_it_finds_what_leaks_through_the_boundary():
    """One neighbour, public records beside the candidates: labels are memberships.

    400 records of random labels: the AUC of no leak has a deviation of
    sqrt(401 / (12 * 200^2)).
    """
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(400, 2)), rng.randint(2, size=400)
    near = X + rng.normal(size=X.shape) * 1e-3
    model = KNeighborsClassifier(1).fit(X[::2], y[::2])
    parts = X[::2], y[::2], X[1::2], y[1::2]
    report = audit(
        *(model, *parts),
        attacks=["transfer"],
        n_shadows=2,
        public=near,
        random_state=0,
    )
    found = report.summary.loc["transfer"]
    assert found["status"] == "ok"
    assert found["auc"] > 0.5 + 4 * np.sqrt(401 / (12 * 200 * 200))


def test_half_a_budget_is_too_little(shadows):
    """All labels or none: nothing is asked, and the reason is in the report."""
    target = DecisionTreeClassifier(random_state=0).fit(*PARTS[:2])
    box = BlackBox(target, access="label", max_queries=150)
    evidence = Surrogate(PUBLIC, random_state=0).fit(shadows.pairs(1)[0])
    with pytest.raises(QueryBudgetExceeded, match="Nothing was asked"):
        evidence.transform(Session(box, X, y))
    assert box.n_queries_ == 0
    report = audit(
        *(box, *PARTS),
        attacks=["gap", "transfer"],
        n_shadows=2,
        public=PUBLIC,
        shadow_estimator=TREE,
        random_state=0,
    )
    status = report.summary["status"]
    assert status["transfer"].startswith("not run: The attack asks 300 queries")


def test_a_model_that_gives_one_label(shadows):
    evidence = Surrogate(PUBLIC, random_state=0).fit(shadows.pairs(1)[0])
    constant = DummyClassifier().fit(*PARTS[:2])
    with pytest.raises(ValueError, match="one label: a surrogate has nothing to learn"):
        evidence.transform(Session(constant, X, y))


def test_texts(tmp_path):
    """The surrogate is a clone of the shadow model; from a cache, too."""
    rng = np.random.RandomState(0)
    words = np.array([f"word{i}" for i in range(60)])
    texts = [" ".join(rng.choice(words, 5)) for _ in range(200)]
    labels = rng.choice(["no", "yes"], 200)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=1e3))
    model.fit(texts[:60], labels[:60])
    scores = [
        audit(
            *(model, texts[:60], labels[:60], texts[60:120], labels[60:120]),
            attacks=["transfer"],
            n_shadows=2,
            public=texts[120:],
            memory=memory,
            random_state=0,
        ).records["transfer"]
        for memory in (None, str(tmp_path))
    ]
    assert np.isfinite(scores[0]).all()
    assert_array_equal(*scores)


def test_other_estimators_and_metrics(shadows):
    evidence = Surrogate(
        PUBLIC,
        estimator=KNeighborsClassifier(3),
        signals=["loss", "entropy"],
        random_state=0,
    )
    seen = evidence.fit_transform(shadows.pairs(1)[0])
    assert list(seen) == ["loss", "entropy"]
    target = Session(DecisionTreeClassifier(random_state=0).fit(*PARTS[:2]), X, y)
    with pytest.raises(ValueError, match="one knows of shadow models that are there"):
        Surrogate(PUBLIC).fit(target)


def test_a_game_needs_records_to_be_labelled():
    with pytest.raises(ValueError, match="no unlabelled records are given to train a"):
        MembershipGame(TREE, attack="transfer", n_shadows=2, random_state=0).fit(X, y)
    recipe = get_attack("transfer")
    attack = recipe.attack.set_params(evidence__X_public=PUBLIC)
    try:
        game = MembershipGame(TREE, attack=attack, n_shadows=2, random_state=0).fit(
            X, y
        )
        # Labels of others than the candidates: 4 deviations of sqrt(1/4/200) below.
        assert game.score(ALL[0][400:600], ALL[1][400:600]) > 0.5 - 4 * 0.0354
    finally:
        attack.set_params(evidence__X_public=None)
