"""What an audit found: tables, text, HTML, JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skmia.attacks._granted import Granted
from skmia.auditing._attack_table import headline, summary
from skmia.auditing._by_group import labelled
from skmia.auditing._by_people import ByPeople
from skmia.auditing._epsilon import Declared, allowed, strongest
from skmia.auditing._findings import AttackResult
from skmia.auditing._notes import extent, notes
from skmia.auditing._performance import error_metrics
from skmia.auditing._verdict import decide
from skmia.auditing.facts._facts import facts_of, head_of
from skmia.auditing.validity._check import Check
from skmia.reporting._facts import complete
from skmia.reporting._saved_report import SavedReport
from skmia.reporting._shown import Shown
from skmia.utils._distant import DISTANT
from skmia.utils._outputs import Outputs
from skmia.utils._quantities import columns_of, strata_of
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skmia.auditing._plots import LogRocDisplay
    from skmia.metrics.epsilon._evidence import EpsilonEvidence


@dataclass(frozen=True, repr=False)
class AuditReport(Shown, ByPeople):
    """Result of :func:`skmia.audit`.

    Attributes
    ----------
    summary : DataFrame
        One row per attack: access and knowledge it needs, metrics with interval
        bounds ``<metric>_low`` and ``<metric>_high``, fits, seconds and status. Seconds
        are those of the attack alone, without training shadow models and asking them
        what attacks share. ``epsilon_low`` is a lower bound of epsilon, nan where the
        scores of an attack know members. ``auc_outsider`` estimates the AUC of who has
        references of the population, and not the pool that the candidates are from; nan
        for attacks that do not compare probabilities with references. What was not
        measured is nan, and ``status`` or ``notes`` say why.
    records : DataFrame
        One row per audited record: member, label, and the score of each attack, higher
        = more likely a member. The index holds the set ("train" or "holdout") and the
        row in it.
    verdict : {"leak", "none-found", "not-measurable", "invalid"}
        What is to be made of the audit. "none-found" is no proof that there is no leak;
        "not-measurable": it could not have seen one; "invalid": its numbers do not
        count.
    reasons : list of str
        Why, in sentences.
    finding : dict
        The verdict as a reader is told it: "case", "headline" and "sentences"; "step",
        0 to 5, of how much surer an attacker gets, by the "factor" of the odds that is
        proved at least; "counts", how many of 100 are named; "ppv", the chance that
        somebody named was in, by what was believed before.
    checks : list of Check
        How each check of the input, and of the audit itself, ended.
    notes : list of str
        What could not be measured, and why.
    headline : dict
        The attack that was named before the audit, or else that with the largest AUC,
        with an interval that allows for having picked it among all.
    model : str
        Kind of the audited model.
    train_accuracy, holdout_accuracy : float
        Accuracy of a classifier; nan of others. Of several outputs it is the share
        of records of which all labels are right.
    mean_accuracies : dict or None
        Of a classifier with several outputs the mean of their accuracies, on the
        records of "train" and of "holdout".
    errors : dict or None
        How a regressor errs on the records of "train" and of "holdout": "r2", "rmse"
        and "median_absolute_error"; of several outputs their means.
    scores : dict or None
        What a model without labels says of the records of "train" and of "holdout": the
        mean "score" of a detector, or log density, log-likelihood of the labels of
        pixels, novelty of recommended items, similarity of the
        views of a record, the mean "distance" to the nearest centre
        of a clusterer, to the nearest row of a synthetic table, or (squared) to what an
        autoencoder leaves of a record.
    seed : int
        An audit with this ``random_state`` gives the same report, unless the noise of
        the shadow models is secret (`private`).
    private : str or None
        Kind of the differentially private model that the shadow models hold.
    unmeasured : str or None
        What went wrong where the accuracy or the errors of the model, nan, could not be
        measured.
    groups : ndarray of int of shape (n_records,) or None
        Number of the group, or of the different row, that each record belongs to.
        None where every record stands for itself.
    on_groups : str or None
        The same in words, for the notes.
    on_references : str or None
        Which references answered for both sides of every record, for the notes.
    remarks : list of str
        What is not among the attacks by default, or had no time, and why.
    epsilon : EpsilonEvidence or None
        The largest lower bound of epsilon that an attack proves, corrected for their
        number, at the level of one end of an interval. It speaks of a model trained
        with one record in the place of another, of its class if it has one. None where
        no attack was
        run whose scores know no members.
    epsilon_attack : str or None
        Which attack that is.
    declared : Declared or None
        The guarantee that the model declares.
    order : ndarray of int of shape (n_records,) or None
        The order in which the model was asked, which tells nothing of who is a member.
    max_epsilon : float
        A larger epsilon had decided the audit; inf where nothing was to be decided.
    traits : DataFrame of bool of shape (n_records, n_traits) or None
        What is unusual about each record, which may be why it is recognised. None
        where that is not known.
    headline_attack : str or None
        The attack that was named before.
    described : dict
        Kind of the model, its steps with their parameters, its classes.
    shadow_model : str or None
        Kind of the shadow models; None where none was trained.
    not_chosen : dict of str to str
        Attacks of the catalogue that were not among those of the audit, and why.
    granted : Granted
        The access to the model that attackers were granted.
    n_queries : int or None
        Rows that the audited model was asked. None where it was not there.
    structure : dict or None
        What :func:`skmia.structural_risks` flags in the model: "flags", or "why" there
        is none. None where the model itself was not granted.
    seconds : float
        Wall time of the audit.
    error : ndarray of shape (n_records, n_outputs) or None
        Prediction of a regressor less the label.
    score : ndarray of shape (n_records,) or None
        Score of each record by a model without labels, or its distance.
    kind : str or None
        What scikit-learn calls the model; None where that is not known.
    right : ndarray of shape (n_records, n_outputs) or None
        1 where an output of a classifier with several is right; nan where that is not
        known.
    about : dict
        What only the auditor knows, see :meth:`with_about`.
    """

    model: str
    results: list[AttackResult] = field(repr=False)
    member: np.ndarray
    label: np.ndarray | None
    index: pd.MultiIndex
    correct: np.ndarray
    fprs: tuple
    confidence_level: float
    seed: int
    private: str | None = None
    unmeasured: str | None = None
    groups: np.ndarray | None = None
    on_groups: str | None = None
    on_references: str | None = None
    remarks: list[str] = field(default_factory=list, repr=False)
    checks: list[Check] = field(default_factory=list, repr=False)
    declared: Declared | None = None
    order: np.ndarray | None = field(default=None, repr=False)
    max_epsilon: float = np.inf
    traits: pd.DataFrame | None = field(default=None, repr=False)
    headline_attack: str | None = None
    granted: Granted = field(default_factory=Granted, repr=False)
    n_queries: int | None = None
    described: dict = field(default_factory=dict, repr=False)
    shadow_model: str | None = None
    not_chosen: dict = field(default_factory=dict, repr=False)
    structure: dict | None = field(default=None, repr=False)
    seconds: float = np.nan
    error: np.ndarray | None = field(default=None, repr=False)
    score: np.ndarray | None = field(default=None, repr=False)
    kind: str | None = None
    right: np.ndarray | None = field(default=None, repr=False)
    about: dict = field(default_factory=dict, repr=False)

    def with_about(
        self,
        *,
        name: str | None = None,
        files: Sequence[dict[str, Any]] = (),
        command: str | None = None,
        unit: Literal["record", "person"] | None = None,
        by: dict[str, ArrayLike] | None = None,
    ) -> AuditReport:
        """The same report with what only the auditor knows.

        Parameters
        ----------
        name : str, default=None
            What the model is called.
        files : list of dict, default=()
            Files that were read: "role", "name", "sha256", "bytes", "rows".
        command : str, default=None
            What repeats the audit.
        unit : {"record", "person"}, default=None
            What one row is: who says "person" says that nobody has two. Of records
            that belong together, records are counted.
        by : dict of str to array-like of shape (n_records,), default=None
            What the report tells groups by, besides the classes, as for
            :meth:`by_group`.

        Returns
        -------
        report : AuditReport

        Raises
        ------
        ValueError
            Another unit, or a column of `by` that has not one value for each record.
        """
        if unit not in (None, "record", "person"):
            raise ValueError(
                "The 'unit' parameter of with_about must be 'record' or 'person'. Got "
                f"{unit!r}."
            )
        by = {} if by is None else dict(by)
        for column, values in by.items():
            try:
                labelled(self, values)
            except ValueError as error:
                raise ValueError(
                    "The 'by' parameter of with_about must hold what by_group takes. "
                    f"Of {column!r}: {error}"
                ) from error
        about = {"name": name, "files": list(files), "command": command, "unit": unit}
        return replace(self, about=about | {"by": by})

    @property
    def unit_name(self) -> str:
        """What is counted: "people" where each has one record, else "records"."""
        one_each = self.about.get("unit") == "person" and self.groups is None
        return "people" if one_each else "records"

    @cached_property
    def _strongest(self):
        return strongest(self)

    @property
    def epsilon(self) -> EpsilonEvidence | None:
        """Evidence of the largest lower bound of epsilon; see the class."""
        return self._strongest[1]

    @property
    def epsilon_attack(self) -> str | None:
        """Attack that it is of, or None."""
        return self._strongest[0]

    @cached_property
    def _decision(self):
        return decide(self)

    @property
    def verdict(self) -> str:
        """What is to be made of the audit; see the class."""
        return self._decision[0]

    @property
    def reasons(self) -> list[str]:
        """Why, in sentences."""
        return list(self._decision[1])

    @property
    def train_accuracy(self) -> float:
        """Accuracy of the model on its training records."""
        return _mean(self.correct[self.member == 1])

    @property
    def holdout_accuracy(self) -> float:
        """Accuracy of the model on the holdout records."""
        return _mean(self.correct[self.member == 0])

    @property
    def mean_accuracies(self) -> dict[str, float] | None:
        """Mean of the accuracies of several outputs on both sets; see the class."""
        if self.right is None:
            return None
        return {
            name: _mean(self.right[self.member == side].mean(axis=1))
            for name, side in (("train", 1), ("holdout", 0))
        }

    @property
    def errors(self) -> dict[str, dict[str, float]] | None:
        """How a regressor errs on both sets; see the class."""
        if self.error is None:
            return None
        return {
            name: error_metrics(cast(np.ndarray, self.label)[rows], self.error[rows])
            for name, rows in (
                ("train", self.member == 1),
                ("holdout", self.member == 0),
            )
        }

    @property
    def scores(self) -> dict[str, dict[str, float]] | None:
        """What a model without labels says of both sets; see the class."""
        if self.score is None:
            return None
        what = "distance" if self.kind in DISTANT else "score"
        return {
            name: {what: _mean(self.score[self.member == side])}
            for name, side in (("train", 1), ("holdout", 0))
        }

    @property
    def strata(self) -> np.ndarray | None:
        """Classes, within which the split may have been stratified; None of others."""
        if self.error is not None:
            return None
        if self.right is None:
            return self.label
        return strata_of(self.label, Outputs.of_labels(self.label))

    @property
    def units(self) -> np.ndarray:
        """Number of the group of each record; of the record, where it is its own."""
        return np.arange(len(self.member)) if self.groups is None else self.groups

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per attack; see the class."""
        return summary(self)

    @property
    def named_before(self) -> bool:
        """Whether the attack of the headline was named before, and has been run."""
        return any(result.name == self.headline_attack for result in self.ran)

    @property
    def ran(self) -> list[AttackResult]:
        """Results of the attacks that were run."""
        return [result for result in self.results if result.score is not None]

    @property
    def n_planned(self) -> int:
        """Attacks that were run, and those that were spared: all would be looked at."""
        return len(self.ran) + sum(result.spared for result in self.results)

    @property
    def extent(self) -> str | None:
        """How much was run, and why no more, in words; None where all was."""
        return extent(self)

    @cached_property
    def records(self) -> pd.DataFrame:
        """One row per record; see the class."""
        scores = {r.name: r.score for r in self.ran}
        return pd.DataFrame(
            {"member": self.member, **columns_of(self.label), **scores},
            index=self.index,
        )

    @property
    def notes(self) -> list[str]:
        """What could not be measured, and why."""
        return list(notes(self))

    @cached_property
    def headline(self) -> dict[str, Any]:
        """The attack that the audit is judged by; see the class."""
        return headline(self)

    @property
    def headline_result(self) -> AttackResult | None:
        """Its result, or None where no attack was run."""
        name = self.headline["attack"]
        return next((one for one in self.ran if one.name == name), None)

    @cached_property
    def _head(self):
        return head_of(self)

    @cached_property
    def _safe_facts(self):
        return facts_of(self, self._head, safe=True)

    def plot_roc(self, ax: Axes | None = None) -> LogRocDisplay:
        """ROC of every attack on log-log axes, with what the model declares to allow.

        Where the model declares a guarantee, thick lines are the largest rates that it
        allows, and those of the lower bound of epsilon that the audit shows: a
        declaration is false where its line is below that one. Of groups there are no
        such lines, since a guarantee is for one record.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        display : LogRocDisplay
        """
        from skmia.auditing._plots import LogRocDisplay

        scores: dict[str, Any] = {r.name: r.score for r in self.ran}
        display = LogRocDisplay.from_scores(self.member, scores, allowed(self))
        return display.plot(ax=ax)

    def to_dict(
        self,
        *,
        safe: bool = True,
        attribution: pd.DataFrame | None = None,
        defenses: pd.DataFrame | None = None,
        before: pd.DataFrame | None = None,
    ) -> dict[str, Any]:
        """Everything but the scores of single records, as plain numbers and text.

        Parameters
        ----------
        safe : bool, default=True
            Whether it may be forwarded: groups of fewer than ten training records and
            the order of recognised records are left out. No scores, labels or values
            of records are told in any case.
        attribution : DataFrame, default=None
            Which step leaks, from :func:`skmia.auditing.attribute_leak`.
        defenses : DataFrame, default=None
            What to do, from :func:`skmia.auditing.suggest_defenses`.
        before : DataFrame, default=None
            What has changed, from :meth:`diff`.

        Returns
        -------
        facts : dict
            Ready for JSON; what was not measured is None. Its schema is
            "skmia-audit/2".
        """
        facts = self._safe_facts if safe else facts_of(self, self._head, safe=False)
        sections = {"attribution": attribution, "defenses": defenses, "before": before}
        return complete(facts, **sections)

    @staticmethod
    def from_json(source: FilePath) -> SavedReport:
        """Report from its JSON, of this version or of 0.1.

        Parameters
        ----------
        source : str or path-like
            A file, or the text itself.

        Returns
        -------
        report : SavedReport
            All that can be shown of it, without the scores of single records.

        Raises
        ------
        ValueError
            It is no report, or one of a later version.
        """
        return SavedReport.read(source)


def _mean(values):
    """Mean of what is there; nan of nothing."""
    return float(pd.Series(values).mean())
