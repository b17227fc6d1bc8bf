"""Public data sets of the membership inference literature, and look-alikes."""

from skmia.datasets._adult import fetch_adult
from skmia.datasets._breast_cancer import fetch_breast_cancer
from skmia.datasets._colour_images import fetch_cifar100, fetch_svhn
from skmia.datasets._diabetes import fetch_diabetes
from skmia.datasets._german_credit import fetch_german_credit
from skmia.datasets._hepatitis import fetch_hepatitis
from skmia.datasets._images import fetch_cifar10, fetch_fashion_mnist, fetch_mnist
from skmia.datasets._lfw import fetch_lfw
from skmia.datasets._location30 import fetch_location30
from skmia.datasets._purchase_texas import fetch_purchase100, fetch_texas100
from skmia.datasets._purchases import make_purchases
from skmia.datasets._sparse_texts import fetch_20newsgroups, fetch_rcv1
from skmia.datasets._user_texts import make_user_texts

__all__ = [
    "fetch_20newsgroups",
    "fetch_adult",
    "fetch_breast_cancer",
    "fetch_cifar10",
    "fetch_cifar100",
    "fetch_diabetes",
    "fetch_fashion_mnist",
    "fetch_german_credit",
    "fetch_hepatitis",
    "fetch_lfw",
    "fetch_location30",
    "fetch_mnist",
    "fetch_purchase100",
    "fetch_rcv1",
    "fetch_svhn",
    "fetch_texas100",
    "make_purchases",
    "make_user_texts",
]
