// Objects of compiled kernels, kept by what they were made of.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace netc::kernel {

/// The ELF object of one kernel.
using KernelObject = llvm::SmallVector<char, 0>;

class KernelCache {
public:
  /// In $NETC_CACHE/kernels or the XDG cache folder (CacheFolder.h). What one
  /// build of this program has compiled is nothing to another.
  KernelCache();

  /// The object of a kernel by its text and what it is compiled for; none if it
  /// is not there, or damaged.
  std::optional<KernelObject> find(llvm::StringRef isa,
                                   llvm::StringRef text) const;
  /// From any thread.
  void keep(llvm::StringRef isa, llvm::StringRef text,
            const KernelObject &object) const;
  /// Removes what was not used for long where there is too much: from time to
  /// time, not at each call.
  void prune() const;

private:
  std::string pathOf(llvm::StringRef isa, llvm::StringRef text) const;

  std::string folder; // empty: nothing is kept
  std::string maker;  // the program and its LLVM
};

} // namespace netc::kernel
