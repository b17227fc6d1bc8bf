"""Users instead of records: texts, translations, speech.

    OMP_NUM_THREADS=1 python benchmarks/bench_users.py

writes docs/users.md (the sections "texts", "asked", "translation" and "speech";
`--parts` chooses among them), in some minutes. All data are made. AUC with
standard errors over repeats, each with data, a target and 6 shadow models of its own.
Texts: 60 users, half of them in, a vocabulary of 100; the logistic model has 30 steps.
Asked: of models trained on 500 tokens of each user so many are asked about.
Translation: 40 people with 10 sentences each. Speech: 60 speakers with 8 utterances of
5 words each, out of 40.
"""

from collections import Counter, defaultdict
from functools import partial

import numpy as np
import pandas as pd
from documents import table_of
from parts import run_parts
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skmia.attacks import get_attack, run
from skmia.datasets import make_user_texts
from skmia.shadow import ShadowModels
from skmia.targets import Session
from skmia.tasks import (
    TextAnswers,
    TranslationMemory,
    UserLevel,
    bundle,
    next_tokens,
)

N_SHADOWS = 6
LANGUAGE = {
    "bigrams": MultinomialNB(alpha=1.0),
    "logistic": LogisticRegression(C=1.0, max_iter=30),
}
TOKENS = (20, 100, 500)
ASKED = (5, 20, 100, 500)
OF_USERS = ("score-threshold", "user-ranks", "user-summaries", "lira-online")
OF_TEXTS = ("score-threshold", "translation-similarity", "lira-online")
N_USERS, N_VOCABULARY = 60, 100
N_PEOPLE, N_SENTENCES = 40, 10
N_SPEAKERS, N_UTTERANCES = 60, 8


class ContextLexicon(BaseEstimator):
    """Translates word by word, as most often after the same word, or at all."""

    def fit(self, X, y):
        """Count which word stands for which."""
        self.counts_ = defaultdict(Counter)
        for source, reference in zip(X, y, strict=True):
            words = source.split()
            befores = ["", *words[:-1]]
            for before, word, answer in zip(
                befores, words, reference.split(), strict=True
            ):
                self.counts_[before, word][answer] += 1
                self.counts_[word][answer] += 1
        return self

    def translate(self, X):
        """The words that were counted most often; those that nobody knows stay."""
        return [
            " ".join(map(self._word, ["", *text.split()[:-1]], text.split()))
            for text in X
        ]

    def _word(self, before, word):
        known = [self.counts_[key] for key in ((before, word), word) if self._has(key)]
        return known[0].most_common(1)[0][0] if known else word

    def _has(self, key):
        return key in self.counts_


class FrameRecogniser(BaseEstimator):
    """Hears word by word what the nearest sounds were."""

    def __init__(self, n_neighbors=1):
        self.n_neighbors = n_neighbors

    def fit(self, X, y):
        """Keep the sound of each word."""
        words = [word for text in y for word in text.split()]
        self.model_ = KNeighborsClassifier(self.n_neighbors)
        self.model_.fit(np.vstack(list(X)), words)
        return self

    def transcribe(self, X):
        """Text of each utterance."""
        words = iter(self.model_.predict(np.vstack(list(X))))
        return [" ".join(next(words) for _ in sound) for sound in X]


TRANSLATORS = {"memory": TranslationMemory(), "lexicon": ContextLexicon()}
RECOGNISERS = {"1-NN": FrameRecogniser(1), "9-NN": FrameRecogniser(9)}


def attacked(model, X, asked, attacks, seed):
    """AUC of attacks on a model of one random half of the records, by `asked`."""
    member = np.random.RandomState(seed).permutation(np.arange(len(X)) % 2)
    target = clone(model).fit(X[member == 1])
    session = Session(target, asked)
    shadows = ShadowModels(model, n_shadows=N_SHADOWS, random_state=seed).fit(asked)
    held = {"shadows": shadows, "member": member, "seed": seed}
    found = {}
    for name in attacks:
        recipe = get_attack(name, of=session.kind)
        score, *_ = run(recipe.attack, recipe.fitted_on, session, **held)
        found[name] = roc_auc_score(member, score)
    return found


def language_users(n_tokens, seed):
    """Contexts, tokens and users of made texts."""
    texts, groups = make_user_texts(
        N_USERS,
        n_texts=1,
        n_words=n_tokens,
        n_vocabulary=N_VOCABULARY,
        random_state=seed,
    )
    return next_tokens(texts, groups)


