"""Compares what --predict --json told of pictures with what --evaluate told of the same: check_predictions.py
PREDICTIONS EVALUATION [sigmoid].

A picture's class is the folder it is in, or the number its name begins with. The loss and the accuracy that
follow from the probabilities must be the evaluation's, as far as that prints them.
"""
import json
import math
import pathlib
import re
import sys

lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
loss = hits = 0
for line in lines:
    path = pathlib.PurePath(line["image"])
    name = path.name.split("-")[0] if path.name[0].isdigit() and path.parent.name == "digits" else path.parent.name
    own = {entry.get("name", str(entry["label"])): entry["probability"] for entry in line["classes"]}
    if sys.argv[3:] == ["sigmoid"] and len(own) > 2: # each class for itself
        loss += sum(-math.log(p if key == name else 1 - p) for key, p in own.items()) / len(own)
    else:
        loss += -math.log(own[name])
        assert abs(sum(own.values()) - 1) < 1e-9, line
    first = line["classes"][0]
    assert first["probability"] == max(own.values()), line
    hits += first.get("name", str(first["label"])) == name
said = re.match(r"test loss ([0-9.]+), test acc ([0-9.]+)", open(sys.argv[2]).read())
measured = f"{loss / len(lines):.4f}", f"{hits / len(lines):.3f}"
assert abs(float(measured[0]) - float(said[1])) <= 1.01e-4 and measured[1] == said[2], (measured, said[0])
