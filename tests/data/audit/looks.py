"""Tables for tests of the audit, and a look at one."""

import numpy as np
import pandas as pd

from dldiag.data.audit.audit import audit_table
from dldiag.data.dataset import make_dataset
from tests.data.tables import frame_table, rng


def look(frame, **options):
    return audit_table(make_dataset(frame_table(frame), "y", **options))


def noise(random, rows=400, columns=5):
    return pd.DataFrame(random.normal(size=(rows, columns)).round(4), columns=[f"x{i}" for i in range(columns)])


def sound(seed, rows=600):
    """A learnable table with nothing wrong: five features, two of which matter."""
    random = rng(seed)
    frame = noise(random, rows)
    frame["y"] = (frame.x0 + frame.x1 + random.normal(size=rows) > 0).map({True: "yes", False: "no"})
    return frame


def subjects(seed, named, shuffled):
    """40 people, 15 rows each: the rows of a person are alike, their class is the person's."""
    random = rng(seed)
    who = np.repeat(np.arange(40), 15)
    centers, labels = random.normal(size=(40, 8)), random.integers(0, 2, 40)
    frame = pd.DataFrame((centers[who] + 0.1 * random.normal(size=(600, 8))).round(4), columns=list("abcdefgh"))
    if named:
        frame[named] = who
    frame["y"] = labels[who]
    return frame.sample(frac=1, random_state=seed) if shuffled else frame
