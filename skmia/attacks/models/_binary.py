"""What all attack models of our own share: two classes, a score, a cut at zero."""

from skmia.utils._sign_of_score import SignOfScore


class BinaryAttackMixin(SignOfScore):
    """Attack model that decides by the sign of its score."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # An attack may look at one column, or be precise rather than accurate.
        tags.classifier_tags.poor_score = True
        return tags
