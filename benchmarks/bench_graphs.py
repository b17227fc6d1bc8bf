"""Attacks on the nodes of graphs.

    OMP_NUM_THREADS=1 python benchmarks/bench_graphs.py --write

writes the table of docs/embeddings_and_graphs.md, in five minutes: graphs of
240 nodes drawn from three block models (graph_targets.py), a model of half of the
nodes, four shadow models. AUC, mean over 3 graphs with its standard error. In the rows
"others" the model was trained on nodes that are not in question: what is left of the
AUC is chance.

    OMP_NUM_THREADS=1 python benchmarks/bench_graphs.py --network

prints the first of them for a graph network, where torch-geometric is installed.
"""

import argparse

import numpy as np
import pandas as pd
from documents import table_of, write_section
from graph_targets import BLOCK_MODELS, TARGET, block_graph

from skmia import audit
from skmia.tasks import NodeClassifier

N_GRAPHS = 3
ATTACKS = {"0 hops": "node-0-hop", "2 hops": "salem1", "combined": "node-combined"}


def aucs(estimator, graph, seed, members):
    """AUC of each attack on one graph, and how well nodes are classified."""
    features, links, y = block_graph(*BLOCK_MODELS[graph], seed)
    quarters = np.split(np.random.RandomState(seed).permutation(len(y)), 4)
    ours, others = np.concatenate(quarters[:2]), np.concatenate(quarters[2:])
    if not members:
        ours, others = quarters[2:]
    trained = np.concatenate(quarters[:2])
    model = NodeClassifier(estimator, features, links).fit(trained, y[trained])
    own = model.estimator_.predict_proba(features[trained], links[trained][:, trained])
    report = audit(
        model,
        *(ours, y[ours], others, y[others]),
        attacks=list(ATTACKS.values()),
        n_shadows=4,
        random_state=seed,
    )
    return {
        "train accuracy": (model.classes_[own.argmax(axis=1)] == y[trained]).mean(),
        "accuracy of others": model.score(others, y[others]),
        **{name: report.summary.loc[a, "auc"] for name, a in ATTACKS.items()},
    }


def measured(estimator, graphs, n_graphs):
    """A row for each graph, and for whether the nodes in question were trained on."""
    return pd.DataFrame(
        [
            {"graph": graph, "model of": "members" if members else "others"}
            | aucs(estimator, graph, seed, members)
            for graph in graphs
            for members in (True, False)
            for seed in range(n_graphs)
        ]
    )


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--graphs", type=int, default=N_GRAPHS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--network", action="store_true")
    asked = parser.parse_args()
    target, graphs = TARGET, list(BLOCK_MODELS)
    if asked.network:
        from graph_networks import GCN

        target, graphs = GCN(random_state=0), graphs[:1]
    table = table_of(measured(target, graphs, asked.graphs), ["graph", "model of"])
    print(table)
    if asked.write:
        write_section("embeddings_and_graphs.md", "nodes", table)


if __name__ == "__main__":
    main()
