"""Health signals of watched fits to evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dldiag.fit import FitResult
from dldiag.intervals import t_interval
from dldiag.nn.health import Health, LayerHealth
from dldiag.types import Estimate, TrainingCurve, exactly

SMOOTHED = 5  # epochs averaged before a minimum is looked for
EARLY = 0.9  # a minimum counts as passed when it lies before this share of the epochs


def signals(results: Sequence[FitResult]) -> dict[str, Estimate | None]:
    """Return the training evidence of watched fits by name; {} where none was watched."""
    healths = [r.health for r in results if r.health is not None]
    if not healths:
        return {}
    return {
        "nonfinite_share": exactly(float(np.mean([h.diverged or not h.finite for h in healths]))),
        "initial_loss_ratio": _median(healths, lambda h: h.initial_loss / max(h.expected_loss, 1e-12)),
        "symmetry": _median(healths, lambda h: _worst(h.last_look, lambda look: min(look.distance))),
        "spread_ratio": _median(healths, lambda h: _worst(h.first_look, _spread_ratio)),
        "gradient_ratio": _median(healths, _gradient_ratio),
        "dead_share": _median(healths, lambda h: _worst(h.last_look, lambda look: max(look.dead))),
        "saturated_share": _median(healths, lambda h: _worst(h.last_look, lambda look: max(look.saturated))),
        "past_minimum": _past_minimum(healths),
    }


def _median(healths: Sequence[Health], of: Callable[[Health], float | None]) -> Estimate | None:
    values = [value for value in map(of, healths) if value is not None and np.isfinite(value)]
    return exactly(float(np.median(values))) if values else None


def _worst(look: LayerHealth | None, of: Callable[[LayerHealth], float | None]) -> float | None:
    return None if look is None or not look.distance else of(look)


def _spread_ratio(look: LayerHealth) -> float | None:
    return look.spread[-1] / max(look.spread[0], 1e-12) if len(look.spread) > 1 else None


def _gradient_ratio(health: Health) -> float | None:
    """Return the gradient norm of the first layer over that of the last, at the first epoch."""
    if not health.gradient_norm or len(health.gradient_norm) < 2:
        return None
    first, last = health.gradient_norm[0], health.gradient_norm[-1]
    return float(first[0] / last[0]) if first and last and last[0] > 0 else None


def _past_minimum(healths: Sequence[Health]) -> Estimate | None:
    rises = [
        _rise(np.asarray(h.dev_error, dtype=float)) for h in healths if h.dev_error and len(h.dev_error) >= 2 * SMOOTHED
    ]
    if len(rises) < 2:
        return None
    low, high = t_interval(rises)
    value = float(np.mean(rises))
    return Estimate(value, min(max(low, 0.0), value), high)


def _rise(dev_error: NDArray[np.float64]) -> float:
    """Return last − lowest smoothed dev error, 0 when the lowest lies in the last tenth of the epochs."""
    dev_error = dev_error[np.isfinite(dev_error)]
    if len(dev_error) < 2 * SMOOTHED:
        return 0.0
    smooth = np.convolve(dev_error, np.ones(SMOOTHED) / SMOOTHED, mode="valid")
    return 0.0 if np.argmin(smooth) >= EARLY * (len(smooth) - 1) else float(smooth[-1] - smooth.min())


def training_curve(results: Sequence[FitResult]) -> TrainingCurve | None:
    """Return loss and errors against epochs, averaged over the repeats that are still running at each epoch."""
    healths = [r.health for r in results if r.health is not None]
    if not healths:
        return None
    epochs = max(h.epochs for h in healths)
    dev = [h.dev_error for h in healths if h.dev_error]
    return TrainingCurve(
        tuple(range(1, epochs + 1)),
        _mean_by_epoch([h.loss for h in healths], epochs),
        _mean_by_epoch([h.train_error for h in healths], epochs),
        _mean_by_epoch(dev, epochs) if dev else (),
    )


def _mean_by_epoch(series: Sequence[Sequence[float | None]], epochs: int) -> tuple[float | None, ...]:
    """Average series of different lengths; one that has ended counts with its last value, None where none was taken."""
    laid = np.array([[*s, *[s[-1]] * (epochs - len(s))] for s in series if len(s)], dtype=float)
    if len(laid) == 0:
        return ()
    return tuple(float(x) if np.isfinite(x) else None for x in laid.mean(axis=0))
