"""scikit-learn's MLPClassifier on the folds that the sample wrote: python3 peer.py FOLDS [SEED]. Needs Python with scikit-learn."""

import sys

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folds = np.loadtxt(sys.argv[1], dtype=int)
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
features, labels = load_breast_cancer(return_X_y=True)
accuracies = []
for fold in range(folds.max() + 1):
    network = MLPClassifier((32, 16), batch_size=16, learning_rate_init=1e-3, alpha=1e-3, max_iter=60, n_iter_no_change=60, random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    model.fit(features[folds != fold], labels[folds != fold])
    accuracies.append(model.score(features[folds == fold], labels[folds == fold]))
print(" ".join(f"{accuracy:.4f}" for accuracy in accuracies))
print(f"accuracy {np.mean(accuracies):.2%} ± {np.std(accuracies):.2%} over the folds")
