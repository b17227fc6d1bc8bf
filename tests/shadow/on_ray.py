"""Some of what runs in parallel, on ray: ``python on_ray.py [FLAG]``.

With a flag a worker is killed, which leaves the file behind.
"""

import sys
from pathlib import Path

# Each loop has actors of its own, which are started first.
CASES = ["audit", "blas", "forests"]


def main(flag=None):
    # Here: pytest only collects this file.
    import joblib
    import numpy as np
    import ray
    from lost_workers import Killed
    from ray.util.joblib import register_ray
    from test_backends import PARALLEL, SEEDED, X, y

    from skmia import ShadowModels

    def trained():
        shadows = ShadowModels(
            Killed(flag), n_shadows=8, signals=["posterior"], **SEEDED
        )
        return shadows.fit(X, y).observations()[0].to_numpy()

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    if flag is not None:
        with joblib.parallel_config("ray", n_jobs=2):
            found = trained()
        assert Path(flag).exists()
        np.testing.assert_array_equal(found, trained())
        return
    for name in CASES:
        compute = PARALLEL[name]
        with joblib.parallel_config("sequential"):
            expected = np.asarray(compute())
        with joblib.parallel_config("ray", n_jobs=2):
            found = np.asarray(compute())
        np.testing.assert_array_equal(found, expected, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
