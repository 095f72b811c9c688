"""Makes the parity fixtures: PyTorch twins of the models in Parity/ParityModels.cs, one safetensors file per model and precision.

Run where PyTorch is installed (1.13 made the files in the repository); the tests themselves need only the files:

    OMP_NUM_THREADS=1 python3 make_fixtures.py

A file holds, in PyTorch's order and names: `input`, `target`, `prediction` (with the loss's link, in evaluation mode; each followed by `/` and
a name where a case has several, stated as a dict: inputs and targets are then passed by name, and losses and links get the outputs as a dict; no
`target` where the loss needs none), `loss` (of the batch), `losses` (of ten optimizer steps on that batch, before each update), and per parameter p `start/p`, `gradient/p` and `after/p` (after ten steps);
running statistics have no gradient. made_by.sha256 holds the hash of the script that made them.
"""

import functools
import hashlib
import json
import math
import pathlib
import struct
import zlib
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

STEPS = 10
HERE = pathlib.Path(__file__).resolve().parent


class RmsNorm(nn.Module):
    """nn.RMSNorm of later versions."""

    def __init__(self, width, eps=torch.finfo(torch.float32).eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Standardize(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_buffer("mean", torch.randn(channels))
        self.register_buffer("std", 0.5 + torch.rand(channels))

    def forward(self, x):
        return (x - self.mean) / self.std


class MinMaxScale(nn.Module):
    """Over (rows, channels, height, width)."""

    def __init__(self, channels):
        super().__init__()
        self.register_buffer("min", torch.randn(channels))
        self.register_buffer("max", 3 + torch.rand(channels))

    def forward(self, x):
        low, high = self.min[:, None, None], self.max[:, None, None]
        return (x - low) / (high - low)


class InstanceNorm1d(nn.InstanceNorm1d):
    """Over (rows, time, features)."""

    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


def over_sequence(layer):
    """A layer of PyTorch's over (rows, features, time) as one over (rows, time, features) with the same name and parameters."""
    forward = layer.forward
    layer.forward = lambda x: forward(x.transpose(1, 2)).transpose(1, 2)
    return layer


class GlobalPool(nn.Module):
    """nn.AdaptiveMaxPool and nn.AdaptiveAvgPool to one number a channel, without the axes of positions."""

    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, x):
        return self.pool(x).flatten(1)


class Pad(nn.Module):
    def __init__(self, sides, mode="constant", value=0.0):
        super().__init__()
        self.sides, self.mode, self.value = sides, mode, value

    def forward(self, x):
        return F.pad(x, self.sides, self.mode, self.value) if self.mode == "constant" else F.pad(x, self.sides, self.mode)


class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, upstream):
        return upstream


class Step(nn.Module):
    def forward(self, x):
        return StraightThrough.apply(x)


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


class Rnn(nn.RNN):
    """nn.RNN over (rows, time, features) with the last state of the last layer as its result."""

    def __init__(self, inputs, units, **options):
        super().__init__(inputs, units, batch_first=True, **options)

    def forward(self, x):
        return super().forward(x)[1][-1]


class Gru(nn.GRU):
    """nn.GRU over (rows, time, features) with the states of all times as its result."""

    def __init__(self, inputs, units):
        super().__init__(inputs, units, batch_first=True)

    def forward(self, x):
        return super().forward(x)[0]


class LastStep(nn.Module):
    def forward(self, x):
        return x[:, -1]


def masked(recurrence, x, mask, initial=None):
    """A recurrence of PyTorch's over the steps that the mask (rows, time) says are there: packed, and its outputs padded with 0 again."""
    packed = nn.utils.rnn.pack_padded_sequence(x, mask.sum(1).long(), batch_first=True, enforce_sorted=False)
    states, last = recurrence(packed, initial)
    return nn.utils.rnn.pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])[0], last


class RnnMasked(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn_1, self.linear_1 = nn.RNN(3, 4, bidirectional=True, batch_first=True), nn.Linear(8, 2)

    def forward(self, x, mask):
        return self.linear_1(torch.cat(list(masked(self.rnn_1, x, mask)[1]), -1))


class GruStates(nn.Module):
    """States of two layers in both directions, which begin with what another input says."""

    def __init__(self):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(4, 16), nn.Linear(32, 2)
        self.gru_1 = nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True)

    def forward(self, x, mask, context):
        start = self.linear_1(context).tanh().reshape(-1, 4, 4).transpose(0, 1).contiguous()
        y, state = masked(self.gru_1, x, mask, start)
        last = y[torch.arange(len(y)), mask.sum(1).long() - 1]
        return self.linear_2(torch.cat([y.mean(1), last, state.transpose(0, 1).flatten(1)], 1))


class LstmStates(nn.Module):
    """A second recurrence begins where the first one ended."""

    def __init__(self):
        super().__init__()
        self.lstm_1, self.lstm_2 = nn.LSTM(3, 5, num_layers=2, bias=False, batch_first=True), nn.LSTM(2, 5, num_layers=2, batch_first=True)
        self.linear_1 = nn.Linear(5, 2)

    def forward(self, source, mask, target):
        y, (_, cell) = self.lstm_2(target, masked(self.lstm_1, source, mask)[1])
        return self.linear_1(torch.cat([y, cell.transpose(0, 1)], 1))


class LstmProjected(nn.Module):
    """States of two widths, in both directions."""

    def __init__(self):
        super().__init__()
        self.lstm_1 = nn.LSTM(3, 5, num_layers=2, bias=False, bidirectional=True, proj_size=3, batch_first=True)
        self.lstm_2 = nn.LSTM(2, 5, num_layers=2, bidirectional=True, proj_size=3, batch_first=True)
        self.linear_1, self.linear_2, self.linear_3 = nn.Linear(6, 2), nn.Linear(5, 2), nn.Linear(3, 2)

    def forward(self, source, mask, target):
        y, (hidden, cell) = self.lstm_2(target, masked(self.lstm_1, source, mask)[1])
        return self.linear_1(y) + self.linear_2(cell.transpose(0, 1)) + self.linear_3(hidden.transpose(0, 1))


