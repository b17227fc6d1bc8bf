"""What is unusual about records, and that a reason tells no value."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from skmia.auditing._traits import traits_of


def traits(X, y, seed=0):
    return traits_of(X, np.asarray(y), np.random.RandomState(seed))


def two_clouds(n=200, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 3)) + 10 * y[:, None], y


def test_each_trait_where_it_was_planted():
    X, y = two_clouds()
    y[0] = 1  # among those of the other label
    X[1] = 30
    y[2:6] = 2
    frame = pd.DataFrame(X, columns=list("abc"))
    frame["town"] = ["x", "y"] * 100
    frame.loc[7, "town"] = "z"
    frame["yes"] = np.arange(200) == 8
    frame.loc[9, "town"] = None
    found = traits(frame, y)
    assert found.columns.tolist() == [
        "rare class",
        "outlier",
        "singled out",
        "mislabelled",
    ]
    assert np.flatnonzero(found["rare class"]).tolist() == [2, 3, 4, 5]
    assert np.flatnonzero(found["singled out"]).tolist() == [7, 8]
    assert np.flatnonzero(found["mislabelled"]).tolist() == [0, 2, 3, 4, 5]
    assert found["outlier"][1]
    assert found["outlier"].mean() < 0.1


def test_records_in_another_order_have_the_same_traits():
    X, y = two_clouds()
    order = np.random.default_rng(1).permutation(200)
    one, other = traits(X, y), traits(X[order], y[order])
    pd.testing.assert_frame_equal(one.iloc[order].reset_index(drop=True), other)


def test_units_of_features_change_nothing():
    X, y = two_clouds()
    y[0] = 1
    pd.testing.assert_frame_equal(traits(X, y), traits(X * [1e-6, 1, 1e6] + 5, y))


@pytest.mark.parametrize("kind", ["text", "sparse", "wide", "gaps", "lists", "few"])
def test_any_kind_of_records(kind):
    rng = np.random.default_rng(0)
    texts = [" ".join(words) for words in rng.choice(list("abcdefgh"), (60, 9))]
    X = {
        "text": texts,
        "sparse": TfidfVectorizer(analyzer="char").fit_transform(texts),
        "wide": rng.normal(size=(60, 300)),
        "gaps": np.where(rng.random((60, 4)) < 0.3, np.nan, 1.0) * np.arange(4),
        "lists": [list(range(i % 7)) for i in range(60)],
        "few": rng.normal(size=(8, 2)),
    }[kind]
    n = 8 if kind == "few" else 60
    found = traits(X, np.arange(n) % 2)
    assert found.shape == (n, 4)
    assert not found["rare class"].any()


def test_what_cannot_be_compared_is_not_known():
    assert traits(np.full((20, 2), 1 + 1j), np.zeros(20)) is None
