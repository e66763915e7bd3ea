# The lit suites. RUN lines may use
#   %netc %netx %net-opt %net-syntax   the programs of this build
#   %models                the folder of networks
#   %tools                 the folder of scripts
#   %programs              the folder of the programs, stand-ins included
#   %editors               the files for editors
#   %build                 the folder of the build
# besides lit's own; FileCheck, not, count and split-file are LLVM's.
import os
import pathlib
import shutil

import lit.formats

site = lit_config.params.get("site")
if not site:
    lit_config.fatal("run by `ctest -R lit`, or with --param site=BUILD/test/lit.site.cfg.py")
lit_config.load_config(config, site)

config.name = "netc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".net", ".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.source, "test")
config.test_exec_root = os.path.join(config.binary, "test")

for name in ("net-opt", "net-syntax", "netc", "netx"):
    config.substitutions.append((f"%{name}\\b", os.path.join(config.programs, name)))
config.substitutions.append(("%models\\b", os.path.join(config.source, "models")))
config.substitutions.append(("%programs\\b", config.programs))
config.substitutions.append(("%tools\\b", os.path.join(config.source, "tools")))
config.substitutions.append(("%build\\b", config.binary))
config.substitutions.append(("%editors\\b", os.path.join(config.source, "editors")))
config.substitutions.append(("%python\\b", config.python))

config.environment["PATH"] = os.pathsep.join((config.llvm_programs, config.environment["PATH"]))
config.environment["FILECHECK_OPTS"] = "--enable-var-scope"
for name in ("NETC_DATA", "OMP_WAIT_POLICY", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

with open("/proc/cpuinfo") as cpuinfo:
    if " avx512f " in cpuinfo.read():
        config.available_features.add("avx512")
for program, feature in (("vim", "vim"), ("dot", "graphviz")):
    if shutil.which(program):
        config.available_features.add(feature)
data = pathlib.Path(os.environ.get("NETC_DATA", "/usr/share/datasets"))
if any((data / folder / name).exists() for folder in ("fashion-mnist", ".") for name in
       ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz")):
    config.available_features.add("fashion-mnist")
if config.cuda: # netc compiles for GPUs
    config.available_features.add("cuda")
if config.sanitize:
    config.available_features.add("sanitize")
