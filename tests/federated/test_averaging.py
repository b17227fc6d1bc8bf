"""What federated averaging comes to, and what its history holds."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from sklearn_checks import parametrize_with_checks
from torch import nn

from skmia import MembershipGame
from skmia.federated import (
    Federation,
    GradientAscent,
    Hook,
    Isolation,
    LooseFederation,
)
from skmia.federated._history import average_of
from skmia.federated._learners import learner_of
from skmia.federated._models import Models
from skmia.neural import NetClassifier
from skmia.utils import _spilled

X, Y = load_digits(return_X_y=True)
X = X[:600] / 16
Y = Y[:600]
SOFTMAX = MLPClassifier((), solver="sgd", learning_rate_init=0.2)
LINEAR = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.05)
NETWORK = NetClassifier(
    module_params={"hidden_units": (8,)}, optimizer="sgd", learning_rate=0.1
)
LEARNERS = [SOFTMAX, MLPClassifier((8,), learning_rate_init=0.01), LINEAR, NETWORK]
# One of softmax regression is in test_common.py.
FEDERATIONS = [Federation(LINEAR, n_parties=2, random_state=0)]


def plain(layers=(), **params):
    """Nothing but gradient descent, in double precision."""
    return MLPClassifier(
        layers,
        solver="sgd",
        momentum=0,
        alpha=0,
        learning_rate_init=0.5,
        shuffle=False,
        **params,
    )


def federation(learner=SOFTMAX, **params):
    given = {"n_rounds": 3, "n_parties": 3, "random_state": 0}
    return Federation(learner, **given | params).fit(X, Y)


def vector(model):
    return learner_of(model).vector(model)


@pytest.mark.slow
@parametrize_with_checks(FEDERATIONS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_parameters_and_names_of_columns():
    check_param_validation("Federation", FEDERATIONS[0])
    check_dataframe_column_names_consistency("Federation", FEDERATIONS[0])


@pytest.mark.parametrize("layers", [(), (20,)])
def test_fedsgd_is_gradient_descent_on_all_records(layers):
    learner = plain(layers, batch_size=len(Y))
    skewed = {"alpha": 1.0, "n_parties": 5, "n_rounds": 30}
    together = federation(learner, algorithm="fedsgd", **skewed)
    assert np.ptp(np.unique(together.owner_, return_counts=True)[1]) > 1
    central = deepcopy(together.initial_)
    for model in together.rounds_:
        central.partial_fit(X, Y)
        assert_allclose(vector(model), vector(central), rtol=0, atol=1e-10)


def test_fedsgd_of_a_network_is_gradient_descent_in_single_precision():
    together = federation(NETWORK, algorithm="fedsgd", n_rounds=2)
    central = deepcopy(together.initial_)
    central.set_params(batch_size=len(Y), learning_rate=0.1)
    for _ in range(2):
        central.partial_fit(X, Y)
    # Weights of about 1, in single precision.
    assert_allclose(vector(together.model_), vector(central), rtol=0, atol=1e-5)


@pytest.mark.parametrize("learner", [plain((6,)), LINEAR], ids=type)
def test_one_party_is_local_training(learner):
    learner = clone(learner).set_params(shuffle=False)
    alone = federation(learner, n_parties=1, n_rounds=2, local_epochs=3)
    model = deepcopy(alone.initial_)
    for _ in range(2):
        if hasattr(model, "t_"):
            model.t_ = 1.0
        for _ in range(3):
            model.partial_fit(X, Y)
    assert_array_equal(vector(alone.model_), vector(model))
    assert_array_equal(alone.predict_proba(X), model.predict_proba(X))


def test_averages_are_the_identity_on_identical_models(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    row = rng.normal(size=50)
    assert_array_equal(average_of([row] * 7, rng.integers(1, 99, 7)), row)
    rows = rng.normal(size=(7, 50))
    average = average_of(rows, np.arange(7))
    assert_allclose(average, np.arange(7) / 21 @ rows)
    order = rng.permutation(7)
    assert_allclose(average_of(rows[order], np.arange(7)[order]), average)
    assert (average <= rows[1:].max(axis=0) + 1e-12).all()
    assert (average >= rows[1:].min(axis=0) - 1e-12).all()


@pytest.mark.parametrize("averaging", ["weighted", "plain"])
def test_each_round_is_the_average_of_its_uploads(averaging):
    target = federation(averaging=averaging, alpha=0.5, client_fraction=0.7)
    sizes = np.unique(target.owner_, return_counts=True)[1]
    rounds = zip(target.participants_, target.uploads_, target.rounds_, strict=True)
    for parties, uploads, model in rounds:
        assert len(parties) == len(uploads) == 2
        weights = sizes[parties] if averaging == "weighted" else None
        mean = np.average([vector(one) for one in uploads], axis=0, weights=weights)
        assert_allclose(vector(model), mean, rtol=0, atol=1e-12)
    assert_array_equal(vector(target.model_), vector(target.rounds_[-1]))


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda one: type(one).__name__)
def test_every_learner_learns_and_repeats(learner):
    target = federation(learner, n_rounds=12, local_epochs=2)
    # Chance is 0.1.
    assert target.score(X, Y) > 0.5
    again = federation(learner, n_rounds=12, local_epochs=2)
    assert_array_equal(target.predict_proba(X), again.predict_proba(X))
    # What is broadcast first does not depend on the records.
    first = Federation(learner, n_rounds=1, random_state=0).fit(X[300:], Y[300:])
    assert_array_equal(vector(target.initial_), vector(first.initial_))


@pytest.mark.parametrize("learner", [SOFTMAX, LINEAR, NETWORK], ids=type)
def test_gradient_by_differences(learner):
    # Of more than two classes an SGDClassifier minimises no logarithm of a posterior.
    y = Y if learner is not LINEAR else (Y < 5).astype(int)
    model = Federation(learner, n_rounds=3, random_state=0).fit(X, y).model_
    learner = learner_of(model)
    gradient, here = learner.gradient(model, X[:40], y[:40]), vector(model)
    rng = np.random.default_rng(0)
    for _ in range(3):
        way = rng.normal(size=len(here))
        step = 1e-3 * way / np.linalg.norm(way)
        up, down = (
            learner.with_vector(model, here + sign * step).predict_proba(X[:40])
            for sign in (1, -1)
        )
        own = np.arange(40), y[:40]
        slope = np.log(down[own] / up[own]).mean() / 2
        # Half of the square of a step of 1e-3, a penalty of 1e-4, single precision.
        assert abs(slope - step @ gradient) < 1e-6


def test_hooks_that_do_nothing_change_no_bit():
    rows = X[:50], Y[:50]
    quiet = federation()
    for hook in (Hook(), GradientAscent(*rows, rate=0)):
        hooked = federation(hooks=[hook])
        for name in ("rounds_", "initial_", "model_"):
            ours, theirs = (np.atleast_1d(getattr(f, name)) for f in (quiet, hooked))
            for one, other in zip(ours, theirs, strict=True):
                assert_array_equal(vector(one), vector(other))


@pytest.mark.parametrize("learner", [SOFTMAX, LINEAR, NETWORK], ids=type)
def test_ascent_raises_the_loss(learner):
    def loss(model):
        return -np.log(model.predict_proba(X[:50])[np.arange(50), Y[:50]]).mean()

    loud = federation(learner, hooks=[GradientAscent(X[:50], Y[:50], rate=0.1)])
    before = [loud.initial_, *loud.rounds_[:-1]]
    for sent, model in zip(loud.broadcasts_, before, strict=True):
        assert loss(sent[0]) > loss(model)
    insider = GradientAscent(X[:50], Y[:50], rate=0.1, insider=2)
    loud = federation(learner, hooks=[insider])
    quiet = federation(learner)
    uploads = loud.uploads_[0], quiet.uploads_[0]
    assert loss(uploads[0][2]) > loss(uploads[1][2])
    for party in (0, 1):
        assert_array_equal(vector(uploads[0][party]), vector(uploads[1][party]))


def test_ascent_leaves_out_labels_that_no_party_has():
    rows, some = Y < 9, np.flatnonzero(Y < 9)[:50]
    both = np.append(some, np.flatnonzero(~rows)[:20])
    models = [
        Federation(SOFTMAX, hooks=[hook], n_rounds=2, random_state=0)
        .fit(X[rows], Y[rows])
        .model_
        for hook in (
            GradientAscent(X[some], Y[some]),
            GradientAscent(X[both], Y[both]),
            GradientAscent(X[~rows], Y[~rows]),
            Hook(),
        )
    ]
    one, other, none, quiet = map(vector, models)
    assert_array_equal(one, other)
    assert_array_equal(none, quiet)
    assert (one != quiet).any()


def test_an_isolated_party_trains_alone_and_the_others_without_it():
    groups = np.arange(len(Y)) % 3
    learner = plain(batch_size=50)
    params = {"n_rounds": 3, "random_state": 0}
    cut = Federation(learner, hooks=[Isolation(1)], **params).fit(X, Y, groups)
    others = groups != 1
    rest = Federation(learner, **params).fit(X[others], Y[others], groups[others])
    # Not the same seed of the order within a party: the learner does not shuffle.
    assert_allclose(vector(cut.model_), vector(rest.model_), rtol=0, atol=1e-12)
    alone = deepcopy(cut.initial_)
    for uploads in cut.uploads_:
        alone.partial_fit(X[~others], Y[~others])
        assert_allclose(vector(uploads[1]), vector(alone), rtol=0, atol=1e-12)
    each = Federation(learner, hooks=[Isolation(None)], **params).fit(X, Y, groups)
    assert_allclose(vector(each.uploads_[-1][1]), vector(alone), rtol=0, atol=1e-12)
    mean = np.mean([vector(model) for model in each.uploads_[-1]], axis=0)
    assert_allclose(vector(each.model_), mean, rtol=0, atol=1e-12)


def test_parties_without_a_class_and_of_one_record():
    groups = np.where(Y < 3, "low", "high").astype("U6")
    groups[0] = "single"
    target = Federation(SOFTMAX, n_rounds=5, random_state=0).fit(X, Y, groups)
    assert_array_equal(target.parties_, ["high", "low", "single"])
    assert_array_equal(target.owner_, groups)
    assert target.party_proba(X).shape == (3, len(Y), 10)
    assert_allclose(target.predict_proba(X).sum(axis=1), 1)
    few = Federation(SOFTMAX, n_parties=50, alpha=0.01, n_rounds=1, random_state=0)
    assert len(few.fit(X, Y).parties_) < 50


def test_who_takes_part():
    target = federation(n_parties=10, client_fraction=0.04, n_rounds=30)
    chosen = np.concatenate(target.participants_)
    assert len(chosen) == 30
    assert len(set(chosen)) > 5
    never = np.setdiff1d(np.arange(10), chosen)
    P = target.party_proba(X)
    assert_array_equal(P[never], [target.initial_.predict_proba(X)] * len(never))
    assert_array_equal(P[chosen[-1]], target.uploads_[-1][0].predict_proba(X))


def test_a_large_history_lies_in_a_file(monkeypatch):
    target = federation()
    monkeypatch.setattr(_spilled.Spill.__init__, "__defaults__", (2000,))
    spilled = federation()
    assert isinstance(spilled.uploads_[-1]._places[0][0], _spilled.Spilled)
    for ours, theirs in zip(target.uploads_, spilled.uploads_, strict=True):
        assert isinstance(theirs[1:], Models)
        for one, other in zip(ours, theirs, strict=True):
            assert_array_equal(vector(one), vector(other))


def test_frames_sparse_records_and_texts_of_labels():
    names = np.array([f"digit {label}" for label in range(10)])
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(64)])
    target = Federation(SOFTMAX, random_state=0).fit(frame, names[Y])
    assert_array_equal(target.feature_names_in_, frame.columns)
    assert set(target.predict(frame)) <= set(names)
    rows = sparse.csr_matrix(X)
    assert Federation(SOFTMAX, random_state=0).fit(rows, Y).score(rows, Y) > 0.8


def test_a_federation_is_a_target_like_any_other():
    game = MembershipGame(FEDERATIONS[0], n_shadows=2, signals=["loss"], random_state=0)
    assert 0 <= game.fit(X[::2], Y[::2]).score(X[1::2], Y[1::2]) <= 1


@pytest.mark.parametrize(
    ("target", "match"),
    [
        (Federation(LINEAR, algorithm="fedsgd"), "one at every record"),
        (
            Federation(SGDClassifier(loss="log_loss", learning_rate="optimal")),
            "constant",
        ),
        (Federation(clone(LINEAR).set_params(average=True)), "average=False"),
        (Federation(clone(SOFTMAX).set_params(learning_rate="adaptive")), "constant"),
    ],
)
def test_what_cannot_be_averaged(target, match):
    with pytest.raises(ValueError, match=match):
        target.fit(X, Y)


def test_buffers_of_a_network_are_not_averaged():
    def normalized(n_features, n_outputs):
        return nn.Sequential(nn.BatchNorm1d(n_features), nn.Linear(64, n_outputs))

    with pytest.raises(ValueError, match="batch normalization, are not averaged"):
        Federation(NetClassifier(normalized), random_state=0).fit(X, Y)


def test_only_known_learners():
    class Own(MLPClassifier):
        pass

    with pytest.raises(TypeError, match=r"whose parameters can be averaged\. Got Own"):
        Federation(Own()).fit(X, Y)
    with pytest.raises(TypeError, match=r"an MLPClassifier.* Got LogisticRegression"):
        Federation(LogisticRegression()).fit(X, Y)
    for hinge in (clone(LINEAR).set_params(loss="hinge"), SGDClassifier()):
        with pytest.raises(ValueError, match="take loss='log_loss', learning_rate="):
            Federation(hinge).fit(X, Y)
    with pytest.raises(ValueError, match="must have solver='sgd' or 'adam'"):
        Federation(MLPClassifier(solver="lbfgs")).fit(X, Y)
    with pytest.raises(TypeError, match="a list of some Hook"):
        Federation(SOFTMAX, hooks=[print]).fit(X, Y)
    with pytest.raises(ValueError, match=r"one class only: \[1\]"):
        Federation(SOFTMAX).fit(X, np.ones(len(X), dtype=int))


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (Isolation("a"), r"'party' .* from 0 to 3, or None\. Got 'a'"),
        (Isolation(4), r"'party' .* from 0 to 3, or None\. Got 4"),
        (GradientAscent(X, Y, insider=9), r"'insider' .* from 0 to 3.* Got 9"),
        (GradientAscent(X, Y[:5]), "inconsistent numbers of samples"),
        (GradientAscent(), r"needs the records.* GradientAscent\(X, y\)"),
    ],
)
def test_hooks_that_cannot_act(hook, message):
    with pytest.raises(ValueError, match=message):
        federation(n_parties=4, hooks=[hook])


@pytest.mark.parametrize("missing", [None, np.nan])
@pytest.mark.parametrize(
    "target", [Federation(SOFTMAX), LooseFederation([SOFTMAX] * 2)], ids=type
)
def test_every_record_has_an_owner(target, missing):
    groups = ["a", "b"] * (len(Y) // 2) + ["a"] * (len(Y) % 2)
    groups[3] = missing
    with pytest.raises(ValueError, match=r"whose it is\. Got 1 missing values"):
        target.fit(X, Y, groups)