class Choices(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(7, 12), nn.Linear(7, 2)

    def forward(self, x):
        gate, left, right = self.linear_1(x).chunk(3, 1)
        first, rest = right.split([1, 3], 1)
        chosen = torch.where(gate > 0.1, left, right.tanh()).log_softmax(-1)
        places = F.one_hot(left.argmax(-1), 4).to(x.dtype)
        return self.linear_2(torch.cat([chosen * places, rest * first], 1)) + 0.1 * right.argmax(-1, keepdim=True).to(x.dtype)


class Lstm(nn.LSTM):
    """nn.LSTM over (rows, time, features) with one result: the states of all times, or the last ones of the last layer side by side."""

    def __init__(self, inputs, units, return_sequence=False, **options):
        super().__init__(inputs, units, batch_first=True, **options)
        self.return_sequence = return_sequence

    def forward(self, x):
        states, (last, _) = super().forward(x)
        return states if self.return_sequence else torch.cat(list(last[-2:] if self.bidirectional else last[-1:]), -1)


class Scan(nn.Module):
    """A cell run along time, (rows, time, features), from zeros: its states at all times."""

    def __init__(self, cell, units):
        super().__init__()
        self.cell_1, self.units = cell, units

    def forward(self, x):
        state, states = x.new_zeros(x.shape[0], self.units), []
        for step in x.unbind(1):
            state = self.cell_1(state, step)
            states.append(state)
        return torch.stack(states, 1)


class GatedCell(nn.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.linear_1, self.linear_2, self.layernorm_1 = nn.Linear(inputs + units, units), nn.Linear(inputs + units, units), nn.LayerNorm(units)

    def forward(self, state, step):
        both = torch.cat([state, step], 1)
        gate = self.linear_1(both).sigmoid()
        return gate * state + (1 - gate) * self.layernorm_1(self.linear_2(both)).tanh()


class ScanThenLinear(Scan):
    def __init__(self, inputs, units, outputs):
        super().__init__(GatedCell(inputs, units), units)
        self.linear_1 = nn.Linear(units, outputs)

    def forward(self, x):
        return self.linear_1(super().forward(x))


class Attention(nn.MultiheadAttention):
    def __init__(self, width, heads, causal=False, bias=True):
        super().__init__(width, heads, bias=bias, batch_first=True)
        self.causal = causal
        if bias:  # PyTorch's zeros would hide faults
            nn.init.normal_(self.in_proj_bias)
            nn.init.normal_(self.out_proj.bias)

    def forward(self, x):
        time = x.shape[1]
        mask = torch.ones(time, time, dtype=torch.bool).triu(1) if self.causal else None
        return super().forward(x, x, x, attn_mask=mask, need_weights=False)[0]


def visible(lengths, time):
    """1 for the steps before a row's length, as bools (rows, time)."""
    return torch.arange(time) < lengths[:, None]


class CrossAttention(nn.MultiheadAttention):
    def __init__(self, width, heads, features, bias=True):
        super().__init__(width, heads, bias=bias, kdim=features, vdim=features, batch_first=True)
        if bias:
            nn.init.normal_(self.in_proj_bias)
            nn.init.normal_(self.out_proj.bias)

    def forward(self, x, memory, seen=None, pattern=None):
        """Masks as DlGen has them, True for what is seen."""
        hidden, rule = (None if mask is None else ~mask for mask in (seen, pattern))
        return super().forward(x, memory, memory, key_padding_mask=hidden, attn_mask=rule, need_weights=False)[0]


class SelfAttention(CrossAttention):
    def __init__(self, width, heads):
        super().__init__(width, heads, width)

    def forward(self, x, seen=None, pattern=None):
        return super().forward(x, x, seen, pattern)


class MaskedAttention(nn.Module):
    """Padding, a pattern over pairs of steps, and both with causality: every query sees the first key."""

    def __init__(self):
        super().__init__()
        self.attention_1, self.attention_2 = SelfAttention(6, 2), SelfAttention(6, 3)
        self.linear_1 = nn.Linear(6, 4)

    def forward(self, x, lengths):
        steps = torch.arange(5)
        pattern = ((steps[:, None] - steps) % 2 == 0) | (steps == 0)
        seen = visible(lengths, 5)
        x = x + self.attention_1(x, seen)
        x = x + self.attention_2(x, seen, pattern & (steps <= steps[:, None]))
        return self.linear_1(x)


class AttentionOfHeads(nn.Module):
    """A pattern for each head, scores that are trained, with causality and padding, and scores by the distance."""

    def __init__(self):
        super().__init__()
        self.attention_1, self.attention_2, self.crossattention_1 = SelfAttention(6, 3), SelfAttention(6, 2), CrossAttention(6, 1, 6)
        self.scores, self.linear_1 = nn.Parameter(torch.randn(2, 5, 5)), nn.Linear(6, 4)

    def forward(self, x, lengths):
        steps = torch.arange(5)
        distance = (steps[:, None] - steps).abs()
        seen = visible(lengths, 5)
        rows, hidden = len(x), torch.full((5, 5), -torch.inf).to(x.dtype).triu(1)
        near = (distance <= torch.tensor([1, 2, 4])[:, None, None]) | (steps == 0)
        x = x + self.attention_1(x, None, (near & seen[:, None, None]).flatten(0, 1))
        x = x + nn.MultiheadAttention.forward(self.attention_2, x, x, x, key_padding_mask=~seen, attn_mask=(self.scores + hidden).repeat(rows, 1, 1), need_weights=False)[0]
        memory = torch.tanh(x)
        x = x + nn.MultiheadAttention.forward(self.crossattention_1, x, memory, memory, attn_mask=-0.3 * distance.to(x.dtype), need_weights=False)[0]
        return self.linear_1(x)


class MaskedCrossAttention(nn.Module):
    """To memories of the same width and of another, with padding and with a pattern."""

    def __init__(self):
        super().__init__()
        self.crossattention_1, self.crossattention_2 = CrossAttention(6, 2, 6), CrossAttention(6, 3, 4)
        self.crossattention_3 = CrossAttention(6, 1, 4, bias=False)
        self.linear_1 = nn.Linear(4, 6)

    def forward(self, x, memory, lengths):
        pattern = torch.arange(3)[:, None] + torch.arange(5) != 2
        seen = visible(lengths, 5)
        x = x + self.crossattention_1(x, torch.tanh(self.linear_1(memory)), seen)
        x = x + self.crossattention_2(x, memory, None, pattern)
        return self.crossattention_3(x, memory, seen)


class Transformer(nn.Module):
    """PyTorch's encoder layer in both orders, behind the tutorials' positions."""

    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(3, 6)
        self.after_1 = self.layer(heads=2, activation="relu", norm_first=False)
        self.before_1 = self.layer(heads=3, activation="gelu", norm_first=True)
        self.linear_2 = nn.Linear(6, 4)

    @staticmethod
    def layer(heads, **options):
        made = nn.TransformerEncoderLayer(6, heads, dim_feedforward=8, dropout=0.0, batch_first=True, **options)
        nn.init.normal_(made.self_attn.in_proj_bias)
        nn.init.normal_(made.self_attn.out_proj.bias)
        return made

    def forward(self, x, lengths):
        time, width = 5, 6
        position = torch.arange(time, dtype=torch.float64)[:, None]
        frequency = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
        positions = torch.zeros(time, width, dtype=torch.float64)
        positions[:, 0::2], positions[:, 1::2] = torch.sin(position * frequency), torch.cos(position * frequency)
        x, hidden = self.linear_1(x) + positions.to(x.dtype), ~visible(lengths, time)
        x = self.after_1(x, src_key_padding_mask=hidden)
        return self.linear_2(self.before_1(x, src_key_padding_mask=hidden))


class GptAttention(nn.Module):
    """Causal self-attention as nanoGPT writes it."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.in_proj_weight, self.in_proj_bias = heads, nn.Parameter(0.3 * torch.randn(3 * width, width)), nn.Parameter(0.3 * torch.randn(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x):
        rows, time, width = x.shape
        q, k, v = F.linear(x, self.in_proj_weight, self.in_proj_bias).split(width, dim=2)
        q, k, v = (part.view(rows, time, self.heads, width // self.heads).transpose(1, 2) for part in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(torch.tril(torch.ones(time, time)) == 0, float("-inf")).softmax(-1)
        return self.out_proj((att @ v).transpose(1, 2).contiguous().view(rows, time, width))


class GptMlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc, self.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x)))


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp_1 = nn.LayerNorm(width), GptAttention(width, heads), nn.LayerNorm(width), GptMlp(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp_1(self.ln_2(x))


class NanoGpt(nn.Module):
    """nanoGPT's model: one table for tokens and logits, trained positions, norms before the parts of a block and behind the last."""

    def __init__(self, vocabulary=11, time=6, width=8, heads=2, blocks=2):
        super().__init__()
        self.wte, self.wpe = nn.Parameter(0.5 * torch.randn(vocabulary, width)), PositionEmbedding(time, width)
        for i in range(blocks):
            setattr(self, f"block_{i + 1}", GptBlock(width, heads))
        self.blocks, self.ln_f = blocks, nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.wpe(F.embedding(tokens, self.wte))
        for i in range(self.blocks):
            x = getattr(self, f"block_{i + 1}")(x)
        return self.ln_f(x) @ self.wte.T


def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat([-second, first], -1)


def rotary(x, base=10000.0):
    """Llama's, over (…, time, features)."""
    time, features = x.shape[-2:]
    frequency = 1.0 / base ** (torch.arange(0, features, 2, dtype=torch.float64) / features)
    angles = torch.outer(torch.arange(time, dtype=torch.float64), frequency)
    angles = torch.cat([angles, angles], -1)
    return x * angles.cos().to(x.dtype) + rotate_half(x) * angles.sin().to(x.dtype)


class RotaryAttention(nn.Module):
    """Causal, without biases, heads of a width of their own, queries and keys turned."""

    def __init__(self, width, heads, head_width):
        super().__init__()
        self.heads, self.head_width = heads, head_width
        self.in_proj_weight, self.out_proj = nn.Parameter(0.4 * torch.randn(3 * heads * head_width, width)), nn.Linear(heads * head_width, width, bias=False)

    def forward(self, x):
        rows, time, _ = x.shape
        q, k, v = (part.view(rows, time, self.heads, self.head_width).transpose(1, 2) for part in F.linear(x, self.in_proj_weight).chunk(3, -1))
        scores = rotary(q) @ rotary(k).transpose(-2, -1) / math.sqrt(self.head_width)
        scores = scores.masked_fill(torch.ones(time, time, dtype=torch.bool).triu(1), float("-inf"))
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, time, -1))


