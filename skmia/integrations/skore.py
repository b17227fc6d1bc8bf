"""A check for the reports of skore, whether training records can be recognised."""

from __future__ import annotations

from typing import Any

from skmia.auditing import audit
from skmia.utils._typing import RandomStateLike

__all__ = ["MembershipCheck", "checks"]

_NO_RECORDS = "The records that the model was trained on are not in the report."


class MembershipCheck:
    """Check of an ``EstimatorReport`` by an audit, as skore's own checks are.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    **params
        Of :func:`skmia.audit`.

    Examples
    --------
    >>> from skmia.integrations.skore import MembershipCheck
    >>> MembershipCheck(n_shadows=4).title
    'Training records can be recognised'
    """

    code = "SKM001"
    title = "Training records can be recognised"
    report_types = ["estimator"]
    docs_url = None
    severity = "issue"
    # Shadow models are trained.
    slow = True

    def __init__(self, **params: Any) -> None:
        self.params = params

    def check_function(self, report: Any) -> str | None:
        """What an audit of the model has found.

        Parameters
        ----------
        report : EstimatorReport
            Of skore, with the records that the model was trained on.

        Returns
        -------
        explanation : str or None
            None where no leak was found.

        Raises
        ------
        CheckNotApplicable
            The report has no training records, its model is no classifier, or an audit
            of these records says nothing of the model.
        """
        from skore import CheckNotApplicable

        if report.X_train is None or report.y_train is None:
            raise CheckNotApplicable(_NO_RECORDS)
        sets = report.X_train, report.y_train, report.X_test, report.y_test
        try:
            audited = audit(report.estimator_, *sets, **self.params)
        except (TypeError, ValueError) as error:
            raise CheckNotApplicable(str(error)) from error
        found = audited.finding
        said = " ".join([found["headline"], *found["sentences"]])
        if audited.verdict == "leak":
            return said
        if audited.verdict == "none-found":
            return None
        raise CheckNotApplicable(said)


def checks(*, random_state: RandomStateLike = None, **params: Any) -> list[Any]:
    """Checks for ``report.checks.add`` of a skore report.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed of the audit.
    **params
        More parameters of :func:`skmia.audit`: `attacks`, `n_shadows`, ...

    Returns
    -------
    checks : list
        One check, "SKM001": training records can be recognised. It is a slow one, and
        applies to reports of a model that have its training records.

    Notes
    -----
    Threat model: that of the default attacks of :func:`skmia.audit`. A check that is
    passed is no proof that there is no leak.

    Examples
    --------
    With skore, ``report = skore.evaluate(model, X, y, splitter=0.5)`` and then
    ``report.checks.add(checks())``:

    >>> from skmia.integrations.skore import checks
    >>> [check.code for check in checks(n_shadows=4)]
    ['SKM001']
    """
    return [MembershipCheck(random_state=random_state, **params)]
