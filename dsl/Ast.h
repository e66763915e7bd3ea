// What a text says, before it means anything: declarations, calls with their
// blocks, expressions. Trees are at most maxDepth deep, so that walking them
// recursively is safe.
#pragma once

#include "compiler/shape/Shape.h"
#include "dsl/Diagnostics.h"
#include "dsl/Phase.h"

#include <memory>

namespace netc::dsl {

constexpr unsigned maxDepth = 256;

/// A word and its place; a name of another framework may be dotted
/// (`nn.Linear`).
struct Name {
  std::string text;
  SourceRange range;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Argument {
  std::optional<Name> name;
  ExprPtr value;
};

/// `(a, kernel=b)`. `isBroken` if some argument had a syntax error and is
/// missing here.
struct Arguments {
  std::vector<Argument> list;
  SourceRange range;
  bool isBroken = false;
};

// Expressions.
struct ErrorExpr {}; // already reported
struct IntegerExpr {
  int64_t value;
};
struct FloatExpr {
  double value;
};
struct BooleanExpr {
  bool value;
};
struct StringExpr {
  std::string value;
};
struct ShapeExpr {
  shape::Shape value;
};
struct NameExpr {
  std::string name;
};
struct CallExpr {
  Name callee;
  Arguments arguments;
};
struct ListExpr {
  std::vector<ExprPtr> elements;
};
struct IndexExpr {
  ExprPtr base, index;
};
struct MemberExpr {
  ExprPtr base;
  Name member;
};

enum class UnaryOperator { Minus, Not };
struct UnaryExpr {
  UnaryOperator op;
  ExprPtr operand;
};

enum class BinaryOperator {
  Or,
  And,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder
};
struct BinaryExpr {
  BinaryOperator op;
  SourceRange opRange;
  ExprPtr left, right;
};

struct Expr {
  SourceRange range;
  unsigned depth = 1; // of the tree below, itself included
  std::variant<ErrorExpr, IntegerExpr, FloatExpr, BooleanExpr, StringExpr,
               ShapeExpr, NameExpr, CallExpr, ListExpr, IndexExpr, MemberExpr,
               UnaryExpr, BinaryExpr>
      node;
};

/// `+`, `and`.
std::string_view spelling(UnaryOperator op);
std::string_view spelling(BinaryOperator op);

// Calls of layers.
struct Item;

/// `isBroken` if some item had a syntax error and is missing here.
struct Block {
  std::vector<Item> items;
  SourceRange open; // of its left brace
  bool isBroken = false;
};

/// `Conv2D(96, kernel=11)`, `Sequential { ... }`.
struct Call {
  Name callee;
  std::optional<Arguments> arguments;
  std::optional<Block> block;
};

/// `if c { ... } else if d { ... } else { ... }`: the first arm whose condition
/// holds, else `otherwise`.
struct IfItem {
  struct Arm {
    SourceRange keyword;
    ExprPtr condition;
    Block block;
  };
  std::vector<Arm> arms;
  SourceRange elseKeyword;
  std::optional<Block> otherwise;
};

/// `repeat 3 { ... }`
struct RepeatItem {
  SourceRange keyword;
  ExprPtr count;
  Block block;
};

/// `for x in list { ... }`, `for [a, b] in list { ... }` (`destructures`),
/// `for i in 0..4 { ... }` (with an `end`, which is excluded).
struct ForItem {
  SourceRange keyword;
  std::vector<Name> names;
  bool destructures = false;
  ExprPtr list, end;
  Block block;
};

/// What stands in a block; only a call has a label.
struct Item {
  std::optional<Name> label;
  std::variant<Call, IfItem, RepeatItem, ForItem> node;
};

// Declarations.
struct Parameter {
  Name name;
  ExprPtr value; // null without a default
};

struct NetworkDecl {
  Name name, inputName;
  ExprPtr input, output;
  std::vector<Parameter> parameters;
  Call body;
};

/// `layer Name(params) = call`
struct LayerDecl {
  Name name;
  std::vector<Parameter> parameters;
  Call body;
};

/// `import "layers.net"`
struct ImportDecl {
  SourceRange range; // of the string
  std::string path;
};

/// `ToTensor`, by itself or in `train { ... }` or `test { ... }`.
struct TransformCall {
  Call call;
  Phase phase = Phase::Both;
};

struct DataDecl {
  SourceRange keyword;
  std::vector<TransformCall> transforms;
  bool isBroken = false;
};

struct TrainEntry {
  Name key;
  ExprPtr value;
};
struct TrainDecl {
  SourceRange keyword;
  std::vector<TrainEntry> entries;
};

/// `expect test_accuracy >= 0.85 on "fashion-mnist" after 5 epochs`
struct ExpectDecl {
  SourceRange keyword;
  Name metric;
  BinaryOperator comparison;
  ExprPtr value;
  std::optional<Name> dataset; // the string's text
  ExprPtr epochs;              // an IntegerExpr, or null
};

/// A file's declarations, each kind in the order of the text. `isBroken` if
/// some declaration had a syntax error and is missing here.
struct File {
  std::vector<ImportDecl> imports;
  std::vector<NetworkDecl> networks;
  std::vector<LayerDecl> layers;
  std::vector<DataDecl> data;
  std::vector<TrainDecl> trains;
  std::vector<ExpectDecl> expects;
  bool lacksLayers = false; // the broken one declares or imports layers
  bool isBroken = false;
};

/// The tree of the text, one node a line, expressions with all their brackets;
/// of a text with errors, what could be parsed.
std::string printAst(const SourceFile &source, Diagnostics &diagnostics);

/// An expression with all its brackets: `((a + 1) * 2)`.
std::string toString(const Expr &expr);

} // namespace netc::dsl
