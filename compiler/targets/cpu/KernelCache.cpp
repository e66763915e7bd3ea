// A file's name is the SHA-256 of all that its object depends on; its first 32
// bytes are the SHA-256 of the object behind them.
#include "compiler/targets/cpu/KernelCache.h"

#include "runtime/CacheFolder.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/TargetParser/Host.h"

#include <dlfcn.h>

using namespace llvm;
using namespace netc;
using namespace netc::kernel;

using Digest = std::array<uint8_t, 32>;

static StringRef bytesOf(const Digest &digest) {
  return {reinterpret_cast<const char *>(digest.data()), digest.size()};
}

/// Tells one build of a file from another.
static std::string buildOf(const Twine &path) {
  sys::fs::file_status status;
  if (sys::fs::status(path, status))
    return "?";
  return utostr(status.getSize()) + "," +
         itostr(status.getLastModificationTime().time_since_epoch().count());
}

static std::string identifyMaker() {
  std::string maker = LLVM_VERSION_STRING " " + buildOf("/proc/self/exe");
  Dl_info library;
  auto *inside = reinterpret_cast<void *>(&sys::getDefaultTargetTriple);
  if (dladdr(inside, &library) && library.dli_fname)
    maker += " " + buildOf(library.dli_fname);
  return maker;
}

KernelCache::KernelCache()
    : folder(runtime::cacheFolder("kernels")),
      maker(folder.empty() ? std::string() : identifyMaker()) {}

std::string KernelCache::pathOf(StringRef isa, StringRef text) const {
  SHA256 hash;
  for (StringRef part : {StringRef(maker), isa, text}) {
    hash.update(part);
    hash.update(StringRef("\0", 1));
  }
  SmallString<128> path(folder);
  // The name is that of files that pruneCache() knows.
  sys::path::append(path, "llvmcache-" + toHex(hash.final(), true));
  return std::string(path);
}

std::optional<KernelObject> KernelCache::find(StringRef isa,
                                              StringRef text) const {
  if (folder.empty())
    return std::nullopt;
  std::optional<std::string> file = runtime::readCached(pathOf(isa, text));
  if (!file || file->size() < sizeof(Digest))
    return std::nullopt;
  StringRef object = StringRef(*file).drop_front(sizeof(Digest));
  if (!StringRef(*file).starts_with(
          bytesOf(SHA256::hash(arrayRefFromStringRef(object)))))
    return std::nullopt;
  return KernelObject(object.begin(), object.end());
}

void KernelCache::keep(StringRef isa, StringRef text,
                       const KernelObject &object) const {
  if (folder.empty())
    return;
  StringRef bytes(object.data(), object.size());
  Digest digest = SHA256::hash(arrayRefFromStringRef(bytes));
  runtime::keepCached(pathOf(isa, text), (bytesOf(digest) + bytes).str());
}

void KernelCache::prune() const {
  if (folder.empty() || !sys::fs::is_directory(folder))
    return;
  CachePruningPolicy policy; // once in twenty minutes, a week's at most
  policy.MaxSizeBytes = uint64_t(256) << 20;
  pruneCache(folder, policy);
}
