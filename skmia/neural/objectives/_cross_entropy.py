"""The loss of classifiers."""

from __future__ import annotations

from torch.nn.functional import cross_entropy

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import FRACTION_BELOW_1


class CrossEntropy(Objective):
    """Cross-entropy, with labels as they are or smoothed.

    With smoothing the target of a record is 1 - `label_smoothing` for its class, plus
    an equal share of `label_smoothing` for each of the classes.

    .. versionadded:: 0.2

    Parameters
    ----------
    label_smoothing : float in [0, 1), default=0.0
        Share of the target that is spread over all classes.

    See Also
    --------
    skmia.defenses.LabelSmoothedClassifier : The same for any classifier.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: losses of members
    and of others come nearer to each other, but members also become alike, and an
    attack that learned so from smoothed shadow models may find them better than before.
    ``benchmarks/bench_neural.py`` measures it.

    References
    ----------
    C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception
    Architecture for Computer Vision", CVPR 2016. :arxiv:`1512.00567`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import CrossEntropy
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=CrossEntropy(0.3), random_state=0)
    >>> bool(model.fit(X / 16, y).predict_proba(X / 16).max() < 0.97)
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="shadow models smoothed alike; the gap attack; label-only attacks",
        paper="Szegedy et al. 2016; Kaya and Dumitraș 2021",
    )
    _needs_classes = "it is a loss of classes"

    _parameter_constraints = {"label_smoothing": [FRACTION_BELOW_1]}

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def _loss(self, run, outputs, batch):
        """Weighted mean of the cross-entropies with the smoothed targets."""
        losses = cross_entropy(
            outputs,
            batch.targets,
            reduction="none",
            label_smoothing=self.label_smoothing,
        )
        return batch.mean(losses)
