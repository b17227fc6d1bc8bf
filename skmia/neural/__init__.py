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
from skmia.neural._mlp import MLPNet

__all__ = ["AdversarialRegularizationClassifier", "MLPNet"]
