"""What the parameters of a model say of a record, beside those of models without it."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit, log_softmax, softmax
from scipy.stats import bernoulli, norm
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import slow

from skmia import MembershipGame, ShadowModels, audit, observe
from skmia.attacks import get_attack, lacks, run
from skmia.attacks.evidence import Displacement, FirstOrder, LayerDisplacement
from skmia.signals.white_box._displacement import class_scores, loss_slopes
from skmia.targets import Session

LINEAR = [
    LinearDiscriminantAnalysis(),
    LinearSVC(random_state=0),
    LogisticRegression(),
    Perceptron(random_state=0),
    RidgeClassifier(),
    SGDClassifier(random_state=0),
]
BAYES = [BernoulliNB(), CategoricalNB(), ComplementNB(), GaussianNB(), MultinomialNB()]
SMOOTH = [
    LinearDiscriminantAnalysis(),
    LinearSVC(random_state=0),
    LogisticRegression(),
    RidgeClassifier(),
    SGDClassifier(loss="log_loss", random_state=0),
    SGDClassifier(loss="squared_hinge", alpha=0.1, max_iter=20, random_state=0),
]


def problem(n_classes=3, n=60, seed=0):
    X, y = make_classification(
        n, 5, n_informative=4, n_redundant=0, n_classes=n_classes, random_state=seed
    )
    return X, np.array(["b", "c", "a"])[y]


def counts(n_classes=3, n=60, seed=0):
    X, y = problem(n_classes, n, seed)
    return np.clip(np.round(X + 2), 0, 3).astype(int), y


def evidence(model, X, y):
    return observe(model, X, y, "class_evidence")["class_evidence"].to_numpy()


def scores_and_slopes(model, X, y):
    classes = model.classes_
    return class_scores(model, X, y, classes), loss_slopes(model, X, y, classes)


def gain(target, reference, X, y):
    """What FirstOrder has beside one reference."""
    before, slopes = scores_and_slopes(reference, X, y)
    after, _ = scores_and_slopes(target, X, y)
    return -(slopes * (after - before)).sum(axis=1)


def fitted_halves(model, X, y):
    return [clone(model).fit(X[i::2], y[i::2]) for i in (0, 1)]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("model", LINEAR, ids=repr)
def test_linear_models_by_their_weights(model, n_classes):
    X, y = problem(n_classes)
    model = clone(model).fit(X, y)
    W, b = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    if len(W) == 1:
        W, b = np.vstack([-W, W]), np.append(-b, b)
    codes = np.searchsorted(model.classes_, y)
    W, b = W - W.mean(axis=0), b - b.mean()
    assert_allclose(evidence(model, X, y), (W[codes] * X).sum(axis=1) + b[codes])


@pytest.mark.parametrize("priors", [None, [0.5, 0.3, 0.2]])
def test_likelihoods_are_not_normalised_and_have_no_prior(priors):
    X, y = counts()
    codes = np.searchsorted(np.unique(y), y)
    gaussian = GaussianNB(priors=priors, var_smoothing=0.1).fit(X, y)
    density = norm(gaussian.theta_[codes], gaussian.var_[codes] ** 0.5)
    assert_allclose(evidence(gaussian, X, y), density.logpdf(X).sum(axis=1))
    binary = BernoulliNB(binarize=1, class_prior=priors).fit(X, y)
    mass = bernoulli(np.exp(binary.feature_log_prob_[codes])).logpmf(X > 1)
    assert_allclose(evidence(binary, X, y), mass.sum(axis=1))
    words = MultinomialNB(class_prior=priors).fit(X, y)
    likely = (X * words.feature_log_prob_[codes]).sum(axis=1)
    assert_allclose(evidence(words, X, y), likely)
    categories = CategoricalNB(class_prior=priors, min_categories=4).fit(X, y)
    tables = categories.feature_log_prob_
    likely = sum(tables[j][codes, X[:, j]] for j in range(X.shape[1]))
    assert_allclose(evidence(categories, X, y), likely)


def test_who_is_trained_on_is_nearer_to_its_own_class():
    """Complement naive Bayes counts a record in the other classes."""
    X, y = counts()
    for model in BAYES:
        alone = clone(model).set_params(**_four(model))
        without = clone(alone).fit(X[1:], y[1:])
        with_it = clone(alone).fit(X, y)
        one = X[:1], y[:1]
        assert evidence(with_it, *one) > evidence(without, *one)


def _four(model):
    return {"min_categories": 4} if isinstance(model, CategoricalNB) else {}


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n_classes=st.integers(2, 3),
    model=st.sampled_from(LINEAR),
    shift=st.floats(-10, 10),
    factor=st.floats(0.1, 10),
)
def test_what_linear_displacement_does_not_see(seed, n_classes, model, shift, factor):
    X, y = problem(n_classes, seed=seed)
    target, proxy = fitted_halves(model, X, y)

    def displacement(one, other, records=X):
        return evidence(one, records, y) - evidence(other, records, y)

    found = displacement(target, proxy)
    assert_array_equal(displacement(target, target), 0)
    assert_array_equal(displacement(proxy, target), -found)
    # Linear in the record: displacements of midpoints are midpoints.
    order = np.lexsort((np.arange(len(y)), y))
    pairs = [order[y[order] == label][:10].reshape(2, 5) for label in np.unique(y)]
    for first, second in pairs:
        middle = X.copy()
        middle[first] = (X[first] + X[second]) / 2
        expected = (found[first] + found[second]) / 2
        assert_allclose(
            displacement(target, proxy, middle)[first], expected, atol=1e-8, rtol=1e-6
        )
    # A shift of all classes, where there is a row for each.
    if n_classes > 2:
        target.coef_ = target.coef_ + shift
        assert_allclose(displacement(target, proxy), found, atol=1e-6)
    # Another unit of a feature.
    for one in (target, proxy):
        one.coef_ = one.coef_ / np.r_[factor, np.ones(4)]
    scaled = X * np.r_[factor, np.ones(4)]
    assert_allclose(displacement(target, proxy, scaled), found, atol=1e-6)


def loss(model, scores, codes):
    """What the model minimises, regularisation aside, as a textbook has it."""
    binary = scores.shape[1] == 2
    right = np.eye(scores.shape[1])[codes]
    name = getattr(model, "loss", None)
    softmax_loss = isinstance(model, LogisticRegression | LinearDiscriminantAnalysis)
    if softmax_loss:
        logits = scores / 2 if binary else scores  # plus and minus half the logit
        return -(right * log_softmax(logits, axis=1)).sum(axis=1)
    t = 2 * right - 1
    if name == "log_loss":
        each = np.logaddexp(0, -t * scores)
    elif name == "squared_hinge":
        each = np.maximum(0, 1 - t * scores) ** 2
    else:
        each = (t - scores) ** 2
    return each[:, 0] if binary else each.sum(axis=1)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n_classes=st.integers(2, 3),
    model=st.sampled_from(SMOOTH),
    scaler=st.sampled_from([None, StandardScaler(), MinMaxScaler()]),
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_first_order_change_of_the_loss(seed, n_classes, model, scaler):
    X, y = problem(n_classes, seed=seed)
    last = model
    model = model if scaler is None else make_pipeline(scaler, model)
    target, reference = fitted_halves(model, X, y)
    codes = np.searchsorted(reference.classes_, y)
    found = gain(target, reference, X, y)
    assert_array_equal(gain(target, target, X, y), 0)
    before, _ = scores_and_slopes(reference, X, y)
    after, _ = scores_and_slopes(target, X, y)
    # Central differences: an error of the second order for losses with two
    # derivatives. Those of a squared hinge have one, and an error of the first.
    step = 1e-5
    ahead, behind = (
        loss(last, before + s * (after - before), codes) for s in (step, -step)
    )
    size = 1 + np.abs(after - before).max() ** 2
    assert_allclose(-(ahead - behind) / (2 * step), found, atol=1e-4 * size)


def test_matt_is_the_formula_in_raw_coordinates():
    """Displacement of weights with the scalers folded in, times the gradient."""
    X, y = problem(n=200)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    target, reference = fitted_halves(model, X, y)

    def folded(one):
        W = one[-1].coef_ / one[0].scale_
        return np.column_stack([W, one[-1].intercept_ - W @ one[0].mean_])

    known = np.column_stack([X, np.ones(len(X))])
    p = softmax(known @ folded(reference).T, axis=1)
    residual = p - (y[:, None] == reference.classes_)
    gradient = residual[:, :, None] * known[:, None]
    moved = folded(target) - folded(reference)
    expected = -(gradient * moved).sum(axis=(1, 2))
    assert_allclose(gain(target, reference, X, y), expected, atol=1e-9)
    binary = y != "a"
    one, other = fitted_halves(LogisticRegression(), X, binary)
    W = [np.append(m.coef_, m.intercept_) for m in (one, other)]
    expected = -(expit(known @ W[1]) - binary) * (known @ (W[0] - W[1]))
    assert_allclose(gain(one, other, X, binary), expected, atol=1e-9)


def test_tables_lay_the_target_beside_models_without_the_record():
    X, y = problem(n=80)
    shadows = ShadowModels(LogisticRegression(), n_shadows=4, random_state=0).fit(X, y)
    pairs, member, _ = shadows.pairs(2)
    target = LogisticRegression(C=10).fit(X[::2], y[::2])
    session = Session(target, X, y, white_box=True)
    Z = FirstOrder().fit(pairs, member).transform(session)
    sessions = FirstOrder().fit(pairs, member).references_
    gains = np.stack([gain(target, one.model, X, y) for one in sessions], axis=1)
    inside = np.stack([one.member for one in sessions], axis=1)
    expected = np.where(inside, 0, gains).sum(axis=1) / (~inside).sum(axis=1)
    assert_allclose(Z["first_order"], expected, atol=1e-4)
    # Alone, in another order, and as a stranger, a record is what it is.
    evidence = FirstOrder().fit(pairs, member)
    alone = evidence.transform(Session(target, X[7:8], y[7:8], white_box=True))
    assert_allclose(alone, Z.iloc[7:8], atol=1e-6)
    strange = evidence.transform(Session(target, X[:9] + 1, y[:9], white_box=True))
    means = [gain(target, one.model, X[:9] + 1, y[:9]) for one in sessions]
    assert_allclose(strange["first_order"], np.mean(means, axis=0), atol=1e-4)


@pytest.mark.parametrize("name", ["leino", "leino-online", "matt", "leino-layers"])
def test_it_says_why_not(name):
    X, y = problem()
    attack = get_attack(name).attack
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    assert "has no parameters" in lacks(attack, Session(tree, X, y))
    assert "DecisionTreeClassifier is n" in lacks(
        attack, Session(tree, X, y, white_box=True)
    )


class Own(LogisticRegression):
    """May compute otherwise."""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (
            MLPClassifier(max_iter=5, random_state=0),
            "hidden units, have no common order",
        ),
        (SGDClassifier(random_state=0), "is no linear model of a smooth loss"),
        (
            LinearSVC(loss="hinge", random_state=0),
            "is no linear model of a smooth loss",
        ),
        (
            LinearSVC(multi_class="crammer_singer", random_state=0),
            "is no linear model of a smooth loss",
        ),
        (Own(), "this Own is no linear model"),
        (make_pipeline(PCA(2), LogisticRegression()), "after PCA the weights"),
        (
            make_pipeline(MinMaxScaler(clip=True), LogisticRegression()),
            "after MinMaxScaler the weights",
        ),
        (make_pipeline("passthrough", MaxAbsScaler(), LogisticRegression()), None),
        (make_pipeline(make_pipeline(StandardScaler()), LogisticRegression()), "after"),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_parameters_without_a_common_order(model, reason):
    X, y = problem()
    session = Session(model.fit(X, y), X, y, white_box=True)
    said = lacks(get_attack("matt").attack, session)
    assert said is None if reason is None else reason in said


@pytest.mark.parametrize("model", [*LINEAR, *BAYES], ids=repr)
def test_kinds_of_records_and_labels(model):
    X, y = counts()
    model = clone(model).set_params(**_four(model)).fit(X, y)
    plain = evidence(model, X, y)
    assert_allclose(evidence(model, X[3:4], y[3:4]), plain[3:4])
    frame = pd.DataFrame(X).add_prefix("f")
    of_frames = clone(model).fit(frame, y)
    assert_allclose(evidence(of_frames, frame, y), plain)
    single = X.astype(np.float32)
    assert_allclose(evidence(model, single, y), plain, rtol=1e-4, atol=1e-4)
    if not isinstance(model, CategoricalNB | GaussianNB):
        assert_allclose(evidence(model, sparse.csr_array(X), y), plain)
    unknown = np.where(np.arange(len(y)) == 5, "z", y)
    least = np.min([evidence(model, X, np.full(60, c)) for c in "abc"], axis=0)
    assert evidence(model, X, unknown)[5] == pytest.approx(least[5])
    others = observe(model, X, y, "class_evidence", classes=["c", "a"])
    assert_array_equal(others["class_evidence"], plain)


def test_impossible_records_are_finite():
    X, y = counts()
    model = GaussianNB(priors=[0, 0.5, 0.5]).fit(X, y)
    assert np.isfinite(evidence(model, X * 1e100, y)).all()
    one_class = BernoulliNB().fit(X, np.full(60, "a"))
    assert np.isfinite(evidence(one_class, X, y)).all()


def sparse_records(n, n_classes, seed):
    """Binary records around centres of their classes, many features for the rows."""
    rng = np.random.RandomState(seed)
    centres = rng.uniform(0.1, 0.4, size=(n_classes, 80))
    y = rng.randint(n_classes, size=n)
    return (rng.random_sample((n, 80)) < centres[y]).astype(float), y


@pytest.mark.parametrize("access", ["audit", "game"])
def test_naive_bayes_tells_more_than_its_scores(access):
    """Scores do not say how likely a record is within its class."""
    X, y = sparse_records(400, 4, 0)
    names = {"leino": 0.75, "leino-online": 0.85}
    auc = {}
    if access == "audit":
        model = BernoulliNB().fit(X[:200], y[:200])
        report = audit(
            model,
            *(X[:200], y[:200], X[200:], y[200:]),
            attacks=[*names, "loss-threshold"],
            access="white-box",
            n_shadows=8,
            random_state=0,
        )
        auc = report.summary["auc"]
    else:
        del names["leino-online"]  # candidates that references know are an auditor's
        X, y = sparse_records(800, 4, 0)
        for name in (*names, "loss-threshold"):
            game = MembershipGame(
                BernoulliNB(),
                attack=name,
                n_shadows=8,
                access="white-box",
                random_state=0,
            )
            outcome = game.fit(X[:400], y[:400]).play(X[400:], y[400:])
            auc[name] = roc_auc_score(outcome.member, outcome.score)
    for name, least in names.items():
        # An AUC of 200 members and 200 others has a standard error of .03 at most.
        assert auc[name] > max(least, auc["loss-threshold"] + 0.09)


def trained_on_neither(name, model, seed):
    """AUC of a split that the model does not know."""
    X, y = sparse_records(300, 3, seed)
    target = clone(model).fit(X[:100], y[:100])
    report = audit(
        target,
        *(X[100:200], y[100:200], X[200:], y[200:]),
        attacks=[name],
        access="white-box",
        n_shadows=4,
        random_state=seed,
    )
    return report.summary.loc[name, "auc"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("leino", BernoulliNB()),
        ("leino-online", BernoulliNB()),
        ("matt", LogisticRegression()),
        ("leino-layers", MLPClassifier((8,), max_iter=30, random_state=0)),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_no_leak_is_found_where_there_is_none(name, model):
    """An AUC of 100 and 100 has a standard error of .041 at .5, a mean of 4 .0205.

    Four of these are passed by chance once in 16,000 times.
    """
    found = np.mean([trained_on_neither(name, model, seed) for seed in range(4)])
    assert abs(found - 0.5) < 4 * 0.0205


@pytest.mark.parametrize(
    ("name", "model", "least"),
    [
        ("leino", LogisticRegression(C=100, max_iter=500), 0.58),
        ("matt", LogisticRegression(C=100, max_iter=500), 0.57),
        ("matt", RidgeClassifier(), 0.65),
        *slow(
            ("leino-layers", MLPClassifier((32,), max_iter=150, random_state=0), 0.57)
        ),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_linear_models_and_networks_leak(name, model, least):
    """`least` is two standard errors of an AUC of 300 and 300 (.023) above one half."""
    X, y = load_digits(return_X_y=True)
    X, y = X[:600] / 16, y[:600]
    member = np.arange(600) % 2
    target = clone(model).fit(X[member == 1], y[member == 1])
    shadows = ShadowModels(model, n_shadows=8, random_state=0).fit(X, y)
    recipe = get_attack(name)
    session = Session(target, X, y, white_box=True)
    score, called = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    assert roc_auc_score(member, score) > least
    assert called[member == 1].mean() > called[member == 0].mean()
    assert session.n_queries == 0


@pytest.mark.parametrize("sizes", [(6,), (6, 5)])
def test_layers_of_a_network(sizes):
    X, y = problem(n=80)
    network = make_pipeline(
        StandardScaler(), MLPClassifier(sizes, max_iter=40, random_state=0)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shadows = ShadowModels(network, n_shadows=4, random_state=0).fit(X, y)
        pairs, member, _ = shadows.pairs(2)
        seen = LayerDisplacement(random_state=0).fit(pairs, member)
        target = network.fit(X[::2], y[::2])
    session = Session(target, X, y, white_box=True)
    Z = seen.transform(session)
    assert list(Z) == [f"layer_{i}" for i in range(len(sizes) + 1)]
    scores = target[-1].predict_log_proba(target[0].transform(X))
    own = np.take_along_axis(
        scores - scores.mean(axis=1, keepdims=True),
        np.searchsorted(target.classes_, y)[:, None],
        axis=1,
    )
    usual = []
    for one in seen.references_:
        log = one.model.predict_log_proba(X)
        usual.append(
            np.take_along_axis(
                log - log.mean(axis=1, keepdims=True),
                np.searchsorted(one.model.classes_, y)[:, None],
                axis=1,
            )[:, 0]
        )
    out = ~np.stack([one.member for one in seen.references_], axis=1)
    expected = own[:, 0] - np.average(np.stack(usual, axis=1), axis=1, weights=out)
    assert_allclose(Z["layer_0"], expected, atol=1e-4)
    for hold in (pd.DataFrame, sparse.csr_array):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kept = ShadowModels(network[-1], n_shadows=4, random_state=0).fit(
                hold(X), y
            )
            alone = LayerDisplacement(random_state=0).fit(*kept.pairs(2)[:2])
            other = clone(network[-1]).fit(hold(X[::2]), y[::2])
        held = alone.transform(Session(other, hold(X), y, white_box=True))
        assert np.isfinite(held.to_numpy()).all()
    # In any order and company, and of records that the adversary does not have.
    order = np.random.RandomState(0).permutation(80)
    mixed = Session(target, X[order], y[order], white_box=True)
    assert_allclose(seen.transform(mixed), Z.iloc[order], atol=1e-6)
    strange = Session(target, X[:3] + 0.1, y[:3], white_box=True)
    assert np.isfinite(seen.transform(strange).to_numpy()).all()


def test_displacement_compares_what_it_is_given():
    X, y = problem(n=80)
    shadows = ShadowModels(GaussianNB(), n_shadows=4, random_state=0).fit(X, y)
    pairs, member, _ = shadows.pairs(2)
    Z = Displacement().fit(pairs, member).transform(pairs)
    own = pairs.parts[0].observe("class_evidence")["class_evidence"]
    assert_allclose(Z["class_evidence|target"][:80], own, rtol=1e-6)
