"""What holds for every public estimator: scikit-learn's checks, and ours.

No check is expected to fail.
"""

import numpy as np
import pandas as pd
import pytest
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from made_words import Company, words_and_shadows
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Ridge,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from sklearn_checks import parametrize_with_checks

from skmia import MembershipGame, ShadowModels
from skmia.attacks import (
    AttackEnsemble,
    AverageLossAttack,
    BayesOptimalAttack,
    BlindAttack,
    BoundedLossAttack,
    CalibratedAttack,
    ClasswiseAttack,
    ClusterAttack,
    DensityRatioAttack,
    GaussianErrorAttack,
    HypothesisTestAttack,
    IndirectTestAttack,
    LabelRatioAttack,
    LikelihoodRatioAttack,
    MidpointAttack,
    MorganAttack,
    PopulationAttack,
    PrivacyRiskAttack,
    QuantileRegressionAttack,
    ReferenceQuantileAttack,
    RelativeAttack,
    ResidualLikelihoodRatioAttack,
    ResidualRelativeAttack,
    ScoreLikelihoodRatioAttack,
    ScoreRelativeAttack,
    SelectiveAttack,
    ThresholdAttack,
    TrajectorySummary,
)
from skmia.attacks.evidence import (
    ActiveRounds,
    AdversarialDistance,
    AnswerTime,
    AskedScores,
    BalancedReferences,
    BoundaryDistance,
    Counterpart,
    CountingQueries,
    Coverage,
    Crafted,
    Discriminator,
    Displacement,
    Distilled,
    FirstOrder,
    Indirect,
    Internals,
    LatentDistance,
    LayerDisplacement,
    NoiseRobustness,
    OutOfBag,
    PartyAnswers,
    RecommendationShift,
    References,
    Rounds,
    Sampled,
    SharedScores,
    Signals,
    Surrogate,
    Update,
    WithCoordinates,
    WithFrequency,
    WithRecords,
    WithSelection,
)
from skmia.defenses import (
    AdaptiveGuard,
    AnonymizedClassifier,
    AugmentedClassifier,
    BoundedScaler,
    ClippedPrediction,
    CrossDistilledClassifier,
    CrossDistilledRegressor,
    DeclaredOneHotEncoder,
    DisjointStackingClassifier,
    DistilledClassifier,
    DistilledRegressor,
    EarlyStoppedClassifier,
    FeatureBaggedClassifier,
    FitControlledClassifier,
    LabelOnly,
    LabelSmoothedClassifier,
    LocalDPClassifier,
    MemGuard,
    MixupClassifier,
    MondrianAnonymizer,
    NoisyPosterior,
    NoisyPrediction,
    ObfuscatedClassifier,
    PartitionedGenerator,
    PateClassifier,
    PenalizedClassifier,
    PenalizedRegressor,
    PrivateForestClassifier,
    PrivateGaussianMixture,
    PrivateGaussianNB,
    PrivateHistogram,
    PrivateLinearRegression,
    PrivateLogisticRegression,
    PrivateLogits,
    PrivatePCA,
    PrivateStandardScaler,
    PrunedMLPClassifier,
    PurifiedPosterior,
    QueryLimit,
    RandomScorePosterior,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    RoundedPrediction,
    SelenaClassifier,
    SisaClassifier,
    SisaRegressor,
    SplitAIClassifier,
    SurrogateDataClassifier,
    TemperaturePosterior,
    TopKPosterior,
    TreeAnonymizer,
)
from skmia.federated import (
    FederatedDistillation,
    Federation,
    InsiderAttack,
    LooseFederation,
    SourceInferenceAttack,
)
from skmia.generators import (
    ActiveLearningGenerator,
    CombinedGenerator,
    DensityGenerator,
    NoisyRecords,
    OtherRecords,
    QueryGenerator,
    RegionGenerator,
    StatisticsGenerator,
)
from skmia.model_selection import PrivacyAwareSelector
from skmia.neural import (
    AdversarialRegularizationClassifier,
    HAMPClassifier,
    MLPNet,
    NetClassifier,
    NetRegressor,
    SeqMIA,
    TrajectoryMIA,
)
from skmia.signals import Signal, get_signal, get_signal_names
from skmia.signals._input_gradients import no_gradients
from skmia.targets import Autoencoder, BlackBox, Explained, Session, Synthesizer
from skmia.tasks import (
    SGC,
    Encoder,
    FairClassifier,
    GraphClassifier,
    HiddenActivations,
    MaskedSegmenter,
    NeighbourRecommender,
    NodeClassifier,
    NodeLinks,
    PopularityRandomization,
    Segmenter,
    TaughtStudent,
    TextAnswers,
    TranslationMemory,
    TripleScorer,
    UserLevel,
)
from skmia.testing import yield_checks
from skmia.testing._data import overlapping_classes, recommender_and_shadows
from skmia.utils import all_estimators
from skmia.utils._table_space import TableSpace

