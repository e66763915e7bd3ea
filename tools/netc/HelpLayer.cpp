// Prints an entry of the language reference.
#include "tools/netc/HelpLayer.h"

#include "dsl/Reference.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <iostream>

namespace netc::tools {

static void printEntry(const std::string &name) {
  std::optional<std::string> entry = dsl::referenceEntry(name);
  if (!entry) {
    std::string hint = dsl::referenceHint(name);
    throw CLI::ValidationError(
        "--help-layer", fmt::format("the reference has no entry `{}`{}{}", name,
                                    hint.empty() ? "" : "; ", hint));
  }
  std::cout << *entry << std::flush;
  throw CLI::Success();
}

void declareHelpLayer(CLI::App &app) {
  // It acts at once, as --help does: nothing else need be given.
  app.add_option_function<std::string>(
         "--help-layer", printEntry,
         "print what the language reference says of a layer, transform, loss, "
         "optimizer or schedule")
      ->type_name("NAME")
      ->trigger_on_parse();
}

} // namespace netc::tools
