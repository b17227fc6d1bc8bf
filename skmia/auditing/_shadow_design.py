"""How many shadow models an audit trains, and what they are asked."""

from collections import Counter

from skmia.shadow import ShadowModels
from skmia.shadow._splitters import check_even
from skmia.shadow.surgery._registry import operable, operation_of, refusal

# With "auto", where models can be operated on: 16 find about what 64 ordinary ones do.
# Elsewhere; benchmarks/bench_surgery.py and bench_strength.py.
N_OPERATED, N_ORDINARY = 16, 10


def shadow_design(estimator, n_shadows, *, weighted, caller="audit", **how):
    """Shadow models, not fitted.

    Parameters
    ----------
    estimator : classifier
    n_shadows : int or "auto"
    weighted : bool
        Whether records have weights, or other values of their own.
    caller : str, default="audit"
        Whose parameter `n_shadows` is.
    **how
        Other parameters of :class:`skmia.ShadowModels`.

    Returns
    -------
    design : ShadowModels
    """
    operated = not weighted and operable(estimator)
    if n_shadows == "auto":
        n_shadows = N_OPERATED if operated else N_ORDINARY
    check_even(caller, "n_shadows", n_shadows)
    return ShadowModels(estimator, n_shadows=n_shadows, both_sides=operated, **how)


def note_on_one_side(estimator, weighted):
    """Why references of a kind that could be operated on are not; None if they are.

    Parameters
    ----------
    estimator : classifier
    weighted : bool
        Whether records have weights, or other values of their own.
    """
    if operation_of(estimator) is None:
        return None
    if weighted:
        why = "records have weights, or other values of their own."
    elif operable(estimator):
        return None
    else:
        why = refusal(estimator)
    return f"Each reference answers for one side of a record: {why}"


def note_on_references(shadows):
    """Which references were operated on, and why not all of them; None if none was to.

    Parameters
    ----------
    shadows : ShadowModels, Exception or None
        Fitted, or why they are not.
    """
    if not hasattr(shadows, "operated_"):
        return None
    operated, reasons = shadows.operated_, Counter(filter(None, shadows.refusals_))
    why = "".join(f" {_first_line(one)}" for one, _ in reasons.most_common(1))
    if not operated.any():
        return f"No reference answers for both sides of a record.{why}" if why else None
    which = "All" if operated.all() else f"{operated.sum()} of the"
    return (
        f"{which} {len(operated)} references answer for both sides of each record: as "
        f"trained with it, and as trained without it.{why}"
    )


def _first_line(text):
    return text.partition("\n")[0]
