// Texts that follow the grammar and nothing else: names mean nothing, lines
// end anywhere, comments stand everywhere.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace netc::dsl {

class RandomText {
public:
  explicit RandomText(unsigned seed) : random(seed) {}

  /// Declarations, between any two tokens of which stands any white space.
  std::string file();
  /// These tokens between other white space and comments.
  std::string respaced(const std::vector<std::string> &tokens);

private:
  bool chance(int percent) { return int(random() % 100) < percent; }
  size_t below(size_t count) { return random() % count; }
  void add(std::string token) { tokens.push_back(std::move(token)); }
  std::string name();
  std::string gap(bool isNeeded);

  void network();
  void layer();
  void parameters();
  void data();
  void train();
  void call(int depth);
  void block(int depth);
  void item(int depth);
  void condition(int depth);
  void loop(int depth);
  void arguments(int depth);
  void expression(int depth);
  void primary(int depth);

  std::mt19937 random;
  std::vector<std::string> tokens;
};

} // namespace netc::dsl
