// cuDNN, opened at run time, and its descriptors as values.
#pragma once

#include "runtime/Error.h"

#include <cudnn_graph.h>
#include <memory>
#include <string>
#include <vector>

namespace netc::runtime::cuda {

/// The functions of libcudnn that netc calls. Opened once; never closed, since
/// what it starts may outlive any of us.
class Cudnn {
public:
  /// Opens the first of `names` that is there. Throws Error with the loader's
  /// words when none is.
  explicit Cudnn(const std::vector<std::string> &names);

  decltype(&::cudnnGetVersion) getVersion = nullptr;
  decltype(&::cudnnGetErrorString) getErrorString = nullptr;
  decltype(&::cudnnGetLastErrorString) getLastErrorString = nullptr;
  decltype(&::cudnnCreate) create = nullptr;
  decltype(&::cudnnDestroy) destroy = nullptr;
  decltype(&::cudnnSetStream) setStream = nullptr;
  decltype(&::cudnnBackendCreateDescriptor) createDescriptor = nullptr;
  decltype(&::cudnnBackendDestroyDescriptor) destroyDescriptor = nullptr;
  decltype(&::cudnnBackendSetAttribute) setAttribute = nullptr;
  decltype(&::cudnnBackendGetAttribute) getAttribute = nullptr;
  decltype(&::cudnnBackendFinalize) finalize = nullptr;
  decltype(&::cudnnBackendExecute) execute = nullptr;

  /// Throws Error unless `status` is success: `WHAT: cuDNN says ...`.
  void check(cudnnStatus_t status, std::string_view what) const;
};

/// The names under which cuDNN 9 may be found: $NETC_CUDNN alone if it is set;
/// else the loader's, then the folder it was in when netc was built.
std::vector<std::string> cudnnNames();

/// A backend descriptor.
class Descriptor {
public:
  Descriptor(const Cudnn &cudnn, cudnnBackendDescriptorType_t type,
             std::string what);
  Descriptor(Descriptor &&) = default;
  Descriptor &operator=(Descriptor &&) = default;

  template <typename T>
  Descriptor &set(cudnnBackendAttributeName_t name,
                  cudnnBackendAttributeType_t type,
                  const std::vector<T> &values) {
    return set(name, type, static_cast<int64_t>(values.size()), values.data());
  }
  template <typename T>
  Descriptor &set(cudnnBackendAttributeName_t name,
                  cudnnBackendAttributeType_t type, T value) {
    return set(name, type, 1, &value);
  }
  Descriptor &set(cudnnBackendAttributeName_t name, const Descriptor &value) {
    cudnnBackendDescriptor_t raw = value.get();
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &raw);
  }
  Descriptor &set(cudnnBackendAttributeName_t name,
                  const std::string &characters) {
    return set(name, CUDNN_TYPE_CHAR, static_cast<int64_t>(characters.size()),
               characters.data());
  }
  Descriptor &set(cudnnBackendAttributeName_t name,
                  cudnnBackendAttributeType_t type, int64_t count,
                  const void *values);
  /// Throws Error with cuDNN's words.
  void finalize();
  cudnnStatus_t tryFinalize();

  /// Fills an existing descriptor from an attribute.
  void read(cudnnBackendAttributeName_t name, Descriptor &into) const;
  int64_t readInt(cudnnBackendAttributeName_t name) const;
  std::string readText(cudnnBackendAttributeName_t name) const;
  /// Reads as many values as there are, at most `most`.
  template <typename T>
  std::vector<T> readList(cudnnBackendAttributeName_t name,
                          cudnnBackendAttributeType_t type,
                          int64_t most) const {
    std::vector<T> values(static_cast<size_t>(most));
    values.resize(
        static_cast<size_t>(readRaw(name, type, most, values.data())));
    return values;
  }

  cudnnBackendDescriptor_t get() const { return raw.get(); }

private:
  int64_t readRaw(cudnnBackendAttributeName_t name,
                  cudnnBackendAttributeType_t type, int64_t most,
                  void *values) const;

  struct Deleter {
    const Cudnn *cudnn;
    void operator()(cudnnBackendDescriptor_t raw) const {
      cudnn->destroyDescriptor(raw);
    }
  };
  const Cudnn *cudnn;
  std::string what;
  std::unique_ptr<void, Deleter> raw;
};

} // namespace netc::runtime::cuda
