// The files that a text imports, and the layers that all of them declare.
#pragma once

#include "dsl/Sema.h"

namespace netc::dsl {

/// Reads and parses what `file` imports, and what that imports; gives each
/// file once, the main one not among them. Errors are reported.
class Imports {
public:
  explicit Imports(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  void load(const File &file, const SourceFile &source);

  struct Imported {
    std::shared_ptr<const SourceFile> source;
    File file;
  };
  const std::deque<Imported> &all() const { return imported; }
  /// Whether something is missing because of an error.
  bool isBroken() const { return isMissing; }

private:
  /// A file that is being read, by its identity and the import that asks.
  struct Reading {
    std::string identity;
    std::string name;
    SourceRange range;
  };
  void loadOne(const ImportDecl &import, const SourceFile &importer);
  bool isCycle(const ImportDecl &import, const std::string &identity);
  void checkContents(const File &file, const ImportDecl &import);

  Diagnostics &diagnostics;
  std::deque<Imported> imported;       // references stay valid
  std::map<std::string, size_t> known; // by identity
  std::vector<Reading> reading;
  bool isMissing = false;
};

/// The layers of all files by name; names that are taken are reported.
LayerTable collectLayers(const File &main, const Imports &imports,
                         Diagnostics &diagnostics);

} // namespace netc::dsl
