"""audit() on models that leak, do not leak, or cannot be asked for everything."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_backend
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.stats import binom
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import slow

from skmia import audit
from skmia.attacks import (
    AttackRecipe,
    get_attack,
    get_attack_names,
    make_attack,
)
from skmia.attacks.evidence import Evidence, Signals
from skmia.auditing._choice import (
    DECISION_ATTACKS,
    DEFAULT_ATTACKS,
    LABEL_ATTACKS,
    LABELS_OF_MANY_QUERIES,
    OF_MANY_QUERIES,
)
from skmia.auditing._knowledge import Knowledge
from skmia.defenses import (
    AdaptiveGuard,
    LabelOnly,
    PrivateForestClassifier,
    QueryLimit,
    RoundedPosterior,
)
from skmia.shadow import ShadowModels
from skmia.signals import make_signal
from skmia.targets import BlackBox, Session

THRESHOLD_ATTACKS = [name for name in DEFAULT_ATTACKS if name.endswith("-threshold")]
TREE = DecisionTreeClassifier(min_samples_leaf=5)
FAST = {"n_shadows": 4, "random_state": 0, "fprs": (0.1,)}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:300], y[:300], X[300:601], y[300:601]


@pytest.fixture(scope="module")
def tree(digits):
    X, y, _, _ = digits
    return DecisionTreeClassifier(random_state=0).fit(X, y)


def random_labels(n_records, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_records, 5)), rng.integers(0, 2, n_records)


def test_every_attack_is_there(digits, tree):
    report = audit(tree, *digits, **FAST)
    trained = ["shadow", "lira-online", "rmia-online", "lira-augmented-online"]
    assert report.summary.index.tolist() == ["gap", *THRESHOLD_ATTACKS, *trained]
    assert (report.summary["status"] == "ok").all()
    without = 1 + len(THRESHOLD_ATTACKS)
    assert report.summary["n_fits"].tolist() == [0] * without + [4] * 4
    assert report.records.shape == (601, 2 + len(report.summary))
    assert report.records["member"].sum() == 300


def test_each_signal_with_a_side_changes_every_default_audit():
    """So that none joins by accident: a new one is added here, and to the README."""
    names = ["confidence", "entropy", "loss", "margin", "max-confidence"]
    names += ["modified-entropy", "posterior-std", "scaled-logit"]
    assert sorted(THRESHOLD_ATTACKS) == [f"{name}-threshold" for name in names]


@pytest.mark.slow
def test_many_queries_only_where_they_cost_nothing(digits, tree):
    """Of a model at hand that takes dense numbers; nobody pays for them unasked."""
    X, y, X_holdout, y_holdout = digits
    options = {"shadow_estimator": DecisionTreeClassifier(random_state=0), **FAST}
    thin = sparse.csr_array(X), y, sparse.csr_array(X_holdout), y_holdout
    box = BlackBox(tree)
    reports = [
        audit(box, *digits, **options),
        audit(LabelOnly(tree).fit(X, y), *digits, **FAST),
        audit(tree, *thin, **FAST),
    ]
    for report in reports:
        assert OF_MANY_QUERIES[0] not in report.summary.index
    assert box.n_queries_ == 2 * 601
    assert audit(tree, *digits, **options).summary.index[-1] == OF_MANY_QUERIES[0]
    asked = audit(box, *digits, attacks=OF_MANY_QUERIES[0], **options)
    assert asked.summary.loc[OF_MANY_QUERIES[0], "status"] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize(
    "inner",
    [
        QueryLimit(DecisionTreeClassifier(random_state=0)),
        AdaptiveGuard(DecisionTreeClassifier(random_state=0), random_state=0),
    ],
)
def test_many_queries_of_no_model_that_minds_them(digits, inner):
    """Wherever it sits: in a pipeline, or in another defense."""
    X, y, *_ = digits
    for model in (
        inner,
        make_pipeline(StandardScaler(), inner),
        RoundedPosterior(make_pipeline(StandardScaler(), inner)),
    ):
        report = audit(model.fit(X, y), *digits, **FAST)
        assert OF_MANY_QUERIES[0] not in report.summary.index


def test_digits_that_are_words_are_no_numbers():
    rng = np.random.default_rng(0)
    zips = rng.choice(["02139", "10001", "94105"], 80)
    X = pd.DataFrame({"zip": zips.astype(object), "a": rng.normal(size=80)})
    codes = make_column_transformer((OneHotEncoder(), ["zip"]), remainder="passthrough")
    model = make_pipeline(codes, DecisionTreeClassifier(random_state=0))
    y = rng.integers(2, size=80)
    report = audit(model.fit(X[:40], y[:40]), X[:40], y[:40], X[40:], y[40:], **FAST)
    assert (report.summary["status"] == "ok").all()
    assert OF_MANY_QUERIES[0] not in report.summary.index


def test_neighbours_give_their_records_away(global_random_seed):
    """By default an audit sees it, though an answer about a record says nothing.

    Ten clusters in 100 features. Of the five neighbours of a copy that is far from all,
    the record it was made of is nearly always one, if it is stored, and the others are
    of any class. An AUC of .5 has a deviation of sqrt(601 / (12 * 300^2)) = .024.
    """
    rng = np.random.RandomState(global_random_seed)
    y = rng.randint(10, size=600)
    X = rng.normal(size=(600, 100)) + 0.8 * rng.normal(size=(10, 100))[y]
    model = KNeighborsClassifier(5).fit(X[:300], y[:300])
    auc = audit(model, X[:300], y[:300], X[300:], y[300:], **FAST).summary["auc"]
    assert auc[OF_MANY_QUERIES[0]] > auc.drop(OF_MANY_QUERIES[0]).max() + 4 * 0.024


def test_an_unpruned_tree_leaks(digits, tree):
    report = audit(tree, *digits, random_state=0)
    # Attacks that compare with the label see the tree's errors. An unpruned tree is
    # as sure of its errors: attacks on its confidence alone see nothing.
    for name in ("gap", "confidence-threshold", "loss-threshold", "shadow"):
        assert report.summary.loc[name, "auc_low"] > 0.5
        assert report.summary.loc[name, "accuracy"] > 0.5
    assert report.headline["auc_low"] > 0.5
    assert report.train_accuracy == 1.0
    assert report.holdout_accuracy < 1.0


def test_positive_control_memorised_random_labels():
    """A forest that memorised random labels is caught; records are told apart."""
    X, y = random_labels(400, seed=0)
    # Unlike a single tree, which is right on half of the holdout by luck, a forest
    # is sure of its training records only.
    model = RandomForestClassifier(50, random_state=0).fit(X[:200], y[:200])
    report = audit(model, X[:200], y[:200], X[200:], y[200:], **FAST)
    for name in ("confidence-threshold", "loss-threshold", "shadow"):
        assert report.summary.loc[name, "auc"] > 0.9
    assert report.summary.loc["gap", "auc"] == pytest.approx(
        0.5 + (report.train_accuracy - report.holdout_accuracy) / 2
    )


@pytest.mark.parametrize("n_audits", [24, *slow(60)])
def test_negative_control_intervals_cover_one_half(n_audits):
    """A model trained on other records: intervals hold 0.5 at their nominal rate."""
    level = 0.8
    names = ["gap", "loss-threshold", "shadow", "lira-online", "rmia-online"]
    misses = pd.Series(0, index=names)
    for seed in range(n_audits):
        X, y = make_classification(240, flip_y=0.2, random_state=seed)
        model = DecisionTreeClassifier(max_depth=3, random_state=0)
        model.fit(X[:80], y[:80])
        report = audit(
            model,
            X[80:160],
            y[80:160],
            X[160:],
            y[160:],
            attacks=names,
            n_shadows=4,
            confidence_level=level,
            random_state=seed,
        )
        summary = report.summary.loc[misses.index]
        misses += (summary["auc_low"] > 0.5) | (summary["auc_high"] < 0.5)
    # A miss has probability at most 1 - level in each of the independent audits; five
    # attacks are looked at. More misses than the binomial quantile happen to a right
    # interval with probability below 0.001 in all.
    assert misses.max() <= binom.ppf(1 - 0.001 / 5, n_audits, 1 - level)


def test_headline_interval_is_wider_than_its_row(digits, tree):
    report = audit(tree, *digits, **FAST)
    row = report.summary.loc[report.headline["attack"]]
    assert report.headline["auc"] == report.summary["auc"].max() == row["auc"]
    assert report.headline["auc_low"] < row["auc_low"]
    assert report.headline["auc_high"] > row["auc_high"]


@pytest.mark.parametrize("frozen", [True, False])
def test_without_shadow_models(digits, tree, frozen):
    model = FrozenEstimator(tree) if frozen else tree
    report = audit(model, *digits, **(FAST | {"n_shadows": 2 if frozen else 0}))
    reason = "frozen" if frozen else "n_shadows=0"
    assert report.summary.loc["shadow", "status"].startswith("not run: ")
    assert reason in report.summary.loc["shadow", "status"]
    assert np.isnan(report.summary.loc["shadow", "auc"])
    assert "shadow" not in report.records
    assert any(reason in note for note in report.notes)


@pytest.mark.slow
def test_frozen_model_with_a_shadow_estimator(digits, tree):
    model = FrozenEstimator(tree)
    report = audit(model, *digits, shadow_estimator=DecisionTreeClassifier(), **FAST)
    own = audit(tree, *digits, **FAST)
    assert report.summary.loc["shadow", "status"] == "ok"
    assert report.summary.loc["shadow", "auc"] == own.summary.loc["shadow", "auc"]


@pytest.mark.parametrize(
    "model",
    [
        *slow(LabelOnly(DecisionTreeClassifier(random_state=0))),
        LinearSVC(random_state=0),
    ],
)
def test_labels_only(digits, model):
    X, y, X_holdout, y_holdout = digits
    data = X / 16, y, X_holdout / 16, y_holdout
    report = audit(model.fit(X / 16, y), *data, **FAST)
    status = report.summary["status"]
    decides = list(DECISION_ATTACKS) if hasattr(model, "decision_function") else []
    ran = ["gap", *(decides or LABELS_OF_MANY_QUERIES), *LABEL_ATTACKS]
    assert (status[ran] == "ok").all()
    lacking = status.drop(ran)
    assert lacking.index.tolist() == list(DEFAULT_ATTACKS[1:])
    assert (lacking == "not run: the model gives no probabilities").all()
    assert (report.summary.loc[ran, "auc"] > 0.5).all()
    how_little = f"{len(ran)} of {len(status)} attacks were run: the model gives no p"
    assert report.extent.startswith(how_little)
    assert how_little in repr(report)


@pytest.mark.slow
def test_attacks_by_name():
    X, y = random_labels(240, seed=1)
    model = HistGradientBoostingClassifier(
        max_iter=20, min_samples_leaf=2, random_state=0
    )
    model.fit(X[:120], y[:120])
    access = ("explanations", "white-box")
    every = FAST | {"attacks": get_attack_names(), "access": access}
    report = audit(model, X[:120], y[:120], X[120:], y[120:], **every)
    status = report.summary["status"]
    assert status.index.tolist() == get_attack_names()
    distil = "not run: no unlabelled records are given to distil the model on"
    reasons = status[status != "ok"].to_dict()
    assert reasons.pop("augmentation").startswith("not run: the records are no images")
    for name in reasons.copy():
        if name.startswith("explanation-"):
            assert reasons.pop(name).startswith("not run: the model has no explain")
    of_gradients = "pgd-distance", "gradient-norm", "gradient-statistics"
    of_nasr = "nasr-supervised", "nasr-shadow", "nasr-unsupervised"
    proofs = "stored-rows", "margin-test", "preprocessing-test"
    for name in (*of_gradients, *of_nasr, *proofs, *DISPLACED):
        assert "this HistGradientBoostingClassifier" in reasons.pop(name)
    assert reasons == {
        "model-update": "not run: no former version of the model is given",
        "fairness-discrepancy": "not run: no former version of the model is given",
        **{
            name: (
                f"not run: it needs the access {get_attack(name).access!r}, and "
                "'scores, explanations, white-box' is granted"
            )
            for name in ("timing", *INSIDERS)
        },
        **dict.fromkeys(OF_NODES, f"not run: {NO_NODES}"),
        "salem2": "not run: no records of another task are given",
        "seqmia": distil,
        "trajectory": distil,
        "transfer": (
            "not run: no unlabelled records are given to train a surrogate on"
        ),
    }
    # A model that memorised random labels: no attack is turned round. What sees no
    # label, and asks about noise around a step function, may be at chance.
    auc = report.summary.loc[status == "ok", "auc"]
    assert auc.min() > 0.5 - 3 * np.sqrt((240 + 1) / (12 * 120 * 120))
    assert (auc > 0.8).sum() > 15


@pytest.mark.slow
def test_attacks_with_more_knowledge(digits, tree):
    X = load_digits().data
    forest = RandomForestClassifier(20, random_state=0).fit(*digits[:2])
    names = ["salem2", "seqmia", "trajectory", "transfer"]
    params = FAST | {"attacks": names}
    other = load_breast_cancer(return_X_y=True)
    report = audit(forest, *digits, public=X[601:1200], other_task=other, **params)
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["auc_low"] > 0.5).all()
    params["attacks"] = ["salem2"]
    with pytest.warns(FutureWarning, match="'given' parameter of audit is deprecated"):
        old = audit(forest, *digits, given={"transfer": other}, **params)
    assert_array_equal(old.records["salem2"], report.records["salem2"])
    with (
        pytest.warns(FutureWarning),
        pytest.raises(ValueError, match="takes 'distillation' and 'transfer'"),
    ):
        audit(tree, *digits, given={"data": X}, random_state=0)


def test_one_attack_that_fails_fails_alone(digits, tree):
    """Its sentence is in the report; the numbers of the others are those without it."""

    def broken(y, P):
        raise ZeroDivisionError("an attack of my own")

    own = AttackRecipe("own", make_attack(Signals(make_signal(broken)), TREE))
    names = ["gap", "loss-threshold", "lira-online", "salem3-entropy"]
    report = audit(tree, *digits, attacks=[*names, own], **FAST)
    assert report.summary.loc["own", "status"] == (
        "failed: ZeroDivisionError: an attack of my own"
    )
    without = audit(tree, *digits, attacks=names, **FAST)
    pd.testing.assert_frame_equal(report.records, without.records)


def test_shadows_that_cannot_be_trained_fail_alone(digits, tree):
    shadow = make_pipeline(OneHotEncoder(), DecisionTreeClassifier())
    data = [part[:60] if part.ndim == 1 else part[:60] + 0.5 for part in digits]
    report = audit(tree, *data, shadow_estimator=shadow, **FAST)
    status = report.summary["status"]
    assert (status[:9] == "ok").all()
    assert status["shadow"].startswith("failed: ValueError: Found unknown categories")


def test_own_signals_and_attacks(digits, tree):
    """Two signals of one name are two signals; parameters may be arrays."""

    def weighted(y, P, weights):
        return P @ np.asarray(weights)

    def own(name, weights):
        signal = make_signal(weighted, needs_y=False, weights=weights)
        return AttackRecipe(name, make_attack(Signals([signal, "loss"]), TREE))

    one, two = own("one", np.arange(10.0)), own("two", np.arange(10.0)[::-1])
    report = audit(tree, *digits, attacks=[one, two], **FAST)
    assert report.summary["status"].tolist() == ["ok", "ok"]
    both = report.records
    for recipe in (one, two):
        alone = audit(tree, *digits, attacks=[recipe], **FAST).records
        assert_array_equal(both[recipe.name], alone[recipe.name])


class Neighbours(Evidence):
    """Loss less that of known records nearby: no signals to be recorded."""

    asks = frozenset({"predict_proba"})

    def __init__(self, X_known=None, y_known=None):
        self.X_known = X_known
        self.y_known = y_known

    def observe(self, session):
        near = NearestNeighbors(n_neighbors=5).fit(self.X_known)
        rows = near.kneighbors(session.X, return_distance=False)
        around = session.observe("loss", self.X_known, self.y_known).to_numpy()
        own = session.observe("loss")
        return own.assign(beside=own["loss"] - around[:, 0][rows].mean(axis=1))


def test_evidence_of_ones_own_and_unions(digits, tree):
    X, y = (part[700:900] for part in load_digits(return_X_y=True))
    union = FeatureUnion([("own", Signals("margin")), ("beside", Neighbours(X, y))])
    own = [
        AttackRecipe("neighbours", make_attack(Neighbours(X, y), TREE)),
        AttackRecipe("union", make_attack(union, TREE)),
    ]
    params = FAST | {"attacks": [*own, "lira-online"]}
    report = audit(tree, *digits, **params)
    assert report.summary["status"].tolist() == ["ok"] * 3
    assert report.summary["access"].tolist() == ["scores"] * 3
    assert (report.summary["auc"] > 0.5).all()
    # The models were kept for them; what others see of these is the same.
    alone = audit(tree, *digits, **FAST | {"attacks": ["lira-online"]})
    assert_array_equal(report.records["lira-online"], alone.records["lira-online"])


INSIDERS = [n for n in get_attack_names() if get_attack(n).access == "insider"]
OF_NODES = "node-0-hop", "node-combined"
NO_NODES = "the model has no isolated_proba, as skmia.tasks.NodeClassifier has"
DISPLACED = ("leino", "leino-layers", "leino-online", "matt")


def asked_by(name):
    return get_attack(name).attack[0].asks


def test_planning_trains_and_asks_nothing(digits):
    class Never(DecisionTreeClassifier):
        def fit(self, X, y):
            raise AssertionError("trained")

    model = BlackBox(DecisionTreeClassifier(random_state=0).fit(*digits[:2]))
    X, y = digits[0], digits[1]
    session = Session(model, X, y)
    member = np.arange(len(y)) % 2
    knowledge = Knowledge(X, y, member, ShadowModels(Never(), n_shadows=4), 0)
    reasons = {
        name: knowledge.lacks(get_attack(name), session) for name in get_attack_names()
    }
    of_decisions = {n for n in reasons if "decision_function" in asked_by(n)}
    assert {name for name, reason in reasons.items() if reason} == {
        *("salem2", "seqmia", "trajectory", "transfer"),
        *("augmentation", "pgd-distance", "staged-loss", "stored-rows"),
        *("margin-test", "preprocessing-test", "structure", "timing"),
        *("model-update", "fairness-discrepancy"),
        *(name for name in reasons if name.startswith("explanation-")),
        *OF_NODES,
        *DISPLACED,
        *("gradient-norm", "gradient-statistics"),
        *("nasr-supervised", "nasr-shadow", "nasr-unsupervised"),
        *INSIDERS,
        *of_decisions,
    }
    assert model.n_queries_ == session.n_queries == 0


def test_attacks_that_are_not_known(digits, tree):
    with pytest.raises(ValueError, match="'lyra' is not the name of an attack"):
        audit(tree, *digits, attacks=["lyra"], random_state=0)


def test_too_few_references(digits, tree):
    report = audit(tree, *digits, attacks=["lira-offline"], **FAST | {"n_shadows": 2})
    assert "n_shadows=2; with 4 every" in report.summary.loc["lira-offline", "status"]


def test_strings_in_data_frames():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"town": rng.choice(list("abcdef"), 81), "job": rng.choice(list("xyz"), 81)},
        index=[f"person {i}" for i in range(81)],
    )
    y = rng.choice(["yes", "no"], 81)
    model = make_pipeline(
        OneHotEncoder(handle_unknown="ignore"), DecisionTreeClassifier(random_state=0)
    ).fit(X[:40], y[:40])
    report = audit(model, X[:40], y[:40], X[40:], y[40:], **FAST)
    assert (report.summary["status"] == "ok").all()
    assert report.records.loc[("holdout", "person 40"), "label"] == y[40]


@pytest.mark.slow
def test_sparse_records_are_dense_records(digits, tree):
    X, y, X_holdout, y_holdout = digits
    dense = audit(tree, *digits, attacks=DEFAULT_ATTACKS, **FAST)
    thin = audit(
        tree, sparse.csr_array(X), y, sparse.coo_array(X_holdout), y_holdout, **FAST
    )
    pd.testing.assert_frame_equal(thin.records, dense.records)


def test_holdout_label_that_the_model_never_saw(digits):
    X, y, X_holdout, y_holdout = digits
    known = y < 9
    model = DecisionTreeClassifier(random_state=0).fit(X[known], y[known])
    report = audit(model, X[known], y[known], X_holdout, y_holdout, **FAST)
    assert (report.summary["status"] == "ok").all()
    scores = report.records.loc["holdout"]
    assert (scores.loc[scores["label"] == 9, "confidence-threshold"] == 0).all()


def test_what_is_handed_in_is_not_changed(digits, tree):
    before = [part.copy() for part in digits]
    tree_before = tree.tree_.__getstate__()["nodes"].copy()
    audit(tree, *digits, **FAST)
    for part, copy in zip(digits, before, strict=True):
        np.testing.assert_array_equal(part, copy)
    np.testing.assert_array_equal(tree.tree_.__getstate__()["nodes"], tree_before)


def test_repeatable_and_independent_of_n_jobs(digits, tree):
    first = audit(tree, *digits, **FAST)
    with parallel_backend("threading"):
        parallel = audit(tree, *digits, n_jobs=2, **FAST)
    other = audit(tree, *digits, **(FAST | {"random_state": 1, "attacks": "shadow"}))
    pd.testing.assert_frame_equal(parallel.records, first.records)
    pd.testing.assert_frame_equal(
        parallel.summary.drop(columns="seconds"), first.summary.drop(columns="seconds")
    )
    assert not other.records["shadow"].equals(first.records["shadow"])


@pytest.mark.parametrize("random_state", [5, np.random.RandomState(5)])
def test_the_seed_of_the_report_repeats_it(digits, tree, random_state):
    params = FAST | {"random_state": random_state, "attacks": ["shadow", "rmia-online"]}
    report = audit(tree, *digits, **params)
    again = audit(tree, *digits, **(params | {"random_state": report.seed}))
    pd.testing.assert_frame_equal(again.records, report.records)


def test_the_model_is_asked_once_per_response_method(digits, tree):
    api = BlackBox(tree)
    shadow = DecisionTreeClassifier()
    audit(api, *digits, shadow_estimator=shadow, **FAST)
    # One predict (the gap attack) and one predict_proba for all others.
    assert api.n_queries_ == 2 * 601


@pytest.mark.slow
def test_a_cache_changes_nothing(digits, tree, tmp_path):
    plain = audit(tree, *digits, **FAST)
    for _ in range(2):
        report = audit(tree, *digits, memory=str(tmp_path), **FAST)
        pd.testing.assert_frame_equal(report.records, plain.records)


@pytest.mark.slow
def test_regularised_model_leaks_less_than_a_forest(digits):
    X, y, _, _ = digits
    aucs = [
        audit(model.fit(X, y), *digits, **FAST).headline["auc"]
        for model in (
            LogisticRegression(C=1e-6),
            RandomForestClassifier(20, random_state=0),
        )
    ]
    assert aucs[0] < aucs[1]


def test_few_records_end_in_a_verdict(digits, tree):
    """Nine training records are enough to see that the model knows them all."""
    X, y, X_holdout, y_holdout = digits
    options = {"attacks": "gap", **FAST}
    found = audit(tree, X[:9], y[:9], X_holdout, y_holdout, **options)
    assert found.verdict == "leak"
    right = np.flatnonzero(tree.predict(X_holdout) == y_holdout)[:9]
    unseen = audit(tree, X, y, X_holdout[right], y_holdout[right], **options)
    assert unseen.verdict == "not-measurable"
    assert unseen.reasons[0].endswith("it takes more of them.")


def test_no_jobs_are_no_audit(digits, tree):
    """Once work begins it would be an error of each attack that trains models."""
    with pytest.raises(ValueError, match=r"'n_jobs' parameter of audit .* Got 0"):
        audit(tree, *digits, n_jobs=0, **FAST)


class Unnamed(ClassifierMixin, BaseEstimator):
    """A classifier that does not say which classes it has."""

    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier(random_state=0).fit(X, y)
        return self

    def predict(self, X):
        return self.tree_.predict(X)


def test_labels_in_a_list(digits):
    X, y, X_holdout, y_holdout = digits
    model = Unnamed().fit(X, y)
    arrays, lists = (
        audit(model, X, own, X_holdout, others, attacks=["gap"], **FAST)
        for own, others in ((y, y_holdout), (list(y), list(y_holdout)))
    )
    pd.testing.assert_frame_equal(lists.records, arrays.records)
    assert lists.checks == arrays.checks


def test_labels_of_another_kind(digits, tree):
    X, y, X_holdout, y_holdout = digits
    with pytest.raises(ValueError, match="None of the labels in y_train is a class"):
        audit(tree, X, y.astype(str), X_holdout, y_holdout.astype(str))


def test_different_widths(digits, tree):
    X, y, X_holdout, y_holdout = digits
    with pytest.raises(ValueError, match="X_train has 64 features, X_holdout 63"):
        audit(tree, X, y, X_holdout[:, 1:], y_holdout)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_shadows": -1}, "'n_shadows' parameter of audit must be an int"),
        ({"n_shadows": 3}, "'n_shadows' parameter of audit must be an even int"),
        ({"confidence_level": 95.0}, "'confidence_level' parameter of audit"),
        ({"fprs": (5,)}, "'fprs' parameter of audit .* Got 5 instead"),
        ({"fprs": True}, "'fprs' parameter of audit .* Got True instead"),
    ],
)
def test_bad_parameters(digits, tree, params, message):
    with pytest.raises(ValueError, match=message):
        audit(tree, *digits, random_state=0, **params)


@pytest.mark.slow
def test_secret_noise_repeats_with_memory_only(digits, tmp_path):
    model = PrivateForestClassifier(epsilon=100, bounds=(0, 16), classes=range(10))
    model.fit(*digits[:2])
    options = {"attacks": ["shadow"], **FAST}
    fresh, again = (audit(model, *digits, **options) for _ in range(2))
    assert not fresh.records.equals(again.records)
    assert any("unless both are given the same memory" in note for note in fresh.notes)
    first, then = (
        audit(model, *digits, memory=str(tmp_path), **options) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first.records, then.records)
