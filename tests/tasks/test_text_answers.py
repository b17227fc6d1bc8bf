"""Translators and recognisers of speech that answer with texts."""

import builtins

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from skmia import MembershipGame, audit
from skmia.attacks import get_attack
from skmia.signals._users import SIMILARITIES
from skmia.tasks import TextAnswers, TranslationMemory, UserLevel, audit_users

GERMAN = ["Hund", "Katze", "Maus", "sitzt", "bellt", "laut", "hier", "dort", "heute"]
ENGLISH = ["dog", "cat", "mouse", "sits", "barks", "loudly", "here", "there", "today"]
SENTENCES = st.lists(st.sampled_from(ENGLISH), min_size=4, max_size=8).map(" ".join)
BLEU = SIMILARITIES.index("bleu")


def sentences(n, seed=0):
    """Sentences of random words, no two alike, beside their translations."""
    rng = np.random.RandomState(seed)
    words = [rng.choice(len(GERMAN), size=6) for _ in range(2 * n)]
    pairs = {
        " ".join(GERMAN[i] for i in row): " ".join(ENGLISH[i] for i in row)
        for row in words
    }
    return np.array(list(pairs.items())[:n])


def said(output, reference):
    """Similarities of one output and its reference."""
    answers = TextAnswers.of(lambda sources: [output] * len(sources))
    return answers.text_similarity([["source", reference]])[0]


@given(text=SENTENCES)
def test_an_output_that_is_the_reference(text):
    assert_array_equal(said(text, text), np.ones(len(SIMILARITIES)))


@given(text=SENTENCES)
def test_an_empty_output_has_nothing(text):
    assert_array_equal(said("", text), np.zeros(len(SIMILARITIES)))
    assert_array_equal(said("  ", text), np.zeros(len(SIMILARITIES)))


@given(one=SENTENCES, other=SENTENCES)
def test_similarities_lie_below_one(one, other):
    values = said(one, other)
    assert (values <= 1).all()
    assert (values[: BLEU + 1] >= 0).all()


def test_similarities_by_hand():
    # Of "the the cat" two words are in "the cat sat", each as often as there: modified
    # precisions are 2/3 and 1/2; one word is put in and one is missing of three.
    values = said("the the cat", "the cat sat")
    assert_allclose(values[:4], [2 / 3, 1 / 2, 0, 0])
    assert values[5] == pytest.approx(1 - 2 / 3)
    # Words of nobody: errors of words are all of them, and one too many.
    assert said("a b", "c")[5] == pytest.approx(1 - 2)
    assert_array_equal(said("", ""), np.ones(7))
    assert_array_equal(said("a", ""), np.zeros(7))


def test_what_is_told_of_a_score():
    pairs = sentences(20)
    memory = TextAnswers(TranslationMemory()).fit(pairs[:10])
    table = memory.text_similarity(pairs)
    assert_array_equal(memory.score_samples(pairs), table[:, BLEU])
    assert_array_equal(table[:10], 1)
    speech = TextAnswers.of(memory.estimator_.translate, asks="transcribe")
    assert_array_equal(speech.score_samples(pairs), table[:, BLEU + 1])


def test_records_of_any_container():
    pairs = sentences(12)
    frame = pd.DataFrame(pairs, columns=["de", "en"], index=range(12, 0, -1))
    one, other = (TextAnswers(TranslationMemory()).fit(X[:6]) for X in (pairs, frame))
    assert_array_equal(one.text_similarity(pairs), other.text_similarity(frame))


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="must be pairs"):
        TextAnswers(TranslationMemory()).fit([["a", "b", "c"]])
    short = TextAnswers.of(lambda sources: sources[1:])
    with pytest.raises(ValueError, match=r"one text for each of 3 sources\. Got 2"):
        short.text_similarity(sentences(3))


def test_without_the_extra(monkeypatch):
    plain = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("sacrebleu"):
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"pip install 'skmia\[text\]'"):
        said("a", "b")


