"""What theory allows, in one table."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skmia.metrics import guarantee_bounds, max_precision

# Advantage (Humphries, Erlingsson, Yeom), accuracy, and precision where ten others come
# to a member; computed by hand.
KNOWN = {
    0.1: (0.049958, 0.095163, 0.105171, 0.524979, 0.099519),
    0.5: (0.244919, 0.393469, 0.648721, 0.622459, 0.141537),
    1: (0.462117, 0.632121, 1, 0.731059, 0.213730),
    5: (0.986614, 0.993262, 1, 0.993307, 0.936874),
}


@pytest.mark.parametrize("epsilon", KNOWN)
def test_known_values(epsilon):
    table = guarantee_bounds(epsilon, fprs=[], prior=1 / 11)
    names = ["advantage"] * 3 + ["balanced_accuracy", "precision"]
    assert table["metric"].tolist() == ["auc", *names]
    assert table["bound"].tolist()[1:] == pytest.approx(KNOWN[epsilon], abs=1e-6)


def test_known_values_of_gaussian_mechanisms():
    table = guarantee_bounds(mu=1, fprs=[0.001, 0.01, 0.1]).set_index("metric")
    known = {"auc": 0.760250, "advantage": 0.382925, "balanced_accuracy": 0.691462}
    known |= {"tpr_at_fpr_0.001": 0.018298, "tpr_at_fpr_0.01": 0.092362}
    for metric, bound in known.items():
        assert table.loc[metric, "bound"] == pytest.approx(bound, abs=1e-6)


@pytest.mark.parametrize(
    ("params", "precision"),
    [
        ({"mu": 0}, 0.2),
        ({"mu": 1}, np.nan),
        ({"epsilon": 1, "delta": 1e-5}, np.nan),
        # Odds of 1 to 4, times e.
        ({"epsilon": 1}, np.e / (np.e + 4)),
    ],
)
def test_the_precision_has_a_row_and_is_tight_where_it_is_there(params, precision):
    row = guarantee_bounds(**params, prior=0.2).iloc[-1]
    assert row["metric"] == "precision"
    assert row["bound"] == pytest.approx(precision, nan_ok=True)
    assert row["tight"] != np.isnan(precision)


@given(st.floats(0, 1e4), st.floats(0, 1), st.floats(0, 1))
@example(3, 1, 0.5)  # tanh(epsilon / 2) and the rest of it are rounded
def test_the_tight_one_is_the_least_and_all_are_shares(epsilon, delta, prior):
    table = guarantee_bounds(epsilon, delta, prior=prior)
    bounds = table["bound"].dropna()
    assert bounds.between(0, 1).all()
    advantage = table[table["metric"] == "advantage"]
    tight = advantage.loc[advantage["tight"], "bound"].item()
    assert tight <= advantage["bound"].min() + 1e-12
    of = dict(zip(table["metric"], table["bound"], strict=True))
    assert of["balanced_accuracy"] == pytest.approx((1 + tight) / 2)
    # The precision has no bound where an attack may be sure of a few.
    assert np.isnan(of["precision"]) == (delta > 0)
    if not delta:
        assert of["precision"] == max_precision(prior, epsilon)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "either 'epsilon' or 'mu'"),
        ({"epsilon": 1, "mu": 1}, "either 'epsilon' or 'mu'"),
        ({"epsilon": -1}, "'epsilon' parameter of guarantee_bounds must be at least 0"),
        ({"epsilon": [1, 2]}, "'epsilon' parameter of guarantee_bounds must be one"),
        ({"mu": [1, 2]}, "'mu' parameter of guarantee_bounds must be one number"),
        ({"epsilon": 1, "delta": 2}, "'delta' parameter of guarantee_bounds"),
        ({"mu": 1, "delta": 0.1}, "'delta' parameter of guarantee_bounds must be 0"),
        ({"mu": np.nan}, "'mu' parameter of guarantee_bounds"),
        ({"epsilon": 1, "fprs": [1.5]}, "'fprs' parameter of guarantee_bounds"),
        ({"epsilon": 1, "prior": -0.1}, "'prior' parameter of guarantee_bounds"),
    ],
)
def test_refused(params, message):
    with pytest.raises(ValueError, match=message):
        guarantee_bounds(**params)
