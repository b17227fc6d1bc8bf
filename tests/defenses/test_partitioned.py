"""Generators of disjoint parts: what each sees, what they draw, what they say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from skmia.defenses import PartitionedGenerator, PrivateHistogram
from skmia.targets import Synthesizer

KERNELS = KernelDensity(bandwidth=0.2)


class Copies:
    """A synthesizer of no library: its records, in turn. It scores none."""

    def fit(self, data):
        self.data_ = data

    def sample(self, n):
        rows = np.arange(n) % len(self.data_)
        return (
            self.data_.iloc[rows] if hasattr(self.data_, "iloc") else self.data_[rows]
        )


@given(seed=st.integers(0, 1000), n_parts=st.integers(1, 6))
def test_parts_are_disjoint_and_equal_records_stay_together(seed, n_parts):
    rng = np.random.RandomState(seed)
    X = rng.randint(9, size=(40, 1)) + np.repeat(np.arange(10.0), 4)[:, None]
    model = PartitionedGenerator(Copies(), n_parts=n_parts, random_state=seed).fit(X)
    for number, generator in enumerate(model.estimators_):
        assert_array_equal(generator.data_, X[model.part_ == number])
    assert_allclose(model.weights_.sum(), 1)
    for value in np.unique(X):
        assert len(set(model.part_[X[:, 0] == value])) == 1


def test_the_density_is_the_mean_of_the_densities():
    X = np.random.RandomState(0).normal(size=(60, 2))
    model = PartitionedGenerator(KERNELS, n_parts=3, random_state=0).fit(X)
    each = [np.exp(one.score_samples(X)) for one in model.estimators_]
    assert_allclose(np.exp(model.score_samples(X)), np.mean(each, axis=0))
    # Kernels of one width around parts are the kernels around all.
    assert_allclose(model.score_samples(X), KERNELS.fit(X).score_samples(X))


def test_rows_have_the_density():
    """Kolmogorov-Smirnov, wrong for one seed in a million."""
    X = np.random.RandomState(0).normal(size=(50, 1))
    model = PartitionedGenerator(KERNELS, n_parts=4, random_state=0).fit(X)
    grid = np.linspace(-8, 8, 4001)
    mass = np.cumsum(np.exp(model.score_samples(grid[:, None]))) * (grid[1] - grid[0])
    rows = model.sample(2000, random_state=0)[:, 0]
    assert kstest(rows, lambda x: np.interp(x, grid, mass)).pvalue > 1e-6
    # In random order: halves are alike.
    assert kstest(rows[:1000], rows[1000:]).pvalue > 1e-6


def test_each_draw_is_another_one():
    """A mixture draws the same rows at each call."""
    X = np.random.RandomState(0).normal(size=(50, 2))
    model = PartitionedGenerator(GaussianMixture(), random_state=0).fit(X)
    one, again, other = (model.sample(9, random_state=seed) for seed in (0, 0, 1))
    assert_array_equal(one, again)
    assert not np.isin(one, other).any()


def test_frames_and_models_without_a_density():
    X = pd.DataFrame({"age": np.arange(30.0), "town": ["Bonn", "Ulm", "Rom"] * 10})
    model = PartitionedGenerator(Copies(), n_parts=3, random_state=0).fit(X)
    assert not hasattr(model, "score_samples")
    rows = model.sample(12, random_state=0)
    assert list(rows.columns) == ["age", "town"]
    assert list(rows.index) == list(range(12))
    assert len(rows.merge(X)) == 12
    table = Synthesizer(model, n_samples=20, random_state=0).fit(X).synthetic_
    assert len(table.merge(X)) == 20


def test_what_fits_to_few_records_is_not_defended():
    """Each part is learned by heart: no part hides the others' records."""
    rng = np.random.RandomState(0)
    X, others = rng.normal(size=(2, 100, 2))
    member = np.repeat([1, 0], 100)
    model = PartitionedGenerator(KernelDensity(bandwidth=1e-3), random_state=0).fit(X)
    assert roc_auc_score(member, model.score_samples(np.vstack([X, others]))) == 1


def test_what_depends_on_the_number_of_records_is_defended():
    """Gaussians of parts have the same shape as that of all: nobody stands out."""
    rng = np.random.RandomState(0)
    X, others = rng.normal(size=(2, 2000, 2))
    member = np.repeat([1, 0], 2000)
    model = PartitionedGenerator(GaussianMixture(), random_state=0).fit(X)
    # Four standard errors of an AUC of chance, sqrt(1 / 12 * 2 / 2000).
    auc = roc_auc_score(member, model.score_samples(np.vstack([X, others])))
    assert abs(auc - 0.5) < 4 * 0.0092


def test_fewer_records_than_parts():
    with pytest.raises(ValueError, match="n_samples=6: choose fewer parts"):
        PartitionedGenerator(KERNELS, n_parts=3).fit(np.repeat([[0.0], [1.0]], 3, 0))


def test_a_guarantee_inside_would_be_void():
    model = PartitionedGenerator(PrivateHistogram(bounds=(0, 1)))
    with pytest.raises(ValueError, match="Use PrivateHistogram without Partitioned"):
        model.fit(np.random.RandomState(0).rand(30, 1))
