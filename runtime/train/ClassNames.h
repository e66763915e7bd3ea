// The names of the classes, in the metadata of a weights file.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/train/Safetensors.h"

namespace netc::runtime::train {

/// What a weights file says of a data set whose classes have names.
SafetensorsMetadata classMetadata(const data::DatasetInfo &dataset);

/// The names of the classes by label; empty where the file has none. Throws
/// Error naming the file where what it has is no list of names.
std::vector<std::string> classNamesOf(const SafetensorsFile &file);

/// A class as it is told of: its name, safe to print, or `class 3`.
std::string className(const std::vector<std::string> &names, int64_t label);

/// Throws Error where weights are of other classes than the data set, if both
/// are known: their outputs would mean something else.
void checkClassNames(const SafetensorsFile &file,
                     const data::DatasetInfo &dataset);

} // namespace netc::runtime::train
