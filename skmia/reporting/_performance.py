"""How good the audited model is, in words that fit what it predicts."""

_SIDES = ("train", "holdout")
_TITLES = {"r2": "R²", "rmse": "RMSE", "median_absolute_error": "median absolute error"}


def is_of_regressor(facts):
    """Whether what was audited predicts quantities."""
    return facts.get("errors") is not None


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
        "accuracy", or "error".
    text : str
    """
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
    if is_of_regressor(facts):
        return f"R² {_number(facts['errors'][side]['r2'])}"
    what = "subset accuracy" if is_of_outputs(facts) else "accuracy"
    return f"{what} {_number(facts[f'{side}_accuracy'])}"


def is_known(facts):
    """Whether there are numbers of both sets."""
    if is_of_regressor(facts):
        return all(facts["errors"][side]["r2"] is not None for side in _SIDES)
    return all(facts[f"{side}_accuracy"] is not None for side in _SIDES)


def _on_both(title, train, holdout):
    return f"{title}{_number(train)} on training, {_number(holdout)} on holdout records"


def _number(value):
    return "nan" if value is None else f"{value:.3f}"
