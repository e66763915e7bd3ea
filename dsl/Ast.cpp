// The AST as text.
#include "dsl/Ast.h"

#include "dsl/Parser.h"
#include "dsl/Value.h"

namespace netc::dsl {

std::string_view spelling(UnaryOperator op) {
  return op == UnaryOperator::Minus ? "-" : "not";
}

std::string_view spelling(BinaryOperator op) {
  static constexpr std::string_view spellings[] = {
      "or", "and", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%"};
  return spellings[size_t(op)];
}

static std::string toString(const Arguments &arguments) {
  std::string text = "(";
  for (const Argument &argument : arguments.list) {
    if (text.size() > 1)
      text += ", ";
    if (argument.name)
      text += argument.name->text + "=";
    text += toString(*argument.value);
  }
  return text + (arguments.isBroken ? " <error>)" : ")");
}

namespace {
struct ExprPrinter {
  std::string operator()(const ErrorExpr &) const { return "<error>"; }
  std::string operator()(const IntegerExpr &expr) const {
    return toText(Value{expr.value});
  }
  std::string operator()(const FloatExpr &expr) const {
    return toText(Value{expr.value});
  }
  std::string operator()(const BooleanExpr &expr) const {
    return toText(Value{expr.value});
  }
  std::string operator()(const StringExpr &expr) const {
    return toText(Value{expr.value});
  }
  std::string operator()(const ShapeExpr &expr) const {
    return shape::toString(expr.value);
  }
  std::string operator()(const NameExpr &expr) const { return expr.name; }
  std::string operator()(const CallExpr &expr) const {
    return expr.callee.text + toString(expr.arguments);
  }
  std::string operator()(const ListExpr &expr) const {
    std::string text = "[";
    for (const ExprPtr &element : expr.elements)
      text += (text.size() > 1 ? ", " : "") + toString(*element);
    return text + "]";
  }
  std::string operator()(const IndexExpr &expr) const {
    return fmt::format("{}[{}]", toString(*expr.base), toString(*expr.index));
  }
  std::string operator()(const MemberExpr &expr) const {
    return fmt::format("{}.{}", toString(*expr.base), expr.member.text);
  }
  std::string operator()(const UnaryExpr &expr) const {
    return fmt::format("({} {})", spelling(expr.op), toString(*expr.operand));
  }
  std::string operator()(const BinaryExpr &expr) const {
    return fmt::format("({} {} {})", toString(*expr.left), spelling(expr.op),
                       toString(*expr.right));
  }
};

class AstPrinter {
public:
  std::string text;

  void print(const File &file);

private:
  template <typename... Args>
  void line(unsigned level, fmt::format_string<Args...> format,
            Args &&...args) {
    text.append(2 * level, ' ');
    text += fmt::format(format, std::forward<Args>(args)...) + '\n';
  }
  void print(const NetworkDecl &network);
  void print(const LayerDecl &layer);
  void print(const DataDecl &data);
  void print(const ExpectDecl &expect);
  void print(const std::vector<Parameter> &parameters);
  void print(const Call &call, const std::optional<Name> &label,
             unsigned level);
  void print(const Block &block, unsigned level);
  void print(const IfItem &node, unsigned level);
  void print(const RepeatItem &node, unsigned level);
  void print(const ForItem &node, unsigned level);
};
} // namespace

std::string toString(const Expr &expr) {
  return std::visit(ExprPrinter(), expr.node);
}

void AstPrinter::print(const Block &block, unsigned level) {
  for (const Item &item : block.items)
    if (const auto *call = std::get_if<Call>(&item.node))
      print(*call, item.label, level);
    else if (const auto *conditional = std::get_if<IfItem>(&item.node))
      print(*conditional, level);
    else if (const auto *repeat = std::get_if<RepeatItem>(&item.node))
      print(*repeat, level);
    else
      print(std::get<ForItem>(item.node), level);
}

void AstPrinter::print(const Call &call, const std::optional<Name> &label,
                       unsigned level) {
  line(level, "{}{}{}", label ? label->text + ": " : "", call.callee.text,
       call.arguments ? toString(*call.arguments) : "");
  if (call.block)
    print(*call.block, level + 1);
}

void AstPrinter::print(const IfItem &node, unsigned level) {
  for (size_t i = 0; i < node.arms.size(); ++i) {
    line(level, "{}if {}", i > 0 ? "else " : "",
         toString(*node.arms[i].condition));
    print(node.arms[i].block, level + 1);
  }
  if (!node.otherwise)
    return;
  line(level, "else");
  print(*node.otherwise, level + 1);
}

void AstPrinter::print(const RepeatItem &node, unsigned level) {
  line(level, "repeat {}", toString(*node.count));
  print(node.block, level + 1);
}

void AstPrinter::print(const ForItem &node, unsigned level) {
  std::string names;
  for (const Name &name : node.names)
    names += (names.empty() ? "" : ", ") + name.text;
  line(level, "for {} in {}{}", node.destructures ? "[" + names + "]" : names,
       toString(*node.list), node.end ? ".." + toString(*node.end) : "");
  print(node.block, level + 1);
}

void AstPrinter::print(const std::vector<Parameter> &parameters) {
  for (const Parameter &parameter : parameters)
    line(1, "parameter {}{}", parameter.name.text,
         parameter.value ? " = " + toString(*parameter.value) : "");
}

void AstPrinter::print(const NetworkDecl &network) {
  line(0, "network {}", network.name.text);
  line(1, "input {}: {}", network.inputName.text, toString(*network.input));
  print(network.parameters);
  line(1, "output {}", toString(*network.output));
  print(network.body, std::nullopt, 1);
}

void AstPrinter::print(const LayerDecl &layer) {
  line(0, "layer {}", layer.name.text);
  print(layer.parameters);
  print(layer.body, std::nullopt, 1);
}

void AstPrinter::print(const DataDecl &data) {
  line(0, "data");
  Phase phase = Phase::Both;
  for (const TransformCall &transform : data.transforms) {
    if (transform.phase != phase && transform.phase != Phase::Both)
      line(1, "{}", transform.phase == Phase::Train ? "train" : "test");
    phase = transform.phase;
    print(transform.call, std::nullopt, phase == Phase::Both ? 1 : 2);
  }
}

void AstPrinter::print(const ExpectDecl &expect) {
  std::string text =
      fmt::format("expect {} {} {}", expect.metric.text,
                  spelling(expect.comparison), toString(*expect.value));
  if (expect.dataset)
    text += fmt::format(" on \"{}\"", expect.dataset->text);
  if (expect.epochs)
    text += fmt::format(" after {} epochs", toString(*expect.epochs));
  line(0, "{}", text);
}

void AstPrinter::print(const File &file) {
  for (const ImportDecl &import : file.imports)
    line(0, "import \"{}\"", import.path);
  for (const LayerDecl &layer : file.layers)
    print(layer);
  for (const NetworkDecl &network : file.networks)
    print(network);
  for (const DataDecl &data : file.data)
    print(data);
  for (const TrainDecl &train : file.trains) {
    line(0, "train");
    for (const TrainEntry &entry : train.entries)
      line(1, "{} = {}", entry.key.text, toString(*entry.value));
  }
  for (const ExpectDecl &expect : file.expects)
    print(expect);
}

std::string printAst(const SourceFile &source, Diagnostics &diagnostics) {
  AstPrinter printer;
  printer.print(parse(source, diagnostics));
  return std::move(printer.text);
}

} // namespace netc::dsl
