// Writes the graph of a picture in the language of graphviz.
#include "tools/netc/Picture.h"

#include "dsl/Characters.h"
#include "dsl/Layers.h"
#include "runtime/Error.h"
#include "tools/netc/ChildProcess.h"
#include "tools/netc/Numbers.h"
#include "tools/netc/PictureGraph.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netc::tools {

namespace {
/// Light enough to print text on, and told apart in grey by the text.
constexpr const char *blue = "#cfe2f3", *green = "#d9ead3", *orange = "#fce5cd",
                     *violet = "#e4dcf1", *yellow = "#fff2cc",
                     *grey = "#eeeeee";

class PictureWriter {
public:
  explicit PictureWriter(const dsl::Network &network)
      : network(network), graph(makePictureGraph(network)) {
    for (const dsl::LayerUse &use : network.uses)
      uses.emplace(use.path, &use);
  }

  std::string write();

private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args &&...args) {
    text.append(2 * level, ' ');
    text += fmt::format(format, std::forward<Args>(args)...) + '\n';
  }
  void writeFrame(size_t index);
  void writeBox(size_t index);
  void writeEdges();
  std::string frameTitle(const PictureFrame &frame) const;
  std::string rowOf(const dsl::Layer &layer) const;
  void findHidden(const PictureFrame &frame);
  void findForks();
  void findParents(size_t frame);
  size_t commonFrame(size_t a, size_t b) const;
  void findTrunk();
  /// A node's attribute that keeps it on the vertical line through the picture.
  std::string_view groupOf(size_t box) const {
    return isTrunk[box] ? "group=trunk, " : "";
  }
  const shape::Shape &shapeOf(int64_t source) const;

  const dsl::Network &network;
  PictureGraph graph;
  /// The box that is drawn for each box.
  std::vector<int64_t> shown;
  std::map<std::string_view, const dsl::LayerUse *> uses; // by their paths
  std::vector<size_t> frameOf;                            // of each box
  std::vector<size_t> parents; // of each frame; the network is its own
  struct Fork {
    size_t frame; // the innermost one of all who read
    size_t readers;
  };
  std::map<int64_t, Fork> forks; // what is read several times
  std::vector<bool> isTrunk;     // of each box: everything flows through it
  std::string text;
  size_t level = 0;
};
} // namespace

static std::string escaped(std::string_view words) {
  std::string result;
  for (char c : words)
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  return result;
}

/// `96×54×54`.
static std::string shapeText(const shape::Shape &shape) {
  std::string result;
  for (int64_t size : shape)
    result += (result.empty() ? "" : "×") + std::to_string(size);
  return result;
}

static const char *colorOf(const dsl::Layer &layer) {
  std::string_view kind = shape::kindName(layer.spec);
  auto contains = [&](std::string_view part) {
    return kind.find(part) != kind.npos;
  };
  if (contains("Conv"))
    return blue;
  if (contains("Pool"))
    return orange;
  if (contains("Dense"))
    return green;
  if (contains("Norm"))
    return violet;
  if (std::holds_alternative<shape::Activation>(layer.spec))
    return yellow;
  return grey;
}

/// Whether an argument of a layer of the language says what goes without
/// saying.
static bool isDefault(const dsl::GivenArgument &argument,
                      const shape::LayerSpec &spec) {
  if (argument.name == "activation" || argument.name == "use_bias")
    return true;
  if (argument.name == "padding")
    return argument.value == "0";
  if (auto window = shape::slidingWindow(spec);
      window && argument.name == "stride")
    return window->stride == window->usualStride;
  return argument.value == "1" &&
         (argument.name == "stride" || argument.name == "dilation" ||
          argument.name == "groups");
}

/// `96, 11×11, stride 4`: what is told a layer; all of it where `spec` is null,
/// one of the text's own.
static std::string
argumentsText(const std::vector<dsl::GivenArgument> &arguments,
              const shape::LayerSpec *spec) {
  std::string result;
  for (const dsl::GivenArgument &argument : arguments) {
    bool isWindow = argument.name == "kernel" || argument.name == "window";
    if (spec && isDefault(argument, *spec))
      continue;
    std::string value = argument.value;
    if (size_t x = value.find('x'); dsl::isDigit(value[0]) && x != value.npos)
      value = value.substr(0, x) + "×" + value.substr(x + 1);
    else if (isWindow)
      value += "×" + value;
    bool isBare = isWindow || &argument == &arguments.front();
    result += result.empty() ? "" : ", ";
    result += isBare ? value : argument.name + " " + value;
  }
  return result;
}

/// The activation as a layer would be called.
static std::string_view activationName(const dsl::Layer &layer) {
  return shape::kindName(
      shape::LayerSpec(shape::Activation{*layer.activation}));
}

