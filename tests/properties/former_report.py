"""A report as version 0.1 wrote it."""

# Of version 0.1, and no more: a file as it may lie around.
FORMER = {
    "schema": "skmia-audit/1",
    "model": "GaussianNB",
    "n_train": 100,
    "n_holdout": 90,
    "train_accuracy": 0.9,
    "holdout_accuracy": None,
    "confidence_level": 0.95,
    "seed": 3,
    "verdict": "leak",
    "reasons": ["Shown a record, it tells."],
    "checks": [
        {"name": "labels", "outcome": "passed", "text": "Fine.", "p_value": 0.5}
    ],
    "headline": {
        "attack": "gap",
        "n_attacks": 1,
        "confidence_level": 0.95,
        "auc": 0.7,
        "auc_low": 0.6,
        "auc_high": 0.8,
    },
    "epsilon": None,
    "attacks": [
        {
            "attack": "gap",
            "access": "label",
            "knowledge": "-",
            "paper": "S. Yeom et al., IEEE CSF 2018",
            "auc": 0.7,
            "auc_low": 0.6,
            "auc_high": 0.8,
            "balanced_accuracy": 0.7,
            "balanced_accuracy_low": 0.6,
            "balanced_accuracy_high": 0.8,
            "tpr_at_fpr_0.1": 0.2,
            "tpr_at_fpr_0.1_low": 0.1,
            "tpr_at_fpr_0.1_high": 0.3,
            "n_fits": 0,
            "seconds": 0.1,
            "status": "ok",
        }
    ],
    "notes": ["A note."],
    "versions": {"python": "3.11.7", "skmia": "0.1.0"},
}
