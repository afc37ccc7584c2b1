"""ONNX Runtime on one thread: python -c THIS MODEL INPUT SHAPE, then an order a line.

SHAPE is that of one row (30) or image (1,8,8). `time COUNT REPEATS` answers the seconds of one request; `logits COUNT FILE` writes
little-endian float32; `memory` answers the most bytes that the process has held.
"""

import resource
import sys
import time

import numpy
import onnxruntime

model, rows, shape = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
values = numpy.fromfile(rows, dtype="<f4").reshape(-1, *map(int, shape.split(",")))
print(f"ONNX Runtime {onnxruntime.__version__}, one thread", flush=True)
for line in sys.stdin:
    order, *arguments = line.rstrip("\n").split(" ", 2)
    if order == "memory":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
        continue
    count, argument = arguments
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
