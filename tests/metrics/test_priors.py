"""Predictive values where members are rare."""

import numpy as np
import pytest
from sklearn.metrics import precision_score

from skmia.metrics import npv_at_prior, ppv_at_prior


@pytest.mark.parametrize(
    ("tpr", "fpr", "even", "one_in_eleven"),
    [(0.01, 0.001, 0.909, 0.500), (0.638, 0.362, 0.638, 0.150)],
)
def test_reference_values(tpr, fpr, even, one_in_eleven):
    assert round(ppv_at_prior(tpr, fpr, prior=1 / 2), 3) == even
    assert round(ppv_at_prior(tpr, fpr, prior=1 / 11), 3) == one_in_eleven


def test_even_odds_need_ten_times_the_rate_at_ten_to_one():
    assert ppv_at_prior(0.5, 0.05, prior=1 / 11) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(("n_members", "n_others"), [(10, 10), (4, 25), (30, 5)])
def test_predictive_values_of_a_sample(n_members, n_others):
    """At the share of members in the sample they are precision, and that of 0."""
    rng = np.random.RandomState(0)
    member = np.repeat([1, 0], [n_members, n_others])
    predicted = rng.permutation(np.resize([1, 1, 0], len(member)))
    rates = predicted[member == 1].mean(), predicted[member == 0].mean()
    prior = member.mean()
    precision = precision_score(member, predicted)
    assert ppv_at_prior(*rates, prior=prior) == pytest.approx(precision)
    precision = precision_score(member, predicted, pos_label=0)
    assert npv_at_prior(*rates, prior=prior) == pytest.approx(precision)


def test_undefined_where_nobody_is_called():
    assert np.isnan(ppv_at_prior(0, 0, prior=0.5))
    assert np.isnan(npv_at_prior(1, 1, prior=0.5))
    assert npv_at_prior(0, 0, prior=0.1) == pytest.approx(0.9)
    found = ppv_at_prior([0, 0, 0.5], [0, 0.5, 0], prior=0.3)
    np.testing.assert_array_equal(found, [np.nan, 0, 1])


def test_shapes():
    assert isinstance(ppv_at_prior(0.5, 0.1, prior=0.5), float)
    assert ppv_at_prior([[0.5], [0.6]], 0.1, prior=[0.1, 0.2, 0.5]).shape == (2, 3)


@pytest.mark.parametrize("f", [ppv_at_prior, npv_at_prior])
@pytest.mark.parametrize(
    ("name", "value"), [("tpr", 5), ("fpr", -0.1), ("prior", 50), ("prior", np.nan)]
)
def test_percent_is_no_fraction(f, name, value):
    values = {"tpr": 0.5, "fpr": 0.1, "prior": 0.5, name: value}
    message = rf"'{name}' parameter of {f.__name__} must be in \[0, 1\]. Got {value}"
    with pytest.raises(ValueError, match=message):
        f(values["tpr"], values["fpr"], prior=values["prior"])
