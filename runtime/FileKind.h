// What a file is that was given in another's place, by its content.
#pragma once

#include <string>
#include <string_view>

namespace netc::runtime {

/// What a file that begins with `head` (some kilobytes, or the whole) is: "an
/// ONNX model", "a PNG picture"; behind a semicolon what to do with it, where
/// there is something. Empty where it is not recognised.
std::string fileKind(std::string_view head);

/// Whether what begins with `head` can be a text of netc: a declaration comes
/// first, behind white space and comments.
bool isNetworkText(std::string_view head);

/// What the file is for one who expected another kind: `fileKind`, or the text
/// of a network. Empty where it is not recognised or cannot be read.
std::string fileKindAt(const std::string &path);

} // namespace netc::runtime
