"""A graph network of PyTorch Geometric is a target like SGC, where it is installed."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skmia import audit
from skmia.tasks import NodeClassifier


@pytest.mark.filterwarnings("ignore")  # of the library itself
def test_a_network_is_attacked_through_the_same_methods(monkeypatch):
    """All training nodes are fitted; of 120 and 120 an AUC is .5 +- .037 by chance."""
    pytest.importorskip("torch_geometric", reason='needs pip install "skmia[graph]"')
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    targets, networks = map(import_module, ("graph_targets", "graph_networks"))
    features, links, y = targets.block_graph(*targets.BLOCK_MODELS["assortative"], 0)
    ours, others = np.arange(120), np.arange(120, 240)
    model = NodeClassifier(networks.GCN(random_state=0), features, links)
    model.fit(ours, y[ours])
    own = model.estimator_.predict_proba(features[ours], links[ours][:, ours])
    assert_array_equal(own.argmax(axis=1), y[ours])
    again = NodeClassifier(networks.GCN(random_state=0), features, links)
    again.fit(ours, y[ours])
    assert_array_equal(again.predict_proba(others), model.predict_proba(others))
    report = audit(
        model,
        *(ours, y[ours], others, y[others]),
        attacks=["salem1", "node-0-hop", "node-combined"],
        n_shadows=4,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["node-0-hop", "auc_low"] > 0.5
