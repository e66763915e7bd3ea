// Softmax cross-entropy, the largest logit subtracted so that nothing
// overflows, and the losses of single elements.
#include "test/reference/Loss.h"

#include <algorithm>
#include <cmath>

namespace netc::reference {

/// The logits of one label: every `stride`-th of a row's.
struct Place {
  int64_t row, label, first, stride;
};

/// Calls visit(place) for each label of each example.
template <typename Visit>
static void forEachLabel(const Tensor &logits, const Tensor &labels,
                         Visit visit) {
  int64_t classes = logits.dim(1), pixels = labels.size() / labels.dim(0);
  assert(logits.size() == labels.size() * classes);
  for (int64_t n = 0; n < labels.dim(0); ++n)
    for (int64_t p = 0; p < pixels; ++p)
      visit(Place{n, static_cast<int64_t>(labels.values[n * pixels + p]),
                  n * classes * pixels + p, pixels});
}

static std::vector<double> logitsAt(const Tensor &logits, const Place &place) {
  std::vector<double> row;
  for (int64_t k = 0; k < logits.dim(1); ++k)
    row.push_back(logits.values[place.first + k * place.stride]);
  return row;
}

static std::vector<double> softmax(std::vector<double> row) {
  double largest = *std::max_element(row.begin(), row.end()), sum = 0;
  for (double &x : row)
    sum += x = std::exp(x - largest);
  for (double &x : row)
    x /= sum;
  return row;
}

/// The labels that count, of row `n`, or of all for -1.
static double countedLabels(const Tensor &labels, int64_t n) {
  int64_t pixels = labels.size() / labels.dim(0);
  double count = 0;
  for (int64_t i = 0; i < labels.size(); ++i)
    if (labels.values[i] >= 0 && (n < 0 || i / pixels == n))
      ++count;
  return count;
}

static double targetOf(int64_t k, const Place &place, int64_t classes,
                       double smoothing) {
  double share = smoothing / static_cast<double>(classes);
  return k == place.label ? 1 - smoothing + share : share;
}

SoftmaxCrossEntropyResult softmaxCrossEntropy(const Tensor &logits,
                                              const Tensor &labels,
                                              double smoothing) {
  int64_t batch = logits.dim(0), classes = logits.dim(1);
  SoftmaxCrossEntropyResult result{Tensor({batch}),
                                   countCorrect(logits, labels)};
  std::vector<double> pixels;
  for (int64_t n = 0; n < batch; ++n)
    pixels.push_back(countedLabels(labels, n));
  forEachLabel(logits, labels, [&](const Place &place) {
    if (place.label < 0)
      return;
    std::vector<double> row = logitsAt(logits, place);
    double largest = *std::max_element(row.begin(), row.end()), sum = 0;
    for (double x : row)
      sum += std::exp(x - largest);
    for (int64_t k = 0; k < classes; ++k)
      result.loss(place.row) += targetOf(k, place, classes, smoothing) *
                                (std::log(sum) + largest - row[k]) /
                                pixels[place.row];
  });
  return result;
}

Tensor softmaxCrossEntropyGradient(const Tensor &logits, const Tensor &labels,
                                   const Tensor &lossGradient,
                                   double smoothing) {
  Tensor gradient(logits.shape);
  int64_t classes = logits.dim(1);
  double pixels =
      countedLabels(labels, -1) / static_cast<double>(labels.dim(0));
  forEachLabel(logits, labels, [&](const Place &place) {
    if (place.label < 0)
      return;
    std::vector<double> row = softmax(logitsAt(logits, place));
    for (int64_t k = 0; k < classes; ++k)
      gradient.values[place.first + k * place.stride] =
          (row[k] - targetOf(k, place, classes, smoothing)) *
          lossGradient(place.row) / pixels;
  });
  return gradient;
}

Tensor softmaxCrossEntropyMeanGradient(const Tensor &logits,
                                       const Tensor &labels, double smoothing) {
  int64_t batch = logits.dim(0);
  return softmaxCrossEntropyGradient(
      logits, labels, Tensor({batch}, 1 / static_cast<double>(batch)),
      smoothing);
}

/// The mean of `term(x, t)` over each example.
template <typename Term>
static Tensor meanOf(const Tensor &input, const Tensor &target, Term term) {
  assert(input.shape == target.shape);
  Tensor loss({input.dim(0)});
  int64_t elements = input.size() / input.dim(0);
  for (int64_t i = 0; i < input.size(); ++i)
    loss(i / elements) +=
        term(input.values[i], target.values[i]) / static_cast<double>(elements);
  return loss;
}

template <typename Slope>
static Tensor gradientOf(const Tensor &input, const Tensor &target,
                         const Tensor &lossGradient, Slope slope) {
  Tensor gradient(input.shape);
  int64_t elements = input.size() / input.dim(0);
  for (int64_t i = 0; i < input.size(); ++i)
    gradient.values[i] = slope(input.values[i], target.values[i]) *
                         lossGradient(i / elements) /
                         static_cast<double>(elements);
  return gradient;
}

Tensor sigmoidBinaryCrossEntropy(const Tensor &logits, const Tensor &target) {
  return meanOf(logits, target, [](double x, double t) {
    return std::max(x, 0.0) - x * t + std::log1p(std::exp(-std::abs(x)));
  });
}

Tensor sigmoidBinaryCrossEntropyGradient(const Tensor &logits,
                                         const Tensor &target,
                                         const Tensor &lossGradient) {
  return gradientOf(logits, target, lossGradient, [](double x, double t) {
    return 1 / (1 + std::exp(-x)) - t;
  });
}

Tensor meanSquaredError(const Tensor &input, const Tensor &target) {
  return meanOf(input, target,
                [](double x, double t) { return (x - t) * (x - t); });
}

Tensor meanSquaredErrorGradient(const Tensor &input, const Tensor &target,
                                const Tensor &lossGradient) {
  return gradientOf(input, target, lossGradient,
                    [](double x, double t) { return 2 * (x - t); });
}

Tensor labelTarget(const Tensor &labels, int64_t classes) {
  Shape shape = labels.shape;
  shape.insert(shape.begin() + 1, classes);
  Tensor target(shape);
  forEachLabel(target, labels, [&](const Place &place) {
    if (classes == 1)
      target.values[place.first] = static_cast<double>(place.label);
    else
      target.values[place.first + place.label * place.stride] = 1;
  });
  return target;
}

Tensor countCorrect(const Tensor &logits, const Tensor &labels) {
  Tensor correct({labels.dim(0)});
  forEachLabel(logits, labels, [&](const Place &place) {
    std::vector<double> row = logitsAt(logits, place);
    int64_t predicted = row[0] > 0 ? 1 : 0;
    if (row.size() > 1)
      predicted = std::max_element(row.begin(), row.end()) - row.begin();
    correct(place.row) += predicted == place.label ? 1 : 0;
  });
  return correct;
}

} // namespace netc::reference
