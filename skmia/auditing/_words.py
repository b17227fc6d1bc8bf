"""What an audit found, in sentences for people who do not know the metrics."""

from skmia.utils._units import percent


def verdict(report):
    """Whether a leak was found, in one sentence."""
    if report.headline["auc_low"] > 0.5:
        return "The model gives away who was in its training data."
    return (
        "These attacks found no leak, which is no proof that there is none: attacks "
        "stronger than these, or more records, may find one."
    )


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
