// The table. A new kind of primitive gets a row for each of its directions.
#include "runtime/cpu/PrimitiveRoles.h"

namespace netc::runtime::cpu {

using Kind = PrimitiveKind;
using enum Propagation;

// The roles that most kinds have. Each may have a scratchpad besides.
static constexpr Role src = Role::Src, weights = Role::Weights,
                      bias = Role::Bias, dst = Role::Dst,
                      workspace = Role::Workspace, mean = Role::Mean,
                      variance = Role::Variance,
                      srcGradient = Role::SrcGradient,
                      weightsGradient = Role::WeightsGradient,
                      biasGradient = Role::BiasGradient;
static constexpr bool fusesRelu = true;

// kind, propagation, needed, optional, written, fusesRelu, withRelu
static constexpr PrimitiveRoles table[] = {
    {Kind::Convolution, Forward, {src, weights, dst}, {bias}, {dst}, fusesRelu},
    {Kind::Convolution, BackwardData, {src, weights, dst}, {}, {src}},
    {Kind::Convolution,
     BackwardWeights,
     {src, weights, dst},
     {bias},
     {weights, bias}},

    {Kind::Deconvolution, Forward, {src, weights, dst}, {bias}, {dst}},
    {Kind::Deconvolution, BackwardData, {src, weights, dst}, {}, {src}},
    {Kind::Deconvolution,
     BackwardWeights,
     {src, weights, dst},
     {bias},
     {weights, bias}},

    {Kind::InnerProduct,
     Forward,
     {src, weights, dst},
     {bias},
     {dst},
     fusesRelu},
    {Kind::InnerProduct, BackwardData, {src, weights, dst}, {}, {src}},
    {Kind::InnerProduct,
     BackwardWeights,
     {src, weights, dst},
     {bias},
     {weights, bias}},

    // The workspace has the places of the maxima.
    {Kind::MaxPooling, Forward, {src, dst}, {workspace}, {dst, workspace}},
    {Kind::MaxPooling, BackwardData, {src, dst, workspace}, {}, {src}},

    {Kind::AveragePooling, Forward, {src, dst}, {}, {dst}},
    {Kind::AveragePooling, BackwardData, {src, dst}, {}, {src}},

    {Kind::Reorder, Forward, {src, dst}, {}, {dst}},

    // The weights are a scale and the bias is a shift, which its gradient does
    // not read. The workspace has the mask of the relu.
    {Kind::BatchNormalization,
     Forward,
     {src, dst, mean, variance},
     {weights, bias},
     {dst, mean, variance, workspace},
     fusesRelu,
     {workspace}},
    {Kind::BatchNormalization,
     BackwardData,
     {src, dst, mean, variance, srcGradient},
     {weights, weightsGradient, biasGradient},
     {srcGradient, weightsGradient, biasGradient},
     fusesRelu,
     {workspace}},

    {Kind::LayerNormalization,
     Forward,
     {src, dst, mean, variance},
     {weights, bias},
     {dst, mean, variance}},
    {Kind::LayerNormalization,
     BackwardData,
     {src, dst, mean, variance, srcGradient},
     {weights, weightsGradient, biasGradient},
     {srcGradient, weightsGradient, biasGradient}},
};

const PrimitiveRoles *findRoles(PrimitiveKind kind, Propagation propagation) {
  for (const PrimitiveRoles &row : table)
    if (row.kind == kind && row.propagation == propagation)
      return &row;
  return nullptr;
}

bool isNormalization(PrimitiveKind kind) {
  const PrimitiveRoles *row = findRoles(kind, Forward);
  return row && row->needed.contains(mean);
}

bool PrimitiveRoles::needs(Role role, bool relu, RoleSet given) const {
  if (role == weightsGradient)
    return takes(role, relu, given);
  return needed.contains(role) || (relu && withRelu.contains(role));
}

bool PrimitiveRoles::takes(Role role, bool relu, RoleSet given) const {
  if (role == weightsGradient && !given.contains(weights))
    return false;
  return role == Role::Scratchpad || needed.contains(role) ||
         optional.contains(role) || (relu && withRelu.contains(role));
}

bool PrimitiveRoles::writes(Role role, bool givenStatistics) const {
  bool isStatistic = role == mean || role == variance;
  return role == Role::Scratchpad ||
         (written.contains(role) && !(isStatistic && givenStatistics));
}

} // namespace netc::runtime::cpu
