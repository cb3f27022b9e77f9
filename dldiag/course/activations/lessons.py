"""The lessons on activation functions, and what a run says about the notes' statements 10 to 15."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.statistics import t_interval
from dldiag.course.activations.dead_units import FEW_DEAD, DeadUnitsRun, describe_dead_units, harmed, helped
from dldiag.course.activations.deep_linear import DeepLinear, describe_deep_linear, is_a_line
from dldiag.course.activations.functions import Shape, describe_shapes
from dldiag.course.shared.lesson import (
    Claim,
    ClaimVerdict,
    Lesson,
    Outcomes,
    Statement,
    Topic,
    claim_verdict,
    joined_lines,
    one_claim,
)
from dldiag.course.shared.pace import Pace
from dldiag.course.shared.signal_flow import WEAK, Flow, LayerFlow, describe_flow

CLEAR_LOSS = 0.1  # A gradient counts as vanishing when less than this part of it is left after all layers.


def shapes_outcomes(shapes: Sequence[Shape], layers: int) -> Outcomes:
    """Judge statement 11 by the slopes; the guess is about the sigmoid's."""
    least = min(shape.largest_slope for shape in shapes) ** layers
    most = max(shape.largest_slope for shape in shapes) ** layers
    verdict = claim_verdict(least < CLEAR_LOSS <= most)
    sigmoid = next((shape for shape in shapes if shape.name == "logistic"), None)
    answer = "" if sigmoid is None else _order_of_size(sigmoid.largest_slope**layers)
    return one_claim(11, verdict, describe_shapes(shapes, layers), answer)


def _order_of_size(left: float) -> str:
    power = log10(left)
    return "tenth" if power > -2 else "thousandth" if power > -4.5 else "millionth"


def bend_outcomes(result: DeepLinear) -> Outcomes:
    """Judge statement 10 by the deep linear network."""
    line = is_a_line(result)
    answer = "same" if line else "deep" if result.against_logistic[1].high < 0 else "logistic"
    return one_claim(10, claim_verdict(line), describe_deep_linear(result), answer)


def flow_outcomes(flow: Flow) -> Outcomes:
    """Judge statements 12 to 14 by the race of activations."""
    if len(flow.layers) < 2:
        return one_claim(12, "not_shown", describe_flow(flow))
    by_activation = {layer.runner.activation: layer for layer in flow.layers}
    claims = [Claim(12, _relu_verdict(by_activation), describe_flow(flow))]
    if "logistic" in by_activation and "tanh" in by_activation:
        claims.append(_tanh_claim(by_activation))
    if flow.step_pace is not None and flow.slope_pace is not None:
        claims.append(seconds_claim(flow.slope_pace, flow.step_pace))
    fastest = min(flow.layers, key=lambda one: (-sum(one.runner.arrived), float(np.median(one.runner.to_target))))
    return Outcomes(tuple(claims), fastest.runner.activation)


def _relu_verdict(named: dict[str, LayerFlow]) -> ClaimVerdict:
    """Say whether ReLU takes fewer (or more) steps than the sigmoid with 90% confidence, where the sigmoid's gradient vanishes."""
    if "relu" not in named or "logistic" not in named:
        return "not_shown"
    slow, fast = named["logistic"].runner, named["relu"].runner
    low, high = t_interval(np.log(slow.to_target) - np.log(fast.to_target))
    is_shown = low > 0 and named["logistic"].through.high < WEAK
    return claim_verdict(is_shown, high < 0)