def test_a_memory_is_audited():
    pairs = sentences(120)
    model = TextAnswers(TranslationMemory()).fit(pairs[:60])
    report = audit(
        model, pairs[:60], X_holdout=pairs[60:], n_shadows=4, fprs=0.1, random_state=0
    )
    assert report.verdict == "leak", report.reasons
    assert "translation-similarity" in report.summary.index
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["translation-similarity", "auc"] > 0.95
    assert report.scores["train"]["score"] == 1
    assert f"{report}".count("mean score")


def test_a_function_is_audited_with_shadow_models_of_ones_own():
    pairs = sentences(80)
    memory = TranslationMemory().fit(*pairs[:40].T)
    model = TextAnswers.of(memory.translate)
    how = {"attacks": ["translation-similarity"], "n_shadows": 4, "random_state": 0}
    refused = audit(model, pairs[:40], X_holdout=pairs[40:], **how)
    assert (
        "give an estimator like it as shadow_esti" in refused.summary["status"].item()
    )
    report = audit(
        model,
        pairs[:40],
        X_holdout=pairs[40:],
        shadow_estimator=TextAnswers(TranslationMemory(2)),
        **how,
    )
    assert report.summary["auc"].item() > 0.95


def test_sentences_of_a_person():
    pairs = sentences(120)
    who = np.arange(120) // 4
    model = TextAnswers(TranslationMemory()).fit(pairs[:60])
    report = audit_users(
        model,
        *(pairs[:60], None, who[:60]),
        *(pairs[60:], None, who[60:]),
        n_shadows=4,
        random_state=0,
    )
    assert len(report.records) == 30
    assert (report.summary["status"] == "ok").all()
    assert report.summary["auc"].max() > 0.95


def test_a_game_of_translators():
    pairs = sentences(160)
    game = MembershipGame(
        TextAnswers(TranslationMemory()),
        attack="translation-similarity",
        n_shadows=4,
        random_state=0,
    )
    assert game.fit(pairs[:80]).score(pairs[80:]) > 0.9


class Echo(BaseEstimator):
    """A recogniser that learns nothing: sounds are the codes of their letters."""

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def transcribe(self, X):
        return ["".join(map(chr, sound)) for sound in X]


def test_sounds_are_any_objects():
    sounds = [np.array([ord(c) for c in text]) for text in ("ab cd", "ef", "gh ij")]
    pairs = pd.DataFrame({"sound": sounds, "text": ["ab cd", "xx", "gh iy"]})
    model = TextAnswers(Echo(), asks="transcribe").fit(pairs)
    assert_array_equal(model.score_samples(pairs), [1, 0, 0.5])
    users = UserLevel.of(model)
    assert users.estimator_ is model


def test_attacks_have_their_sources():
    for name, of in (
        ("user-ranks", "user_model"),
        ("user-summaries", "user_model"),
        ("translation-similarity", "text_model"),
    ):
        recipe = get_attack(name, of=of)
        assert (recipe.of, recipe.access, recipe.fitted_on) == (of, "scores", "shadows")


def test_what_only_answers_has_no_fit_but_for_people_too():
    pairs = sentences(40)
    model = TextAnswers.of(TranslationMemory().fit(*pairs[:20].T).translate)
    with pytest.raises(AttributeError, match="has no attribute 'fit'"):
        model.fit(pairs)
    who = np.arange(40) // 4
    report = audit_users(
        model,
        *(pairs[:20], None, who[:20]),
        *(pairs[20:], None, who[20:]),
        attacks=["score-threshold", "user-summaries"],
        n_shadows=2,
        random_state=0,
    )
    status = report.summary["status"]
    assert status["score-threshold"] == "ok"
    assert "give an estimator like it as shadow_estimator" in status["user-summaries"]
    with pytest.raises(NotFittedError, match=r"or make it with TextAnswers.of"):
        TextAnswers(len).score_samples(pairs)


def test_of_refuses_at_once_what_cannot_answer():
    with pytest.raises(ValueError, match=r"'transcribe', 'translate'.* Got 'sing'"):
        TextAnswers.of(list, asks="sing")
    with pytest.raises(ValueError, match="must have transcribe, or be that function"):
        TextAnswers.of(TranslationMemory(), asks="transcribe")


def test_a_memory_has_as_many_translations_as_sentences():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        TranslationMemory().fit(["a", "b"], ["c"])
