// Reads the sections of a cubin: `.nv.info.NAME` lists a kernel's parameters.
#include "tools/cuda-stand-in/Cubin.h"

#include <cstring>
#include <elf.h>

namespace netc::standin {

// Of the entries of .nv.info: a format, an attribute, and two bytes that are
// the value or its size.
static constexpr uint8_t formatSized = 4;
static constexpr uint8_t attributeParameter = 0x17; // EIATTR_KPARAM_INFO

static uint32_t countParameters(const uint8_t *info, uint64_t size) {
  uint32_t count = 0;
  for (uint64_t at = 0; at + 4 <= size;) {
    uint16_t value = 0;
    std::memcpy(&value, info + at + 2, sizeof value);
    if (info[at] == formatSized && info[at + 1] == attributeParameter)
      ++count;
    at += 4 + (info[at] == formatSized ? (value + 3u) / 4 * 4 : 0);
  }
  return count;
}

std::map<std::string, uint32_t> parametersOf(const void *image, int capability,
                                             std::string &error) {
  std::map<std::string, uint32_t> kernels;
  const auto *bytes = static_cast<const uint8_t *>(image);
  Elf64_Ehdr header;
  std::memcpy(&header, bytes, sizeof header);
  constexpr int cuda = 190; // EM_CUDA
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_machine != cuda) {
    error = "the image is no ELF object for a GPU";
    return kernels;
  }
  // The architecture is in the first byte, since CUDA 13 in the second.
  auto first = static_cast<int>(header.e_flags & 0xff),
       second = static_cast<int>(header.e_flags >> 8 & 0xff);
  if (first != capability && second != capability) {
    error = "the image is for sm_" + std::to_string(second ? second : first) +
            ", the device is sm_" + std::to_string(capability);
    return kernels;
  }
  auto section = [&](uint64_t index) {
    Elf64_Shdr found;
    std::memcpy(&found, bytes + header.e_shoff + index * header.e_shentsize,
                sizeof found);
    return found;
  };
  const char *names = reinterpret_cast<const char *>(bytes) +
                      section(header.e_shstrndx).sh_offset;
  constexpr char prefix[] = ".nv.info.";
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr entry = section(i);
    const char *name = names + entry.sh_name;
    if (std::strncmp(name, prefix, sizeof prefix - 1) == 0)
      kernels[name + sizeof prefix - 1] =
          countParameters(bytes + entry.sh_offset, entry.sh_size);
  }
  return kernels;
}

} // namespace netc::standin
