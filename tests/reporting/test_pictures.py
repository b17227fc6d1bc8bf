"""Pictures: places are those of the numbers, and nothing lies over anything."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.metrics import max_tpr
from skmia.reporting._svg import Markup, element
from skmia.reporting.pictures._axis import Axis, decades, even_steps, round_up
from skmia.reporting.pictures._dots import dots
from skmia.reporting.pictures._front import front
from skmia.reporting.pictures._interval import bar, interval
from skmia.reporting.pictures._roc import largest_tpr, roc

RATES = st.floats(0, 1)


@given(st.text(), st.text())
def test_text_is_escaped_once(text, value):
    drawn = element("text", text, class_=value)
    assert isinstance(drawn, Markup)
    inside = re.fullmatch(r'<text class="([^"]*)"(?:/>|>([^<]*)</text>)', drawn)
    assert inside is not None
    assert element("g", drawn) == f"<g>{drawn}</g>"


@given(st.sampled_from([100, 1000]), st.tuples(*[st.floats(0, 1)] * 3).map(sorted))
def test_dots_are_as_many_as_there_are(of, ends):
    low, value, high = (of * end for end in ends)
    found = dict.fromkeys(("full", "tinted", "ring", "no"), 0)
    svg = dots("name", "title", of, low, value, high)
    for kind, places in re.findall(r'class="(\w+)" d="([^"]*)"', svg):
        found[kind] += places.count("h0")
    assert sum(found.values()) == of
    assert found["full"] == round(low)
    assert found["no"] == of - round(high)


@given(RATES, RATES, RATES)
def test_intervals_lie_within_their_cell(value, low, high):
    drawn = interval(value, low, high, 0.5, tick=0.01) + bar(value, 0.5, tick=low)
    places = [float(x) for x in re.findall(r'(?:x1|x2|cx|width)="([\d.]+)%"', drawn)]
    assert all(0 <= place <= 100 for place in places)


@given(st.floats(1e-6, 1), st.floats(1e-6, 1))
def test_axes_keep_the_order(one, other):
    axis = Axis(1e-6, 1, 44, 406, log=True)
    low, high = sorted([one, other])
    assert 44 - 1e-9 <= axis(low) <= axis(high) <= 406 + 1e-9


@pytest.mark.parametrize(
    ("low", "found"), [(0.5, [1]), (0.1, [1, 0.1]), (5e-4, [1, 0.1, 0.01, 0.001])]
)
def test_decades(low, found):
    assert decades(low) == pytest.approx(found)


@given(st.floats(0, 1), st.floats(1e-3, 1))
def test_even_steps_are_few_and_within(low, span):
    steps = even_steps(low, low + span)
    assert 1 <= len(steps) <= 6
    assert low - 1e-9 <= steps[0]
    assert steps[-1] <= low + span + 1e-9


@given(st.floats(1e-6, 100))
def test_axes_end_at_a_round_number_above(value):
    assert value <= round_up(value) * (1 + 1e-9) <= 2.1 * value


@given(RATES, st.floats(0, 1000), RATES)
def test_what_a_guarantee_allows_is_what_the_metrics_say(fpr, epsilon, delta):
    expected = max_tpr(fpr, epsilon, delta)
    assert largest_tpr(fpr, epsilon, delta) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_nonmembers", [10, 40, 2500, 100_000])
def test_curves_are_steps_within_the_frame(n_nonmembers):
    fpr = np.r_[0, np.geomspace(1 / n_nonmembers, 1, 50)]
    curves = [("c1", fpr, np.sqrt(fpr)), ("c2", [0, 1], [0, 1]), ("c3", [0, 1], [1, 1])]
    svg = roc(curves, n_nonmembers, "What is seen.", limits=[("declared", 1.0, 0.01)])
    drawn = re.findall(r'class="curve c\d" d="([^"]+)"', svg)
    assert len(drawn) == 3
    for path in drawn:
        assert set(re.findall("[A-Z]", path)) <= {"M", "H", "V"}
        across = [float(x) for x in re.findall(r"[MH]([\d.]+)", path)]
        up = [float(y) for y in re.findall(r"V([\d.]+)", path)]
        assert across == sorted(across)
        assert up == sorted(up, reverse=True)
        assert 44 <= min(across) <= max(across) <= 406
        assert 26 <= min(up) <= max(up) <= 346


@given(
    st.lists(
        st.tuples(st.floats(0.5, 1), st.floats(1, 500), st.sampled_from(["on", "off"])),
        min_size=2,
        max_size=12,
    )
)
def test_names_on_the_front_lie_over_no_point_and_no_name(found):
    points = [(f"defense {i}", a, f, kind) for i, (a, f, kind) in enumerate(found)]
    svg = front([*points, ("as it is", 0.8, 90, "now")], (1, 2, 5, 20, 100), "Seen.")
    dots_ = re.findall(r'<circle class="\w+" cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert len(dots_) == len(points) + 1
    names = re.findall(
        r'<text(?: class="strong")? x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">'
        r"(defense \d+|as it is)</text>",
        svg,
    )
    boxes = []
    for x, y, anchor, name in names:
        x, y, width = float(x), float(y) - 2.5, 5.4 * len(name)
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        boxes.append((left, y - 5.4, left + width, y + 5.4))
    for i, (left, top, right, bottom) in enumerate(boxes):
        for x, y in dots_:
            inside = left < float(x) < right and top < float(y) < bottom
            assert not inside
        for one in boxes[:i]:
            apart = right <= one[0] or one[2] <= left
            assert apart or bottom <= one[1] + 0.5 or one[3] <= top + 0.5
