"""What `bench.speed` measures: workloads, and the four engines that do the same work."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

TEST_ROWS = 2000
RATE = 0.001


@dataclass(frozen=True)
class Workload:
    """Fits of one network: rows, columns, hidden layers, batch size, repeats (members), epochs, classes."""

    name: str
    rows: int
    columns: int
    hidden: tuple[int, ...]
    batch: int
    repeats: int
    epochs: int
    classes: int = 2

    @property
    def units(self) -> tuple[int, ...]:
        return (self.columns, *self.hidden, 1 if self.classes == 2 else self.classes)

    def flops(self) -> float:
        """Multiplications and additions of the matrix products of one fit: forward, dW, and dA but of the first layer."""
        pairs = list(zip(self.units[:-1], self.units[1:], strict=True))
        per_row = sum(6 * a * b for a, b in pairs) - 2 * pairs[0][0] * pairs[0][1]
        return float(per_row * self.rows * self.epochs)


WORKLOADS = {
    w.name: w
    for w in (
        Workload("small table", 500, 10, (16,), 32, 20, 40),
        Workload("course example", 1000, 20, (64,), 32, 20, 20),
        Workload("scikit-learn's default", 2000, 20, (100,), 200, 20, 40, 3),
        Workload("default of a diagnosis", 6000, 20, (64, 64), 64, 10, 10),
        Workload("letters", 10_000, 16, (100,), 200, 10, 10, 26),
        Workload("deep and thin", 5000, 30, (32, 32, 32, 32), 128, 10, 15),
        Workload("many columns", 2000, 200, (64,), 64, 10, 10),
        Workload("pictures", 5000, 784, (128,), 200, 5, 6, 10),
        Workload("wide layers", 5000, 50, (256, 256), 512, 5, 6, 5),
        Workload("widest", 4000, 800, (256, 256), 512, 5, 4, 5),
        Workload("long table", 100_000, 5, (16,), 512, 5, 2),
    )
}
QUICK = ("small table", "scikit-learn's default", "default of a diagnosis", "pictures", "long table")


def data(work: Workload, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training and test rows of one repeat: labels by a random network of 8 units, 5% of them wrong."""
    teacher, rng = np.random.default_rng(7), np.random.default_rng(repeat)
    n = work.rows + TEST_ROWS
    X = rng.standard_normal((n, work.columns), dtype=np.float32)
    hidden = np.tanh(X @ teacher.standard_normal((work.columns, 8)) / np.sqrt(work.columns) * 2)
    scores = hidden @ teacher.standard_normal((8, work.classes))
    y = (scores - scores.mean(axis=0)).argmax(axis=1)
    wrong = rng.random(n) < 0.05
    y[wrong] = rng.integers(0, work.classes, wrong.sum())
    return X, y


def shared(work: Workload, seed: int) -> dict:
    return {
        "hidden_layer_sizes": work.hidden,
        "batch_size": work.batch,
        "max_iter": work.epochs,
        "learning_rate_init": RATE,
        "random_state": seed,
        "tol": 0.0,
        "n_iter_no_change": 10**6,
    }


def parts(work: Workload, count: int) -> tuple[list, list, list]:
    rows = [data(work, r) for r in range(count)]
    train = [(X[: work.rows], y[: work.rows]) for X, y in rows]
    return [X for X, _ in train], [y for _, y in train], [(X[work.rows :], y[work.rows :]) for X, y in rows]


def clock(fit: Callable[[], object], fits: int) -> float:
    """Return processor seconds per fit; one thread, so on a quiet machine these are seconds."""
    started = time.process_time()
    fit()
    return (time.process_time() - started) / fits


def ours_stacked(work: Workload, count: int) -> tuple[float, float]:
    from dldiag.nn import MLPClassifier, fit_stack

    Xs, ys, tests = parts(work, count)
    models = [MLPClassifier(**shared(work, seed), dtype="float32") for seed in range(count)]
    seconds = clock(lambda: fit_stack(models, Xs, ys), count)
    return seconds, float(np.mean([m.score(X, y) for m, (X, y) in zip(models, tests, strict=True)]))


def ours_alone(work: Workload, count: int) -> tuple[float, float]:
    from dldiag.nn import MLPClassifier

    Xs, ys, tests = parts(work, count)
    models = [MLPClassifier(**shared(work, seed), dtype="float32") for seed in range(count)]
    seconds = clock(lambda: [m.fit(X, y) for m, X, y in zip(models, Xs, ys, strict=True)], count)
    return seconds, float(np.mean([m.score(X, y) for m, (X, y) in zip(models, tests, strict=True)]))


