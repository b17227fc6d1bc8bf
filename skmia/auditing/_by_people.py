"""What a report says of single records and of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from numpy.typing import ArrayLike

from skmia.auditing._by_group import by_group
from skmia.auditing._flagged import flag_members
from skmia.metrics._validation import check_fraction

if TYPE_CHECKING:
    import pandas as pd


class ByPeople:
    """The part of a report that names records and groups, for who is entitled to it."""

    def flag_members(self, fdr: float = 0.1, attack: str | None = None) -> pd.DataFrame:
        """List of the training records that are recognised, with few false ones.

        Parameters
        ----------
        fdr : float in (0, 1), default=0.1
            False discovery rate: mean share, at most, of the list that an attacker has
            no ground to call members; an empty list has no false ones.
        attack : str, default=None
            Whose scores. None: the first that was run by an order fixed before the
            data are seen, that of the share found at few false alarms in the
            benchmark (LiRA before RMIA, references before thresholds). Name one before
            you look, or ask for ``fdr / n`` if you choose the longest of n lists.

        Returns
        -------
        flagged : DataFrame
            One row for each record on the list, the surest first.

            - ``record``: its row name in `X_train`.
            - ``score``: higher = more likely a member; of a group the mean.
            - ``p_value``: probability of so high a rank among holdout records, for a
              record that is not recognised: its own false positive rate.
            - ``q_value``: smallest `fdr` at which it is on the list.
            - ``fdp_high``: share, at most, of false ones among all that are as sure,
              at the confidence level of the report: for all rows at once, so that the
              list may be cut wherever it seems right.
            - ``n_agreeing``: how many other attacks have it on their lists.
            - ``reason``: what is unusual about it ("rare class", "outlier", "singled
              out", "mislabelled"), no values; "-" where nothing is.

            ``attrs`` holds the attack and, as "n_shortest", how many records a list
            of this model has at least: a shorter one is finer than the data.

        Raises
        ------
        ValueError
            There are too few records for any list, or the scores know members.

        See Also
        --------
        skmia.auditing.record_risk : A ranking without holdout records or guarantee.

        Notes
        -----
        Level: records. Conformal p-values from the holdout records, the procedure of
        Benjamini and Hochberg, and an envelope of all lists at once by simulation from
        the law of the ranks. All holds if records that are not recognised score like
        holdout records, whatever the scores: that is, if both sets are of one
        population. Equal scores are counted against a record. Records that belong
        together (`groups`, copies) are recognised together; those in both sets are not
        judged.

        Whether other seeds of the shadow models had the same record on the list one
        report cannot tell; that other attacks have it is a sign. Compare the lists of
        several audits by :func:`skmia.metrics.attack_coverage`.

        References
        ----------
        S. Bates, E. Candès, L. Lei, Y. Romano, M. Sesia, "Testing for Outliers with
        Conformal p-values", Annals of Statistics 51, 2023, arXiv:2104.08279. Y.
        Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57, 1995.
        J. W. Tukey, "Exploratory Data Analysis", 1977 (outliers).

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> from skmia import audit
        >>> X, y = load_digits(return_X_y=True)
        >>> tree = DecisionTreeClassifier(random_state=0).fit(X[:900], y[:900])
        >>> sets = X[:900], y[:900], X[900:], y[900:]
        >>> report = audit(tree, *sets, attacks="lira-online", random_state=0)
        >>> flagged = report.flag_members(fdr=0.2)
        >>> bool((flagged["q_value"] <= 0.2).all())
        True
        """
        return flag_members(self, check_fraction("flag_members", "fdr", fdr), attack)

    def by_group(
        self, columns: Literal["label"] | ArrayLike, attack: str | None = None
    ) -> pd.DataFrame:
        """Whether the members of some groups are found better than those of others.

        Parameters
        ----------
        columns : "label" or array-like of shape (n_records,) or (n_records, n_columns)
            What each record belongs to, of `X_train` and then of `X_holdout`: a
            sensitive feature, a series or a frame of several, whose groups are the
            intersections. "label": the class, or the fifth of what a regressor
            predicts. What is missing is a group, "missing", or "(missing)" where a
            group has that name. A series or frame that has row names, other than 0 to
            n - 1, is put in the order of the audited records, if these had names, too;
            all else is taken by position.
        attack : str, default=None
            Whose scores; None as in :meth:`flag_members`.

        Returns
        -------
        groups : DataFrame
            One row per group, the index has its names. For each of "recall", "fpr",
            "advantage" (one threshold for all: who is hurt by an adversary who does
            not look at groups), "auc" (how well records are told apart within the
            group) and "own_advantage" (a threshold of its own, cross-fitted) the
            value, ``_low`` and ``_high``; "n_members" and "n_nonmembers"; "p_value"
            that the AUC is that of all records, "p_adjusted" for the number of groups;
            "status", which says where a group is too small.

            ``attrs`` holds the attack, and as "advantage_gap" and "auc_gap" the
            largest difference between two groups (``gap``), its mean where groups are
            dealt at random (``by_chance``), and how often that is as large
            (``p_value``).

        Raises
        ------
        ValueError
            Not one value for each record, other row names than the audited records
            have, or fewer than two groups that have training and holdout records.

        Warns
        -----
        UserWarning
            0 to n - 1 are names of the audited records, in another order.

        See Also
        --------
        skmia.metrics.disparate_vulnerability : The test, for any scores.

        Notes
        -----
        Level: records. Every record is in one group: recalls weighed by "n_members"
        give the recall of all, rates of false alarms weighed by "n_nonmembers" that of
        all. The test permutes groups among members and among others (whole persons,
        where records belong together), so that it holds for any numbers and ties, and
        for whichever attack; it is not corrected for looking at both gaps. Own
        thresholds are learned from fewer records: of small groups they may do worse.

        References
        ----------
        M. Yaghini, B. Kulynych, G. Cherubin, M. Veale, C. Troncoso, "Disparate
        Vulnerability to Membership Inference Attacks", PoPETs 2022, arXiv:1906.00389.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> from skmia import audit
        >>> X, y = load_iris(return_X_y=True)
        >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
        >>> sets = X[::2], y[::2], X[1::2], y[1::2]
        >>> report = audit(tree, *sets, attacks="loss-threshold", random_state=0)
        >>> report.by_group("label")["n_members"].tolist()
        [25, 25, 25]
        """
        return by_group(self, columns, attack)
