"""Attacks on models whose records are users, and on those that answer with texts.

The attacks on a score are those of all models without labels.
"""

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.svm import LinearSVC

from skmia.attacks.evidence import Signals

SONG = "C. Song, V. Shmatikov, KDD 2019"
MIAO = "Y. Miao et al., PoPETs 2021"
HISAMOTO = "S. Hisamoto et al., TACL 2020"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    shape = make_pipeline(Normalizer(), StandardScaler(), LinearSVC())
    yield "user-ranks", Signals(["rank_histogram"]), shape, "shadows", SONG
    forest = RandomForestClassifier(min_samples_leaf=5)
    yield "user-summaries", Signals(["record_summaries"]), forest, "shadows", MIAO
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    near = Signals(["text_similarity"])
    yield "translation-similarity", near, linear, "shadows", HISAMOTO
