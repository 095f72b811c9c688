"""PyTorch beside DlGen on the same GPU: what the program dlgen-gpu times, by the same names, in each way that PyTorch has of running it.

  eager             as it is written
  compiled          torch.compile(mode="max-autotune")
  captured          the whole step (forward, backward, fused capturable Adam) as one CUDA graph
  compiled+captured both: torch.compile(mode="max-autotune-no-cudagraphs"), then captured whole

Prints lines of fields between tabs: "note", text; or "time", workload, way, seconds: median, lower quartile, upper quartile. Products are in float32, TF32 off, but for those whose names say tf32 or bf16.

  --device N   the number of the GPU
  --only G,... some of the groups steps, tokens, memory, products, matrices; others are not here
  --quick      without the two compiled ways
  --cpu        eager on the processor, once: to see that everything runs
"""
import argparse
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--device", type=int, default=0)
parser.add_argument("--only", type=lambda text: text.split(","), default=["steps", "tokens", "memory", "products", "matrices"])
parser.add_argument("--quick", action="store_true")
parser.add_argument("--cpu", action="store_true")
options = parser.parse_args()


def line(*fields):
    print(*fields, sep="\t", flush=True)


try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    line("note", f"not timed: {error}")
    sys.exit(0)

if not options.cpu and not torch.cuda.is_available():
    line("note", f"not timed: PyTorch {torch.__version__} sees no GPU")
    sys.exit(0)

DEVICE = torch.device("cpu") if options.cpu else torch.device("cuda", options.device)
HAS_COMPILER = hasattr(torch, "compile") and not options.quick and not options.cpu
RATE = 1e-6
WARM_UP, SAMPLE, MOST, SAMPLES, FEWEST = (0, 0, 0, 1, 1) if options.cpu else (0.3, 0.02, 3, 31, 5)


def allow_tf32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


if not options.cpu:
    torch.cuda.set_device(DEVICE)
    allow_tf32(False)
    torch.backends.cudnn.benchmark = True
line("note", f"{torch.__version__} on {'the processor' if options.cpu else torch.cuda.get_device_name(DEVICE)}, float32, TF32 off where the name does not say it")


def wait():
    if not options.cpu:
        torch.cuda.synchronize()


def quartiles(work, per_repetition=1):
    """Seconds of one repetition as it runs when it is queued again and again."""
    begin, repetitions = time.perf_counter(), 0
    while repetitions < (1 if options.cpu else 3) or time.perf_counter() - begin < WARM_UP:
        work()
        repetitions += 1
        if repetitions % 16 == 0 or repetitions < 3:
            wait()
    wait()
    once = (time.perf_counter() - begin) / repetitions
    per_sample = max(1, min(int(SAMPLE / once) + 1, 1 << 16))
    samples, begin = [], time.perf_counter()
    while len(samples) < FEWEST or (len(samples) < SAMPLES and time.perf_counter() - begin < MOST):
        start = time.perf_counter()
        for _ in range(per_sample):
            work()
        wait()
        samples.append((time.perf_counter() - start) / per_sample / per_repetition)
    samples.sort()

    def at(share):
        place = share * (len(samples) - 1)
        below = int(place)
        above = min(below + 1, len(samples) - 1)
        return samples[below] + (place - below) * (samples[above] - samples[below])

    return at(0.5), at(0.25), at(0.75)


