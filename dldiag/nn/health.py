"""Health signals: what is measured inside a network during training, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

Series = tuple[float, ...]


@dataclass(frozen=True)
class LayerHealth:
    """Measurements of every layer, before training (epoch 0) or after it, on a fixed sample of training rows.

    Per hidden layer: dead (share of units that output 0 for every row), saturated (share of values where the
    derivative is nearly 0), spread (standard deviation of Z), distance (largest distance between the
    weight vectors of two units, over their mean length; 0 when all units are the same).
    """

    epoch: int
    dead: Series
    saturated: Series
    spread: Series
    distance: Series


@dataclass(frozen=True)
class Health:
    """The signals of one training run; series have one entry per epoch, signals by layer one tuple per epoch.

    loss: mean training loss with penalties, as in `loss_curve_`. penalty_share: share of penalties in it.
    train_error, dev_error: error rate, or RMSE over `unit`, the spread of the training targets; train_error is measured
    on the batches during the epoch, dev_error at its end, and not in every epoch where that would cost too much
    (None in the others; always in the first and last). gradient_norm, update_ratio: per layer, at the last step of
    the epoch; the gradient has penalties and clipping in it; update_ratio is the length of the update over the length of
    the weights. layers: before training and after it; units: how many each hidden layer has. initial_loss is the
    loss before training, expected_loss that of the best constant prediction. diverged: the loss stopped being a number;
    the weights are those before the best epoch. stopped_by: "epochs", "plateau", "validation", "divergence".
    """

    epochs: int
    loss: Series
    penalty_share: Series
    train_error: Series
    dev_error: tuple[float | None, ...] | None
    gradient_norm: tuple[Series, ...]
    update_ratio: tuple[Series, ...]
    layers: tuple[LayerHealth, ...]
    initial_loss: float
    expected_loss: float
    initial_error: float
    finite: bool
    diverged: bool
    stopped_by: str
    best_epoch: int
    validation: Series | None = None
    unit: float = 1.0
    units: tuple[int, ...] = ()

    @property
    def first_look(self) -> LayerHealth | None:
        """The layers before training, where there are hidden layers."""
        return self.layers[0] if self.layers else None

    @property
    def last_look(self) -> LayerHealth | None:
        """The layers after training."""
        return self.layers[-1] if self.layers else None
