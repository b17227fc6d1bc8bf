"""Shadow models with trainer="auto", beside those that are trained one by one."""

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import AdaBoostClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, Store
from skmia.neural import MLPNet
from skmia.shadow import BootstrapSplit, _lots
from skmia.shadow.engine import _trainers
from skmia.shadow.engine._naive_bayes import NaiveBayes
from skmia.shadow.engine._stacked import StackedNetworks

NET = MLPNet((6,), max_epochs=3, batch_size=16)
TREE = DecisionTreeClassifier(max_depth=3)
# Of probabilities: see tests/neural/test_stacked.py and test_naive_bayes_trainer.py.
ROUNDING = 1e-5


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    y = np.array(["x", "y", "z"])[np.arange(60) % 3]
    return pd.DataFrame(X, columns=list("abcd")), y


@pytest.fixture
def fits(monkeypatch):
    """How many models each trainer fitted at once, in this process."""
    seen = []
    for name, trainer in _trainers._TRAINERS.items():

        def fit(tasks, X, y, name=name, own=trainer.fit):
            seen.append((name, len(tasks)))
            return own(tasks, X, y)

        monkeypatch.setattr(trainer, "fit", fit)
    return seen


def fitted(data, estimator=NET, **parameters):
    parameters = {"n_shadows": 4, "random_state": 0, "trainer": "auto"} | parameters
    return ShadowModels(estimator, **parameters).fit(*data)


def posterior(shadows):
    return shadows.reference("posterior")


@pytest.mark.parametrize("signals", [None, ["posterior"]])
@pytest.mark.parametrize("estimator", [NET, GaussianNB(), [TREE, NET, GaussianNB()]])
def test_auto_is_generic_up_to_rounding(data, estimator, signals):
    expected = fitted(data, estimator, trainer="generic")
    found = fitted(data, estimator, signals=signals)
    assert_array_equal(found.membership_, expected.membership_)
    assert_allclose(posterior(found), posterior(expected), rtol=0, atol=ROUNDING)


def test_what_no_trainer_knows_is_generic_exactly(data):
    expected = fitted(data, TREE, trainer="generic")
    assert_array_equal(posterior(fitted(data, TREE)), posterior(expected))


def test_who_trained_each_model(data):
    zoo = [TREE, NET, GaussianNB(), BernoulliNB(alpha=0)]
    shadows = fitted(data, zoo, n_shadows=2)
    kinds = ["generic", "stacked-networks", "naive-bayes", "generic"]
    assert list(shadows.trained_by_) == kinds * 2
    reasons = list(shadows.why_generic_)
    assert reasons[0] == "no trainer knows DecisionTreeClassifier"
    assert reasons[1:3] == [None, None]
    assert "'alpha' must be" in reasons[3]
    assert reasons[4:] == reasons[:4]


def test_nobody_asked_for_another_trainer(data):
    shadows = fitted(data, trainer="generic", n_shadows=2)
    assert list(shadows.trained_by_) == ["generic"] * 2
    assert list(shadows.why_generic_) == [None] * 2
    there = ShadowModels.from_models(
        shadows.estimators_, *data, train=[np.arange(30), np.arange(20)]
    )
    assert list(there.trained_by_) == [None] * 2


def test_entries_stay_with_their_models(data):
    shadows = fitted(data, [TREE, NET], n_shadows=2)
    rest = shadows.without(shadows.sessions()[0])
    assert len(rest.trained_by_) == len(rest.why_generic_) == rest.n_models_
    assert list(rest.trained_by_)[-1] == "stacked-networks"


@pytest.mark.parametrize("trainer", ["stacked", None, 1])
def test_bad_trainer(data, trainer):
    with pytest.raises(ValueError, match="The 'trainer' parameter of ShadowModels"):
        fitted(data, trainer=trainer)


def test_fit_params_are_for_the_generic_trainer(data):
    weights = np.linspace(0.1, 1, 60)
    both = [
        ShadowModels(GaussianNB(), n_shadows=2, random_state=0, trainer=trainer).fit(
            *data, sample_weight=weights
        )
        for trainer in ("generic", "auto")
    ]
    assert_array_equal(*map(posterior, both))
    assert "sample_weight" in both[1].why_generic_[0]


def test_models_are_trained_at_once_and_in_parts(data, fits, monkeypatch):
    fitted(data, [NET, TREE], n_shadows=4)
    assert fits == [("stacked-networks", 4), *[("generic", 1)] * 4]
    fits.clear()
    monkeypatch.setattr(NaiveBayes, "at_once", lambda *_: 3)
    for n_jobs in (1, 2):
        fits.clear()
        with joblib.parallel_config("threading", n_jobs=n_jobs):
            fitted(data, GaussianNB(), n_shadows=8)
        assert sorted(fits) == [("naive-bayes", n) for n in (2, 3, 3)]


