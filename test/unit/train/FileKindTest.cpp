// Files that are given for a network's text, by their content.
#include "runtime/FileKind.h"

#include <gtest/gtest.h>

using namespace std::literals;
using netc::runtime::fileKind;
using netc::runtime::isNetworkText;

namespace {

/// Without what to do with it.
std::string kindOf(std::string_view head) {
  std::string kind = fileKind(head);
  return kind.substr(0, kind.find(';'));
}

TEST(FileKind, Binary) {
  EXPECT_EQ(kindOf("\x89NETX\r\n\n\1\0\0\0"sv), "an executable of netc");
  EXPECT_EQ(kindOf("\x08\x07\x12\x07pytorch\x1a\x05"
                   "2.1.0:\x80\x01"sv),
            "an ONNX model");
  EXPECT_EQ(kindOf("\x08\x08:\xe8\x03\n"sv), "an ONNX model");
  EXPECT_EQ(kindOf("\x40\0\0\0\0\0\0\0{\"__metadata__\":{}}"sv),
            "weights (safetensors)");
  EXPECT_EQ(kindOf("PK\3\4..archive/data.pkl"sv), "a file of PyTorch");
  EXPECT_EQ(kindOf("PK\3\4..x_train.npy"sv), "arrays of NumPy");
  EXPECT_EQ(kindOf("PK\3\4..metadata.json"sv), "a model of Keras");
  EXPECT_EQ(kindOf("PK\3\4..readme.txt"sv), "a zip archive");
  EXPECT_EQ(kindOf("\x1f\x8b\x08"sv), "a gzip archive");
  EXPECT_EQ(kindOf("\x80\x04\x95"sv), "a pickle of Python");
  EXPECT_EQ(kindOf("\x89PNG\r\n\x1a\n"sv), "a PNG picture");
  EXPECT_EQ(kindOf("\xff\xd8\xff\xe0"sv), "a JPEG picture");
  EXPECT_EQ(kindOf("\x89HDF\r\n\x1a\n"sv),
            "an HDF5 file, as Keras saves models");
  EXPECT_EQ(kindOf("\xff\xfen\0e\0t\0"sv), "text in UTF-16");
  EXPECT_EQ(kindOf(std::string(1000, '\0')), "");
}

TEST(FileKind, Texts) {
  EXPECT_EQ(kindOf("# yolo\n[net]\nbatch=1\n"), "a configuration of Darknet");
  EXPECT_EQ(kindOf("[convolutional]\nfilters=32"),
            "a configuration of Darknet");
  EXPECT_EQ(kindOf("name: \"LeNet\"\nlayer {\n"), "a prototxt of Caffe");
  EXPECT_EQ(kindOf("layers {\n  type: CONVOLUTION"), "a prototxt of Caffe");
  EXPECT_EQ(kindOf("net: \"train_val.prototxt\""), "a prototxt of Caffe");
  for (const char *text :
       {"import torch\n", "from torch import nn\n", "class Net(nn.Module):\n",
        "#!/usr/bin/env python3\nx = 1\n", "\"\"\"A network.\"\"\"\n",
        "# A network.\n\nimport torch.nn as nn\n", "def f(x):\n  return x\n",
        "x = 3\nimport torch\n"})
    EXPECT_TRUE(kindOf(text).starts_with("a Python program")) << text;
  EXPECT_EQ(kindOf("{\n \"cells\": []}"), "a notebook of Jupyter");
  EXPECT_EQ(kindOf("{\"class_name\": \"Sequential\"}"), "JSON");
  EXPECT_EQ(kindOf("<!DOCTYPE html>"), "a page of HTML");
  EXPECT_EQ(kindOf("module {\n func.func @f()"), "a module of MLIR");
}

/// A text of the language is none of them, nor one with a slip at its start.
TEST(FileKind, NetworksTexts) {
  for (const char *text :
       {"network N(image: 4) -> 10 = Dense(10)", "# c\n\nlayer A = Flatten",
        "import \"layers.net\"", "train { batch = 3 }", "data{ ToTensor }",
        "\xEF\xBB\xBF"
        "expect parameters == 3",
        "layer\n  A = Flatten", "train\n{ }"}) {
    EXPECT_EQ(fileKind(text), "") << text;
    EXPECT_TRUE(isNetworkText(text)) << text;
  }
  for (const char *text :
       {"", "# only a comment", "netwrok N(image: 4) -> 10 = Dense(10)",
        "Conv2D(3, kernel=1)", "x = Conv2D(3)", "network", "layer", "a: b",
        "N(image: 4)", "hello world"})
    EXPECT_EQ(fileKind(text), "") << text;
}

} // namespace
