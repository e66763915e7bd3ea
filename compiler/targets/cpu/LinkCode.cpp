// lld, in process. It works on files only: temporary ones, which are gone
// afterwards, also where a signal ends the process meanwhile.
#include "compiler/targets/cpu/CodeGeneration.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

static Error fail(const Twine &what, std::error_code code) {
  return createStringError(code, "the kernels cannot be linked: " + what +
                                     ": " + code.message());
}

namespace {
/// A file of our own with a name that nobody knew before, removed at the end.
class TemporaryFile {
public:
  TemporaryFile() = default;
  ~TemporaryFile() {
    if (path.empty())
      return;
    sys::fs::remove(path);
    sys::DontRemoveFileOnSignal(path);
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  Error create(StringRef suffix, StringRef content) {
    int descriptor = -1;
    if (std::error_code code = sys::fs::createTemporaryFile(
            "netc-kernels", suffix, descriptor, path))
      return fail("a file in the folder for temporary files", code);
    sys::RemoveFileOnSignal(path);
    raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    stream << content;
    stream.close();
    if (!stream.has_error())
      return Error::success();
    std::error_code code = stream.error();
    stream.clear_error();
    return fail(path, code);
  }

  SmallString<128> path;
};
} // namespace

Expected<std::vector<uint8_t>>
netc::kernel::linkSharedObject(StringRef object) {
  static std::mutex oneAtATime; // lld's state is global
  std::lock_guard lock(oneAtATime);
  // LLVM's handlers, which also it and lld install; ours take their place when
  // the program runs, and what was ignored is so again.
  auto giveBack = make_scope_exit([] { sys::unregisterHandlers(); });
  TemporaryFile input, output;
  if (Error error = input.create("o", object))
    return error;
  if (Error error = output.create("so", ""))
    return error;

  // One thread: the object is small, and the output the same in any case.
  const char *arguments[] = {"ld.lld",
                             "-shared",
                             "--no-undefined",
                             "--strip-all",
                             "--build-id=none",
                             "--hash-style=gnu",
                             "-znoexecstack",
                             "--threads=1",
                             "-o",
                             output.path.c_str(),
                             input.path.c_str()};
  std::string messages;
  raw_string_ostream messageStream(messages);
  lld::Result result = lld::lldMain(arguments, messageStream, messageStream,
                                    {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return createStringError("the kernels cannot be linked: " +
                             messageStream.str());
  auto linked = MemoryBuffer::getFile(output.path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!linked)
    return fail(output.path, linked.getError());
  StringRef bytes = (*linked)->getBuffer();
  return std::vector<uint8_t>(bytes.bytes_begin(), bytes.bytes_end());
}
