// When a transform of `data` runs.
#pragma once

namespace netc::dsl {

/// Evaluation and prediction are `Test`.
enum class Phase { Both, Train, Test };

} // namespace netc::dsl
