"""Rows around known records: how far they go, and whose label they have."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skmia.generators import FeatureSchema, RegionGenerator
from skmia.generators._region import sample_cubes
from skmia.targets import BlackBox

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
MIXED = pd.DataFrame(
    {
        "age": [20, 40, 60, 120],
        "bit": [0, 1, 1, 0],
        "weight": [50.0, 60.5, 70.0, 90.0],
        "town": ["A", "B", "C", "A"],
    }
)


def test_cube_of_each_kind_of_feature():
    schema = FeatureSchema.from_records(MIXED)
    Z = np.repeat(schema.encode(MIXED)[[1]], 2000, axis=0)
    rows = sample_cubes(Z, schema, 0.1, 0.4, np.random.RandomState(0))
    age, bit, weight, town = rows.T
    # The range of ages is 100: 10 years to each side, all equally likely.
    assert_array_equal(np.unique(age), np.arange(30, 51))
    counts = np.unique(age, return_counts=True)[1]
    assert counts.min() > 2000 / 21 * 0.6
    assert np.abs(weight - 60.5).max() <= 4
    assert np.ptp(weight) > 7.5
    # Redrawn with probability 0.4, half or a third of which gives the same again.
    assert np.mean(bit == 1) == pytest.approx(0.8, abs=0.04)
    assert np.mean(town == 1) == pytest.approx(1 - 0.4 * 2 / 3, abs=0.04)


def test_radius_and_flip_of_zero_copy_the_records():
    generator = RegionGenerator(radius=0, flip=0, per_seed=1, random_state=0)
    rows, labels = generator.fit(MIXED, [3, 4, 5, 6]).sample(4)
    order = np.argsort(labels)
    pd.testing.assert_frame_equal(rows.iloc[order].reset_index(drop=True), MIXED)
    assert_array_equal(np.sort(labels), [3, 4, 5, 6])


def test_all_records_are_used_before_one_is_used_again():
    generator = RegionGenerator(per_seed=2, random_state=0)
    generator.fit(MIXED, [3, 4, 5, 6])
    for n_samples, counts in [(8, {2}), (16, {4}), (12, {2, 4})]:
        _, labels = generator.sample(n_samples)
        assert set(np.unique(labels, return_counts=True)[1]) == counts


def test_labels_are_those_of_the_records_or_the_answers():
    target = GaussianNB().fit(X, NAMES)
    generator = RegionGenerator(radius=0.5, random_state=0).fit(X, NAMES)
    rows, copied = generator.sample(200)
    rows_asked, asked = generator.sample(200, target)
    assert_array_equal(rows, rows_asked)
    assert_array_equal(asked, target.predict(rows))
    assert (copied != asked).any()
    assert (generator.n_queries_, generator.n_calls_) == (200, 1)


def test_label_only_target_and_its_budget():
    api = BlackBox(GaussianNB().fit(X, NAMES), access="label", max_queries=30)
    generator = RegionGenerator(random_state=0).fit(X)
    with pytest.warns(UserWarning, match="found 30 of 40 rows.*0 are left"):
        rows, labels = generator.sample(40, api)
    assert len(rows) == len(labels) == 30
    with pytest.raises(ValueError, match="found 0 of 40 rows"):
        generator.sample(40, api)


def test_what_is_missing_is_said():
    schema = FeatureSchema.from_bounds([0, 0], 1)
    with pytest.raises(ValueError, match="CombinedGenerator finds rows"):
        RegionGenerator(schema=schema, random_state=0).fit().sample(3)
    with pytest.raises(ValueError, match="There are no labels"):
        RegionGenerator(random_state=0).fit(X).sample(3)
