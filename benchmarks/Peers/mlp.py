"""The PyTorch twin of 784-128-10, driven line by line over standard input: every command answers with one line.

  load PATH            parameters from a safetensors file
  batch PATH ROWS      inputs and labels: ROWS*784 float32, then ROWS int32
  losses N             N Adam steps; their losses
  step N               microseconds a training step, over N steps
  predict N            microseconds a forward pass to probabilities, over N passes
  sgemm N              GFLOP/s of an N x N x N float32 product
  version              what this is
"""
import json
import struct
import sys
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
names = {"linear_1.weight": "0.weight", "linear_1.bias": "0.bias", "linear_2.weight": "2.weight", "linear_2.bias": "2.bias"}
loss_function = nn.CrossEntropyLoss()
optimizer = None
inputs = labels = frozen = None


def load(path):
    global optimizer, frozen
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for ours, theirs in names.items():
            begin, end = header[ours]["data_offsets"]
            values = numpy.frombuffer(data[begin:end], dtype=numpy.float32).reshape(header[ours]["shape"])
            parameters[theirs].copy_(torch.from_numpy(values.copy()))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scripted = torch.jit.script(nn.Sequential(model, nn.Softmax(dim=1)).eval())
    frozen = torch.jit.optimize_for_inference(torch.jit.freeze(scripted))


def batch(path, rows):
    global inputs, labels
    raw = numpy.fromfile(path, dtype=numpy.float32, count=rows * 784)
    inputs = torch.from_numpy(raw.reshape(rows, 784))
    labels = torch.from_numpy(numpy.fromfile(path, dtype=numpy.int32, offset=raw.nbytes).astype(numpy.int64))


def step():
    optimizer.zero_grad(set_to_none=False)
    loss = loss_function(model(inputs), labels)
    loss.backward()
    optimizer.step()
    return loss


def timed(work, count):
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count * 1e6


def predict():
    with torch.no_grad():
        frozen(inputs)


def sgemm(size):
    left, right = torch.rand(size, size), torch.rand(size, size)
    microseconds = min(timed(lambda: left @ right, 5) for _ in range(5))
    return 2 * size**3 / microseconds / 1e3


for line in sys.stdin:
    command, *arguments = line.split()
    if command == "load":
        load(arguments[0])
        answer = "ok"
    elif command == "batch":
        batch(arguments[0], int(arguments[1]))
        answer = "ok"
    elif command == "losses":
        answer = " ".join(repr(float(step())) for _ in range(int(arguments[0])))
    elif command == "step":
        answer = repr(timed(step, int(arguments[0])))
    elif command == "predict":
        answer = repr(timed(predict, int(arguments[0])))
    elif command == "sgemm":
        answer = repr(sgemm(int(arguments[0])))
    elif command == "version":
        answer = "PyTorch " + torch.__version__
    else:
        answer = "unknown command " + command
    print(answer, flush=True)
