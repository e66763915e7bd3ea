// Files through the formatter.
#include "tools/netc/Format.h"

#include "dsl/Format.h"
#include "runtime/OutputFile.h"
#include "runtime/Printable.h"
#include "tools/RunOptions.h"
#include "tools/netc/SourceText.h"

#include <iostream>

namespace netc::tools {

static int formatFile(const std::string &path, FormatMode mode) {
  dsl::SourceFile source = readSource(path);
  dsl::Diagnostics diagnostics;
  std::optional<std::string> text = dsl::formatText(source, diagnostics);
  if (!text) {
    std::cerr << diagnostics.toText() << std::flush;
    return UserError;
  }
  bool isChanged = *text != source.text;
  if (mode == FormatMode::Check) {
    if (isChanged)
      std::cout << runtime::printable(source.name) << '\n' << std::flush;
    return isChanged ? UserError : Success;
  }
  if (mode == FormatMode::StandardOutput || path == "-") {
    std::cout << *text << std::flush;
    if (!std::cout)
      throw Error("the standard output cannot be written");
  } else if (isChanged) {
    runtime::OutputFile output(path);
    output.write(text->data(), text->size());
    output.commit();
  }
  return Success;
}

int formatFiles(const std::vector<std::string> &files, FormatMode mode) {
  int status = Success;
  for (const std::string &file : files) {
    try {
      status = std::max(status, formatFile(file, mode));
    } catch (const Error &error) {
      sayError("netc", error.what());
      status = UserError;
    }
  }
  return status;
}

} // namespace netc::tools