# With seeds everywhere: without, scikit-learn draws from numpy's global generator.
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
SHORT = {"n_shadows": 2, "random_state": 0}
ATTACKS = [
    ThresholdAttack(),
    ThresholdAttack(objective="accuracy"),
    ThresholdAttack(objective="tpr_at_fpr", fpr=0.1),
    ClasswiseAttack(ThresholdAttack(), by=0),
    ClasswiseAttack(LogisticRegression(), by=0),
    ClasswiseAttack(TREE, by=0, min_samples=1),
]
COLUMN_ATTACKS = [
    AverageLossAttack(),
    GaussianErrorAttack(),
    AverageLossAttack(average_loss=0.5),
    BoundedLossAttack(random_state=0),
    PopulationAttack(),
    PopulationAttack(-1, direction="higher", fpr=0.2),
    PrivacyRiskAttack(),
    PrivacyRiskAttack(log_bins=False),
    MorganAttack(0, ratio_column=1),
    MorganAttack(0, ratio_column=1, alpha_low=None, alpha_high=1),
    DensityRatioAttack(),
    QuantileRegressionAttack(label=None, random_state=0),
    QuantileRegressionAttack(
        label=-1, regressor=LinearRegression(), cv=2, fpr=0.1, random_state=0
    ),
    AttackEnsemble([("a", ThresholdAttack()), ("b", LogisticRegression(), [0])]),
    AttackEnsemble([("a", ThresholdAttack(-1)), ("b", TREE)], combine="stouffer", cv=2),
    AttackEnsemble(
        [("a", ThresholdAttack(), 0), ("b", TREE, [-1])], combine="max", cv=2
    ),
]
# On arrays, which hold a target and out models. Their home is a table with names, see
# tests/attacks.
REFERENCE_ATTACKS = [
    LikelihoodRatioAttack(),
    LikelihoodRatioAttack(mode="offline"),
    LikelihoodRatioAttack(variance="auto"),
    LikelihoodRatioAttack(variance="global", centre="median"),
    CalibratedAttack(),
    CalibratedAttack(aggregation="max"),
    MidpointAttack(),
    BayesOptimalAttack(),
    BayesOptimalAttack(mode="offline"),
    RelativeAttack(),
    ResidualLikelihoodRatioAttack(),
    ResidualLikelihoodRatioAttack(mode="offline", df=4.0),
    ResidualRelativeAttack(),
    ScoreLikelihoodRatioAttack(),
    ScoreLikelihoodRatioAttack(mode="offline", direction="lower"),
    ScoreRelativeAttack(),
    RelativeAttack(mode="offline", a=0.3, gamma=2.0),
    RelativeAttack(a=0, floor=1e-6, objective="tpr_at_fpr", fpr=0.1),
    LabelRatioAttack(),
    LabelRatioAttack(objective="tpr_at_fpr", fpr=0.1),
    ReferenceQuantileAttack(),
    ReferenceQuantileAttack(direction="lower", objective="tpr_at_fpr", fpr=0.1),
    HypothesisTestAttack(),
    HypothesisTestAttack(cdf="ecdf", objective="tpr_at_fpr", fpr=0.1),
    HypothesisTestAttack(cdf="normal", direction="lower"),
    IndirectTestAttack(),
    IndirectTestAttack(cdf="normal", direction="lower"),
    SelectiveAttack(ThresholdAttack(), by=0),
    SelectiveAttack(LogisticRegression(), by=0),
]
FOREST = RandomForestRegressor(10, random_state=0)
PERCEPTRON = MLPClassifier((8,), solver="lbfgs", tol=0.1, max_iter=5000, random_state=0)
DEFENSES = [
    ClippedPrediction(Ridge(), bounds=(-500, 500)),
    CrossDistilledRegressor(FOREST, cv=2, random_state=0),
    CrossDistilledRegressor(Ridge(), cv=3, scheme="fold", random_state=0),
    DistilledRegressor(Ridge(), random_state=0),
    NoisyPrediction(make_pipeline(StandardScaler(), Ridge()), random_state=0),
    NoisyPrediction(FOREST, scale=0.1, noise="laplace", unit=1, random_state=0),
    PenalizedRegressor(Ridge()),
    PrivateLinearRegression(
        epsilon=100, bounds=(-10, 10), y_bounds=(-300, 300), random_state=0
    ),
    PrivateLinearRegression(
        epsilon=100, delta=1e-5, bounds=(-10, 10), y_bounds=(-300, 300), random_state=0
    ),
    RoundedPrediction(FOREST, step=0.1),
    # Stacked.
    RoundedPrediction(ClippedPrediction(Ridge(), bounds=(-500, 500)), step=1, unit=1),
    SisaRegressor(Ridge(), n_shards=3, random_state=0),
    SisaRegressor(SGDRegressor(eta0=0.1), n_shards=2, n_slices=2, random_state=0),
    RoundedPosterior(GaussianNB()),
    RoundedPosterior(TREE, decimals=0),
    TopKPosterior(GaussianNB(), k=2),
    TopKPosterior(KNeighborsClassifier(), k=1, fill="renormalise"),
    LabelOnly(make_pipeline(StandardScaler(), LogisticRegression())),
    # Stacked.
    LabelOnly(
        RoundedPosterior(SelenaClassifier(TREE, n_models=3, n_out=1, random_state=0))
    ),
    NoisyPosterior(
        GaussianNB(),
        space="probabilities",
        noise="laplace",
        scale=0.1,
        preserve_label=False,
        random_state=0,
    ),
    BlackBox(GaussianNB()),
    BlackBox(KNeighborsClassifier(), access="top-k", k=2),
    BlackBox(TREE, access="label"),
]
# With their other options; around every kind of model in defenses/test_inner_models.py.
MORE_DEFENSES = [
    AdaptiveGuard(GaussianNB(), random_state=0),
    AdversarialRegularizationClassifier(
        (8,),
        max_epochs=10,
        batch_size=64,
        learning_rate=0.05,
        attack_steps=1,
        random_state=0,
    ),
    AnonymizedClassifier(GaussianNB(), anonymizer=MondrianAnonymizer(3)),
    AugmentedClassifier(GaussianNB(), augmenter="interpolate", random_state=0),
    CrossDistilledClassifier(TREE, cv=2, random_state=0),
    DisjointStackingClassifier(
        [("a", GaussianNB())], fractions=(0.8, 0.2), random_state=0
    ),
    DistilledClassifier(GaussianNB(), keep=1.0, temperature=2, random_state=0),
    EarlyStoppedClassifier(
        SGDClassifier(loss="log_loss"), max_epochs=8, random_state=0
    ),
    FeatureBaggedClassifier(GaussianNB(), n_estimators=3, random_state=0),
    FitControlledClassifier(GaussianNB(), cv=2, random_state=0),
    HAMPClassifier(
        NetClassifier(max_epochs=10, batch_size=64, learning_rate=0.05, random_state=0),
        random_state=0,
    ),
    LabelSmoothedClassifier(TREE, random_state=0),
    LocalDPClassifier(
        TREE,
        epsilon=100,
        bounds=(-200, 200),
        mechanism="laplace",
        label_epsilon=None,
        random_state=0,
    ),
    MemGuard(
        GaussianNB(),
        membership_classifier=PERCEPTRON,
        max_steps=10,
        random_state=0,
    ),
    MixupClassifier(GaussianNB(), n_pairs=2, random_state=0),
    ObfuscatedClassifier(TREE, noise="uniform", fraction=0.5, random_state=0),
    PateClassifier(
        GaussianNB(),
        bounds=(-4, 4),
        n_public=100,
        n_teachers=1,
        sigma=1.0,
        sigma_threshold=1.0,
        threshold=0.5,
        random_state=0,
    ),
    PenalizedClassifier(SGDClassifier(loss="log_loss", random_state=0), penalty="l1"),
    PrivateForestClassifier(bounds=(-10, 10), random_state=0),
    PrivateForestClassifier(
        2, epsilon=100, bounds=(-10, 10), max_depth=3, random_state=0
    ),
    PrivateGaussianNB(bounds=(-10, 10), random_state=0),
    PrivateLogisticRegression(data_norm=10, random_state=0),
    PrivateLogisticRegression(data_norm=10, method="output", random_state=0),
    PrivateLogisticRegression(
        data_norm=10, method="output", delta=1e-5, random_state=0
    ),
    PrivateLogits(GaussianNB(), epsilon=1e6, max_queries=10_000, random_state=0),
    PrunedMLPClassifier(
        MLPClassifier((8,), tol=0.1, n_iter_no_change=3, learning_rate_init=0.05),
        n_rounds=2,
        epochs_per_round=5,
        random_state=0,
    ),
    PurifiedPosterior(
        GaussianNB(), purifier=Ridge(), preserve_label=False, random_state=0
    ),
    QueryLimit(GaussianNB(), budget=100_000),
    RandomScorePosterior(GaussianNB(), random_state=0),
    ReverseSigmoidPosterior(GaussianNB(), beta=3.0),
    SelenaClassifier(
        GaussianNB(),
        student=GaussianNB(var_smoothing=1e-3),
        n_models=3,
        n_out=2,
        random_state=0,
    ),
    SisaClassifier(TREE, n_shards=3, random_state=0),
    SisaClassifier(GaussianNB(), n_shards=2, n_slices=3, random_state=0),
    SplitAIClassifier(TREE, n_models=3, n_out=1, random_state=0),
    SurrogateDataClassifier(TREE, filter_quantile=0.1, random_state=0),
    TemperaturePosterior(GaussianNB(), temperature=0.5),
]
GAMES = [
    MembershipGame(TREE, attack=ThresholdAttack(), **SHORT),
    MembershipGame(
        RoundedPosterior(GaussianNB(), decimals=1),
        [GaussianNB(), TREE],
        ClasswiseAttack(ThresholdAttack("loss")),
        signals=["loss", "true_label"],
        **SHORT,
    ),
    MembershipGame(
        LabelOnly(TREE),
        ShadowModels(TREE, cv=ShuffleSplit(2)),
        LogisticRegression(),
        random_state=0,
    ),
]
# Records and labels that all generators are checked on: densities take their time.
FEW = (np.random.RandomState(0).normal(size=(40, 2)), np.array(["a", "b"] * 20))
GENERATORS = [
    ActiveLearningGenerator(random_state=0),
    CombinedGenerator(random_state=0),
    DensityGenerator(random_state=0),
    DensityGenerator(model="kde", per_class=False, random_state=0),
    NoisyRecords(random_state=0),
    OtherRecords(*FEW, random_state=0),
    QueryGenerator(random_state=0),
    QueryGenerator(variant="truex", random_state=0),
    RegionGenerator(random_state=0),
    StatisticsGenerator(random_state=0),
    StatisticsGenerator(dependence="copula", random_state=0),
    StatisticsGenerator(dependence="tree", random_state=0),
]
PUBLIC_RECORDS = np.random.RandomState(0).normal(scale=8, size=(30, 4))


