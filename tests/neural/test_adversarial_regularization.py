import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_array_equal
from scipy import stats
from sklearn.base import clone
from sklearn.datasets import make_blobs, make_classification
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils.parallel import Parallel, delayed
from sklearn_checks import parametrize_with_checks

from skmia.defenses import LabelOnly, defended_by
from skmia.neural import AdversarialRegularizationClassifier, MLPNet
from skmia.neural._membership_adversary import MembershipAdversary

# Few steps: what is checked holds for any number of them.
SHORT = {"max_epochs": 3, "attack_steps": 2, "learning_rate": 0.01, "random_state": 0}


def regularized(**parameters):
    return AdversarialRegularizationClassifier(**{**SHORT, **parameters})


@pytest.mark.slow
@parametrize_with_checks(
    [
        regularized(
            hidden_units=(8, 8), activation="tanh", warmup_epochs=0, batch_size=7
        ),
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def data(global_random_seed):
    """Members, and as many reference records."""
    X, y = make_blobs(
        180, centers=3, cluster_std=4, n_features=4, random_state=global_random_seed
    )
    X, y = X.astype(np.float32), np.array(["blue", "green", "red"])[y]
    return X[:90], y[:90], (X[90:], y[90:])


def same_weights(one, other):
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


# Plain training


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"hidden_units": (), "batch_size": 7},
        {"hidden_units": (8, 5), "activation": "tanh", "weight_decay": 0.1},
    ],
)
@pytest.mark.parametrize("given", [True, False])
def test_no_weight_is_plain_training_to_the_bit(settings, given, data):
    X, y, reference = data
    settings = {"max_epochs": 3, "random_state": 3, **settings}
    model = AdversarialRegularizationClassifier(
        alpha=0, reference=reference if given else None, **settings
    ).fit(X, y)
    trained_on = np.setdiff1d(np.arange(len(y)), model.held_out_)
    plain = MLPNet(**settings).fit(X[trained_on], y[trained_on])
    assert same_weights(model.network_, plain.network_)
    assert len(trained_on) == len(y) if given else len(trained_on) < len(y)


# Reference records


def test_reference_is_not_trained_on(data):
    X, y, (X_reference, y_reference) = data
    others = (X_reference[:50] + 7, np.roll(y_reference, 1)[:50])

    def networks(**settings):
        for reference in ((X_reference, y_reference), others):
            model = regularized(reference=reference, **settings).fit(X, y)
            yield model.network_

    assert same_weights(*networks(alpha=0))
    assert not same_weights(*networks(alpha=3))
    # All that the classifier learns of the reference is what the adversary learned: if
    # that moves by less than a float32 can tell, nothing.
    assert same_weights(*networks(alpha=3, attack_learning_rate=1e-30))


def test_records_held_out_are_not_trained_on(data):
    X, y, _ = data
    model = regularized(alpha=0).fit(X, y)
    moved = X.copy()
    moved[model.held_out_] += 7
    assert same_weights(model.network_, regularized(alpha=0).fit(moved, y).network_)


def test_share_held_out_is_of_every_class(data):
    X, y, reference = data
    rows = regularized(reference_fraction=0.5).fit(X, y).held_out_
    assert_array_equal(rows, np.unique(rows))
    assert len(rows) == 45
    for label in np.unique(y):
        assert abs(np.sum(y[rows] == label) - np.sum(y == label) / 2) <= 1.5
    assert len(regularized(reference=reference).fit(X, y).held_out_) == 0


def test_class_without_reference_records(data):
    X, y, (X_reference, y_reference) = data
    some = y_reference != "green"
    reference = (X_reference[some], y_reference[some])
    model = regularized(reference=reference, max_epochs=20).fit(X, y)
    assert model.classes_.tolist() == ["blue", "green", "red"]
    assert (model.predict(X[y == "green"]) == "green").mean() > 0.5


def test_clones_carry_the_reference(data):
    X, y, reference = data
    model = regularized(reference=reference)
    assert_array_equal(
        clone(model).fit(X, y).predict_proba(X), model.fit(X, y).predict_proba(X)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, np.full(len(y), "violet")), r"labels .* Got \['violet'\]"),
        (lambda X, y: (X, np.where(y == "red", 1.5, 0)), r"Got \[0\.0, 1\.5\]"),
        (lambda X, y: (X[:, :2], y), "X has 2 features, but .* expecting 4"),
        (lambda X, y: (X[1:], y), "inconsistent numbers of samples"),
        (lambda X, y: (np.where(X > 0, X, np.nan), y), "contains NaN"),
        (lambda X, y: (X[:0], y[:0]), "minimum of 1 is required"),
        (lambda X, y: (X,), "not enough values"),
        (lambda X, y: (X, y, y), "too many values"),
        (lambda X, y: X, "must be an instance of 'tuple' or None"),
    ],
)
def test_reference_of_another_kind(change, message, data):
    X, y, reference = data
    model = regularized(reference=change(*reference))
    with pytest.raises(ValueError, match=rf"(?s)The 'reference' parameter .*{message}"):
        model.fit(X, y)


