// A text for every kind of diagnostic, with the whole of what is said; and the
// check that no kind is left out.
#include "Analysis.h"

#include "dsl/Lexer.h"
#include "dsl/Vocabulary.h"

#include <set>

namespace netc::dsl {
namespace {

struct Case {
  DiagnosticKind kind;
  std::string text;
  std::string said; // "line:column: message", then "; " and its hint
  ParameterTexts settings = {};
};

std::string listOf(int count) {
  std::string text = "[0";
  for (int i = 1; i < count; ++i)
    text += ", 0";
  return text + "]";
}

using enum DiagnosticKind;

std::vector<Case> cases() {
  return {
      // Bytes and tokens.
      {FileTooLarge, std::string(4194305, ' '),
       "1:1: the file has more than 4194304 bytes"},
      {StrayCharacter, withLayers("Flatten; Dense(10)"),
       "2:8: unexpected character `;`; layers follow one another without a "
       "separator"},
      {MalformedNumber, withLayers("ReLU", "1xn"),
       "1:18: `1xn` is neither a number nor a shape; a shape of computed sizes "
       "is a list: `[1, n]`"},
      {UnterminatedString, withLayers("Dense(10, activation=\"relu)"),
       "2:22: the string does not end on its line"},
      {NumberTooLarge, withLayers("Dense(99999999999999999999)"),
       "2:7: `99999999999999999999` is too large a number"},
      {NumberTooSmall, withLayers("Dropout(1e-400)"),
       "2:9: `1e-400` is too small a number, and not 0"},

      // Syntax.
      {Expected, "Conv2D(3)",
       "1:1: expected `network`, `layer`, `import`, `data`, `train` or "
       "`expect`, got `Conv2D`; layers stand in the braces of a network: "
       "`network Name(image: 1x28x28) -> 10 = Sequential { ... }`"},
      {NestedTooDeep, "network N(image: " + std::string(300, '('),
       "1:274: nested more than 256 deep"},
      {ReservedWord, withLayers("else { ReLU }"),
       "2:1: `else` is a reserved word without a meaning here"},
      {CommaBetweenLayers, withLayers("Flatten, Dense(10)"),
       "2:8: no comma stands between layers"},
      {AssignedLayer, withLayers("x = Flatten"),
       "2:3: a layer is not assigned; a label has a colon: `x: ...`"},
      {ChainedComparison, withLayers("Dense(1 < 2 < 3)"),
       "2:13: comparisons do not chain; write `a < b and b < c`"},
      {PositionalAfterNamed, withLayers("Conv2D(kernel=3, 8)"),
       "2:18: an argument without a name follows a named one"},
      {ArgumentNameNotBare, withLayers("Dense(a.units=3)"),
       "2:7: the name of an argument is one word"},

      // Declarations and names.
      {NoNetwork, "",
       "1:1: the file declares no network; `network Name(image: 1x28x28) -> 10 "
       "= Sequential { ... }`"},
      {DeclaredTwice, withDeclarations("train { } train { }"),
       "2:11: `train` is declared twice"},
      {ImportUnreadable, withDeclarations("import \"none.net\""),
       "2:8: cannot read `none.net`: No such file or directory"},
      {ImportCycle, withDeclarations("import \"t.net\""),
       "2:8: the import of `t.net` leads back to where it begins"},
      {ImportedNotLayer,
       withDeclarations("import \"" NETC_SOURCE_DIR
                        "/test/dsl/Inputs/only-network.net\""),
       "1:9: an imported file has layers only, not a network"},
      {LayerName, withDeclarations("layer Dense = ReLU"),
       "2:7: `Dense` cannot be a layer's name; the language has a layer of "
       "this "
       "name"},
      {UnknownLayer, withLayers("Linear(10)"),
       "2:1: no layer is called `Linear`; it is called `Dense` here"},
      {UnknownTransform, withDeclarations("data { ToTensr }"),
       "2:8: no transform is called `ToTensr`; did you mean `ToTensor`?"},
      {UnknownLoss, withDeclarations("train { loss = MSE }"),
       "2:16: no loss is called `MSE`; it is called `MeanSquaredError` here"},
      {UnknownOptimizer, withDeclarations("train { optimizer = sgd(0.1) }"),
       "2:21: no optimizer is called `sgd`; did you mean `SGD`?"},
      {UnknownSchedule, withDeclarations("train { schedule = StepLR(1) }"),
       "2:20: no schedule is called `StepLR`; it is called `Step` here"},
      {UnknownInit, withDeclarations("train { init = glorot_uniform }"),
       "2:16: no initialization is called `glorot_uniform`; it is called "
       "`Xavier` here"},
      {UnknownTrainKey, withDeclarations("train { batch_size = 3 }"),
       "2:9: `train` has no `batch_size`; it is called `batch` here"},
      {UnknownArgument, withLayers("Conv2D(filters=8, kernel=3)"),
       "2:8: `Conv2D` has no argument `filters`; it is called `channels` here"},
      {UnknownName, withLayers("Conv2D(8, kernel=3, padding=same)"),
       "2:29: no value is called `same`; `padding` of half the kernel, rounded "
       "down, keeps the size at stride 1"},
      {UnknownMember, withLayers("Dense(input.h)"),
       "2:13: `1x28x28` has no `.h`; it is called `height` here"},
      {UnknownSetting,
       withDeclarations(""),
       "1:9: `N` has no parameter `growth` to be set",
       {{"growth", "12"}}},
      {ParameterWithoutValue, "network N(x: 4, n) -> 4 = ReLU",
       "1:17: parameter `n` of `N` has no value; give it a default, or set it: "
       "`--set n=...`"},
      {ParameterName, "network N(x: 4, relu=3) -> 4 = ReLU",
       "1:17: `relu` cannot be a parameter's name; it is the name of a value"},
      {AutomaticLabel, withLayers("conv2d_1: Flatten Dense(10)"),
       "2:1: label `conv2d_1` has the form of a name that layers get without "
       "one"},

      // Calls.
      {ArgumentGivenTwice, withLayers("Dense(10, units=10)"),
       "2:11: `units` is given twice"},
      {ArgumentMissing, withLayers("Conv2D(8)"),
       "2:1: `Conv2D` needs `kernel`"},
      {SecondPositional, withLayers("Conv2D(8, 3)"),
       "2:11: only the first argument of `Conv2D` may stand without its name; "
       "`kernel=` is the next one"},
      {LabelsStay,
       withLayers("Conv2D(2, kernel=2, stride=2)", "1x8x8", "2x4x4") +
           "data { train { RandomHorizontalFlip } ToTensor }",
       "4:16: `RandomHorizontalFlip` moves the pixels of each picture "
       "elsewhere, and not their labels: `N` gives a map, 2x4x4; labels are "
       "moved where the map is as large as the input"},
      {BehindToTensor,
       withDeclarations("data { ToTensor train { RandAugment } }"),
       "2:25: `RandAugment` stands behind `ToTensor`; it counts a picture's "
       "levels, from 0 to 255"},
      {BehindNormalize,
       withDeclarations(
           "data { ToTensor Normalize(0, std=1) train { ColorJitter(1) } }"),
       "2:45: `ColorJitter` stands behind `Normalize`; colours are those of "
       "numbers from 0 to 1"},
      {NoArguments, withLayers("Flatten(1)"),
       "2:9: `Flatten` takes no arguments"},
      {NoBlock, withLayers("Flatten { ReLU } Dense(10)"),
       "2:9: `Flatten` takes no braces"},
      {BlockMissing, withLayers("Sequential"),
       "2:1: `Sequential` needs its layers in braces; `Sequential { ... }`"},
      {BlockEmpty, withLayers("Flatten Dense(10) Sequential { }"),
       "2:30: the braces of `Sequential` are empty; what changes nothing is "
       "written `Identity`"},
      {NoBranches, withLayers("Flatten Dense(10) Sum { repeat 0 { ReLU } }"),
       "2:19: `Sum` has no branch left; the input itself as a branch is "
       "written "
       "`Identity`"},

      // Values.
      {ValueKind, withLayers("Flatten Dense(10, activation=\"relu\")"),
       "2:30: `activation` must be an activation (`relu`, `sigmoid`, `tanh`, "
       "`leaky_relu`, `gelu`, `silu`, `elu`, `softplus` or `hard_swish`), got "
       "\"relu\"; write `relu`, without quotes"},
      {ValueRange, withDeclarations("train { batch = 0 }"),
       "2:17: `batch` must be at least 1, got 0"},
      {OperandKind, withLayers("Dense(1 + true)"),
       "2:11: `+` takes numbers, got true"},
      {InexactDivision, withLayers("Dense(7/2)"),
       "2:7: 7/2 is not an integer; `(a - a % b)/b` rounds down"},
      {DivisionByZero, withLayers("Dense(7/0)"), "2:8: division by zero"},
      {ArithmeticOverflow, withLayers("Dense(9223372036854775807*2)"),
       "2:7: 9223372036854775807 * 2 is too large a number"},
      {ListTooLong, "network N(image: 4, a=" + listOf(4097) + ") -> 4 = ReLU",
       "1:23: a list has more than 4096 elements"},
      {IndexOutOfRange, withLayers("Dense([1, 2][2])"),
       "2:14: index 2 is outside [1, 2], which has 2 elements; the first "
       "element has index 0"},
      {CallIsNoValue, withLayers("Dense(10, activation=nn.ReLU())"),
       "2:22: `nn.ReLU(...)` is not a value; write `relu`"},

      // Shapes.
      {ShapeRule, withLayers("Dense(10)"),
       "2:1: `Dense` takes a vector, its input is 1x28x28; `Flatten` before it "
       "makes 784 of 1x28x28"},
      {ShapeInvalid, withLayers("ReLU", "28x28", "10"),
       "1:18: the input must be one size, or channels x height x width, got "
       "28x28"},
      {OutputMismatch, withLayers("Flatten Dense(11)"),
       "1:30: `N` is declared to give 10, but gives 11; `Dense(10)` gives 10"},
      {ExpansionTooDeep, withLayers("Flatten Dense(10) A") + "layer A = A",
       "4:11: layers stand more than 600 deep in one another; a layer that "
       "uses "
       "itself needs an `if` that ends it"},
      {ExpansionTooLarge,
       withLayers("Flatten Dense(10) repeat 9999 { repeat 9999 { Identity } }"),
       "2:33: the expansion does not end: it is at layer 2 still"},
      {UnknownMetric, withDeclarations("expect accuracy > 0 on \"mnist\""),
       "2:8: `accuracy` is not measured; it is called `train_accuracy` here"},
      {ExpectDataset, withDeclarations("expect test_loss < 1"),
       "2:8: `test_loss` is measured on a data set; say on which one: `on "
       "\"fashion-mnist\"`"},
      {ExpectNoDataset, withDeclarations("expect macs < 1 on \"mnist\""),
       "2:20: `macs` does not depend on a data set"},
      {ExpectNoAccuracy,
       withDeclarations("train { loss = MeanSquaredError }\n"
                        "expect test_accuracy > 0.5 on \"mnist\""),
       "3:8: there is no `test_accuracy` with `MeanSquaredError`; expect "
       "`test_loss`"},
      {ExpectationMissed, withDeclarations("expect parameters == 7851"),
       "2:8: `parameters` of `N` is 7850, expected == 7851"},
      {TooManyLayers,
       withLayers(
           [] {
             std::string layers;
             for (int i = 0; i <= 16384; ++i)
               layers += "ReLU ";
             return layers;
           }(),
           "10"),
       "2:81921: the network has more than 16384 layers"},
      {LossInput,
       withLayers("ReLU", "1x2x2", "1x2x2") +
           "train { loss = SoftmaxCrossEntropy }",
       "4:16: `SoftmaxCrossEntropy` takes logits of two classes or more, `N` "
       "gives 1x2x2; `SigmoidBinaryCrossEntropy` is the loss of one output"},
      {LossTarget,
       withDeclarations("train { loss = "
                        "SoftmaxCrossEntropy(target=image) }"),
       "2:36: the target of `SoftmaxCrossEntropy` must be `label`, got "
       "`image`; `MeanSquaredError(target=image)` compares with the input"},
      {SettingNeeds,
       withDeclarations("train { optimizer = SGD(0.1, nesterov=true) }"),
       "2:30: `nesterov` needs a `momentum` above 0"},
      {BatchTooLarge,
       withLayers("Resize: Conv2D(1024, kernel=1) Flatten Dense(10)",
                  "1x1024x1024") +
           "train { batch = 2048 }",
       "4:17: a batch of 2048 makes 1024x1024x1024 of `Resize` more than 2^40 "
       "elements; `--batch 1024` is the most"},

      // Transforms.
      {TransformTwice, withDeclarations("data { ToTensor ToTensor }"),
       "2:17: `ToTensor` is there twice"},
      {BeforeToTensor,
       withDeclarations("data { Normalize(mean=0, std=1) ToTensor }"),
       "2:8: `Normalize` stands before `ToTensor`; `mean` and `std` are those "
       "of numbers from 0 to 1"},
      {NoToTensor, withDeclarations("data { Resize(28) }"),
       "2:1: `data` has no `ToTensor`; add `ToTensor`: it makes numbers from 0 "
       "to 1 of the pixels"},
      {RandomOutsideTrain,
       withDeclarations("data { RandomHorizontalFlip ToTensor }"),
       "2:8: `RandomHorizontalFlip` stands outside `train`; `train { "
       "RandomHorizontalFlip }`: it draws anew for each picture, and an "
       "evaluation draws nothing"},
      {TransformsMismatch, withDeclarations("data { Resize(32) ToTensor }"),
       "2:8: the transforms give 1x32x32, `N` takes 1x28x28; `Resize(28)` "
       "gives 1x28x28"},
  };
}

std::string said(const Diagnostic &diagnostic) {
  auto [line, column] = lineColumn(diagnostic.range);
  std::string text = fmt::format("{}:{}: {}", line, column, diagnostic.message);
  for (const Note &note : diagnostic.notes)
    if (note.isHint)
      text += "; " + note.message;
  return text;
}

TEST(DiagnosticKinds, AreSaidInTheseWords) {
  for (const Case &each : cases()) {
    Analysis analysis(each.text, each.settings);
    std::string shown = each.text.substr(0, 200);
    ASSERT_EQ(analysis.diagnostics.all().size(), 1u)
        << shown << analysis.diagnostics.toText();
    EXPECT_EQ(analysis.diagnostics.all()[0].kind, each.kind) << shown;
    EXPECT_EQ(said(analysis.diagnostics.all()[0]), each.said) << shown;
  }
}

TEST(DiagnosticKinds, EveryOneIsTriggered) {
  std::set<DiagnosticKind> triggered;
  for (const Case &each : cases()) {
    Analysis analysis(each.text, each.settings);
    for (const Diagnostic &diagnostic : analysis.diagnostics.all())
      triggered.insert(diagnostic.kind);
  }
  Analysis good(withDeclarations("")); // a data set's shape is known later
  ASSERT_TRUE(good.network);
  checkTransforms(*good.network, {3, 9, 9}, "photos", good.diagnostics);
  triggered.insert(good.diagnostics.all()[0].kind);
  Analysis fixed(withLayers("Flatten", "1x2x5")); // it may be trained or not
  ASSERT_TRUE(fixed.network);
  EXPECT_FALSE(checkTrainable(*fixed.network, 8, {}, fixed.diagnostics));
  EXPECT_EQ(fixed.errors(),
            "1:9: `N` has no parameters that could be trained\n");
  triggered.insert(fixed.diagnostics.all()[0].kind);
  Analysis lone(withLayers("Flatten Dense(10) BatchNorm"));
  ASSERT_TRUE(lone.network);
  EXPECT_FALSE(checkTrainable(*lone.network, 16, 65, lone.diagnostics));
  triggered.insert(lone.diagnostics.all()[0].kind);

#define DIAGNOSTIC(kind, text)                                                 \
  EXPECT_TRUE(triggered.contains(kind)) << #kind " is never triggered";
#include "dsl/Diagnostics.def"
}

TEST(DiagnosticKinds, AreWrittenInOneStyle) {
#define DIAGNOSTIC(kind, text)                                                 \
  EXPECT_FALSE(std::string_view(text).ends_with('.')) << text;                 \
  EXPECT_FALSE(text[0] >= 'A' && text[0] <= 'Z') << text;
#include "dsl/Diagnostics.def"
}

/// Names of other frameworks and slips, each with the hint it gets.
TEST(DiagnosticKinds, Hints) {
  auto hintOf = [](const std::string &text) -> std::string {
    Analysis analysis(text);
    if (analysis.diagnostics.all().empty() ||
        analysis.diagnostics.all()[0].notes.empty())
      return "";
    return analysis.diagnostics.all()[0].notes.back().message;
  };
  auto ofLayer = [&](std::string_view layer) {
    return hintOf(withLayers(layer));
  };
  EXPECT_EQ(ofLayer("Conv2d(8, kernel=3)"), "did you mean `Conv2D`?");
  EXPECT_EQ(ofLayer("nn.Conv2D(8, kernel=3)"), "write `Conv2D`");
  EXPECT_EQ(ofLayer("nn.MaxPool2d(2)"), "did you mean `MaxPool2D`?");
  EXPECT_EQ(ofLayer("MaxPooling2D(2)"), "it is called `MaxPool2D` here");
  EXPECT_EQ(ofLayer("Softmax"),
            "leave it out: `SoftmaxCrossEntropy` takes logits");
  EXPECT_EQ(ofLayer("relu"), "did you mean `ReLU`?");
  EXPECT_EQ(ofLayer("Dropuot(0.5)"), "did you mean `Dropout`?");
  EXPECT_EQ(ofLayer("Conv2D(8, kernel_size=3)"), "it is called `kernel` here");
  EXPECT_EQ(ofLayer("Conv2D(8, kernel=3, strides=2)"),
            "it is called `stride` here");
  EXPECT_EQ(ofLayer("Conv2D(out_channels=8, kernel=3)"),
            "it is called `channels` here");
  EXPECT_EQ(ofLayer("Conv2D(8, in_channels=1, kernel=3)"),
            "leave it out: the input's channels are known");
  EXPECT_EQ(ofLayer("Conv2D(8, kernel=3, bias=false)"),
            "it is called `use_bias` here");
  EXPECT_EQ(ofLayer("Conv2D(8, kernel=3, padding=\"same\")"),
            "`padding` of half the kernel, rounded down, keeps the size at "
            "stride 1");
  EXPECT_EQ(ofLayer("MaxPool2D(kernel_size=2)"), "it is called `window` here");
  EXPECT_EQ(ofLayer("MaxPool2D(pool_size=2)"), "it is called `window` here");
  EXPECT_EQ(ofLayer("MaxPool2D(2, ceil_mode=true)"),
            "leave it out: sizes round down");
  EXPECT_EQ(ofLayer("Dense(features=2)"), "it is called `units` here");
  EXPECT_EQ(ofLayer("Dropout(p=0.5)"), "it is called `rate` here");
  EXPECT_EQ(ofLayer("BatchNormalization"), "it is called `BatchNorm` here");
  EXPECT_EQ(ofLayer("BatchNorm2d"), "it is called `BatchNorm` here");
  EXPECT_EQ(ofLayer("LayerNormalization"),
            "it is called `LayerNorm` here, and takes all of an example; that "
            "of Keras takes each place of a picture for itself");
  EXPECT_EQ(ofLayer("BatchNorm(eps=1e-3)"), "it is called `epsilon` here");
  EXPECT_EQ(ofLayer("BatchNorm(scale=false)"),
            "write `affine=false` to have neither weight nor bias");
  EXPECT_EQ(ofLayer("BatchNorm(num_features=6)"),
            "leave it out: the input's channels are known");
  EXPECT_EQ(ofLayer("LayerNorm(normalized_shape=6)"),
            "leave it out: the input's shape is known");
  EXPECT_EQ(ofLayer("Scale(bias_term=true)"), "it is called `use_bias` here");
  EXPECT_EQ(ofLayer("Dense(10, use_bias=True)"), "write `true`");
  EXPECT_EQ(hintOf(withDeclarations("train { lr = 3 }")),
            "it belongs to the optimizer: `optimizer = SGD(lr=0.01)`");
  EXPECT_EQ(
      hintOf(withDeclarations("train { optimizer = SGD(learning_rate=1) }")),
      "it is called `lr` here");
  EXPECT_EQ(hintOf(withDeclarations(
                "train { loss = SparseCategoricalCrossentropy }")),
            "it is called `SoftmaxCrossEntropy` here");
}

} // namespace
/// What a hint says to write is in the language: the words of every row are.
TEST(DiagnosticKinds, HintsNameWhatThereIs) {
  std::set<std::string, std::less<>> words{
      "network", "data",    "train", "stem",  "Name",    "SGD",  "pool", "SAME",
      "netc",    "--train", "init",  "label", "padding", "true", "false"};
  Vocabulary known = vocabulary();
  for (const auto &list :
       {known.declarations, known.control, known.combinators, known.layers,
        known.transforms, known.training, known.keys, known.arguments,
        known.values, known.members})
    words.insert(list.begin(), list.end());
  words.insert({"train_accuracy", "test_accuracy", "train_loss", "test_loss",
                "parameters", "macs"});
  auto check = [&](std::string_view theirs, std::string_view said) {
    for (size_t at = 0; (at = said.find('`', at)) != said.npos;) {
      size_t end = said.find('`', at + 1);
      ASSERT_NE(end, said.npos) << theirs;
      std::string_view code = said.substr(at + 1, end - at - 1);
      std::string_view word = code.substr(0, code.find_first_of(" (=.:"));
      EXPECT_TRUE(words.contains(word)) << theirs << ": " << word;
      at = end + 1;
    }
  };
#define RENAMED(context, name, ours)                                           \
  EXPECT_TRUE(words.contains(std::string_view(ours))) << name;
#define ANSWERED(context, name, answer) check(name, answer);
#include "dsl/ForeignNames.def"
}

/// Operations that resemble one from here and are another.
TEST(DiagnosticKinds, HintsDoNotMislead) {
  auto hintOf = [](const std::string &layer) -> std::string {
    Analysis analysis(withLayers(layer));
    const Diagnostic &error = analysis.diagnostics.all().at(0);
    return error.notes.empty() ? "" : error.notes.back().message;
  };
  EXPECT_EQ(hintOf("LayerNorm2d(8)"),
            "there is none: it takes the channels of each place for "
            "themselves; `LayerNorm` takes all of an example");
  EXPECT_EQ(hintOf("GroupNorm(1)"),
            "`LayerNorm(affine=false)  Scale` is the one of a single group; "
            "there is none of several");
  EXPECT_EQ(hintOf("Conv1D(8, kernel=3)"),
            "there is none; a sequence can be a picture of height 1, for "
            "`Conv2D(channels, kernel=1x3)`");
  EXPECT_EQ(hintOf("nn.Dropout2d(0.5)"),
            "there is none: it drops whole channels; `Dropout` drops each "
            "element for itself");
  EXPECT_EQ(hintOf("depthwise_conv2d(8)"),
            "`Conv2D` whose `channels` and `groups` are both the input's "
            "channels");
  EXPECT_EQ(hintOf("relu"), "did you mean `ReLU`?");
  for (const char *name : {"DepthwiseConv2D",
                           "SeparableConv2D",
                           "Pooling",
                           "Eltwise",
                           "Route",
                           "Hardsigmoid",
                           "PixelShuffle",
                           "Multiply",
                           "Dropout2d",
                           "GroupNorm",
                           "InstanceNorm2d",
                           "Conv3d",
                           "LSTM",
                           "Embedding",
                           "route",
                           "shortcut",
                           "yolo",
                           "LRN",
                           "Gemm",
                           "MultiheadAttention",
                           "SpatialDropout2D",
                           "ChannelShuffle",
                           "Mish",
                           "GLU",
                           "Permute",
                           "Add",
                           "Concatenate"}) {
    EXPECT_NE(hintOf(name), "") << name;
    EXPECT_EQ(hintOf(name).find("did you mean"), std::string::npos) << name;
  }
}

} // namespace netc::dsl
