"""What insiders of a federation see of records, and what comes of it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import shuffle
from slow_cases import others_slow, slow

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack, get_attack_names, lacks, make_attack, run
from skmia.attacks.evidence import (
    ActiveRounds,
    AskedScores,
    Coverage,
    PartyAnswers,
    Rounds,
    SharedScores,
)
from skmia.federated import (
    FederatedDistillation,
    Federation,
    GradientAscent,
    Hook,
    Isolation,
    LooseFederation,
)
from skmia.game import Halves
from skmia.generators import DensityGenerator
from skmia.targets import Session
from skmia.testing import check_evidence

ONE_OF_EACH = ("insider", "melis", "fedmd-local-shadows")
INSIDERS = [n for n in get_attack_names() if get_attack(n).access == "insider"]
# Random labels: whatever is learned of a record is of that record alone.
X, _ = make_classification(480, 60, n_informative=20, random_state=0)
Y = np.random.default_rng(0).integers(0, 2, len(X))
SETS = (X[:240], Y[:240]), (X[240:], Y[240:])
LEARNER = MLPClassifier((16,), learning_rate_init=0.02, batch_size=10)
TARGET = Federation(LEARNER, n_parties=2, n_rounds=6, local_epochs=4)
BAYES = GaussianNB().fit(*SETS[0])
TREE = DecisionTreeClassifier(min_samples_leaf=3)
LOOSE = LooseFederation([TREE] * 3)
# Who shares scores: records of nobody else's are public.
OTHERS, _ = make_classification(120, 60, n_informative=20, random_state=1)
DISTILLED = FederatedDistillation([TREE] * 2, X_public=OTHERS, n_rounds=3)


def federation_for(name):
    """One that shares what the attack looks at."""
    if name.startswith("fedmd"):
        return DISTILLED
    return LOOSE if name == "insider" else TARGET


def play(name, target=TARGET, **params):
    game = MembershipGame(
        target, attack=name, access="insider", n_shadows=4, random_state=0, **params
    )
    return game.fit(*SETS[0]).play(*SETS[1])


class Nobody(Halves):
    """The target is trained on half of the victim's records; no other is in question.

    Who is called a member is drawn by lot, and was not trained on.
    """

    def deal(self, target, X, y, *, member=None, groups=None, seed=0):
        """Deal as the protocol of a game does."""
        (X, y, rows), *_ = super().deal(target, X, y, seed=seed)
        others = np.setdiff1d(np.arange(len(y)), rows)
        lots = np.random.RandomState(seed).permutation(np.arange(len(others)) % 2)
        return (X, y, rows), X[others], y[others], lots


@pytest.mark.parametrize("name", others_slow(INSIDERS, ONE_OF_EACH))
def test_every_insider_plays(name):
    outcome = play(name, federation_for(name))
    auc = roc_auc_score(outcome.member, outcome.score)
    if name == "melis":  # of dense features every one is moved by every record
        assert auc == 0.5
    # Labels are random: scores of other records say next to nothing of a member.
    elif name in ("fedmd-local-shadows", "fedmd-global-shadows"):
        assert 0.4 < auc < 0.65
    else:
        assert auc > 0.6


@pytest.mark.slow
@pytest.mark.parametrize("name", INSIDERS)
def test_who_is_in_no_federation_is_not_found(name):
    outcome = play(name, federation_for(name), protocol=Nobody())
    auc = roc_auc_score(outcome.member, outcome.score)
    # Lots were drawn apart from all else: 4 standard deviations of a rank statistic.
    assert abs(auc - 0.5) < 4 * np.sqrt(121 / (12 * 60 * 60))


def session(target=TARGET, y=SETS[1][1]):
    X, _ = SETS[1]
    return Session(target.set_params(random_state=0).fit(X[:120], y[:120]), X, y)


def loss(model):
    X, y = SETS[1]
    return -np.log(np.maximum(model.predict_proba(X)[np.arange(len(y)), y], 1e-30))


def test_rounds_by_hand():
    seen = session()
    local = Rounds("loss", n_rounds=2).fit_transform(seen)
    rounds = seen.ask("rounds_")
    # Of six rounds the third, two thirds before the end, and the last.
    for place, round_ in enumerate((2, 5)):
        assert_allclose(local[f"rounds_loss_{place}"], loss(rounds[round_]))
    every = Rounds("loss", level="global", n_rounds=2).fit_transform(seen)
    losses = [loss(model) for model in seen.ask("uploads_")[-1]]
    assert_allclose(every["rounds_loss_best_1"], np.min(losses, axis=0))
    assert_allclose(every["rounds_loss_mean_1"], np.mean(losses, axis=0))
    assert seen.n_queries == 0


def test_a_class_that_the_adversary_does_not_know_has_no_column():
    X, y = SETS[0]
    evidence = Rounds(["loss", "posterior"], n_rounds=1).fit(Session(BAYES, X, y))
    seen = session(target=Federation(LEARNER, n_rounds=1), y=np.arange(240) % 3)
    Z = evidence.transform(seen)
    assert list(Z)[1:] == ["rounds_posterior_0_0", "rounds_posterior_1_0"]
    model = seen.ask("rounds_")[0]
    assert_array_equal(Z.iloc[:, 1:], model.predict_proba(seen.X)[:, :2])


def test_active_rounds_by_hand():
    evidence = ActiveRounds("loss", n_rounds=1, rate=0.5)
    target = evidence.tamper(TARGET, *SETS[1])
    seen = session(target=target)
    Z = evidence.fit_transform(seen)
    sent, received = (seen.ask(name)[-1] for name in ("broadcasts_", "uploads_"))
    pairs = zip(sent, received, strict=True)
    drops = [loss(before) - loss(after) for before, after in pairs]
    assert_allclose(Z["rounds_drop_best_0"], np.max(drops, axis=0))
    assert_allclose(Z["rounds_drop_mean_0"], np.mean(drops, axis=0))
    # The training of who owns them pulls members back, and nobody else.
    assert Z["rounds_loss_best_0"][:120].mean() < 0.3
    assert Z["rounds_loss_best_0"][120:].mean() > 1


def test_ascent_of_rate_0_sees_what_who_watches_sees():
    watching = session()
    active = ActiveRounds("loss", rate=0.0)
    acting = session(target=active.tamper(TARGET, *SETS[1]))
    passive = Rounds("loss", level="global").fit_transform(watching)
    same = active.fit_transform(acting)[passive.columns]
    assert_array_equal(same, passive)


def test_party_answers_by_hand():
    seen = session(target=LOOSE)
    _, y = SETS[1]
    truth = np.sort(seen.ask("party_proba")[:, np.arange(len(y)), y], axis=0)
    expected = np.column_stack([truth[-1], truth[-2], truth.mean(axis=0)])
    assert_array_equal(PartyAnswers().fit_transform(seen), expected)


def test_shared_scores_by_hand():
    seen = session(target=DISTILLED)
    bayes = GaussianNB()
    Z = SharedScores("loss", n_rounds=2, surrogate=bayes).fit_transform(seen)
    for place, round_ in enumerate((1, 2)):
        said = seen.ask("shared_scores_")[round_]
        losses = [loss(model) for model in said.imitations(bayes, 0)]
        assert_allclose(Z[f"rounds_loss_best_{place}"], np.min(losses, axis=0))
        assert_allclose(Z[f"rounds_loss_mean_{place}"], np.mean(losses, axis=0))
    local = SharedScores("loss", level="local", n_rounds=1, surrogate=bayes)
    [model] = seen.ask("consensus_")[-1].imitations(bayes, 0)
    assert_allclose(local.fit_transform(seen)["rounds_loss_0"], loss(model))
    assert seen.n_queries == 0


def test_what_a_server_asks_is_what_the_parties_share():
    evidence = AskedScores("loss", n_rounds=1, surrogate=TREE)
    target = evidence.tamper(DISTILLED, *SETS[1])
    seen = session(target=target)
    said = seen.ask("shared_scores_")[-1].posteriors[:, : len(seen.y)]
    truth = said[:, np.arange(len(seen.y)), seen.y]
    losses = -np.log(np.maximum(truth, 1e-30))
    Z = evidence.fit_transform(seen)
    assert_allclose(Z["rounds_loss_best_0"], losses.min(axis=0))
    assert_allclose(Z["rounds_loss_mean_0"], losses.mean(axis=0))


@pytest.mark.slow
def test_who_only_watches_finds_the_shape_of_a_class():
    """Records of a digit are alike: what is said of others tells of members."""
    X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
    given = {"n_rounds": 2, "random_state": 0}
    target = FederatedDistillation([TREE] * 4, X_public=X[:500], **given)
    shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(
        X[500:1100], y[500:1100]
    )
    seen = Session(target.fit(X[1100:1400], y[1100:1400]), X[1100:1700], y[1100:1700])
    recipe = get_attack("fedmd-global-shadows")
    watches, _ = run(recipe.attack, "shadows", seen, shadows=shadows)
    member = np.arange(600) < 300
    # 0.57 in the mean of four seeds; two standard deviations of a rank statistic.
    noise = 2 * np.sqrt(601 / (12 * 300 * 300))
    assert abs(roc_auc_score(member, watches) - 0.57) < noise


def test_coverage_finds_rare_features():
    rng = np.random.default_rng(0)
    X = (rng.random((200, 400)) < 0.02).astype(float)
    X[:, 0] = 1
    y = rng.integers(0, 3, 200)
    learner = MLPClassifier((), solver="sgd", alpha=0)
    target = Federation(learner, n_rounds=1, random_state=0).fit(X[:100], y[:100])
    Z = Coverage().fit_transform(Session(target, X, y))
    assert (Z[:100] == 1).to_numpy().all()
    member = np.arange(200) < 100
    for column in Z:
        assert roc_auc_score(member, Z[column]) > 0.95
    assert (Z["coverage_idf"][100:] < Z["coverage_share"][100:]).mean() > 0.8


@pytest.mark.parametrize(
    "evidence",
    [
        Rounds("loss", n_rounds=2),
        Coverage(),
        PartyAnswers(),
        SharedScores("loss", n_rounds=2),
        *slow(
            Rounds(["loss", "posterior"], level="global", n_rounds=2),
            ActiveRounds("loss", n_rounds=2),
            SharedScores(["loss", "posterior"], level="local", n_rounds=2),
            AskedScores("loss", n_rounds=2),
        ),
    ],
)
def test_contract_of_evidence(evidence):
    target = DISTILLED if isinstance(evidence, SharedScores) else TARGET
    if isinstance(evidence, PartyAnswers):
        target = LOOSE
    shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(*SETS[0])
    check_evidence(evidence, data=(session(target), shadows))


@pytest.mark.slow
def test_how_many_rounds_is_chosen_on_shadow_models():
    shadows = ShadowModels(TARGET, n_shadows=4, random_state=0).fit(*SETS[0])
    pairs, member, shadow = shadows.pairs()
    attack = make_attack(
        Rounds("loss"), make_pipeline(StandardScaler(), LogisticRegression())
    )
    search = GridSearchCV(
        attack, {"evidence__n_rounds": [1, 4]}, cv=GroupKFold(2), error_score="raise"
    )
    search.fit(pairs, member, groups=shadow)
    assert search.best_score_ > 0.55
    scores = search.decision_function(session())
    assert roc_auc_score(np.arange(240) < 120, scores) > 0.6


def test_generated_records_enlarge_what_a_party_learns_from():
    """Zhang et al. 2020: a generator on own rows, labelled by the model of all."""
    seen = session()
    X, y = SETS[1]
    own = X[120:160], y[120:160]
    generator = DensityGenerator(random_state=0).fit(*own)
    X_more, y_more = generator.sample(160, TARGET)
    assert_array_equal(y_more, TARGET.predict(X_more))
    shadows = ShadowModels(TARGET, n_shadows=2, random_state=0)
    shadows.fit(np.vstack([own[0], X_more]), np.append(own[1], y_more))
    recipe = get_attack("nasr-local-shadows")
    score, _ = run(recipe.attack, "shadows", seen, shadows=shadows)
    others = np.arange(240) < 120, np.arange(240) >= 160
    member = np.append(np.ones(120), np.zeros(80))
    assert roc_auc_score(member, score[others[0] | others[1]]) > 0.6


@pytest.mark.slow
def test_a_cache_changes_nothing(tmp_path):
    expected = play("nasr-global-shadows")
    for _ in range(2):
        found = play("nasr-global-shadows", memory=str(tmp_path))
        assert_array_equal(found.score, expected.score)


@pytest.mark.slow
def test_audits_of_a_finished_history():
    X, y = SETS[1]
    target = TARGET.set_params(random_state=0).fit(X[:120], y[:120])
    names = ["nasr-global-shadows", "nasr-local-members", "insider", "nasr-ascent"]
    parts = X[:120], y[:120], X[120:], y[120:]
    options = {"attacks": names, "n_shadows": 4, "random_state": 0}
    report = audit(target, *parts, access="insider", **options)
    status = report.summary["status"]
    assert (status[names[:3]] == "ok").all()
    assert status["nasr-ascent"] == (
        "not run: the federation was trained without a server that raises the loss of "
        "these records: train ActiveRounds().tamper(federation, X, y) with the records "
        "in question, or play a game"
    )
    assert (report.summary.loc[names[:3], "auc"] > 0.6).all()
    kept_out = audit(target, *parts, **options).summary["status"]
    assert kept_out.str.contains("needs the access 'insider'").all()


ACTIVE = ["nasr-local-ascent", "nasr-ascent", "nasr-isolating", "nasr-isolating-ascent"]


@pytest.mark.parametrize(
    ("hooks", "can_run"),
    [
        ([Hook()], []),
        ([GradientAscent(*SETS[1], rate=0)], []),
        ([GradientAscent(*SETS[0])], []),
        ([GradientAscent(SETS[1][0], 1 - SETS[1][1])], []),
        ([GradientAscent(SETS[1][0][:200], SETS[1][1][:200])], []),
        ([Isolation(1)], []),
        ([GradientAscent(*SETS[1], insider=1)], ACTIVE[:1]),
        ([GradientAscent(SETS[1][0][::-1].tolist(), SETS[1][1][::-1])], ACTIVE[1:2]),
        ([GradientAscent(pd.DataFrame(SETS[1][0]), SETS[1][1])], ACTIVE[1:2]),
        ([Isolation(None)], ACTIVE[2:3]),
        ([Isolation(None), GradientAscent(*SETS[1])], ACTIVE[1:]),
    ],
)
def test_active_attacks_need_their_action(hooks, can_run):
    """What an insider did is in the history, or nothing of it can be seen."""
    target = Federation(LEARNER, n_parties=2, n_rounds=1, hooks=hooks)
    seen = session(target)
    # Hooks that are there only now have done nothing.
    target.set_params(hooks=[Isolation(None), GradientAscent(*SETS[1])])
    reasons = {name: lacks(get_attack(name).attack, seen) for name in ACTIVE}
    assert [name for name in ACTIVE if reasons[name] is None] == can_run
    for name in set(ACTIVE) - set(can_run):
        assert "the federation was trained without a " in reasons[name]
        assert ".tamper(federation, X, y) with the records" in reasons[name]


def test_a_server_that_asks_has_asked_about_all():
    X, y = SETS[1]
    asks = AskedScores()
    reasons = {}
    for name, given in {"all": X, "some": X[:200]}.items():
        target = asks.tamper(DISTILLED, given, y[: len(given)])
        reasons[name] = lacks(get_attack("fedmd-asking").attack, session(target))
    assert reasons["all"] is None
    assert "trained without a server that asks about these records" in reasons["some"]
    assert "train AskedScores().tamper(federation, X, y) with" in reasons["some"]
    with pytest.raises(TypeError, match=r"not inside of another.* Got Pipeline"):
        asks.tamper(make_pipeline(StandardScaler(), DISTILLED), X, y)
    for public in ({"X_public": None}, {"y_public": np.zeros(120)}):
        target = FederatedDistillation([TREE], **{"X_public": OTHERS} | public)
        with pytest.raises(ValueError, match="beside public records without labels"):
            asks.tamper(target, X, y)


@pytest.mark.slow
def test_audits_of_a_distillation():
    X, y = SETS[1]
    target = AskedScores().tamper(DISTILLED, X, y).set_params(random_state=0)
    target.fit(X[:120], y[:120])
    names = ["fedmd-global-shadows", "fedmd-local-shadows", "fedmd-asking", "insider"]
    parts = X[:120], y[:120], X[120:], y[120:]
    options = {"attacks": names, "n_shadows": 4, "random_state": 0}
    report = audit(target, *parts, access="insider", **options)
    assert (report.summary.loc[names, "status"] == "ok").all()
    assert (report.summary.loc[names[2:], "auc"] > 0.6).all()


def test_what_is_no_federation():
    X, y = SETS[0]
    bayes = Session(BAYES, X, y)
    for name, missing in (
        ("fedmd-global-shadows", "shared_scores_"),
        ("fedmd-local-shadows", "consensus_"),
    ):
        assert lacks(get_attack(name).attack, bayes) == (
            f"the model has no {missing}, as "
            "skmia.federated.FederatedDistillation(learners) has"
        )
    for name, missing, seen in (
        ("nasr-local-shadows", "rounds_", ""),
        ("nasr-global-shadows", "uploads_", " whose server sees single uploads"),
        ("nasr-ascent", "broadcasts_", ""),
    ):
        assert lacks(get_attack(name).attack, bayes) == (
            f"the model has no {missing}, as skmia.federated.Federation(learner) has"
            f"{seen}"
        )
    with pytest.raises(TypeError, match=r"not inside of another.* Got Pipeline"):
        ActiveRounds().tamper(make_pipeline(StandardScaler(), TARGET), X, y)
    with pytest.raises(ValueError, match="cannot isolate others"):
        ActiveRounds(level="local", isolate=True).tamper(TARGET, X, y)