def report(workload, way, make, per_repetition=1):
    """Times what make() gives; whatever fails is told, and the rest goes on."""
    try:
        line("time", workload, way, *map(repr, quartiles(make(), per_repetition)))
    except Exception as error:  # of the compiler, of the driver, of memory: all are told
        line("note", f"{workload}, {way}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    finally:
        if HAS_COMPILER:
            torch._dynamo.reset()
        if not options.cpu:
            torch.cuda.empty_cache()


def captured(work, before=3):
    """The work as one graph, after some runs on a stream beside; what it gives lies in the same place each time."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(before):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = work()

    def replay():
        graph.replay()
        return result

    return replay


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.projection, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def split(self, x):
        rows, steps, width = x.shape
        return [part.view(rows, steps, self.heads, width // self.heads).transpose(1, 2) for part in self.projection(self.first(x)).split(width, 2)]

    def finish(self, x, mixed):
        x = x + self.output(mixed.transpose(1, 2).flatten(2))
        return x + self.down(functional.gelu(self.up(self.second(x))))

    def forward(self, x):
        query, key, value = self.split(x)
        if hasattr(functional, "scaled_dot_product_attention"):
            return self.finish(x, functional.scaled_dot_product_attention(query, key, value, is_causal=True))
        hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        scores = (query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5).masked_fill(hidden, float("-inf"))
        return self.finish(x, torch.softmax(scores, -1) @ value)

    def following(self, x, cache, position, hidden):
        """One step; the cache is (2, heads, steps, width of a head)."""
        query, key, value = self.split(x)
        cache.index_copy_(2, position, torch.stack((key[0], value[0])))
        scores = (query[0] @ cache[0].transpose(-2, -1) * query.shape[-1] ** -0.5).masked_fill(hidden, float("-inf"))
        return self.finish(x, (torch.softmax(scores, -1) @ cache[1])[None])


class Gpt(nn.Module):
    """As the model of DlGen's side: 4 layers, width 128, 4 heads, tied tables."""

    steps, vocabulary, width, heads = 64, 65, 128, 4

    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(self.vocabulary, self.width), nn.Embedding(self.steps, self.width)
        self.blocks = nn.ModuleList(Block(self.width, self.heads) for _ in range(4))
        self.norm = nn.LayerNorm(self.width)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight
        for block in self.blocks:
            x = block(x)
        return (self.norm(x) @ self.tokens.weight.t()).flatten(0, 1)

    def following(self, id, position, caches, places):
        x = (self.tokens(id) + self.positions(position))[None]
        for block, cache in zip(self.blocks, caches):
            x = block.following(x, cache, position, places > position)
        return self.norm(x)[0, 0] @ self.tokens.weight.t()


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


class Recurrent(nn.Module):
    """Reads an image row by row; the last state is classified. nn.LSTM and nn.GRU run cuDNN's kernels."""

    def __init__(self, kind):
        super().__init__()
        self.layer, self.head = kind(28, 64, batch_first=True), nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


def optimizer_of(model, decoupled, capturable):
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    if options.cpu:
        return kind(model.parameters(), lr=RATE)
    try:
        return kind(model.parameters(), lr=RATE, fused=True, capturable=capturable)
    except (TypeError, RuntimeError):
        return kind(model.parameters(), lr=RATE, capturable=capturable)


def step(workload, create, inputs, labels, decoupled=False):
    """A step with the batch's way to the device and the loss's way back, then the step alone on what lies there."""
    pinned = [inputs, labels] if options.cpu else [inputs.pin_memory(), labels.pin_memory()]
    there = [part.to(DEVICE) for part in pinned]
    here = torch.zeros(()) if options.cpu else torch.zeros(()).pin_memory()

    def make(with_copies, compiles, captures):
        torch.manual_seed(1)
        model = create().to(DEVICE).train()
        optimizer = optimizer_of(model, decoupled, captures)
        forward = torch.compile(model, mode="max-autotune-no-cudagraphs" if captures else "max-autotune") if compiles else model

        def compute():
            optimizer.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(forward(there[0]), there[1])
            loss.backward()
            optimizer.step()
            return loss.detach()

        if captures:
            compute = captured(compute)
        if not with_copies:
            return compute

        def whole():
            for to, source in zip(there, pinned):
                to.copy_(source, non_blocking=True)
            here.copy_(compute(), non_blocking=True)

        return whole

    for way, compiles, captures in (("eager", False, False), ("compiled", True, False), ("captured", False, True), ("compiled+captured", True, True)):
        if (compiles and not HAS_COMPILER) or (captures and options.cpu):
            continue
        report(workload, way, lambda: make(True, compiles, captures))
        report(workload + ", graph", way, lambda: make(False, compiles, captures))


def token():
    count = Gpt.steps - 1
    model = Gpt().to(DEVICE).eval()
    caches = [torch.zeros(2, model.heads, model.steps, model.width // model.heads, device=DEVICE) for _ in model.blocks]
    places = torch.arange(model.steps, device=DEVICE)
    id, position = (torch.zeros(1, dtype=torch.long, device=DEVICE) for _ in range(2))

    def make(captures):
        def following():
            with torch.no_grad():
                return model.following(id, position, caches, places)

        if captures:
            following = captured(following)

        def write():
            """The next id is chosen on the host, as by any program that stops at an end or filters what may come."""
            chosen = 1
            for at in range(count):
                id.fill_(chosen)
                position.fill_(at)
                chosen = int(torch.multinomial(torch.softmax(following().cpu(), -1), 1))

        return write

    report("token, GPT", "eager", lambda: make(False), count)
    if not options.cpu:
        report("token, GPT", "captured", lambda: make(True), count)


def kernel(workload, work):
    """Work on tensors that lie there: eager and, where it is one, compiled into other kernels."""
    report(workload, "eager", lambda: work)
    if HAS_COMPILER:
        report(workload, "compiled", lambda: torch.compile(work, mode="max-autotune-no-cudagraphs"))


def memory():
    rows, width = (64, 1024) if options.cpu else (65536, 1024)
    x, y = torch.rand(rows, width, device=DEVICE), torch.rand(rows, width, device=DEVICE)
    kernel("copy, 256 MB", lambda: y.copy_(x))
    with torch.no_grad():
        kernel("GELU, 256 MB", lambda: functional.gelu(x))
        kernel("softmax of 1024, 256 MB", lambda: torch.softmax(x, -1))
        kernel("bias gradient, 512 MB", lambda: ((x - y) * (2 / x.numel())).sum(0))
    del x, y
    if not options.cpu:
        weight = nn.Parameter(torch.zeros(8192, 8192, device=DEVICE))
        weight.grad = torch.rand_like(weight)
        holder = nn.Module()
        holder.weight = weight
        optimizer = optimizer_of(holder, False, True)
        report("Adam, 67 million", "eager", lambda: optimizer.step)


def products():
    scale = 64 if options.cpu else 1
    with torch.no_grad():
        for rows in (4096, 32):
            x, weight, bias = torch.rand(rows, 4096 // scale, device=DEVICE), torch.rand(4096 // scale, 4096 // scale, device=DEVICE), torch.rand(4096 // scale, device=DEVICE)
            upstream = torch.rand(rows, 4096 // scale, device=DEVICE)
            kernel(f"product, {rows} x 4096 x 4096", lambda: functional.linear(x, weight, bias))
            kernel(f"weight gradient, {rows} x 4096 x 4096", lambda: upstream.t() @ x)
        x, weight, bias = torch.rand(999, 1001, device=DEVICE), torch.rand(1003, 1001, device=DEVICE), torch.rand(1003, device=DEVICE)
        kernel("product, 999 x 1001 x 1003", lambda: functional.linear(x, weight, bias))
        x, upstream = torch.rand(262144 // scale, 64, device=DEVICE), torch.rand(262144 // scale, 64, device=DEVICE)
        kernel("weight gradient, 262144 x 64 x 64", lambda: upstream.t() @ x)
        images = torch.rand(32, 64, 56 // (8 if options.cpu else 1), 56, device=DEVICE).contiguous(memory_format=torch.channels_last)
        layer = nn.Conv2d(64, 64, 3, padding=1).to(DEVICE).to(memory_format=torch.channels_last)
        kernel("convolution 3 x 3, 32 x 64 x 56 x 56", lambda: layer(images))


def matrix_products():
    """By tensor cores: floats that the product rounds to tf32, and numbers that are bf16 already."""
    size = 64 if options.cpu else 4096
    for numbers, type in (("tf32", torch.float32), ("bf16", torch.bfloat16)):
        allow_tf32(numbers == "tf32")
        with torch.no_grad():
            x, weight, upstream = (torch.rand(size, size, device=DEVICE).to(type) for _ in range(3))
            bias = torch.rand(size, device=DEVICE).to(type)
            kernel(f"product, 4096 x 4096 x 4096, {numbers}", lambda: functional.linear(x, weight, bias))
            kernel(f"weight gradient, 4096 x 4096 x 4096, {numbers}", lambda: upstream.t() @ x)
    allow_tf32(False)


def steps():
    for batch in (32, 256):
        step(f"step, MLP, batch {batch}", mlp, torch.rand(batch, 784), torch.randint(10, (batch,)))
        step(f"step, LeNet-5, batch {batch}", lenet, torch.rand(batch, 1, 28, 28), torch.randint(10, (batch,)))
        step(f"step, LSTM, batch {batch}", lambda: Recurrent(nn.LSTM), torch.rand(batch, 28, 28), torch.randint(10, (batch,)))
        step(f"step, GRU, batch {batch}", lambda: Recurrent(nn.GRU), torch.rand(batch, 28, 28), torch.randint(10, (batch,)))
    step("step, GPT, batch 12", Gpt, torch.randint(65, (12, 64)), torch.randint(65, (12 * 64,)), decoupled=True)


for group, time_all in (("steps", steps), ("tokens", token), ("memory", memory), ("products", products), ("matrices", matrix_products)):
    if group in options.only:
        time_all()
