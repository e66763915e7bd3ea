// lld, in process. It works on files only: in a folder of our own, which is
// gone afterwards.
#include "compiler/targets/cpu/CodeGeneration.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstdlib>
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

static Error fail(const Twine &what, std::error_code code) {
  return createStringError(code, "the kernels cannot be linked: " + what +
                                     ": " + code.message());
}

Expected<std::vector<uint8_t>>
netc::kernel::linkSharedObject(StringRef object) {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  sys::path::append(folder, "netc-XXXXXX");
  if (!::mkdtemp(const_cast<char *>(folder.c_str()))) // ours alone, mode 0700
    return fail(folder, std::error_code(errno, std::generic_category()));
  auto remove = make_scope_exit([&] { sys::fs::remove_directories(folder); });
  SmallString<128> objectPath(folder), outPath(folder);
  sys::path::append(objectPath, "kernels.o");
  sys::path::append(outPath, "kernels.so");

  std::error_code code;
  raw_fd_ostream stream(objectPath, code, sys::fs::CD_CreateNew);
  if (code)
    return fail(objectPath, code);
  stream << object;
  stream.close();
  if (stream.has_error()) {
    code = stream.error();
    stream.clear_error();
    return fail(objectPath, code);
  }

  // One thread: the object is small, and the output the same in any case.
  const char *arguments[] = {
      "ld.lld",        "-shared",         "--no-undefined",
      "--strip-all",   "--build-id=none", "--hash-style=gnu",
      "-znoexecstack", "--threads=1",     "-o",
      outPath.c_str(), objectPath.c_str()};
  std::string messages;
  {
    static std::mutex oneAtATime; // lld's state is global
    std::lock_guard lock(oneAtATime);
    raw_string_ostream messageStream(messages);
    lld::Result result = lld::lldMain(arguments, messageStream, messageStream,
                                      {{lld::Gnu, &lld::elf::link}});
    if (result.retCode != 0)
      return createStringError("the kernels cannot be linked: " +
                               messageStream.str());
  }
  auto linked = MemoryBuffer::getFile(outPath, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!linked)
    return fail(outPath, linked.getError());
  StringRef bytes = (*linked)->getBuffer();
  return std::vector<uint8_t>(bytes.bytes_begin(), bytes.bytes_end());
}
