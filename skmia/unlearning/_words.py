"""An unlearning in words."""

_HEADLINES = {
    "exact": "Unlearned exactly: as a model that was trained without the {n}.",
    "not-exact": "Not unlearned exactly: a model that was trained without the {n} "
    "answers otherwise.",
    "remembered": "Not unlearned: the model tells the {n} from others.",
    "over-unlearned": "Unlearned too much: the model tells the {n} from others, since "
    "it says less of them.",
    "none-found": "No trace of the {n} was found, which does not prove that there is "
    "none.",
    "not-measurable": "Not measurable: {why}.",
}
_TESTS = {
    "excess": "By how much more it says for the label than references do",
    "lira": "By the likelihood ratio of references",
    "lira-exposed": "Of the quarter that references react to most",
}


def headline_of(report):
    """The verdict in one sentence."""
    n = len(report.records)
    named = "forgotten record" if n == 1 else f"{n} forgotten records"
    few = f"{n} forgotten and {report.n_unseen} unseen records are too few"
    why = few if report.n_unseen else "forgotten records were compared with no others"
    return _HEADLINES[report.verdict].format(n=named, why=why)


def reasons_of(report):
    """What was found, as sentences.

    Parameters
    ----------
    report : UnlearningReport

    Returns
    -------
    reasons : list of str
    """
    return [
        *_of_distance(report),
        *_of_tests(report),
        *_of_share(report),
        *_of_changes(report),
        *_of_retained(report),
    ]


def _of_distance(report):
    if report.exact is None:
        return
    now, former = report.records["distance"].max(), report.former_distance.max()
    n_exact = (report.records["distance"] <= report.tolerance).sum()
    yield (
        f"{n_exact} of {len(report.records)} forgotten records are answered as by a "
        f"model that was trained without them. The largest distance is {now:.2g}; "
        f"before it was {former:.2g}. Of retained records it is "
        f"{report.retained['distance']:.2g}."
    )
    if (
        not report.exact
        and (report.records["distance"] >= report.former_distance).all()
    ):
        yield "None of them is answered more like that than before."


def _of_tests(report):
    for name, how in _TESTS.items():
        if name in report.summary.index and report.summary.notna().loc[name, "auc"]:
            yield f"{how}, {_right(report.summary.loc[name])}"


def _right(row):
    return (
        f"a forgotten record is told from an unseen one in {100 * row['auc']:.1f} of "
        f"100 cases (interval {100 * row['auc_low']:.1f} to "
        f"{100 * row['auc_high']:.1f}; guessing 50)."
    )


def _of_share(report):
    if report.share is not None:
        share, low, high = (100 * value for value in report.share)
        yield (
            f"Of what training on them had changed, {share:.0f} % is there still "
            f"({_percent(report)} interval {low:.0f} to {high:.0f})."
        )


def _of_changes(report):
    if "sorted_diff" in report.summary.index:
        row = report.summary.loc["sorted_diff"]
        yield f"Who has the answers from before, too: {_right(row)}"


def _of_retained(report):
    kept = report.retained
    yield (
        f"Retained records: accuracy {kept['accuracy_before']:.3f} before, "
        f"{kept['accuracy_after']:.3f} after; {kept['n_worse']} of {kept['n']} are "
        f"answered wrongly now that were right ({_percent(report)} interval "
        f"{100 * kept['worse_low']:.1f} to {100 * kept['worse_high']:.1f} %)."
    )
    if "retained-after" in report.summary.index:
        then, now = (report.summary.loc[f"retained-{w}"] for w in ("before", "after"))
        yield (
            f"They are told from unseen ones with an AUC of {then['auc']:.3f} before, "
            f"{now['auc']:.3f} after ({now['auc_low']:.3f} to {now['auc_high']:.3f})."
        )


def _percent(report):
    return f"{100 * report.confidence_level:.4g} %"
