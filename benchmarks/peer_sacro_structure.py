r"""Structural flags of SACRO-ML on the models of bench_structural_risks.py.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install sacroml==2.0.1 scikit-learn==1.9.1
    SKMIA_DATA=... python benchmarks/bench_structural_risks.py --export /tmp/flags.npz
    OMP_NUM_THREADS=1 /tmp/peer/bin/python benchmarks/peer_sacro_structure.py \
        /tmp/flags.npz

writes benchmarks/results/structural-risks-peer.json: for each model the flags, and how
many training records each concerns. Limits are those of SACRO-ML: 10 records, 10
degrees of freedom. The number of stored rows is of its instance-based attack. Both
environments need one version of scikit-learn, or the models are not alike.
"""

import argparse
import json
import logging
import tempfile
from pathlib import Path

import numpy as np
from sacroml.attacks.instance_based_attack import InstanceBasedAttack
from sacroml.attacks.structural_attack import StructuralAttack
from sacroml.attacks.target import Target
from structure_targets import MODELS, train

RESULTS = Path(__file__).parent / "results" / "structural-risks-peer.json"
FLAGS = {
    "degrees of freedom": "dof_risk",
    "k-anonymity": "k_anonymity_risk",
    "class disclosure": "class_disclosure_risk",
    "small groups": "smallgroup_risk",
    "hyper-parameters": "unnecessary_risk",
    "losses": "gen_error_risk",
}


def flags(model, X, y, folder):
    """Flags of one model, and of how many records."""
    half = len(y) // 2
    sets = {"X_train": X[:half], "y_train": y[:half], "X_test": X[half:]}
    target = Target(model=model, y_test=y[half:], **sets)
    options = {"output_dir": folder, "write_report": False, "report_individual": True}
    found = {}
    if hasattr(model, "predict_proba"):
        attack = StructuralAttack(**options)
        attack.attack(target)
        found = {name: bool(vars(attack.results)[key]) for name, key in FLAGS.items()}
        records = attack.record_level_results
        found["counts"] = {
            "k-anonymity": int(np.sum(np.array(records.k_anonymity) < 10)),
            "class disclosure": int(np.sum(records.class_disclosure)),
            "small groups": int(np.sum(records.smallgroup_risk)),
        }
    attack = InstanceBasedAttack(**options)
    attack.attack(target)
    stored = attack.results.n_matched
    found["stored rows"] = bool(stored)
    found.setdefault("counts", {})["stored rows"] = int(stored)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("arrays", type=Path)
    arrays = np.load(parser.parse_args().arrays)
    logging.disable(logging.CRITICAL)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in {key.split("/")[0]: None for key in arrays}:
            X, y = arrays[f"{name}/X"], arrays[f"{name}/y"]
            for kind in MODELS:
                found[f"{name}/{kind}"] = flags(train(kind, X, y), X, y, folder)
                print(name, kind, json.dumps(found[f"{name}/{kind}"]), flush=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
