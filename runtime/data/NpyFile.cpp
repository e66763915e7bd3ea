// The elements of .npy files: read in pieces, converted, and put where they are
// wanted.
#include "runtime/data/NpyFile.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

template <typename T> T load(const uint8_t *bytes) {
  T value; // files are in little endian, and so are the machines of ours
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

float halfToFloat(uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float sign = half & 0x8000 ? -1.0F : 1.0F;
  if (exponent == 31)
    return fraction ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

/// Calls `take` with a function that loads an element of the type.
template <typename Take> void withLoader(NpyType type, Take take) {
  switch (type) {
  case NpyType::Bool:
    return take([](const uint8_t *p) { return uint8_t{*p != 0}; });
  case NpyType::U8:
    return take(load<uint8_t>);
  case NpyType::I8:
    return take(load<int8_t>);
  case NpyType::U16:
    return take(load<uint16_t>);
  case NpyType::I16:
    return take(load<int16_t>);
  case NpyType::U32:
    return take(load<uint32_t>);
  case NpyType::I32:
    return take(load<int32_t>);
  case NpyType::U64:
    return take(load<uint64_t>);
  case NpyType::I64:
    return take(load<int64_t>);
  case NpyType::F16:
    return take(
        [](const uint8_t *p) { return halfToFloat(load<uint16_t>(p)); });
  case NpyType::F32:
    return take(load<float>);
  case NpyType::F64:
    return take(load<double>);
  }
}

/// Goes through the elements in the order in which they lie in the file, a run
/// of the closest dimension at a time.
class Walk {
public:
  Walk(const NpyHeader &header, Strides strides)
      : sizes(header.shape), steps(strides.begin(), strides.end()) {
    if (!header.isFortran) { // the closest first
      std::reverse(sizes.begin(), sizes.end());
      std::reverse(steps.begin(), steps.end());
    }
    if (sizes.empty())
      sizes = {1}, steps = {1};
    // Dimensions that lie in the output as in the file are one.
    while (sizes.size() > 1 && steps[1] == steps[0] * sizes[0]) {
      sizes[0] *= sizes[1];
      sizes.erase(sizes.begin() + 1);
      steps.erase(steps.begin() + 1);
    }
    index.assign(sizes.size(), 0);
  }

  /// The elements from here that lie `step()` apart in the output.
  int64_t run() const { return sizes[0] - index[0]; }
  int64_t step() const { return steps[0]; }
  int64_t place() const { return at; }
  /// Goes on by so many elements. \pre count <= run()
  void advance(int64_t count) {
    index[0] += count;
    at += count * steps[0];
    for (size_t i = 0; i + 1 < sizes.size() && index[i] == sizes[i]; ++i) {
      at += steps[i + 1] - sizes[i] * steps[i];
      index[i] = 0;
      ++index[i + 1];
    }
  }

private:
  std::vector<int64_t> sizes, steps, index;
  int64_t at = 0;
};

/// The example that the element at `place` of the file belongs to.
int64_t exampleOf(const NpyHeader &header, int64_t place) {
  if (header.shape.empty())
    return 0;
  return header.isFortran ? place % header.shape[0]
                          : place / (header.count() / header.shape[0]);
}

/// Reads all elements. `convert` makes an output of one, or gives false where
/// it cannot be one; `refuse` says what is wrong with it, as a double.
template <typename Out, typename Convert, typename Refuse>
void readElements(ByteStream &in, const NpyHeader &header, Strides strides,
                  const std::string &name, std::span<Out> out, Convert convert,
                  Refuse refuse) {
  assert(out.size() == static_cast<size_t>(header.count()));
  auto width = static_cast<size_t>(byteWidth(header.type));
  std::vector<uint8_t> buffer(size_t{1} << 16);
  Walk walk(header, strides);
  auto left = static_cast<int64_t>(out.size()), place = int64_t{0};
  withLoader(header.type, [&](auto load) {
    while (left > 0) {
      auto count =
          std::min<int64_t>(left, static_cast<int64_t>(buffer.size() / width));
      auto bytes = static_cast<size_t>(count) * width;
      if (in.read(buffer.data(), bytes) != bytes)
        throw Error(fmt::format("{}: is shorter than its header says "
                                "(truncated?)",
                                name));
      const uint8_t *from = buffer.data();
      for (int64_t rest = count; rest > 0;) {
        int64_t run = std::min(walk.run(), rest), step = walk.step();
        Out *to = out.data() + walk.place();
        for (int64_t i = 0; i < run; ++i, from += width)
          if (!convert(load(from), to[i * step]))
            throw Error(
                fmt::format("{}: {} in example {}", name,
                            refuse(static_cast<double>(load(from))),
                            exampleOf(header, place + count - rest + i)));
        walk.advance(run);
        rest -= run;
      }
      place += count;
      left -= count;
    }
  });
  uint8_t more = 0;
  if (in.read(&more, 1) != 0)
    throw Error(fmt::format("{}: is longer than its header says", name));
}

template <typename Out>
void readPixels(ByteStream &in, const NpyHeader &header, Strides strides,
                const std::string &name, std::span<Out> out) {
  auto convert = [](auto value, Out &pixel) {
    pixel = static_cast<Out>(value);
    return static_cast<double>(pixel) == static_cast<double>(value);
  };
  readElements(in, header, strides, name, out, convert, [](double value) {
    return fmt::format("{} is no pixel of {} bits", value, 8 * sizeof(Out));
  });
}

} // namespace

void readNpyPixels(ByteStream &in, const NpyHeader &header, Strides strides,
                   const std::string &name, std::span<uint8_t> out) {
  readPixels(in, header, strides, name, out);
}

void readNpyPixels(ByteStream &in, const NpyHeader &header, Strides strides,
                   const std::string &name, std::span<uint16_t> out) {
  readPixels(in, header, strides, name, out);
}

void readNpyNumbers(ByteStream &in, const NpyHeader &header, Strides strides,
                    const std::string &name, std::span<float> out) {
  auto convert = [](auto value, float &number) {
    number = static_cast<float>(value);
    return std::isfinite(number);
  };
  readElements(in, header, strides, name, out, convert, [](double value) {
    return std::isfinite(value)
               ? fmt::format("{} does not fit a 32-bit float,", value)
               : fmt::format("there is {}", value);
  });
}

void readNpyClasses(ByteStream &in, const NpyHeader &header, int64_t classes,
                    const std::string &name, std::span<uint16_t> out) {
  auto convert = [&](auto value, uint16_t &label) {
    if (!(value >= 0) ||
        static_cast<double>(value) >= static_cast<double>(classes))
      return false;
    label = static_cast<uint16_t>(value);
    return static_cast<double>(label) == static_cast<double>(value);
  };
  readElements(in, header, rowMajor(header.shape), name, out, convert,
               [&](double value) {
                 return fmt::format("label {} is none of the {} classes, 0 to "
                                    "{},",
                                    value, classes, classes - 1);
               });
}

} // namespace netc::runtime::data