def forest_and_shadows():
    """A forest with records in question, and forests that stand for it."""
    X, y = make_blobs(60, n_features=4, cluster_std=6, random_state=0)
    forest = RandomForestClassifier(3, random_state=0)
    shadows = ShadowModels(forest, n_shadows=4, random_state=0).fit(X, y)
    return Session(clone(forest).fit(X[::2], y[::2]), X, y, white_box=True), shadows


# Which of three members drew which of the 60 records.
BAGS = np.random.RandomState(0).rand(3, 60) < 0.6
OF_LINEAR_MODELS = [
    AdversarialDistance(),
    Displacement(),
    FirstOrder(),
    Internals(),
    Internals(units="sorted"),
]
OUT_OF_BAG = [OutOfBag(bags=BAGS), OutOfBag(["confidence", "correctness"], bags=BAGS)]
# Their checks are run on models whose gradients are known, or that have a clock of
# their own (signals/test_answer_time.py).
OF_RECOMMENDERS = RecommendationShift(n_components=3)
WITH_OTHER_DATA = [*OF_LINEAR_MODELS, LayerDisplacement(), AnswerTime()]
# Of synthetic tables and decoders: tests/attacks/test_generative_nets.py.
WITH_OTHER_DATA += [CountingQueries(), Discriminator(), LatentDistance()]
# Checked on federations: tests/attacks/test_federated_attacks.py.
OF_FEDERATIONS = [ActiveRounds(), Coverage(), PartyAnswers(), Rounds()]
OF_FEDERATIONS += [AskedScores(), SharedScores()]
WITH_OTHER_DATA += [OF_RECOMMENDERS, WithFrequency(), *OF_FEDERATIONS]
# Records are images with their label maps: tests/tasks checks these.
SEGMENTERS = [
    Segmenter(GaussianNB()),
    MaskedSegmenter(Segmenter(GaussianNB()), mask="gaussian", random_state=0),
]
EVIDENCE = [
    Signals(),
    Signals(["staged_loss", "merlin_ratio"]),
    BoundaryDistance(),
    WithCoordinates(["margin", "true_label"]),
    WithRecords(["margin", "true_label"]),
    References(),
    References(["loss", "confidence"], online=True),
    References("augmented_logit"),
    BalancedReferences(["loss", "confidence"], online=True),
    Indirect(n_tried=12),
    NoiseRobustness(get_signal("noise_robustness", n_copies=9)),
    Sampled(get_signal("sampled_posterior", n_copies=9)),
    WithSelection(),
    WithSelection("confidence", radius=0.1, online=True),
    Distilled(PUBLIC_RECORDS, n_snapshots=1, random_state=0),
    Crafted(n_copies=2),
    Crafted(online=True, n_copies=2),
    Surrogate(PUBLIC_RECORDS, random_state=0),
    Update(former=DummyClassifier().fit(*FEW)),
    Counterpart(former=DummyClassifier().fit(*FEW)),
]


