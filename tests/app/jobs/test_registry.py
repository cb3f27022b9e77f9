"""Every kind of job has a function, and a name that no other has."""

from dldiag.app.jobs.course import REQUESTS
from dldiag.app.jobs.job_kinds import DataJob, Job, ModelJob, job_kind
from dldiag.app.jobs.registry import JOBS


def kinds(of):
    """Return all kinds of job below one, in dldiag itself."""
    below = [one for one in of.__subclasses__() if one.__module__.startswith("dldiag.")]
    return {one for each in below for one in ({each} | kinds(each))}


def test_every_kind_of_job_is_a_row():
    ours = {one for one in JOBS if one.__module__.startswith("dldiag.")}
    assert ours == kinds(Job) - {DataJob, ModelJob}


def test_no_two_jobs_share_a_name():
    names = [job_kind(one) for one in [*JOBS, *REQUESTS]]
    assert len(set(names)) == len(names)
