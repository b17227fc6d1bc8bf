"""Neural networks as scikit-learn estimators. Needs the extra ``neural``."""

try:
    import skorch  # noqa: F401
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"skmia.neural needs {error.name}, which is not installed. "
        'Get it with: pip install "skmia[neural]"',
        name=error.name,
    ) from error

from skmia.neural._adversarial_regularization import AdversarialRegularizationClassifier
from skmia.neural._hamp import HAMPClassifier
from skmia.neural._mlp import MLPNet
from skmia.neural._net_classifier import NetClassifier
from skmia.neural._net_regressor import NetRegressor
from skmia.neural._seq_mia import SeqMIA
from skmia.neural._trajectory_mia import TrajectoryMIA

__all__ = [
    "AdversarialRegularizationClassifier",
    "HAMPClassifier",
    "MLPNet",
    "NetClassifier",
    "NetRegressor",
    "SeqMIA",
    "TrajectoryMIA",
]
