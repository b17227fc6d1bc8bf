"""What audits state where there is nothing to find, counted."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.naive_bayes import GaussianNB
from slow_cases import slow

from skmia import audit
from skmia.auditing import calibrate
from skmia.metrics import clopper_pearson


def play(seed, n_side=30):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3 * n_side, 3))
    y = (X[:, 0] + rng.normal(size=len(X)) > 0).astype(int)
    model = GaussianNB().fit(X[2 * n_side :], y[2 * n_side :])
    sets = X[:n_side], y[:n_side], X[n_side : 2 * n_side], y[n_side : 2 * n_side]
    names = ["gap", "loss-threshold"]
    return audit(model, *sets, attacks=names, fprs=[0.1], random_state=seed)


@pytest.mark.slow
def test_where_nothing_leaks_statements_are_wrong_as_rarely_as_they_say():
    """All of 40 games: binomial quantiles of 1e-5, for about 20 statements."""
    rates = calibrate(play, 40, random_state=0)
    assert (rates["games"] == 40).all()
    most = binom.isf(1e-5, 40, rates["nominal"])
    assert (40 * rates["observed"] <= most + 1e-9).all()
    statements = set(rates.index.get_level_values("statement"))
    assert {
        "interval of auc",
        "interval of accuracy",
        "TPR at an FPR of 0.1",
        "lower bound of epsilon",
        "largest bound of epsilon",
        "AUC of the headline",
        "factor of the odds",
        "verdict: leak",
        "verdict: invalid",
    } <= statements
    assert rates.loc[("interval of auc", "gap"), "nominal"] == pytest.approx(0.05)
    assert any(name.startswith("check: ") for name in statements)


class Rigged:
    """A report of which every statement is wrong."""

    def __init__(self, seed):
        self.report = play(seed)
        self.fprs, self.results = self.report.fprs, self.report.results
        self.confidence_level = self.report.confidence_level
        self.member, self.checks = self.report.member, self.report.checks
        self.headline, self.finding = {"auc_low": 0.6}, {"factor": 2.0}
        self.summary = self.report.summary.copy()
        self.summary["auc_low"] = 0.6
        self.epsilon, self.ran, self.verdict = None, self.report.ran, "leak"


def test_wrong_statements_are_counted():
    rates = calibrate(Rigged, 5, random_state=0)
    for key in (("interval of auc", "gap"), ("AUC of the headline", "")):
        row = rates.loc[key]
        assert row["observed"] == 1
        assert (row["low"], row["high"]) == clopper_pearson(5, 5)
    assert rates.loc[("verdict: leak", ""), "observed"] == 1
    assert rates.loc[("factor of the odds", ""), "observed"] == 1
    assert rates.loc[("interval of accuracy", "gap"), "observed"] < 1


def test_repeatable_in_parallel():
    one, other = (calibrate(play, 4, random_state=1, n_jobs=n) for n in (None, 2))
    assert one.equals(other)
    wide = calibrate(play, 4, random_state=1, alpha=0.5)
    assert (wide["high"] <= one["high"]).all()


def fails(seed):
    if seed % 2:
        raise RuntimeError("no luck")
    return play(seed)


@pytest.mark.parametrize("n_jobs", [None, *slow(2)])
def test_an_error_names_the_seed_of_its_game(n_jobs):
    with pytest.raises(RuntimeError, match="no luck") as error:
        calibrate(fails, 20, random_state=0, n_jobs=n_jobs)
    [note] = error.value.__notes__
    seed = int(note.split("(")[1].split(")")[0])
    with pytest.raises(RuntimeError, match="no luck"):
        fails(seed)


def test_what_is_refused():
    with pytest.raises(TypeError, match="must return the report of an audit"):
        calibrate(lambda seed: seed, 1, random_state=0)
    with pytest.raises(ValueError, match="n_games"):
        calibrate(play, 0, random_state=0)
