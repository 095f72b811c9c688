"""PyTorch beside DlGen, driven line by line over standard input: every command answers with one line.

  version                          what this is
  sgemm N                          GFLOP/s of an N x N x N float32 product
  network SPEC [PARAMETERS]        layers as linear:784:128,relu,linear:128:10,softmax; parameters from a file of float32, in order.
                                   A softmax at the end is what predict gives and the cross-entropy of labels takes apart.
                                   For images, image:channels:height:width first; then normalize:mean:deviation,
                                   conv:inputs:outputs:kernel:padding, depthwise:channels:kernel:padding, convnorm:inputs:outputs (3 x 3,
                                   without bias, batch norm behind it), residual:channels, maxpool, mean, flatten.
                                   For sequences, sequence:time:features first; then rnn:inputs:units, lstm, gru, which give the last state, or
                                   attention:width:heads. For ids, tokens:time:vocabulary first, then gpt:vocabulary:time:width:heads:blocks
  batch ROWS INPUTS [KIND TARGETS] files of float32 inputs, and of int32 labels, float32 values or the float32 gradient by the output
  optimizer KIND RATE              adam, adamw or sgd, new, in the fastest form that this version has; answers which
  export PATH                      the network as ONNX, for batches of this many rows
  numbers WORK PATH                computes once and writes what is to be compared: float32; of a step the losses of ten
  time WORK COUNT                  microseconds of one of so many repetitions

  WORK: predict (frozen, of sequences as it is), addmm, gradients (by weight and input), input-gradient, convolution-gradients (by input and weight), pass (forward, and backward
        to input and parameters from the gradient by the output; what is compared is that by the input), step, continue (a gpt with a cache of keys
        and values takes the ids of one row one by one; what is compared are its logits)

Images lie in the memory format that does the work faster.
"""
import contextlib
import os
import sys
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


class State:
    """What the commands before left behind."""

    body = link = frozen = optimizer = zeroed = image = formatted = None
    inputs = targets = kind = None
    output = weight_gradient = input_gradient = sequence = ids = None


class Normalize(nn.Module):
    def __init__(self, mean, deviation):
        super().__init__()
        self.mean, self.factor = mean, 1 / deviation

    def forward(self, x):
        return (x - self.mean) * self.factor


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first, self.second = convolution_and_norm(channels, channels), convolution_and_norm(channels, channels)

    def forward(self, x):
        return torch.relu(x + self.second(torch.relu(self.first(x))))


def convolution_and_norm(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs))


class LastState(nn.Module):
    def __init__(self, kind, inputs, units):
        super().__init__()
        self.recurrence = kind(inputs, units, batch_first=True)

    def forward(self, x):
        return self.recurrence(x)[0][:, -1]


