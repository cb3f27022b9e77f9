"""The settings of the network that a person may change: forms, flags and checks come from this table."""

from __future__ import annotations

from dldiag.core.params import Param
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.optimizers import OPTIMIZERS
from dldiag.nn.schedules import SCHEDULES

_ACTIVATIONS = {name: row.label for name, row in ACTIVATIONS.items()}
_SOLVERS = {name: row.label for name, row in OPTIMIZERS.items()} | {"lbfgs": "L-BFGS (full batches)"}
_DTYPES = {
    "auto": "Automatic",
    "float32": "32 bits",
    "float64": "64 bits",
}

MLP_PARAMS: dict[str, Param] = {
    "hidden_layer_sizes": Param(
        (100,),
        tuple,
        "Hidden layers",
        "Units of each hidden layer: 64, 64.",
        low=1,
        high=4096,
        group="size",
    ),
    "activation": Param(
        "relu", str, "Activation", "The function that each hidden unit applies.", choices=_ACTIVATIONS, group="size"
    ),
    "activation_slope": Param(
        None,
        float,
        "Slope for negative inputs",
        "For leaky ReLU and ELU; empty means 0.01 and 1.",
        low=0.0,
        high=10.0,
        optional=True,
        group="size",
    ),
    "batch_norm": Param(
        False,
        bool,
        "Batch normalization",
        "Bring every hidden unit's Z to mean 0 and spread 1 within each batch.",
        group="size",
    ),
    "init": Param(
        "auto",
        str,
        "Initialization",
        "How the weights are drawn before training; automatic is scikit-learn's.",
        choices={name: row.label for name, row in INITIALIZERS.items()},
        group="start",
    ),
    "init_scale": Param(
        1.0,
        float,
        "Initialization scale",
        "Multiplies the drawn weights; 0.1 makes small random weights 0.001.",
        low=0.0,
        high=1e6,
        group="start",
        log=True,
    ),
    "solver": Param(
        "adam", str, "Optimizer", "How the weights follow the gradient.", choices=_SOLVERS, group="optimizer"
    ),
    "learning_rate_init": Param(
        0.001,
        float,
        "Learning rate",
        "Size of a step at the start.",
        low=1e-12,
        high=1e6,
        group="optimizer",
        log=True,
    ),
    "learning_rate": Param(
        "constant",
        str,
        "Schedule",
        "How the learning rate changes; inverse scaling and adaptive have no effect on Adam, as in scikit-learn.",
        choices={name: row.label for name, row in SCHEDULES.items()},
        group="optimizer",
    ),
    "power_t": Param(
        0.5,
        float,
        "Power",
        "The exponent of inverse scaling.",
        low=0.0,
        high=10.0,
        group="optimizer",
    ),
    "batch_size": Param(
        None,
        int,
        "Batch size",
        "Rows per step; empty means 200, or all rows when they are fewer.",
        low=1,
        high=10_000_000,
        optional=True,
        auto=True,
        group="optimizer",
        unit="rows",
    ),
    "max_iter": Param(
        200,
        int,
        "Epochs",
        "How often each training row is used at most.",
        low=1,
        high=1_000_000,
        group="optimizer",
        unit="epochs",
    ),
    "momentum": Param(
        0.9, float, "Momentum", "Share of the last step that is kept (SGD).", low=0.0, high=1.0, group="optimizer"
    ),
    "nesterovs_momentum": Param(
        True, bool, "Nesterov momentum", "Look ahead along the momentum (SGD).", group="optimizer"
    ),
    "beta_1": Param(
        0.9, float, "Beta 1", "Memory of the mean of gradients (Adam).", low=0.0, high=0.999999, group="optimizer"
    ),
    "beta_2": Param(
        0.999,
        float,
        "Beta 2",
        "Memory of the squares of gradients (Adam, RMSprop).",
        low=0.0,
        high=0.99999999,
        group="optimizer",
    ),
    "epsilon": Param(
        1e-8,
        float,
        "Epsilon",
        "Keeps Adam and RMSprop from dividing by zero.",
        low=1e-300,
        high=1.0,
        group="optimizer",
        log=True,
    ),
    "shuffle": Param(True, bool, "Shuffle", "Take the rows in a new order in every epoch.", group="optimizer"),
    "alpha": Param(
        0.0001,
        float,
        "L2 penalty",
        "Weight of the L2 penalty on the weights, shared out over the rows of a batch.",
        low=0.0,
        high=1e6,
        group="regularization",
        log=True,
    ),
    "l1": Param(
        0.0,
        float,
        "L1 penalty",
        "Weight of the L1 penalty on the weights, shared out over the rows of a batch.",
        low=0.0,
        high=1e6,
        group="regularization",
        log=True,
    ),
    "dropout": Param(
        0.0,
        float,
        "Dropout",
        "Share of hidden units left out at random in every step.",
        low=0.0,
        high=0.95,
        group="regularization",
    ),
    "clip_norm": Param(
        None,
        float,
        "Gradient clipping",
        "Longest gradient allowed; longer ones are shortened. Empty: no limit.",
        low=1e-12,
        high=1e12,
        optional=True,
        group="regularization",
    ),
    "early_stopping": Param(
        False,
        bool,
        "Early stopping",
        "Set training rows aside, stop when the score on them no longer rises, and keep the best weights.",
        group="stopping",
    ),
    "validation_fraction": Param(
        0.1,
        float,
        "Validation share",
        "Share of the training rows set aside for early stopping.",
        low=1e-9,
        high=0.99,
        group="stopping",
    ),
    "tol": Param(
        1e-4,
        float,
        "Tolerance",
        "An epoch that improves the loss (or the validation score) by less than this counts as none.",
        low=0.0,
        high=1e6,
        group="stopping",
        log=True,
    ),
    "n_iter_no_change": Param(
        10,
        int,
        "Patience",
        "Training ends after more than this many epochs without improvement.",
        low=1,
        high=1_000_000,
        group="stopping",
        unit="epochs",
    ),
    "max_fun": Param(
        15000,
        int,
        "Loss evaluations",
        "How often L-BFGS may look at it.",
        low=1,
        high=100_000_000,
        group="stopping",
    ),
    "dtype": Param(
        "auto",
        str,
        "Precision",
        "Numbers of 32 or 64 bits; automatic takes 64 while one batch holds all rows, else 32.",
        choices=_DTYPES,
        group="start",
    ),
}

CLASSIFIER_PARAMS: dict[str, Param] = {
    "class_weight": Param(
        None,
        str,
        "Class weights",
        "Balanced: rare classes weigh as much as common ones.",
        choices={"balanced": "Balanced"},
        optional=True,
        group="loss",
    ),
}
REGRESSOR_PARAMS: dict[str, Param] = {
    "loss": Param(
        "squared_error",
        str,
        "Loss",
        "What is made small; Huber is less moved by outliers, Poisson is for counts.",
        choices={"squared_error": "Squared error", "huber": "Huber", "poisson": "Poisson (counts)"},
        group="loss",
    ),
}
