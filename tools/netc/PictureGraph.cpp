// Layers -> boxes -> frames; equal neighbours are found by their descriptions.
#include "tools/netc/PictureGraph.h"

#include "dsl/Characters.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::tools {

namespace {
class GraphMaker {
public:
  explicit GraphMaker(const dsl::Network &network) : network(network) {}

  PictureGraph make();

private:
  bool joinsItsInput(size_t layer) const;
  bool isAlone(size_t box) const;
  void makeBoxes();
  void makeFrames();
  size_t frameOf(std::string_view path, size_t parent);
  void dissolve(size_t frame);
  void foldEqual(size_t frame);
  std::string textOfDrawing(size_t frame) const;
  bool feedsOnly(const PictureFrame &from, const PictureFrame &to) const;

  const dsl::Network &network;
  PictureGraph graph;
  std::vector<size_t> readers; // of each layer, their number
  std::vector<int64_t> boxOf;  // of each layer
};
} // namespace

static std::string_view pathOf(const dsl::Layer &layer) {
  size_t dot = layer.name.rfind('.');
  return std::string_view(layer.name)
      .substr(0, dot == std::string::npos ? 0 : dot);
}

std::string_view ownStem(std::string_view path) {
  path.remove_prefix(path.rfind('.') + 1); // npos + 1 is 0
  size_t end = path.rfind('_');
  bool isNumbered = end != path.npos && end > 0 && end + 1 < path.size() &&
                    std::ranges::all_of(path.substr(end + 1), dsl::isDigit);
  return isNumbered ? path.substr(0, end) : path;
}

static bool isJoint(const dsl::Layer &layer) { return layer.inputs.size() > 1; }

/// Whether `path` is `outer` or within it.
static bool isWithin(std::string_view path, std::string_view outer) {
  return outer.empty() || path == outer ||
         (path.starts_with(outer) && path[outer.size()] == '.');
}

/// Whether the last box made is the only one of its frame, so far.
bool GraphMaker::isAlone(size_t box) const {
  auto path = [&](size_t index) {
    return pathOf(network.layers[graph.boxes[index].layers.front()]);
  };
  return box == 0 || !isWithin(path(box - 1), path(box));
}

/// Whether the layer belongs into the box of what it reads: it changes
/// elements, not their number, nobody else reads them, and no frame comes
/// between.
bool GraphMaker::joinsItsInput(size_t index) const {
  const dsl::Layer &layer = network.layers[index];
  if (layer.inputs.size() != 1 || layer.inputs[0] == dsl::networkInput ||
      layer.input != layer.output || layer.inputs[0] + 1 != int64_t(index))
    return false;
  auto producer = size_t(layer.inputs[0]);
  bool isPointwise =
      std::ranges::none_of(layer.arguments, [](const auto &argument) {
        return argument.name == "kernel" || argument.name == "window" ||
               argument.name == "units";
      });
  if (!isPointwise || isJoint(network.layers[producer]) ||
      readers[producer] != 1)
    return false;
  auto box = size_t(boxOf[producer]);
  std::string_view path = pathOf(layer);
  std::string_view boxPath =
      pathOf(network.layers[graph.boxes[box].layers.front()]);
  return path == boxPath || (isWithin(boxPath, path) && isAlone(box));
}

void GraphMaker::makeBoxes() {
  readers.resize(network.layers.size());
  for (const dsl::Layer &layer : network.layers)
    for (int64_t input : layer.inputs)
      if (input != dsl::networkInput)
        ++readers[size_t(input)];
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const dsl::Layer &layer = network.layers[i];
    if (joinsItsInput(i)) {
      boxOf.push_back(boxOf[size_t(layer.inputs[0])]);
      graph.boxes[size_t(boxOf.back())].layers.push_back(i);
      continue;
    }
    PictureBox box{{i}, {}};
    for (int64_t input : layer.inputs)
      box.inputs.push_back(input == dsl::networkInput ? input
                                                      : boxOf[size_t(input)]);
    boxOf.push_back(int64_t(graph.boxes.size()));
    graph.boxes.push_back(std::move(box));
  }
}

/// The open frame of `path` below `parent`, made at its first box.
size_t GraphMaker::frameOf(std::string_view path, size_t parent) {
  const auto &members = graph.frames[parent].members;
  if (!members.empty() && members.back().isFrame &&
      graph.frames[members.back().index].path == path)
    return members.back().index;
  PictureFrame frame;
  frame.path = path;
  graph.frames.push_back(std::move(frame));
  size_t index = graph.frames.size() - 1;
  graph.frames[parent].members.push_back({true, index});
  return index;
}

