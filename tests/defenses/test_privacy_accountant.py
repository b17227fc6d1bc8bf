import copy
import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skmia.defenses import PrivacyAccountant, PrivateForestClassifier
from skmia.defenses.private import _private
from skmia.exceptions import PrivacyBudgetExceeded, SkmiaError

X, y = load_iris(return_X_y=True)


def forest(accountant, **params):
    return PrivateForestClassifier(
        bounds=(0, 8), classes=[0, 1, 2], accountant=accountant, **params
    )


def test_a_search_counts_every_fit():
    accountant = PrivacyAccountant(epsilon=10)
    search = GridSearchCV(forest(accountant), {"epsilon": [0.5, 1]}, cv=3)
    search.fit(X, y)
    ledger = accountant.ledger()
    # Three folds for each of two candidates, and the best one on all records.
    assert ledger["epsilon"].tolist()[:6] == [0.5] * 3 + [1] * 3
    assert len(ledger) == 7
    assert (ledger["what"] == "PrivateForestClassifier").all()
    assert accountant.spent_.epsilon == ledger["epsilon"].sum()


def test_copies_are_the_same_account():
    accountant = PrivacyAccountant(epsilon=1)
    model = forest(accountant)
    for same in (clone(model), copy.copy(model), copy.deepcopy(model)):
        assert same.accountant is accountant
    assert clone(accountant) is accountant


def test_refused_before_anything_is_drawn(monkeypatch):
    accountant = PrivacyAccountant(epsilon=1)
    model = forest(accountant, epsilon=2)

    def drawn(random_state):
        raise AssertionError("a key was drawn")

    monkeypatch.setattr(_private, "secret_key", drawn)
    with pytest.raises(PrivacyBudgetExceeded, match="epsilon = 1: epsilon 0 is spent"):
        model.fit(X, y)
    assert not hasattr(model, "classes_")
    assert accountant.ledger().empty
    assert issubclass(PrivacyBudgetExceeded, SkmiaError)


def test_wrong_input_costs_nothing():
    accountant = PrivacyAccountant(epsilon=1)
    with pytest.raises(ValueError, match="'bounds' parameter"):
        forest(accountant).set_params(bounds=None).fit(X, y)
    with pytest.raises(ValueError, match="NaN"):
        forest(accountant).fit(X * np.nan, y)
    assert accountant.spent_ == (0, 0)


def test_three_tenths_fit_in_three_tenths():
    accountant = PrivacyAccountant(epsilon=0.3)
    for _ in range(3):
        accountant.spend(0.1, what="a mean")
    with pytest.raises(PrivacyBudgetExceeded):
        accountant.spend(1e-6, what="a mean")
    assert accountant.remaining_ == (0, 0)


def test_delta_is_limited():
    accountant = PrivacyAccountant(delta=1e-5)
    accountant.spend(1.0, 9e-6, what="one")
    with pytest.raises(PrivacyBudgetExceeded, match="delta = 1e-05"):
        accountant.spend(1.0, 2e-6, what="other")
    assert accountant.remaining_ == (math.inf, pytest.approx(1e-6))


def test_pickling_needs_a_file(tmp_path):
    with pytest.raises(TypeError, match="give it a 'path'"):
        pickle.dumps(forest(PrivacyAccountant()))
    accountant = PrivacyAccountant(epsilon=2, path=tmp_path / "ledger.sqlite")
    other = pickle.loads(pickle.dumps(accountant))
    other.spend(1.5, what="in another process")
    assert accountant.spent_.epsilon == 1.5
    assert PrivacyAccountant(path=tmp_path / "ledger.sqlite").spent_.epsilon == 1.5


def test_processes_count_in_one_file(tmp_path):
    accountant = PrivacyAccountant(path=tmp_path / "ledger.sqlite")
    search = GridSearchCV(
        forest(accountant), {"max_depth": [1, 2]}, cv=2, n_jobs=2, refit=False
    )
    search.fit(X, y)
    assert len(accountant.ledger()) == 4


def test_threads_never_pass_the_limit():
    accountant = PrivacyAccountant(epsilon=5)

    def spend(_):
        try:
            accountant.spend(1.0, what="thread")
        except PrivacyBudgetExceeded:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(40))) == 5
    assert accountant.spent_.epsilon == 5


