"""What an audit found: tables, text, HTML, JSON."""

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from skmia.auditing._by_people import ByPeople
from skmia.auditing._epsilon import Declared, allowed, lower_bound, strongest
from skmia.auditing._findings import AttackResult
from skmia.auditing._plain import as_plain
from skmia.auditing._text import compact, lines
from skmia.auditing._verdict import decide
from skmia.auditing.validity._check import Check
from skmia.metrics import membership_metrics
from skmia.utils._units import percent


@dataclass(frozen=True, repr=False)
class AuditReport(ByPeople):
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
    checks : list of Check
        How each check of the input, and of the audit itself, ended.
    notes : list of str
        What could not be measured, and why.
    headline : dict
        The attack with the largest AUC, with an interval that allows for having
        picked it among all.
    model : str
        Kind of the audited model.
    train_accuracy, holdout_accuracy : float
        Accuracy of the model.
    seed : int
        An audit with this ``random_state`` gives the same report, unless the noise of
        the shadow models is secret (`private`).
    private : str or None
        Kind of the differentially private model that the shadow models hold.
    unmeasured : str or None
        What went wrong where the accuracy of the model, nan, could not be measured.
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
        with one record in the place of another of its class. None where no attack was
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
    """

    model: str
    results: list[AttackResult] = field(repr=False)
    member: np.ndarray
    label: np.ndarray
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

    @cached_property
    def _strongest(self):
        return strongest(self)

    @property
    def epsilon(self):
        """Evidence of the largest lower bound of epsilon; see the class."""
        return self._strongest[1]

    @property
    def epsilon_attack(self):
        """Attack that it is of, or None."""
        return self._strongest[0]

    @cached_property
    def _decision(self):
        return decide(self)

    @property
    def verdict(self):
        """What is to be made of the audit; see the class."""
        return self._decision[0]

    @property
    def reasons(self):
        """Why, in sentences."""
        return list(self._decision[1])

    @property
    def train_accuracy(self):
        """Accuracy of the model on its training records."""
        return _mean(self.correct[self.member == 1])

    @property
    def holdout_accuracy(self):
        """Accuracy of the model on the holdout records."""
        return _mean(self.correct[self.member == 0])

    @property
    def units(self):
        """Number of the group of each record; of the record, where it is its own."""
        return np.arange(len(self.member)) if self.groups is None else self.groups

    @cached_property
    def summary(self):
        """One row per attack; see the class."""
        rows = [self._row(result) for result in self.results]
        return pd.DataFrame(rows).set_index("attack")

    def _row(self, result):
        about = {
            "attack": result.name,
            "access": result.access,
            "knowledge": result.knowledge,
            "paper": result.paper,
        }
        more = {
            "auc_outsider": result.auc_outsider,
            "epsilon_low": lower_bound(self, result),
        }
        cost = {
            "n_fits": result.n_fits,
            "seconds": result.seconds,
            "status": result.status,
        }
        return about | self._metrics(result, self.confidence_level) | more | cost

    def _metrics(self, result, confidence_level):
        """Metrics of an attack; nan for one that was not run."""
        ran = result.score is not None
        score = result.score if ran else self.member
        there = ~np.isnan(score)
        metrics = membership_metrics(
            self.member[there],
            score[there],
            predicted=result.predicted[there] if ran else self.member,
            fprs=self.fprs,
            confidence_level=confidence_level,
            groups=None if self.groups is None else self.groups[there],
        )
        if result.uses_membership:
            # What learns its direction from members says nothing below chance: fold by
            # fold it is wrong about members because others of them were seen.
            base = max(self.member.mean(), 1 - self.member.mean())
            chance = {"auc": 0.5, "accuracy": base, "balanced_accuracy": 0.5}
            for name, value in chance.items():
                metrics[f"{name}_high"] = max(metrics[f"{name}_high"], value)
        return metrics if ran else dict.fromkeys(metrics, np.nan)

    @property
    def ran(self):
        """Results of the attacks that were run."""
        return [result for result in self.results if result.score is not None]

    @property
    def extent(self):
        """How much was run, and why no more, in words; None where all was."""
        n_ran, n = len(self.ran), len(self.results)
        if n_ran == n:
            return None
        failed = [r.status for r in self.results if r.score is None]
        [(status, n_times)] = Counter(failed).most_common(1)
        others = "" if n_times == len(failed) else " (others for other reasons)"
        # Some libraries add a trace of their own to what went wrong.
        reason = status.partition(": ")[2].partition("\n")[0].rstrip(".")
        return f"{n_ran} of {n} attacks were run: {reason}{others}."

    @cached_property
    def records(self):
        """One row per record; see the class."""
        scores = {r.name: r.score for r in self.ran}
        return pd.DataFrame(
            {"member": self.member, "label": self.label, **scores}, index=self.index
        )

    @property
    def notes(self):
        """What could not be measured, and why."""
        notes = [
            _sentence(f"{r.name}: {r.status}")
            for r in self.results
            if r.status != "ok" and not r.spared
        ]
        n_nonmembers = int((self.member == 0).sum())
        for fpr in self.fprs:
            if n_nonmembers * fpr < 1 - 1e-9:
                notes.append(
                    f"TPR at {percent(fpr)} FPR is not measurable with {n_nonmembers} "
                    f"holdout records: at least {int(np.ceil(1 / fpr))} are needed."
                )
        notes += map(_sentence, self.remarks)
        notes += [note for note in (self.on_groups, self.on_references) if note]
        notes += [check.text for check in self.checks if check.outcome == "note"]
        if self.unmeasured is not None:
            notes.append(_sentence(f"accuracy of the model: {self.unmeasured}"))
        if self.private is not None:
            notes.append(
                f"The noise of {self.private} is secret and has no seed: another audit "
                "trains other shadow models, unless both are given the same memory."
            )
        return notes

    @cached_property
    def headline(self):
        """Attack with the largest AUC, its interval corrected for the choice.

        The attack is None, and the numbers are nan, where no attack was run.
        """
        nothing = AttackResult(None, "-", "-", "-")
        aucs = self.summary["auc"].to_numpy()
        best = self.results[np.nanargmax(aucs)] if self.ran else nothing
        # An attack that was spared would have been looked at, too.
        n_planned = len(self.ran) + sum(result.spared for result in self.results)
        level = 1 - (1 - self.confidence_level) / max(n_planned, 1)
        found = self._metrics(best, level)
        return {
            "attack": best.name,
            "n_attacks": len(self.ran),
            "confidence_level": level,
        } | {name: found[name] for name in ("auc", "auc_low", "auc_high")}

    def __repr__(self):
        return "\n".join(lines(self))

    def compact(self, every=False):
        """Headline metrics of the attacks, as text with intervals.

        Parameters
        ----------
        every : bool, default=False
            Whether thresholds on single signals, if there are more than two, have a row
            each, and not one for the largest AUC of them.

        Returns
        -------
        table : DataFrame of str
        """
        return compact(self, every)

    def _repr_html_(self):
        text = "<br>".join(escape(line) for line in lines(self))
        return f"<div><p>{text}</p>{self.compact().to_html()}</div>"

    def plot_roc(self, ax=None):
        """ROC of every attack on log-log axes, with what the model declares to allow.

        Where the model declares a guarantee, thick lines are the largest rates that it
        allows, and those of the lower bound of epsilon that the audit shows: a
        declaration is false where its line is below that one.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        display : LogRocDisplay
        """
        from skmia.auditing._plots import LogRocDisplay

        scores = {r.name: r.score for r in self.ran}
        display = LogRocDisplay.from_scores(self.member, scores, allowed(self))
        return display.plot(ax=ax)

    def to_html(self, path):
        """Write one self-contained HTML file.

        Parameters
        ----------
        path : str or path-like
            Where to write it.
        """
        from skmia.auditing._html import render_report

        Path(path).write_text(render_report(self), encoding="utf-8")

    def to_dict(self):
        """Everything but the scores of single records, as plain numbers and text.

        Returns
        -------
        report : dict
            Ready for JSON; what was not measured is None.
        """
        return as_plain(self)

    def to_json(self, path=None):
        """Report as JSON, without the scores of single records.

        Parameters
        ----------
        path : str or path-like, default=None
            Where to write it. None: return it.

        Returns
        -------
        text : str or None
        """
        text = json.dumps(self.to_dict(), indent=2, allow_nan=False)
        if path is None:
            return text
        Path(path).write_text(text + "\n", encoding="utf-8")
        return None


def _sentence(text):
    """With one full stop: some reasons are sentences, and have theirs."""
    return text if text.endswith(".") else f"{text}."


def _mean(values):
    """Mean of what is there; nan of nothing."""
    return float(pd.Series(values).mean())