/// A row of a box: the layer, then small its name and parameters.
std::string PictureWriter::rowOf(const dsl::Layer &layer) const {
  std::string_view kind = shape::kindName(layer.spec);
  std::string arguments = argumentsText(layer.arguments, &layer.spec);
  std::string own = layer.name.substr(layer.name.rfind('.') + 1);
  std::string cell =
      fmt::format("<b>{}</b>{}{}", kind,
                  arguments.empty() ? "" : "&#160;&#160;", escaped(arguments));
  int64_t parameters = shape::cost(layer.spec, layer.input).parameters;
  if (parameters > 0)
    cell += fmt::format("<br/><font point-size=\"8\" color=\"#555555\">{} · {} "
                        "parameters</font>",
                        escaped(own), grouped(parameters));
  std::string row =
      fmt::format("<tr><td bgcolor=\"{}\">{}</td></tr>", colorOf(layer), cell);
  if (layer.activation)
    row += fmt::format("<tr><td bgcolor=\"{}\"><b>{}</b></td></tr>", yellow,
                       activationName(layer));
  return row;
}

void PictureWriter::writeBox(size_t index) {
  const PictureBox &box = graph.boxes[index];
  const dsl::Layer &first = network.layers[box.layers.front()];
  if (std::holds_alternative<shape::Sum>(first.spec)) {
    line("b{} [{}shape=circle, width=0.25, margin=0, fixedsize=true, "
         "style=filled, fillcolor=white, fontsize=14, label=\"+\"];",
         index, groupOf(index));
    return;
  }
  std::string rows;
  for (size_t layer : box.layers)
    rows += rowOf(network.layers[layer]);
  line("b{} [{}label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
       "cellpadding=\"4\" color=\"#777777\">{}</table>>];",
       index, groupOf(index), rows);
}

/// `Bottleneck 64, stride 2 × 3`, `stem: ConvBN 64`: what the frame's layers
/// were written as. Of a labelled combinator, the label.
std::string PictureWriter::frameTitle(const PictureFrame &frame) const {
  std::string label(ownStem(frame.path)), title;
  if (auto it = uses.find(frame.path); it != uses.end()) {
    const dsl::LayerUse &use = *it->second;
    std::string arguments = argumentsText(use.arguments, nullptr);
    if (label != dsl::baseName(use.layer))
      title = escaped(label) + ": ";
    title += fmt::format("<b>{}</b>{}{}", escaped(use.layer),
                         arguments.empty() ? "" : "&#160;&#160;",
                         escaped(arguments));
  } else {
    title = fmt::format("<b>{}</b>", escaped(label));
  }
  if (frame.times > 1)
    title += fmt::format(" × {}", frame.times);
  return title;
}

void PictureWriter::writeFrame(size_t index) {
  const PictureFrame &frame = graph.frames[index];
  if (index > 0) {
    line("subgraph cluster_{} {{", index);
    ++level;
    line("label=<{}>; labeljust=l; style=rounded; margin=10; "
         "color=\"#999999\";{}",
         frameTitle(frame), frame.times > 1 ? " penwidth=1.6;" : "");
  }
  for (auto [source, fork] : forks)
    if (fork.frame == index)
      line("f{} [{}shape=point, width=0.05, color=\"#444444\"];", source + 1,
           source < 0 ? "group=trunk, " : groupOf(size_t(source)));
  for (const PictureFrame::Member &member : frame.members) {
    if (!member.isFrame)
      writeBox(member.index);
    else if (!graph.frames[member.index].isHidden)
      writeFrame(member.index);
  }
  if (index > 0) {
    --level;
    line("}}");
  }
}

/// The boxes of a hidden frame are drawn as those of the one before it.
void PictureWriter::findHidden(const PictureFrame &frame) {
  const PictureFrame *drawn = nullptr;
  for (const PictureFrame::Member &member : frame.members) {
    if (!member.isFrame)
      continue;
    const PictureFrame &inner = graph.frames[member.index];
    if (inner.isHidden)
      for (size_t box = inner.first; box <= inner.last; ++box)
        shown[box] = int64_t(drawn->first + box - inner.first);
    else
      findHidden(*(drawn = &inner));
  }
}

void PictureWriter::findParents(size_t index) {
  for (const PictureFrame::Member &member : graph.frames[index].members)
    if (member.isFrame) {
      parents[member.index] = index;
      findParents(member.index);
    } else {
      frameOf[member.index] = index;
    }
}

size_t PictureWriter::commonFrame(size_t a, size_t b) const {
  std::set<size_t> around{0};
  for (; a != 0; a = parents[a])
    around.insert(a);
  while (!around.contains(b))
    b = parents[b];
  return b;
}

