"""What DlGen.Startup does, in PyTorch: a line each with how far it has come and the machine's monotonic clock in seconds."""
import time

points = [("entered", time.perf_counter())]

import torch
from torch import nn

points.append(("imported", time.perf_counter()))

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
inputs = (torch.arange(32 * 784) % 256 / 256).reshape(32, 784)
with torch.no_grad():
    nn.functional.softmax(model(inputs[:1]), dim=1)
points.append(("predicted", time.perf_counter()))

optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
labels = torch.arange(32) % 10


def step():
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(inputs), labels).backward()
    optimizer.step()


step()
points.append(("trained", time.perf_counter()))
step()
points.append(("trained-again", time.perf_counter()))

for name, seconds in points:
    print(name, repr(seconds))
print("version", torch.__version__)
