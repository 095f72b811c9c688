"""Makes the parity fixtures: PyTorch twins of the models in Parity/ParityModels.cs, one safetensors file per model and precision.

Run where PyTorch is installed (1.13 made the files in the repository); the tests themselves need only the files:

    OMP_NUM_THREADS=1 python3 make_fixtures.py

A file holds, in PyTorch's order and names: `input`, `target`, `prediction` (with the loss's link, in evaluation mode; each followed by `/` and
a name where a case has several, stated as a dict: inputs and targets are then passed by name, and losses and links get the outputs as a dict; no
`target` where the loss needs none), `loss` (of the batch), `losses` (of ten optimizer steps on that batch, before each update), and per parameter p `start/p`, `gradient/p` and `after/p` (after ten steps);
running statistics have no gradient.
"""

import hashlib
import json
import pathlib
import struct
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

SEED = 20260101
STEPS = 10
HERE = pathlib.Path(__file__).resolve().parent


class Reshape(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(x.shape[0], *self.shape)


class Normalize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x):
        return (x - self.mean) / self.std


class TwoHeads(nn.Module):
    """Two inputs, two outputs over shared features."""

    def __init__(self):
        super().__init__()
        self.features, self.context = nn.Linear(6, 9), nn.Linear(3, 9)
        self.kind, self.size = nn.Linear(9, 5), nn.Linear(9, 2)

    def forward(self, x, context):
        features = torch.tanh(self.features(x) + self.context(context))
        return {"Kind": self.kind(features), "Size": self.size(features)}


