// In which phases a transform runs.
#pragma once

namespace netc::dsl {

enum class Phase { Both, Train, Test }; // evaluation and prediction use Test

} // namespace netc::dsl
