"""Centres that the target is sure of, and a cube around each."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skmia.generators import (
    CombinedGenerator,
    FeatureSchema,
    QueryGenerator,
    RegionGenerator,
)
from skmia.targets import BlackBox

X, y = load_iris(return_X_y=True)
IRIS = FeatureSchema.from_bounds([4, 2, 1, 0], [8, 5, 7, 3])
TARGET = GaussianNB().fit(X, np.array(["setosa", "versicolor", "virginica"])[y])


@pytest.mark.parametrize("variant", ["shokri", "truex"])
def test_rows_lie_around_centres_of_their_label(variant):
    generator = CombinedGenerator(
        query=QueryGenerator(variant=variant, conf_min=0.9),
        region=RegionGenerator(radius=0.05, per_seed=4),
        schema=IRIS,
        random_state=0,
    )
    rows, labels = generator.fit().sample(50, TARGET)
    centres = rows[:10]
    assert rows.shape == (50, 4)
    assert (TARGET.predict_proba(centres).max(axis=1) > 0.9).all()
    assert_array_equal(TARGET.predict(centres), labels[:10])
    reach = 0.05 * (IRIS.high - IRIS.low) + 1e-12
    near = (np.abs(rows[:, None] - centres) <= reach).all(axis=2)
    same = labels[:, None] == labels[:10]
    assert (near & same).any(axis=1).all()
    assert (near.sum(axis=0) >= 5).all()


def test_only_centres_are_asked_about():
    api = BlackBox(TARGET)
    generator = CombinedGenerator(
        query=QueryGenerator(variant="truex", conf_min=0),
        schema=IRIS,
        random_state=0,
    )
    generator.fit().sample(110, api)
    assert generator.n_queries_ == api.n_queries_ == 10
    assert generator.n_calls_ == 1


def test_budget_limits_the_centres():
    generator = CombinedGenerator(
        query=QueryGenerator(variant="truex", conf_min=0),
        region=RegionGenerator(per_seed=3),
        max_queries=5,
        schema=IRIS,
        random_state=0,
    ).fit()
    with pytest.warns(UserWarning, match="found 20 of 100 rows: of the centres"):
        rows, _ = generator.sample(100, TARGET)
    assert len(rows) == 20
    with pytest.raises(ValueError, match="found 0 of 100 rows"):
        generator.set_params(max_queries=0).fit().sample(100, TARGET)


def test_known_labels_are_the_proportions_of_centres():
    generator = CombinedGenerator(schema=IRIS, random_state=0)
    generator.fit(y=["setosa", "setosa", "virginica"])
    _, labels = generator.sample(99, TARGET)
    assert dict(zip(*np.unique(labels, return_counts=True), strict=True)) == {
        "setosa": 66,
        "virginica": 33,
    }


def test_parts_are_validated_and_not_changed():
    query = QueryGenerator(iter_max=0)
    generator = CombinedGenerator(query=query, schema=IRIS, random_state=0).fit()
    with pytest.raises(ValueError, match="'iter_max' parameter of QueryGenerator"):
        generator.sample(5, TARGET)
    query.set_params(iter_max=50)
    generator.sample(5, TARGET)
    assert not hasattr(query, "schema_")
