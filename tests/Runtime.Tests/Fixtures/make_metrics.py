"""Makes metrics.json and folds.json: what scikit-learn says about small seeded data with ties, missing classes and one-class edge cases.

Run where scikit-learn is installed (1.2.1 made the files in the repository); the tests themselves need only the files:

    python3 make_metrics.py

null stands for a score that is not defined. Floats are written with all their digits.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics
from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit
from sklearn.preprocessing import label_binarize
from sklearn.utils.class_weight import compute_class_weight

HERE = pathlib.Path(__file__).resolve().parent
RANDOM = np.random.default_rng(20)
warnings.simplefilter("ignore")


def classes_case(name, classes, labels, predictions):
    every = list(range(classes))

    def scores(average):
        return [np.asarray(s).tolist() for s in metrics.precision_recall_fscore_support(labels, predictions, labels=every, average=average)[:3]]

    return {
        "name": name, "classes": classes, "labels": list(map(int, labels)), "predictions": list(map(int, predictions)),
        "matrix": metrics.confusion_matrix(labels, predictions, labels=every).ravel().tolist(),
        "accuracy": metrics.accuracy_score(labels, predictions),
        "per_class": scores(None), "macro": scores("macro"), "micro": scores("micro"), "weighted": scores("weighted"),
    }


def classification():
    labels = RANDOM.integers(0, 5, 200)
    close = np.where(RANDOM.random(200) < 0.6, labels, RANDOM.integers(0, 5, 200))
    return [
        classes_case("five classes", 5, labels, close),
        classes_case("a class that is never true", 4, labels[:80] % 3, close[:80] % 4),
        classes_case("a class that is never predicted", 4, labels[:80] % 4, close[:80] % 3),
        classes_case("classes that never occur", 9, labels[:40], close[:40]),
        classes_case("one class alone", 3, np.ones(7, int), np.ones(7, int)),
        classes_case("all wrong", 3, np.zeros(5, int), np.full(5, 2)),
        classes_case("a single row", 2, [1], [0]),
    ]


def binary_case(name, scores, labels):
    scores, labels = np.asarray(scores, float), np.asarray(labels)
    return {
        "name": name, "scores": scores.tolist(), "labels": labels.tolist(),
        "roc_auc": metrics.roc_auc_score(labels, scores) if len(set(labels.tolist())) == 2 else None,
        "average_precision": abs(metrics.average_precision_score(labels, scores)),
    }


def binary():
    labels = (RANDOM.random(120) < 0.3).astype(int)
    scores = RANDOM.normal(size=120) + labels
    return [
        binary_case("distinct scores", scores, labels),
        binary_case("many ties", np.round(scores * 2) / 2, labels),
        binary_case("all tied", np.zeros(9), labels[:9] * 0 + [0, 1, 1, 0, 0, 0, 1, 0, 0]),
        binary_case("perfect", [-3, -1, 2, 5], [0, 0, 1, 1]),
        binary_case("reversed", [5, 2, -1, -3], [0, 0, 1, 1]),
        binary_case("only the negative class", scores[:10], np.zeros(10, int)),
        binary_case("only the positive class", scores[:10], np.ones(10, int)),
        binary_case("two rows tied", [0.5, 0.5], [0, 1]),
    ]


def multiclass_case(name, probabilities, labels):
    rows, classes = probabilities.shape
    every = list(range(classes))
    present = len(set(labels.tolist())) == classes
    return {
        "name": name, "classes": classes, "scores": probabilities.ravel().tolist(), "labels": labels.tolist(),
        "roc_auc": metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro", labels=every) if present else None,
        "average_precision": metrics.average_precision_score(label_binarize(labels, classes=every), probabilities, average="macro"),
        "top_k": [metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=every) for k in range(1, classes)],
        "log_loss": metrics.log_loss(labels, probabilities, labels=every),
    }


def multiclass():
    labels = RANDOM.integers(0, 4, 90)
    logits = RANDOM.normal(size=(90, 4)) + 1.5 * np.eye(4)[labels]
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    eighths = np.array([np.bincount(RANDOM.integers(0, 4, 8), minlength=4) / 8 for _ in range(90)])
    return [
        multiclass_case("softmax", softmax, labels),
        multiclass_case("ties and zeros", eighths, labels),
        multiclass_case("a missing class", softmax[labels != 2], labels[labels != 2]),
        multiclass_case("certain", np.eye(3)[labels[:20] % 3], (labels[:20] + (np.arange(20) % 5 == 0)) % 3),
    ]


def log_loss():
    ones = (RANDOM.random(50) < 0.5).astype(int)
    probabilities = RANDOM.random(50)
    probabilities[:4] = [0, 1, 0, 1]
    return [{"probabilities": probabilities.tolist(), "labels": ones.tolist(), "log_loss": metrics.log_loss(ones, probabilities)}]


def regression_case(name, predictions, targets):
    predictions, targets = np.asarray(predictions, float), np.asarray(targets, float)
    return {
        "name": name, "outputs": 1 if targets.ndim == 1 else targets.shape[1],
        "predictions": predictions.ravel().tolist(), "targets": targets.ravel().tolist(),
        "mean_absolute_error": metrics.mean_absolute_error(targets, predictions),
        "root_mean_squared_error": metrics.mean_squared_error(targets, predictions, squared=False),
        "r2": metrics.r2_score(targets, predictions) if len(targets) > 1 else None,
    }


def regression():
    targets = RANDOM.normal(size=60)
    noise = RANDOM.normal(size=60)
    columns = np.stack([targets, targets * 3 + 7, np.full(60, 2.5)], 1)
    return [
        regression_case("one output", targets + 0.3 * noise, targets),
        regression_case("worse than the mean", noise, targets),
        regression_case("far from zero", 1e6 + targets + 0.3 * noise, 1e6 + targets),
        regression_case("constant and exact", np.full(5, 2.5), np.full(5, 2.5)),
        regression_case("constant and not exact", np.arange(5), np.full(5, 2.5)),
        regression_case("three outputs, one constant", columns + 0.2 * RANDOM.normal(size=(60, 3)), columns),
        regression_case("a single row", [1.5], [1]),
    ]


def folds():
    labels = RANDOM.choice(4, 103, p=[0.55, 0.3, 0.1, 0.05])
    few = np.array([2, 0, 0, 1, 0, 0, 1, 0, 2, 0, 1])
    return {
        "stratified": [
            {"labels": y.tolist(), "k": k, "test_counts": [np.bincount(y[test], minlength=4).tolist() for _, test in StratifiedKFold(k).split(y, y)]}
            for y, k in [(labels, 5), (labels, 2), (labels, 7), (few, 3), (few, 6)]
        ],
        "time_series": [
            {"rows": rows, "k": k, "folds": [[len(train), int(test[0]), len(test)] for train, test in TimeSeriesSplit(k).split(np.zeros(rows))]}
            for rows, k in [(12, 3), (13, 3), (100, 7), (6, 5), (5, 2)]
        ],
        "class_weights": [
            {"labels": y.tolist(), "weights": compute_class_weight("balanced", classes=np.unique(y), y=y).tolist()} for y in [labels, few]
        ],
    }


def write(name, content):
    (HERE / name).write_text(json.dumps(content, separators=(",", ":")).replace('{"name"', '\n{"name"').replace('{"labels"', '\n{"labels"') + "\n")


write("metrics.json", {
    "made_with": "scikit-learn " + __import__("sklearn").__version__,
    "classification": classification(), "binary": binary(), "multiclass": multiclass(), "log_loss": log_loss(), "regression": regression(),
})
write("folds.json", {"made_with": "scikit-learn " + __import__("sklearn").__version__, **folds()})
