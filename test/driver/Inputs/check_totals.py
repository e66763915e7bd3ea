"""Whether the totals of `netc --check --json` are the sums of its layers, and shapes follow one another."""
import json
import sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
layers = report["layers"]
for key in ("parameters", "macs"):
    assert report[key] == sum(layer[key] for layer in layers), key
assert layers[0]["input"] == report["input"]
assert layers[-1]["output"] == report["output"]
for layer, following in zip(layers, layers[1:]):
    assert layer["output"] == following["input"], layer["name"]
    assert layer["line"] < following["line"], layer["name"]
assert report["training_bytes"] > 4 * report["parameters"]
