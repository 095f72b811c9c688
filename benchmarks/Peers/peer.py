"""PyTorch beside DlGen, driven line by line over standard input: every command answers with one line.

  version                          what this is
  sgemm N                          GFLOP/s of an N x N x N float32 product
  network SPEC [PARAMETERS]        layers as linear:784:128,relu,linear:128:10,softmax; parameters from a safetensors file, in order.
                                   A softmax at the end is what predict gives and the cross-entropy of labels takes apart.
  batch ROWS INPUTS [KIND TARGETS] files of float32 inputs, and of int32 labels, float32 values or the float32 gradient by the output
  optimizer KIND RATE              adam or sgd, new, in the fastest form that this version has; answers which
  export PATH                      the network as ONNX, for batches of this many rows
  numbers WORK PATH                computes once and writes what is to be compared: float32; of a step the losses of ten
  time WORK COUNT                  microseconds of one of so many repetitions

  WORK: predict, addmm, gradients (by weight and input), input-gradient, step
"""
import contextlib
import json
import os
import struct
import sys
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


class State:
    """What the commands before left behind."""

    body = link = frozen = optimizer = zeroed = None
    inputs = targets = kind = None
    output = weight_gradient = input_gradient = None


def network(spec, path=None):
    layers = []
    for text in spec.split(","):
        name, *sizes = text.split(":")
        if name == "linear":
            layers.append(nn.Linear(int(sizes[0]), int(sizes[1])))
        elif name == "softmax":
            continue
        else:
            layers.append({"relu": nn.ReLU, "gelu": nn.GELU}[name]())
    State.body = nn.Sequential(*layers)
    State.link = nn.Softmax(dim=1) if spec.endswith("softmax") else nn.Identity()
    if path:
        load(path)
    State.frozen = State.optimizer = None


def load(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    linears = [layer for layer in State.body if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for name, entry in header.items():
            layer, parameter = name.split(".")
            begin, end = entry["data_offsets"]
            values = numpy.frombuffer(data[begin:end], dtype=numpy.float32).reshape(entry["shape"])
            getattr(linears[int(layer.split("_")[1]) - 1], parameter).copy_(torch.from_numpy(values.copy()))


def batch(rows, inputs, kind=None, targets=None):
    State.inputs = torch.from_numpy(numpy.fromfile(inputs, dtype=numpy.float32).reshape(int(rows), -1))
    State.kind = kind
    if kind == "labels":
        State.targets = torch.from_numpy(numpy.fromfile(targets, dtype=numpy.int32).astype(numpy.int64))
    elif kind:
        State.targets = torch.from_numpy(numpy.fromfile(targets, dtype=numpy.float32).reshape(int(rows), -1))
    linear = State.body[0]
    State.output = torch.empty(int(rows), linear.out_features)
    State.weight_gradient = torch.empty_like(linear.weight.detach())
    State.input_gradient = torch.empty_like(State.inputs)


def predict():
    with torch.no_grad():
        if State.frozen is None:
            scripted = torch.jit.script(nn.Sequential(State.body, State.link).eval())
            State.frozen = torch.jit.optimize_for_inference(torch.jit.freeze(scripted))
        return State.frozen(State.inputs)


def addmm():
    with torch.no_grad():
        return torch.addmm(State.body[0].bias, State.inputs, State.body[0].weight.t(), out=State.output)


def input_gradient():
    with torch.no_grad():
        return torch.mm(State.targets, State.body[0].weight, out=State.input_gradient)


def gradients():
    with torch.no_grad():
        return input_gradient(), torch.mm(State.targets.t(), State.inputs, out=State.weight_gradient)


def step():
    State.optimizer.zero_grad(set_to_none=State.zeroed)
    if State.kind == "labels":
        loss = nn.functional.cross_entropy(State.body(State.inputs), State.targets)
    else:
        loss = nn.functional.mse_loss(State.body(State.inputs), State.targets)
    loss.backward()
    State.optimizer.step()
    return loss


WORK = {"predict": predict, "addmm": addmm, "gradients": gradients, "input-gradient": input_gradient, "step": step}


def timed(work, count):
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count * 1e6


def choose_optimizer(kind, rate):
    """The fastest of for-loop and foreach, of zeroed gradients and new ones."""
    make = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[kind]
    kept = [parameter.detach().clone() for parameter in State.body.parameters()]
    best = None
    for foreach in (False, True):
        for zeroed in (False, True):
            State.optimizer, State.zeroed = make(State.body.parameters(), lr=rate, foreach=foreach), zeroed
            timed(step, 5)
            spent = min(timed(step, 10) for _ in range(3))
            if best is None or spent < best[0]:
                best = spent, foreach, zeroed
    with torch.no_grad():
        for parameter, values in zip(State.body.parameters(), kept):
            parameter.copy_(values)
            parameter.grad = None
    _, foreach, State.zeroed = best
    State.optimizer = make(State.body.parameters(), lr=rate, foreach=foreach)
    return f"{kind}, foreach={foreach}, set_to_none={State.zeroed}"


def numbers(work, path):
    if work == "step":
        values = [torch.stack([step().detach() for _ in range(10)])]
    else:
        values = WORK[work]()
        values = values if isinstance(values, tuple) else (values,)
    numpy.concatenate([value.detach().numpy().ravel() for value in values]).astype(numpy.float32).tofile(path)


def export(path):
    module = nn.Sequential(State.body, State.link).eval()
    with contextlib.redirect_stdout(sys.stderr):
        torch.onnx.export(module, State.inputs, path, input_names=["input"], output_names=["output"], opset_version=13)


def sgemm(size):
    left, right, out = torch.rand(size, size), torch.rand(size, size), torch.empty(size, size)
    spent = min(timed(lambda: torch.mm(left, right, out=out), 3) for _ in range(30))
    return 2 * size**3 / spent / 1e3


def answer(command, *arguments):
    if command == "version":
        return "PyTorch " + torch.__version__
    if command == "sgemm":
        return repr(sgemm(int(arguments[0])))
    if command == "time":
        return repr(timed(WORK[arguments[0]], int(arguments[1])))
    if command == "optimizer":
        return choose_optimizer(arguments[0], float(arguments[1]))
    {"network": network, "batch": batch, "export": export, "numbers": numbers}[command](*arguments)
    return "ok"


for line in sys.stdin:
    print(answer(*line.split()), flush=True)
