"""What the attack "shadow" loses by learning from some of its pairs only.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_attack_rows.py

AUC on a target, its attack model fitted on so many of the pairs of 16 shadow models: as
many of each model, members and others alike. Means over ``--n-seeds`` draws, target and
shadow models the same. The data sets of "chosen" were looked at to choose the number,
those of "other" were not.
"""

import argparse
import time

import numpy as np
from bench_large import species
from data_sets import location30
from documents import markdown
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, get_attack_names  # noqa: F401
