"""Parties of a federated distillation share scores and learn from their mean."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)

from skmia.federated import FederatedDistillation, InsiderAttack, LooseFederation
from skmia.federated._exchange import Exchanges
from skmia.utils._spilled import Spill

X, Y = load_digits(return_X_y=True)
X = X / 16
PUBLIC, OWN = slice(0, 300), slice(300, 900)
TREE = DecisionTreeClassifier(min_samples_leaf=2)
PERCEPTRON = MLPClassifier((32,), learning_rate_init=0.01)
MIXED = [TREE, GaussianNB(), PERCEPTRON]
PARTIES = FederatedDistillation(MIXED, X_public=X[PUBLIC], n_rounds=2, random_state=0)


def trained(federation=PARTIES, groups=None, **params):
    return clone(federation).set_params(**params).fit(X[OWN], Y[OWN], groups)


def test_parameters_and_names_of_columns():
    federation = FederatedDistillation([GaussianNB()] * 2, random_state=0)
    check_param_validation("FederatedDistillation", federation)
    check_dataframe_column_names_consistency("FederatedDistillation", federation)


def test_scores_of_public_records_are_all_that_is_shared():
    federation = trained(n_shared=50, n_rounds=3)
    assert len(federation.shared_scores_) == len(federation.consensus_) == 3
    rounds = list(zip(federation.shared_scores_, federation.consensus_, strict=True))
    public = {row.tobytes() for row in X[PUBLIC]}
    for said, mean in rounds:
        assert said.posteriors.shape == (3, 50, 10)
        assert mean.posteriors.shape == (1, 50, 10)
        assert {row.tobytes() for row in said.X} <= public
        assert_allclose(mean.posteriors[0], said.posteriors.mean(axis=0))
        assert_allclose(mean.posteriors.sum(axis=2), 1)
        assert_array_equal(said.classes, np.arange(10))
    # Drawn anew in each round.
    assert not np.array_equal(rounds[0][0].X, rounds[1][0].X)


def test_one_party_learns_its_own_scores():
    """Naive Bayes by hand: it is fitted on weighted records, and draws nothing."""
    federation = trained(estimators=[GaussianNB()], n_rounds=3)
    model = GaussianNB().fit(X[OWN], Y[OWN])
    for said, mean in zip(
        federation.shared_scores_, federation.consensus_, strict=True
    ):
        posterior = model.predict_proba(X[PUBLIC])
        assert_allclose(said.posteriors[0], posterior, atol=1e-9)
        assert_array_equal(mean.posteriors, said.posteriors)
        rows, labels = np.nonzero(posterior)
        records = np.vstack([X[OWN], X[PUBLIC][rows]])
        labels = np.append(Y[OWN], labels)
        weights = np.append(np.ones(600), posterior[rows, labels[600:]])
        model = GaussianNB().fit(records, labels, weights)
    assert_allclose(federation.predict_proba(X), model.predict_proba(X), atol=1e-6)


def test_a_perceptron_goes_on_from_where_it_is():
    params = {"n_rounds": 1, "digest_epochs": 0, "revisit_epochs": 0}
    party = FederatedDistillation([PERCEPTRON], X_public=X[PUBLIC], random_state=0)
    idle = trained(party, **params)
    begin = idle.shared_scores_[0].posteriors[0]
    assert_array_equal(idle.party_proba(X[PUBLIC])[0], begin)
    learned = trained(party, **params | {"revisit_epochs": 20})
    rounds = trained(party, **params | {"revisit_epochs": 10, "n_rounds": 3})
    # What was learned before is not lost: 20 epochs in each of two turns, 10 in four.
    for federation in (learned, rounds):
        assert federation.score(X[OWN], Y[OWN]) > 0.97
    accuracy = [
        (Y[PUBLIC] == one.posteriors[0].argmax(axis=1)).mean()
        for one in rounds.shared_scores_
    ]
    assert accuracy[0] < accuracy[-1]


@pytest.mark.parametrize(
    "learner",
    [PERCEPTRON, TREE, KNeighborsClassifier(), SGDClassifier(loss="log_loss")],
)
def test_classes_are_learned_from_others(learner):
    """Who has no record of half of the classes knows them by the consensus."""
    groups = (Y[OWN] >= 5).astype(int)
    federation = trained(
        groups=groups,
        estimators=[learner, GaussianNB()],
        n_rounds=3,
        digest_epochs=20,
        revisit_epochs=1,
    )
    first, last = federation.shared_scores_[0], federation.shared_scores_[-1]
    unknown = Y[PUBLIC] >= 5
    before, after = (
        (one.posteriors[0].argmax(axis=1) == Y[PUBLIC])[unknown].mean()
        for one in (first, last)
    )
    assert before < 0.2
    assert after > before + 0.2


def test_labels_of_public_records_are_learned_first():
    groups = (Y[OWN] >= 5).astype(int)
    given = {"y_public": Y[PUBLIC], "estimators": [TREE, TREE], "n_rounds": 1}
    federation = trained(groups=groups, **given)
    said = federation.shared_scores_[0].posteriors
    assert ((said.argmax(axis=2) == Y[PUBLIC]).mean(axis=1) > 0.8).all()


def test_a_part_of_the_records_is_made_public():
    federation = trained(X_public=None, public_fraction=0.25)
    assert 140 <= federation.public_.sum() <= 160
    assert len(federation.owner_) == 600
    shared = federation.shared_scores_[0].X
    assert_array_equal(shared, X[OWN][federation.public_])
    assert not trained().public_.any()


def test_parties_are_those_of_the_caller():
    groups = np.where(np.arange(600) < 200, "south", "north")
    federation = trained(estimators=[GaussianNB()] * 2, groups=groups)
    assert_array_equal(federation.parties_, ["north", "south"])
    assert_array_equal(federation.owner_, groups)
    alone = GaussianNB().fit(X[OWN][:200], Y[OWN][:200]).predict_proba(X[PUBLIC])
    assert_allclose(federation.shared_scores_[0].posteriors[1], alone, atol=1e-9)
    # Renaming them permutes what they say, and changes no consensus.
    other = trained(estimators=[GaussianNB()] * 2, groups=groups == "north")
    said, mean = other.shared_scores_[1], other.consensus_[1]
    assert_allclose(
        said.posteriors[::-1], federation.shared_scores_[1].posteriors, atol=1e-9
    )
    assert_allclose(mean.posteriors, federation.consensus_[1].posteriors, atol=1e-9)


def test_results_do_not_depend_on_n_jobs():
    with parallel_config(backend="threading"):
        one, two = (trained(n_jobs=n_jobs) for n_jobs in (1, 2))
    assert_array_equal(one.party_proba(X), two.party_proba(X))
    assert_array_equal(one.party_proba(X), trained().party_proba(X))


def test_networks_of_torch_are_parties():
    neural = pytest.importorskip("skmia.neural")
    network = neural.NetClassifier(learning_rate=0.01, batch_size=16)
    federation = trained(estimators=[network, TREE, TREE], n_rounds=2)
    assert federation.score(X[900:], Y[900:]) > 0.7


def test_frames_and_sparse_records_pass_through():
    X, y = load_iris(return_X_y=True, as_frame=True)
    parties = FederatedDistillation([GaussianNB(), TREE], random_state=0)
    for public in (None, X[::5], X[::5].to_numpy()):
        federation = parties.set_params(X_public=public).fit(X, y)
        assert_array_equal(federation.feature_names_in_, X.columns)
        assert list(federation.shared_scores_[0].X) == list(X.columns)
    rows, trees = sparse.csr_matrix(X), [TREE] * 2
    for public in (None, rows[::5]):
        federation = FederatedDistillation(trees, X_public=public, random_state=0)
        assert federation.fit(rows, y).score(rows, y) > 0.9
    assert isinstance(X, pd.DataFrame)


def test_it_is_a_loose_federation_once_it_is_trained():
    federation = trained(estimators=[TREE] * 3)
    asked = LooseFederation.from_models(federation.estimators_)
    assert_array_equal(asked.party_proba(X), federation.party_proba(X))
    assert_allclose(asked.predict_proba(X), federation.party_proba(X).mean(axis=0))
    insider = InsiderAttack(federation, random_state=0).fit()
    assert insider.score(X[OWN], Y[OWN], federation.owner_) > 0.5


def test_scores_in_a_file_are_the_same():
    rng = np.random.default_rng(0)
    said = [rng.dirichlet(np.ones(4), size=(3, 7)) for _ in range(2)]
    rows = np.arange(7) * 2
    for most_bytes in (0, 2**20):
        kept = Exchanges(X[:20], np.arange(4), Spill(most_bytes))
        for one in said:
            kept.add(rows, one)
        for expected, found in zip(said, kept, strict=True):
            assert_array_equal(found.posteriors, expected)
            assert_array_equal(found.X, X[:20][rows])
        assert len(kept[1:]) == 1


def test_what_is_asked_twice_is_said_of_public_records_only():
    """An imitation says of a public record what was said of it, exactly."""
    said = trained().shared_scores_[0]
    for model, posterior in zip(said.imitations(TREE, 0), said.posteriors, strict=True):
        assert_array_equal(model.predict_proba(X[PUBLIC][::-1]), posterior[::-1])
        others = model.surrogate_.predict_proba(X[OWN])
        assert_array_equal(model.predict_proba(X[OWN]), others)


def test_who_says_one_class_only_is_imitated_as_well():
    groups = (Y[OWN] > 0).astype(int)
    federation = trained(estimators=[TREE] * 2, groups=groups)
    model, _ = federation.shared_scores_[0].imitations(LogisticRegression(), 0)
    assert (model.predict_proba(X[OWN])[:, 0] == 1).all()


def test_wrong_parties_and_public_records_are_named():
    with pytest.raises(ValueError, match=r"as many parties .* 3. Got 2 parties"):
        trained(groups=Y[OWN] > 4)
    with pytest.raises(TypeError, match="'estimators' parameter of FederatedDist"):
        trained(estimators=[])
    with pytest.raises(ValueError, match=r"as many features as X: 64\. Got 3"):
        trained(X_public=X[PUBLIC, :3])
    with pytest.raises(ValueError, match="labels of 'X_public', and that is None"):
        trained(X_public=None, y_public=Y[PUBLIC])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        trained(y_public=Y[:4])
    with pytest.raises(ValueError, match="at least two classes"):
        clone(PARTIES).fit(X[OWN], np.zeros(600))
    with pytest.raises(ValueError, match="NaN"):
        clone(PARTIES).fit(np.where(X[OWN] > 0.9, np.nan, X[OWN]), Y[OWN])
