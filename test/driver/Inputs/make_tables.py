"""Writes tables, and in DIRECTORY/expected.json what their scaling is: make_tables.py FOLDER."""
import json
import pathlib
import random
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
draw = random.Random(2)
cities = ["Oslo", "Aarhus", "Bergen, Vest"]
rows = []
for i in range(50):
    city = cities[draw.randrange(3)]
    size, year = draw.uniform(20, 200), draw.randrange(1900, 2020)
    price = 0.02 * size + 0.01 * (year - 1950) + {"Oslo": 1, "Aarhus": -1}.get(city, 0)
    rows.append((city, size, year, price))


def quoted(text):
    return f'"{text}"' if "," in text else text


def write(name, lines, header="city,size,year,price", end="\n", begin=""):
    (folder / name).write_bytes((begin + end.join([header, *lines]) + end).encode())


lines = [f"{quoted(city)},{size!r},{year},{price!r}" for city, size, year, price in rows]
write("houses.csv", lines)
write("train.csv", lines[:40])
write("test.csv", lines[40:])
write("odd.csv", [line.replace(",", ";", 3) if '"' not in line else
                  '"Bergen, Vest"' + line.split('"')[2].replace(",", ";") for line in lines],
      header="city;size;year;price", end="\r\n", begin="\ufeff")
trained = [row for i, row in enumerate(rows) if i % 5 != 4]
(folder / "expected.json").write_text(json.dumps({
    "mean": [0, 0, 0, statistics.fmean(row[1] for row in trained), statistics.fmean(row[2] for row in trained)],
    "deviation": [1, 1, 1, statistics.pstdev(row[1] for row in trained), statistics.pstdev(row[2] for row in trained)]}))

# Flowers: a class by name, and one by number.
kinds = ["setosa", "versicolor", "virginica"]
flowers = [(draw.gauss(5 + k, 0.2), draw.gauss(1 + 2 * k, 0.2), k) for k in [i % 3 for i in range(60)]]
write("flowers.csv", [f"{a},{b},{kinds[k]}" for a, b, k in flowers], header="sepal,petal,kind")
write("numbered.csv", [f"{a},{b},{3 + k}" for a, b, k in flowers], header="sepal,petal,kind")

# Mistakes.
write("ragged.csv", lines[:3] + ["Oslo,1"])
write("gap.csv", lines[:9] + ["Oslo,,1950,1"])
write("quote.csv", lines[:3] + ['"Oslo,1,2,3'])
write("after.csv", lines[:3] + ['"Oslo"x,1,2,3'])
write("infinite.csv", lines[:9] + ["Oslo,inf,1950,1"])
write("other.csv", ["Paris,1,1950,1"])
write("twice.csv", ["1,2,3,4"], header="a,b,a,c")
write("wide.csv", [], header=",".join(f"c{i}" for i in range(1000000)))
write("names.csv", [f"n{i},{i}" for i in range(2000)], header="name,price")
write("empty.csv", [])
(folder / "utf16.csv").write_bytes("a,b\n1,2\n".encode("utf-16"))
(folder / "nothing.csv").write_bytes(b"")
