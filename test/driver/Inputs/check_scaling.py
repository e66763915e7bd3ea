"""Whether weights hold the scaling that a table has: check_scaling.py WEIGHTS EXPECTED.json."""
import json
import sys

from tensor_files import read_tensors

tensors, metadata = read_tensors(sys.argv[1])
expected = json.load(open(sys.argv[2]))
for name in ("mean", "deviation"):
    found = tensors[f"data.{name}"]
    assert len(found) == len(expected[name]), (name, found)
    for a, b in zip(found, expected[name]):
        assert abs(a - b) <= 1e-6 * abs(b), (name, found, expected[name])
columns = json.loads(metadata["columns"])
assert columns == [{"name": "city", "categories": ["Aarhus", "Bergen, Vest", "Oslo"]},
                   {"name": "size"}, {"name": "year"}], columns
