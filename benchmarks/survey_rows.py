"""Table 3 of Hu et al., "Membership Inference Attacks on Machine Learning: A Survey"
(ACM Computing Surveys 2022, arXiv:2103.07853): its rows, and what answers them here.

Reported values are those of the papers that the rows stand for, in percent; most of
them are of data that cannot be had.
"""

from typing import NamedTuple

SHADOW = ("shadow", "balanced_accuracy")
LOSS = ("loss-threshold", "advantage")
ENTROPY = ("entropy-threshold", "precision")
# Ours: the paper's data set that it is or stands in for.
STANDS_FOR = {
    "Location-30": "Foursquare",
    "retail-100": "a stand-in for Purchase-100",
    "MNIST": "MNIST",
    "CIFAR-10": "CIFAR-10",
}


class Row(NamedTuple):
    """A row of the survey, or a part of it.

    Attributes
    ----------
    paper, approach : str
        As the survey has them, with the year.
    reported : str
        What the paper says.
    attack : tuple of str
        Name of the attack that the paper meets, and the metric that it is judged by.
    data, defenses : tuple of str
        What is measured here, by the names of the catalogue of defenses.
    remark : str
        Why nothing is measured, or what is not as in the paper.
    """

    paper: str
    approach: str
    reported: str = "-"
    attack: tuple = ()
    data: tuple = ()
    defenses: tuple = ()
    remark: str = ""


NOT_YET = "not yet: generators and segmentation are no part of these benchmarks"
ROWS = (
    Row(
        "Shokri et al. 2017",
        "top-k",
        "Texas-100: 83 to 83 (top 3), 82 (top 1)",
        SHADOW,
        ("Location-30",),
        ("top 1",),
    ),
    Row(
        "Shokri et al. 2017",
        "L2",
        "Texas-100: 83 to 66 (1e-3), 52 (5e-3)",
        SHADOW,
        ("Location-30",),
        ("L2 1e-2",),
        "strengths of another scale",
    ),
    Row(
        "Nasr et al. 2018",
        "adversarial regularization",
        "Purchase-100: 67.6 to 51.6; Texas-100: 63 to 51",
        SHADOW,
        ("retail-100",),
        ("AdversarialRegularization(2)",),
    ),
    Row(
        "Zhang, He, Lee 2018",
        "obfuscation",
        "-",
        SHADOW,
        ("CIFAR-10",),
        ("obfuscation 0.1",),
        "noise on features only",
    ),
    Row(
        "Chen et al. 2018",
        "DP",
        "-",
        ("shadow", "precision"),
        ("MNIST",),
        ("DP-SGD, epsilon 8",),
    ),
    Row(
        "Melis et al. 2019",
        "dimensionality reduction",
        remark="not yet: a federation, attacked by its gradients",
    ),
    Row(
        "Salem et al. 2019",
        "dropout, stacking",
        "CIFAR-100: precision falls by more than 30",
        ENTROPY,
        ("Location-30",),
        ("dropout 0.5", "disjoint stacking"),
    ),
    Row(
        "Jayaraman, Evans 2019",
        "DP",
        "CIFAR-100: model loses 53 at epsilon 10",
        LOSS,
        ("retail-100",),
        ("DP-SGD, epsilon 8",),
    ),
    Row(
        "Jia et al. 2019",
        "MemGuard",
        "Foursquare: 73 to 50 (budget 1)",
        SHADOW,
        ("Location-30",),
        ("MemGuard, budget 1",),
        "the paper's attacker does not know of the guard, ours does",
    ),
    Row("Hayes et al. 2019", "DP, dropout, weight normalization", remark=NOT_YET),
    Row("Wu et al. 2019", "DP", remark=NOT_YET),
    Row(
        "Yang et al. 2020",
        "purification",
        "attack falls by up to 15",
        SHADOW,
        ("CIFAR-10",),
        ("purification",),
    ),
    Row("Wu et al. 2020", "SGLD", remark="IDC and German credit are not at hand"),
    Row("Chen et al. 2020 (GAN-Leaks)", "DP", remark=NOT_YET),
    Row("He et al. 2020", "DP, dropout, labels, perturbed vectors", remark=NOT_YET),
    Row(
        "Tople et al. 2020",
        "causal learning",
        remark="Child, Alarm, Sachs and Water are not at hand, coloured MNIST not yet",
    ),
    Row("Hanzlik et al. 2021", "prediction noise", remark="CIFAR-100 is not at hand"),
    Row(
        "Kaya, Dumitraș 2021",
        "augmentation, label smoothing",
        "-",
        LOSS,
        ("CIFAR-10",),
        ("augmentation", "CrossEntropy(0.1)"),
        "noise in place of crops and flips",
    ),
    Row(
        "Wang et al. 2021",
        "compression",
        "attack falls by up to 13.6",
        SHADOW,
        ("CIFAR-10",),
        ("Pruning(0.7)",),
        "without ADMM",
    ),
    Row(
        "Shejwalkar, Houmansadr 2021",
        "DMP",
        "-",
        SHADOW,
        ("retail-100",),
        ("DMP",),
    ),
    Row("Mukherjee et al. 2021", "privGAN", remark=NOT_YET),
    Row("Chen et al. 2021 (PAR-GAN)", "PAR-GAN", remark=NOT_YET),
    Row(
        "Tang et al. 2021",
        "SELENA",
        "Purchase-100: 67.3 to 53.3, model 83.2 to 79.3",
        SHADOW,
        ("retail-100",),
        ("SELENA",),
    ),
)
