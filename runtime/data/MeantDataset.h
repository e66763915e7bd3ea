// The data set that an unknown name is most likely a slip of.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace netc::runtime::data {

/// A known name that differs in case or separators (`MNIST`, `FashionMNIST`);
/// the name of a folder or file that is there, behind what it is read by
/// (`folder:./photos`, `table:x.csv`); or the nearest known name. Empty where
/// none is near.
std::string meantDataset(std::string_view name,
                         std::span<const std::string_view> known);

} // namespace netc::runtime::data
