# SPDX-License-Identifier: Apache-2.0
"""A layout on the workers of a Dask cluster of this machine: the mask of one process, also when a worker is killed."""

import os
import signal

import pytest

import reticle
from conftest import bars

dask_distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")

RECIPE = {"mask_pixel_nm": 8.0, "levels": [{"coarseness": 2, "iterations": 5}]}


@pytest.fixture(scope="module")
def cluster():
    with dask_distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with dask_distributed.Client(cluster) as client:
            yield client


def read(job):
    with open(job.mask_path, "rb") as file:
        return file.read()


def test_mask_is_that_of_one_process_and_a_lost_worker_costs_nothing(cluster, model, tmp_path):
    layout, model_path = tmp_path / "bars.gds", tmp_path / "model.h5"
    reticle.write_layout(layout, {"11/0": bars() + bars(900.0, 300.0) + bars(300.0, 1100.0)})
    model.save(model_path)
    options = dict(layers="11/0", halo_nm=256.0, period_nm=0.0)
    whole = reticle.correct_layout(layout, tmp_path / "whole", reticle.Model.load(model_path), RECIPE, **options)
    shared = reticle.distributed.correct_layout(cluster, layout, tmp_path / "shared", model_path, RECIPE, **options)
    assert shared.finished and read(shared) == read(whole)

    futures = reticle.distributed.correct_layout(cluster, layout, tmp_path / "killed", model_path, RECIPE, wait=False, **options)
    os.kill(next(iter(cluster.run(os.getpid).values())), signal.SIGKILL)
    killed = reticle.distributed.result(futures)
    assert killed.finished and read(killed) == read(whole)


def test_options_that_workers_choose_are_refused(cluster, tmp_path):
    with pytest.raises(TypeError, match="start"):
        reticle.distributed.correct_layout(cluster, "a.gds", tmp_path, "m.h5", start="new")
