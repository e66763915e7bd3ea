// The first bytes of binary files, and how texts of other languages begin.
#include "runtime/FileKind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>

namespace netc::runtime {

using namespace std::literals;

namespace {

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view kind;
};

constexpr Magic magics[] = {
    {0, "\x89NETX\r\n\n"sv, "an executable of netc; run it with netx"},
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG picture"},
    {0, "\xff\xd8\xff"sv, "a JPEG picture"},
    {0, "GIF8"sv, "a GIF picture"},
    {8, "WEBPVP8"sv, "a WebP picture"},
    {0, "II*\0"sv, "a TIFF picture"},
    {0, "MM\0*"sv, "a TIFF picture"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file, as Keras saves models"},
    {0, "\x1f\x8b"sv, "a gzip archive; unpack it first"},
    {0, "BZh"sv, "a bzip2 archive; unpack it first"},
    {0, "\xfd\x37zXZ\0"sv, "an xz archive; unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv, "a zstd archive; unpack it first"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive; unpack it first"},
    {0, "Rar!"sv, "a RAR archive; unpack it first"},
    {257, "ustar"sv, "a tar archive; unpack it first"},
    {0, "\x93NUMPY"sv, "an array of NumPy"},
    {0, "\x7f\x45LF"sv, "a program or library of this machine"},
    {0, "%PDF-"sv, "a PDF"},
    {0, "GGUF"sv, "a GGUF model"},
    {4, "TFL3"sv, "a TensorFlow Lite model"},
    {0, "SQLite format 3"sv, "an SQLite database"},
    {0, "\xff\xfe"sv, "text in UTF-16; a network's text is UTF-8"},
    {0, "\xfe\xff"sv, "text in UTF-16; a network's text is UTF-8"},
    {0, "\0\0\x08\x01"sv, "an IDX file, labels of a data set"},
    {0, "\0\0\x08\x03"sv, "an IDX file, pictures of a data set"},
};

/// Which files a zip holds: PyTorch's pickles, a model of Keras, arrays.
std::string_view zipKind(std::string_view head) {
  auto holds = [&](std::string_view name) {
    return head.find(name) != head.npos;
  };
  if (holds("data.pkl") || holds("/data/0"))
    return "a file of PyTorch; weights travel as safetensors";
  if (holds("model.weights.h5") || holds("metadata.json"))
    return "a model of Keras";
  if (holds(".npy"))
    return "arrays of NumPy";
  return "a zip archive; unpack it first";
}

/// A protocol buffer that begins with ONNX's version and one of the fields that
/// follow it: strings of the producer, or the graph.
bool isOnnx(std::string_view head) {
  return head.size() > 4 && head[0] == 0x08 && head[1] > 0 && head[1] < 64 &&
         (head[2] == 0x12 || head[2] == 0x1a || head[2] == 0x22 ||
          head[2] == 0x3a);
}

/// The length of a header, then the header.
bool isSafetensors(std::string_view head) {
  uint64_t size = 0;
  for (size_t i = 0; i < 8 && i < head.size(); ++i)
    size |= uint64_t(static_cast<unsigned char>(head[i])) << 8 * i;
  return head.size() > 9 && head[8] == '{' && size >= 2 &&
         size < uint64_t(1) << 32;
}

bool isWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// From the first word on, behind white space and comments.
std::string_view withoutComments(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  while (!text.empty() &&
         (std::isspace(static_cast<unsigned char>(text[0])) || text[0] == '#'))
    text.remove_prefix(text[0] == '#' ? std::min(text.find('\n'), text.size())
                                      : 1);
  return text;
}

std::string_view firstWord(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && isWordCharacter(text[size]))
    ++size;
  return text.substr(0, size);
}

/// What stands behind the first word, on its line or the next.
std::string_view behindWord(std::string_view text) {
  text.remove_prefix(firstWord(text).size());
  size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

bool isOneOf(std::string_view word, auto... words) {
  return ((word == words) || ...);
}

/// `[net]`, `[convolutional]`
bool isDarknet(std::string_view text) {
  if (!text.starts_with('['))
    return false;
  text.remove_prefix(1);
  std::string_view word = firstWord(text);
  return text.substr(word.size()).starts_with(']') &&
         isOneOf(word, "net", "network", "convolutional", "connected",
                 "maxpool", "avgpool", "shortcut", "route", "crop");
}

/// `name: "LeNet"`, `layer {`, `net: "train.prototxt"`
bool isPrototxt(std::string_view text) {
  std::string_view word = firstWord(text), rest = behindWord(text);
  if (isOneOf(word, "layer", "layers", "input_shape"))
    return rest.starts_with('{');
  return isOneOf(word, "name", "net", "input", "input_dim", "base_lr",
                 "train_net", "force_backward", "state") &&
         rest.starts_with(':');
}

bool isPython(std::string_view text) {
  std::string_view word = firstWord(text), rest = behindWord(text);
  if (text.starts_with("\"\"\"") || text.starts_with("'''") ||
      text.starts_with('@'))
    return true;
  if (word == "import" || word == "from")
    return !rest.empty() && (isWordCharacter(rest[0]) || rest[0] == '.');
  if (isOneOf(word, "def", "class", "async"))
    return !rest.empty() && isWordCharacter(rest[0]);
  // What begins otherwise is one if such lines follow.
  return std::ranges::any_of(
      std::array{"\nimport "sv, "\nfrom "sv, "\ndef "sv, "\nclass "sv},
      [&](std::string_view line) { return text.find(line) != text.npos; });
}

std::string_view textKind(std::string_view head) {
  constexpr std::string_view python =
      "a Python program; layers are declared in a text of their own here";
  std::string_view text = withoutComments(head);
  if (head.starts_with("#!") &&
      head.substr(0, head.find('\n')).find("python") != head.npos)
    return python;
  if (isDarknet(text))
    return "a configuration of Darknet; `netc --help-layer NAME` says what its "
           "layers are called here";
  if (isPrototxt(text))
    return "a prototxt of Caffe; `netc --help-layer NAME` says what its layers "
           "are called here";
  if (text.starts_with('{'))
    return text.find("\"cells\"") != text.npos ? "a notebook of Jupyter"
                                               : "JSON";
  if (text.starts_with('<'))
    return text.substr(0, 512).find("<net") != text.npos ? "a model of OpenVINO"
           : text.starts_with("<?xml")                   ? "XML"
                                                         : "a page of HTML";
  if (isOneOf(firstWord(text), "module", "func", "builtin") &&
      text.find('{') != text.npos)
    return "a module of MLIR; net-opt reads it";
  return isPython(text) ? python : "";
}

} // namespace

bool isNetworkText(std::string_view head) {
  std::string_view text = withoutComments(head);
  std::string_view word = firstWord(text), rest = behindWord(text);
  if (isOneOf(word, "network", "layer", "expect"))
    return !rest.empty() && isWordCharacter(rest[0]);
  if (isOneOf(word, "data", "train"))
    return rest.starts_with('{');
  return word == "import" && rest.starts_with('"');
}

std::string fileKind(std::string_view head) {
  for (const Magic &magic : magics)
    if (head.size() >= magic.offset + magic.bytes.size() &&
        head.substr(magic.offset, magic.bytes.size()) == magic.bytes)
      return std::string(magic.kind);
  if (head.starts_with("PK\3\4") || head.starts_with("PK\5\6"))
    return std::string(zipKind(head));
  if (head.size() > 14 && head.starts_with("BM") &&
      head.substr(6, 4) == "\0\0\0\0"sv)
    return "a BMP picture";
  if (head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5)
    return "a pickle of Python";
  if (isSafetensors(head))
    return "weights (safetensors)";
  if (isOnnx(head))
    return "an ONNX model";
  return isNetworkText(head) ? "" : std::string(textKind(head));
}

std::string fileKindAt(const std::string &path) {
  std::array<char, 1 << 14> bytes;
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), bytes.size());
  std::string_view head(bytes.data(), static_cast<size_t>(in.gcount()));
  return isNetworkText(head) ? "a network's text; `netc FILE -o FILE.netx` "
                               "makes an executable of it"
                             : fileKind(head);
}

} // namespace netc::runtime
