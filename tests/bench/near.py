"""One peer of the index of meaning: near.py PEER COUNT QUERIES DIMENSIONS NEAREST THREADS FOLDER [MODEL].

Each query is one call, and what is timed is the call alone, from numbers that lie ready to the answer.
Memory is what the process grew by while building. M 16 and 128 in building; ours has 16 and 96.
"""

import os
import sys
import tempfile
import time

import numpy as np

peer = sys.argv[1]
count, queries, dimensions, nearest, threads = map(int, sys.argv[2:7])
folder = sys.argv[7]
model = sys.argv[8] if len(sys.argv) > 8 else None


def read(name, kind, shape):
    return np.fromfile(os.path.join(folder, name), dtype=kind).reshape(shape)


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


vectors = read("vectors", "<f4", (count, dimensions))
asked = read("queries", "<f4", (queries, dimensions))
truth = [set(row.tolist()) for row in read("truth", "<u4", (queries, nearest))]


def usearch(kind):
    from usearch.index import Index

    index = Index(ndim=dimensions, metric="ip", dtype=kind, connectivity=16, expansion_add=128)
    index.add(np.arange(count), vectors, threads=threads)

    def careful(ef):
        index.expansion_search = ef

    return careful, lambda query: index.search(query, nearest, threads=1).keys


def hnswlib():
    import hnswlib

    index = hnswlib.Index(space="ip", dim=dimensions)
    index.init_index(max_elements=count, M=16, ef_construction=128)
    index.add_items(vectors, np.arange(count), num_threads=threads)
    index.set_num_threads(1)
    return index.set_ef, lambda query: index.knn_query(query, k=nearest)[0][0]


def chroma(embedding=None):
    import chromadb
    from chromadb.config import Settings

    home = tempfile.mkdtemp(dir=folder)
    client = chromadb.PersistentClient(home, Settings(anonymized_telemetry=False))
    hnsw = {"space": "ip", "max_neighbors": 16, "ef_construction": 128, "ef_search": 64, "num_threads": threads}
    collection = client.create_collection("bench", configuration={"hnsw": hnsw}, embedding_function=embedding)
    for at in range(0, count, 5000):
        some = vectors[at : at + 5000]
        collection.add(ids=[str(at + n) for n in range(len(some))], embeddings=some)

    def ask(query):
        given = {"query_texts": [query]} if embedding else {"query_embeddings": [query]}
        found = collection.query(**given, n_results=nearest, include=["distances"])
        return [int(name) for name in found["ids"][0]]

    return None, ask


def chroma_text():
    """Chroma as it embeds by itself, with the same model in place of the one it would download."""
    import pathlib
    import shutil

    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(model, home / "onnx")
    (home / "onnx" / "vocab.txt").touch()
    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = home
    return chroma(ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"]))


def onnxruntime():
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.path.join(model, "model.onnx"), options, ["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(os.path.join(model, "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)

    def ask(text):
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = session.run(None, given)[0][0].mean(axis=0)
        return mean / np.linalg.norm(mean)

    return None, ask


def texts():
    ask = {"onnxruntime": onnxruntime, "chroma-text": chroma_text}[peer]()[1]
    with open(os.path.join(folder, "texts"), encoding="utf-8") as file:
        lines = file.read().split("\n")
    ask(lines[0])
    took = []
    for line in lines:
        began = time.perf_counter()
        ask(line)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(f"  {peer}: p50 {took[len(took) // 2]:.3f} ms, p99 {took[len(took) * 99 // 100]:.3f} ms", flush=True)


if model:
    texts()
    sys.exit()


before = resident()
began, worked = time.perf_counter(), time.process_time()
careful, ask = {
    "usearch-f16": lambda: usearch("f16"),
    "usearch-i8": lambda: usearch("i8"),
    "hnswlib": hnswlib,
    "chroma": chroma,
}[peer]()
built, worked = time.perf_counter() - began, time.process_time() - worked
grown = (resident() - before) // count

for ef in (32, 64, 128) if careful else (64,):
    if careful:
        careful(ef)
    hits, took, computed = 0, [], []
    for query, right in zip(asked, truth):
        began, thread = time.perf_counter(), time.thread_time()
        found = ask(query)
        took.append((time.perf_counter() - began) * 1000)
        computed.append((time.thread_time() - thread) * 1000)
        hits += len(right.intersection(int(n) for n in found))
    took.sort()
    computed.sort()
    middle, high = queries // 2, queries * 99 // 100
    print(
        f"  {peer}, ef {ef}: built in {built:.2f} s ({worked:.2f} s of processor), recall@{nearest} {hits / (nearest * queries):.4f}, "
        f"p50 {took[middle]:.3f} ms, p99 {took[high]:.3f} ms "
        f"(of processor: {computed[middle]:.3f}, {computed[high]:.3f}), {grown} bytes a vector",
        flush=True,
    )
