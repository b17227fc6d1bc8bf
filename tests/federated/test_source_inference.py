"""Source inference names parties, as often as was measured and no more often."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)

from skmia.federated import (
    FederatedDistillation,
    Federation,
    InsiderAttack,
    LooseFederation,
    SourceInferenceAttack,
    dirichlet_split,
    owner_accuracy,
)

X, Y = load_digits(return_X_y=True)
SOFTMAX = MLPClassifier((), solver="sgd", learning_rate_init=0.2)


def trained(**params):
    given = {"n_rounds": 4, "alpha": 1.0, "random_state": 0}
    return Federation(SOFTMAX, **given | params).fit(X / 16, Y)


def test_parameters_and_names_of_columns():
    attack = SourceInferenceAttack(LooseFederation([GaussianNB()] * 2), random_state=0)
    check_param_validation("SourceInferenceAttack", attack)
    check_dataframe_column_names_consistency("SourceInferenceAttack", attack)


def test_rule_by_hand():
    target = trained()
    rows = np.arange(len(Y))
    attack = SourceInferenceAttack(target, rounds=[1, -1], random_state=0).fit()
    scores = attack.owner_scores(X / 16, Y)
    for party in range(4):
        losses = [
            -np.log(target.uploads_[t][party].predict_proba(X / 16)[rows, Y])
            for t in (1, 3)
        ]
        assert_allclose(scores[:, party], -np.mean(losses, axis=0), atol=1e-12)
    named = attack.predict_owner(X / 16, Y)
    assert_array_equal(named, scores.argmax(axis=1))
    assert attack.score(X / 16, Y, target.owner_) == (named == target.owner_).mean()


def test_of_answers_it_is_the_rule_of_the_insider():
    trees = [DecisionTreeClassifier(min_samples_leaf=5)] * 3
    target = LooseFederation(trees, random_state=0).fit(X, Y)
    source = SourceInferenceAttack(target, random_state=0).fit()
    insider = InsiderAttack(target, random_state=0).fit()
    losses = source.owner_scores(X, Y)
    truth = target.party_proba(X)[:, np.arange(len(Y)), Y].T
    best = truth == truth.max(axis=1, keepdims=True)
    assert_array_equal(losses == losses.max(axis=1, keepdims=True), best)
    assert_array_equal(source.predict_owner(X, Y), insider.predict_owner(X, Y))


def test_a_party_that_took_no_part_is_never_named():
    target = trained(client_fraction=0.5, n_rounds=1)
    absent = np.setdiff1d(target.parties_, target.participants_[0])
    named = SourceInferenceAttack(target, random_state=0).fit().predict_owner(X / 16, Y)
    assert len(absent) == 2
    assert not np.isin(named, absent).any()


def test_equal_models_are_a_guess(global_random_seed):
    model = GaussianNB().fit(X, Y)
    same = LooseFederation.from_models([model] * 4)
    owner = np.random.default_rng(global_random_seed).integers(4, size=len(Y))
    attack = SourceInferenceAttack(same, random_state=global_random_seed).fit()
    n_right = (attack.predict_owner(X, Y) == owner).sum()
    # Outside in fewer than one of 5000 seeds.
    assert binom.ppf(1e-4, len(Y), 0.25) <= n_right <= binom.isf(1e-4, len(Y), 0.25)


def test_records_of_nobody_have_no_owner(global_random_seed):
    """The victims' records are not in the federation: owners are names on paper."""
    halves = np.random.default_rng(global_random_seed).permutation(len(Y))
    inside, outside = np.array_split(halves, 2)
    target = Federation(SOFTMAX, n_rounds=4, random_state=global_random_seed)
    target.fit(X[inside] / 16, Y[inside])
    owner = np.random.default_rng(global_random_seed).integers(4, size=len(outside))
    attack = SourceInferenceAttack(target, random_state=0).fit()
    named = attack.predict_owner(X[outside] / 16, Y[outside])
    # Owners are drawn apart from all else: a binomial count, within 1e-4 a side.
    n_right, n = (named == owner).sum(), len(owner)
    assert binom.ppf(1e-4, n, 0.25) <= n_right <= binom.isf(1e-4, n, 0.25)


@pytest.mark.parametrize(("alpha", "measured"), [(100, 0.237), (1, 0.336)])
def test_measured_accuracy_on_digits(alpha, measured):
    """One local fit of each of 10 parties, the mean of 8 splits; a guess is 0.1."""
    found = []
    for seed in range(8):
        owner = dirichlet_split(Y, 10, alpha, random_state=seed)
        parties = [LogisticRegression(C=1, max_iter=500)] * 10
        target = LooseFederation(parties, random_state=0).fit(X / 16, Y, owner)
        attack = SourceInferenceAttack(target, random_state=seed).fit()
        found.append(attack.score(X / 16, Y, owner))
    # Measured elsewhere with other splits; both means have errors of 0.003 and 0.008.
    assert abs(np.mean(found) - measured) < 0.02


def test_more_local_epochs_and_more_skew_tell_more():
    def accuracy(**params):
        target = trained(**params)
        attack = SourceInferenceAttack(target, random_state=0).fit()
        named = attack.predict_owner(X / 16, Y)
        return owner_accuracy(target.owner_, named, 4)

    few, many = (accuracy(local_epochs=n, alpha=100.0) for n in (1, 10))
    assert many.low > few.accuracy
    assert few.low > few.largest
    # Naming the largest party is right more often, too: that is not a leak of records.
    skewed = accuracy(local_epochs=10, alpha=0.3)
    assert skewed.low > max(many.high, skewed.largest)