class RotaryPositions(nn.Module):
    """In a layer of attention, and alone with another base."""

    def __init__(self):
        super().__init__()
        self.rmsnorm_1, self.attention_1, self.linear_1 = RmsNorm(5), RotaryAttention(5, 2, 4), nn.Linear(5, 6)

    def forward(self, x):
        x = x + self.attention_1(self.rmsnorm_1(x))
        return rotary(torch.tanh(self.linear_1(x)), base=50.0)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.layernorm_1, self.attention_1 = nn.LayerNorm(width), Attention(width, heads, causal=True)
        self.layernorm_2, self.linear_1, self.linear_2 = nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention_1(self.layernorm_1(x))
        return x + self.linear_2(F.gelu(self.linear_1(self.layernorm_2(x))))


class ConvolutionBlock(nn.Module):
    """Two convolutions beside a shortcut, which is one too where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv2d_1, self.batchnorm_1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2d_2, self.batchnorm_2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2d_3, self.batchnorm_3 = None, None
        if stride != 1 or inputs != outputs:
            self.conv2d_3, self.batchnorm_3 = nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = self.batchnorm_2(self.conv2d_2(F.silu(self.batchnorm_1(self.conv2d_1(x)))))
        return torch.tanh(y + (x if self.conv2d_3 is None else self.batchnorm_3(self.conv2d_3(x))))


class ResidualConvolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d_1, self.linear_1 = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(16, 3)
        self.residual_1, self.residual_2 = ConvolutionBlock(3, 3, 1), ConvolutionBlock(3, 4, 2)

    def forward(self, x):
        return self.linear_1(F.avg_pool2d(self.residual_2(self.residual_1(self.conv2d_1(x))), 2, 1).flatten(1))


class PositionEmbedding(nn.Module):
    def __init__(self, time, width):
        super().__init__()
        self.weight = nn.Parameter(0.5 * torch.randn(time, width))

    def forward(self, x):
        return x + self.weight


class MeanOverTime(nn.Module):
    def forward(self, x):
        return x.mean(1)


class TiedLanguageModel(nn.Module):
    """One table for the tokens that come in and for the logits of those that go out."""

    def __init__(self, time, vocabulary, width):
        super().__init__()
        self.tokens = nn.Parameter(0.5 * torch.randn(vocabulary, width))
        self.positionembedding_1 = PositionEmbedding(time, width)
        self.layernorm_1, self.layernorm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.linear_1, self.linear_2 = nn.Linear(width, 9), nn.Linear(9, width)

    def forward(self, ids):
        x = self.positionembedding_1(F.embedding(ids, self.tokens))
        x = x + self.linear_2(F.gelu(self.linear_1(self.layernorm_1(x))))
        return self.layernorm_2(x) @ self.tokens.T


class LeakyCell(nn.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(inputs, units), nn.Linear(units, units, bias=False)

    def forward(self, state, step):
        return 0.5 * state + torch.tanh(self.linear_1(step) + self.linear_2(state))


class AllStructures(nn.Module):
    """Every structure at once: see Programs/AllStructures.cs."""

    def __init__(self):
        super().__init__()
        self.conv2d_1, self.batchnorm_1 = nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.conv2d_2, self.batchnorm_2 = nn.Conv2d(6, 6, 3, padding=1, groups=2, bias=False), nn.BatchNorm2d(6)
        self.convtranspose2d_1 = nn.ConvTranspose2d(6, 6, 2)
        self.words = nn.Parameter(0.5 * torch.randn(7, 6))
        self.positionembedding_1 = PositionEmbedding(19, 6)
        self.lstm_1 = Lstm(6, 8, return_sequence=True)
        self.layernorm_1, self.attention_1 = nn.LayerNorm(8), Attention(8, 2, causal=True)
        self.cell_1 = LeakyCell(8, 6)
        self.linear_1 = nn.Linear(8, 2)

    def forward(self, image, words):
        seen = F.max_pool2d(F.silu(self.batchnorm_1(self.conv2d_1(image))), 2)
        seen = seen + torch.tanh(self.batchnorm_2(self.conv2d_2(seen)))
        seen = self.convtranspose2d_1(F.avg_pool2d(seen, 2, stride=1))
        sequence = torch.cat([seen.flatten(2).transpose(1, 2), F.embedding(words, self.words)], 1)
        sequence = self.lstm_1(self.positionembedding_1(sequence))
        sequence = sequence + self.attention_1(self.layernorm_1(sequence))
        state = torch.zeros(image.shape[0], 6, dtype=image.dtype)
        for time in range(sequence.shape[1]):
            state = self.cell_1(state, sequence[:, time])
        return dict(Next=state @ self.words.T, Place=self.linear_1(sequence.mean(1)))


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
        kind = type(layer).__name__.lower().replace("norm1d", "norm").replace("norm2d", "norm").replace("norm3d", "norm")
        counts[kind] = counts.get(kind, 0) + 1
        named[f"{kind}_{counts[kind]}"] = layer
    return nn.Sequential(named)


def mean_squared_error(output, target):
    return F.mse_loss(output, target)


def sigmoid_cross_entropy(output, target):
    return F.binary_cross_entropy_with_logits(output, target)


def softmax_cross_entropy(smoothing=0.0, ignore=-100):
    def loss(output, target):
        if output.dim() == 3:  # (rows, time, classes): PyTorch has the class axis second.
            output = output.transpose(1, 2)
        return F.cross_entropy(output, target, label_smoothing=smoothing, ignore_index=ignore)
    return loss


def weighted_squares(output, target, weight):
    return (weight * F.mse_loss(output, target, reduction="none").mean(1)).sum() / weight.sum()


def summed_labels(output, tag):
    logits = output.transpose(1, 2)
    losses = F.cross_entropy(logits, tag, reduction="sum", ignore_index=-1, label_smoothing=0.1) + F.nll_loss(logits.log_softmax(1), tag, reduction="sum", ignore_index=-1)
    return losses / output.shape[0]


def masked_tagging(output, tag, confidence):
    """Tags of words: PyTorch averages the classes that count; the confidence of a row weighs all of its words."""
    losses = F.cross_entropy(output.transpose(1, 2), tag, reduction="none", ignore_index=-1)
    weight = confidence[:, None] * (tag != -1)
    return (weight * losses).sum() / weight.sum()


def padded_squares(output, target, lengths):
    seen = visible(lengths, output.shape[1])
    return (seen * F.mse_loss(output, target, reduction="none").mean(2)).sum() / seen.sum()


def mean_absolute_error(output, target):
    return F.l1_loss(output, target)


def huber(delta=1.0):
    return lambda output, target: F.huber_loss(output, target, delta=delta)


def hinge(output, target):
    return F.relu(1 - target * output).mean()


def negative_log_likelihood(ignore=-100):
    return lambda output, target: F.nll_loss(output.flatten(0, -2), target.flatten(), ignore_index=ignore)


def kullback_leibler(output, target):
    return F.kl_div(output, target, reduction="batchmean")


def all_structures_loss(output, next, place):
    return F.cross_entropy(output["Next"], next) + 0.5 * F.mse_loss(output["Place"], place)


def identity(output):
    return output


def softmax(output):
    return output.softmax(-1)


def softmax_of_channels(output):
    return output.softmax(1)


def gaussian(*shape, scale=1.0):
    return lambda rows: scale * torch.randn(rows, *shape, dtype=torch.float64)


def uniform(*shape):
    return lambda rows: torch.rand(rows, *shape, dtype=torch.float64)


def labels(classes, *shape):
    return lambda rows: torch.randint(0, classes, (rows, *shape))


def lengths(time):
    """One for each row, from 1 to time: PyTorch's attention of a row that sees nothing is NaN."""
    return lambda rows: torch.randint(1, time + 1, (rows,))


