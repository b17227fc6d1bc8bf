"""The report as one HTML file that needs nothing else."""

from skmia.reporting._words import counted_as
from skmia.reporting.page import _numbers
from skmia.reporting.page._sections import sections


def render_html(facts):
    """Self-contained page of a report, for readers who are no experts.

    Parameters
    ----------
    facts : dict
        Of a report, of schema "skmia-audit/2".

    Returns
    -------
    html : str
        One page with its style and its pictures inside; it loads nothing, and runs
        nothing.

    Raises
    ------
    ImportError
        jinja2 is not installed.
    """
    page = _environment().get_template("page.jinja")
    return page.render(facts=facts, sections=sections(facts))


def _environment():
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise ImportError(
            'The HTML report is written with jinja2: pip install "skmia[report]".'
        ) from error
    environment = Environment(
        loader=PackageLoader("skmia.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _numbers.count,
        "counted_as": counted_as,
        "percent": _numbers.percent,
        "people": _numbers.people,
    }
    return environment
