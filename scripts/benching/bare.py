"""What the coach's memory and start are measured against: the least that runs the pose model on a film.

    python scripts/benching/bare.py MODEL FILM [--first]

It knows nothing of the coach: each picture of the film, shrunk to the model's size, goes through the runtime.  --first
ends after the first one.
"""

import os
import sys
import time

import av

try:
    from ai_edge_litert.interpreter import Interpreter
except ModuleNotFoundError:
    from tflite_runtime.interpreter import Interpreter

model = Interpreter(model_path=sys.argv[1], num_threads=2)
model.allocate_tensors()
picture = model.get_input_details()[0]
outputs = [output["index"] for output in model.get_output_details()]
_, height, width, _ = picture["shape"]
shifted = picture["dtype"].__name__ == "int8"  # brightness less 128
with av.open(sys.argv[2]) as film:
    for frame in film.decode(video=0):
        rgb = frame.to_ndarray(width=int(width), height=int(height), format="rgb24")
        model.set_tensor(picture["index"], (rgb[None] ^ 128).view(picture["dtype"]) if shifted else rgb[None])
        model.invoke()
        for output in outputs:
            model.get_tensor(output)
        if "--first" in sys.argv:
            print("pose", time.process_time(), flush=True)
            os._exit(0)