class TiedWeights(nn.Module):
    """One matrix encodes and decodes: its gradient is the sum of both uses."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(0.4 * torch.randn(4, 7))

    def forward(self, x):
        return torch.tanh(x @ self.weight.T) @ self.weight


class FrozenLayer(nn.Module):
    """A layer that neither gradients nor weight decay move, and a gate that no gradient flows through."""

    def __init__(self):
        super().__init__()
        self.fixed, self.moving, self.head = nn.Linear(6, 9), nn.Linear(9, 7), nn.Linear(7, 3)
        self.fixed.requires_grad_(False)

    def forward(self, x):
        features = self.moving(torch.tanh(self.fixed(x)))
        return self.head(features * torch.sigmoid(features.detach()))


def network(*layers):
    """A Sequential whose layers are named as DlGen names them: the kind and a count per kind."""
    counts, named = {}, OrderedDict()
    for layer in layers:
        kind = type(layer).__name__.lower().replace("batchnorm1d", "batchnorm").replace("batchnorm2d", "batchnorm")
        counts[kind] = counts.get(kind, 0) + 1
        named[f"{kind}_{counts[kind]}"] = layer
    return nn.Sequential(named)


def mean_squared_error(output, target):
    return F.mse_loss(output, target)


def sigmoid_cross_entropy(output, target):
    return F.binary_cross_entropy_with_logits(output, target)


def softmax_cross_entropy(smoothing=0.0):
    def loss(output, target):
        if output.dim() == 3:  # (rows, time, classes): PyTorch has the class axis second.
            output = output.transpose(1, 2)
        return F.cross_entropy(output, target, label_smoothing=smoothing)
    return loss


def identity(output):
    return output


def softmax(output):
    return output.softmax(-1)


def gaussian(*shape, scale=1.0):
    return lambda rows: scale * torch.randn(rows, *shape, dtype=torch.float64)


def uniform(*shape):
    return lambda rows: torch.rand(rows, *shape, dtype=torch.float64)


def labels(classes, *shape):
    return lambda rows: torch.randint(0, classes, (rows, *shape))


def sgd(**options):
    return lambda parameters: torch.optim.SGD(parameters, **options)


def adam(**options):
    return lambda parameters: torch.optim.Adam(parameters, **options)


def adamw(**options):
    return lambda parameters: torch.optim.AdamW(parameters, **options)


def named(kind, values):
    """The entries of a file for the only tensor of a kind, or for several by name."""
    return {f"{kind}/{name}": value for name, value in values.items()} if isinstance(values, dict) else {} if values is None else {kind: values}


def draw(definition, rows, dtype):
    """One tensor, several by name, or none; floating-point ones in the precision of the case."""
    if definition is None:
        return None
    if isinstance(definition, dict):
        return {name: draw(one, rows, dtype) for name, one in definition.items()}
    drawn = definition(rows)
    return drawn.to(dtype) if drawn.is_floating_point() else drawn


def call(function, *first, values):
    """Passes several values by name, one by position, none not at all."""
    return function(*first, **values) if isinstance(values, dict) else function(*first) if values is None else function(*first, values)


def case(network, input, target, loss=mean_squared_error, link=identity, optimizer=sgd(lr=0.05), rows=5):
    return dict(network=network, input=input, target=target, loss=loss, link=link, optimizer=optimizer, rows=rows)


def around(activation, lr=0.05):
    """An activation between two Linears, on inputs wide enough to reach its tails."""
    return case(lambda: network(nn.Linear(7, 11), activation(), nn.Linear(11, 3)), gaussian(7, scale=3), gaussian(3), optimizer=sgd(lr=lr))


def trained_by(optimizer):
    return case(lambda: network(nn.Linear(6, 13), nn.Tanh(), nn.Linear(13, 4)), gaussian(6), gaussian(4), optimizer=optimizer)


def classifier(loss, target):
    return case(lambda: network(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 5)), gaussian(6), target, loss, softmax)


CASES = {
    "Linear": case(lambda: network(nn.Linear(7, 5)), gaussian(7), gaussian(5)),
    "LinearWithoutBias": case(lambda: network(nn.Linear(7, 5, bias=False)), gaussian(7), gaussian(5)),
    "LinearWide": case(lambda: network(nn.Linear(70, 35)), gaussian(70), gaussian(35), optimizer=sgd(lr=0.5), rows=9),
    "LinearOverSequence": case(lambda: network(nn.Linear(5, 4), nn.GELU(), nn.LayerNorm(4), nn.Flatten(), nn.Linear(24, 3)), gaussian(6, 5), gaussian(3)),
    "LayerNorm": case(lambda: network(nn.Linear(6, 9), nn.LayerNorm(9), nn.Linear(9, 3)), gaussian(6), gaussian(3)),
    "LayerNormEpsilon": case(lambda: network(nn.Linear(6, 9), nn.LayerNorm(9, eps=1e-2), nn.Linear(9, 3)), gaussian(6, scale=0.2), gaussian(3)),
    "BatchNorm": case(lambda: network(nn.Linear(6, 9, bias=False), nn.BatchNorm1d(9), nn.Tanh(), nn.Linear(9, 3)), gaussian(6), gaussian(3), rows=7),
    "BatchNormOptions": case(
        lambda: network(nn.Linear(6, 9, bias=False), nn.BatchNorm1d(9, eps=1e-2, momentum=0.3), nn.Tanh(), nn.BatchNorm1d(9), nn.Linear(9, 3)), gaussian(6), gaussian(3), rows=70),
    "BatchNormOverImage": case(lambda: network(Reshape(3, 4, 2), nn.BatchNorm2d(3), nn.GELU(), nn.Flatten(), nn.Linear(24, 3)), gaussian(24), gaussian(3), rows=4),
    "Reshape": case(lambda: network(Reshape(3, 4), nn.Linear(4, 5), nn.Tanh(), nn.Flatten(), nn.Linear(15, 2)), gaussian(12), gaussian(2)),
    "Normalize": case(lambda: network(Normalize(0.5, 0.25), nn.Linear(7, 5)), uniform(7), gaussian(5)),

    "Relu": around(nn.ReLU),
    "LeakyRelu": around(nn.LeakyReLU),
    "LeakyReluSlope": around(lambda: nn.LeakyReLU(0.2)),
    "Elu": around(nn.ELU),
    "EluAlpha": around(lambda: nn.ELU(0.7)),
    "Selu": around(nn.SELU),
    "Gelu": around(nn.GELU),
    "Silu": around(nn.SiLU),
    "Mish": around(nn.Mish),
    "Sigmoid": around(nn.Sigmoid),
    "Tanh": around(nn.Tanh),
    "Softplus": around(nn.Softplus),
    "HardSwish": around(nn.Hardswish),
    "Softmax": around(lambda: nn.Softmax(-1)),
    "LogSoftmax": around(lambda: nn.LogSoftmax(-1), lr=0.002),

    "MeanSquaredError": case(lambda: network(nn.Linear(6, 4)), gaussian(6), gaussian(4)),
    "SigmoidCrossEntropy": case(lambda: network(nn.Linear(6, 4)), gaussian(6, scale=3), uniform(4), sigmoid_cross_entropy, torch.sigmoid),
    "SoftmaxCrossEntropy": classifier(softmax_cross_entropy(), labels(5)),
    "SoftmaxCrossEntropySmoothing": classifier(softmax_cross_entropy(0.1), labels(5)),
    "SoftmaxCrossEntropyOverSequence": case(
        lambda: network(nn.Linear(4, 9), nn.Tanh(), nn.Linear(9, 5)), gaussian(6, 4), labels(5, 6), softmax_cross_entropy(), softmax),

    "Sgd": trained_by(sgd(lr=0.1)),
    "SgdMomentum": trained_by(sgd(lr=0.1, momentum=0.9)),
    "SgdNesterov": trained_by(sgd(lr=0.1, momentum=0.8, nesterov=True)),
    "SgdWeightDecay": trained_by(sgd(lr=0.1, momentum=0.9, weight_decay=0.05)),
    "Adam": trained_by(adam(lr=0.01)),
    "AdamOptions": trained_by(adam(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "AdamW": trained_by(adamw(lr=0.01)),
    "AdamWOptions": trained_by(adamw(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3)),

    "DeepMlp": case(
        lambda: network(
            nn.Linear(20, 33), nn.SiLU(), nn.Linear(33, 17), nn.LayerNorm(17), nn.GELU(), nn.Linear(17, 64), nn.Tanh(),
            nn.Linear(64, 31, bias=False), nn.Mish(), nn.Linear(31, 10)),
        gaussian(20), labels(10), softmax_cross_entropy(), softmax, adam(lr=1e-3), rows=23),

    "TwoHeads": case(
        TwoHeads, {"x": gaussian(6), "context": gaussian(3)}, {"kind": labels(5), "size": gaussian(2)},
        lambda output, kind, size: F.cross_entropy(output["Kind"], kind) + 0.5 * F.mse_loss(output["Size"], size)),
    "TiedWeights": case(TiedWeights, gaussian(7), gaussian(7)),
    "FrozenLayer": case(FrozenLayer, gaussian(6), gaussian(3), optimizer=sgd(lr=0.1, momentum=0.9, weight_decay=0.1)),
}

DTYPES = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64"}


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().cpu().numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(name, case, dtype, seed):
    torch.manual_seed(seed)
    model = case["network"]().double()
    input, target = draw(case["input"], case["rows"], dtype), draw(case["target"], case["rows"], dtype)
    model = model.to(dtype)

    parameters = OrderedDict(model.named_parameters())
    states = OrderedDict((path, state) for path, state in model.named_buffers() if not path.endswith("num_batches_tracked"))
    for path, state in states.items():  # PyTorch's zeros and ones would hide faults
        state.copy_(0.5 + torch.rand(state.shape) if path.endswith("running_var") else torch.randn(state.shape))
    model.eval()
    tensors = OrderedDict(named("input", input) | named("target", target) | named("prediction", case["link"](call(model, values=input))))
    for path, parameter in parameters.items():
        tensors[f"start/{path}"] = parameter.detach().clone()
    for path, state in states.items():
        tensors[f"start/{path}"] = state.clone()
    model.train()

    optimizer = case["optimizer"](model.parameters())
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = call(case["loss"], call(model, values=input), values=target)
        loss.backward()
        losses.append(loss.detach())
        if step == 0:
            for path, parameter in parameters.items():
                if parameter.grad is None:  # frozen
                    continue
                tensors[f"gradient/{path}"] = parameter.grad.clone()
        optimizer.step()
    assert losses[-1] < losses[0], f"{name} does not learn: ten diverging steps compare rounding errors"

    tensors["loss"] = losses[0].reshape(1)
    tensors["losses"] = torch.stack(losses)
    for path, parameter in parameters.items():
        tensors[f"after/{path}"] = parameter.detach().clone()
    for path, state in states.items():
        tensors[f"after/{path}"] = state.clone()
    return tensors


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    script = hashlib.sha256(pathlib.Path(__file__).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    for old in HERE.glob("*.safetensors"):
        old.unlink()
    for number, (name, definition) in enumerate(CASES.items()):
        for dtype, suffix in ((torch.float64, "Float64"), (torch.float32, "Float32")):
            metadata = {"torch": torch.__version__, "script": script, "seed": str(SEED + number)}
            save(HERE / f"{name}.{suffix}.safetensors", make(name, definition, dtype, SEED + number), metadata)


if __name__ == "__main__":
    main()
