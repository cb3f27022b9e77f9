"""A fitted model as a file: written with skops, which holds no code, and read back only where every type in it is known."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from dldiag.core.home import require
from dldiag.core.i18n import Message
from dldiag.core.types import DataError
from dldiag.experiments.table_model import TableModel

MODEL_ENDING = ".skops"
# Types beside those that skops itself trusts: ours, and what scikit-learn's models are made of.
_KNOWN = re.compile(
    r"dldiag\.(core\.data_types\.RowRecipe|data\.encode\.FeatureLayout|experiments\.(adjust\.Decision|added_features\.InputColumns)"
    r"|experiments\.table_model\.TableModel|nn\.estimators\.MLP(Classifier|Regressor)|nn\.layout\.Layout)"
    r"|numpy\.(clip|dtype)|scipy\.interpolate\._bsplines\._?BSpline|scipy\._lib\.array_api_compat\.numpy\._aliases\.asarray"
    r"|sklearn\.(tree\._tree\.Tree|neighbors\._(kd|ball)_tree\.(KD|Ball)Tree\w*|metrics\._dist_metrics\.\w+Distance\w*"
    r"|ensemble\._hist_gradient_boosting\.predictor\.TreePredictor|_loss\.(loss|link|_loss)\.\w+)"
)


def model_bytes(model: TableModel) -> bytes:
    """Return a fitted model as the bytes of a skops file.

    SettingError where skops is not installed; DataError for a model with added features, which are made by functions.
    """
    require("skops", "app")
    if model.columns.makers:
        raise DataError(
            Message("A model with added features cannot be written to a file."),
            Message("The Python script of the report trains it again."),
        )
    from skops import io  # keeps start-up short: it takes a while to load

    return bytes(io.dumps(model))


def save_model(model: TableModel, path: str | Path) -> None:
    """Write a fitted model, as `fitted` returns it, to a skops file."""
    Path(path).write_bytes(model_bytes(model))


def load_model(path: str | Path, *, trusted: Collection[str] = ()) -> TableModel:
    """Read a model that `save_model` wrote; nothing in the file is executed.

    trusted: names of further types that may be made, for a model of another library. DataError for another file, and for
    one that holds a type that is neither known nor trusted.
    """
    require("skops", "app")
    from skops import io  # keeps start-up short: it takes a while to load

    data = Path(path).read_bytes()
    try:
        untrusted = io.get_untrusted_types(data=data)
    except Exception as error:  # Anything may stand in a file that was not written here.
        raise _no_model(path) from error
    unknown = [name for name in untrusted if name not in trusted and not _KNOWN.fullmatch(name)]
    if unknown:
        raise DataError(
            Message(
                "{path} holds types that dldiag does not know: {names}.",
                {"path": str(path), "names": ", ".join(unknown[:5])},
            ),
            Message("Load it only if you know who made it, with trusted=(the names of these types)."),
        )
    return _checked(io.loads(data, trusted=untrusted), path)


def _checked(model: Any, path: str | Path) -> TableModel:
    if not isinstance(model, TableModel):
        raise _no_model(path)
    return model


def _no_model(path: str | Path) -> DataError:
    return DataError(
        Message("{path} is not a model that dldiag saved.", {"path": str(path)}),
        Message("Choose a file that save_model or the dashboard wrote."),
    )
