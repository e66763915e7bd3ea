// Texts analyzed in tests.
#pragma once

#include "dsl/Network.h"

#include <gtest/gtest.h>

namespace netc::dsl {

/// Values of parameters by their names, as `--set` gives them.
using ParameterTexts = std::map<std::string, std::string>;

/// A text, called `t.net`, with what the analysis makes of it.
struct Analysis {
  SourceFile source;
  Diagnostics diagnostics;
  std::unique_ptr<Network> network;

  explicit Analysis(std::string text, const ParameterTexts &settings = {})
      : source{"t.net", std::move(text)},
        network(analyze(source, settings, diagnostics)) {
    EXPECT_EQ(network == nullptr, diagnostics.hasErrors());
  }

  /// "line:column: message" of each error, one a line.
  std::string errors() const {
    std::string text;
    for (const Diagnostic &diagnostic : diagnostics.all()) {
      auto [line, column] = lineColumn(diagnostic.range);
      text += fmt::format("{}:{}: {}\n", line, column, diagnostic.message);
    }
    return text;
  }
};

/// A network of these layers, from line 2 on.
inline std::string withLayers(std::string_view layers,
                              std::string_view input = "1x28x28",
                              std::string_view output = "10") {
  return fmt::format("network N(image: {}) -> {} = Sequential {{\n{}\n}}\n",
                     input, output, layers);
}

/// A good network in one line, with declarations after it from line 2 on.
inline std::string withDeclarations(std::string_view declarations) {
  return fmt::format("network N(image: 1x28x28) -> 10 = Sequential {{ Flatten "
                     "Dense(10) }}\n{}\n",
                     declarations);
}

} // namespace netc::dsl