def _tanh_claim(named: dict[str, LayerFlow]) -> Claim:
    """Compare tanh with the sigmoid, and its gradient with ReLU's."""
    tanh, sigmoid, relu = named["tanh"], named["logistic"], named.get("relu")
    low, high = t_interval(np.log(sigmoid.runner.to_target) - np.log(tanh.runner.to_target))
    values: dict[str, Any] = {
        "tanh": float(np.median(tanh.runner.to_target)),
        "sigmoid": float(np.median(sigmoid.runner.to_target)),
        "limit": tanh.runner.loss.x[-1],
        "through": tanh.through.value,
        "relu": relu.through.value if relu else float("nan"),
    }
    there = [all(one.runner.arrived) for one in (tanh, sigmoid)]
    first = _FINISH[there[0], there[1]].filled(**values)
    if relu is None:
        return Claim(13, claim_verdict(low > 0, high < 0), first)
    second = Message(_TANH_MORE if tanh.through.low > relu.through.high else _TANH_LESS, values)
    says = Message("{first} {second}", {"first": first, "second": second})
    return Claim(13, claim_verdict(low > 0, high < 0), says)


# The keys: whether all runs of tanh reached the loss, and whether all runs of the sigmoid did.
_FINISH = {
    (True, True): Message("Steps to the finish line: tanh {tanh:.0f}, sigmoid {sigmoid:.0f}."),
    (True, False): Message(
        "Steps to the finish line: tanh {tanh:.0f}; not every run of the sigmoid got there within {limit:.0f}."
    ),
    (False, True): Message(
        "Steps to the finish line: sigmoid {sigmoid:.0f}; not every run of tanh got there within {limit:.0f}."
    ),
    (False, False): Message(
        "Neither with tanh nor with the sigmoid did every run get to the finish line within {limit:.0f} steps."
    ),
}
_TANH_MORE = "Before training, tanh even passes back more gradient than ReLU here: {through:.2g} against {relu:.2g}, first layer over last. Its inputs are still near 0, where its slope is almost 1; ReLU blocks half of them. Larger weights or more layers turn this around."
_TANH_LESS = (
    "Gradient of the first layer over the last before training: tanh {through:.2g}, ReLU {relu:.2g}. tanh passes back "
    "more only while its inputs stay near 0."
)


def seconds_claim(slopes: Pace, steps: Pace) -> Claim:
    """Judge statement 14 by the seconds of the derivatives, timed in turns, and say what they are worth in a step."""
    values: dict[str, Any] = {
        "ratio": slopes.ratio.value,
        "low": slopes.ratio.low,
        "high": slopes.ratio.high,
        "relu": 1e6 * steps.second,
        "sigmoid": 1e6 * steps.first,
        "step": steps.ratio.value,
        "least": steps.ratio.low,
        "most": steps.ratio.high,
    }
    says = joined_lines(_DERIVATIVE[slopes.verdict].filled(**values), _STEP[steps.verdict].filled(**values))
    return Claim(14, claim_verdict(slopes.verdict == "second", slopes.verdict == "first"), says)


# The keys: which derivative is clearly faster, the sigmoid's (first), ReLU's (second) or neither.
_DERIVATIVE = {
    "second": Message(
        "Timed in turns, the sigmoid's derivative takes {ratio:.2f} times as long as ReLU's (90% interval {low:.2f} to {high:.2f})."
    ),
    "first": Message(
        "Timed in turns, the sigmoid's derivative takes only {ratio:.2f} times as long as ReLU's (90% interval {low:.2f} to {high:.2f}). Here ReLU's is not cheaper."
    ),
    "": Message(
        "Timed in turns, the sigmoid's derivative takes {ratio:.2f} times as long as ReLU's (90% interval {low:.2f} to {high:.2f}). That is no clear difference."
    ),
}
_STEP = {
    "second": Message(
        "A whole step takes {relu:.0f} µs with ReLU, {sigmoid:.0f} µs with the sigmoid. That is {step:.2f} times as long (90% interval {least:.2f} to {most:.2f})."
    ),
    "first": Message(
        "A whole step takes {relu:.0f} µs with ReLU, only {sigmoid:.0f} µs with the sigmoid. That is {step:.2f} times as long (90% interval {least:.2f} to {most:.2f})."
    ),
    "": Message(
        "A whole step hardly differs: {relu:.0f} µs with ReLU, {sigmoid:.0f} µs with the sigmoid. That is {step:.2f} times as long (90% interval {least:.2f} to {most:.2f})."
    ),
}