void GraphMaker::makeFrames() {
  graph.frames.emplace_back();
  for (size_t box = 0; box < graph.boxes.size(); ++box) {
    std::string_view path =
        pathOf(network.layers[graph.boxes[box].layers.front()]);
    size_t frame = 0;
    for (size_t dot = 0; dot != path.npos && !path.empty();) {
      dot = path.find('.', dot + (dot > 0));
      frame = frameOf(path.substr(0, dot), frame);
    }
    graph.frames[frame].members.push_back({false, box});
  }
}

/// A frame around a single box says nothing.
void GraphMaker::dissolve(size_t index) {
  for (auto &member : graph.frames[index].members) {
    if (!member.isFrame)
      continue;
    dissolve(member.index);
    const PictureFrame &inner = graph.frames[member.index];
    if (inner.members.size() == 1 && !inner.members[0].isFrame)
      member = inner.members[0];
  }
  PictureFrame &frame = graph.frames[index];
  auto firstOf = [&](const PictureFrame::Member &member) {
    return member.isFrame ? graph.frames[member.index].first : member.index;
  };
  auto lastOf = [&](const PictureFrame::Member &member) {
    return member.isFrame ? graph.frames[member.index].last : member.index;
  };
  frame.first = firstOf(frame.members.front());
  frame.last = lastOf(frame.members.back());
}

/// All that is drawn of a frame, its inputs relative to its first box.
std::string GraphMaker::textOfDrawing(size_t index) const {
  const PictureFrame &frame = graph.frames[index];
  std::string text;
  for (const dsl::LayerUse &use : network.uses)
    if (use.path == frame.path)
      for (const auto &argument : use.arguments) // they stand in the title
        text += fmt::format("{}={},", argument.name, argument.value);
  for (size_t box = frame.first; box <= frame.last; ++box) {
    for (size_t i : graph.boxes[box].layers) {
      const dsl::Layer &layer = network.layers[i];
      text += shape::kindName(layer.spec);
      text += layer.name.substr(std::min(frame.path.size(), layer.name.size()));
      for (const auto &argument : layer.arguments)
        text += fmt::format(",{}={}", argument.name, argument.value);
      text += fmt::format(" {} {}", layer.learningRateScale, layer.decayScale);
      text += fmt::format(" {}>{}\n", shape::toString(layer.input),
                          shape::toString(layer.output));
    }
    for (int64_t input : graph.boxes[box].inputs)
      text += input < int64_t(frame.first)
                  ? "<"
                  : fmt::format(" {}", input - int64_t(frame.first));
  }
  return text;
}

/// Whether `to` reads the result of `from`, which nobody else reads.
bool GraphMaker::feedsOnly(const PictureFrame &from,
                           const PictureFrame &to) const {
  auto isInside = [](const PictureFrame &frame, size_t box) {
    return box >= frame.first && box <= frame.last;
  };
  for (size_t box = from.last + 1; box < graph.boxes.size(); ++box)
    for (int64_t input : graph.boxes[box].inputs) {
      bool readsFrom =
          input >= int64_t(from.first) && input <= int64_t(from.last);
      if (readsFrom && (!isInside(to, box) || input != int64_t(from.last)))
        return false;
      bool isOutside = input < int64_t(to.first);
      if (isInside(to, box) && isOutside && !readsFrom)
        return false;
    }
  return to.first == from.last + 1;
}

void GraphMaker::foldEqual(size_t index) {
  std::optional<size_t> kept, before; // frames
  std::string keptText;
  for (const auto &member : graph.frames[index].members) {
    if (!member.isFrame) {
      kept.reset();
      continue;
    }
    PictureFrame &frame = graph.frames[member.index];
    std::string text =
        fmt::format("{}\n{}", ownStem(frame.path), textOfDrawing(member.index));
    if (kept && text == keptText && feedsOnly(graph.frames[*before], frame)) {
      ++graph.frames[*kept].times;
      frame.isHidden = true;
    } else {
      kept = member.index;
      keptText = std::move(text);
      foldEqual(member.index);
    }
    before = member.index;
  }
}

PictureGraph GraphMaker::make() {
  makeBoxes();
  makeFrames();
  dissolve(0);
  foldEqual(0);
  return std::move(graph);
}

PictureGraph makePictureGraph(const dsl::Network &network) {
  return GraphMaker(network).make();
}

} // namespace netc::tools
