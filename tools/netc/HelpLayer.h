// `netc --help-layer Conv2D`.
#pragma once

namespace CLI {
class App;
}

namespace netc::tools {

/// Declares the option. Parsing it prints the entry and ends the parse by
/// CLI::Success; a name without an entry is wrong usage.
void declareHelpLayer(CLI::App &app);

} // namespace netc::tools
