"""What models can be asked, and how one is."""

import numpy as np

from skmia.signals._answer_time import can_be_timed, seconds_of_each
from skmia.signals._output_answers import parts_of
from skmia.signals._trajectory import has_stages, staged_posteriors
from skmia.utils._access import (
    EXPLANATIONS,
    INSIDE,
    INSIDER,
    READ,
    STAGES,
    TABLE,
    TIMING,
)
from skmia.utils._arrays import answer_of
from skmia.utils._kinds import kind_of
from skmia.utils._outputs import Outputs
from skmia.utils._posteriors import top_k_posterior
from skmia.utils._records import copied

ANSWERS = (
    "predict",
    "predict_proba",
    "isolated_proba",
    "decision_function",
    "score_samples",
    "transform",
    "recommend",
    "reconstruct",
    "similarities",
    "encode",
    "sample",
    TABLE,
    "rank_histogram",
    "record_summaries",
    "text_similarity",
    *EXPLANATIONS,
    *INSIDER,
    *INSIDE,
)


def answers_of(model):
    """What a model, fitted or not, can be asked."""
    more = {STAGES} if has_stages(model) else set()
    more |= {TIMING} if can_be_timed(model) else set()
    # An attribute, which is there once the model is fitted.
    more |= {TABLE} if kind_of(model) == "synthesizer" else set()
    # Distances to centres; what others transform records to is for the next step.
    none = set() if kind_of(model) == "clusterer" else {"transform"}
    own = frozenset(name for name in ANSWERS if hasattr(model, name))
    return (own - none) | more


def reply(model, method, args):
    """What a model says, of copies: it may write into what it is given."""
    if method in READ:
        return getattr(model, method)
    args = [copied(arg) for arg in args]
    if method == STAGES:
        return staged_posteriors(model, *args)
    if method == TIMING:
        return seconds_of_each(model, *args)
    return answer_of(model, method, *args)


def largest(posterior, k, classes):
    """Posteriors as who sees the `k` largest probabilities, of each output, sees them.

    Parameters
    ----------
    posterior : array-like, or list with one for each output
    k : int
    classes : array-like or Outputs
    """
    if not isinstance(classes, Outputs):
        return top_k_posterior(np.asarray(posterior), k)
    parts = parts_of("predict_proba", posterior, len(classes)) or [posterior]
    return [top_k_posterior(np.asarray(part), k) for part in parts]


def check_answers(answers):
    """Refuse what no model answers, in words."""
    known = {*ANSWERS, TIMING, "parameters"}
    if isinstance(answers, str) or not known.issuperset(answers or ()):
        raise ValueError(
            "The 'answers' parameter of Session must be a list of some of "
            f"{sorted(known)}. Got {answers!r} instead."
        )
