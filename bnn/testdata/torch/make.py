"""Trains small networks on the digits beside this folder with PyTorch, and saves their weights and predictions here.

    python3 make.py

plain_*.safetensors has the keys of torch.nn.Sequential; inferno_*.safetensors those of inferno, of which the output layer
is Gaussian, with a covariance of rank 2. Each comes as float32 and as bfloat16. expected.json has what PyTorch
predicts in float32 from the weights as they are stored. Made with PyTorch 1.13.
"""

import csv
import gzip
import json
import struct

import torch
from torch import nn

DTYPES = {torch.float32: "F32", torch.bfloat16: "BF16"}


def save(path, state):
    """Writes the safetensors format: length of the header, header, data."""
    header, data = {}, b""
    for name, t in state.items():
        raw = t.detach().contiguous()
        raw = raw.view(torch.int16) if t.dtype == torch.bfloat16 else raw
        begin = len(data)
        data += raw.numpy().tobytes()
        header[name] = {"dtype": DTYPES[t.dtype], "shape": list(t.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


class Factor(nn.Module):
    def __init__(self, out, inputs, rank):
        super().__init__()
        self.weight = nn.Parameter(0.05 * torch.randn(out, inputs, rank))
        self.bias = nn.Parameter(0.05 * torch.randn(out, rank))


class Parameters(nn.Module):
    def __init__(self, out, inputs, rank):
        super().__init__()
        like = nn.Linear(inputs, out)
        self.weight, self.bias = like.weight, like.bias
        self.register_buffer("temperature", torch.tensor([0.8]))
        self.cov = nn.Module()
        self.cov.factor = Factor(out, inputs, rank)


class Gaussian(nn.Module):
    """An output layer with the keys of inferno. Training draws its weights; in evaluation it divides by the temperature."""

    def __init__(self, inputs, out, rank):
        super().__init__()
        self.params = Parameters(out, inputs, rank)

    def forward(self, x):
        p = self.params
        if not self.training:
            return nn.functional.linear(x, p.weight, p.bias) / p.temperature
        eps = torch.randn(p.cov.factor.bias.shape[1])
        return nn.functional.linear(x, p.weight + p.cov.factor.weight @ eps, p.bias + p.cov.factor.bias @ eps)

    def variance(self, x):
        f = self.params.cov.factor
        return ((torch.einsum("ni,oir->nor", x, f.weight) + f.bias) ** 2).sum(-1)


def train(model, x, y):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-3)
    model.train()
    for _ in range(300):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()


def expectations(model, x):
    mean = model(x)
    result = {"mean": mean.flatten().tolist(), "softmax": mean.softmax(1).flatten().tolist()}
    if isinstance(model[-1], Gaussian):
        result["variance"] = model[-1].variance(model[:-1](x)).flatten().tolist()
    return result


def main():
    torch.manual_seed(1)
    with gzip.open("../digits.csv.gz", "rt") as f:
        rows = torch.tensor([[int(v) for v in row] for row in csv.reader(f)])
    x, y = rows[:, :64] / 16, rows[:, 64]
    test = x[1400:1408]
    expected = {"inputs": test.flatten().tolist()}
    models = {
        "plain": nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10)),
        "inferno": nn.Sequential(nn.Linear(64, 16), nn.Tanh(), Gaussian(16, 10, 2)),
    }
    for name, model in models.items():
        train(model, x[:1400], y[:1400])
        right = (model(x[1400:]).argmax(1) == y[1400:]).float().mean()
        print(f"{name}: {100 * right:.1f} % of the test digits")
        for dtype in DTYPES:
            state = {k: v.to(dtype) for k, v in model.state_dict().items()}
            model.load_state_dict({k: v.float() for k, v in state.items()})
            if name == "inferno":  # inferno has the first layer under params too
                state = {k.replace("0.", "0.params.") if k.startswith("0.") else k: v for k, v in state.items()}
            file = f"{name}_{DTYPES[dtype].lower()}"
            save(file + ".safetensors", state)
            with torch.no_grad():
                expected[file] = expectations(model, test)
    with open("expected.json", "w") as f:
        json.dump(expected, f)
        f.write("\n")


main()