/// What several boxes read forks where they are.
void PictureWriter::findForks() {
  frameOf.resize(graph.boxes.size());
  parents.resize(graph.frames.size());
  findParents(0);
  std::map<int64_t, std::vector<size_t>> readers;
  for (size_t box = 0; box < graph.boxes.size(); ++box)
    if (shown[box] == int64_t(box))
      for (int64_t input : graph.boxes[box].inputs)
        readers[input < 0 ? input : shown[size_t(input)]].push_back(
            frameOf[box]);
  for (const auto &[source, frames] : readers)
    if (frames.size() > 1) {
      size_t frame = frames.front();
      for (size_t other : frames)
        frame = commonFrame(frame, other);
      forks[source] = {frame, frames.size()};
    }
}

const shape::Shape &PictureWriter::shapeOf(int64_t source) const {
  return source == dsl::networkInput
             ? network.input
             : network.layers[graph.boxes[size_t(source)].layers.back()].output;
}

/// A box that no edge passes by.
void PictureWriter::findTrunk() {
  std::vector<int> passing(graph.boxes.size() + 1); // differences
  for (size_t box = 0; box < graph.boxes.size(); ++box)
    for (int64_t input : graph.boxes[box].inputs) {
      ++passing[size_t(input + 1)];
      --passing[box];
    }
  isTrunk.resize(graph.boxes.size());
  int count = 0;
  for (size_t box = 0; box < graph.boxes.size(); ++box) {
    count += passing[box];
    isTrunk[box] = count == 0;
  }
}

/// The shape of what flows stands beside an edge; where it forks, beside the
/// trunk. Of two branches the first goes straight on, of more none does.
void PictureWriter::writeEdges() {
  std::set<int64_t> branched; // forks of which a branch is drawn
  auto nameOf = [](int64_t source) {
    return source == dsl::networkInput ? "input" : fmt::format("b{}", source);
  };
  for (auto [source, fork] : forks)
    line("{} -> f{} [label=\" {}\", arrowhead=none, weight=8];", nameOf(source),
         source + 1, shapeText(shapeOf(source)));
  auto edge = [&](int64_t source, const std::string &target, int weight) {
    if (!forks.contains(source))
      line("{} -> {} [label=\" {}\", weight={}];", nameOf(source), target,
           shapeText(shapeOf(source)), weight);
    else
      line("f{} -> {} [weight={}];", source + 1, target,
           branched.insert(source).second && forks[source].readers == 2 ? 8
                                                                        : 1);
  };
  for (size_t box = 0; box < graph.boxes.size(); ++box)
    if (shown[box] == int64_t(box))
      for (int64_t input : graph.boxes[box].inputs)
        edge(input < 0 ? input : shown[size_t(input)], fmt::format("b{}", box),
             graph.boxes[box].inputs.size() > 2 ? 1 : 8);
  edge(shown.back(), "output", 8);
}

std::string PictureWriter::write() {
  shown.resize(graph.boxes.size());
  for (size_t box = 0; box < shown.size(); ++box)
    shown[box] = int64_t(box);
  findHidden(graph.frames[0]);
  findForks();
  findTrunk();

  shape::Cost total;
  for (const dsl::Layer &layer : network.layers) {
    shape::Cost cost = shape::cost(layer.spec, layer.input);
    total.parameters += cost.parameters;
    total.multiplyAdds += cost.multiplyAdds;
  }
  line("digraph \"{}\" {{", network.name);
  level = 1;
  line("graph [fontname=\"Helvetica\", fontsize=11, labelloc=t, newrank=true, "
       "ranksep=0.3, "
       "nodesep=0.25, label=<<b>{}</b>  <font color=\"#555555\">{} parameters, "
       "{} multiply-adds</font>>];",
       network.name, grouped(total.parameters), scaled(total.multiplyAdds));
  line("node [fontname=\"Helvetica\", fontsize=10, shape=plain];");
  line("edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#333333\", "
       "color=\"#444444\", arrowsize=0.6];");
  line("input [group=trunk, label=\"{}\"];", network.inputName);
  line("output [group=trunk, label=\"output\"];");
  writeFrame(0);
  writeEdges();
  level = 0;
  line("}}");
  return std::move(text);
}

std::string pictureDot(const dsl::Network &network) {
  return PictureWriter(network).write();
}

std::string pictureSvg(const dsl::Network &network) {
  return runChild({"dot", "-Tsvg"}, pictureDot(network),
                  "`dot` is not installed: it is in the package graphviz "
                  "(`--emit=dot` needs nothing)");
}

} // namespace netc::tools