def test_nothing_to_hold_out():
    X, y = np.eye(3), ["a", "b", "c"]
    message = r"Got 3 different records, .* pass 'reference' instead"
    with pytest.raises(ValueError, match=message):
        regularized().fit(X, y)
    model = regularized(reference=(X, y)).fit(X, y)
    assert model.predict_proba(X).shape == (3, 3)


# The adversary


def test_adversary_takes_its_steps(data, monkeypatch):
    taken = []

    def learn(self, classifier, n_steps):
        taken.append(n_steps)

    monkeypatch.setattr(MembershipAdversary, "learn", learn)
    X, y, reference = data
    AdversarialRegularizationClassifier(
        reference=reference,
        max_epochs=5,
        warmup_epochs=2,
        attack_steps=4,
        batch_size=40,
        random_state=0,
    ).fit(X, y)
    # 90 records are 3 batches: five passes alone, then three epochs.
    assert taken == [15] + [4] * 9


N_MEMBERS, N_OTHERS = 200, 2000


def leaks(alpha, seed):
    """On records that the model overfits: gap, AUC, and accuracy of the adversary."""
    X, y = make_classification(
        2 * N_MEMBERS + N_OTHERS,
        n_features=60,
        n_informative=10,
        n_redundant=0,
        n_classes=5,
        n_clusters_per_class=1,
        random_state=seed,
    )
    members, reference, others = np.split(np.arange(len(y)), [N_MEMBERS, 2 * N_MEMBERS])
    model = AdversarialRegularizationClassifier(
        (64,),
        alpha=alpha,
        reference=(X[reference], y[reference]),
        max_epochs=40,
        random_state=seed,
    ).fit(X[members], y[members])
    posterior = model.predict_proba(X)
    true_class = posterior[np.arange(len(y)), y]
    evidence = torch.tensor(np.hstack([posterior, np.eye(5)[y]])).float()
    with torch.inference_mode():
        called_member = (model.attack_network_(evidence)[:, 0] > 0).numpy()
    return {
        "gap": model.score(X[members], y[members]) - model.score(X[others], y[others]),
        "auc": roc_auc_score(
            np.repeat([1, 0], [N_MEMBERS, N_OTHERS]),
            true_class[np.concatenate([members, others])],
        ),
        "adversary": (called_member[members].mean() + 1 - called_member[others].mean())
        / 2,
    }


@pytest.mark.slow
def test_members_are_harder_to_tell():
    plain, regularized = (
        pd.DataFrame([leaks(alpha, seed) for seed in range(8)]) for alpha in (0, 2)
    )
    drop = plain - regularized
    # Eight data sets, drawn independently: the lower end of a one-sided t-interval, at
    # 99 %.
    lower = drop.mean() - stats.t.ppf(0.99, 7) * drop.sem()
    assert lower["gap"] > 0
    assert lower["auc"] > 0
    # The accuracy of guessing has a variance of (1/200 + 1/2000) / 16 per data set;
    # four deviations of the mean of eight: 0.027.
    assert regularized["adversary"].mean() > 0.5 - 0.027
    assert plain["adversary"].mean() > 0.5 + 0.027


# Seeds


def test_same_seed_same_model(data):
    X, y, _ = data
    first = regularized(random_state=3).fit(X, y).predict_proba(X)
    assert_array_equal(regularized(random_state=3).fit(X, y).predict_proba(X), first)
    other = regularized(random_state=4).fit(X, y).predict_proba(X)
    assert abs(other - first).max() > 1e-4


def test_refit_starts_anew(data):
    X, y, _ = data
    refitted = regularized().fit(X[:, :2], np.arange(90) % 2).fit(X, y)
    expected = regularized().fit(X, y).predict_proba(X)
    assert_array_equal(refitted.predict_proba(X), expected)


def test_global_generators_are_untouched(data):
    # numpy's is watched in every test.
    state = torch.get_rng_state()
    X, y, _ = data
    regularized().fit(X, y).predict(X)
    assert torch.equal(torch.get_rng_state(), state)


