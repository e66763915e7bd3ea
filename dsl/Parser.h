// Tokens -> AST, by recursive descent with one token of lookahead. After an
// error it goes on at the next argument, layer or declaration.
#pragma once

#include "dsl/Ast.h"

namespace netc::dsl {

File parse(const SourceFile &source, Diagnostics &diagnostics);

/// The text as one expression (a setting of the command line); null, with an
/// error, if it is none.
ExprPtr parseExpression(const SourceFile &source, Diagnostics &diagnostics);

} // namespace netc::dsl
