"""Teacher and student: what is handed on, and who is found through it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit
from skmia.neural import MLPNet
from skmia.tasks import HiddenActivations, TaughtStudent

X, Y = load_digits(return_X_y=True)
X, Y = X[:400] / 16, Y[:400]
LOW, HIGH = Y < 5, Y >= 5
NETWORK = MLPClassifier((24, 12), solver="lbfgs", max_iter=20, random_state=0)
HEAD = LogisticRegression(C=0.1, max_iter=500)
# Whatever needs no true label, of one model and of shadow models.
NAMES = ["max-confidence-threshold", "entropy-threshold", "salem1", "truex"]
NAMES += ["vector-lira"]


# Networks need not be trained to the end to be attacked.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def network():
    return clone(NETWORK).fit(X[LOW], Y[LOW])


def top(network, Z):
    """What the output layer of a network answers to its hidden activations."""
    scores = Z @ network.coefs_[-1] + network.intercepts_[-1]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


class OwnHead(ClassifierMixin, BaseEstimator):
    """The teacher's own output layer, as a student that learns nothing."""

    def __init__(self, teacher):
        self.teacher = teacher

    def fit(self, Z, y):
        self.classes_ = self.teacher.estimator.classes_
        return self

    def predict(self, Z):
        return self.classes_[self.predict_proba(Z).argmax(axis=1)]

    def predict_proba(self, Z):
        return top(self.teacher.estimator, Z)


class TopOfTeacher(TaughtStudent):
    """A teacher that hands on all of itself."""

    def _head(self, teacher):
        return OwnHead(FrozenEstimator(teacher))


def test_activations_are_those_that_the_next_layer_is_given(network):
    Z = HiddenActivations(FrozenEstimator(network)).fit_transform(X[:20], Y[:20])
    assert_allclose(top(network, Z), network.predict_proba(X[:20]), rtol=1e-9)
    by_hand = np.maximum(X[:20] @ network.coefs_[0] + network.intercepts_[0], 0)
    first = HiddenActivations(FrozenEstimator(network), layer=0).fit(X[:20], Y[:20])
    assert_allclose(first.transform(X[:20]), by_hand)
    assert len(first.get_feature_names_out()) == 24


def test_a_frozen_teacher_stays_as_it_is(network):
    before = [one.copy() for one in network.coefs_]
    student = make_pipeline(HiddenActivations(FrozenEstimator(network)), HEAD)
    student.fit(X[HIGH], Y[HIGH])
    for now, then in zip(network.coefs_, before, strict=True):
        assert_array_equal(now, then)
    own = HiddenActivations(network).fit(X[HIGH], Y[HIGH]).estimator_
    assert own is not network
    assert own.classes_.tolist() == [5, 6, 7, 8, 9]


def test_behind_a_scaler_and_of_torch():
    scaled = make_pipeline(StandardScaler(), NETWORK).fit(X[LOW], Y[LOW])
    Z = HiddenActivations(FrozenEstimator(scaled)).fit_transform(X[:9], Y[:9])
    assert_allclose(top(scaled[-1], Z), scaled.predict_proba(X[:9]), rtol=1e-9)
    net = MLPNet((7,), max_epochs=1, random_state=0).fit(X[LOW], Y[LOW])
    Z = HiddenActivations(FrozenEstimator(net)).fit_transform(X[:9], Y[:9])
    assert Z.shape == (9, 7)
    assert Z.min() >= 0  # behind its relu


@pytest.mark.slow
def test_the_top_of_the_teacher_is_the_plain_model():
    """Through all of the teacher the attack is the plain one, shadow models and all.

    The head has no seed, so that shadow models draw the same one for the teacher.
    """
    teacher = MLPClassifier((16,), solver="lbfgs", alpha=0.1, max_iter=50)
    rows = np.flatnonzero(LOW)[:80]
    sets = X[rows[::2]], Y[rows[::2]], X[rows[1::2]], Y[rows[1::2]]
    # No reference attacks: of a plain network references have another side, too.
    names = [*NAMES[:-1], "gap", "loss-threshold", "shadow"]
    how = {"n_shadows": 4, "random_state": 0, "attacks": names}
    seeded = clone(teacher).set_params(random_state=3)
    plain = audit(seeded.fit(*sets[:2]), *sets, **how)
    whole = TopOfTeacher(seeded, GaussianNB()).fit(*sets[:2])
    assert_allclose(
        whole.predict_proba(X), seeded.predict_proba(X), rtol=1e-6, atol=1e-12
    )
    through = audit(whole, *sets, **how)
    assert (through.summary["status"] == "ok").all()
    assert_allclose(through.summary["auc"], plain.summary["auc"], atol=1e-3)


def test_columns_and_labels_of_both():
    model = TaughtStudent(NETWORK, HEAD, X_student=X[HIGH], y_student=Y[HIGH]).fit(
        X[LOW], Y[LOW]
    )
    assert model.classes_.tolist() == list(range(10))
    P = model.predict_proba(X[:50])
    assert_array_equal(P[:, :5], 0)
    assert_allclose(P.sum(axis=1), 1)
    assert_array_equal(P.argmax(axis=1), model.predict(X[:50]))