def test_threads_do_not_disturb_each_other(data):
    X, y, _ = data
    models = [regularized(random_state=seed) for seed in range(4)]
    alone = [clone(model).fit(X, y).predict_proba(X) for model in models]
    Parallel(n_jobs=2, backend="threading")(
        delayed(model.fit)(X, y) for model in models
    )
    for expected, model in zip(alone, models, strict=True):
        assert_array_equal(model.predict_proba(X), expected)


# Input


def test_dtypes_of_records(data):
    X, y, (X_reference, y_reference) = data
    single, double = (
        regularized(reference=(X_reference.astype(dtype), y_reference))
        .fit(X.astype(dtype), y)
        .predict_proba(X.astype(dtype))
        for dtype in (np.float32, np.float64)
    )
    assert_array_equal(single, double)
    assert double.dtype == np.float64


def test_data_frames(data):
    X, y, (X_reference, y_reference) = data
    names = ["a", "b", "c", "d"]
    frame, frame_reference = (
        pd.DataFrame(rows, columns=names) for rows in (X, X_reference)
    )
    model = regularized(reference=(frame_reference, pd.Series(y_reference)))
    model.fit(frame, pd.Series(y))
    assert model.feature_names_in_.tolist() == names
    expected = regularized(reference=(X_reference, y_reference)).fit(X, y)
    assert_array_equal(model.predict_proba(frame), expected.predict_proba(X))
    turned = regularized(reference=(frame_reference[names[::-1]], y_reference))
    with pytest.raises(ValueError, match=r"'reference' .* should match those"):
        turned.fit(frame, y)


def test_inputs_are_left_alone(data):
    X, y, reference = data
    X_before, reference_before = X.copy(), reference[0].copy()
    X.flags.writeable = reference[0].flags.writeable = False
    regularized(reference=reference).fit(X, y).predict_proba(X)
    assert_array_equal(X, X_before)
    assert_array_equal(reference[0], reference_before)


def test_a_fit_that_fails_leaves_what_was_there(data):
    X, y, reference = data
    broken = (reference[0], np.full(90, "violet"))
    model = regularized().fit(X, y)
    answer = model.predict_proba(X)
    with pytest.raises(ValueError, match="violet"):
        model.set_params(reference=broken).fit(X, np.roll(y, 1))
    assert_array_equal(model.predict_proba(X), answer)


def test_a_fitted_model_keeps_its_weights_only(data):
    X, y, _ = data
    model = regularized(hidden_units=(200,)).fit(X, y)
    networks = [model.network_, model.attack_network_]
    weights = [p for network in networks for p in network.parameters()]
    assert len(pickle.dumps(model)) < 4 * sum(p.numel() for p in weights) + 8000
    assert all(weight.grad is None for weight in weights)


def test_weight_is_searched_as_usual(data):
    X, y, reference = data
    model = regularized(reference=reference)
    search = GridSearchCV(model, {"alpha": [0, 1]}, cv=2, error_score="raise")
    assert len(search.fit(X, y).cv_results_["params"]) == 2


def test_it_is_known_as_a_defense():
    release = defended_by(LabelOnly(AdversarialRegularizationClassifier()))
    assert release.layers["defense"].tolist() == [
        "LabelOnly",
        "AdversarialRegularizationClassifier",
    ]


def test_one_class():
    with pytest.raises(ValueError, match=r"at least two classes in y\. Got .*'only'"):
        regularized().fit(np.eye(3), ["only"] * 3)


@pytest.mark.parametrize("warmup_epochs", [3, 4])
def test_warmup_that_never_ends(warmup_epochs, data):
    X, y, _ = data
    message = f"'warmup_epochs' parameter .* than max_epochs, 3, .* Got {warmup_epochs}"
    with pytest.raises(ValueError, match=message):
        regularized(warmup_epochs=warmup_epochs).fit(X, y)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("hidden_units", (0,)),
        ("alpha", -1),
        ("reference_fraction", 0),
        ("reference_fraction", 1.0),
        ("attack_steps", 0),
        ("warmup_epochs", -1),
        ("attack_learning_rate", 0),
    ],
)
def test_invalid_parameters(parameter, value, data):
    X, y, _ = data
    message = f"'{parameter}' parameter of AdversarialRegularizationClassifier must be"
    with pytest.raises(ValueError, match=message):
        regularized(**{parameter: value}).fit(X, y)
