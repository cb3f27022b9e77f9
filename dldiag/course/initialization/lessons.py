"""The lessons on weight initialization, and what a run says about the notes' statements 16 to 19."""

from __future__ import annotations

from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.course.initialization.starts import (
    FADED,
    HALF_SATURATED,
    StartResult,
    StartsRun,
    describe_starts,
    describe_zeros,
    winner,
)
from dldiag.course.shared.lesson import (
    Claim,
    Lesson,
    Outcomes,
    Statement,
    Topic,
    claim_verdict,
    joined_lines,
    one_claim,
)

# Part of the mean length of two units' weights; the rounding of some processors leaves smaller distances.
_ALIKE = 1e-4
A_LITTLE = 0.1  # Part of the mean length; a smaller distance is called a little.


def zeros_outcomes(run: StartsRun) -> Outcomes:
    """Judge statements 16 and 17 by the start at zeros."""
    zeros = _start(run, "zeros")
    apart = max(*zeros.distance, *run.constant)
    constant = Message(
        "The same from a constant that is not 0: distance {apart:.4f}. Only different weights make different units.",
        {"apart": round(max(run.constant), 4)},
    )
    single = run.single.mean
    values = {"first": single[0], "last": single[-1]}
    alone = Message(
        "One layer without hidden units has no units to keep apart: from zeros its loss went from {first:.3f} to {last:.3f}. All biases began at 0, too.",
        values,
    )
    learned = single[-1] < (1 - FADED) * single[0]
    answer = "same" if apart < _ALIKE else "little" if apart < A_LITTLE else "different"
    claims = (
        Claim(16, claim_verdict(apart < _ALIKE, apart >= A_LITTLE), joined_lines(describe_zeros(run), constant)),
        Claim(17, claim_verdict(learned), alone),
    )
    return Outcomes(claims, answer)


def scale_outcomes(run: StartsRun) -> Outcomes:
    """Judge statement 18 by the starts: do large weights saturate and learn worse?"""
    large, medium, best = _start(run, "times_10"), _start(run, "times_1"), winner(run)
    saturated = max(large.saturated_start, default=0.0)
    worse = best is not None and best is not large and not large.loss.mean[-1] <= best.loss.mean[-1]
    says = joined_lines(describe_starts(run), _why_one_wins(medium) if best is medium else None)
    is_shown = worse and (saturated > HALF_SATURATED or not np.isfinite(large.loss.mean[-1]))
    answer = "" if best is None else best.key
    return one_claim(18, claim_verdict(is_shown, best is large), says, answer)


def _why_one_wins(medium: StartResult) -> Message:
    values: dict[str, Any] = {
        "reach": medium.reach_start[-1],
        "share": max(medium.saturated_start),
        "unit": "rate",
    }
    return Message(
        "Why scale 1 wins here: 90% of the last layer's |z| stay below {reach:.1f}. At most {share:error} of a layer is saturated, and its units differ more from the start. With more units per layer |z| grows, and that ends.",
        values,
    )


def small_outcomes(run: StartsRun) -> Outcomes:
    """Judge statement 19 by small weights in one hidden layer and in many."""
    limit = (1 - FADED) * run.baseline
    deep, shallow = _start(run, "times_0.001"), float(np.mean(run.shallow))
    learned, faded = shallow <= limit, not deep.loss.mean[-1] <= limit
    spread = deep.spread_start
    values: dict[str, Any] = {
        "shallow": shallow,
        "deep": deep.loss.mean[-1],
        "layers": run.hidden_layers,
        "baseline": run.baseline,
        "first": spread[0],
        "last": spread[-1],
        "gradient": deep.gradients_start.mean[0],
    }
    says = Message(
        "From random × 0.001 the loss ended at {shallow:.3f} with one hidden layer and at {deep:.3f} with {layers} (a constant guess: {baseline:.3f}). Each layer makes the signal smaller, from {first:.1g} in the first hidden layer to {last:.1g} in the last. The first layer's gradient is {gradient:.1g}.",
        values,
    )
    answer = {(True, True): "shallow", (True, False): "both", (False, True): "none"}.get((learned, faded), "")
    return one_claim(
        19, claim_verdict(learned and faded, learned and not faded and run.hidden_layers > 2), says, answer
    )


def _start(run: StartsRun, key: str) -> StartResult:
    return next(start for start in run.starts if start.key == key)


INITIALIZATION_LESSONS = Topic(
    "pages/14_Weight_initialization.py",
    Message("Weight initialization"),
    Message("Units that start alike stay alike. Small weights let the signal fade, large ones saturate or diverge."),
    (
        Lesson(
            "zeros",
            Message("All weights at zero"),
            Message(
                "All weights of a network start at 0. After training, how different are two units of a hidden layer?"
            ),
            {
                "different": Message("very different"),
                "little": Message("a little different"),
                "same": Message("exactly the same"),
            },
            (
                Statement(
                    16,
                    Message("With all weights at 0, the units of a layer stay symmetric: they all compute the same."),
                    "starts.activation",
                ),
                Statement(
                    17,
                    Message("Logistic regression may start at zeros, and so may the biases of any network."),
                    "starts.activation",
                ),
            ),
            Message("Units that start the same stay the same: draw their weights at random."),
            zeros_outcomes,
            Message("Try it: ReLU instead of tanh."),
        ),
        Lesson(
            "scale_of_weights",
            Message("How large?"),
            Message(
                "Five tanh layers: which start has the lowest loss after 200 steps? “random × s” draws weights with standard deviation s; "
                "Glorot and He choose s by the size of the layer."
            ),
            {
                "times_0.001": Message("random × 0.001"),
                "times_1": Message("random × 1"),
                "times_10": Message("random × 10"),
                "glorot": Message("Glorot"),
                "he": Message("He"),
            },
            (
                Statement(
                    18,
                    Message("With large weights z lies where tanh is flat: the slope is near 0, and learning is slow."),
                    "starts.hidden_layers",
                ),
            ),
            Message("The right scale keeps z where the activation still has a slope, in every layer."),
            scale_outcomes,
            Message("Try it: ten layers, or ReLU from random × 10."),
        ),
        Lesson(
            "small",
            Message("Small weights in deep networks"),
            Message("Weights drawn at random × 0.001: which networks learn?"),
            {
                "both": Message("one hidden layer, and five"),
                "shallow": Message("only the one with one hidden layer"),
                "none": Message("neither"),
            },
            (
                Statement(
                    19,
                    Message(
                        "Small random weights (× 0.01) are fine for a shallow network; a deep one needs another scale."
                    ),
                    "starts.hidden_layers",
                ),
            ),
            Message("What one layer shrinks a little, many layers shrink to nothing."),
            small_outcomes,
            Message("Try it: move the slider to one or two hidden layers."),
        ),
    ),
)
