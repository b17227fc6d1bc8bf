"""Who teaches an attack, and who is judged: the conductor, source by source."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, audit, observe
from skmia.attacks import (
    AttackRecipe,
    ThresholdAttack,
    get_attack,
    make_attack,
    random_records,
    run,
)
from skmia.attacks.evidence import Signals, WithRecords
from skmia.metrics import auc_interval
from skmia.signals import signal
from skmia.targets import Session

X, y = (part[:300] for part in load_digits(return_X_y=True))
STRANGE, LABELS = (part[600:700] for part in load_digits(return_X_y=True))
OTHER_TASK = load_breast_cancer(return_X_y=True)
MEMBER = (np.arange(300) % 2 == 0).astype(int)
PARTS = X[MEMBER == 1], y[MEMBER == 1], X[MEMBER == 0], y[MEMBER == 0]
TREE = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
FOREST = RandomForestClassifier(10, random_state=0).fit(*PARTS[:2])


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)


@pytest.fixture
def session():
    return Session(FOREST, X, y)


@signal(probing=True, needs_y=False)
def own_number(model, X, y, classes):
    """A number of the record alone, which has nothing to do with membership."""
    return (np.asarray(X) @ np.random.RandomState(0).normal(size=64)) % 1


def test_no_record_helps_to_judge_itself(session):
    """What learned a record by heart knows nothing of it when its turn comes.

    A tree that was fitted on the rows that it judges would be right in 300 of 300
    cases. Here each decision is a coin: the accuracy is 1/2 with a standard deviation
    of sqrt(1 / (4 * 300)) = 0.029, and 0.6 is more than three of them away.
    """
    attack = make_attack(Signals([own_number]), DecisionTreeClassifier())
    _, called = run(attack, "members", session, member=MEMBER)
    assert (called == MEMBER).mean() < 0.6
    recipe = AttackRecipe("own", attack, "members")
    report = audit(FOREST, *PARTS, attacks=[recipe], n_shadows=0, random_state=0)
    assert report.summary.loc["own", "status"] == "ok"
    assert report.summary.loc["own", "accuracy"] < 0.6


def test_a_lone_signal_ranks_as_it_does(session):
    """Cross-fitting decides; the ranking of a directed signal is the signal itself."""
    attack = make_attack(Signals("loss"), ThresholdAttack("loss"))
    score, _ = run(attack, "members", session, member=MEMBER)
    assert_array_equal(score, -session.observe("loss")["loss"])


def test_an_attack_that_sees_more_ranks_by_what_it_made_of_it(session):
    """A signal beside the features of the record is not the signal alone."""
    attack = make_attack(WithRecords("loss"), DecisionTreeClassifier(max_depth=2))
    score, _ = run(attack, "members", session, member=MEMBER)
    assert (score != -session.observe("loss")["loss"]).any()


class Seen(DecisionTreeClassifier):
    """Notes the number of features of what it is fitted on."""

    features = []

    def fit(self, X, y):
        Seen.features.append(X.shape[1])
        return super().fit(X, y)


def test_another_task_is_another_task(session, shadows):
    """salem2 is salem1 fitted on shadow models of other records, nothing else."""
    other = ShadowModels(TREE, n_shadows=4, random_state=0).fit(*OTHER_TASK)
    salem1, salem2 = get_attack("salem1"), get_attack("salem2")
    found = run(salem2.attack, "other-task", session, shadows=shadows, other=other)
    expected = run(salem1.attack, "shadows", session, shadows=other)
    assert_array_equal(found, expected)
    assert (
        found[0] != run(salem1.attack, "shadows", session, shadows=shadows)[0]
    ).any()


def test_an_audit_trains_on_the_other_task():
    Seen.features.clear()
    params = {"shadow_estimator": Seen(), "n_shadows": 4, "random_state": 0}
    report = audit(FOREST, *PARTS, attacks=["salem2"], other_task=OTHER_TASK, **params)
    assert report.summary.loc["salem2", "status"] == "ok"
    assert Seen.features == [30] * 4


@pytest.mark.parametrize("name", ["max-confidence", "posterior-std", "entropy"])
@pytest.mark.parametrize("seed", [0, 5])
def test_random_records_are_the_nonmembers(name, seed, session):
    """Called are those that stand out: at most 10 % of random records do."""
    recipe = get_attack(f"salem3-{name}")
    score, called = run(recipe.attack, "random-records", session, seed=seed)
    sign = -1 if name == "entropy" else 1
    nobody = random_records(X, 1000, random_state=seed)
    statistic = name.replace("-", "_")
    random = sign * observe(FOREST, nobody, signals=statistic)[statistic].to_numpy()
    assert_array_equal(score, sign * session.observe(statistic)[statistic])
    beyond = np.array([(random >= value).mean() for value in score])
    assert_array_equal(called, beyond <= 0.1)
    assert 0 < called.mean() < 1
    # One query for each random record, and one for each candidate.
    assert session.n_queries == 1000 + 300


def test_known_members_are_those_of_the_audit():
    """Told the contrary, a learned threshold would call the others."""
    attack = make_attack(Signals("loss"), DecisionTreeClassifier(max_depth=2))
    recipes = ["loss-threshold", AttackRecipe("learned", attack, "members")]
    report = audit(FOREST, *PARTS, attacks=recipes, n_shadows=0, random_state=0)
    for result in report.results:
        assert roc_auc_score(report.member, result.score) > 0.6
        assert (result.predicted == report.member).mean() > 0.6


def test_strangers_are_known_to_nobody(shadows):
    """Records beside those of the references are in none of them."""
    mixed = np.vstack([STRANGE, X[:50]]), np.concatenate([LABELS, y[:50]])
    Z = shadows.reference_observations(TREE.fit(X, y), "loss", *mixed)
    inside = Z.filter(like="in|").to_numpy()
    assert (inside[:100] == 0).all()
    assert_array_equal(inside[100:], shadows.membership_.T[:50])


def test_seeds(shadows, session):
    """The same seed is the same attack; another one is another."""
    shadow = clone(get_attack("truex-posterior").attack)
    shadow.set_params(model__max_features=1)
    runs = [
        run(shadow, "shadows", session, shadows=shadows, seed=seed)[0]
        for seed in (0, 0, 1)
    ]
    assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_a_rule_sees_members_and_others_only(session):
    """What learns nothing has no threshold for a loss, and does not invent one."""
    attack = make_attack(Signals("loss"), ThresholdAttack("loss", direction="lower"))
    with pytest.raises(ValueError, match="one column from 0 to 1"):
        run(attack, None, session)


def test_truex_sees_the_class():
    """Of an unpruned tree the vector is one-hot for all; by the class members are
    those it is right about: AUC .66. Chance has a standard deviation of
    sqrt(301 / (12 * 150**2)) = .034 with 150 members and as many others."""
    tree = DecisionTreeClassifier(random_state=0).fit(*PARTS[:2])
    names = ["gap", "truex", "truex-posterior"]
    report = audit(tree, *PARTS, attacks=names, n_shadows=4, random_state=0)
    gap, by_class, bare = report.summary.loc[names, "auc"]
    assert gap > 0.6
    assert by_class > 0.6
    assert abs(bare - 0.5) < 4 * 0.034


def test_no_record_of_a_group_helps_to_judge_another(session):
    """As above: a tree that learned a record by heart knows its copies."""
    rows = np.repeat(np.arange(100), 3)
    asked = Session(FOREST, X[rows], y[rows])
    attack = make_attack(Signals([own_number]), DecisionTreeClassifier())
    member = np.repeat(np.random.RandomState(0).permutation(np.arange(100) % 2), 3)
    _, alone = run(attack, "members", asked, member=member)
    assert (alone == member).mean() > 0.9
    # 100 coins: a standard deviation of 0.05.
    _, called = run(attack, "members", asked, member=member, groups=rows)
    assert (called == member).mean() < 0.65
    # Each was judged, and equal records alike.
    assert_array_equal(called[::3], called[1::3])


def test_two_groups_on_a_side_suffice_for_cross_fitting(session):
    groups = np.where(MEMBER == 1, np.arange(300) < 150, 2 + np.arange(300) % 3)
    score, called = run(
        get_attack("loss-threshold").attack,
        "members",
        session,
        member=MEMBER,
        groups=groups,
    )
    assert np.isfinite(score).all()
    assert set(called) == {0, 1}


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_few_records_on_a_side_make_few_folds(session, side, n):
    """As many as there are, without a warning; one alone judges nobody."""
    rows = np.r_[np.flatnonzero(side == MEMBER)[:n], np.flatnonzero(side != MEMBER)]
    few, member = session.about(X[rows], y[rows]), MEMBER[rows]
    attack = get_attack("loss-threshold").attack
    if n == 1:
        with pytest.raises(ValueError, match="must be of 2 groups, or rows, at least"):
            run(attack, "members", few, member=member)
        return
    score, called = run(attack, "members", few, member=member)
    assert np.isfinite(score).all()
    assert set(called) == {0, 1}


def test_qmia_is_told_its_side(session):
    """Learned from the other folds it would follow the noise where there is no leak.

    With the two sets exchanged the AUC is one minus what it was, instead of the same.
    """
    attack, aucs = clone(get_attack("qmia").attack), []
    attack.set_params(model__regressor=LinearRegression())  # boosting takes seconds
    for member in (MEMBER, 1 - MEMBER):
        score, _ = run(attack, "nonmembers", session, member=member)
        aucs.append(roc_auc_score(member, score))
    assert aucs[0] > 0.6
    assert aucs[1] < 0.4


def test_qmia_is_cross_fitted_once(session):
    """A fit for each fold, not one for each pair of folds; groups stay together."""
    attack, n_known = clone(get_attack("qmia").attack), []

    class Counting(LinearRegression):
        def fit(self, X, y):
            n_known.append(len(X))
            return super().fit(X, y)

    attack.set_params(model__regressor=Counting())
    for groups in (None, np.arange(len(MEMBER)) // 2):
        n_known.clear()
        run(attack, "nonmembers", session, member=MEMBER, groups=groups)
        assert len(n_known) == 5
        assert sum(n_known) == 4 * (MEMBER == 0).sum()


@pytest.mark.slow
def test_intervals_of_qmia_hold_without_a_leak():
    """100 games of 50 members and 50 others that the model has not seen.

    An interval at 95 % leaves out one half in binomial(100, 0.05) games: more than 13
    with a probability below 0.001.
    """
    attack = get_attack("qmia").attack
    n_wrong = 0
    for seed in range(100):
        rng = np.random.RandomState(seed)
        X = rng.normal(size=(160, 3))
        y = (X[:, 0] + rng.normal(size=160) > 0).astype(int)
        model = GaussianNB().fit(X[:60], y[:60])
        asked, member = Session(model, X[60:], y[60:]), np.repeat([1, 0], 50)
        score, _ = run(attack, "nonmembers", asked, member=member, seed=seed)
        low, high = auc_interval(member, score)
        n_wrong += not low <= 0.5 <= high
    assert n_wrong <= 13