def language(name):
    """A language model of users."""
    encoded = OneHotEncoder(handle_unknown="ignore")
    return UserLevel(make_pipeline(encoded, LANGUAGE[name]))


def texts(name, n_tokens, seed):
    """All tokens of a user are trained on and asked about."""
    users = bundle(*language_users(n_tokens, seed))
    found = attacked(language(name), users, users, OF_USERS, seed)
    return pd.DataFrame([{"model": name, "tokens": n_tokens, **found}])


def asked(name, n_asked, seed):
    """Some tokens of a user are asked about, the first ones."""
    contexts, tokens, who = language_users(TOKENS[-1], seed)
    first = np.arange(len(tokens)) % TOKENS[-1] < n_asked
    users = bundle(contexts, tokens, who)
    some = bundle(contexts[first], tokens[first], who[first])
    found = attacked(language(name), users, some, OF_USERS, seed)
    return pd.DataFrame([{"model": name, "asked": n_asked, **found}])


def sentence_pairs(seed):
    """Sentences beside translations: each person prefers some of two synonyms."""
    texts, who = make_user_texts(
        N_PEOPLE, n_texts=N_SENTENCES, n_words=8, random_state=seed
    )
    prefers = np.random.RandomState(seed).uniform(size=(N_PEOPLE, 200)) < 0.5
    pairs = [
        (
            text,
            " ".join(f"{'uv'[int(prefers[i, int(w[1:])])]}{w}" for w in text.split()),
        )
        for text, i in zip(texts, who, strict=True)
    ]
    return np.array(pairs), who


def translation(name, level, seed):
    """Sentences one by one, or all of a person together."""
    pairs, who = sentence_pairs(seed)
    model = TextAnswers(TRANSLATORS[name])
    return _by_level(name, level, model, pairs, who, seed)


def utterances(seed):
    """Sounds beside their words: each speaker is off in a direction of their own."""
    rng = np.random.RandomState(seed)
    words = rng.normal(size=(40, 8))
    accent = 0.7 * rng.normal(size=(N_SPEAKERS, 8))
    who = np.repeat(np.arange(N_SPEAKERS), N_UTTERANCES)
    said = rng.randint(40, size=(len(who), 5))
    sounds = (
        words[said] + accent[who][:, None] + 0.7 * rng.normal(size=(*said.shape, 8))
    )
    text = [" ".join(f"w{word}" for word in row) for row in said]
    return pd.DataFrame({"sound": list(sounds), "text": text}), who


def speech(name, level, seed):
    """Utterances one by one, or all of a speaker together."""
    pairs, who = utterances(seed)
    model = TextAnswers(RECOGNISERS[name], asks="transcribe")
    return _by_level(name, level, model, pairs, who, seed)


def _by_level(name, level, model, pairs, who, seed):
    if level == "alone":
        found = attacked(model, pairs, pairs, OF_TEXTS, seed)
    else:
        users = bundle(pairs, None, who)
        attacks = [one for one in OF_USERS if one != "user-ranks"]
        found = attacked(UserLevel(model), users, users, attacks, seed)
    # One column for what is learned from shadow models, whichever it is called.
    learned = found.keys() & {"translation-similarity", "user-summaries"}
    found["learned"] = found.pop(*learned)
    return pd.DataFrame([{"model": name, "level": level, **found}])


PARTS = {
    "texts": (texts, partial(table_of, keys=["model", "tokens"])),
    "asked": (asked, partial(table_of, keys=["model", "asked"])),
    "translation": (translation, partial(table_of, keys=["model", "level"])),
    "speech": (speech, partial(table_of, keys=["model", "level"])),
}
LEVELS = ("alone", "together")
TASKS = {
    "texts": [(m, n, seed) for m in LANGUAGE for n in TOKENS for seed in range(3)],
    "asked": [("bigrams", n, seed) for n in ASKED for seed in range(3)],
    "translation": [
        (m, level, seed) for m in TRANSLATORS for level in LEVELS for seed in range(3)
    ],
    "speech": [
        (m, level, seed) for m in RECOGNISERS for level in LEVELS for seed in range(3)
    ],
}


if __name__ == "__main__":
    run_parts(__doc__, "users.md", PARTS, TASKS)
