// The columns of a table in the metadata of weights: what was trained on, and
// what comes to be evaluated, must be the same columns and categories.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/train/Safetensors.h"

namespace netc::runtime::train {

/// Adds the columns of a data set that is a table.
void addColumnMetadata(const data::DatasetInfo &dataset,
                       SafetensorsMetadata &metadata);

/// Throws Error where the file has the columns of another table. A file without
/// any fits all.
void checkColumnNames(const SafetensorsFile &file,
                      const data::DatasetInfo &dataset);

} // namespace netc::runtime::train
