"""Closed forms of Yeom et al. for Gaussian errors."""

import numpy as np
import pytest
from scipy.stats import norm

from skmia.attacks import gaussian_error_advantage, gaussian_error_threshold

REFERENCE = [
    # ratio, threshold, advantage if both spreads are known, if one is
    (1.1, 1.048015, 0.046090, 0.045992),
    (1.5, 1.208170, 0.193580, 0.187675),
    (2, 1.359556, 0.322675, 0.299765),
    (3, 1.572221, 0.484328, 0.421572),
    (5, 1.831119, 0.647115, 0.524170),
    (10, 2.156777, 0.798216, 0.603034),
]


@pytest.mark.parametrize(("ratio", "threshold", "both", "one"), REFERENCE)
@pytest.mark.parametrize("train_std", [1, 0.25])
def test_reference_values(train_std, ratio, threshold, both, one):
    stds = train_std, ratio * train_std
    assert abs(gaussian_error_threshold(*stds) / train_std - threshold) < 5e-7
    assert abs(gaussian_error_advantage(*stds) - both) < 5e-7
    alone = gaussian_error_threshold(train_std)
    assert alone == train_std
    assert abs(gaussian_error_advantage(*stds, threshold=alone) - one) < 5e-7


@pytest.mark.parametrize("ratio", [1.001, 2, 10])
def test_densities_cross_at_the_threshold(ratio):
    threshold = gaussian_error_threshold(1, ratio)
    inside, outside = norm.pdf(threshold), norm.pdf(threshold, scale=ratio)
    np.testing.assert_allclose(inside, outside, rtol=1e-12)


@pytest.mark.parametrize("ratio", [1.1, 3])
def test_no_other_threshold_is_better(ratio):
    best = gaussian_error_advantage(1, ratio)
    others = [
        gaussian_error_advantage(1, ratio, threshold=t) for t in np.arange(0, 5, 0.01)
    ]
    assert best >= max(others) > best - 1e-4


def test_equal_spreads_tell_nothing():
    assert gaussian_error_threshold(0.3, 0.3) == 0.3
    assert gaussian_error_advantage(0.3, 0.3) == 0


def test_threshold_is_continuous_at_equal_spreads():
    nearly = gaussian_error_threshold(1, np.nextafter(1, 2))
    np.testing.assert_allclose(nearly, 1, rtol=1e-15)


@pytest.mark.parametrize("f", [gaussian_error_threshold, gaussian_error_advantage])
def test_members_with_larger_errors(f):
    message = (
        f"'test_std' parameter of {f.__name__} must be at least train_std=2. Got 1"
    )
    with pytest.raises(ValueError, match=message):
        f(2, 1)


@pytest.mark.parametrize("std", [0, -1])
def test_no_spread(std):
    with pytest.raises(
        ValueError, match=r"'train_std' parameter of gaussian_error_thr"
    ):
        gaussian_error_threshold(std, 1)
