#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One iteration of inverse lithography in PyTorch on one thread: by reticle.torch, and written plainly (naive_ilt.py).

    torch_ilt.py MODEL [CLIP] [--pixel-nm 8] [--rounds 8] [--iterations 30] [--naive-iterations 3]

Each iteration is the window's loss, its gradient and Adam's step, from the same parameters: `loss` in one call
(reticle.torch.window_loss), `images` by reticle.torch.image of each condition and a loss written in PyTorch. MODEL has
two conditions and a resist without diffusion, such as the contest's kernels. The ways take turns, round by round, and
each begins its turn with an iteration that does not count, so that other work on the machine meets all of them. Times are
the processor's: medians, and the lowest.
Exit code 1: the losses or gradients differ. PYTHONPATH finds the package, or it is installed.
"""
import argparse
import pathlib
import statistics
import sys
import time

import torch

import naive_ilt
import reticle

EXAMPLE = pathlib.Path(__file__).parents[1] / "tools" / "examples" / "contacts.glp"
OUTER, INNER = 1.02, 0.98


def kernels_of(model):
    """[condition][kernel][order y][order x] with the weights inside."""
    return torch.stack([torch.from_numpy(c.weights[:, None, None] ** 0.5 * c.kernels).to(torch.complex64)
                        for c in model.conditions])


def losses_of(model, target, settings):
    """The three ways, as functions of the parameters."""
    kernels, (first, last) = kernels_of(model), (c.name for c in model.conditions)
    slope, band = settings["resist_slope"], settings["band_weight"]

    def loss(p):
        return reticle.torch.window_loss(
            model, p, target, corners=[(first, 1.0, 1.0), (first, OUTER, 0.0), (last, INNER, 0.0)],
            bands=[(1, 2, band)], mask_slope=settings["mask_slope"], resist_slope=slope)

    def images(p):
        mask = torch.sigmoid(settings["mask_slope"] * p)
        focus, defocus = (reticle.torch.image(model, mask, condition=c) for c in (first, last))
        nominal, outer, inner = (torch.sigmoid(slope * (d**2 * i - settings["threshold"]))
                                 for i, d in ((focus, 1.0), (focus, OUTER), (defocus, INNER)))
        terms = (nominal - target).square().sum() + band * (outer - inner).square().sum()
        return terms * settings["pixel_nm"] ** 2

    return {"loss": loss, "images": images, "naive": lambda p: naive_ilt.loss_of(p, target, kernels, settings)}


def adam(parameters):
    """Adam in one pass over memory, where this PyTorch has it on the CPU."""
    try:
        return torch.optim.Adam([parameters], lr=0.1, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.Adam([parameters], lr=0.1)


class Run:
    """Iterations of one way: the first loss and gradient, and the seconds of each."""

    def __init__(self, loss_of, target):
        self.loss_of, self.first, self.seconds = loss_of, None, []
        self.parameters = (target - 0.5).requires_grad_(True)
        self.optimizer = adam(self.parameters)

    def go_on(self, iterations, counted_from):
        for i in range(iterations):
            start = time.process_time()
            self.optimizer.zero_grad()
            loss = self.loss_of(self.parameters)
            loss.backward()
            self.optimizer.step()
            if i >= counted_from:
                self.seconds.append(time.process_time() - start)
            self.first = self.first or (loss.item(), self.parameters.grad.clone())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("clip", nargs="?", default=EXAMPLE)
    parser.add_argument("--pixel-nm", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--iterations", type=int, default=30, help="of a round")
    parser.add_argument("--naive-iterations", type=int, default=3, help="of a round")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = reticle.Model.load(arguments.model)
    cols, rows = (round(period / arguments.pixel_nm) for period in model.period_nm)
    design = reticle.Design.of(str(arguments.clip))
    target = torch.from_numpy(design.pixels((rows, cols), (0.0, 0.0, *model.period_nm))).float()
    settings = {"mask_slope": 4.0, "resist_slope": 50.0, "threshold": model.resist.threshold, "outer_dose": OUTER,
                "inner_dose": INNER, "band_weight": 1.0, "pixel_nm": arguments.pixel_nm}
    runs = {name: Run(loss, target) for name, loss in losses_of(model, target, settings).items()}
    for _ in range(arguments.rounds):
        for name, run in runs.items():
            iterations = arguments.naive_iterations if name == "naive" else arguments.iterations
            run.go_on(iterations, min(1, iterations - 1))
    (expected, gradient), slowest = runs["naive"].first, runs["naive"].seconds
    print(f"PyTorch {torch.__version__}, one thread, {rows} x {cols} pixels of {arguments.pixel_nm:g} nm\n")
    print("| one iteration | median | lowest | naive / this: medians | lowest | gradient off by |")
    print("|---|---|---|---|---|---|")
    worst = 0.0
    for name, run in runs.items():
        loss, own = run.first
        off = ((own - gradient).abs().max() / gradient.abs().max()).item()
        worst = max(worst, off, abs(loss - expected) / expected)
        median, low = statistics.median(run.seconds), min(run.seconds)
        print(f"| {name} | {1e3 * median:.4g} ms | {1e3 * low:.4g} ms | {statistics.median(slowest) / median:.0f} | "
              f"{min(slowest) / low:.0f} | {off:.1g} |")
    return 1 if worst > 1e-3 else 0


if __name__ == "__main__":
    sys.exit(main())