class NamedByClass:
    """Its name has no address, which would differ between the workers of pytest."""

    def __repr__(self):
        return f"{type(self).__name__}()"


class Parity(NamedByClass, DemographicParity):
    """The constraint of fairlearn."""


class OneOfTwo(NamedByClass):
    """A group for each record, of which all data have both."""

    def __call__(self, X):
        return (1000 * np.asarray(X, dtype=float)[:, 0]).astype(int) % 2


FAIR = ExponentiatedGradient(TREE, Parity(), max_iter=1)


PREPROCESSING = [
    BoundedScaler((-10, 10)),
    BoundedScaler((0, 3), feature_range=(-1, 1)),
    DeclaredOneHotEncoder([0, 1, 2, "a", None]),
    PrivatePCA(1, bounds=(-10, 10), random_state=0),
    PrivatePCA(bounds=(-10, 10), delta=1e-5, data_norm=5, random_state=0),
    PrivateStandardScaler(bounds=(-10, 10), random_state=0),
    PrivateStandardScaler(epsilon=100, bounds=(0, 3), clip=2, random_state=0),
]
DENSITIES = [
    PartitionedGenerator(KernelDensity(bandwidth=0.5), n_parts=2, random_state=0),
    PrivateGaussianMixture(bounds=(-10, 10), random_state=0),
    PrivateGaussianMixture(3, bounds=(-10, 10), max_iter=2, random_state=0),
    PrivateHistogram(2, bounds=(-10, 10), random_state=0),
]
OTHERS = [
    *GENERATORS,
    *PREPROCESSING,
    *DENSITIES,
    FairClassifier(FAIR, sensitive=OneOfTwo(), random_state=0),
    FairClassifier(FAIR, sensitive=OneOfTwo(), release="probabilities", random_state=0),
    HiddenActivations(PERCEPTRON),
    TaughtStudent(PERCEPTRON, GaussianNB()),
    LooseFederation([TREE, GaussianNB()], random_state=0),
    FederatedDistillation([TREE, GaussianNB()], n_rounds=2, random_state=0),
    InsiderAttack(LooseFederation([GaussianNB()] * 3), adversary=2, random_state=0),
    SourceInferenceAttack(LooseFederation([GaussianNB()] * 3), random_state=0),
    Federation(
        MLPClassifier((), solver="sgd", learning_rate_init=1.0),
        n_parties=2,
        n_rounds=5,
        random_state=0,
    ),
    Explained(LogisticRegression(max_iter=1000)),
    Explained(GaussianNB(), explainer="finite-differences"),
    Explained(KNeighborsClassifier(3), explainer="occlusion", records=1),
    ShadowModels(GaussianNB(), **SHORT),
    ShadowModels([TREE, GaussianNB()], signals=["loss", "posterior"], **SHORT),
    MLPNet((8,), max_epochs=5, batch_size=16, learning_rate=0.05, random_state=0),
    NetClassifier(max_epochs=10, batch_size=64, learning_rate=0.05, random_state=0),
    # Answers of float32 that are as large as quantities differ with the batch by more
    # than the checks take; a small network sums few of them.
    NetRegressor(
        module_params={"hidden_units": (8,)},
        max_epochs=60,
        batch_size=64,
        learning_rate=0.1,
        random_state=0,
    ),
    SeqMIA(8, max_epochs=15, batch_size=64, random_state=0),
    TrajectoryMIA((16,), max_epochs=15, batch_size=64, random_state=0),
    *(BlindAttack(variant=v, random_state=0) for v in ("single", "bi", "one-class")),
    ClusterAttack(),
    ClusterAttack(-1, direction="higher"),
    NeighbourRecommender(),
    SGC(),
    SGC(GaussianNB(), n_hops=0),
    PopularityRandomization(NeighbourRecommender(), random_state=0),
    Autoencoder(PCA(1), random_state=0),
    Synthesizer(KernelDensity(bandwidth=0.5), random_state=0),
    TrajectorySummary(),
    MondrianAnonymizer(),
    MondrianAnonymizer(2, recoding="median"),
    TreeAnonymizer(GaussianNB(), k=3, random_state=0),
    PrivacyAwareSelector(
        [("tree", TREE), ("nb", GaussianNB())],
        attack="gap",
        max_leakage=1,
        cv=2,
        n_shadows=2,
        random_state=0,
    ),
]
FREE_NAMES = [
    *ATTACKS,
    *COLUMN_ATTACKS,
    *DEFENSES,
    *MORE_DEFENSES,
    *GAMES,
    *OTHERS,
]
# Their records are no rows of numbers: scikit-learn has no checks of such.
OF_OTHER_RECORDS = [
    UserLevel(GaussianNB()),
    TextAnswers(TranslationMemory()),
    TranslationMemory(),
    NodeClassifier(SGC(), np.eye(2), np.zeros((2, 2))),
    NodeLinks(np.zeros((2, 2))),
    GraphClassifier(SGC(), [(np.eye(2), np.zeros((2, 2)))]),
    TripleScorer(KernelDensity(), [0, 1]),
    Encoder(Company()),
]
ALL = [*FREE_NAMES, *REFERENCE_ATTACKS]
# The same attacks where they are at home: on observations with names.
NAMED_ATTACKS = [
    *ATTACKS[:3],
    ThresholdAttack("loss", direction="lower"),
    *(clone(attack).set_params(by="true_label") for attack in ATTACKS[3:]),
]


