"""Attacks on embeddings of words, sentences and nodes, and on an encoder of images.

    OMP_NUM_THREADS=1 python benchmarks/bench_embeddings.py --write

writes the tables of docs/embeddings_and_graphs.md, in five minutes: made texts
and graphs, digits (embedding_targets.py, graph_targets.py), four shadow models. AUC,
mean over 3 draws with its standard error. In the rows "others" the model was trained on
records that are not in question: what is left of the AUC is chance.
"""

import argparse

import numpy as np
import pandas as pd
from documents import table_of, write_section
from embedding_targets import (
    ContrastiveNet,
    SentenceVectors,
    WordVectors,
    noisy,
    sentence_pairs,
    windows,
)
from graph_targets import BLOCK_MODELS, block_graph
from sklearn.datasets import load_digits
from sklearn.decomposition import TruncatedSVD
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from skmia import audit
from skmia.targets import Session
from skmia.tasks import Encoder, NodeLinks, frequency_bands, matched_records

N_DRAWS, N_BANDS = 3, 5
ATTACKS = {
    "similarity": "similarity-threshold",
    "by frequency": "similarity-by-frequency",
    "less reference": "difficulty-calibration",
    "sorted similarities": "shadow",
    "length": "embedding-norm",
    "clusters": "embedding-clusters",
    "LiRA": "lira-online",
}


def words(seed):
    """Windows of words, and an embedding."""
    return Encoder(WordVectors(20)), windows(1200, seed)


def sentences(seed):
    """Pairs of sentences, and an embedding."""
    model = Encoder(SentenceVectors(20, random_state=seed))
    return model, sentence_pairs(600, seed)


def nodes(seed):
    """Numbers of nodes, and a spectral embedding."""
    _, adjacency, _ = block_graph(*BLOCK_MODELS["assortative"], seed)
    links = NodeLinks(adjacency)
    spectral = make_pipeline(links, TruncatedSVD(32, random_state=seed))
    order = np.random.RandomState(seed).permutation(adjacency.shape[0])
    return Encoder(spectral, augment=links.walk), order


def digits(seed, estimator):
    """Images, and an encoder."""
    X = load_digits().data
    X = X[np.random.RandomState(seed).permutation(len(X))[:400]]
    return Encoder(estimator, augment=noisy), X


TARGETS = {
    "words: mutual information": words,
    "sentences: latent semantics": sentences,
    "nodes: spectral": nodes,
    "digits: contrastive network": lambda seed: digits(
        seed, ContrastiveNet(max_epochs=40, random_state=seed)
    ),
    "digits: SVD, all components": lambda seed: digits(
        seed, TruncatedSVD(64, random_state=seed)
    ),
}


def aucs(target, seed, members):
    """AUC of each attack on one draw; a dash where it is of other records."""
    model, X = TARGETS[target](seed)
    quarters = np.split(X, 4)
    ours, others = np.concatenate(quarters[:2]), np.concatenate(quarters[2:])
    model.fit(ours)
    if not members:
        ours, others = quarters[2:]
    report = audit(
        model,
        ours,
        X_holdout=others,
        attacks=list(ATTACKS.values()),
        n_shadows=4,
        random_state=seed,
    )
    return {name: report.summary.loc[a, "auc"] for name, a in ATTACKS.items()}


def measured(n_draws):
    """A row for each draw of each target, members in question or others."""
    return pd.DataFrame(
        [
            {"target": target, "model of": "members" if members else "others"}
            | aucs(target, seed, members)
            for target in TARGETS
            for members in (True, False)
            for seed in range(n_draws)
        ]
    )


def by_frequency(seed):
    """AUC of the similarity in each band of windows, the rarest first."""
    model, X = words(seed)
    half = len(X) // 2
    model.fit(X[:half])
    score = Session(model, X).observe("similarity")["similarity"].to_numpy()
    bands, member = frequency_bands(X, n_bands=N_BANDS), np.arange(len(X)) < half
    return {
        f"band {band}": roc_auc_score(member[bands == band], score[bands == band])
        for band in range(N_BANDS)
    }


def other_words(seed, n=400):
    """AUC of the similarity where nobody is a member, and others have rarer words."""
    usual, rarer = windows(2 * n, seed), windows(n, seed + 1000, skew=0.5)
    model = Encoder(WordVectors(20)).fit(usual[n:])
    X = np.concatenate([usual[:n], rarer])
    score = Session(model, X).observe("similarity")["similarity"].to_numpy()
    bands = frequency_bands(X, n_bands=40)
    ours, others = matched_records(bands[:n], bands[n:], random_state=seed)
    found = {}
    for name, rows in (
        ("all", (np.arange(n), np.arange(n))),
        ("matched", (ours, others)),
    ):
        pair = np.concatenate([score[:n][rows[0]], score[n:][rows[1]]])
        found[name] = roc_auc_score(np.repeat([1, 0], [*map(len, rows)]), pair)
    return found


def main():
    """Print the tables, or write them to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--draws", type=int, default=N_DRAWS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    draws, key = range(asked.draws), {"similarity": "of windows"}
    bands = pd.DataFrame([key | by_frequency(seed) for seed in draws])
    unlike = pd.DataFrame([key | other_words(seed) for seed in draws])
    for name, found, keys in (
        ("bands", bands, ["similarity"]),
        ("matched", unlike, ["similarity"]),
        ("embeddings", measured(asked.draws), ["target", "model of"]),
    ):
        table = table_of(found, keys)
        print(table, flush=True)
        if asked.write:
            write_section("embeddings_and_graphs.md", name, table)


if __name__ == "__main__":
    main()
