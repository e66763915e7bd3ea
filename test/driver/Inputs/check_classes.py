"""Compares the classes that --evaluate --json tells of with its total and with the plain form:
check_classes.py JSON PLAIN LABELS."""
import json
import sys

told = json.load(open(sys.argv[1], encoding="utf-8"))
plain = open(sys.argv[2], encoding="utf-8").read().splitlines()
classes = told["classes"]
assert [entry["label"] for entry in classes] == list(range(10)), classes
labels, correct = (sum(entry[key] for entry in classes) for key in ("labels", "correct"))
assert labels == int(sys.argv[3]), labels
assert abs(correct / labels - told["test_accuracy"]) < 1e-12, told
assert plain[0] == f"test loss {told['test_loss']:.4f}, test acc {told['test_accuracy']:.3f}", plain[0]
for entry, line in zip(classes, plain[1:], strict=True):
    assert line.split("  ")[1].strip() == entry["name"], line
    accuracy = "-" if entry["accuracy"] is None else f"{entry['correct'] / entry['labels']:.3f}"
    assert line.split()[-4:] == [accuracy, str(entry["correct"]), "of", str(entry["labels"])], line
