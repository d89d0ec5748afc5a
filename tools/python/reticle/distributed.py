# SPDX-License-Identifier: Apache-2.0
"""A layout corrected by the workers of a Dask cluster, which share a folder.

    from dask.distributed import Client
    job = reticle.distributed.correct_layout(Client("scheduler:8786"), "chip.gds", "/shared/job", "model.h5", "fast.toml")

Workers take blocks and tiles as they become free, as `reticle correct --share` does and together with it; the mask is
the same, byte for byte, whatever their number. A worker that is lost costs its tile in hand: Dask gives its share to
another. Paths are those that the workers see.
"""

import os

from .jobs import LayoutJob


def _work(layout, folder, model, recipe, options):
    """One worker's share: until nothing is left that nobody else is at."""
    from . import jobs
    from .model import Model

    found = jobs.correct_layout(layout, folder, Model.load(model), recipe, start="share", **options)
    return dict(vars(found))


def correct_layout(client, layout, folder, model, recipe=None, *, tasks=None, wait=True, **options):
    """Corrects a layout on the cluster of a `dask.distributed.Client`. Returns a LayoutJob.

    model: path of a model's file. recipe: path, TOML text or dictionary. tasks: how many work at once; none: one for each
    thread of the cluster's workers. wait: False returns the futures at once; `result` makes a LayoutJob of them, and
    calling again meanwhile adds workers. options: as of `reticle.correct_layout`, but start and progress.
    """
    if taken := {"start", "progress"} & set(options):
        raise TypeError(f"{', '.join(sorted(taken))}: not an option here; workers share the folder")
    if tasks is None:
        tasks = sum(client.nthreads().values())
    if tasks < 1:
        raise ValueError("the cluster has no workers yet; wait for them (Client.wait_for_workers) or give tasks")
    recipe = os.fspath(recipe) if isinstance(recipe, os.PathLike) else recipe
    futures = [client.submit(_work, os.fspath(layout), os.fspath(folder), os.fspath(model), recipe, options, pure=False)
               for _ in range(tasks)]
    return result(futures) if wait else futures


def result(futures):
    """The job that these worked on, when all have ended: what the one says that wrote the mask."""
    found = [LayoutJob(**future.result()) for future in futures]
    return next((job for job in found if job.finished), found[0])
