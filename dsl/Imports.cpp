// Files of layers, found beside the file that imports them.
#include "dsl/Imports.h"

#include "dsl/Layers.h"
#include "dsl/Lexer.h"
#include "dsl/Parser.h"
#include "runtime/InputFile.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace netc::dsl {

namespace fs = std::filesystem;

/// The text; none where there is none, and `problem` says why. Of a file that
/// is too large, enough for the lexer to say so.
static std::optional<std::string> readText(const fs::path &path,
                                           std::string &problem) {
  std::error_code code;
  problem = fs::is_directory(path, code)
                ? std::make_error_code(std::errc::is_a_directory).message()
                : runtime::problemOfInput(path.string());
  if (!problem.empty())
    return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(maxFileSize + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) {
    problem = std::generic_category().message(errno);
    return std::nullopt;
  }
  return text;
}

/// One name for a file however it is reached.
static std::string identityOf(const fs::path &path) {
  std::error_code code;
  fs::path canonical = fs::weakly_canonical(path, code);
  return code ? path.lexically_normal().string() : canonical.string();
}

bool Imports::isCycle(const ImportDecl &import, const std::string &identity) {
  auto first = std::ranges::find(reading, identity, &Reading::identity);
  if (first == reading.end())
    return false;
  Diagnostic &error =
      diagnostics.error(DiagnosticKind::ImportCycle, import.range, import.path);
  for (auto each = first + 1; each != reading.end(); ++each)
    error.note(each->range, fmt::format("`{}` is imported here", each->name));
  return true;
}

void Imports::checkContents(const File &file, const ImportDecl &import) {
  auto refuse = [&](SourceRange range, std::string_view what) {
    diagnostics.error(DiagnosticKind::ImportedNotLayer, range, what)
        .note(import.range, "imported here");
  };
  for (const NetworkDecl &network : file.networks)
    refuse(network.name.range, "a network");
  for (const DataDecl &data : file.data)
    refuse(data.keyword, "`data`");
  for (const TrainDecl &train : file.trains)
    refuse(train.keyword, "`train`");
  for (const ExpectDecl &expect : file.expects)
    refuse(expect.keyword, "`expect`");
}

void Imports::loadOne(const ImportDecl &import, const SourceFile &importer) {
  constexpr size_t maxDepth = 64;
  fs::path path = fs::path(importer.name).parent_path() / import.path;
  std::string identity = identityOf(path);
  if (isCycle(import, identity) || known.contains(identity))
    return;
  known[identity] = imported.size();
  std::string problem;
  std::optional<std::string> text = readText(path, problem);
  if (!text) {
    diagnostics.error(DiagnosticKind::ImportUnreadable, import.range,
                      clipped(path.string()), problem);
    isMissing = true;
    return;
  }
  if (reading.size() == maxDepth) {
    diagnostics.error(DiagnosticKind::NestedTooDeep, import.range, maxDepth);
    isMissing = true;
    return;
  }
  auto source = std::make_shared<const SourceFile>(
      SourceFile{path.string(), std::move(*text)});
  diagnostics.keep(source);
  Imported &entry = imported.emplace_back(source, parse(*source, diagnostics));
  isMissing |= entry.file.isBroken;
  checkContents(entry.file, import);
  reading.push_back({identity, import.path, import.range});
  for (const ImportDecl &inner : entry.file.imports)
    loadOne(inner, *source);
  reading.pop_back();
}

void Imports::load(const File &file, const SourceFile &source) {
  reading.push_back({identityOf(source.name), source.name, {}});
  std::map<std::string_view, SourceRange> names;
  for (const ImportDecl &import : file.imports) {
    auto [first, isFirst] = names.try_emplace(import.path, import.range);
    if (isFirst)
      loadOne(import, source);
    else
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, import.range,
                 fmt::format("the import of `{}`", import.path))
          .note(first->second, "the first one is here");
  }
  reading.pop_back();
}

//===----------------------------------------------------------------------===//
// The table of layers
//===----------------------------------------------------------------------===//

bool namesInput(std::string_view inputName) {
  return std::ranges::find(valueNames(), inputName) == valueNames().end();
}

bool checkParameterName(const Name &name, Diagnostics &diagnostics) {
  std::string_view reason;
  if (name.text == "input")
    reason = "`input` is the shape of the input";
  else if (std::ranges::find(valueNames(), name.text) != valueNames().end())
    reason = "it is the name of a value";
  else if (std::ranges::find(scaleArguments(), name.text,
                             &ArgumentSpec::name) != scaleArguments().end())
    reason = "every layer takes it";
  else
    return true;
  diagnostics.error(DiagnosticKind::ParameterName, name.range, name.text)
      .hint(std::string(reason));
  return false;
}

static UserLayer makeUserLayer(const LayerDecl &decl, bool seesNetwork,
                               Diagnostics &diagnostics) {
  UserLayer layer{&decl, {decl.name.text, {}}, seesNetwork, /*isBroken=*/false};
  std::map<std::string_view, SourceRange> names;
  for (const Parameter &parameter : decl.parameters) {
    const Name &name = parameter.name;
    if (!checkParameterName(name, diagnostics)) {
      layer.isBroken = true; // what a use of it gives cannot be told apart
      continue;
    }
    auto [first, isFirst] = names.try_emplace(name.text, name.range);
    if (isFirst)
      layer.signature.arguments.push_back(
          {name.text, ArgumentKind::Any, !parameter.value});
    else
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, name.range,
                 fmt::format("parameter `{}`", name.text))
          .note(first->second, "the first one is here");
  }
  return layer;
}

LayerTable collectLayers(const File &main, const Imports &imports,
                         Diagnostics &diagnostics) {
  LayerTable table;
  table.isComplete = !main.lacksLayers && !imports.isBroken();
  auto add = [&](const LayerDecl &decl, bool seesNetwork) {
    const Name &name = decl.name;
    if (isCombinator(name.text) || findLayerKind(name.text)) {
      diagnostics.error(DiagnosticKind::LayerName, name.range, name.text)
          .hint("the language has a layer of this name");
      return;
    }
    auto [first, isFirst] = table.try_emplace(name.text);
    if (isFirst)
      first->second = makeUserLayer(decl, seesNetwork, diagnostics);
    else
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, name.range,
                 fmt::format("layer `{}`", name.text))
          .note(first->second.decl->name.range, "the first one is here");
  };
  for (const LayerDecl &decl : main.layers)
    add(decl, true);
  for (const Imports::Imported &each : imports.all())
    for (const LayerDecl &decl : each.file.layers)
      add(decl, false);
  return table;
}

} // namespace netc::dsl
