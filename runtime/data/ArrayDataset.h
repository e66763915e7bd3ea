// `arrays:PATH`: NumPy's arrays x_train, y_train, x_test and y_test, in one
// .npz archive or as .npy files of a folder.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/data/DatasetName.h"

namespace netc::runtime::data {

/// Reads the headers, and the labels whole. What an array of several meanings
/// is, the network says: [N, H, W, C] or [N, C, H, W], classes or numbers.
/// Throws Error naming the file and the array.
DatasetInfo inspectArrays(const DatasetName &name,
                          const PictureRequest &request);

} // namespace netc::runtime::data
