from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.defenses import (
    LabelOnly,
    RoundedPosterior,
    TopKPosterior,
    defended_by,
)


def test_layers_from_the_outside_in():
    inner = GaussianNB()
    release = defended_by(TopKPosterior(RoundedPosterior(inner)))
    assert release.answers == ("predict", "predict_proba")
    assert list(release.layers["defense"]) == ["TopKPosterior", "RoundedPosterior"]
    assert release.model is inner


def test_labels_only_hides_what_is_inside():
    assert defended_by(LabelOnly(RoundedPosterior(GaussianNB()))).answers == (
        "predict",
    )


def test_through_pipelines():
    defended = make_pipeline(StandardScaler(), LabelOnly(GaussianNB()))
    assert defended_by(defended).layers["defense"].tolist() == ["LabelOnly"]
    around = LabelOnly(make_pipeline(StandardScaler(), RoundedPosterior(GaussianNB())))
    assert len(defended_by(around).layers) == 2


def test_bare_model():
    release = defended_by(GaussianNB())
    assert release.layers.empty
    assert str(release) == "Released: predict, predict_proba\nInside: GaussianNB()"


def test_in_words():
    words = str(defended_by(LabelOnly(GaussianNB())))
    assert words.splitlines()[1] == (
        "  LabelOnly (output mask), broken by: the gap attack; labels of many "
        "perturbed copies of a record"
    )
