#!/usr/bin/env python3
"""The network of CharGpt.cs in PyTorch: from the same initial weights it trains on the same windows, and prints the same losses up to rounding.

    dotnet run -c Release --project samples/CharGpt -- --epochs 2 --twin FOLDER
    python3 samples/CharGpt/twin.py FOLDER [--save FILE]

Needs PyTorch and NumPy. With --save it writes what it trained, tokenizer included: `--model FILE --write PROMPT` writes on with it.
"""
import argparse
import json
import math
import os
import struct

import numpy as np
import torch
from torch import nn

CONTEXT, VOCABULARY, WIDTH, LAYERS, HEADS = 64, 128, 128, 4, 4
STEPS_PER_EPOCH, WARM_UP = 250, 100

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", help="what the sample wrote with --twin")
parser.add_argument("--save", help="the safetensors file to write")


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layernorm_1 = nn.LayerNorm(WIDTH)
        self.attention_1 = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.layernorm_2 = nn.LayerNorm(WIDTH)
        self.linear_1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.linear_2 = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        later = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1)
        y = self.layernorm_1(x)
        x = x + self.attention_1(y, y, y, attn_mask=later, need_weights=False)[0]
        return x + self.linear_2(nn.functional.gelu(self.linear_1(self.layernorm_2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Parameter(torch.empty(VOCABULARY, WIDTH))
        self.positionembedding_1 = nn.Embedding(CONTEXT, WIDTH)
        for i in range(LAYERS):
            setattr(self, f"block_{i + 1}", Block())
        self.layernorm_1 = nn.LayerNorm(WIDTH)

    def forward(self, ids):
        x = self.tokens[ids] + self.positionembedding_1.weight
        for i in range(LAYERS):
            x = getattr(self, f"block_{i + 1}")(x)
        return self.layernorm_1(x) @ self.tokens.T


def load(path):
    """The safetensors format: the header's length, the header, then the numbers."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    return metadata, {
        name: torch.from_numpy(np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], "<f4").reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }


def save(path, metadata, tensors):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in sorted(tensors.items()):
        numbers = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def rate(step, steps):
    """LinearLR from 0, then CosineAnnealingLR to a tenth."""
    if step < WARM_UP:
        return step / WARM_UP
    return 0.1 + 0.9 * (1 + math.cos(math.pi * (step - WARM_UP) / max(1, steps - WARM_UP))) / 2


def loss_of(model, ids, starts):
    places = starts[:, None] + torch.arange(CONTEXT)
    return nn.functional.cross_entropy(model(ids[places]).flatten(0, 1), ids[places + 1].flatten())


def validate(model, ids):
    starts = torch.arange(0, len(ids) - CONTEXT, CONTEXT)
    with torch.no_grad():
        return sum(loss_of(model, ids, part).item() * len(part) for part in starts.split(100)) / len(starts)


options = parser.parse_args()
metadata, initial = load(os.path.join(options.folder, "initial.safetensors"))
number = {character: i for i, character in enumerate(metadata["tokenizer.alphabet"])}
with open(os.path.join(options.folder, "text.txt"), encoding="utf-8", newline="") as file:
    ids = torch.tensor([number[character] for character in file.read()])
with open(os.path.join(options.folder, "windows.txt")) as file:
    batches = [torch.tensor([int(start) for start in line.split()]) for line in file]
cut = len(ids) * 9 // 10
training, validation = ids[:cut], ids[cut:]

model = Gpt()
model.load_state_dict(initial)
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0},
    ],
    lr=1e-3,
    betas=(0.9, 0.99),
)
mean = 0.0
for step, starts in enumerate(batches):
    for group in optimizer.param_groups:
        group["lr"] = 1e-3 * rate(step, len(batches))
    optimizer.zero_grad()
    loss = loss_of(model, training, starts)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    mean += loss.item() / STEPS_PER_EPOCH
    if (step + 1) % STEPS_PER_EPOCH == 0:
        print(f"epoch {(step + 1) // STEPS_PER_EPOCH}/{len(batches) // STEPS_PER_EPOCH}  loss {mean:.4f}  validation loss {validate(model, validation):.4f}", flush=True)
        mean = 0.0
if options.save:
    save(options.save, metadata, model.state_dict())
