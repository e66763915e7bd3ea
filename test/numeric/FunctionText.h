// Writes `net` functions as MLIR text.
#pragma once

#include "test/reference/Conv2D.h"
#include "test/reference/Conv2DTranspose.h"
#include "test/reference/Pool2D.h"

#include <string>

namespace netc::numeric {

/// `tensor<2x10xf32>`.
std::string tensorType(const reference::Shape &shape,
                       const std::string &element = "f32");
/// `shape = array<i64: 1, 1>`.
std::string sizes(const std::string &name, const std::vector<int64_t> &values);
/// The sizes of one example, without the batch.
std::string exampleSizes(const std::string &name,
                         const reference::Shape &shape);
/// The attributes of net.conv2d and of the pools.
std::string attributesOf(const reference::Conv2D &conv);
std::string attributesOf(const reference::Pool2D &pool);
std::string attributesOf(const reference::Conv2DTranspose &conv);
/// Those of its gradients, whose shapes say the output padding.
std::string gradientAttributesOf(const reference::Conv2DTranspose &conv);
/// `rate = 5.0e-01 : f64`, with every digit.
std::string real(const std::string &name, double value);

class FunctionText {
public:
  struct Value {
    std::string name, type;
  };
  using Values = std::vector<Value>;

  explicit FunctionText(std::string name = "f") : name(std::move(name)) {}

  /// Appends an argument, with a name of its own if one is given.
  Value argument(const reference::Shape &shape,
                 const std::string &element = "f32",
                 const std::string &netName = "");
  /// The run state.
  Value state() { return argument({8}, "i32", "state"); }

  /// Appends `%r = net.OP OPERANDS {ATTRIBUTES} : (...) -> TYPE`.
  Value op(const std::string &op, const Values &operands,
           const std::string &attributes, const std::string &resultType);
  /// The same for an op of several results.
  Values ops(const std::string &op, const Values &operands,
             const std::string &attributes,
             const std::vector<std::string> &resultTypes);
  /// Appends `%r = net.read_parameter @"NAME" : TYPE`.
  Value readParameter(const std::string &parameter, const std::string &type);
  /// Appends a line of an op without results.
  void line(const std::string &text);

  /// The whole function.
  std::string text(const Values &results) const;

private:
  std::string name, arguments, body;
  int argumentCount = 0, valueCount = 0;
};

} // namespace netc::numeric