def dead_units_outcomes(run: DeadUnitsRun) -> Outcomes:
    """Judge statement 15 by the pair of networks; the guess is about ReLU units that died."""
    died = max(run.plain.dead_share.mean) >= FEW_DEAD
    answer = (
        "" if not died else "most" if run.plain.recovered > 0.5 else "some" if run.plain.recovered > 0.05 else "none"
    )
    return one_claim(15, claim_verdict(died and helped(run), died and harmed(run)), describe_dead_units(run), answer)


ACTIVATION_LESSONS = Topic(
    "pages/13_Activation_functions.py",
    Message("Activation functions"),
    Message(
        "Without a bend between them, many layers are one layer. With a bend that keeps its slope, they learn fast."
    ),
    (
        Lesson(
            "bend",
            Message("Why activations must bend"),
            Message(
                "A network of ten linear layers, without activations: how does it compare with logistic regression?"
            ),
            {
                "deep": Message("it is better"),
                "same": Message("it is the same"),
                "logistic": Message("it is worse"),
            },
            (
                Statement(
                    10,
                    Message("Without a non-linear activation, a network of any depth is a single linear layer."),
                    "linear.depth",
                ),
            ),
            Message("Linear layers multiply out to one matrix: depth needs a bend."),
            bend_outcomes,
            Message("Try it: two clouds need no bend; on the four squares a line is no better than a coin."),
        ),
        Lesson(
            "slopes",
            Message("Values and slopes"),
            Message("Five sigmoid layers, one after the other: how much of a gradient can be left at most?"),
            {
                "tenth": Message("about a tenth"),
                "thousandth": Message("about a thousandth"),
                "millionth": Message("less than a hundred-thousandth"),
            },
            (
                Statement(
                    11,
                    Message(
                        "The slope of the sigmoid is at most 1/4 and almost 0 for large |z|: its gradient vanishes. "
                        "ReLU has the slope 1 for every z above 0."
                    ),
                    "shapes.layers",
                ),
            ),
            Message("Every layer multiplies the gradient by a slope. The sigmoid's is at most 1/4, ReLU's is 1."),
            shapes_outcomes,
            Message("Try it: move the slider to 20 layers."),
        ),
        Lesson(
            "flow",
            Message("Why ReLU learns faster"),
            Message("Six hidden layers, each activation with its own best learning rate: which learns fastest?"),
            {
                "logistic": Message("Sigmoid"),
                "tanh": Message("Tanh"),
                "relu": Message("ReLU"),
                "leaky_relu": Message("Leaky ReLU"),
            },
            (
                Statement(
                    12,
                    Message("With ReLU a network learns much faster than with the sigmoid."),
                    "flow.hidden_layers",
                ),
                Statement(
                    13,
                    Message("In hidden layers tanh is almost always better than the sigmoid."),
                    "flow.functions",
                ),
                Statement(14, Message("ReLU's derivative is also cheaper to compute."), "flow.functions"),
            ),
            Message("What counts is how much gradient reaches the first layers."),
            flow_outcomes,
            Message("Try it: with one hidden layer, what is left of the difference?"),
        ),
        Lesson(
            "dying",
            Message("Dying ReLU units"),
            Message("Dead ReLU units (input below 0 on every row): how many recover during training?"),
            {
                "most": Message("most of them"),
                "some": Message("a few"),
                "none": Message("none"),
            },
            (
                Statement(
                    15,
                    Message("Leaky ReLU keeps a small slope below 0, so units with negative inputs still learn."),
                    "dead_units.start_bias",
                ),
            ),
            Message("A ReLU unit that is 0 on every row has no gradient. A small slope below 0 lets it come back."),
            dead_units_outcomes,
            Message("Try it: start at a bias of 0, or take steps ten times as long."),
        ),
    ),
)
