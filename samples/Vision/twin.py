#!/usr/bin/env python3
"""LeNet-5 in PyTorch, with the parameter names of LeNet5.cs: what it trains, `LeNet5.Load` and `--load` read.

    python3 samples/Vision/twin.py --data FOLDER --save lenet.safetensors [--epochs N] [--seed N]
    dotnet run -c Release --project samples/Vision -- lenet --data FOLDER --load lenet.safetensors --epochs 0

Needs PyTorch and NumPy. With --check FILE it also writes what the model makes of four pictures, as JSON.
"""
import argparse
import gzip
import json
import os
import struct

import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", help="the folder of the four IDX files; not needed with --epochs 0")
parser.add_argument("--save", required=True, help="the safetensors file to write")
parser.add_argument("--check", help="a JSON file for the logits of four pictures")
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d_1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2d_2 = nn.Conv2d(6, 16, 5)
        self.linear_1 = nn.Linear(400, 120)
        self.linear_2 = nn.Linear(120, 84)
        self.linear_3 = nn.Linear(84, 10)

    def forward(self, x):
        x = (x - 0.286) / 0.353
        x = torch.max_pool2d(torch.relu(self.conv2d_1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2d_2(x)), 2)
        x = torch.relu(self.linear_1(x.flatten(1)))
        return self.linear_3(torch.relu(self.linear_2(x)))


def idx(folder, name, header):
    path = os.path.join(folder, name)
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        return torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=header).copy())


def train(model, folder, epochs):
    pictures = idx(folder, "train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    labels = idx(folder, "train-labels-idx1-ubyte", 8).long()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(epochs):
        for rows in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(pictures[rows] / 255), labels[rows]).backward()
            optimizer.step()
        print(f"epoch {epoch + 1} of {epochs}")


def save(path, tensors):
    """The safetensors format: the header's length, the header, then the numbers; the tensors' names in order, as the format asks."""
    header, data = {}, b""
    for name, tensor in sorted(tensors.items()):
        numbers = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


options = parser.parse_args()
torch.manual_seed(options.seed)
model = LeNet5()
if options.epochs > 0:
    train(model, options.data, options.epochs)
save(options.save, model.state_dict())
if options.check:
    # Pixel i of picture p, of 255.
    pictures = torch.tensor([[(7 * i + 13 * p) % 256 for i in range(784)] for p in range(4)]).reshape(4, 1, 28, 28) / 255
    with torch.no_grad(), open(options.check, "w") as file:
        json.dump(model(pictures).tolist(), file)
