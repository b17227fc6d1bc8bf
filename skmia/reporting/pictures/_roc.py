"""Share of members named against share of others falsely accused, on log-log axes."""

from math import exp, log

from skmia.reporting._svg import Markup, element, picture, short
from skmia.reporting.pictures._axis import Axis, decades
from skmia.utils._units import percent

_WIDTH, _HEIGHT = 420, 390
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 406, 26, 346
# Diagonals in the place of a grid: what a guarantee of so much would allow.
_EPSILONS = (1, 2, 4)
_N_POINTS = 60


def roc(curves, n_nonmembers, finding, point=None, limits=()):
    """ROC curves as steps: between two measured points no rate is invented.

    Parameters
    ----------
    curves : list of (kind, fpr, tpr)
        Class of the style sheet and rates; the first is drawn over the others.
    n_nonmembers : int
        Rates below one of these are not measured: there the picture is grey.
    finding : str
        What is to be seen.
    point : (fpr, tpr, low, high), default=None
        The rate that the verdict names.
    limits : list of (kind, epsilon, delta), default=()
        Guarantees: no attack exceeds what they allow.

    Returns
    -------
    svg : Markup
    """
    finest = 1 / n_nonmembers
    x = Axis(finest / 2, 1, _LEFT, _RIGHT, log=True)
    y = Axis(finest / 2, 1, _BOTTOM, _TOP, log=True)
    shapes = [
        *_frame(x, y, finest),
        *_diagonals(x, y),
        *(_limit(x, y, *one) for one in limits),
        *(_curve(x, y, *one) for one in reversed(curves)),
        *_point(x, y, point),
        *_words(x, y, finest),
    ]
    title = "Share of members named against share of others falsely accused"
    return picture("roc", title, finding, _WIDTH, _HEIGHT, shapes, "chart")


def largest_tpr(fpr, epsilon, delta):
    """The largest true positive rate that a guarantee allows.

    That of :func:`skmia.metrics.max_tpr`, a part that is not imported here.
    """
    rising = (exp(min(epsilon + log(fpr), 0)) if fpr else 0) + delta
    falling = 1 - (1 - delta - fpr) * exp(-epsilon)
    return max(fpr, min(rising, falling, 1))


def _frame(x, y, finest):
    yield element(
        "rect",
        class_="blind",
        x=_LEFT,
        y=_TOP,
        width=x(finest) - _LEFT,
        height=_BOTTOM - _TOP,
    )
    for rate in decades(x.first):
        yield _line("tick", x(rate), _BOTTOM, x(rate), _BOTTOM + 4)
        anchor = "end" if rate == 1 else "middle"
        yield _text(percent(rate), x(rate) + 6 * (rate == 1), _BOTTOM + 16, anchor)
        yield _line("tick", _LEFT - 4, y(rate), _LEFT, y(rate))
        yield _text(percent(rate), _LEFT - 7, y(rate) + 3.5, "end")
    yield element("path", class_="axis", d=f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}")


def _diagonals(x, y):
    yield _line("guess", _LEFT, _BOTTOM, _RIGHT, _TOP)
    for epsilon in _EPSILONS:
        end = exp(-epsilon)
        if not x.holds(end):
            continue
        start = y(x.first * exp(epsilon))
        yield _line("iso", _LEFT, start, x(end), _TOP)
        yield _text(f"ε {epsilon}", x(end), _TOP - 6, "middle", "small")


def _curve(x, y, kind, fpr, tpr):
    """From the first rate that is not below the picture."""
    seen = [(x(f), y(t)) for f, t in zip(fpr, tpr, strict=True) if t > y.first]
    here = seen[0][0], y.start
    steps = [f"M{short(here[0])} {short(here[1])}"]
    for across, up in seen:
        steps += [f"H{short(across)}"] * (across != here[0])
        steps += [f"V{short(up)}"] * (up != here[1])
        here = across, up
    return element("path", class_=f"curve {kind}", d=Markup("".join(steps)))


def _limit(x, y, kind, epsilon, delta):
    rates = [x.first ** (1 - i / (_N_POINTS - 1)) for i in range(_N_POINTS)]
    places = (
        f"{short(x(fpr))} {short(y(largest_tpr(fpr, epsilon, delta)))}" for fpr in rates
    )
    return element("path", class_=f"curve {kind}", d=Markup(f"M{'L'.join(places)}"))


def _point(x, y, point):
    if point is not None:
        fpr, tpr, low, high = point
        yield _line("hot", x(fpr), y(low), x(fpr), y(high))
        yield element("circle", class_="hot", cx=x(fpr), cy=y(tpr), r=4)
        # Above the curve there is nothing: no curve falls.
        words = f"{100 * tpr:.0f} % named", max(x(fpr) - 7, _LEFT + 66), y(high) - 5
        yield _text(*words, "end", "strong")


def _words(x, y, finest):
    yield _text("false accusations (share of non-members)", 225, 382, "middle")
    yield _text("named (share of members)", 6, 17)
    middle = (_LEFT + x(finest)) / 2
    turned = f"translate({short(middle + 3.5)} {(_TOP + _BOTTOM) / 2:g}) rotate(-90)"
    words = "too few records to tell"
    yield element("text", words, class_="band", transform=turned, text_anchor="middle")
    middle = (finest * x.first) ** 0.5 if x.first > 0.02 else 2.5 * finest
    angle = -41.5
    turned = f"translate({short(x(middle) + 6)} {short(y(middle) + 9)}) rotate({angle})"
    yield element("text", "guessing", class_="small", transform=turned)


def _line(kind, x1, y1, x2, y2):
    return element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def _text(words, x, y, anchor=None, kind=None):
    return element("text", words, class_=kind, x=x, y=y, text_anchor=anchor)
