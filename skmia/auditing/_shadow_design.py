"""How many shadow models an audit trains, and what they are asked."""

from skmia.shadow import ShadowModels
from skmia.shadow._splitters import check_even
from skmia.shadow.surgery._registry import operable

# With "auto", where models can be operated on: 16 find about what 64 ordinary ones do.
# Elsewhere; benchmarks/bench_surgery.py and bench_strength.py.
N_OPERATED, N_ORDINARY = 16, 10


def shadow_design(estimator, n_shadows, *, weighted, **how):
    """Shadow models, not fitted.

    Parameters
    ----------
    estimator : classifier
    n_shadows : int or "auto"
    weighted : bool
        Whether records have weights, or other values of their own.
    **how
        Other parameters of :class:`skmia.ShadowModels`.

    Returns
    -------
    design : ShadowModels
    """
    operated = not weighted and operable(estimator)
    if n_shadows == "auto":
        n_shadows = N_OPERATED if operated else N_ORDINARY
    check_even("audit", "n_shadows", n_shadows)
    return ShadowModels(estimator, cv=n_shadows, both_sides=operated, **how)


def note_on_references(shadows):
    """Which references were operated on, in words; None where none was.

    Parameters
    ----------
    shadows : ShadowModels, Exception or None
        Fitted, or why they are not.
    """
    operated = getattr(shadows, "operated_", None)
    if operated is None or not operated.any():
        return None
    which = "All" if operated.all() else f"{operated.sum()} of the"
    return (
        f"{which} {len(operated)} references answer for both sides of each record: as "
        "trained with it, and as trained without it."
    )