# Private estimators warn that the list of classes is not declared: the checks choose
# the labels. fairlearn does what pandas is about to forbid.
pytestmark = pytest.mark.filterwarnings(
    "ignore::skmia.exceptions.PrivacyLeakWarning",
    "ignore::DeprecationWarning:fairlearn",
)


def shorten(value):
    if hasattr(value, "get_params") or isinstance(value, Signal):
        return "".join(repr(value).split())
    return value.func.__name__


def linear_and_shadows():
    """A model whose gradients are known: for signals that ask for these; for evidence.

    Records are frames, as for other signals, and arrays.
    """
    X, y = make_blobs(60, n_features=4, cluster_std=6, random_state=0)
    y = np.array(["b", "c", "a"])[y]
    model = LogisticRegression(max_iter=1000)
    frame = pd.DataFrame(X).add_prefix("feature_")
    alone = clone(model).fit(frame[::2], y[::2]), frame, y
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X, y)
    session = Session(model.fit(X[::2], y[::2]), X, y, white_box=True)
    return alone, (session, shadows)


EVERY = ("explanations", "white-box")


def network_and_shadows():
    """A small network, and shadow models."""
    X, y = make_blobs(60, n_features=4, cluster_std=6, random_state=0)
    model = MLPClassifier((3,), solver="lbfgs", alpha=10, max_iter=500, random_state=0)
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X, y)
    return Session(model.fit(X[::2], y[::2]), X, y, white_box=True), shadows


