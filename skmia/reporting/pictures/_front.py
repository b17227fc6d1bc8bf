"""Defenses: how good they are against how much surer an attacker gets."""

from itertools import pairwise

from skmia.reporting._svg import Markup, element, picture, short
from skmia.reporting.pictures._axis import Axis, even_steps

_WIDTH, _HEIGHT = 420, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 404, 12, 288
# Width of a letter, height of a line; and so far a name is from its dot.
_LETTER, _LINE, _GAP = 5.4, 11, 8
_LONGEST = 24
_N_PARTS = 40  # of a piece of the line


def front(points, borders, finding, quality="accuracy", share=True):
    """Points, and a line through those that no other is better than.

    Parameters
    ----------
    points : list of (name, accuracy, factor, kind)
        The kind is "now", "on" or "off", for the model as it is, and for what is on
        the front or is not.
    borders : list of float
        Where steps of the scale begin, from 1 on.
    finding : str
        What is to be seen.
    quality : str, default="accuracy"
        What the second of each point is.
    share : bool, default=True
        Whether that is a share of something, and written in percent.

    Returns
    -------
    svg : Markup
    """
    accuracies = [accuracy for _, accuracy, _, _ in points]
    room = 0.1 * (max(accuracies) - min(accuracies)) or 0.01
    low, high = min(accuracies) - room, min(max(accuracies) + room, 1)
    if share:
        low = max(low, 0)
    top = max([borders[-1], *(1.1 * factor for _, _, factor, _ in points)])
    x = Axis(low, high, _LEFT + 10, _RIGHT - 10)
    y = Axis(1, top, _BOTTOM, _TOP, log=True)
    places = [(name, x(acc), y(factor), kind) for name, acc, factor, kind in points]
    shapes = [
        *_bands(y, borders),
        *_axes(x, y, borders, quality, share),
        *_front_line(places),
        *_points(places),
        *_names(places, y, borders),
    ]
    title = f"Defenses: {quality} against how much surer an attacker gets"
    return picture("front", title, finding, _WIDTH, _HEIGHT, shapes, "chart plain")


def _bands(y, borders):
    for step, (low, high) in enumerate(pairwise([*borders, y.last]), start=1):
        if high <= low:
            continue
        size = {"width": _RIGHT - _LEFT, "height": y(low) - y(high)}
        yield element("rect", class_=f"band b{step}", x=_LEFT, y=y(high), **size)
        if size["height"] > _LINE:
            words = f"step {step}"
            yield _text(words, _RIGHT - 4, y(low) - 5, "end", "small")


def _axes(x, y, borders, quality, share):
    for border in borders:
        yield _text(f"×{border:g}", _LEFT - 6, y(border) + 3.5, "end")
    ticks = even_steps(x.first, x.last)
    digits = 0 if ticks[-1] - ticks[0] >= 0.01 * len(ticks) else 1
    for accuracy in ticks:
        place = x(accuracy)
        yield element(
            "line", class_="tick", x1=place, x2=place, y1=_BOTTOM, y2=_BOTTOM + 4
        )
        written = f"{accuracy:.{digits + 2}f}"
        if share:
            written = f"{100 * accuracy:.{digits}f} %"
        yield _text(written, place, _BOTTOM + 16, "middle")
    yield element("path", class_="axis", d=f"M{_LEFT} {_BOTTOM}H{_RIGHT}")
    middle = (_LEFT + _RIGHT) / 2
    yield _text(f"{quality} on holdout records", middle, _HEIGHT - 8, "middle")
    yield _text("odds multiplied by, at least", _LEFT + 6, _TOP + 12, None, "strong")


def _line(places):
    return sorted((across, up) for _, across, up, kind in places if kind == "on")


def _front_line(places):
    line = _line(places)
    if len(line) > 1:
        steps = "L".join(f"{short(across)} {short(up)}" for across, up in line)
        yield element("path", class_="front", d=Markup(f"M{steps}"))


def _points(places):
    for _, across, up, kind in places:
        yield element("circle", class_=kind, cx=across, cy=up, r=5)


def _names(places, y, borders):
    taken = [*_taken(places, y, borders)]
    first = {"now": 0, "on": 1, "off": 2}
    for name, across, up, kind in sorted(places, key=lambda place: first[place[3]]):
        shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
        found = _free_place(across, up, _LETTER * len(shown), taken)
        if found is not None:
            box, anchor, at = found
            taken.append(box)
            strong = None if kind == "off" else "strong"
            yield _text(shown, at, box[3] - 3, anchor, strong)


def _taken(places, y, borders):
    """Where no name may lie: points, the line, other words."""
    yield _LEFT, _TOP, _LEFT + 160, _TOP + 16
    for border in borders:
        yield _RIGHT - 36, y(border) - 14, _RIGHT, y(border)
    for _, across, up, _ in places:
        yield across - 6, up - 6, across + 6, up + 6
    for (x1, y1), (x2, y2) in pairwise(_line(places)):
        for part in range(_N_PARTS):
            across = x1 + (x2 - x1) * part / _N_PARTS
            up = y1 + (y2 - y1) * part / _N_PARTS
            yield across - 1, up - 1, across + 1, up + 1


def _free_place(across, up, width, taken):
    """Where a name lies over nothing else, or None: it is in the table, too."""
    sides = {
        "start": (across + _GAP, across + _GAP),
        "end": (across - _GAP - width, across - _GAP),
        "middle": (across - width / 2, across),
    }
    places = [("start", 0), ("end", 0), ("middle", -13), ("middle", 15)]
    places += [(side, shift) for shift in (-10, 10) for side in ("start", "end")]
    for anchor, shift in places:
        left, at = sides[anchor]
        box = left, up + shift - _LINE / 2, left + width, up + shift + _LINE / 2
        inside = box[0] >= _LEFT and box[2] <= _RIGHT
        inside &= box[1] >= _TOP and box[3] <= _BOTTOM
        if inside and not any(_meet(box, one) for one in taken):
            return box, anchor, at
    return None


def _meet(one, other):
    apart = one[2] <= other[0] or other[2] <= one[0]
    return not (apart or one[3] <= other[1] or other[3] <= one[1])


def _text(words, x, y, anchor=None, kind=None):
    return element("text", words, class_=kind, x=x, y=y, text_anchor=anchor)
