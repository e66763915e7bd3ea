// `table:FILE.csv?target=COLUMN`: a row an example. Numbers are taken as they
// are, to be standardised by the compiled program; of a category each value has
// an element of its own, 0 or 1.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/data/DatasetName.h"

namespace netc::runtime::data {

/// Reads and checks the whole table. Options: `target`, the column of the
/// labels; `test`, another file to test with, else every fifth row is;
/// `separator`; `drop`, columns to leave out; `missing=mean`. Throws Error
/// naming the file, the line and the column.
DatasetInfo inspectTable(const DatasetName &name,
                         const PictureRequest &request);

} // namespace netc::runtime::data