def sklearn(work: Workload, count: int, dtype: str = "float32") -> tuple[float, float]:
    from sklearn.neural_network import MLPClassifier

    Xs, ys, tests = parts(work, count)
    Xs = [X.astype(dtype) for X in Xs]
    models = [MLPClassifier(**shared(work, seed)) for seed in range(count)]
    seconds = clock(lambda: [m.fit(X, y) for m, X, y in zip(models, Xs, ys, strict=True)], count)
    return seconds, float(np.mean([m.score(X, y) for m, (X, y) in zip(models, tests, strict=True)]))


def sklearn_64(work: Workload, count: int) -> tuple[float, float]:
    return sklearn(work, count, "float64")


def torch_eager(work: Workload, count: int) -> tuple[float, float]:
    import torch

    torch.set_num_threads(1)
    Xs, ys, tests = parts(work, count)
    nets = [None] * count

    def fit() -> None:
        for i in range(count):
            nets[i] = _torch_fit(torch, work, torch.from_numpy(Xs[i]), torch.from_numpy(ys[i]), i)

    seconds = clock(fit, count)
    with torch.no_grad():
        right = [(_decide(net(torch.from_numpy(X))) == y).mean() for net, (X, y) in zip(nets, tests, strict=True)]
    return seconds, float(np.mean(right))


def _decide(z) -> np.ndarray:
    return (z[:, 0] > 0).numpy() if z.shape[1] == 1 else z.argmax(1).numpy()


def _torch_fit(torch, work: Workload, X, y, seed: int):
    torch.manual_seed(seed)
    layers = []
    for a, b in zip(work.units[:-1], work.units[1:], strict=True):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE, weight_decay=1e-4 / work.batch)
    two = work.classes == 2
    loss_of = torch.nn.BCEWithLogitsLoss() if two else torch.nn.CrossEntropyLoss()
    y = y.float()[:, None] if two else y
    for _ in range(work.epochs):
        order = torch.randperm(len(X))
        for start in range(0, len(X), work.batch):
            rows = order[start : start + work.batch]
            optimizer.zero_grad()
            loss_of(net(X[rows]), y[rows]).backward()
            optimizer.step()
    return net


ENGINES = {
    "stacked": ours_stacked,
    "alone": ours_alone,
    "scikit-learn": sklearn,
    "scikit-learn 64 bits": sklearn_64,
    "PyTorch": torch_eager,
}
PEER_FITS = 2  # fits of which the mean is taken, of every engine but the stack


def measure(work: Workload, engine: str) -> dict:
    """Return seconds per fit, accuracy and peak memory of one engine; run it in a forked process of its own."""
    import resource

    count = work.repeats if engine == "stacked" else PEER_FITS
    warnings.simplefilter("ignore")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, accuracy = ENGINES[engine](work, count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "accuracy": accuracy, "megabytes": (peak - before) / 1024, "fits": count}


def warm_up_all() -> None:
    """Pay for the imports once, before any process is forked and any clock starts."""
    warnings.simplefilter("ignore")
    for engine in ENGINES.values():
        with suppress(ImportError):
            engine(Workload("warm up", 100, 4, (4,), 50, 2, 1), 2)


def products_seconds(work: Workload) -> float:
    """Return the seconds that NumPy's sgemm alone needs for the matrix products of one fit, on one thread."""
    rng = np.random.default_rng(0)
    total = 0.0
    for layer, (a, b) in enumerate(zip(work.units[:-1], work.units[1:], strict=True)):
        W, A, D = (rng.standard_normal(s, dtype=np.float32) for s in ((b, a), (a, work.batch), (b, work.batch)))
        At, Wt = np.ascontiguousarray(A.T), np.ascontiguousarray(W.T)
        total += _best(lambda W=W, A=A: W @ A) + _best(lambda D=D, At=At: D @ At)
        total += _best(lambda Wt=Wt, D=D: Wt @ D) if layer else 0.0
    return total * work.rows / work.batch * work.epochs


def peak_gflops() -> float:
    """Return the best sgemm speed of this machine on one thread (1024 × 1024)."""
    A = np.random.default_rng(0).standard_normal((1024, 1024), dtype=np.float32)
    return 2 * 1024**3 / _best(lambda: A @ A) / 1e9


def _best(run: Callable[[], object], seconds: float = 0.15) -> float:
    run()
    best, spent = np.inf, 0.0
    while spent < seconds:
        started = time.process_time()
        for _ in range(10):
            run()
        took = time.process_time() - started
        best, spent = min(best, took / 10), spent + took
    return float(best)
