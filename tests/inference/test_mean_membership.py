"""Who is in means: known values, the AUC that theory says, uniform p-values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from skmia.inference import mean_membership_test

BITS = arrays(np.int8, (9, 6), elements=st.integers(0, 1))


def test_known_scores():
    reference = [[0, 0], [1, 0]]
    result = mean_membership_test([[1, 0], [0, 1]], [0.75, 0.25], reference)
    # |x - (.5, 0)| - |x - (.75, .25)|
    assert_allclose(result.score, [0.25 - 0.25, -0.25 + 0.25])
    ratio = mean_membership_test(
        [[1, 0]], [0.75, 0.25], reference, statistic="likelihood-ratio"
    )
    # One record of two, and half a record more of each value.
    assert_allclose(ratio.score, np.log([0.75 / 0.5, 0.75 / (1 - 1 / 6)]).sum())


@pytest.mark.parametrize("n_members", [100, 500])
def test_auc_is_that_of_independent_features(n_members):
    """Members differ by 2 sum v / n, and v is the variance of a feature.

    The score is sum (2 x - 1) (mean - reference), whose variance is about 4 sum v^2
    (1 / n + 1 / n_reference) over records.
    """
    aucs = []
    for seed in range(10):
        rng = np.random.RandomState(seed)
        rate = rng.uniform(size=446)
        X = rng.binomial(1, rate, size=(n_members + 2000, len(rate)))
        X_reference, others, members = X[:1000], X[1000:2000], X[2000:]
        candidates = np.concatenate([members, others])
        result = mean_membership_test(candidates, members.mean(axis=0), X_reference)
        inside = np.arange(len(candidates)) < n_members
        aucs.append(roc_auc_score(inside, result.score))
    v = 1 / 6, 1 / 30  # means of p (1 - p) and of its square for even rates
    apart = 446 * v[0] / n_members
    spread = np.sqrt(446 * v[1] * (1 / n_members + 1 / 1000))
    # Three standard errors of a mean of ten AUCs that are 1/2.
    tolerance = 3 * np.sqrt((1 / n_members + 1 / 1000) / 12 / 10)
    assert np.mean(aucs) == pytest.approx(
        norm.cdf(apart / spread / np.sqrt(2)), abs=tolerance
    )


def test_the_likelihood_ratio_is_stronger_where_rates_differ():
    aucs = {"homer": [], "likelihood-ratio": []}
    for seed in range(5):
        rng = np.random.RandomState(seed)
        X = rng.binomial(1, rng.beta(0.2, 4, size=446), size=(1300, 446))
        inside = np.arange(300) < 100
        for statistic, found in aucs.items():
            result = mean_membership_test(
                X[:300], X[:100].mean(axis=0), X[300:], statistic=statistic
            )
            found.append(roc_auc_score(inside, result.score))
    assert np.mean(aucs["likelihood-ratio"]) > np.mean(aucs["homer"]) + 0.05


@pytest.mark.parametrize("statistic", ["homer", "likelihood-ratio"])
def test_pvalues_are_uniform_for_others_though_features_depend(statistic):
    rates = []
    for seed in range(40):
        rng = np.random.RandomState(seed)
        # Each feature ten times: the normal law of independent ones would not do.
        X = rng.binomial(1, 0.3, size=(300, 30)).repeat(10, axis=1)
        members, others, reference = X[:50], X[50:100], X[100:]
        result = mean_membership_test(
            others, members.mean(axis=0), reference, statistic=statistic
        )
        rates.append((result.pvalue <= 0.1).mean())
    # Of 50 with one reference of 200: sd sqrt(.09 / 50 + .09 / 200) = .047, of 40
    # means .0075; three of these. At most .1 with ties, which are rare.
    assert np.mean(rates) == pytest.approx(0.1, abs=0.023)


@given(BITS)
def test_order_of_features_and_company_do_not_matter(X):
    mean, reference, candidates = X[:4].mean(axis=0), X[4:7], X[7:]
    result = mean_membership_test(candidates, mean, reference)
    turned = mean_membership_test(candidates[:, ::-1], mean[::-1], reference[:, ::-1])
    assert_allclose(turned.score, result.score, atol=1e-12)
    alone = mean_membership_test(candidates[:1], mean, reference)
    assert_array_equal(alone.score, result.score[:1])
    assert_array_equal(alone.pvalue, result.pvalue[:1])


@pytest.mark.parametrize("statistic", ["homer", "likelihood-ratio"])
def test_the_means_of_the_reference_tell_nothing(statistic):
    X = np.random.RandomState(0).binomial(1, 0.3, size=(60, 20))
    frequency = (X[:40].sum(axis=0) + 0.5) / 41
    mean = X[:40].mean(axis=0) if statistic == "homer" else frequency
    result = mean_membership_test(X[40:], mean, X[:40], statistic=statistic)
    assert_allclose(result.score, 0, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": [0.5, 0.5]}, "same features"),
        ({"mean": [[0.5], [0.5], [0.5]]}, "one number for each"),
        ({"X_reference": [[0, 1, 0]]}, "two reference records or more"),
        ({"X": [[0, np.nan, 1]]}, "Input X contains NaN"),
        ({"X": [[0, 0.5, 1]], "statistic": "likelihood-ratio"}, "must be 0 or 1"),
    ],
)
def test_bad_input(change, message):
    given = {
        "X": [[0, 1, 1]],
        "mean": [0.2, 0.4, 0.9],
        "X_reference": [[0, 0, 1], [1, 0, 1]],
    }
    with pytest.raises(ValueError, match=message):
        mean_membership_test(**given | change)