def test_fedsgd_gives_sources_away_as_well():
    target = trained(algorithm="fedsgd", n_rounds=20)
    attack = SourceInferenceAttack(target, random_state=0).fit()
    named = attack.predict_owner(X / 16, Y)
    found = owner_accuracy(target.owner_, named, 4)
    assert found.low > found.largest


def test_accuracy_beside_guesses():
    found = owner_accuracy(["a", "a", "b"], ["a", "b", "b"], 4)
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.low < 2 / 3 < found.high
    assert (found.chance, found.largest) == (0.25, 2 / 3)


@pytest.mark.parametrize("n_candidates", [1, 3])
def test_as_many_candidates_as_there_are_parties(n_candidates):
    with pytest.raises(ValueError, match=r"'n_candidates' .* and 5 are there"):
        owner_accuracy([0, 1, 2, 3], [0, 1, 2, 4], n_candidates)


@pytest.mark.parametrize(
    ("rounds", "got"), [([4], "4 among"), ([0, 0.5], "0.5 among"), ([], "none")]
)
def test_rounds_that_are_not_there(rounds, got):
    attack = SourceInferenceAttack(trained(), rounds=rounds, random_state=0).fit()
    with pytest.raises(ValueError, match=rf"places of the 4 rounds\. Got {got}"):
        attack.owner_scores(X / 16, Y)


def distilled(seed=0, rows=slice(500, 1100), **params):
    """Parties that share scores on 500 records; the parties own 600 others."""
    given = {"X_public": X[:500] / 16, "n_rounds": 3, "alpha": 100.0}
    given["estimators"] = [DecisionTreeClassifier(min_samples_leaf=2)] * 4
    target = FederatedDistillation(**given | params, random_state=seed)
    return target.fit(X[rows] / 16, Y[rows])


@pytest.fixture(scope="module")
def distillation():
    return distilled()


IMITATES = DecisionTreeClassifier()


def named_in(target, rows=slice(500, 1100), **params):
    attack = SourceInferenceAttack(target, random_state=0, **params).fit()
    return owner_accuracy(target.owner_, attack.predict_owner(X[rows] / 16, Y[rows]), 4)


def test_imitations_by_hand(distillation):
    given = {"surrogate": GaussianNB(), "rounds": [0, -1], "random_state": 0}
    attack = SourceInferenceAttack(distillation, **given).fit()
    # The first of these records are public, and have scores.
    some, y = X[400:600] / 16, Y[400:600]
    scores = attack.owner_scores(some, y)
    shared = [distillation.shared_scores_[place].posteriors for place in (0, 2)]
    truth = [one[:, np.arange(400, 500), y[:100]].T for one in shared]
    expected = np.mean(np.log(np.maximum(truth, 1e-12)), axis=0)
    assert_allclose(scores[:100], expected, atol=1e-12)
    model = shared[0][2]
    rows, codes = np.nonzero(model)
    weights = model[rows, codes]
    by_hand = GaussianNB().fit(X[rows] / 16, codes, weights)
    first = SourceInferenceAttack(distillation, **given | {"rounds": [0]}).fit()
    answers = by_hand.predict_proba(some)[np.arange(100, 200), y[100:]]
    expected = np.log(np.maximum(answers, 1e-12))
    assert_allclose(first.owner_scores(some, y)[100:, 2], expected, atol=1e-6)


def test_a_server_that_asks_names_more_than_one_that_imitates(distillation):
    """Both threat models of a distillation, and the guess that they must beat."""
    imitated = named_in(distillation, surrogate=IMITATES)
    asked = named_in(distillation)
    assert imitated.low > imitated.largest
    assert asked.low > imitated.high


def test_a_server_that_put_the_candidates_among_the_public_records():
    """In the first round parties have trained alone, and say just what they learned."""
    some, y = X[500:1100] / 16, Y[500:1100]
    target = distilled(X_public=X[:1100] / 16, estimators=[GaussianNB()] * 4)
    alone = LooseFederation(target.estimators, random_state=0)
    alone.fit(some, y, target.owner_)
    given = {"rounds": [0], "random_state": 0}
    server = SourceInferenceAttack(target, surrogate=IMITATES, **given).fit()
    asked = SourceInferenceAttack(alone, random_state=0).fit()
    expected = asked.owner_scores(some, y)
    assert_allclose(server.owner_scores(some, y), expected, atol=1e-9)


def test_records_of_nobody_have_no_owner_in_a_distillation(global_random_seed):
    target = distilled(global_random_seed)
    others = slice(1100, 1700)
    owner = np.random.default_rng(global_random_seed).integers(4, size=600)
    for surrogate in (None, IMITATES):
        attack = SourceInferenceAttack(target, surrogate=surrogate, random_state=0)
        named = attack.fit().predict_owner(X[others] / 16, Y[others])
        # Owners are drawn apart from all else: a binomial count, within 1e-4 a side.
        n_right = (named == owner).sum()
        assert binom.ppf(1e-4, 600, 0.25) <= n_right <= binom.isf(1e-4, 600, 0.25)


def test_a_surrogate_is_for_shared_scores():
    target = trained(n_rounds=1)
    attack = SourceInferenceAttack(target, surrogate=IMITATES, random_state=0)
    with pytest.raises(TypeError, match=r"share\. Got Federation, which needs none"):
        attack.fit().owner_scores(X / 16, Y)
