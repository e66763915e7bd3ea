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
buildRandomErasing(const BoundArguments &arguments) {
  shape::RandomErasing erasing;
  erasing.rate = arguments.get("rate", erasing.rate);
  erasing.scale = arguments.get("scale", erasing.scale);
  erasing.ratio = arguments.get("ratio", erasing.ratio);
  erasing.value = arguments.get("value", erasing.value);
  return erasing;
}

template <typename Flip>
static shape::TransformSpec buildAtRate(const BoundArguments &arguments) {
  Flip flip;
  flip.rate = arguments.get("rate", flip.rate);
  return flip;
}

/// Where pixels come from between and outside of those that there are.
template <typename Spec>
static void readSampling(const BoundArguments &arguments, Spec &spec) {
  spec.interpolation = arguments.get("interpolation", spec.interpolation);
  spec.fill = arguments.get("fill", spec.fill);
}

static shape::TransformSpec
buildRandomRotation(const BoundArguments &arguments) {
  shape::RandomRotation rotation;
  rotation.degrees = arguments.get<std::vector<double>>("degrees");
  rotation.center = arguments.get("center", rotation.center);
  readSampling(arguments, rotation);
  return rotation;
}

static shape::TransformSpec buildRandomAffine(const BoundArguments &arguments) {
  shape::RandomAffine affine;
  affine.degrees = arguments.get<std::vector<double>>("degrees");
  affine.translate = arguments.get("translate", affine.translate);
  affine.scale = arguments.get("scale", affine.scale);
  affine.shear = arguments.get("shear", affine.shear);
  affine.center = arguments.get("center", affine.center);
  readSampling(arguments, affine);
  return affine;
}

static shape::TransformSpec buildColorJitter(const BoundArguments &arguments) {
  shape::ColorJitter jitter;
  jitter.brightness = arguments.get("brightness", jitter.brightness);
  jitter.contrast = arguments.get("contrast", jitter.contrast);
  jitter.saturation = arguments.get("saturation", jitter.saturation);
  jitter.hue = arguments.get("hue", jitter.hue);
  return jitter;
}

static shape::TransformSpec buildGaussianBlur(const BoundArguments &arguments) {
  shape::GaussianBlur blur;
  blur.kernel = arguments.get<shape::Pair>("kernel");
  blur.sigma = arguments.get("sigma", blur.sigma);
  return blur;
}

static shape::TransformSpec buildRandAugment(const BoundArguments &arguments) {
  shape::RandAugment augment;
  augment.count = arguments.get("num_ops", augment.count);
  augment.magnitude = arguments.get("magnitude", augment.magnitude);
  augment.bins = arguments.get("bins", augment.bins);
  readSampling(arguments, augment);
  return augment;
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
      {{"RandomHorizontalFlip", {{"rate", Number}}},
       buildAtRate<shape::RandomHorizontalFlip>},
      {{"RandomVerticalFlip", {{"rate", Number}}},
       buildAtRate<shape::RandomVerticalFlip>},
      {{"RandomErasing",
        {{"rate", Number},
         {"scale", Numbers},
         {"ratio", Numbers},
         {"value", Numbers}}},
       buildRandomErasing},
      {{"RandomRotation",
        {{"degrees", Numbers, required},
         {"interpolation", Interpolation},
         {"center", Numbers},
         {"fill", Numbers}}},
       buildRandomRotation},
      {{"RandomAffine",
        {{"degrees", Numbers, required},
         {"translate", Numbers},
         {"scale", Numbers},
         {"shear", Numbers},
         {"interpolation", Interpolation},
         {"center", Numbers},
         {"fill", Numbers}}},
       buildRandomAffine},
      {{"ColorJitter",
        {{"brightness", Numbers},
         {"contrast", Numbers},
         {"saturation", Numbers},
         {"hue", Numbers}}},
       buildColorJitter},
      {{"RandomGrayscale", {{"rate", Number}}},
       buildAtRate<shape::RandomGrayscale>},
      {{"GaussianBlur", {{"kernel", Pair, required}, {"sigma", Numbers}}},
       buildGaussianBlur},
      {{"RandAugment",
        {{"num_ops", Integer},
         {"magnitude", Integer},
         {"bins", Integer},
         {"interpolation", Interpolation},
         {"fill", Numbers}}},
       buildRandAugment},
  };
  return kinds;
}

} // namespace netc::dsl
