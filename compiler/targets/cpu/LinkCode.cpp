// lld, in process. It works on paths only: of anonymous files for its inputs
// and of a pipe for its output, so that nothing is on a disk, which may be
// full, nor left there, whatever ends the process.
#include "compiler/targets/cpu/CodeGeneration.h"

#include "runtime/Error.h"
#include "runtime/Thread.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <array>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

LLD_HAS_DRIVER(elf)

using namespace llvm;

static Error fail(const Twine &what) {
  std::error_code code(errno, std::generic_category());
  return createStringError(code, "the kernels cannot be linked: " + what +
                                     ": " + code.message());
}

namespace {
/// Closed at the end.
class Descriptor {
public:
  Descriptor() = default;
  ~Descriptor() { close(); }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  void close() {
    if (number >= 0)
      ::close(std::exchange(number, -1));
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(number); }

  int number = -1;
};
} // namespace

static Error writeAll(int descriptor, StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written = sys::RetryAfterSignal(-1, ::write, descriptor,
                                            bytes.data(), bytes.size());
    if (written < 0)
      return fail("their object");
    bytes = bytes.drop_front(static_cast<size_t>(written));
  }
  return Error::success();
}

/// What comes through the descriptor, to its end.
static void readAll(int descriptor, std::vector<uint8_t> &bytes) {
  std::array<uint8_t, 1 << 16> chunk;
  while (true) {
    ssize_t count = sys::RetryAfterSignal(-1, ::read, descriptor, chunk.data(),
                                          chunk.size());
    if (count <= 0)
      return;
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + count);
  }
}

static Error writeObject(Descriptor &file, StringRef object) {
  file.number = ::memfd_create("netc-kernels.o", MFD_CLOEXEC);
  if (file.number < 0)
    return fail("an anonymous file");
  return writeAll(file.number, object);
}

Expected<std::vector<uint8_t>>
netc::kernel::linkSharedObject(ArrayRef<StringRef> objects) {
  std::deque<Descriptor> inputs;
  std::vector<std::string> paths;
  for (StringRef object : objects) {
    if (llvm::Error error = writeObject(inputs.emplace_back(), object))
      return error;
    paths.push_back(inputs.back().path());
  }
  Descriptor readEnd, writeEnd;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail("a pipe");
  readEnd.number = ends[0];
  writeEnd.number = ends[1];
  std::vector<uint8_t> linked;
  std::optional<netc::runtime::Thread> reader;
  try {
    reader.emplace(netc::runtime::Thread::workerStack,
                   [&] { readAll(readEnd.number, linked); });
  } catch (const netc::Error &error) {
    return createStringError(Twine("the kernels cannot be linked: ") +
                             error.what());
  }

  // One thread: the objects are small, and the output the same in any case.
  std::string outputPath = writeEnd.path();
  std::vector<const char *> arguments = {
      "ld.lld",          "-shared",         "--no-undefined",
      "--strip-all",     "--build-id=none", "--hash-style=gnu",
      "-znoexecstack",   "--threads=1",     "-o",
      outputPath.c_str()};
  for (const std::string &path : paths)
    arguments.push_back(path.c_str());
  std::string messages;
  raw_string_ostream messageStream(messages);
  int status = 0;
  {
    static std::mutex oneAtATime; // lld's state is global
    std::lock_guard lock(oneAtATime);
    // Where it cannot go on, lld ends the process, unless it is to recover.
    CrashRecoveryContext::Enable();
    status = lld::lldMain(arguments, messageStream, messageStream,
                          {{lld::Gnu, &lld::elf::link}})
                 .retCode;
    CrashRecoveryContext::Disable();
  }
  writeEnd.close(); // the end of what the reader reads
  reader.reset();   // waits for it
  if (status != 0)
    return createStringError("the kernels cannot be linked: " +
                             StringRef(messageStream.str()).rtrim().str());
  return linked;
}
