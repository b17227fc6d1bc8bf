"""Kinds of model whose score is a distance; without imports, for the command line."""

# What a model of that kind has learned, and a record is so far from, in words.
DISTANT = {
    "clusterer": "the nearest centre",
    "synthesizer": "the nearest synthetic row",
    "autoencoder": "its reconstruction, squared",
}