def own_checks():
    kinds = {
        "attack": NAMED_ATTACKS,
        "defense": [*DEFENSES, *MORE_DEFENSES],
        "evidence": EVIDENCE,
        "game": GAMES,
        "generator": GENERATORS,
        "signal": map(get_signal, get_signal_names(access=EVERY, of=None)),
    }
    for kind, estimators in kinds.items():
        for estimator in estimators:
            data = FEW if kind == "generator" else None
            if kind == "signal" and "popularity" in estimator.params:
                estimator = estimator.set_params(popularity=np.linspace(0.1, 0.9, 12))
            if kind == "signal" and "space" in estimator.params:
                space = TableSpace(overlapping_classes()[0])
                estimator = estimator.set_params(space=space)
            if kind == "signal" and "radius" in estimator.params:
                estimator = estimator.set_params(radius=0.5)
            if kind == "signal" and estimator.refuses is no_gradients:
                data = linear_and_shadows()[0]
            yield from yield_checks(estimator, kind, data=data)
    linear = linear_and_shadows()[1]
    for estimator in OF_LINEAR_MODELS:
        yield from yield_checks(estimator, "evidence", data=linear)
    yield from yield_checks(
        LayerDisplacement(random_state=0), "evidence", data=network_and_shadows()
    )
    for estimator in OUT_OF_BAG:
        yield from yield_checks(estimator, "evidence", data=forest_and_shadows())
    data = recommender_and_shadows()
    yield from yield_checks(OF_RECOMMENDERS, "evidence", data=data)
    data = words_and_shadows()
    yield from yield_checks(WithFrequency(n_bands=3), "evidence", data=data)