class Attention(nn.Module):
    """Unfused, as users of this version write it."""

    def __init__(self, width, heads, causal=False):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.projection, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def split(self, x):
        rows, steps, width = x.shape
        return [part.view(rows, steps, self.heads, width // self.heads).transpose(1, 2) for part in self.projection(x).split(width, 2)]

    def mix(self, query, key, value, hidden=None):
        scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden, float("-inf"))
        mixed = torch.softmax(scores, -1) @ value
        return self.output(mixed.transpose(1, 2).flatten(2))

    def forward(self, x):
        hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if self.causal else None
        return self.mix(*self.split(x), hidden)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.first, self.attention = nn.LayerNorm(width), Attention(width, heads, causal=True)
        self.second, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.feed(x)

    def feed(self, x):
        return self.down(nn.functional.gelu(self.up(self.second(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary, time, width, heads, blocks):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(time, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.t()

    def following(self, ids):
        """The logits behind each of the ids, one after the other, with a cache of keys and values."""
        caches, logits = [None] * len(self.blocks), []
        for position, id in enumerate(ids):
            x = (self.tokens.weight[id] + self.positions.weight[position]).view(1, 1, -1)
            for i, block in enumerate(self.blocks):
                query, key, value = block.attention.split(block.first(x))
                if caches[i] is not None:
                    key, value = torch.cat((caches[i][0], key), 2), torch.cat((caches[i][1], value), 2)
                caches[i] = key, value
                x = x + block.attention.mix(query, key, value)
                x = x + block.feed(x)
            logits.append(self.norm(x)[0, 0] @ self.tokens.weight.t())
        return torch.stack(logits)


LAYERS = {
    "linear": lambda inputs, outputs: nn.Linear(inputs, outputs),
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "conv": lambda inputs, outputs, kernel, padding: nn.Conv2d(inputs, outputs, kernel, padding=padding),
    "depthwise": lambda channels, kernel, padding: nn.Conv2d(channels, channels, kernel, padding=padding, groups=channels),
    "convnorm": convolution_and_norm,
    "residual": Residual,
    "maxpool": lambda: nn.MaxPool2d(2),
    "mean": lambda: nn.AdaptiveAvgPool2d(1),
    "flatten": nn.Flatten,
    "rnn": lambda inputs, units: LastState(nn.RNN, inputs, units),
    "lstm": lambda inputs, units: LastState(nn.LSTM, inputs, units),
    "gru": lambda inputs, units: LastState(nn.GRU, inputs, units),
    "attention": Attention,
    "gpt": Gpt,
}


def network(spec, path=None):
    layers = []
    State.image = State.sequence = State.ids = None
    for text in spec.split(","):
        name, *sizes = text.split(":")
        if name == "image":
            State.image = [int(size) for size in sizes]
        elif name == "sequence":
            State.sequence = [int(size) for size in sizes]
        elif name == "tokens":
            State.ids = True
        elif name == "normalize":
            layers.append(Normalize(float(sizes[0]), float(sizes[1])))
        elif name != "softmax":
            layers.append(LAYERS[name](*[int(size) for size in sizes]))
    State.body = nn.Sequential(*layers)
    State.link = nn.Softmax(dim=1) if spec.endswith("softmax") else nn.Identity()
    if path:
        values = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32))
        with torch.no_grad():
            for parameter, own in zip(State.body.parameters(), values.split([p.numel() for p in State.body.parameters()])):
                parameter.copy_(own.reshape(parameter.shape))
    State.frozen = State.optimizer = State.formatted = None


def batch(rows, inputs, kind=None, targets=None):
    State.inputs = torch.from_numpy(numpy.fromfile(inputs, dtype=numpy.float32).reshape(int(rows), -1))
    State.kind = kind
    if kind == "labels":
        State.targets = torch.from_numpy(numpy.fromfile(targets, dtype=numpy.int32).astype(numpy.int64))
    elif kind:
        State.targets = torch.from_numpy(numpy.fromfile(targets, dtype=numpy.float32).reshape(int(rows), -1))
    if State.image or State.sequence:
        State.inputs = State.inputs.reshape(-1, *(State.image or State.sequence))
    if State.ids:
        State.inputs = State.inputs.long()
    linear = State.body[0]
    if isinstance(linear, nn.Linear):
        State.output = torch.empty(int(rows), linear.out_features)
        State.weight_gradient = torch.empty_like(linear.weight.detach())
        State.input_gradient = torch.empty_like(State.inputs)


def predict():
    with torch.no_grad():
        if State.sequence:
            return State.link(State.body(State.inputs))
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


def convolution_gradients():
    layer = State.body[0]
    with torch.no_grad():
        upstream = State.targets.reshape(len(State.inputs), layer.out_channels, *State.image[1:]).contiguous(memory_format=State.format)
        by_input, by_weight, _ = torch.ops.aten.convolution_backward(
            upstream, State.inputs, layer.weight, [layer.out_channels], [1, 1], list(layer.padding), [1, 1], False, [0, 0], layer.groups, [True, True, False])
        return by_input, by_weight


def both_passes():
    inputs = State.inputs.detach().requires_grad_()
    State.body.zero_grad(set_to_none=True)
    State.body(inputs).backward(State.targets.reshape(len(inputs), *State.sequence))
    return inputs.grad


def following():
    with torch.no_grad():
        return State.body[0].following(State.inputs[0].tolist())


def use(memory_format):
    """Images, and the taps, in that order."""
    State.format = memory_format
    State.body.to(memory_format=memory_format)
    State.inputs = State.inputs.contiguous(memory_format=memory_format)
    State.frozen = None


def faster_format(work):
    """Puts the images into the memory format in which the work takes less, once for each."""
    if not State.image or State.formatted == work:
        return
    State.formatted = work
    spent = {}
    for memory_format in (torch.contiguous_format, torch.channels_last):
        use(memory_format)
        timed(work, 5)
        spent[memory_format] = min(timed(work, 5) for _ in range(5))
    use(min(spent, key=spent.get))


def step():
    State.optimizer.zero_grad(set_to_none=State.zeroed)
    if State.kind == "labels":
        logits = State.body(State.inputs)
        loss = nn.functional.cross_entropy(logits.view(-1, logits.shape[-1]), State.targets)
    else:
        loss = nn.functional.mse_loss(State.body(State.inputs), State.targets)
    loss.backward()
    State.optimizer.step()
    return loss


WORK = {"predict": predict, "addmm": addmm, "gradients": gradients, "input-gradient": input_gradient,
        "convolution-gradients": convolution_gradients, "pass": both_passes, "continue": following, "step": step}


def timed(work, count):
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count * 1e6


def choose_optimizer(kind, rate):
    """The fastest of for-loop and foreach, of zeroed gradients and new ones; images in the faster format first."""
    State.body.train()
    make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[kind]
    kept = [parameter.detach().clone() for parameter in State.body.parameters()]
    best = None
    State.optimizer, State.zeroed = make(State.body.parameters(), lr=rate), True
    faster_format(step)
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
    if work != "step":
        faster_format(WORK[work])
    if work == "step":
        values = [torch.stack([step().detach() for _ in range(10)])]
    else:
        values = WORK[work]()
        values = values if isinstance(values, tuple) else (values,)
    numpy.concatenate([value.detach().numpy().ravel() for value in values]).astype(numpy.float32).tofile(path)


def export(path):
    module = nn.Sequential(State.body, State.link, *([nn.Flatten()] if State.image else [])).eval()
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
        faster_format(WORK[arguments[0]])
        return repr(timed(WORK[arguments[0]], int(arguments[1])))
    if command == "optimizer":
        return choose_optimizer(arguments[0], float(arguments[1]))
    {"network": network, "batch": batch, "export": export, "numbers": numbers}[command](*arguments)
    return "ok"


for line in sys.stdin:
    print(answer(*line.split()), flush=True)
