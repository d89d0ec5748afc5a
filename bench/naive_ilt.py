#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inverse lithography as one would write it in PyTorch: every field on the full grid, by autograd.

    naive_ilt.py INPUTS [--device cuda|cpu] [--iterations N] [--json F.json]

INPUTS is a folder written by bench/naive_inputs: clips, kernels and settings of the engines' loss,

    sum (Z_nominal - T)^2 + band_weight sum (Z_outer - Z_inner)^2,   Z = sigmoid(slope (dose^2 I - threshold)).

One iteration is a full-size inverse FFT for every kernel of every condition, the same backwards, and
Adam's step. The first loss is compared with the engine's: a figure for another loss would mean nothing.
Exit code 1: the losses differ, or the loss does not fall. Exit code 3: no PyTorch, or it has no such device.
"""
import argparse
import ast
import json
import pathlib
import statistics
import struct
import sys
import time

try:
    import torch
except ImportError as problem:
    print(f"naive_ilt.py: PyTorch cannot be imported ({problem}); nothing is measured", file=sys.stderr)
    sys.exit(3)

LOSS_TOLERANCE = 1e-3  # single precision on both sides, sums of four million terms in another order


def read_npy(path):
    """NumPy's format, version 1.0, of float32 or complex64, without NumPy."""
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10 : 10 + length].decode("latin1"))
    kind = {"<f4": torch.float32, "<c8": torch.complex64}[header["descr"]]
    return torch.frombuffer(bytearray(data[10 + length :]), dtype=kind).reshape(header["shape"])


def fields_of(mask, kernels):
    """[kernel][y][x] amplitudes of one condition on the full grid."""
    rows, cols = mask.shape
    half_y, half_x = kernels.shape[-2] // 2, kernels.shape[-1] // 2
    y = torch.arange(-half_y, half_y + 1, device=mask.device) % rows
    x = torch.arange(-half_x, half_x + 1, device=mask.device) % cols
    orders = torch.fft.fft2(mask)[y[:, None], x[None, :]]
    spectrum = torch.zeros(kernels.shape[0], rows, cols, dtype=kernels.dtype, device=mask.device)
    spectrum[:, y[:, None], x[None, :]] = kernels * orders
    return torch.fft.ifft2(spectrum)


def loss_of(parameters, target, kernels, settings):
    mask = torch.sigmoid(settings["mask_slope"] * parameters)
    first, last = (fields_of(mask, kernels[c]).abs().square().sum(0) for c in (0, -1))

    def printed(intensity, dose):
        return torch.sigmoid(settings["resist_slope"] * (dose**2 * intensity - settings["threshold"]))

    nominal = printed(first, 1.0)
    outer = printed(first, settings["outer_dose"])
    inner = printed(last, settings["inner_dose"])
    terms = (nominal - target).square().sum() + settings["band_weight"] * (outer - inner).square().sum()
    return terms * settings["pixel_nm"] ** 2


def correct(target, kernels, settings, iterations):
    """Losses before each iteration and the seconds that each took."""
    wait = torch.cuda.synchronize if target.is_cuda else lambda: None
    parameters = (target - 0.5).requires_grad_(True)
    optimizer = torch.optim.Adam([parameters], lr=0.1)
    losses, seconds = [], []
    for _ in range(iterations):
        wait()
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_of(parameters, target, kernels, settings)
        loss.backward()
        optimizer.step()
        wait()
        seconds.append(time.perf_counter() - start)
        losses.append(loss.item())
    return losses, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", type=pathlib.Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("naive_ilt.py: this PyTorch sees no GPU; nothing is measured", file=sys.stderr)
        return 3

    settings = json.loads((arguments.inputs / "inputs.json").read_text())
    kernels = read_npy(arguments.inputs / "kernels.npy").to(arguments.device)
    targets = read_npy(arguments.inputs / "targets.npy").to(arguments.device)
    warm_up = 3
    seconds, clips, wrong = [], [], []
    for index, target in enumerate(targets):
        losses, each = correct(target, kernels, settings, warm_up + arguments.iterations)
        seconds += each[warm_up:]
        expected = settings["start_losses"][index]
        clips.append({"first_loss": losses[0], "engine_first_loss": expected, "last_loss": losses[-1]})
        if abs(losses[0] - expected) > LOSS_TOLERANCE * expected:
            wrong.append(f"clip {index}: the first loss is {losses[0]:.6g}, by the engine {expected:.6g}")
        if not losses[-1] < losses[0]:
            wrong.append(f"clip {index}: the loss does not fall, from {losses[0]:.6g} to {losses[-1]:.6g}")

    median, low, high = (1e3 * f(seconds) for f in (statistics.median, min, max))
    device = torch.cuda.get_device_name() if arguments.device == "cuda" else "cpu"
    rows, cols = targets.shape[1:]
    print(f"PyTorch {torch.__version__} on {device}: {kernels.shape[0]} x {kernels.shape[1]} kernels, {rows} x {cols} pixels")
    print("\n| naive PyTorch | median | lowest | highest |\n|---|---|---|---|")
    print(f"| one iteration of one clip | {median:.4g} ms | {low:.4g} | {high:.4g} |")
    for problem in wrong:
        print(problem, file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps({
            "torch": torch.__version__, "device": device, "rows": rows, "cols": cols,
            "conditions": kernels.shape[0], "kernels": kernels.shape[1], "iterations": len(seconds),
            "iteration_ms": {"median": median, "low": low, "high": high}, "clips": clips, "problems": wrong,
        }, indent=2) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
