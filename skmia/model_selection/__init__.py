"""Choice of a model by its quality and by what it leaks."""

from skmia.model_selection._front import pareto_front
from skmia.model_selection._privacy_utility import PrivacyUtilityDisplay
from skmia.model_selection._selector import PrivacyAwareSelector

__all__ = ["PrivacyAwareSelector", "PrivacyUtilityDisplay", "pareto_front"]
