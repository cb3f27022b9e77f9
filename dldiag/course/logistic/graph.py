"""The computation graph of one unit: forward values on the nodes, backward derivatives on the edges."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.course.logistic.regression import UnitPass


@dataclass(frozen=True)
class Node:
    """A value of the forward pass; `across` and `up` place it on the drawing."""

    key: str
    label: str
    value: float
    across: float
    up: float


@dataclass(frozen=True)
class Edge:
    """An arrow of the graph; `derivative` is d loss / d (value at its start), None for the label, which is given.

    at: where along the arrow it begins, below the arrow on its free side, so that neighbors do not cover each other.
    """

    start: str
    end: str
    symbol: str
    derivative: float | None = None
    at: float = 0.39


@dataclass(frozen=True)
class Graph:
    """The computation graph of one unit on one row, inputs on top, loss at the bottom."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_EARLY, LATE = 0.25, 0.53  # Places of the top of a text along an arrow, from 0 to 1.


def computation_graph(row: UnitPass, most: int = 4) -> Graph:
    """Lay out the graph of a pass; inputs beyond the `most` with the largest |w x| are gathered in one node."""
    terms = [w * x for w, x in zip(row.w, row.x, strict=True)]
    order = sorted(range(len(terms)), key=lambda j: -abs(terms[j]))
    shown, rest = sorted(order[:most]), order[most:]
    nodes: list[Node] = []
    edges: list[Edge] = []
    for place, j in enumerate(shown):
        key, left = str(j + 1), 2.0 * place
        nodes += [
            Node(f"x{key}", f"x<sub>{key}</sub>", row.x[j], left, 0.0),
            Node(f"w{key}", f"w<sub>{key}</sub>", row.w[j], left + 1, 0.0),
            Node(f"p{key}", f"w<sub>{key}</sub>x<sub>{key}</sub>", terms[j], left + 0.5, -1.0),
        ]
        edges += [
            Edge(f"x{key}", f"p{key}", f"dx<sub>{key}</sub>", row.dx[j], _EARLY),
            Edge(f"w{key}", f"p{key}", f"dw<sub>{key}</sub>", row.dw[j], LATE),
            Edge(f"p{key}", "z", f"dp<sub>{key}</sub>", row.dz, _EARLY),
        ]
    return _with_end(row, nodes, edges, sum(terms[j] for j in rest) if rest else None)


def _with_end(row: UnitPass, nodes: list[Node], edges: list[Edge], rest: float | None) -> Graph:
    right = max(node.across for node in nodes) + 1
    if rest is not None:
        nodes.append(Node("rest", "Σ", rest, right, -1.0))
        edges.append(Edge("rest", "z", "dΣ", row.dz, LATE))
        right += 1
    middle = right / 2
    nodes += [
        Node("b", "b", row.b, right, -2.0),
        Node("z", "z", row.z, middle, -2.0),
        Node("a", "a = σ(z)", row.a, middle, -3.0),
        Node("y", "y", row.y, middle + 1.5, -3.0),
        Node("L", "L(a, y)", row.loss, middle, -4.0),
    ]
    edges += [
        Edge("b", "z", "db", row.db, 0.5),
        Edge("z", "a", "dz", row.dz),
        Edge("a", "L", "da", row.da),
        Edge("y", "L", ""),
    ]
    return Graph(tuple(nodes), tuple(edges))
