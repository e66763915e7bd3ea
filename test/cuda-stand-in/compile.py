"""Compiles a network for GPUs that are not here, and looks at what came of it.

Each heavy op has a plan of cuDNN's, the kernels are assembled for the device's
architecture (and disassemble, where nvdisasm is on the path or among the packages
of tools/bootstrap --cuda), and the memory that a step takes is told.
"""

import argparse
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import simulate

ARCHITECTURES = {"h100": 90, "a100": 80}
CUDA_MACHINE = 190
# The layers that cuDNN runs; others may be generated.
HEAVY = re.compile(r"(^|[._])(conv2d|conv2dtranspose|dense|maxpool2d|avgpool2d|globalavgpool2d|batchnorm)_\d+$")


def cubins(data):
    """The ELF objects for GPUs in a file, each cut at the end of the later of its tables."""
    at = data.find(b"\x7fELF")
    while at >= 0:
        machine, = struct.unpack_from("<H", data, at + 18)
        segments, sections, flags = struct.unpack_from("<QQI", data, at + 32)
        segment, segment_count, section, section_count = struct.unpack_from("<4H", data, at + 54)
        if machine == CUDA_MACHINE:
            size = max(segments + segment * segment_count, sections + section * section_count)
            yield flags >> 8 & 0xFF, data[at:at + size]
        at = data.find(b"\x7fELF", at + 4)


def find_disassembler(programs):
    packages = (programs.parent / "cuda-packages").glob("nvidia/*/bin")
    return shutil.which("nvdisasm", path=os.pathsep.join(
        [os.environ.get("PATH", ""), *map(str, packages)]))


def disassemble(program, cubin, architecture, folder):
    path = folder / "kernels.cubin"
    path.write_bytes(cubin)
    text = subprocess.run([program, path], check=True, capture_output=True, text=True).stdout
    assert f"sm_{architecture}" in text, text[:500]
    assert ".text." in text, text[:500]


def check_plan(text):
    """Every launch of a heavy layer's is a graph with an engine, or beside one."""
    launches = {}
    for program in text.split("\nprogram ")[1:]:
        name = program.split(None, 1)[0]
        for line in program.splitlines():
            words = line.split()
            if len(words) > 2 and words[0].isdigit():
                launches.setdefault((name, words[1]), []).append(" ".join(words[2:]))
    graphs = [what for whats in launches.values() for what in whats if what.startswith("cudnn ")]
    assert graphs, text
    for graph in graphs:
        assert re.match(r"cudnn [a-z_+]+ eng\d+", graph), graph
    for (name, layer), whats in launches.items():
        # Evaluation normalises by a kernel, and initial values are drawn by some.
        if not HEAVY.search(layer) or name == "initialize" or (
                name == "evaluate" and "batchnorm" in layer):
            continue
        # Channels that cuDNN does not normalise are summed by kernels.
        others = ("channel_sums_",) if "batchnorm" in layer else ()
        assert any(what.startswith(("cudnn ", *others)) for what in whats), (name, layer, whats)
    return len(graphs)


def compile_network(netc, network, device, precision, folder, has_data):
    target = ["--target", f"cuda:{device}", "--precision", precision]
    data = ["--for", "fashion-mnist", "--data", folder / "data"] if has_data else []
    told = simulate.run([netc, network, *target, *data], stdout=subprocess.PIPE, text=True).stdout
    forecast = re.search(r"training .*for a step of .* on cuda \(.*, " + precision + ", .*GiB\\)", told)
    assert forecast, told
    plan = simulate.run([netc, network, "--emit=plan", *target, *data], stdout=subprocess.PIPE,
                        text=True).stdout
    graphs = check_plan(plan)
    if has_data:
        executable = folder / "network.netx"
        simulate.run([netc, network, "-o", executable, *target, *data])
        found = list(cubins(executable.read_bytes()))
        assert found, "no cubin"
        for architecture, cubin in found:
            assert architecture == ARCHITECTURES[device], architecture
            disassembler = find_disassembler(netc.parent)
            if disassembler:
                disassemble(disassembler, cubin, architecture, folder)
            else:
                print("no nvdisasm: the architecture is what the cubin's header says")
    else: # the kernels, as far as they go without a set to make an executable for
        text = simulate.run([netc, network, "--emit=llvm", *target], stdout=subprocess.PIPE,
                            text=True).stdout
        assert "nvptx64-nvidia-cuda" in text
    print(f"{network.stem} {device} {precision}: {graphs} graphs; {forecast[0]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    simulate.add_arguments(parser)
    parser.add_argument("--devices", default="h100,a100")
    parser.add_argument("--precisions", default="f32,bf16")
    parser.add_argument("--all", action="store_true", help="every model")
    parser.add_argument("networks", nargs="*")
    arguments = parser.parse_args()
    if not arguments.networks and not arguments.all:
        parser.error("no networks")
    if simulate.is_skipped(arguments):
        return simulate.SKIPPED
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        # Whole batches: a smaller last one would want plans of its own.
        simulate.make_dataset(folder / "data", train=512, test=256, size=28)
        networks = [simulate.find_network(name) for name in arguments.networks]
        if arguments.all:
            networks += sorted((simulate.HERE.parent.parent / "models").glob("*.net"))
        for network in networks:
            has_data = re.search(r"image: (1x|\[colours)", network.read_text()) and not re.search(
                r"colours=3|Labels|target", network.read_text())
            for device in arguments.devices.split(","):
                for precision in arguments.precisions.split(","):
                    compile_network(arguments.programs / "netc", network, device, precision, folder,
                                    bool(has_data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
