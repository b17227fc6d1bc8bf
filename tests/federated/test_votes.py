"""Parties that vote by labels share nothing else."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import RoundedPosterior
from skmia.federated import InsiderAttack, LooseFederation

X, Y = load_digits(return_X_y=True)
TREE = DecisionTreeClassifier(min_samples_leaf=3)


def test_a_vote_by_labels():
    full = LooseFederation([TREE] * 3, random_state=0).fit(X[::2], Y[::2])
    party = RoundedPosterior(TREE, decimals=0)
    vote = LooseFederation([party] * 3, random_state=0).fit(X[::2], Y[::2])
    labels = full.party_proba(X).argmax(axis=2)
    assert_array_equal(vote.party_proba(X), labels[..., None] == np.arange(10))
    share = (labels[..., None] == np.arange(10)).mean(axis=0)
    assert_allclose(vote.predict_proba(X), share)


def test_who_is_right_may_be_the_owner():
    """Of parties that are all right nobody is told apart: they are equal."""
    party = RoundedPosterior(TREE, decimals=0)
    vote = LooseFederation([party] * 3, random_state=0).fit(X[::2], Y[::2])
    scores = InsiderAttack(vote, random_state=0).fit().owner_scores(X, Y)
    right = vote.party_proba(X).argmax(axis=2) == Y
    assert set(np.unique(scores)) <= {-1.0, 0.0, 1.0}
    assert not scores[right.all(axis=0)].any()
    assert not scores[~right.any(axis=0)].any()
