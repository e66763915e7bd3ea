// Opens cuDNN and checks what it says.
#include "runtime/cuda/Cudnn.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fmt/format.h>

namespace netc::runtime::cuda {

std::vector<std::string> cudnnNames() {
  if (const char *given = std::getenv("NETC_CUDNN"))
    return {given};
  return {"libcudnn.so.9", NETC_CUDNN_FOLDER "/libcudnn.so.9"};
}

Cudnn::Cudnn(const std::vector<std::string> &names) {
  void *library = nullptr;
  std::string words;
  for (const std::string &name : names) {
    library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library)
      break;
    if (words.empty())
      words = ::dlerror();
  }
  if (!library)
    throw Error("cuDNN 9 cannot be opened: " + words);
  auto find = [&](auto &function, const char *symbol) {
    void *found = ::dlsym(library, symbol);
    if (!found)
      throw Error(fmt::format("cuDNN has no `{}`: netc needs version 9.8 or "
                              "later",
                              symbol));
    std::memcpy(&function, &found, sizeof found);
  };
  find(getVersion, "cudnnGetVersion");
  find(getErrorString, "cudnnGetErrorString");
  find(getLastErrorString, "cudnnGetLastErrorString");
  find(create, "cudnnCreate");
  find(destroy, "cudnnDestroy");
  find(setStream, "cudnnSetStream");
  find(createDescriptor, "cudnnBackendCreateDescriptor");
  find(destroyDescriptor, "cudnnBackendDestroyDescriptor");
  find(setAttribute, "cudnnBackendSetAttribute");
  find(getAttribute, "cudnnBackendGetAttribute");
  find(finalize, "cudnnBackendFinalize");
  find(execute, "cudnnBackendExecute");
  if (getVersion() < 90800)
    throw Error(fmt::format("cuDNN {}.{} is too old: netc needs 9.8 or later",
                            getVersion() / 10000, getVersion() / 100 % 100));
}

void Cudnn::check(cudnnStatus_t status, std::string_view what) const {
  if (status == CUDNN_STATUS_SUCCESS)
    return;
  char words[512] = "";
  getLastErrorString(words, sizeof words);
  throw Error(fmt::format("{}: cuDNN says {}{}{}", what, getErrorString(status),
                          *words ? ": " : "", words));
}

Descriptor::Descriptor(const Cudnn &cudnn, cudnnBackendDescriptorType_t type,
                       std::string what)
    : cudnn(&cudnn), what(std::move(what)), raw(nullptr, Deleter{&cudnn}) {
  cudnnBackendDescriptor_t made = nullptr;
  cudnn.check(cudnn.createDescriptor(type, &made), this->what);
  raw.reset(made);
}

Descriptor &Descriptor::set(cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, int64_t count,
                            const void *values) {
  cudnn->check(cudnn->setAttribute(raw.get(), name, type, count, values),
               fmt::format("{}, attribute {}", what, static_cast<int>(name)));
  return *this;
}

void Descriptor::finalize() { cudnn->check(tryFinalize(), what); }

cudnnStatus_t Descriptor::tryFinalize() { return cudnn->finalize(raw.get()); }

int64_t Descriptor::readRaw(cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, int64_t most,
                            void *values) const {
  int64_t count = 0;
  cudnn->check(cudnn->getAttribute(raw.get(), name, type, most, &count, values),
               fmt::format("{}, attribute {}", what, static_cast<int>(name)));
  return std::min(count, most);
}

void Descriptor::read(cudnnBackendAttributeName_t name,
                      Descriptor &into) const {
  cudnnBackendDescriptor_t value = into.get();
  readRaw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value);
}

int64_t Descriptor::readInt(cudnnBackendAttributeName_t name) const {
  int64_t value = 0;
  readRaw(name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

std::string Descriptor::readText(cudnnBackendAttributeName_t name) const {
  int64_t size = 0;
  cudnn->check(
      cudnn->getAttribute(raw.get(), name, CUDNN_TYPE_CHAR, 0, &size, nullptr),
      what);
  std::string text(static_cast<size_t>(size), '\0');
  readRaw(name, CUDNN_TYPE_CHAR, size, text.data());
  while (!text.empty() && text.back() == '\0')
    text.pop_back();
  return text;
}

} // namespace netc::runtime::cuda
