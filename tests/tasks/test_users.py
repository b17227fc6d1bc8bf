"""Users as records, and models of them."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import AttackRecipe, get_attack, make_attack
from skmia.attacks.evidence import Signals
from skmia.signals import get_signal
from skmia.tasks import User, UserLevel, audit_users, bundle, next_tokens
from skmia.utils._record_keys import coarse_keys, exact_keys

X, y = load_digits(return_X_y=True)
X, y = X[:400], y[:400]
WRITER = np.arange(400) // 10
TREE = DecisionTreeClassifier(random_state=0)
WORDS = ["to", "be", "or", "not", "that", "is", "the", "question"]
BIGRAMS = make_pipeline(
    OneHotEncoder(handle_unknown="ignore"), MultinomialNB(alpha=0.1)
)
LANGUAGE = UserLevel(BIGRAMS, bins=4).fit(
    bundle(*next_tokens(["to be or not to be", "that is the question"]))
)
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
    min_size=1,
    max_size=5,
)


def users_of(texts):
    """All texts as those of one user, in as many records as tokens."""
    return bundle(*next_tokens(texts, ["ann"] * len(texts)))


def answers(model, users):
    return [
        model.score_samples(users),
        model.record_summaries(users),
        model.rank_histogram(users),
    ]


@given(texts=TEXTS)
def test_a_histogram_sums_to_the_tokens_of_the_user(texts):
    (counts,) = LANGUAGE.rank_histogram(users_of(texts))
    assert counts.sum() == sum(len(text.split()) for text in texts)
    for other in (
        UserLevel.of(LANGUAGE.estimator_, bins=3, clip=2),
        UserLevel.of(LANGUAGE.estimator_, frequent=["be", "to"]),
    ):
        assert other.rank_histogram(users_of(texts)).sum() == counts.sum()


@given(texts=TEXTS, seed=st.integers(0, 1000))
def test_the_order_of_records_changes_nothing(texts, seed):
    order = np.random.default_rng(seed).permutation(len(texts))
    one = answers(LANGUAGE, users_of(texts))
    other = answers(LANGUAGE, users_of([texts[i] for i in order]))
    for a, b in zip(one, other, strict=True):
        assert_allclose(a, b, rtol=1e-12)


@given(texts=TEXTS)
def test_copies_of_all_records_leave_the_mean(texts):
    score, summaries, counts = answers(LANGUAGE, users_of(texts))
    twice = answers(LANGUAGE, users_of(texts * 2))
    assert_allclose(score, twice[0], rtol=1e-12)
    # Minimum, maximum, mean, deviation; quartiles are interpolated otherwise.
    assert_allclose(
        summaries[:, [0, 4, 5, 6]], twice[1][:, [0, 4, 5, 6]], rtol=1e-9, atol=1e-12
    )
    assert_array_equal(2 * counts, twice[2])
    assert_array_equal(2 * summaries[:, 7], twice[1][:, 7])


@given(word=st.sampled_from(WORDS))
def test_one_record_has_no_spread(word):
    (summary,) = LANGUAGE.record_summaries(users_of([word]))
    assert_array_equal(summary[5] * np.ones(5), summary[:5])
    assert_array_equal(summary[6:], [0, 1])


def test_ranks_by_hand():
    class Fixed(GaussianNB):
        def predict_proba(self, X):
            return np.array([[0.2, 0.5, 0.2, 0.1]] * len(X))

    labels = np.array(["a", "b", "c", "d"])
    model = Fixed().fit(np.arange(4)[:, None], labels)
    users = bundle(np.zeros((5, 1)), np.array(["a", "b", "c", "d", "e"]), [1] * 5)
    # "a" and "c" are as probable, and "e" nobody knows.
    counts = UserLevel.of(model, bins=4).rank_histogram(users)
    assert_array_equal(counts, [[1, 2, 0, 2]])
    assert_array_equal(
        UserLevel.of(model, bins=2, clip=2).rank_histogram(users), [[1, 4]]
    )
    # Ranks 1, 0, 1, 3, 4 less the places 2, 0, 1, 2, 2 are -1, 0, 0, 1, 2.
    relative = UserLevel.of(model, bins=9, frequent=["b", "c"])
    assert_array_equal(relative.rank_histogram(users), [[0, 0, 0, 1, 2, 1, 1, 0, 0]])


def test_what_a_model_says_is_the_mean_of_its_records():
    users = bundle(X, y, WRITER)
    model = UserLevel(GaussianNB()).fit(users[:20])
    rows = np.arange(10)
    posterior = model.estimator_.predict_proba(X[rows])
    loss = -np.log(np.maximum(posterior[rows, y[rows]], 1e-30))
    assert model.score_samples(users)[0] == pytest.approx(-loss.mean())
    summary = model.record_summaries(users)[0]
    assert_allclose(
        summary[[0, 2, 4]], [loss.min(), np.median(loss), loss.max()], atol=1e-12
    )
    assert_allclose(summary[5:], [loss.mean(), loss.std(), 10])


def test_models_of_other_kinds():
    data, target = load_diabetes(return_X_y=True)
    who = np.arange(len(data)) % 40
    users = bundle(data, target, who)
    model = UserLevel(LinearRegression()).fit(users)
    error = (model.estimator_.predict(data) - target) ** 2
    assert model.score_samples(users)[3] == pytest.approx(-error[who == 3].mean())
    assert not hasattr(model, "rank_histogram")
    alone = bundle(data, None, who)
    density = UserLevel(KernelDensity()).fit(alone)
    said = density.estimator_.score_samples(data)
    assert density.score_samples(alone)[3] == pytest.approx(said[who == 3].mean())
    centres = UserLevel(KMeans(5, n_init=1, random_state=0)).fit(alone)
    far = centres.estimator_.transform(data).min(axis=1)
    assert centres.score_samples(alone)[3] == pytest.approx(-far[who == 3].mean())


@pytest.mark.parametrize(
    "records",
    [
        pd.DataFrame(X, index=range(400, 0, -1)),
        sparse.csr_array(X),
        X.astype(np.float32),
    ],
    ids=["frame", "sparse", "float32"],
)
def test_records_of_any_container(records):
    users, plain = (bundle(one, y, WRITER) for one in (records, X))
    scores = (
        UserLevel(TREE).fit(one[:20]).score_samples(one) for one in (users, plain)
    )
    assert_array_equal(*scores)


def test_records_are_batched(monkeypatch):
    users = bundle(X, y, WRITER)
    model = UserLevel(GaussianNB()).fit(users)
    whole = answers(model, users)
    monkeypatch.setattr("skmia.tasks._user_level._NUMBERS", 30)
    for a, b in zip(whole, answers(model, users), strict=True):
        assert_allclose(a, b)


def test_texts_as_records():
    texts = [" ".join(WORDS[i % 3 : i % 3 + 4]) for i in range(30)]
    labels, who = np.arange(30) % 2, np.arange(30) // 3
    users = bundle(texts, labels, who)
    model = UserLevel(make_pipeline(TfidfVectorizer(), MultinomialNB())).fit(users)
    assert model.score_samples(users).shape == (10,)


def test_users_are_told_apart_by_content():
    users = bundle(X, y, WRITER)
    again = bundle(X.copy(), y.copy(), [f"writer {w:02}" for w in WRITER])
    assert list(users) == list(again)
    assert len(set(users)) == 40
    for keys in (coarse_keys, exact_keys):
        assert keys(users) == keys(again)
        assert keys(users) == keys(pickle.loads(pickle.dumps(users)))
        assert len(set(keys(users))) == 40
    assert users[0] != User(X[:10], y[:10][::-1])


def test_wrong_users_are_refused():
    with pytest.raises(TypeError, match="must be users, as bundle makes them"):
        UserLevel(TREE).fit(X, y)
    with pytest.raises(ValueError, match="Got 1 records without one"):
        bundle(["a", "b"], None, ["ann", None])
    with pytest.raises(ValueError, match="Got 1 records without one"):
        bundle(["a", "b"], None, ["ann", np.nan])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        bundle(X, y, WRITER[:-1])
    with pytest.raises(ValueError, match="Got 2 texts without any"):
        next_tokens(["", "?"])
    both = np.r_[WRITER[:200], WRITER[:10], WRITER[210:]]
    tree = clone(TREE).fit(X[:200], y[:200])
    with pytest.raises(
        ValueError, match=r"1 users have records in both sets, .* \[0\]"
    ):
        audit_users(tree, X[:200], y[:200], both[:200], X[200:], y[200:], both[200:])


def test_a_clone_is_not_fitted():
    users = bundle(X, y, WRITER)
    fitted = clone(TREE).fit(X, y)
    model = UserLevel.of(fitted, clip=7)
    assert model.estimator_ is fitted
    assert not hasattr(clone(model), "estimator_")
    assert clone(model).clip == 7
    assert_array_equal(
        clone(model).fit(users).score_samples(users), model.score_samples(users)
    )


def test_next_tokens_look_back():
    contexts, tokens, who = next_tokens(["A b c", "d"], ["x", "y"], context=2)
    assert contexts.tolist() == [["", ""], ["", "a"], ["a", "b"], ["", ""]]
    assert tokens.tolist() == ["a", "b", "c", "d"]
    assert who.tolist() == ["x", "x", "x", "y"]


def test_one_word_of_context_is_the_bigram_model():
    """Naive Bayes on the word before: p(next) p(before | next), which are counts."""
    contexts, tokens, _ = next_tokens(["a b a b a c", "a b"])
    model = make_pipeline(
        OneHotEncoder(handle_unknown="ignore"), MultinomialNB(alpha=1e-10)
    ).fit(contexts, tokens)
    (after_a,) = model.predict_proba([["a"]])
    # After "a" come b, b, c and b.
    assert_allclose(after_a, [0, 3 / 4, 1 / 4], atol=1e-6)


def test_shadow_models_and_games_are_of_users():
    users = bundle(X, y, WRITER)
    shadows = ShadowModels(UserLevel(TREE), n_shadows=4, random_state=0).fit(users)
    pairs, member, _ = shadows.pairs()
    assert len(pairs) == len(member) == 4 * 40
    assert member.mean() == 0.5
    for attack in ("user-ranks", "user-summaries", "lira-offline"):
        game = MembershipGame(
            UserLevel(TREE), attack=attack, n_shadows=4, random_state=0
        )
        assert game.fit(users[:20]).score(users[20:]) > 0.7, attack


@pytest.mark.slow
def test_results_do_not_depend_on_jobs_or_cache(tmp_path):
    fitted = clone(TREE).fit(X[:200], y[:200])
    sides = (X[:200], y[:200], WRITER[:200], X[200:], y[200:], WRITER[200:])
    how = {"attacks": ["user-summaries", "rmia-online"], "n_shadows": 4}
    reports = [
        audit_users(fitted, *sides, random_state=0, **how, **more)
        for more in ({}, {"n_jobs": 2}, {"memory": tmp_path}, {"memory": tmp_path})
    ]
    for other in reports[1:]:
        pd.testing.assert_frame_equal(reports[0].records, other.records)
    assert list(reports[0].records.index[:2]) == [("train", 0), ("train", 1)]
    assert reports[0].verdict != "invalid"


def test_users_have_records_and_as_many_labels():
    with pytest.raises(ValueError, match=r"must have records\. Got 0"):
        User(X[:0], y[:0])
    with pytest.raises(ValueError, match="X has 2 records, y 1"):
        User(X[:2], y[:1])
    with pytest.raises(ValueError, match="Got 1 of 2 with labels"):
        UserLevel(TREE).fit([User(X[:2], y[:2]), User(X[2:4])])


@pytest.mark.parametrize("groups", [None, np.zeros((3, 2))])
def test_bundle_needs_one_user_for_each_record(groups):
    with pytest.raises(ValueError, match=r"one user for each record.*\(3,\). Got"):
        bundle(X[:3], y[:3], groups)


def test_frequent_labels_are_different():
    users = bundle(X, y, WRITER)
    model = UserLevel(TREE, frequent=[1, 2, 1]).fit(users[:20])
    with pytest.raises(ValueError, match=r"different labels.* Got \[1\]"):
        model.rank_histogram(users)


def test_who_has_no_tokens_is_told():
    with pytest.warns(UserWarning, match=r"^1 groups .*\['bob'\]: .*left out"):
        _, _, who = next_tokens(["a b", "", "..."], ["ann", "ann", "bob"])
    assert set(who) == {"ann"}


def test_other_bins_are_told_and_how_to_have_them_in_an_audit():
    users, ranks = bundle(X, y, WRITER), get_signal("rank_histogram", bins=7)
    model = UserLevel(TREE, bins=7).fit(users[:20])
    sides = {"X_train": users[:20], "X_holdout": users[20:], "random_state": 0}
    report = audit(model, **sides, attacks="user-ranks", n_shadows=2)
    status = report.summary["status"].item()
    assert "has 100 bins, and the histograms of this model have 7." in status
    assert "AttackRecipe(name, make_attack(Signals(signal), classifier))" in status
    svm = get_attack("user-ranks").attack[1]
    told = AttackRecipe("ranks", make_attack(Signals(ranks), svm))
    report = audit(model, **sides, attacks=told, n_shadows=2)
    assert report.summary["status"].item() == "ok"


FRAME = pd.DataFrame(X).add_prefix("c")
KNOWING = clone(TREE).fit(FRAME[:200], y[:200])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": TREE}, "not fitted yet"),
        ({"model": UserLevel(TREE)}, "not fitted yet"),
        ({"y_holdout": None}, "needs the labels y_holdout. Got None"),
        ({"y_holdout": y[200:].astype(str)}, "None of the labels in y_holdout"),
        ({"X_holdout": FRAME[200:].iloc[:, ::-1]}, "X_train in another order"),
        ({"X_holdout": FRAME[200:].iloc[:, 1:]}, "X_train has 64 features"),
        (
            {"X_train": FRAME[:200].iloc[:, 1:], "X_holdout": FRAME[200:].iloc[:, 1:]},
            "have 63 features, .* was trained on 64",
        ),
    ],
)
def test_audits_of_users_refuse_what_audits_refuse(change, message):
    given = {
        "model": KNOWING,
        **{"X_train": FRAME[:200], "y_train": y[:200], "groups_train": WRITER[:200]},
        **{"X_holdout": FRAME[200:], "y_holdout": y[200:]},
        "groups_holdout": WRITER[200:],
    }
    with pytest.raises(ValueError, match=message):
        audit_users(**given | change)
