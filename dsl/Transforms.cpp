// The table of transforms.
#include "dsl/Transforms.h"

namespace netc::dsl {

static shape::TransformSpec buildResize(const BoundArguments &arguments) {
  shape::Resize resize;
  if (arguments.find("size"))
    resize.size = arguments.get<shape::Pair>("size");
  if (arguments.find("short"))
    resize.shortSide = arguments.get<int64_t>("short");
  return resize;
}

static shape::TransformSpec buildToTensor(const BoundArguments &) {
  return shape::ToTensor{};
}

static shape::TransformSpec buildNormalize(const BoundArguments &arguments) {
  return shape::Normalize{arguments.get<std::vector<double>>("mean"),
                          arguments.get<std::vector<double>>("std")};
}

static shape::TransformSpec buildCenterCrop(const BoundArguments &arguments) {
  return shape::CenterCrop{arguments.get<shape::Pair>("size")};
}

static shape::TransformSpec buildRandomCrop(const BoundArguments &arguments) {
  shape::RandomCrop crop;
  crop.size = arguments.get<shape::Pair>("size");
  crop.padding = arguments.get("padding", crop.padding);
  return crop;
}

static shape::TransformSpec
buildRandomResizedCrop(const BoundArguments &arguments) {
  shape::RandomResizedCrop crop;
  crop.size = arguments.get<shape::Pair>("size");
  crop.scale = arguments.get("scale", crop.scale);
  crop.ratio = arguments.get("ratio", crop.ratio);
  return crop;
}

static shape::TransformSpec
buildRandomHorizontalFlip(const BoundArguments &arguments) {
  shape::RandomHorizontalFlip flip;
  flip.rate = arguments.get("rate", flip.rate);
  return flip;
}

static shape::TransformSpec
buildRandomErasing(const BoundArguments &arguments) {
  shape::RandomErasing erasing;
  erasing.rate = arguments.get("rate", erasing.rate);
  erasing.scale = arguments.get("scale", erasing.scale);
  erasing.ratio = arguments.get("ratio", erasing.ratio);
  erasing.value = arguments.get("value", erasing.value);
  return erasing;
}

std::span<const TransformKind> transformKinds() {
  using enum ArgumentKind;
  constexpr bool required = true;
  static const std::vector<TransformKind> kinds = {
      {{"Resize", {{"size", Pair}, {"short", Integer}}}, buildResize},
      {{"ToTensor", {}}, buildToTensor},
      {{"Normalize", {{"mean", Numbers, required}, {"std", Numbers, required}}},
       buildNormalize},
      {{"CenterCrop", {{"size", Pair, required}}}, buildCenterCrop},
      {{"RandomCrop", {{"size", Pair, required}, {"padding", Pair}}},
       buildRandomCrop},
      {{"RandomResizedCrop",
        {{"size", Pair, required}, {"scale", Numbers}, {"ratio", Numbers}}},
       buildRandomResizedCrop},
      {{"RandomHorizontalFlip", {{"rate", Number}}}, buildRandomHorizontalFlip},
      {{"RandomErasing",
        {{"rate", Number},
         {"scale", Numbers},
         {"ratio", Numbers},
         {"value", Numbers}}},
       buildRandomErasing},
  };
  return kinds;
}

} // namespace netc::dsl
