"""What an audit found, in sentences for people who do not know the metrics."""

from skmia.utils._units import percent

# What an attacker with each access sees of an answer.
SEES = {
    "label": "the predicted label",
    "top-k": "the probabilities of the most likely classes",
    "scores": "the probability or score of every class",
    "white-box": "the model itself",
}


# A verdict in a few words, and in a sentence.
TITLES = {
    "leak": "Leak found",
    "none-found": "None found",
    "not-measurable": "Not measurable",
    "invalid": "Invalid",
}
_SENTENCES = {
    "leak": "The model gives away who was in its training data.",
    "none-found": (
        "These attacks found no leak, which is no proof that there is none: attacks "
        "stronger than these, or more records, may find one."
    ),
    "not-measurable": "This audit could not have seen a leak.",
    "invalid": "These numbers do not count.",
}


def sentence(report):
    """The verdict in a sentence, and how much was run where that was not all."""
    found = _SENTENCES[report.verdict]
    return f"{found} {report.extent}" if report.ran and report.extent else found


def explanation(report):
    """What the area under the curve of the strongest attack means."""
    best = report.headline
    level = percent(report.confidence_level)
    low, high = (_in_100(best[bound]) for bound in ("auc_low", "auc_high"))
    return (
        f"Shown a training record and a record that was not used for training, the "
        f"strongest of {best['n_attacks']} attacks ({best['attack']}) tells which is "
        f"which in {_in_100(best['auc'])} of 100 cases ({level} interval: {low} to "
        f"{high}). Guessing is right in 50 of 100."
    )


def _in_100(fraction):
    return f"{100 * fraction:.1f}"