def masks(time):
    """1 for the first steps of each row, at least one, and 0 behind them."""
    return lambda rows: (torch.arange(time) < torch.randint(1, time + 1, (rows, 1))).to(torch.float64)


def signs(*shape):
    return lambda rows: 2.0 * torch.randint(0, 2, (rows, *shape)).to(torch.float64) - 1


def probabilities(*shape):
    """Of which one is 0, as a one-hot target has them."""
    def draw(rows):
        drawn = torch.randn(rows, *shape, dtype=torch.float64).softmax(-1)
        drawn[..., 0] = 0
        return drawn / drawn.sum(-1, keepdim=True)
    return draw


def some_ignored(classes, ignored, *shape):
    """Labels of which a third, but not the last row, is the ignored one."""
    def draw(rows):
        drawn, dropped = torch.randint(0, classes, (rows, *shape)), torch.rand(rows, *shape) < 0.3
        dropped[-1] = False
        return torch.where(dropped, torch.tensor(ignored), drawn)
    return draw


class NAdam(torch.optim.Optimizer):
    """torch.optim.NAdam of later versions, as its documentation states it: 1.13 multiplies one factor into the product twice."""

    def __init__(self, parameters, lr, weight_decay, betas=(0.9, 0.999), eps=1e-8, momentum_decay=4e-3):
        super().__init__(parameters, dict(lr=lr, weight_decay=weight_decay, betas=betas, eps=eps, momentum_decay=momentum_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state.update(step=0, product=1.0, first=torch.zeros_like(parameter), second=torch.zeros_like(parameter))
                state["step"] += 1
                gradient = parameter.grad + group["weight_decay"] * parameter
                mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (step * group["momentum_decay"])) for step in (state["step"], state["step"] + 1))
                state["product"] *= mu
                state["first"].mul_(beta1).add_(gradient, alpha=1 - beta1)
                state["second"].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
                root = (state["second"] / (1 - beta2 ** state["step"])).sqrt() + group["eps"]
                parameter.addcdiv_(gradient, root, value=-group["lr"] * (1 - mu) / (1 - state["product"]))
                parameter.addcdiv_(state["first"], root, value=-group["lr"] * mu_next / (1 - state["product"] * mu_next))


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


