"""Signals of models whose records are users, and of those that answer with texts."""

# Bins of a histogram of ranks, as Song and Shmatikov (2019) have them.
BINS = 100
# How the losses of a user's records are distributed, and how many records there are.
SUMMARIES = ("min", "q25", "median", "q75", "max", "mean", "std", "n_records")
# How near an output is to the text that was expected, 1 where they are equal.
SIMILARITIES = (
    *(f"precision_{n}" for n in (1, 2, 3, 4)),
    "bleu",
    "word_accuracy",
    "character_accuracy",
)


def rank_histogram(y, counts, bins=BINS):
    """How many records of a user have their true label at which rank."""
    if counts.shape[1] != bins:
        n = counts.shape[1]
        # Without quotes: reports leave out what is in them.
        raise ValueError(
            f"The signal rank_histogram has {bins} bins, and the histograms of this "
            f"model have {n}. The attack user-ranks needs UserLevel(bins={bins}); for "
            f"others give get_signal(..., bins={n}) as the signal, and in an audit "
            "AttackRecipe(name, make_attack(Signals(signal), classifier)) as attacks."
        )
    return counts


def record_summaries(y, summaries):
    """How the losses of the records of a user are distributed."""
    return summaries


def text_similarity(y, similarities):
    """How near the output of a model is to the text of the record."""
    return similarities


def columns_of_bins(signal):
    """Columns of a histogram."""
    return [f"{signal.name}_{i}" for i in range(signal.params["bins"])]
