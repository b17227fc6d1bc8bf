"""The report as one HTML file that needs nothing else."""

import io
from datetime import UTC, datetime
from importlib.resources import files

from skmia.reporting._words import SEES, TITLES
from skmia.utils._units import percent

TEMPLATE = "report.html.jinja"
N_EXPOSED = 20


def render_report(report):
    """Self-contained HTML page of an audit, for readers who are no experts.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    html : str
        One page with its style and its plot inside; it loads nothing.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise ImportError(
            'The HTML report is written with jinja2: pip install "skmia[report]".'
        ) from error
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("skmia.auditing").joinpath(TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(source).render(
        report=report,
        facts=report.to_dict(),
        title=TITLES[report.verdict],
        sentence=report.finding["headline"],
        tables=_tables(report),
        roc=_roc_svg(report),
        exposed=_most_exposed(report),
        date=datetime.now(UTC).date().isoformat(),
        percent=percent,
        sees=SEES,
    )


def _tables(report):
    """The attacks, and all of them where some are one row there, by title."""
    short, whole = report.compact(), report.compact(every=True)
    return {None: short} | ({"All attacks": whole} if len(whole) > len(short) else {})


def _most_exposed(report):
    """Training records that the strongest attack is surest of."""
    if not report.ran:
        return None
    scores = report.records[report.member == 1].droplevel("set")
    scores = scores[report.headline["attack"]]
    top = scores.sort_values(ascending=False, kind="stable")
    shown, more = top.iloc[:N_EXPOSED], top.iloc[N_EXPOSED:]
    return {"rows": list(shown.items()), "n_ties": int((more == shown.iloc[-1]).sum())}


def _roc_svg(report):
    """ROC plot as inline SVG, drawn without the state of pyplot."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            'The HTML report draws with matplotlib: pip install "skmia[report]".'
        ) from error
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    report.plot_roc(ax=figure.subplots())
    text = io.StringIO()
    # Text as text is smaller and can be searched; the salt makes ids repeatable.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "skmia"}):
        no_metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(text, format="svg", metadata=no_metadata)
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
