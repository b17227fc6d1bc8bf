"""What explanations give away: properties of their signals, and attacks on them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import shuffle

from skmia import MembershipGame, audit, observe
from skmia.attacks import get_attack, get_attack_names, lacks
from skmia.attacks._granted import Granted
from skmia.auditing import audit_cv
from skmia.auditing._choice import default_attacks
from skmia.signals import _explanations, get_signal
from skmia.targets import BlackBox, Explained, Session

# In the file those of one writer come together.
DIGITS, Y = shuffle(*load_digits(return_X_y=True), random_state=0)
X, Y = DIGITS[:900, 25:39] / 16, Y[:900]  # fewer are explained faster
OTHERS, MEMBERS, OUT = slice(0, 300), slice(300, 600), slice(600, 900)
SETS = X[MEMBERS], Y[MEMBERS], X[OUT], Y[OUT]
NAMES = [f"explanation-{what}" for what in ("network", "norm", "records", "variance")]
FOREST = Explained(
    RandomForestClassifier(20, random_state=0), explainer="occlusion", records=3
)
RUN = {"access": "explanations", "n_shadows": 4, "random_state": 0}
VALUES = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))
TABLES = st.tuples(st.integers(1, 5), st.integers(1, 6)).flatmap(
    lambda shape: arrays(float, shape, elements=VALUES)
)
NUMBERS = [_explanations.explanation_variance, _explanations.explanation_norm]


def auc(report):
    assert (report.summary["status"] == "ok").all()
    return report.summary["auc"]


@pytest.mark.parametrize("signal", NUMBERS)
@given(attributions=TABLES, seed=st.integers(0, 99), factor=st.floats(0.1, 10))
def test_order_of_features_and_scale(signal, attributions, seed, factor):
    value = signal(None, attributions)
    order = np.random.default_rng(seed).permutation(attributions.shape[1])
    assert_allclose(signal(None, attributions[:, order]), value, atol=1e-9)
    power = 2 if signal is NUMBERS[0] else 1
    scaled = signal(None, factor * attributions)
    assert_allclose(scaled, factor**power * value, atol=1e-9)


@given(value=VALUES, n_features=st.integers(1, 9))
def test_of_a_constant_attribution_there_is_no_variance(value, n_features):
    # Within rounding of a mean.
    variance = NUMBERS[0](None, np.full((2, n_features), value))
    assert_allclose(variance, 0, atol=1e-20 + (1e-15 * value) ** 2)
    assert NUMBERS[0](None, np.array([[value]])) == 0


def test_attributions_in_other_units():
    attributions, spread = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([1.0, 10.0])
    assert_array_equal(NUMBERS[1](None, attributions, spread), [21, 8])
    assert_array_equal(NUMBERS[1](None, attributions, None), [3, 3.5])
    # Gradients by units: in an attack the records say how far the features spread.
    weights = np.array([1.0, -2.0, *[0.5] * 12])
    table = []
    for unit in (1, 100):
        model = Explained(
            LogisticRegression(),
            explainer=lambda model, X, u=unit: lambda X: X * 0 + weights * u,
        )
        model.fit(X / unit, Y)
        attack = get_attack("explanation-variance").attack
        signal = get_signal("explanation_variance", spread=None)
        attack = clone(attack).set_params(evidence__signals=[signal])
        session = Session(model, X / unit, Y)
        table.append(attack[0].fit_transform(session).to_numpy())
    assert_allclose(*table)
    assert_allclose(table[0], np.var(weights * X.std(axis=0)))


def test_a_linear_model_whose_logit_is_explained_tells_nothing():
    """The attribution is the same for all, but for its sign: all ranks are equal."""

    def weights(model, X):
        return lambda Z: np.where(model.predict(Z) == 1, 1, -1)[:, None] * model.coef_

    model = Explained(LogisticRegression(), explainer=weights).fit(
        X[MEMBERS], Y[MEMBERS] > 4
    )
    sets = X[MEMBERS], Y[MEMBERS] > 4, X[OUT], Y[OUT] > 4
    names = ["explanation-variance", "explanation-norm"]
    assert (auc(audit(model, *sets, attacks=names, **RUN)) == 0.5).all()


@pytest.fixture(scope="module")
def leaking():
    model = clone(FOREST).fit(*SETS[:2])
    return audit(model, *SETS, attacks=NAMES, **RUN)


@pytest.mark.slow
def test_explanations_of_a_forest_leak(leaking):
    """300 against 300: an AUC of .6 is 4 standard deviations from chance.

    With so few features the variance tells less than can be shown here.
    """
    found = auc(leaking)
    assert (found.drop("explanation-variance") > 0.6).all()
    # A third of the trees has not seen a record: whom the others name was trained on.
    assert found["explanation-records"] > 0.9
    families = {result.name: result.family for result in leaking.results}
    assert {families[name] for name in NAMES} == {
        "Shadow models",
        "Numbers of the answer",
    }
    # The model is asked once for all of them, for its rows, and for its accuracy.
    assert leaking.to_dict()["run"]["n_queries"] == 3 * 600


def test_they_are_part_of_the_default():
    model, granted = clone(FOREST).fit(*SETS[:2]), Granted.of("me", "explanations")
    names, _ = default_attacks(model, granted.session(model, X, Y), granted)
    assert set(NAMES) < set(names)
    names, _ = default_attacks(model, Granted().session(model, X, Y), Granted())
    assert not set(NAMES) & set(names)


def test_gradients_of_an_overfitted_model_leak():
    """100 against 300: chance has a standard deviation of .033."""
    model = Explained(LogisticRegression(C=100, max_iter=3000))
    sets = DIGITS[:100] / 16, Y[:100], DIGITS[100:400] / 16, Y[100:400]
    names = ["explanation-variance", "explanation-norm"]
    found = auc(audit(model.fit(*sets[:2]), *sets, attacks=names, **RUN))
    assert (found > 0.5 + 4 * 0.033).all()


@pytest.mark.slow
def test_of_records_that_nobody_was_trained_on_they_tell_nothing():
    """AUCs of 300 against 300 have a standard deviation of .024: 4 of them."""
    model = clone(FOREST).fit(X[OTHERS], Y[OTHERS])
    found = auc(audit(model, *SETS, attacks=NAMES, **RUN))
    assert_allclose(found, 0.5, atol=4 * 0.024)
    assert found["explanation-records"] == 0.5


def test_explanations_are_granted_and_not_assumed(leaking):
    model = clone(FOREST).fit(*SETS[:2])
    hidden = audit(model, *SETS, attacks=NAMES, n_shadows=2, random_state=0)
    assert set(hidden.summary["status"]) == {
        "not run: it needs the access 'explanations', and 'scores' is granted"
    }
    assert not Granted().answers & {"explain", "explain_records"}
    assert not Granted.of("me", "white-box").answers & {"explain", "explain_records"}
    assert leaking.granted.named == ["scores", "explanations"]
    more = set(get_attack_names(access="explanations"))
    assert more - set(get_attack_names(access="scores")) == set(NAMES)


def test_a_model_without_explanations_says_so():
    tree = DecisionTreeClassifier(random_state=0).fit(*SETS[:2])
    report = audit(tree, *SETS, attacks="explanation-norm", **RUN)
    assert report.summary["status"].item() == (
        "not run: the model has no explain, as skmia.targets.Explained(model) has"
    )
    # Nor does the report claim that somebody saw some.
    assert report.granted.named == ["scores"]
    alone = clone(FOREST).set_params(records=None).fit(*SETS[:2])
    records = get_attack("explanation-records").attack
    reason = "the model has no explain_records, as skmia.targets.Explained(model, "
    reason += "records=5) has"
    assert lacks(records, Session(alone, X, Y)) == reason
    assert lacks(records, Session(BlackBox(alone), X, Y)) == reason


@pytest.mark.parametrize("name", ["explanation-network", "explanation-records"])
def test_in_a_game(name):
    game = MembershipGame(FOREST, attack=name, access="explanations", n_shadows=4)
    outcome = game.set_params(random_state=0).fit(*SETS[:2]).play(X[OUT], Y[OUT])
    # 150 against 150: chance has a standard deviation of .034.
    assert roc_auc_score(outcome.member, outcome.score) > 0.5 + 4 * 0.034


def test_in_a_cross_validation():
    kept = {"return_estimator": True, "return_indices": True}
    results = cross_validate(FOREST, X, Y, cv=2, **kept)
    asked = {"attacks": "explanation-records", "access": "explanations"}
    assert auc(audit_cv(results, X, Y, random_state=0, **asked)).item() > 0.9


def test_from_the_shell(tmp_path, monkeypatch):
    testing = pytest.importorskip("typer.testing")
    io = pytest.importorskip("skops.io")
    from skmia.cli._commands import app

    monkeypatch.chdir(tmp_path)
    model = Explained(KNeighborsClassifier(), explainer="occlusion", records=1)
    io.dump(model.fit(*SETS[:2]), "model.skops")
    for name, rows in {"train": MEMBERS, "holdout": OUT}.items():
        np.savez(f"{name}.npz", X=X[rows], y=Y[rows])
    trusted = io.get_untrusted_types(file="model.skops")
    result = testing.CliRunner().invoke(
        app,
        [
            *("audit", "--model", "model.skops", "--json", "numbers.json", "--no-html"),
            *("--train", "train.npz", "--holdout", "holdout.npz"),
            *("--access", "explanations", "--attack", "explanation-records"),
            *(word for name in trusted for word in ("--trust", name)),
        ],
    )
    assert result.exit_code == 0, result.output
    (found,) = json.loads(Path("numbers.json").read_text())["attacks"]
    assert (found["access"], found["auc"]) == ("explanations", 1)


def test_a_query_is_one_explanation_and_stops_with_the_budget():
    model = clone(FOREST).fit(*SETS[:2])
    session = Session(model, X[:100], Y[:100], max_queries=60)
    seen = session.observe("explanation_norm")
    assert seen.notna().sum().item() == session.n_queries == 60
    whole = Session(model, X[:100], Y[:100])
    everything = whole.observe(["explanation_norm", "attribution"])
    assert whole.n_queries == 100
    known = seen["explanation_norm"].notna()
    assert_allclose(seen.loc[known], everything.loc[known, ["explanation_norm"]])
    columns = everything.filter(like="attribution")
    assert list(columns) == [f"attribution_{i}" for i in range(14)]
    assert_allclose(np.abs(columns).sum(axis=1), everything["explanation_norm"])


@pytest.mark.parametrize(
    "hold", [pd.DataFrame, np.float32, lambda Z: Z.tolist(), lambda Z: Z[:1]]
)
def test_whatever_records_are(hold):
    records = hold(X[:40].astype("f4"))
    held = pd.DataFrame(X[:80]) if isinstance(records, pd.DataFrame) else X[:80]
    model = Explained(KNeighborsClassifier(), explainer="occlusion", records=2)
    model.fit(held.astype("f4"), Y[:80])
    names = ["explanation_variance", "explanation_norm", "explanation_records"]
    labels = np.resize([0, 1, 7], len(records))  # 7 is a label that nobody knows
    found = observe(model, records, labels, [*names, "attribution"])
    assert np.isfinite(found).all().all()
    assert (found["explanation_records"] == 1).all()
    assert found.shape == (len(records), 3 + 14)
    alone = observe(model, records[:1], labels[:1], names)
    assert_allclose(alone, found[names][:1], atol=1e-12)


class Odd(LogisticRegression):
    """Explains, but not records by their features."""

    def __init__(self, answer=None):
        super().__init__()
        self.answer = answer

    def explain(self, X):
        return self.answer

    def explain_records(self, X):
        return self.answer


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("explanation_norm", np.ones(900), "a number for each feature"),
        ("explanation_norm", np.ones((9, 14)), "one row for each of 900"),
        ("explanation_norm", np.full((900, 14), np.nan), "not finite"),
        ("attribution", np.ones((900, 3)), "with 14 columns. Got .*900, 3"),
        ("explanation_records", np.ones((900, 14)), "as many rows"),
        ("explanation_records", np.ones((900, 2, 3)), "rows of 3"),
    ],
)
def test_other_answers_are_refused(name, answer, message):
    with pytest.raises(ValueError, match=message):
        observe(Odd(answer).fit(X, Y), X, Y, name)


def test_texts_have_no_number_of_features():
    with pytest.raises(ValueError, match="have no number of features"):
        observe(Odd().fit(X, Y), ["a", "b"], [0, 1], "attribution")
