"""Learning rates of PyTorch's schedulers, step by step, for ScheduleTests. Run where PyTorch is installed; writes schedules.json beside this file."""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

warnings.filterwarnings("ignore")
EPOCHS, STEPS_PER_EPOCH = 6, 5
STEPS = EPOCHS * STEPS_PER_EPOCH


def rates(make, by_epoch=False):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    result = []
    for step in range(STEPS):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if not by_epoch or (step + 1) % STEPS_PER_EPOCH == 0:
            scheduler.step()
    return result


def warm(optimizer):
    rise = schedulers.LinearLR(optimizer, start_factor=0.2, total_iters=8)
    return schedulers.SequentialLR(optimizer, [rise, schedulers.CosineAnnealingLR(optimizer, STEPS - 8, eta_min=0.05)], milestones=[8])


def plateau(losses, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = schedulers.ReduceLROnPlateau(optimizer, **options)
    result = []
    for loss in losses:
        scheduler.step(loss)
        result.append(optimizer.param_groups[0]["lr"])
    return result


LOSSES = [3.0, 2.0, 2.1, 1.99995, 2.2, 2.0, 1.5, 1.6, 1.7, 1.8, 1.9, 1.4, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, -1.0, -1.00005, -0.9, -0.9, -0.9, -2.0]

FIXTURE = {
    "epochs": EPOCHS,
    "stepsPerEpoch": STEPS_PER_EPOCH,
    "torch": torch.__version__,
    "Step": rates(lambda o: schedulers.StepLR(o, 2, 0.3), by_epoch=True),
    "Exponential": rates(lambda o: schedulers.ExponentialLR(o, 0.7), by_epoch=True),
    "Cosine": rates(lambda o: schedulers.CosineAnnealingLR(o, STEPS, eta_min=0.1)),
    "OneCycle": rates(lambda o: schedulers.OneCycleLR(o, 1.0, STEPS, pct_start=0.3, cycle_momentum=False)),
    "OneCycleOptions": rates(lambda o: schedulers.OneCycleLR(o, 1.0, STEPS, pct_start=0.15, div_factor=10, final_div_factor=100, cycle_momentum=False)),
    "WarmCosine": rates(warm),
    "losses": LOSSES,
    "Plateau": plateau(LOSSES, factor=0.5, patience=2),
    "PlateauOptions": plateau(LOSSES, factor=0.1, patience=1, cooldown=2, threshold=0.1, min_lr=0.002),
}

(pathlib.Path(__file__).parent / "schedules.json").write_text(json.dumps(FIXTURE, indent=1) + "\n")
