"""
People instead of rows
======================

"Was anything that I wrote used to train this?" is a question about a person, not a
row. A record may be a whole user: then everything that asks about records asks about
people.
"""

# %%
# Texts of forty authors
# ----------------------
# Each has words that they like. Half of them train a language model: a classifier of
# the next word, here one that counts pairs of words. One word tells next to nothing of
# who was in; a hundred words of one author do.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skmia.datasets import make_user_texts
from skmia.tasks import UserLevel, audit_users, bundle, next_tokens

N_WORDS = 100
texts, authors = make_user_texts(40, n_texts=1, n_words=N_WORDS, random_state=0)
contexts, words, who = next_tokens(texts, authors)
known = who < 20
bigrams = make_pipeline(OneHotEncoder(handle_unknown="ignore"), MultinomialNB())
bigrams.fit(contexts[known], words[known])

of_users = UserLevel.of(bigrams)
n_asked, aucs = (1, 3, 10, 30, 100), []
for n in n_asked:
    some = np.arange(len(words)) % N_WORDS < n
    score = of_users.score_samples(bundle(contexts[some], words[some], who[some]))
    aucs.append(roc_auc_score(np.arange(40) < 20, score))

fig, ax = plt.subplots(layout="constrained")
ax.semilogx(n_asked, aucs, marker="o")
ax.set(xlabel="words of an author that are asked about", ylabel="AUC, of authors")

# %%
# The audit
# ---------
# One call, on rows and whose they are. What comes back counts authors: its intervals,
# its attacks and its list of who is recognised. The attack of Song and Shmatikov looks
# at how often the right word was the model's first guess, its second, and so on.

report = audit_users(
    bigrams,
    *(contexts[known], words[known], who[known]),
    *(contexts[~known], words[~known], who[~known]),
    attacks=["score-threshold", "user-ranks", "user-summaries"],
    n_shadows=4,
    random_state=0,
)
print(report)
print(report.records.head())
print(report.summary[["auc", "status"]])
