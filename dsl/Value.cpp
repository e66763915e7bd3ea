// Lists, and values as text.
#include "dsl/Value.h"

#include "dsl/Lexer.h"

namespace netc::dsl {

ValueList::ValueList() : ValueList(std::vector<Value>()) {}
ValueList::ValueList(std::vector<Value> list)
    : elements(std::make_shared<const std::vector<Value>>(std::move(list))) {}

size_t ValueList::size() const { return elements->size(); }
const Value &ValueList::operator[](size_t index) const {
  return (*elements)[index];
}
const Value *ValueList::begin() const { return elements->data(); }
const Value *ValueList::end() const {
  return elements->data() + elements->size();
}

namespace {
struct ValueWriter {
  std::string operator()(const ErrorValue &) const { return "an error"; }
  std::string operator()(int64_t value) const {
    return fmt::format("{}", value);
  }
  std::string operator()(double value) const {
    std::string text = fmt::format("{}", value);
    bool looksInteger = text.find_first_not_of("-0123456789") == text.npos;
    return looksInteger ? text + ".0" : text;
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string &value) const {
    return fmt::format("\"{}\"", clipped(value));
  }
  std::string operator()(const shape::Shape &value) const {
    return clipped(shape::toString(value));
  }
  std::string operator()(const NamedValue &value) const { return value.name; }
  std::string operator()(const Value::List &list) const {
    constexpr size_t longest = 60;
    std::string text = "[";
    for (const Value &element : list) {
      if (text.size() > longest)
        return text + ", ...]";
      text += (text.size() > 1 ? ", " : "") + toText(element);
    }
    return text + "]";
  }
};
} // namespace

std::string toText(const Value &value) {
  return std::visit(ValueWriter(), value.content);
}

} // namespace netc::dsl
