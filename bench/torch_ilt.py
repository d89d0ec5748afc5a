#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One iteration of inverse lithography in PyTorch on one thread: by reticle.torch, and written plainly (naive_ilt.py).

    torch_ilt.py MODEL [CLIP] [--pixel-nm 8] [--iterations 30] [--naive-iterations 8]

Each iteration is the window's loss, its gradient and Adam's step, from the same parameters: `loss` in one call
(reticle.torch.window_loss), `images` by reticle.torch.image of each condition and a loss written in PyTorch. MODEL has
two conditions and a resist without diffusion, such as the contest's kernels. Times are the processor's, medians.
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


def run(loss_of, target, iterations):
    """The first loss and gradient, and the median of an iteration's seconds."""
    parameters = (target - 0.5).requires_grad_(True)
    optimizer = torch.optim.Adam([parameters], lr=0.1)
    seconds, first = [], None
    for _ in range(iterations):
        start = time.process_time()
        optimizer.zero_grad()
        loss = loss_of(parameters)
        loss.backward()
        optimizer.step()
        seconds.append(time.process_time() - start)
        first = first or (loss.item(), parameters.grad.clone())
    return first, statistics.median(seconds[min(3, iterations - 1):])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("clip", nargs="?", default=EXAMPLE)
    parser.add_argument("--pixel-nm", type=float, default=8.0)
    parser.add_argument("--iterations", type=int, default=30)
    parser.add_argument("--naive-iterations", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = reticle.Model.load(arguments.model)
    cols, rows = (round(period / arguments.pixel_nm) for period in model.period_nm)
    design = reticle.Design.of(str(arguments.clip))
    target = torch.from_numpy(design.pixels((rows, cols), (0.0, 0.0, *model.period_nm))).float()
    settings = {"mask_slope": 4.0, "resist_slope": 50.0, "threshold": model.resist.threshold, "outer_dose": OUTER,
                "inner_dose": INNER, "band_weight": 1.0, "pixel_nm": arguments.pixel_nm}
    results = {name: run(loss, target, arguments.naive_iterations if name == "naive" else arguments.iterations)
               for name, loss in losses_of(model, target, settings).items()}
    (expected, gradient), slowest = results["naive"]
    print(f"PyTorch {torch.__version__}, one thread, {rows} x {cols} pixels of {arguments.pixel_nm:g} nm\n")
    print("| one iteration | processor time | naive / this | gradient off by |\n|---|---|---|---|")
    worst = 0.0
    for name, ((loss, own), median) in results.items():
        off = ((own - gradient).abs().max() / gradient.abs().max()).item()
        worst = max(worst, off, abs(loss - expected) / expected)
        print(f"| {name} | {1e3 * median:.4g} ms | {slowest / median:.0f} | {off:.1g} |")
    return 1 if worst > 1e-3 else 0


if __name__ == "__main__":
    sys.exit(main())
