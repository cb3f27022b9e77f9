"""The job of the model's download: a skops file that predicts, for the data and settings of the diagnosis."""

import pytest

import dldiag
from dldiag.app.jobs import model_file
from dldiag.app.jobs.job_kinds import ModelExportJob
from dldiag.app.jobs.model_file import ModelFile, model_job
from dldiag.app.storage import codec
from dldiag.core.types import DataError
from dldiag.data.samples import sample_bytes

JOB = ModelExportJob(data={"sample": "iris", "target": "target"}, model={"model_key": "linear", "C": 0.5})


def test_the_model_of_a_diagnosis_comes_back_as_a_file_that_predicts(tmp_path):
    seen = []
    found = codec.from_bytes(codec.to_bytes(model_job(JOB, seen.append, lambda: False)), ModelFile)
    path = tmp_path / "model.skops"
    path.write_bytes(found.content)
    model = dldiag.load_model(path)
    assert (model.trained_rows, model.estimator.C) == (found.rows, 0.5)
    assert set(model.predict(sample_bytes("iris"))) == {"setosa", "versicolor", "virginica"}
    assert seen


def test_a_model_too_large_for_a_download_is_refused(monkeypatch):
    monkeypatch.setattr(model_file, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="too much for a download"):
        model_job(JOB, lambda _: None, lambda: False)
