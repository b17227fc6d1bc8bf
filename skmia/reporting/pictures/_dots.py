"""So many of a hundred, or of a thousand, as dots."""

from skmia.reporting._svg import Markup, element, picture

_PITCH = 20
# Width of a dot, and of what is inside of one that is only tinted.
_DOT, _INSIDE = 14, 10.8


def dots(name, title, of, low, value=None, high=None):
    """Dots: filled up to `low`, tinted up to `value`, rings up to `high`.

    Parameters
    ----------
    name : str
        Unique in the page.
    title : str
        What is counted.
    of : {100, 1000}
        Number of dots.
    low, value, high : float
        An estimate and its interval; `low` alone is a number that is known.

    Returns
    -------
    svg : Markup
    """
    low, value, high = _ends(of, low, value, high)
    columns = 10 if of == 100 else 25
    shapes = [
        *_row_of_dots("full", columns, 0, low),
        *_row_of_dots("tinted", columns, low, value, inside=True),
        *_row_of_dots("ring", columns, value, high, inside=True),
        *_row_of_dots("no", columns, high, of),
    ]
    size = _PITCH * columns, _PITCH * -(-of // columns)
    return picture(name, title, _finding(of, low, value, high), *size, shapes, "dots")


def _ends(of, low, value, high):
    """Whole dots, each end at least as far as the one before."""
    low = min(round(low), of)
    value = low if value is None else min(max(round(value), low), of)
    return low, value, value if high is None else min(max(round(high), value), of)


def _finding(of, low, value, high):
    if low == high:
        return f"{low} filled, {of - low} pale dots."
    return (
        f"{low} filled dots: the lower end of the interval; {value - low} lighter "
        f"ones, up to the estimate, {value}; {high - value} rings, up to the upper "
        f"end, {high}; {of - high} pale dots: not named."
    )


def _row_of_dots(kind, columns, start, stop, inside=False):
    """Dots as ends of lines without a length, which are round: few characters each."""
    if stop == start:
        return
    places = Markup(
        "".join(
            f"M{_PITCH * (i % columns) + 10} {_PITCH * (i // columns) + 10}h0"
            for i in range(start, stop)
        )
    )
    yield element("path", class_=kind, d=places, stroke_width=_DOT)
    if inside:
        yield element("path", class_=f"in-{kind}", d=places, stroke_width=_INSIDE)
