"""ROC curves as a few points each."""

import numpy as np
from sklearn.metrics import roc_curve

_N_POINTS = 200


def curves(report):
    """Curve of the headline and of the best attack of each family.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    curves : list of dict
        "attack", "family", "fpr" and "tpr", the headline first. Of many points those
        are kept that are even steps apart on a logarithmic axis.
    """
    aucs = report.summary["auc"]
    best = {}
    for result in report.ran:
        holder = best.setdefault(result.family, result)
        if aucs[result.name] > aucs[holder.name]:
            best[result.family] = result
    first = report.headline_result
    shown = {result.name: result for result in (first, *best.values()) if result}
    return [_curve(report, result) for result in shown.values()]


def _curve(report, result):
    there = ~np.isnan(result.score)
    fpr, tpr, _ = roc_curve(report.member[there], result.score[there])
    rows = _thinned(fpr)
    return {
        "attack": result.name,
        "family": result.family,
        "fpr": fpr[rows].round(6).tolist(),
        "tpr": tpr[rows].round(6).tolist(),
    }


def _thinned(fpr):
    """Places of the points that are kept: even steps of the logarithm, and the ends."""
    if len(fpr) <= _N_POINTS:
        return np.arange(len(fpr))
    least = fpr[fpr > 0].min()
    wanted = np.geomspace(least, 1, _N_POINTS - 2)
    places = np.searchsorted(fpr, wanted, side="right") - 1
    return np.unique([0, *places, len(fpr) - 1])
