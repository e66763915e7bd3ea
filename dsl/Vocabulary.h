// The words of the language, from the tables that the lexer and the checks use:
// for editors, and for whoever lists them.
#pragma once

#include "dsl/Signature.h"

namespace netc::dsl {

struct Vocabulary {
  std::vector<std::string_view> declarations; // network, layer
  std::vector<std::string_view> control;      // if, repeat
  std::vector<std::string_view> operators;    // and, not
  std::vector<std::string_view> combinators;  // Sequential
  std::vector<std::string_view> layers;       // Conv2D
  std::vector<std::string_view> transforms;   // ToTensor
  std::vector<std::string_view> training;     // SGD, Xavier
  std::vector<std::string_view> keys;         // batch
  std::vector<std::string_view> arguments;    // kernel
  std::vector<std::string_view> values;       // relu, true
  std::vector<std::string_view> members;      // channels
};

/// Each list sorted and without doubles.
Vocabulary vocabulary();

// The tables, by those who have them.
std::span<const std::string_view> combinatorNames();  // Expand.cpp
std::span<const std::string_view> memberNames();      // Evaluate.cpp
std::span<const std::string_view> trainKeyNames();    // SemaTrain.cpp
std::vector<Signature> trainSignatures();             // SemaTrain.cpp
std::vector<const Signature *> transformSignatures(); // SemaData.cpp

} // namespace netc::dsl
