"""The numbers of Truex et al., "Demystifying Membership Inference Attacks in Machine
Learning as a Service" (arXiv:1807.09173), in percent unless a name says otherwise."""

KINDS = ("tree", "knn", "lr", "nb")

# Ours: the paper's data set that it is or stands in for.
STANDS_FOR = {
    "Adult": "Adult",
    "MNIST": "MNIST",
    "CIFAR-10": "CIFAR-10",
    **{f"retail-{k}": f"Purchases-{k}" for k in (10, 20, 50, 100)},
    **{f"lookalike-{k}": f"Purchases-{k}" for k in (10, 20, 50, 100)},
}

# Table 1: in-class standard deviation (features in [0, 1]), accuracy against trees.
DATA_SETS = {
    "Adult": (0.1433, 59.89),
    "MNIST": (0.1586, 61.75),
    "CIFAR-10": (0.2301, 90.44),
    "Purchases-10": (0.3820, 82.29),
    "Purchases-20": (0.3873, 88.98),
    "Purchases-50": (0.3873, 93.71),
    "Purchases-100": (0.3832, 95.74),
}

# Table 2, Purchases-20, tree as target: row the attack, columns the generators.
TREE_TARGET = {
    "tree": (88.98, 87.49, 72.08, 81.84),
    "knn": (88.23, 72.57, 84.75, 74.27),
    "lr": (89.02, 88.11, 88.99, 83.57),
    "nb": (88.96, 78.60, 89.05, 66.34),
}

# Table 3, CIFAR-10: attack, target, then the generators.
CIFAR10 = {
    ("tree", "tree"): (90.44, 85.64, 60.48, 65.78),
    ("tree", "knn"): (54.92, 69.32, 55.01, 51.38),
    ("tree", "lr"): (53.84, 61.06, 61.10, 50.02),
    ("tree", "nb"): (50.46, 50.58, 49.98, 50.20),
    ("knn", "tree"): (89.96, 81.55, 89.07, 61.10),
    ("knn", "knn"): (55.33, 68.32, 62.45, 50.89),
    ("knn", "lr"): (51.34, 59.58, 64.78, 50.09),
    ("knn", "nb"): (50.12, 50.61, 50.46, 50.11),
    ("lr", "tree"): (90.37, 90.11, 88.81, 66.98),
    ("lr", "knn"): (51.72, 69.90, 65.29, 55.64),
    ("lr", "lr"): (50.01, 64.34, 67.40, 54.49),
    ("lr", "nb"): (50.54, 50.63, 50.60, 50.29),
    ("nb", "tree"): (90.42, 89.86, 90.52, 63.71),
    ("nb", "knn"): (50.33, 68.31, 57.65, 53.08),
    ("nb", "lr"): (50.00, 64.22, 67.63, 53.54),
    ("nb", "nb"): (50.58, 50.44, 50.58, 50.01),
}

# Table 4, spread of accuracies (fractions) with one role fixed: target, generator,
# attack.
SPREAD = {
    "Adult": (0.0093, 0.0335, 0.0328),
    "MNIST": (0.0126, 0.0347, 0.0351),
    "CIFAR-10": (0.0643, 0.1233, 0.1366),
    "Purchases-10": (0.0396, 0.1069, 0.1074),
    "Purchases-20": (0.0545, 0.1336, 0.1352),
    "Purchases-50": (0.0705, 0.1468, 0.1482),
    "Purchases-100": (0.0849, 0.1468, 0.1452),
}

# Table 5, precision; that of the network is Shokri et al.'s.
PRECISION = {
    "Adult": {"lr": 50.13, "knn": 51.39, "tree": 55.49, "nb": 50.22, "mlp": 50.30},
    "MNIST": {"lr": 53.25, "knn": 50.44, "tree": 56.66, "nb": 50.48, "mlp": 51.70},
    "CIFAR-10": {"lr": 70.25, "knn": 65.99, "tree": 83.94, "nb": 50.03, "mlp": 78.00},
    "Purchases-10": {
        "lr": 64.56,
        "knn": 53.53,
        "tree": 73.85,
        "nb": 50.61,
        "mlp": 55.00,
    },
    "Purchases-20": {
        "lr": 75.85,
        "knn": 55.36,
        "tree": 81.94,
        "nb": 50.79,
        "mlp": 59.00,
    },
    "Purchases-50": {
        "lr": 81.61,
        "knn": 58.19,
        "tree": 88.88,
        "nb": 52.08,
        "mlp": 86.00,
    },
    "Purchases-100": {
        "lr": 83.78,
        "knn": 60.11,
        "tree": 92.19,
        "nb": 54.93,
        "mlp": 93.50,
    },
}

# Table 6, accuracy with all three roles of one kind. Its 90.37 for trees on CIFAR-10 is
# 90.44 in Tables 1, 3, 7 and 8.
ACCURACY = {
    "Adult": {"lr": 50.17, "knn": 51.22, "tree": 59.89, "nb": 50.18},
    "MNIST": {"lr": 54.38, "knn": 50.59, "tree": 61.75, "nb": 50.81},
    "CIFAR-10": {"lr": 67.40, "knn": 68.32, "tree": 90.37, "nb": 50.01},
    "Purchases-10": {"lr": 66.82, "knn": 53.78, "tree": 82.29, "nb": 51.00},
    "Purchases-20": {"lr": 80.50, "knn": 55.92, "tree": 88.98, "nb": 51.29},
    "Purchases-50": {"lr": 88.60, "knn": 59.57, "tree": 93.71, "nb": 53.49},
    "Purchases-100": {"lr": 90.23, "knn": 62.19, "tree": 95.74, "nb": 57.61},
}

# Table 7: best (target, generator, attack) and its accuracy. The last one is printed
# with k-NN as target, which contradicts Table 6: read as a tree.
BEST = {
    "Adult": (("tree", "tree", "nb"), 59.91),
    "MNIST": (("tree", "tree", "lr"), 61.80),
    "CIFAR-10": (("tree", "lr", "nb"), 90.52),
    "Purchases-10": (("tree", "knn", "tree"), 82.45),
    "Purchases-20": (("tree", "lr", "nb"), 89.05),
    "Purchases-50": (("tree", "lr", "lr"), 93.77),
    "Purchases-100": (("tree", "lr", "knn"), 95.86),
}

# Table 8, three parties of trees: precision, accuracy.
FEDERATION = {
    "Adult": {"outsider": (55.49, 59.89), "insider": (73.26, 69.33)},
    "MNIST": {"outsider": (56.66, 61.75), "insider": (68.47, 68.17)},
    "CIFAR-10": {"outsider": (83.94, 90.44), "insider": (82.02, 82.05)},
    "Purchases-10": {"outsider": (73.85, 82.29), "insider": (74.42, 74.30)},
}

# Table 9, a network on Texas-100, collected by the authors from other papers: accuracy
# of the model, accuracy of the attack. The second half has a baseline of its own.
MITIGATIONS = {
    "none": (55.0, 83.0),
    "top 3": (55.0, 83.0),
    "top 1": (55.0, 82.0),
    "label only": (55.0, 73.0),
    "L2 1e-4": (56.0, 80.0),
    "L2 5e-4": (57.0, 73.0),
    "L2 1e-3": (56.0, 66.0),
    "L2 5e-3": (35.0, 52.0),
    "adversarial regularization 0": (51.9, 63.0),
    "adversarial regularization 2": (47.5, 51.0),
}