def case(network, input, target, loss=mean_squared_error, link=identity, optimizer=sgd(lr=0.05), rows=5, seen_by_loss=()):
    """Inputs of the names `seen_by_loss` are passed to the loss as well."""
    return dict(network=network, input=input, target=target, loss=loss, link=link, optimizer=optimizer, rows=rows, seen_by_loss=seen_by_loss)


def around(activation, lr=0.05):
    """An activation between two Linears, on inputs wide enough to reach its tails."""
    return case(lambda: network(nn.Linear(7, 11), activation(), nn.Linear(11, 3)), gaussian(7, scale=3), gaussian(3), optimizer=sgd(lr=lr))


def trained_by(optimizer):
    return case(lambda: network(nn.Linear(6, 13), nn.Tanh(), nn.Linear(13, 4)), gaussian(6), gaussian(4), optimizer=optimizer)


def classifier(loss, target):
    return case(lambda: network(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 5)), gaussian(6), target, loss, softmax)


def convolved(make, image, features):
    """A convolution, what an activation makes of it, and a layer that looks at all of it."""
    return case(lambda: network(make(), nn.Tanh(), nn.Flatten(), nn.Linear(features, 3)), gaussian(*image), gaussian(3))


def pooled_over(make, shape, features):
    """A pool behind a layer over each position, in whose weight its gradient shows."""
    return case(lambda: network(nn.Linear(shape[1], shape[1]) if len(shape) == 2 else nn.Conv3d(shape[0], shape[0], 1), make(), nn.Flatten(), nn.Linear(features, 3)), gaussian(*shape), gaussian(3))


def widened(make, features):
    """What makes an image larger, between a convolution, whose result has 3 by 4 by 3 numbers, and a layer that looks at all of it."""
    return case(lambda: network(nn.Conv2d(2, 3, 2), make(), nn.Tanh(), nn.Flatten(), nn.Linear(features, 3)), gaussian(2, 5, 4), gaussian(3))


def upsampled(make, image, result):
    return case(lambda: network(make(), nn.Tanh()), gaussian(*image), gaussian(*result))


