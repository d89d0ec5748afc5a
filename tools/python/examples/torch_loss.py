# SPDX-License-Identifier: Apache-2.0
"""A loss of one's own in PyTorch: a mask's pixels are optimised for the print's edges and for contrast at them.

python torch_loss.py
"""

import torch

import reticle

model = reticle.Model.from_recipe(reticle.optics(
    na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), period_nm=1024.0, max_error=2e-3,
    focus_nm={"focus": 0.0, "defocus": 60.0}, threshold=0.3))
bars = [[[352, 320], [432, 320], [432, 704], [352, 704]], [[560, 320], [640, 320], [640, 608], [560, 608]]]
target = torch.from_numpy(reticle.Design(bars).pixels((128, 128), (0, 0, 1024, 1024)))

parameters = (target - 0.5).requires_grad_()
optimizer = torch.optim.Adam([parameters], lr=0.1)
first = None
for iteration in range(60):
    mask = torch.sigmoid(4 * parameters)
    loss = 0.0
    for condition in ("focus", "defocus"):
        image = reticle.torch.image(model, mask, condition=condition, resist=True)
        printed = torch.sigmoid(40 * (image - model.resist.threshold))
        loss = loss + ((printed - target) ** 2).sum() * 64  # nm2
    # Anything differentiable may be added: here, masks that are nearly binary.
    loss = loss + 20 * (mask * (1 - mask)).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    first = first or loss.item()
print(f"loss {first:.0f} -> {loss.item():.0f} nm2 after {iteration + 1} iterations")
assert loss.item() < 0.5 * first
