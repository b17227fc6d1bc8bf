"""Long's selection of records, and the attack by name."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, ShadowModels, audit
from skmia.attacks import get_attack, select_vulnerable
from skmia.attacks._run import judge, run
from skmia.attacks.evidence import References, WithSelection
from skmia.targets import Session

X, y = (part[:400] for part in load_digits(return_X_y=True))
X = X / 16
LINEAR = LogisticRegression(C=100, max_iter=1000)
MEMBER = np.arange(400) % 2


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(LINEAR, n_shadows=6, random_state=0).fit(X, y)


@pytest.fixture(scope="module")
def model():
    return clone(LINEAR).fit(X[MEMBER == 1], y[MEMBER == 1])


def seen(shadows, session, **params):
    evidence = WithSelection("loss", **params)
    return evidence.fit(*shadows.pairs(2)[:2]), evidence.transform(session)


def places(shadows, X=None, y=None):
    """Posteriors of all shadow models, side by side."""
    return shadows.reference("posterior", X, y).reshape(len(y), -1)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_a_share_of_the_pool_is_selected(shadows, model, share):
    evidence, Z = seen(shadows, Session(model, X, y), share=share)
    assert Z["vulnerable"].isin([0, 1]).all()
    assert Z["vulnerable"].mean() == share
    # By the public rule, nobody being his own neighbour.
    pool = places(shadows, None, y)
    expected = select_vulnerable(
        pool, pool, n_train=200, radius=evidence.radius_, itself=np.arange(400)
    )
    assert_array_equal(Z["vulnerable"], expected)
    closest = [
        (pool @ row / np.linalg.norm(pool, axis=1) / np.linalg.norm(row))
        for row in pool
    ]
    closest = np.stack(closest) - 2 * np.eye(400)
    assert_array_equal(expected, 1 - closest.max(axis=1) >= evidence.radius_)


def test_the_table_of_references_stands_beside(shadows, model):
    session = Session(model, X, y)
    plain = References("loss").fit(shadows.pairs(2)[0]).transform(session)
    pd.testing.assert_frame_equal(
        seen(shadows, session)[1].drop(columns="vulnerable"), plain
    )


def test_a_radius_of_ones_own(shadows, model):
    session = Session(model, X, y)
    shares = [
        seen(shadows, session, radius=radius)[1]["vulnerable"].mean()
        for radius in (1e-4, 1e-3, 1e-2, 1)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1] == 0
    more = seen(shadows, session, radius=1e-3, max_neighbors=5)[1]["vulnerable"]
    assert more.mean() > shares[1]


@pytest.mark.parametrize(
    "params", [{"share": 0}, {"share": 1}, {"radius": 3}, {"max_neighbors": -1}]
)
def test_bad_parameters(shadows, params):
    (name,) = params
    with pytest.raises(ValueError, match=f"'{name}' parameter of WithSelection must"):
        WithSelection(**params).fit(shadows.pairs(2)[0])


def test_a_copy_is_a_neighbour(model):
    """Of twins neither is alone, whatever they are."""
    twice, labels = np.vstack([X, X]), np.tile(y, 2)
    shadows = ShadowModels(LINEAR, n_shadows=6, random_state=0).fit(twice, labels)
    _, Z = seen(shadows, Session(model, twice, labels))
    assert Z["vulnerable"].sum() == 0


def test_candidates_that_nobody_was_trained_on(shadows, model):
    strange, labels = (part[600:700] for part in load_digits(return_X_y=True))
    session = Session(model, strange / 16, labels)
    evidence, Z = seen(shadows, session)
    expected = select_vulnerable(
        places(shadows, strange / 16, labels),
        places(shadows, None, y),
        n_train=200,
        radius=evidence.radius_,
    )
    assert_array_equal(Z["vulnerable"], expected)
    assert 0 < Z["vulnerable"].mean() < 1


def test_the_target_is_asked_once_and_tells_nothing_of_the_selection(shadows, model):
    box = BlackBox(model)
    _, Z = seen(shadows, Session(box, X, y))
    assert box.n_queries_ == 400
    other = clone(LINEAR).fit(X[MEMBER == 0], y[MEMBER == 0])
    _, Z_other = seen(shadows, Session(other, X, y))
    assert_array_equal(Z["vulnerable"], Z_other["vulnerable"])


def test_precision_is_the_point(global_random_seed):
    """Who is alone is told apart better than who is not.

    900 records, 90 of them selected, about half of them members. Under the null the
    AUC of the selected has a standard deviation of about sqrt(91 / (12 * 45 * 45)) =
    .061, that of all, .019; .5 + 4 * .061 = .745.
    """
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(global_random_seed).permutation(len(y))[:900]
    X, y, member = X[rows] / 16, y[rows], np.arange(900) % 2
    model = clone(LINEAR).fit(X[member == 1], y[member == 1])
    shadows = ShadowModels(LINEAR, n_shadows=10, random_state=0).fit(X, y)
    session = Session(model, X, y)
    scores = {}
    for name in ("long", "long-selected"):
        attack = get_attack(name).attack
        scores[name] = run(attack, "shadows", session, shadows=shadows)
    score, called = scores["long-selected"]
    selected = score > score.min()
    assert 0 < selected.mean() <= 0.1
    alone = roc_auc_score(member[selected], score[selected])
    assert alone > max(0.745, roc_auc_score(member, scores["long"][0]))
    assert not called[~selected].any()
    assert called.sum() > 0


def test_recorded_answers_make_the_same_attack(shadows, model):
    recipe, session = get_attack("long-selected"), Session(model, X, y)
    recorded = ShadowModels(LINEAR, n_shadows=6, random_state=0)
    recorded.set_params(signals=recipe.attack[0].recorded()).fit(X, y)
    scores = [
        judge(clone(recipe.attack).fit(*models.pairs(2)[:2]), session)[0]
        for models in (shadows, recorded)
    ]
    assert_array_equal(*scores)


def test_answers_that_are_all_alike():
    """Of one-hot answers hardly one is alone; nothing breaks."""
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    constant = DecisionTreeClassifier(min_samples_leaf=300, random_state=0)
    for kind in (tree, constant):
        shadows = ShadowModels(kind, n_shadows=4, random_state=0).fit(X, y)
        _, Z = seen(shadows, Session(tree, X, y))
        assert 0 <= Z["vulnerable"].mean() <= 0.1


def test_sparse_records_words_and_a_class_that_some_shadows_miss():
    labels = np.array(["no", "yes"])[MEMBER].astype(object)
    labels[:3] = "rare"
    data = sparse.csr_array(X * (X > 0.5))
    model = LogisticRegression(max_iter=1000).fit(data[::2], labels[::2])
    halves = data[::2], labels[::2], data[1::2], labels[1::2]
    report = audit(model, *halves, attacks="long-selected", n_shadows=4, random_state=0)
    assert report.summary.loc["long-selected", "status"] == "ok"
