// Reads what tables record.
#include "runtime/Tables.h"

namespace netc::runtime {

TensorType readType(const fb::TensorType &type) {
  TensorType read;
  read.element = type.element();
  if (type.shape())
    read.shape.assign(type.shape()->begin(), type.shape()->end());
  if (type.layout())
    read.layout = type.layout()->str();
  return read;
}

} // namespace netc::runtime
