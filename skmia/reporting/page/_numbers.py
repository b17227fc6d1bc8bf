"""Numbers as a page writes them; a blank inside of one does not break."""

import re
from html import escape
from math import exp

from skmia.reporting import _words
from skmia.reporting._svg import Markup
from skmia.utils import _units

NOT_MEASURABLE = "not measurable"
# What the first sentence says that is to be seen at a glance.
_COUNT = re.compile(
    r"\d[\d.,]* of 1(?:00|,000)\b(?: (?:records|groups|people))?|×\d[\d.,]* or more"
)


def percent(fraction):
    """A rate that was chosen, such as 0.001: "0.1 %"."""
    return _units.percent(fraction).replace(" ", "\u00a0")


def share(fraction, digits=1):
    """A fraction that was measured, in percent."""
    return f"{100 * fraction:.{digits}f}\u00a0%"


def shares(row, name, digits=1):
    """A share with its interval, of a row of facts: text and the text of the ends."""
    if row.get(name) is None:
        return NOT_MEASURABLE, None
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    ends = None
    if None not in (low, high):
        ends = f"[{100 * low:.{digits}f}, {100 * high:.{digits}f}]"
    return share(row[name], digits), ends


def area(row):
    """The area under the curve with its interval, as for :func:`shares`."""
    if row.get("auc") is None:
        return NOT_MEASURABLE, None
    low, high = row.get("auc_low"), row.get("auc_high")
    ends = None if None in (low, high) else f"[{low:.3f}, {high:.3f}]"
    return f"{row['auc']:.3f}", ends


def epsilon(value):
    """A bound of epsilon."""
    if value is None:
        return "–"
    return f"{value:.2f}" if value else "0"


def odds(value):
    """What an epsilon multiplies odds by."""
    return "–" if value is None else _words.times(exp(min(value, 700)))


def count(value):
    """A number of records."""
    return f"{value:,}"


def people(value):
    """So many of a hundred; whole ones, unless they are very few."""
    return f"{value:.1f}" if 0 < value < 1 else f"{value:,.0f}"


def signed(value, digits=1):
    """A difference in percentage points."""
    text = f"{100 * value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def with_counts_strong(sentence):
    """A sentence whose counts are strong, as markup."""
    return Markup(_COUNT.sub(r"<b>\g<0></b>", escape(sentence)))
