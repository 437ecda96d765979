#!/usr/bin/env python3
"""Times losses of PyTorch on one thread.

Alone it prints nanoseconds per element. With --serve it is the other side of `go run . losses`: it reads
"time NAME REPS" or "value NAME" from stdin, a line each, and answers with one number: nanoseconds per call,
or what the call computes, so that both sides can show that they do the same work.
"""

import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def logits(n):
    """Multiples of 1/256 between -4 and 4, the same on both sides."""
    return ((torch.arange(n, dtype=torch.int64) * 7919) % 2003 - 1001).to(torch.float32) / 256


def classes(n, cols):
    return (torch.arange(n, dtype=torch.int64) * 31) % cols


def probabilities(n):
    return ((torch.arange(n, dtype=torch.int64) * 31) % 17).to(torch.float32) / 16


def cross_entropy(rows, cols):
    x, y = logits(rows * cols).reshape(rows, cols), classes(rows, cols)
    return rows * cols, lambda: F.cross_entropy(x, y)


def cross_entropy_grad(rows, cols):
    x, y = logits(rows * cols).reshape(rows, cols).requires_grad_(), classes(rows, cols)

    def step():
        x.grad = None
        loss = F.cross_entropy(x, y)
        loss.backward()
        return loss

    return rows * cols, step


def bce_with_logits(n):
    x, t = logits(n), probabilities(n)
    return n, lambda: F.binary_cross_entropy_with_logits(x, t)


def mse(n):
    x, t = logits(n), probabilities(n)
    return n, lambda: F.mse_loss(x, t)


# name: elements and the call
CASES = {
    "cross-entropy-4096x10": cross_entropy(4096, 10),
    "cross-entropy-256x1000": cross_entropy(256, 1000),
    "cross-entropy-grad-256x1000": cross_entropy_grad(256, 1000),
    "bce-with-logits-65536": bce_with_logits(65536),
    "mse-4096": mse(4096),
}


def nanoseconds(name, reps):
    call = CASES[name][1]
    with torch.set_grad_enabled("grad" in name):
        start = time.perf_counter_ns()
        for _ in range(reps):
            call()
        return (time.perf_counter_ns() - start) / reps


def serve():
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        verb, name, *rest = line.split()
        if verb == "value":
            print(repr(CASES[name][1]().item()), flush=True)
        else:
            print(nanoseconds(name, int(rest[0])), flush=True)


def alone():
    print("PyTorch", torch.__version__, "one thread, ns per element, least of 200")
    for name, (elements, _) in CASES.items():
        best = min(nanoseconds(name, 5) for _ in range(200))
        print(f"{name:32} {best / elements:8.3f}")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else alone()
