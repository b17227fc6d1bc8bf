"""How good the audited model is, in words that fit what it predicts."""

from skmia.utils._kinds import DISTANT

_SIDES = ("train", "holdout")
_KINDS = {
    "clusterer": "clustering",
    "outlier_detector": "detection of outliers",
    "density_estimator": "estimate of a density",
    "user_model": "answer about the records of users",
    "text_model": "translation or transcription",
    "segmenter": "segmentation",
    "recommender": "recommendation",
    "synthesizer": "synthesis of a table",
    "autoencoder": "reconstruction",
    "encoder": "embedding",
}
_LARGE = 1000  # log densities
# What models without labels say of a record.
_SAID = {"score": "mean score", "distance": "mean distance to {}"}
_TITLES = {"r2": "R²", "rmse": "RMSE", "median_absolute_error": "median absolute error"}


def is_of_regressor(facts):
    """Whether what was audited predicts quantities."""
    return facts.get("errors") is not None


def takes_no_labels(facts):
    """Whether what was audited is trained on records alone."""
    return facts.get("scores") is not None


def kind_of(facts):
    """What such a model does, in words."""
    return _KINDS[facts["scores"]["of"]]


def is_of_outputs(facts):
    """Whether what was audited is a classifier with several outputs."""
    return facts.get("outputs") is not None


def how_good(facts):
    """What measures the model, and its numbers on both sets.

    Parameters
    ----------
    facts : dict
        Of a report, or the cheap part of them.

    Returns
    -------
    title : str
        "accuracy", "error", or what a model without labels says of a record.
    text : str
    """
    if takes_no_labels(facts):
        name, sides = _said(facts)
        far_from = DISTANT.get(facts["scores"]["of"])
        return _SAID[name].format(far_from), _on_both("", *sides)
    if is_of_outputs(facts):
        subset, mean = (
            _on_both("", *(facts["outputs"][side][name] for side in _SIDES))
            for name in ("subset_accuracy", "mean_accuracy")
        )
        return "accuracy", f"of whole records {subset}; mean of the outputs {mean}"
    if not is_of_regressor(facts):
        sides = (facts[f"{side}_accuracy"] for side in _SIDES)
        return "accuracy", _on_both("", *sides)
    errors = facts["errors"]
    parts = (
        _on_both(f"{title} ", *(errors[side][name] for side in _SIDES))
        for name, title in _TITLES.items()
    )
    return "error", "; ".join(parts)


def in_short(facts, side):
    """One number of one set, "train" or "holdout"."""
    if takes_no_labels(facts):
        name, sides = _said(facts)
        return f"mean {name} {_number(sides[_SIDES.index(side)])}"
    if is_of_regressor(facts):
        return f"R² {_number(facts['errors'][side]['r2'])}"
    what = "subset accuracy" if is_of_outputs(facts) else "accuracy"
    return f"{what} {_number(facts[f'{side}_accuracy'])}"


def is_known(facts):
    """Whether there are numbers of both sets."""
    if takes_no_labels(facts):
        return None not in _said(facts)[1]
    if is_of_regressor(facts):
        return all(facts["errors"][side]["r2"] is not None for side in _SIDES)
    return all(facts[f"{side}_accuracy"] is not None for side in _SIDES)


def _said(facts):
    """Name of what is said of a record, and its mean on both sets."""
    (name,) = facts["scores"]["train"]
    return name, [facts["scores"][side][name] for side in _SIDES]


def quality_of(row):
    """What a row of a defense says of its model: "accuracy", or "r2" of a regressor."""
    return "r2" if "r2" in row or "r2_change" in row else "accuracy"


def change_of(row):
    """How much better the model of a row is than it was as it is; None if unknown."""
    return row.get(f"{quality_of(row)}_change")


def change_in_words(row):
    """The same, with its name and unit."""
    change = change_of(row)
    if quality_of(row) == "r2":
        return f"R² {change:+.3f}"
    return f"accuracy {100 * change:+.1f} points"


def _on_both(title, train, holdout):
    return f"{title}{_number(train)} on training, {_number(holdout)} on holdout records"


def _number(value):
    if value is None:
        return "nan"
    return f"{value:.3f}" if abs(value) < _LARGE else f"{value:.5g}"
