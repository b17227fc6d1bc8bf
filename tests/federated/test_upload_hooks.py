"""What parties do not send, and what attacks find then."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from skmia.attacks.evidence import Coverage
from skmia.federated import (
    Federation,
    Hook,
    NoisyUploads,
    SharedFeatures,
    SourceInferenceAttack,
    nonzero_features,
)
from skmia.federated._learners import learner_of
from skmia.neural import NetClassifier
from skmia.targets import Session

X, Y = load_digits(return_X_y=True)
X = X[:600] / 16
Y = Y[:600]
SOFTMAX = MLPClassifier((), solver="sgd", learning_rate_init=0.2)
LINEAR = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.05)
NETWORK = NetClassifier(
    module_params={"hidden_units": (8,)}, optimizer="sgd", learning_rate=0.1
)


def federation(*hooks, learner=SOFTMAX, **params):
    given = {"n_rounds": 3, "n_parties": 3, "random_state": 0}
    return Federation(learner, hooks=list(hooks), **given | params).fit(X, Y)


def vector(model):
    return learner_of(model).vector(model)


def updates(target):
    for before, after in zip(target.broadcasts_, target.uploads_, strict=True):
        for one, other in zip(before, after, strict=True):
            yield vector(other) - vector(one)


def test_a_hook_of_uploads_knows_what_was_received():
    seen = []

    class Look(Hook):
        def on_upload(self, message):
            seen.append(vector(message.received))
            return message.model

    target = Federation(SOFTMAX, n_parties=2, n_rounds=2, random_state=0)
    target.hooks = [Look()]
    target.fit(X, Y)
    assert_array_equal(seen[0], vector(target.initial_))
    assert_array_equal(seen[-1], vector(target.rounds_[0]))


def test_updates_are_cut():
    full = [np.linalg.norm(update) for update in updates(federation())]
    cut = [np.linalg.norm(one) for one in updates(federation(NoisyUploads(0.1)))]
    assert min(full) > 0.1
    assert_allclose(cut, 0.1)


def test_without_cut_and_noise_no_bit_changes():
    quiet, hooked = federation(), federation(NoisyUploads(np.inf))
    assert_array_equal(vector(quiet.model_), vector(hooked.model_))


def test_noise_is_of_its_size_and_new_for_each_message():
    hook = NoisyUploads(np.inf, noise=0.1, random_state=0)
    loud, quiet = federation(hook), federation()
    # The first round of both begins from the same model.
    noise = [
        vector(one) - vector(other)
        for one, other in zip(loud.uploads_[0], quiet.uploads_[0], strict=True)
    ]
    # 650 parameters of each: 4 standard errors of a standard deviation, of a
    # correlation.
    assert abs(np.std(noise, axis=1) / 0.1 - 1).max() < 4 / np.sqrt(2 * 650)
    others = np.corrcoef(noise)[np.triu_indices(3, 1)]
    assert abs(others).max() < 4 / np.sqrt(650)
    assert_array_equal(vector(loud.model_), vector(federation(hook).model_))
    other = federation(clone(hook).set_params(random_state=None))
    assert (vector(other.model_) != vector(loud.model_)).all()


def test_noise_hides_whose_record_it_is():
    def accuracy(*hooks):
        target = federation(*hooks, local_epochs=10)
        attack = SourceInferenceAttack(target, random_state=0).fit()
        return attack.score(X, Y, target.owner_)

    noisy = NoisyUploads(1.0, noise=1.0, random_state=0)
    # 600 records: 4 standard errors of a share are 0.08.
    assert accuracy() > accuracy(noisy) + 0.08
    assert abs(accuracy(noisy) - 1 / 3) < 0.08


@pytest.mark.parametrize("learner", [SOFTMAX, LINEAR, NETWORK], ids=type)
def test_only_shared_features_move(learner):
    shared = X.mean(axis=0) > 0.3
    for features in (shared, np.flatnonzero(shared)):
        target = federation(SharedFeatures(features), learner=learner)
        first = learner_of(target.model_).first_layer
        moved = nonzero_features(target.initial_, target.model_)
        assert_array_equal(moved, shared)
        same = first(target.initial_)[~shared], first(target.model_)[~shared]
        assert_array_equal(*same)
    assert (vector(target.initial_) != vector(target.model_)).mean() > 0.2


def sparse_records():
    rng = np.random.default_rng(0)
    frequency = np.append(np.full(40, 0.3), np.full(200, 0.02))
    rows = (rng.random((400, 240)) < frequency).astype(float)
    return rows, rng.integers(0, 3, 400)


@pytest.mark.parametrize(
    ("learner", "hooks", "least", "most"),
    [
        (MLPClassifier((), solver="sgd", alpha=0), [], 0.95, 1),
        # What is left are 40 features that almost every batch has.
        (
            MLPClassifier((), solver="sgd", alpha=0),
            [SharedFeatures(np.arange(40))],
            0,
            0.6,
        ),
        (NetClassifier(module_params={"hidden_units": ()}), [], 0.95, 1),
        # Of every step some features of a record are left out.
        (
            NetClassifier(module_params={"hidden_units": (), "input_dropout": 0.7}),
            [],
            0.5,
            0.9,
        ),
    ],
    ids=["all", "frequent", "network", "dropout"],
)
def test_defenses_of_melis(learner, hooks, least, most):
    rows, labels = sparse_records()
    target = Federation(learner, n_rounds=1, hooks=hooks, random_state=0)
    target.fit(rows[:32], labels[:32])
    Z = Coverage().fit_transform(Session(target, rows, labels))
    auc = roc_auc_score(np.arange(400) < 32, Z["coverage_share"])
    assert least <= auc <= most


@pytest.mark.parametrize(
    ("hook", "match"),
    [
        (NoisyUploads(0), "'max_norm' parameter of NoisyUploads"),
        (NoisyUploads(noise=-1.0), "'noise' parameter of NoisyUploads"),
        (SharedFeatures([0, 64]), "places of the 64 features"),
        (SharedFeatures([True, False]), "places of the 64 features"),
        (SharedFeatures([0.5]), "places of the 64 features"),
    ],
)
def test_hooks_that_cannot_act(hook, match):
    with pytest.raises(ValueError, match=match):
        federation(hook)
