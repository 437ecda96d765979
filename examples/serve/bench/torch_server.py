"""PyTorch behind Python's own http.server: the digits network, rows of 64 float32 in, class probabilities out."""

import json
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import torch
from torch import nn

torch.set_num_threads(1)


def read(path):
    """The means of the network's weights."""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    state = {}
    for name, t in header.items():
        if name.endswith(("params.weight", "params.bias")):
            begin, end = t["data_offsets"]
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            state[name.replace("params.", "")] = values.reshape(t["shape"])
    return state


model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
model.load_state_dict(read("../bnn/testdata/digits_lowrank.safetensors"))
model.eval()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for header and body

    def do_POST(self):
        body = bytearray(self.rfile.read(int(self.headers["Content-Length"])))
        with torch.inference_mode():
            x = torch.frombuffer(body, dtype=torch.float32).reshape(-1, 64)
            answer = model(x).softmax(1).numpy().tobytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
