"""Pages of games without a leak: they say what is kept."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module


@pytest.mark.parametrize("page", ["calibration.md", "null.md"])
def test_the_pages_are_those_of_what_is_kept(script, monkeypatch, page):
    bench = script("bench_null")
    written = {}
    monkeypatch.setattr(
        bench,
        "write_section",
        lambda *given: written.setdefault(given[0], []).append(given[2]),
    )
    bench.write(bench.known())
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert all(f"\n\n{section}\n\n<!-- end -->" in text for section in written[page])


def test_shares_weigh_every_game_alike(script):
    rows = {
        "kind": ["plain", "ties"],
        "statement": "lower end of auc",
        "attack": "gap",
        "nominal": 0.025,
        "observed": [0.02, 0.05],
        "low": [0.0, 0.03],
        "high": [0.07, 0.08],
        "games": [100, 200],
    }
    table = script("null_tables").scoreboard(pd.DataFrame(rows))
    # 2 of 100 and 10 of 200; nothing else was ever stated.
    row = "| gap | 2 | 300 | 4.0 % | - | - | ties: 5.0 % [3.0 to 8.0] |"
    assert table.splitlines()[-1] == row


def test_own_attacks_count_for_no_name(script):
    names = script("null_tables").not_played(pd.DataFrame({"attack": ["gap", "mine"]}))
    assert "`gap`" not in names
    assert "`shokri`" in names
