"""An audit as an assertion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skmia.reporting._judge import judge
from skmia.reporting._policy import as_policy
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    from skmia.reporting._policy import Policy
    from skmia.reporting._shown import Shown


def assert_private(report: Shown, policy: Policy | FilePath | Sequence[str]) -> None:
    """Assert that an audit passes a policy.

    An audit that does not count, or that could not have seen a leak, does not pass.

    .. versionadded:: 0.2

    Parameters
    ----------
    report : AuditReport or SavedReport
        Of :func:`skmia.audit`, or read from its JSON.
    policy : Policy, path-like, str or sequence of str
        A policy, its TOML file, or conditions: ``"tpr_at_fpr[0.01] > 0.05"``. A str
        that ends with ".toml" is a file.

    Raises
    ------
    AssertionError
        It does not pass. What was found, and which rule it breaks, is the message.
    ValueError
        The policy is none, or is about a rate that the audit does not look at.

    See Also
    --------
    skmia.auditing.Policy : What can be demanded.

    Notes
    -----
    Threat model: the attacks of the report. To pass is no proof of privacy, in spite of
    the name: it is that none of these attacks breaks the policy.

    With pytest, the fixture of this name takes the policy of the ini option
    ``skmia_policy`` where none is given.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> from skmia.testing import assert_private
    >>> X, y = load_digits(return_X_y=True)
    >>> model = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> report = audit(model, X[::2], y[::2], X[1::2], y[1::2], attacks=["gap"])
    >>> assert_private(report, "auc > 0.52")
    Traceback (most recent call last):
    AssertionError: skmia: FAIL (exit 1). Leak found in DecisionTreeClassifier...
    """
    __tracebackhide__ = True
    decision = judge(report.to_dict(), as_policy(policy))
    if decision.outcome != "passed":
        raise AssertionError(decision.paragraph)