@pytest.mark.parametrize("signals", [None, "posterior"])
def test_a_cache_has_what_was_trained(data, fits, tmp_path, signals):
    plain = posterior(fitted(data))
    how = {"memory": str(tmp_path), "signals": signals}
    fits.clear()
    for _ in range(2):
        assert_array_equal(posterior(fitted(data, **how)), plain)
    assert fits == [("stacked-networks", 4)]
    # Those of the generic trainer are others, and the other way round.
    generic = fitted(data, trainer="generic", **how)
    assert fits[1:] == [("generic", 1)] * 4
    assert_allclose(posterior(generic), plain, rtol=0, atol=ROUNDING)
    assert_array_equal(posterior(fitted(data, **how)), plain)
    assert len(fits) == 5


def test_answers_are_enough_where_models_are_gone(data, fits, tmp_path):
    how = {"memory": str(tmp_path), "signals": "posterior"}
    plain = posterior(fitted(data, GaussianNB(), **how))
    entries = Store(tmp_path).entries()
    models = entries.index[entries.kind == "model"]
    assert len(models) == 4
    for name in models:
        (tmp_path / f"{name}.zip").unlink()
    assert_array_equal(posterior(fitted(data, GaussianNB(), **how)), plain)
    assert fits == [("naive-bayes", 4)]


def test_a_killed_run_resumes(data, fits, tmp_path, monkeypatch):
    monkeypatch.setattr(StackedNetworks, "at_once", lambda *_: 2)
    own, done = _lots.train_and_ask_lot, []

    def killed(*args):
        if len(done) == 2:
            raise RuntimeError("killed")
        done.append(own(*args))
        return done[-1]

    monkeypatch.setattr(_lots, "train_and_ask_lot", killed)
    with pytest.raises(RuntimeError, match="killed"):
        fitted(data, n_shadows=6, memory=str(tmp_path))
    monkeypatch.setattr(_lots, "train_and_ask_lot", own)
    resumed = fitted(data, n_shadows=6, memory=str(tmp_path))
    assert fits == [("stacked-networks", 2)] * 3
    plain = posterior(fitted(data, n_shadows=6))
    assert_allclose(posterior(resumed), plain, rtol=0, atol=ROUNDING)


def test_models_are_kept_before_any_is_asked(data, fits, tmp_path, monkeypatch):
    def killed(model):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("skmia.shadow._training.known_of", killed)
        with pytest.raises(RuntimeError, match="killed"):
            fitted(data, memory=str(tmp_path))
    fitted(data, memory=str(tmp_path))
    assert fits == [("stacked-networks", 4)]


def test_models_of_a_smaller_run_are_not_trained_again(data, fits, tmp_path):
    folds = [(np.arange(i, 60, 2), np.arange(1 - i, 60, 2)) for i in (0, 1)]
    for cv in (folds[:1], folds):
        fitted(data, GaussianNB(), cv=cv, memory=str(tmp_path))
    assert fits == [("naive-bayes", 1)] * 2


@pytest.mark.parametrize("signals", [None, ["posterior"]])
@pytest.mark.parametrize("memory", [False, True])
def test_both_sides(data, signals, memory, tmp_path):
    how = {"both_sides": True, "signals": signals}
    how["memory"] = str(tmp_path) if memory else None
    tables = []
    for trainer in ("generic", "auto"):
        shadows = fitted(data, GaussianNB(), trainer=trainer, **how)
        assert shadows.operated_.all()
        target = GaussianNB().fit(*data)
        tables.append(shadows.reference_observations(target, "posterior"))
    pd.testing.assert_frame_equal(*tables, check_exact=False, rtol=0, atol=ROUNDING)


def test_unpack_and_bootstrap(data):
    boosted = fitted(
        data, AdaBoostClassifier(TREE, n_estimators=3), unpack=True, n_shadows=2
    )
    assert set(boosted.trained_by_) == {"generic"}
    assert len(boosted.trained_by_) == boosted.n_models_ > 2
    design = BootstrapSplit(3, random_state=0)
    both = [
        fitted(data, GaussianNB(), cv=design, trainer=trainer)
        for trainer in ("generic", "auto")
    ]
    assert_allclose(*map(posterior, both), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_jobs_and_progress(data, n_jobs, capsys):
    pytest.importorskip("rich")
    zoo = [GaussianNB(), TREE]
    found = fitted(data, zoo, n_jobs=n_jobs, verbose=True)
    assert_allclose(
        posterior(found), posterior(fitted(data, zoo)), rtol=0, atol=ROUNDING
    )
    assert "Shadow models" in capsys.readouterr().err


def test_a_game_takes_it_with_its_generator(data, fits):
    X, y = data
    design = ShadowModels(GaussianNB(), n_shadows=4, trainer="auto")
    game = MembershipGame(GaussianNB(), design, random_state=0)
    game.fit(X[::2], y[::2]).score(X[1::2], y[1::2])
    # The target is its owner's.
    assert fits == [("naive-bayes", 4), ("generic", 1)]