def few(seed=0, n=80):
    """Halves of some of the teacher's records, dealt at random."""
    rows = np.random.RandomState(seed).permutation(np.flatnonzero(LOW))[:n]
    return X[rows[::2]], Y[rows[::2]], X[rows[1::2]], Y[rows[1::2]]


def student(network, n_student=150, seed=0):
    rows = np.random.RandomState(seed).permutation(np.flatnonzero(HIGH))[:n_student]
    return TaughtStudent(
        network, LogisticRegression(), X_student=X[rows], y_student=Y[rows]
    )


QUICK = MLPClassifier((32,), solver="lbfgs", alpha=1e-4, max_iter=30, random_state=0)


@pytest.mark.slow
def test_what_needs_a_true_label_says_why_it_is_not_run():
    sets = few()
    model = student(QUICK).fit(*sets[:2])
    names = ["gap", "loss-threshold", "shadow", "lira-online", "salem1"]
    report = audit(model, *sets, attacks=names, n_shadows=4, random_state=0)
    said = report.summary["status"]
    for name, signal in zip(
        names, ["correctness", "loss", "loss", "scaled_logit"], strict=False
    ):
        assert said[name] == (
            "not run: the labels of the records are none that the model answers with, "
            f"and the signal {signal!r} is of the true one"
        )
    assert said["salem1"] == "ok"
    default = audit(model, *sets, n_shadows=4, random_state=0).summary
    assert (default["status"] == "ok").all()
    assert {"entropy-threshold", "truex", "vector-lira"} <= {*default.index}


def bits(rng, n, classes):
    """Sparse records of many features, each class with those that it likes."""
    y = rng.choice(classes, n)
    liked = np.random.RandomState(0).rand(10, 150) < 0.1
    return (rng.rand(n, 150) < np.where(liked[y], 0.5, 0.1)).astype(float), y


def through_the_student(seed, teacher, in_training=True):
    """AUC of attacks on 50 records of the teacher and 50 others."""
    rng = np.random.RandomState(seed)
    X, y = bits(rng, 150, range(5))
    X_student, y_student = bits(rng, 100, range(5, 10))
    seeded = clone(teacher).set_params(random_state=seed)
    model = TaughtStudent(
        seeded, LogisticRegression(), X_student=X_student, y_student=y_student
    )
    trained = slice(50) if in_training else slice(100, 150)
    report = audit(
        model.fit(X[trained], y[trained]),
        *(X[:50], y[:50], X[50:100], y[50:100]),
        attacks=["entropy-threshold", "truex", "vector-lira"],
        n_shadows=8,
        random_state=seed,
    )
    return report.summary["auc"]


# Of 50 and 50 records an AUC has a standard deviation of sqrt(101 / (12 * 50 * 50)) =
# .058 where there is nothing to find; the mean of three data sets .034. Three of these.
NOISE = 0.1


@pytest.mark.slow
@pytest.mark.parametrize("why", ["untrained", "never in"])
def test_there_is_nothing_to_find(why):
    """No weight depends on these records, or nobody has seen them."""
    idle = MLPClassifier((32,), learning_rate_init=1e-300, max_iter=1)
    busy = MLPClassifier((32,), solver="lbfgs", max_iter=30)
    teacher, inside = (idle, True) if why == "untrained" else (busy, False)
    aucs = [through_the_student(seed, teacher, inside) for seed in range(3)]
    assert np.mean(aucs, axis=0) == pytest.approx(0.5, abs=NOISE)


@pytest.mark.slow
def test_members_of_the_teacher_are_found_through_a_student_of_other_classes():
    teacher = MLPClassifier((32,), learning_rate_init=0.01, max_iter=60)
    aucs = [through_the_student(seed, teacher) for seed in range(3)]
    assert np.mean(aucs, axis=0)[2] > 0.5 + NOISE


def test_a_game_is_played_through_the_student():
    game = MembershipGame(student(QUICK), attack="salem1", n_shadows=2, random_state=0)
    X_mine, y_mine, X_other, y_other = few(n=160)
    score = game.fit(X_mine, y_mine).score(X_other, y_other)
    assert 0 <= score <= 1
    assert len(game.classes_seen_) == 10


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: HiddenActivations(DecisionTreeClassifier(random_state=0)).fit(X, Y),
            TypeError,
            "must be a network whose layers are known.*Got a DecisionTreeClassifier",
        ),
        (
            lambda: HiddenActivations(FrozenEstimator(NETWORK.fit(X, Y)), layer=2).fit(
                X, Y
            ),
            ValueError,
            "one of the 2 hidden layers of the MLPClassifier, counted from 0. Got 2",
        ),
        (
            lambda: TaughtStudent(NETWORK, HEAD, X_student=X).fit(X, Y),
            ValueError,
            "needs both the records X_student and the labels y_student",
        ),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()