def test_every_public_estimator_is_covered():
    # Evidence takes pairs, which check_estimator cannot make.
    covered = {
        type(estimator)
        for estimator in [
            *(*ALL, *EVIDENCE, *OUT_OF_BAG, *WITH_OTHER_DATA),
            *(*SEGMENTERS, *OF_OTHER_RECORDS),
        ]
    }
    assert {cls for _, cls in all_estimators()} == covered


@parametrize_with_checks(ALL)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(("name", "cls"), all_estimators())
def test_every_parameter_has_a_constraint(name, cls):
    assert set(cls._parameter_constraints) == set(cls._get_param_names())


@pytest.mark.parametrize(
    "estimator",
    [*ALL, *EVIDENCE, *WITH_OTHER_DATA, *SEGMENTERS, *OF_OTHER_RECORDS],
    ids=shorten,
)
def test_parameters_are_validated(estimator):
    check_param_validation(type(estimator).__name__, estimator)


# Reference attacks know their columns by name: any order, any number of references.
@pytest.mark.parametrize("estimator", FREE_NAMES, ids=shorten)
def test_column_names_are_consistent(estimator):
    check_dataframe_column_names_consistency(type(estimator).__name__, estimator)


@pytest.mark.parametrize(("estimator", "check"), list(own_checks()), ids=shorten)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_own_checks(estimator, check):
    check(estimator)