def test_advanced_composition_by_hand():
    accountant = PrivacyAccountant(delta=1e-6, composition="advanced")
    for _ in range(1000):
        accountant.spend(0.01, what="x")
    # Whitehouse et al.: 1000 * 0.01**2 / 2 + sqrt(2 * 1000 * 0.01**2 * log(1e6))
    expected = 0.05 + math.sqrt(0.2 * math.log(1e6))
    assert accountant.spent_ == (pytest.approx(expected), 1e-6)


def test_concentrated_composition_is_tighter():
    totals = {}
    for composition in ("basic", "advanced", "rdp"):
        accountant = PrivacyAccountant(delta=1e-6, composition=composition)
        for _ in range(300):
            accountant.spend(0.05, what="x")
        totals[composition] = accountant.spent_.epsilon
    assert totals["rdp"] < totals["advanced"] < totals["basic"]
    # No valid rule can be below what 300 randomised responses of epsilon 0.05 need:
    # they are one Gaussian mechanism of mu = sqrt(300) * 0.05 in the limit, which at
    # delta 1e-6 has an epsilon of 4.15; a percent for what is left of the limit.
    assert totals["rdp"] > 4.15 * 0.99


def test_rdp_needs_dp_accounting(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "dp_accounting", None)
    with pytest.raises(ModuleNotFoundError, match=r"skmia\[dp\]"):
        PrivacyAccountant(delta=1e-5, composition="rdp")


@pytest.mark.parametrize("cost", [(-1, 0), (math.inf, 0), (math.nan, 0), (1, 1)])
def test_impossible_costs(cost):
    with pytest.raises(ValueError, match="books an 'epsilon' from 0"):
        PrivacyAccountant().spend(*cost, what="x")


def test_repr():
    accountant = PrivacyAccountant(3, delta=1e-5, composition="advanced")
    accountant.spend(1, 1e-6, what="x")
    assert repr(accountant) == (
        "PrivacyAccountant(epsilon=3, delta=1e-05, composition='advanced'): epsilon 1, "
        "delta 1e-06 spent, 1 booked"
    )


costs = st.lists(st.floats(0, 2), max_size=20)


@given(costs, st.sampled_from(["basic", "advanced", "rdp"]), st.randoms())
def test_order_changes_nothing_and_no_rule_costs_more(epsilons, composition, random):
    one = PrivacyAccountant(delta=1e-5, composition=composition)
    other = PrivacyAccountant(delta=1e-5, composition=composition)
    totals = []
    for epsilon in epsilons:
        one.spend(epsilon, what="x")
        totals.append(one.spent_.epsilon)
    random.shuffle(epsilons)
    for epsilon in epsilons:
        other.spend(epsilon, what="x")
    assert one.spent_ == pytest.approx(other.spent_, rel=1e-9, abs=1e-12)
    assert totals == sorted(totals)
    assert one.spent_.epsilon <= math.fsum(epsilons)


def test_repr_of_a_released_model_touches_no_file(tmp_path):
    folder = tmp_path / "of the owner"
    folder.mkdir()
    model = forest(PrivacyAccountant(path=folder / "ledger.sqlite")).fit(X, y)
    saved = pickle.dumps(model)
    del model
    (folder / "ledger.sqlite").unlink()
    assert "no ledger at its path" in repr(pickle.loads(saved))
    assert not list(folder.iterdir())


def test_repr_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    accountant = PrivacyAccountant(1, path="ledger.sqlite")
    monkeypatch.chdir("/")
    assert repr(accountant) == "PrivacyAccountant(epsilon=1): epsilon 0 spent, 0 booked"


@pytest.mark.parametrize("path", ["no folder/ledger.sqlite", "."])
def test_path_that_cannot_be_a_ledger(path, tmp_path):
    with pytest.raises(ValueError, match="'path' parameter of PrivacyAccountant"):
        PrivacyAccountant(path=tmp_path / path)


def test_a_model_can_be_released_without_its_accountant():
    model = forest(PrivacyAccountant()).fit(X, y)
    with pytest.raises(TypeError, match=r"set_params\(accountant=None\)"):
        pickle.dumps(model)
    copy_of_it = pickle.loads(pickle.dumps(model.set_params(accountant=None)))
    np.testing.assert_array_equal(copy_of_it.predict_proba(X), model.predict_proba(X))
