"""Public data sets of the membership inference literature, and look-alikes."""

from skmia.datasets._adult import fetch_adult
from skmia.datasets._images import fetch_cifar10, fetch_mnist
from skmia.datasets._location30 import fetch_location30
from skmia.datasets._purchase_texas import fetch_purchase100, fetch_texas100
from skmia.datasets._purchases import make_purchases
from skmia.datasets._user_texts import make_user_texts

__all__ = [
    "fetch_adult",
    "fetch_cifar10",
    "fetch_location30",
    "fetch_mnist",
    "fetch_purchase100",
    "fetch_texas100",
    "make_purchases",
    "make_user_texts",
]