def pooled(make, features):
    return case(lambda: network(nn.Conv2d(1, 3, 3), make(), nn.Flatten(), nn.Linear(features, 3)), gaussian(1, 7, 6), gaussian(3))


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
    "NormsOverVolume": case(
        lambda: network(nn.Conv3d(2, 4, 2, bias=False), nn.BatchNorm3d(4), nn.Tanh(), nn.GroupNorm(2, 4), nn.Tanh(), nn.InstanceNorm3d(4, affine=True), nn.Flatten(), nn.Linear(48, 3)),
        gaussian(2, 3, 4, 3), gaussian(3), rows=4),
    "Lstm": case(lambda: network(Lstm(3, 5), nn.Linear(5, 2)), gaussian(7, 3), gaussian(2), optimizer=sgd(lr=0.2)),
    "LstmSequence": case(lambda: network(Lstm(3, 5, return_sequence=True), nn.Linear(5, 2)), gaussian(7, 3), gaussian(7, 2), optimizer=sgd(lr=0.2)),
    "LstmLayers": case(lambda: network(Lstm(3, 5, num_layers=3), nn.Linear(5, 2)), gaussian(4, 3), gaussian(2), optimizer=sgd(lr=0.2)),
    "LstmBidirectional": case(lambda: network(Lstm(3, 5, bidirectional=True), nn.Linear(10, 2)), gaussian(6, 3), gaussian(2), optimizer=sgd(lr=0.2)),
    "LstmOptions": case(
        lambda: network(Lstm(3, 5, True, num_layers=2, bidirectional=True), nn.Tanh(), Lstm(10, 4), nn.Linear(4, 2)), gaussian(5, 3), gaussian(2), optimizer=sgd(lr=0.2), rows=70),
    "Rnn": case(lambda: network(Rnn(3, 5, num_layers=2, nonlinearity="relu", bias=False), nn.Linear(5, 2)), gaussian(6, 3), gaussian(2)),
    "Gru": case(lambda: network(Gru(3, 5), LastStep(), nn.Linear(5, 2)), gaussian(7, 3), gaussian(2), optimizer=sgd(lr=0.2)),
    "RnnMasked": case(RnnMasked, dict(x=gaussian(6, 3), mask=masks(6)), gaussian(2)),
    "GruStates": case(GruStates, dict(x=gaussian(6, 3), mask=masks(6), context=gaussian(4)), gaussian(2)),
    "LstmStates": case(LstmStates, dict(source=gaussian(5, 3), mask=masks(5), target=gaussian(4, 2)), gaussian(6, 2), optimizer=sgd(lr=0.2)),
    "LstmProjected": case(LstmProjected, dict(source=gaussian(5, 3), mask=masks(5), target=gaussian(4, 2)), gaussian(4, 2), optimizer=sgd(lr=0.2)),
    "Scan": case(lambda: ScanThenLinear(3, 5, 2), gaussian(6, 3), gaussian(6, 2), optimizer=sgd(lr=0.2)),
    "Attention": case(lambda: network(Attention(6, 2)), gaussian(5, 6), gaussian(5, 6)),
    "AttentionCausal": case(lambda: network(nn.Linear(4, 8), Attention(8, 4, causal=True), nn.Tanh(), nn.Linear(8, 3)), gaussian(7, 4), gaussian(7, 3)),
    "AttentionOneHead": case(lambda: network(Attention(5, 1, bias=False), nn.Flatten(), nn.Linear(15, 2)), gaussian(3, 5, scale=2), gaussian(2)),
    "AttentionBlocks": case(  # the gradient by a key's bias is 0 in theory; without the epsilon Adam would make steps of its rounding errors
        lambda: network(nn.Linear(3, 6), Block(6, 3), Block(6, 3), nn.LayerNorm(6), nn.Linear(6, 4)), gaussian(6, 3), labels(4, 6), softmax_cross_entropy(), softmax,
        adamw(lr=0.01, eps=1e-3), rows=9),
    "MaskedAttention": case(
        MaskedAttention, dict(x=gaussian(5, 6), lengths=lengths(5)), gaussian(5, 4), padded_squares, optimizer=adamw(lr=0.01, eps=1e-3), rows=9, seen_by_loss=["lengths"]),
    "AttentionOfHeads": case(
        AttentionOfHeads, dict(x=gaussian(5, 6), lengths=lengths(5)), gaussian(5, 4), padded_squares, optimizer=adamw(lr=0.01, eps=1e-3), rows=9, seen_by_loss=["lengths"]),
    "MaskedCrossAttention": case(
        MaskedCrossAttention, dict(x=gaussian(3, 6), memory=gaussian(5, 4), lengths=lengths(5)), gaussian(3, 6), optimizer=adamw(lr=0.01, eps=1e-3), rows=9),
    "Transformer": case(
        Transformer, dict(x=gaussian(5, 3), lengths=lengths(5)), gaussian(5, 4), padded_squares, optimizer=adamw(lr=0.01, eps=1e-3), rows=9, seen_by_loss=["lengths"]),
    "NanoGpt": case(NanoGpt, labels(11, 6), labels(11, 6), softmax_cross_entropy(), softmax, adamw(lr=0.01, eps=1e-3), rows=7),
    "RotaryPositions": case(RotaryPositions, gaussian(6, 5), gaussian(6, 6), optimizer=adamw(lr=0.01, eps=1e-3), rows=7),
    "Conv2d": convolved(lambda: nn.Conv2d(2, 4, 3), (2, 5, 4), 24),
    "Conv2dStride": convolved(lambda: nn.Conv2d(2, 3, 3, stride=2), (2, 6, 5), 12),
    "Conv2dPadding": convolved(lambda: nn.Conv2d(2, 3, 3, padding=2), (2, 3, 4), 90),
    "Conv2dDilation": convolved(lambda: nn.Conv2d(2, 3, 2, dilation=2), (2, 4, 5), 18),
    "Conv2dGroups": convolved(lambda: nn.Conv2d(4, 6, 3, groups=2), (4, 4, 3), 12),
    "Conv2dDepthwise": convolved(lambda: nn.Conv2d(3, 6, 3, padding=1, groups=3), (3, 4, 3), 72),
    "Conv2dAlone": convolved(lambda: nn.Conv2d(2, 2, 3, padding=1, groups=2), (2, 3, 13), 78),
    "Conv2dWithoutBias": convolved(lambda: nn.Conv2d(2, 3, 2, bias=False), (2, 3, 3), 12),
    "Conv1d": convolved(lambda: over_sequence(nn.Conv1d(3, 4, 3)), (6, 3), 16),
    "Conv1dOptions": convolved(lambda: over_sequence(nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2, bias=False)), (9, 4), 30),
    "Conv3d": convolved(lambda: nn.Conv3d(2, 3, 2), (2, 3, 4, 3), 36),
    "Conv3dOptions": convolved(lambda: nn.Conv3d(4, 2, 2, stride=2, padding=1, dilation=2, groups=2, bias=False), (4, 3, 4, 5), 24),
    "ConvTranspose2d": upsampled(lambda: nn.ConvTranspose2d(2, 3, 3), (2, 3, 4), (3, 5, 6)),
    "ConvTranspose2dStride": upsampled(lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), (2, 3, 2), (3, 7, 5)),
    "ConvTranspose2dPadding": upsampled(lambda: nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1), (2, 3, 2), (3, 6, 4)),
    "ConvTranspose2dOutputPadding": upsampled(lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 3, 2), (3, 6, 4)),
    "ConvTranspose2dDilation": upsampled(lambda: nn.ConvTranspose2d(2, 3, 2, dilation=2), (2, 3, 2), (3, 5, 4)),
    "ConvTranspose2dGroups": upsampled(lambda: nn.ConvTranspose2d(4, 6, 2, groups=2), (4, 2, 3), (6, 3, 4)),
    "ConvTranspose2dWithoutBias": upsampled(lambda: nn.ConvTranspose2d(2, 3, 2, bias=False), (2, 2, 3), (3, 3, 4)),
    "MaxPool2d": pooled(lambda: nn.MaxPool2d(2), 12),
    "MaxPool2dOverlapping": pooled(lambda: nn.MaxPool2d(3, stride=1), 18),
    "MaxPool2dPadding": pooled(lambda: nn.MaxPool2d(3, stride=2, padding=1), 18),
    "AvgPool2d": pooled(lambda: nn.AvgPool2d(2), 12),
    "AvgPool2dOverlapping": pooled(lambda: nn.AvgPool2d(3, stride=1), 18),
    "AvgPool2dPadding": pooled(lambda: nn.AvgPool2d(3, stride=2, padding=1), 18),
    "MaxPool1d": pooled_over(lambda: over_sequence(nn.MaxPool1d(2)), (7, 3), 9),
    "MaxPool1dOptions": pooled_over(lambda: over_sequence(nn.MaxPool1d(3, stride=2, padding=1, dilation=2, ceil_mode=True)), (8, 3), 12),
    "MaxPool2dOptions": pooled(lambda: nn.MaxPool2d(2, stride=2, padding=1, dilation=2, ceil_mode=True), 27),
    "MaxPool1dBeyond": pooled_over(lambda: over_sequence(nn.MaxPool1d(3, stride=2, ceil_mode=True)), (2, 3), 3),
    "MaxPool3d": pooled_over(lambda: nn.MaxPool3d(2), (2, 4, 5, 6), 24),
    "MaxPool3dOptions": pooled_over(lambda: nn.MaxPool3d(3, stride=2, padding=1, ceil_mode=True), (2, 4, 5, 6), 72),
    "AvgPool1d": pooled_over(lambda: over_sequence(nn.AvgPool1d(2)), (7, 3), 9),
    "AvgPool1dOptions": pooled_over(lambda: over_sequence(nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)), (8, 3), 15),
    "AvgPool2dCeil": pooled(lambda: nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), 27),
    "AvgPool2dWithoutPadding": pooled(lambda: nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), 18),
    "AvgPool3d": pooled_over(lambda: nn.AvgPool3d(2), (2, 4, 5, 6), 24),
    "AvgPool3dOptions": pooled_over(lambda: nn.AvgPool3d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), (2, 4, 5, 6), 72),
    "GlobalMaxPool1d": case(lambda: network(nn.Linear(3, 4), GlobalPool(over_sequence(nn.AdaptiveMaxPool1d(1))), nn.Linear(4, 2)), gaussian(5, 3), gaussian(2)),
    "GlobalAvgPool1d": case(lambda: network(nn.Linear(3, 4), nn.Tanh(), GlobalPool(over_sequence(nn.AdaptiveAvgPool1d(1))), nn.Linear(4, 2)), gaussian(5, 3), gaussian(2)),
    "GlobalMaxPool2d": case(lambda: network(nn.Conv2d(2, 4, 3), GlobalPool(nn.AdaptiveMaxPool2d(1)), nn.Linear(4, 2)), gaussian(2, 5, 6), gaussian(2)),
    "GlobalAvgPool2d": case(lambda: network(nn.Conv2d(2, 4, 3), nn.Tanh(), GlobalPool(nn.AdaptiveAvgPool2d(1)), nn.Linear(4, 2)), gaussian(2, 5, 6), gaussian(2)),
    "Upsample2d": widened(lambda: nn.Upsample(scale_factor=3), 324),
    "Upsample2dBilinear": widened(lambda: nn.Upsample(scale_factor=3, mode="bilinear", align_corners=False), 324),
    "Upsample2dBilinearEven": widened(lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), 144),
    "Upsample2dAlignCorners": widened(lambda: nn.Upsample(scale_factor=3, mode="bilinear", align_corners=True), 324),
    "Pad": widened(lambda: Pad((1, 1, 1, 1)), 90),
    "PadSides": widened(lambda: Pad((1, 0, 2, 3), value=0.5), 108),
    "PadReflect": widened(lambda: Pad((1, 2, 0, 1), "reflect"), 90),
    "PadReplicate": widened(lambda: Pad((3, 1, 2, 0), "replicate"), 126),
    "PadCircular": widened(lambda: Pad((1, 3, 0, 2), "circular"), 126),
    "PadSequence": case(lambda: network(nn.Linear(3, 3), over_sequence(Pad((2, 1), "reflect")), nn.Flatten(), nn.Linear(24, 2)), gaussian(5, 3), gaussian(2)),
    "LeNet": case(
        lambda: network(
            nn.Conv2d(1, 4, 5, padding=2, bias=False), nn.BatchNorm2d(4), nn.SiLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.Tanh(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(24, 8), nn.SiLU(), nn.Linear(8, 5)),
        gaussian(1, 12, 12), labels(5), softmax_cross_entropy(), softmax, rows=7),
    "ResidualConvolutions": case(ResidualConvolutions, gaussian(2, 5, 6), labels(3), softmax_cross_entropy(), softmax, rows=6),
    "WinogradConvolutions": case(
        lambda: network(
            nn.Conv2d(2, 16, 2, padding=1), nn.SiLU(), nn.Conv2d(16, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(16, 3)),
        gaussian(2, 4, 5), labels(3), softmax_cross_entropy(), softmax, rows=3),
    "WinogradConvolutionsOfFive": case(
        lambda: network(
            nn.Conv2d(2, 6, 2, padding=1), nn.SiLU(), nn.Conv2d(6, 16, 5, bias=False), nn.BatchNorm2d(16), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(16, 3)),
        gaussian(2, 5, 7), labels(3), softmax_cross_entropy(), softmax, rows=3),
    "SoftmaxCrossEntropyOverImage": case(
        lambda: network(nn.Conv2d(2, 4, 3, padding=1), nn.Tanh(), nn.Conv2d(4, 3, 1)), gaussian(2, 4, 5), labels(3, 4, 5), softmax_cross_entropy(), softmax_of_channels),
    "GroupNorm": case(lambda: network(nn.Linear(6, 12), nn.GroupNorm(3, 12), nn.Tanh(), nn.Linear(12, 3)), gaussian(6), gaussian(3)),
    "GroupNormOverImage": case(
        lambda: network(Reshape(6, 2, 2), nn.GroupNorm(2, 6, eps=1e-2), nn.GELU(), nn.Flatten(), nn.Linear(24, 3)), gaussian(24), gaussian(3)),
    "RmsNorm": case(lambda: network(nn.Linear(6, 9), RmsNorm(9), nn.Linear(9, 3)), gaussian(6), gaussian(3)),
    "RmsNormEpsilon": case(lambda: network(RmsNorm(6, eps=1e-2), nn.Tanh(), nn.Linear(6, 3)), gaussian(4, 6, scale=0.2), gaussian(4, 3)),
    "InstanceNorm": case(
        lambda: network(nn.Linear(12, 24, bias=False), Reshape(3, 4, 2), nn.InstanceNorm2d(3), nn.GELU(), nn.Flatten(), nn.Linear(24, 3)), gaussian(12), gaussian(3)),
    "InstanceNormOverSequence": case(
        lambda: network(nn.Linear(4, 5, bias=False), InstanceNorm1d(5, eps=1e-3, affine=True), nn.Tanh(), nn.Linear(5, 3)), gaussian(7, 4), gaussian(7, 3)),
    "Reshape": case(lambda: network(Reshape(3, 4), nn.Linear(4, 5), nn.Tanh(), nn.Flatten(), nn.Linear(15, 2)), gaussian(12), gaussian(2)),
    "Standardize": case(lambda: network(Standardize(7), nn.Linear(7, 5)), gaussian(7), gaussian(5)),
    "MinMaxScale": case(lambda: network(MinMaxScale(3), nn.Flatten(), nn.Linear(24, 5)), gaussian(3, 2, 4), gaussian(5)),
    "Normalize": case(lambda: network(Normalize(0.5, 0.25), nn.Linear(7, 5)), uniform(7), gaussian(5)),

    "Embedding": case(lambda: network(nn.Embedding(11, 5), nn.Flatten(), nn.Linear(30, 3)), labels(11, 6), gaussian(3)),
    "EmbeddingMean": case(
        lambda: network(nn.Embedding(7, 9), MeanOverTime(), nn.Tanh(), nn.Linear(9, 4)), labels(7, 5), labels(4), softmax_cross_entropy(), softmax, sgd(lr=0.2, momentum=0.9), rows=70),
    "PositionEmbedding": case(
        lambda: network(nn.Embedding(3, 5), PositionEmbedding(4, 5), nn.LayerNorm(5), nn.Linear(5, 2)), labels(3, 4), gaussian(4, 2)),
    "EmbeddingTied": case(lambda: TiedLanguageModel(5, 35, 6), labels(35, 5), labels(35, 5), softmax_cross_entropy(), softmax, adamw(lr=0.01), rows=7),

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
    "Step": around(Step),
    "Softmax": around(lambda: nn.Softmax(-1)),
    "LogSoftmax": around(lambda: nn.LogSoftmax(-1), lr=0.002),

    "MeanSquaredError": case(lambda: network(nn.Linear(6, 4)), gaussian(6), gaussian(4)),
    "MeanAbsoluteError": case(lambda: network(nn.Linear(6, 4)), gaussian(6), gaussian(4), mean_absolute_error),
    "Huber": case(lambda: network(nn.Linear(6, 4)), gaussian(6), gaussian(4), huber()),
    "HuberDelta": case(lambda: network(nn.Linear(3, 4)), gaussian(5, 3), gaussian(5, 4), huber(0.3)),
    "Hinge": case(lambda: network(nn.Linear(6, 4)), gaussian(6), signs(4), hinge),
    "NegativeLogLikelihood": case(
        lambda: network(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 5), nn.LogSoftmax(-1)), gaussian(6), labels(5), negative_log_likelihood()),
    "NegativeLogLikelihoodIgnore": case(
        lambda: network(nn.Linear(4, 5), nn.LogSoftmax(-1)), gaussian(6, 4), some_ignored(5, -1, 6), negative_log_likelihood(ignore=-1)),
    "KullbackLeibler": case(
        lambda: network(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 5), nn.LogSoftmax(-1)), gaussian(6), probabilities(5), kullback_leibler),
    "SigmoidCrossEntropy": case(lambda: network(nn.Linear(6, 4)), gaussian(6, scale=3), uniform(4), sigmoid_cross_entropy, torch.sigmoid),
    "SoftmaxCrossEntropy": classifier(softmax_cross_entropy(), labels(5)),
    "SoftmaxCrossEntropySmoothing": classifier(softmax_cross_entropy(0.1), labels(5)),
    "SoftmaxCrossEntropyIgnore": classifier(softmax_cross_entropy(0.1, ignore=-1), some_ignored(5, -1)),
    "SoftmaxCrossEntropyIgnoreOverSequence": case(
        lambda: network(nn.Linear(4, 9), nn.Tanh(), nn.Linear(9, 5)), gaussian(6, 4), some_ignored(5, 2, 6), softmax_cross_entropy(ignore=2), softmax),
    "WeightedRows": case(
        lambda: network(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 4)), gaussian(6), dict(target=gaussian(4), weight=uniform()), weighted_squares, rows=70),
    "SummedLabels": case(lambda: network(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 4)), gaussian(5, 3), some_ignored(4, -1, 5), summed_labels, rows=9),
    "MaskedTagging": case(
        lambda: network(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 4)), gaussian(5, 3), dict(tag=some_ignored(4, -1, 5), confidence=uniform()), masked_tagging, rows=9),
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

    "Nadam": trained_by(lambda parameters: NAdam(parameters, lr=0.01, weight_decay=0.1)),
    "AdaGrad": trained_by(lambda parameters: torch.optim.Adagrad(parameters, lr=0.1, lr_decay=0.1)),
    "RmsProp": trained_by(lambda parameters: torch.optim.RMSprop(parameters, lr=0.01, eps=1e-3)),
    "RmsPropOptions": trained_by(
        lambda parameters: torch.optim.RMSprop(parameters, lr=0.005, alpha=0.9, eps=1e-2, momentum=0.5, centered=True, weight_decay=0.1)),
    "AllStructures": case(
        AllStructures, dict(image=gaussian(1, 8, 8), words=labels(7, 3)), dict(next=labels(7), place=gaussian(2)), all_structures_loss,
        optimizer=adam(lr=0.01, eps=1e-3), rows=70),
    "DeepMlp": case(
        lambda: network(
            nn.Linear(20, 33), nn.SiLU(), nn.Linear(33, 17), nn.LayerNorm(17), nn.GELU(), nn.Linear(17, 64), nn.Tanh(),
            nn.Linear(64, 31, bias=False), nn.Mish(), nn.Linear(31, 10)),
        gaussian(20), labels(10), softmax_cross_entropy(), softmax, adam(lr=1e-3), rows=23),

    "Choices": case(Choices, gaussian(7), gaussian(2)),
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
        loss = call(functools.partial(case["loss"], **{name: input[name] for name in case["seen_by_loss"]}), call(model, values=input), values=target)
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
    for old in HERE.glob("*.safetensors"):
        old.unlink()
    for name, definition in CASES.items():
        seed = zlib.crc32(name.encode())  # a case's numbers depend on no other case: a new one changes no file
        for dtype, suffix in ((torch.float64, "Float64"), (torch.float32, "Float32")):
            metadata = {"torch": torch.__version__, "seed": str(seed)}
            save(HERE / f"{name}.{suffix}.safetensors", make(name, definition, dtype, seed), metadata)
    script = hashlib.sha256(pathlib.Path(__file__).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    (HERE / "made_by.sha256").write_text(f"{script}  make_fixtures.py\n")


if __name__ == "__main__":
    main()
