"""ONNX Runtime on one thread: python -c THIS MODEL ROWS WIDTH, then an order a line.

`time ROWS REPEATS` answers the seconds of one request; `logits ROWS FILE` writes little-endian float32.
"""

import sys
import time

import numpy
import onnxruntime

model, rows, width = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
values = numpy.fromfile(rows, dtype="<f4").reshape(-1, int(width))
print(f"ONNX Runtime {onnxruntime.__version__}, one thread", flush=True)
for line in sys.stdin:
    order, count, argument = line.rstrip("\n").split(" ", 2)
    feed = {name: numpy.ascontiguousarray(values[: int(count)])}
    if order == "logits":
        session.run(None, feed)[0].astype("<f4").tofile(argument)
        print("written", flush=True)
        continue
    repeats = int(argument)
    start = time.perf_counter()
    for _ in range(repeats):
        session.run(None, feed)
    print((time.perf_counter() - start) / repeats, flush=True)
