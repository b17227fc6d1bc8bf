"""CPU seconds of 64 shadow models and an attack by SACRO-ML and ART.

In the environment of `peer_strength.py`, which says how it is made:

    python benchmarks/bench_engine_audit.py --export /tmp/engine.npz
    OMP_NUM_THREADS=1 /tmp/peer/bin/python benchmarks/peer_engine.py /tmp/engine.npz

Records and target are those of `bench_engine_audit.py`. SACRO-ML: LiRA,
"online-carlini". ART: shadow models, their answers and a random forest on posterior and
label. Shadow models are as many on both sides, and what they answer is what these
libraries ask; reports are not written.
"""

import argparse
import tempfile
import time

import numpy as np
from art.attacks.inference.membership_inference import (
    MembershipInferenceBlackBox,
    ShadowModels,
)
from art.estimators.classification import SklearnClassifier
from engine_models import KINDS
from peer_strength import named, one_hot, seedable
from sacroml.attacks.likelihood_attack import LIRAAttack
from sacroml.attacks.target import Target
from sklearn.base import clone


def sacro(model, n_shadows, parts):
    with tempfile.TemporaryDirectory() as folder:
        attack = LIRAAttack(
            folder,
            write_report=False,
            n_shadow_models=n_shadows,
            mode="online-carlini",
        )
        attack.attack(Target(seedable(model).fit(*parts[:2]), **named(*parts)))


def art(model, n_shadows, parts):
    target = SklearnClassifier(clone(model).fit(*parts[:2]))
    X, y = np.concatenate(parts[::2]), one_hot(np.concatenate(parts[1::2]))
    shadows = ShadowModels(target, num_shadow_models=n_shadows, random_state=0)
    (_, y_in, P_in), (_, y_out, P_out) = shadows.generate_shadow_dataset(X, y)
    attack = MembershipInferenceBlackBox(target, attack_model_type="rf")
    attack.fit(None, y_in, None, y_out, pred=P_in, test_pred=P_out)
    attack.infer(X, y, probabilities=True)


def seconds_of(run, *args):
    begin = time.process_time()
    try:
        run(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{time.process_time() - begin:.1f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--n-shadows", type=int, default=64)
    args = parser.parse_args()
    with np.load(args.records) as arrays:
        parts = [arrays[name] for name in "XyZz"]
    for kind in args.kinds:
        for peer in (sacro, art):
            told = seconds_of(peer, KINDS[kind], args.n_shadows, parts)
            print(kind, peer.__name__, told, flush=True)


if __name__ == "__main__":
    main()
