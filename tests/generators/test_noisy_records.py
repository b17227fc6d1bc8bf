"""Known records with noise."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.naive_bayes import GaussianNB

from skmia.generators import FeatureSchema, NoisyRecords
from skmia.targets import BlackBox


def numbered(X):
    """Records, and their numbers as labels."""
    return X, np.arange(len(X))


def test_no_noise_gives_every_record_once():
    X, y = numbered(np.random.RandomState(0).standard_normal((20, 3)))
    drawn, labels = NoisyRecords(flip=0, random_state=0).fit(X, y).sample(20)
    assert_array_equal(np.sort(labels), y)
    assert_array_equal(drawn, X[labels])


def test_no_record_is_used_much_more_than_another():
    X, y = numbered(np.arange(8.0).reshape(-1, 1))
    _, labels = NoisyRecords(random_state=0).fit(X, y).sample(20)
    assert set(np.bincount(labels)) == {2, 3}


@pytest.mark.parametrize("flip", [0.1, 0.2])
def test_share_of_flipped_bits(flip, global_random_seed):
    """40,000 bits: five standard errors are 0.01 for a share of 0.2."""
    rng = np.random.RandomState(global_random_seed)
    X, y = numbered(rng.randint(2, size=(400, 100)))
    generator = NoisyRecords(flip=flip, random_state=global_random_seed).fit(X, y)
    drawn, labels = generator.sample(400)
    assert abs((drawn != X[labels]).mean() - flip) < 0.01
    assert drawn.dtype == X.dtype


def test_what_is_not_binary_is_drawn_from_its_marginal(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    X, y = numbered(
        np.column_stack([rng.standard_normal(400), rng.randint(5, size=400)])
    )
    generator = NoisyRecords(flip=1, random_state=global_random_seed).fit(X, y)
    drawn, labels = generator.sample(400)
    for column in range(2):
        assert np.isin(drawn[:, column], X[:, column]).all()
        assert abs(np.corrcoef(drawn[:, column], X[labels, column])[0, 1]) < 0.25


def test_one_hot_groups_move_as_one():
    X = pd.DataFrame(np.eye(3, dtype=int)[np.arange(60) % 3], columns=list("abc"))
    schema = FeatureSchema.from_records(X, onehot=[list("abc")])
    generator = NoisyRecords(flip=0.5, schema=schema, random_state=0)
    drawn, _ = generator.fit(X, X["a"]).sample(200)
    assert_array_equal(drawn.sum(axis=1), 1)


def test_target_labels():
    X = np.random.RandomState(0).standard_normal((50, 2))
    model = GaussianNB().fit(X, X[:, 0] > 0)
    api = BlackBox(model, access="label", max_queries=60)
    generator = NoisyRecords(random_state=0).fit(X)
    drawn, labels = generator.sample(60, api)
    assert_array_equal(labels, model.predict(drawn))
    assert (generator.n_queries_, generator.n_calls_, api.queries_left_) == (60, 1, 0)
