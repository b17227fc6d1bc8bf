"""Intervals and bars that stand in a cell beside their numbers."""

from skmia.reporting._svg import beside_numbers, element


def interval(value, low, high, top, tick=None, hot=False):
    """An estimate as a dot on its interval.

    Parameters
    ----------
    value, low, high : float
    top : float
        Right end of the axis, which begins at 0.
    tick : float, default=None
        What is to be compared with: guessing, or the mean of all.
    hot : bool, default=False
        In the colour of a leak.

    Returns
    -------
    svg : Markup
    """
    ends = {"x1": _place(low, top), "x2": _place(high, top)}
    return beside_numbers(
        _base(),
        *_tick(tick, top),
        element("line", class_="ci", **ends, y1="50%", y2="50%"),
        element("circle", cx=_place(value, top), cy="50%", r="4.5"),
        kind=_kind(hot),
    )


def bar(value, top, tick=None, hot=False):
    """A number as a bar from 0; parameters as for :func:`interval`."""
    sizes = {"x": "0", "y": "25%", "height": "50%", "width": _place(value, top)}
    shapes = [_base(), element("rect", **sizes), *_tick(tick, top)]
    return beside_numbers(*shapes, kind=_kind(hot))


def _kind(hot):
    return "cell hot" if hot else "cell"


def _base():
    return element("line", class_="base", x1="0", x2="100%", y1="50%", y2="50%")


def _tick(value, top):
    if value is not None:
        place = _place(value, top)
        yield element("line", class_="tick", x1=place, x2=place, y1="0", y2="100%")


def _place(value, top):
    share = 100 * min(max(value / top, 0), 1)
    return f"{share:.1f}%"
