// `net` functions as text.
#include "test/numeric/FunctionText.h"

#include <iomanip>
#include <sstream>

namespace netc::numeric {

/// The elements with commas between.
template <typename Range, typename Write>
static std::string join(const Range &range, Write write) {
  std::ostringstream out;
  const char *separator = "";
  for (const auto &element : range) {
    out << separator << write(element);
    separator = ", ";
  }
  return out.str();
}

std::string tensorType(const reference::Shape &shape,
                       const std::string &element) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + element + ">";
}

std::string sizes(const std::string &name, const std::vector<int64_t> &values) {
  return name + " = array<i64: " + join(values, [](int64_t x) { return x; }) +
         ">";
}

std::string exampleSizes(const std::string &name,
                         const reference::Shape &shape) {
  return sizes(name, std::vector<int64_t>(shape.begin() + 1, shape.end()));
}

static std::string pair(const std::string &name,
                        const reference::Pair &values) {
  return sizes(name, {values[0], values[1]});
}

std::string attributesOf(const reference::Conv2D &conv) {
  return pair("stride", conv.stride) + ", " + pair("padding", conv.padding) +
         ", " + pair("dilation", conv.dilation) +
         ", groups = " + std::to_string(conv.groups) + " : i64";
}

std::string attributesOf(const reference::Pool2D &pool) {
  return pair("window", pool.window) + ", " + pair("stride", pool.stride) +
         ", " + pair("padding", pool.padding);
}

std::string gradientAttributesOf(const reference::Conv2DTranspose &conv) {
  return attributesOf(
      reference::Conv2D{conv.stride, conv.padding, conv.dilation, conv.groups});
}

std::string attributesOf(const reference::Conv2DTranspose &conv) {
  return gradientAttributesOf(conv) + ", " +
         pair("output_padding", conv.outputPadding);
}

std::string real(const std::string &name, double value) {
  std::ostringstream out;
  out << name << " = " << std::scientific << std::setprecision(17) << value
      << " : f64";
  return out.str();
}

FunctionText::Value FunctionText::argument(const reference::Shape &shape,
                                           const std::string &element,
                                           const std::string &netName) {
  std::string type = tensorType(shape, element);
  Value value{"%arg" + std::to_string(argumentCount++), type};
  arguments += (arguments.empty() ? "" : ", ") + value.name + ": " + type;
  if (!netName.empty())
    arguments += " {net.name = \"" + netName + "\"}";
  return value;
}

FunctionText::Value FunctionText::op(const std::string &op,
                                     const Values &operands,
                                     const std::string &attributes,
                                     const std::string &resultType) {
  return ops(op, operands, attributes, {resultType}).front();
}

FunctionText::Values
FunctionText::ops(const std::string &op, const Values &operands,
                  const std::string &attributes,
                  const std::vector<std::string> &resultTypes) {
  Values results;
  for (const std::string &type : resultTypes)
    results.push_back({"%" + std::to_string(valueCount++), type});
  auto nameOf = [](const Value &v) { return v.name; };
  auto typeOf = [](const Value &v) { return v.type; };
  std::string name = op.find('.') == std::string::npos ? "net." + op : op;
  line(join(results, nameOf) + " = " + name + " " + join(operands, nameOf) +
       (attributes.empty() ? "" : " {" + attributes + "}") + " : (" +
       join(operands, typeOf) + ") -> (" + join(results, typeOf) + ")");
  return results;
}

FunctionText::Value FunctionText::readParameter(const std::string &parameter,
                                                const std::string &type) {
  Value result{"%" + std::to_string(valueCount++), type};
  line(result.name + " = net.read_parameter @\"" + parameter + "\" : " + type);
  return result;
}

void FunctionText::line(const std::string &text) {
  body += "    " + text + "\n";
}

std::string FunctionText::text(const Values &results) const {
  std::string types = join(results, [](const Value &v) { return v.type; });
  std::string text = "  func.func @" + name + "(" + arguments + ")";
  if (results.empty())
    return text + " {\n" + body + "    return\n  }\n";
  return text + " -> (" + types + ") {\n" + body + "    return " +
         join(results, [](const Value &v) { return v.name; }) + " : " + types +
         "\n  }\n";
}

} // namespace netc::numeric
