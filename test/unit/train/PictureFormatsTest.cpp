// WebP, TIFF and BMP, 16 bits, and pictures that are turned.
#include "MorePictures.h"
#include "runtime/data/Picture.h"

#include <array>

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

struct PictureFormats : testing::Test {
  TempFolder folder;

  std::string write(const Bytes &bytes) {
    std::string path = folder.path("p");
    writeFile(path, bytes);
    return path;
  }
  Bytes decoded(const Bytes &file, const PictureFormat &format) {
    Bytes out(static_cast<size_t>(format.bytes()));
    decodePicture(write(file), format, out);
    Bytes again(out.size());
    decodePicture("q", file, format, again); // of bytes in memory
    EXPECT_EQ(out, again);
    return out;
  }
  std::vector<uint16_t> decodedWide(const Bytes &file, PictureFormat format) {
    format.bits = 16;
    Bytes bytes = decoded(file, format);
    std::vector<uint16_t> values(bytes.size() / 2);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  void expectBroken(const Bytes &file, const std::vector<std::string> &parts) {
    std::string path = write(file);
    std::vector<std::string> all = parts;
    all.push_back(path);
    Bytes out(3);
    expectError([&] { decodePicture(path, {3, {1, 1}}, out); }, all);
  }
  /// Whatever is cut off or turned over in it, a file is decoded or an Error.
  void expectRobust(const Bytes &file) {
    Bytes out(3 * 4 * 4);
    auto decode = [&](const Bytes &bytes) {
      try {
        decodePicture("p", bytes, {3, {4, 4}}, out);
      } catch (const netc::Error &) {
      }
    };
    for (size_t size = 1; size < file.size(); size += 1 + size / 16)
      decode(Bytes(file.begin(), file.begin() + static_cast<ptrdiff_t>(size)));
    for (size_t i = 0; i < std::min<size_t>(file.size(), 200); ++i)
      for (uint8_t mask : {0x01, 0x80, 0xff}) {
        Bytes damaged = file;
        damaged[i] ^= mask;
        decode(damaged);
      }
  }
};

std::vector<uint8_t> slope(int y, int x) {
  return {static_cast<uint8_t>(40 * y), static_cast<uint8_t>(30 * x),
          static_cast<uint8_t>(255 - 10 * x)};
}

/// [3, height, width] of `slope`.
Bytes slopes(int height, int width) {
  Bytes all;
  for (size_t c = 0; c < 3; ++c)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        all.push_back(slope(y, x)[c]);
  return all;
}

constexpr PictureFormat rgb34{3, {3, 4}};

} // namespace

TEST_F(PictureFormats, Names) {
  for (const char *name : {"a.png", "b.JPG", "c.jpeg", "d.WebP", "e.bmp",
                           "f.tif", "g.TIFF", ".png"})
    EXPECT_TRUE(isPictureName(name)) << name;
  for (const char *name : {"", "png", "a.gif", "a.png.txt", "jpeg", "a.jpg2"})
    EXPECT_FALSE(isPictureName(name)) << name;
}

TEST_F(PictureFormats, Webp) {
  Bytes file = webp(3, 4, slope);
  EXPECT_EQ(inspectPicture(write(file)), (PictureHeader{{3, 4}, 8}));
  EXPECT_EQ(decoded(file, rgb34), slopes(3, 4));
  EXPECT_EQ(decoded(webp(1, 1, plain({200, 100, 50})), {1, {1, 1}}),
            (Bytes{124}));
  expectBroken(Bytes(file.begin(), file.begin() + 30), {"truncated WebP"});
  expectBroken(Bytes(file.begin(), file.end() - 4), {});
  Bytes huge = file;
  huge[21] = huge[22] = huge[23] = 0xff; // 16384 pixels a side
  huge[24] = 0x0f;
  expectBroken(huge, {"16384x16384", "33554432", "held whole"});
  expectRobust(file);
  expectRobust(webp(3, 4, slope, 6));
}

TEST_F(PictureFormats, Tiff) {
  auto file = [&](TiffOptions options, int odd = 0) {
    return tiffFile(folder.path("t"), 3, 4, slope, options, odd);
  };
  TiffOptions options;
  EXPECT_EQ(inspectPicture(write(file(options))), (PictureHeader{{3, 4}, 8}));
  EXPECT_EQ(decoded(file(options), rgb34), slopes(3, 4));
  for (int compression :
       {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS}) {
    options.compression = compression;
    EXPECT_EQ(decoded(file(options), rgb34), slopes(3, 4)) << compression;
  }
  options.tile = 16;
  EXPECT_EQ(decoded(file(options), rgb34), slopes(3, 4));
  options.bits = 16;
  EXPECT_EQ(decoded(file(options), rgb34), slopes(3, 4));
  options = {};
  options.planes = PLANARCONFIG_SEPARATE;
  EXPECT_EQ(decoded(file(options), rgb34), slopes(3, 4));
  for (TiffOptions each :
       {TiffOptions{}, options, TiffOptions{.compression = COMPRESSION_LZW},
        TiffOptions{.bits = 16, .tile = 16}})
    expectRobust(file(each));
}

TEST_F(PictureFormats, GreyTiff) {
  TiffOptions options;
  options.samples = 1;
  options.photometric = PHOTOMETRIC_MINISWHITE;
  EXPECT_EQ(decoded(tiffFile(folder.path("t"), 1, 1, plain({55}), options),
                    {1, {1, 1}}),
            (Bytes{200}));
  options.photometric = PHOTOMETRIC_MINISBLACK;
  options.samples = 2; // with alpha
  EXPECT_EQ(decoded(tiffFile(folder.path("t"), 1, 2, plain({55, 9}), options),
                    {3, {1, 2}}),
            (Bytes(6, 55)));
  options.samples = 9;
  expectBroken(
      tiffFile(folder.path("t"), 1, 1, plain(std::vector<uint8_t>(9)), options),
      {"9 samples a pixel"});
}

TEST_F(PictureFormats, SixteenBits) {
  TiffOptions options;
  options.bits = 16;
  Bytes file =
      tiffFile(folder.path("t"), 1, 2, plain({200, 100, 50}), options, 7);
  EXPECT_EQ(inspectPicture(write(file)), (PictureHeader{{1, 2}, 16}));
  std::vector<uint16_t> expected = {51407, 51407, 25707, 25707, 12857, 12857};
  EXPECT_EQ(decodedWide(file, {3, {1, 2}}), expected);
  options.tile = 16;
  EXPECT_EQ(decodedWide(tiffFile(folder.path("t"), 1, 2, plain({200, 100, 50}),
                                 options, 7),
                        {3, {1, 2}}),
            expected);
  EXPECT_EQ(decoded(file, {3, {1, 2}}), (Bytes{200, 200, 100, 100, 50, 50}));
  // 0.299, 0.587 and 0.114 of the colours.
  EXPECT_EQ(decodedWide(file, {1, {1, 1}}), (std::vector<uint16_t>{31926}));

  PngOptions deep;
  deep.depth = 16;
  deep.colour = PNG_COLOR_TYPE_GRAY;
  for (bool isInterlaced : {false, true}) {
    deep.isInterlaced = isInterlaced;
    Bytes grey = png(2, 3, plain({77}), deep);
    EXPECT_EQ(inspectPicture(write(grey)).bits, 16);
    EXPECT_EQ(decodedWide(grey, {1, {2, 3}}),
              std::vector<uint16_t>(6, 77 * 257));
  }
  // Of 8 bits: 257 times as much.
  EXPECT_EQ(decodedWide(png(1, 1, plain({1, 2, 255})), {3, {1, 1}}),
            (std::vector<uint16_t>{257, 514, 65535}));
}

TEST_F(PictureFormats, Bmp) {
  Bytes rows; // from the bottom, blue first, filled up to 4 bytes
  for (int y = 2; y >= 0; --y)
    for (int x = 0; x < 4; ++x)
      for (size_t c = 3; c-- > 0;)
        rows.push_back(slope(y, x)[c]);
  Bytes file = bmp(3, 4, rows);
  EXPECT_EQ(inspectPicture(write(file)), (PictureHeader{{3, 4}, 8}));
  EXPECT_EQ(decoded(file, rgb34), slopes(3, 4));
  EXPECT_EQ(decoded(bmp(3, 4, rows, {.isCore = true}), rgb34), slopes(3, 4));
  expectRobust(file);
  // From the top; a row of 3 bytes has one to fill it up.
  Bytes two = {1, 2, 3, 0, 4, 5, 6, 0};
  EXPECT_EQ(decoded(bmp(2, 1, two, {.isTopDown = true}), {3, {2, 1}}),
            (Bytes{3, 6, 2, 5, 1, 4}));
  expectBroken(bmp(2, 1, {1, 2, 3, 0, 4}), {"truncated BMP"});
  expectBroken(bmp(0, 1, two), {"an empty picture"});
  expectBroken(bmp(70000, 1, two), {"70000x1"});
  expectBroken(bmp(1, 1, two, {.bits = 24, .compression = 5}),
               {"24 bits in the encoding 5"});
}

TEST_F(PictureFormats, BmpOfFewAndManyBits) {
  PictureFormat one{3, {1, 1}};
  BmpOptions options{.bits = 1};
  EXPECT_EQ(decoded(bmp(1, 2, {0x40, 0, 0, 0}, options), {1, {1, 2}}),
            (Bytes{29, 30})); // the luma of 0, 0, 255 and of 1, 2, 254
  options.bits = 4;
  EXPECT_EQ(decoded(bmp(1, 1, {0x90, 0, 0, 0}, options), one),
            (Bytes{9, 18, 246}));
  options.bits = 8;
  EXPECT_EQ(decoded(bmp(1, 1, {9, 0, 0, 0}, options), one),
            (Bytes{9, 18, 246}));
  options.bits = 16; // five bits each
  EXPECT_EQ(decoded(bmp(1, 1, {0x1f, 0x7c, 0, 0}, options), one),
            (Bytes{255, 0, 255}));
  options.compression = 3;
  options.masks = {0xf800, 0x07e0, 0x001f};
  EXPECT_EQ(decoded(bmp(1, 1, {0xe0, 0x07, 0, 0}, options), one),
            (Bytes{0, 255, 0}));
  options.masks = {0xf801, 0x07e0, 0x001f};
  expectBroken(bmp(1, 1, {0, 0, 0, 0}, options), {"not in one piece"});
  options = {.bits = 32};
  EXPECT_EQ(decoded(bmp(1, 1, {1, 2, 3, 4}, options), one), (Bytes{3, 2, 1}));
}

TEST_F(PictureFormats, EncodedBmp) {
  // A run, one pixel written out, the end of a row; two to the right and one
  // up; the end. Colour i is i in red.
  Bytes runs = {2, 5, 0, 3, 7, 8, 9, 0, 0, 0, 0, 2, 1, 0, 1, 4, 0, 1};
  BmpOptions options{.bits = 8, .compression = 1};
  Bytes out = decoded(bmp(2, 5, runs, options), {3, {2, 5}});
  EXPECT_EQ(Bytes(out.begin(), out.begin() + 10),
            (Bytes{0, 4, 0, 0, 0, 5, 5, 7, 8, 9}));
  expectRobust(bmp(2, 5, runs, options));
  Bytes halves = {3, 0x12, 0, 3, 0x34, 0x50, 0, 1};
  options = {.bits = 4, .compression = 2};
  out = decoded(bmp(1, 6, halves, options), {3, {1, 6}});
  EXPECT_EQ(Bytes(out.begin(), out.begin() + 6), (Bytes{1, 2, 1, 3, 4, 5}));
  expectRobust(bmp(1, 6, halves, options));
  // Far to the right and up: nothing is written there.
  options = {.bits = 8, .compression = 1};
  out = decoded(bmp(1, 1, {0, 2, 255, 255, 1, 1, 0, 1}, options), {3, {1, 1}});
  EXPECT_EQ(out[0], 0);
}

// A file of 2x3 whose pixels are their place, as each number turns it.
TEST_F(PictureFormats, TurnedByExif) {
  Pixel place = [](int y, int x) {
    auto value = static_cast<uint8_t>(100 + 30 * (3 * y + x));
    return std::vector<uint8_t>{value, value, value};
  };
  const std::array<Bytes, 8> shown = {
      Bytes{0, 1, 2, 3, 4, 5}, Bytes{2, 1, 0, 5, 4, 3}, Bytes{5, 4, 3, 2, 1, 0},
      Bytes{3, 4, 5, 0, 1, 2}, Bytes{0, 3, 1, 4, 2, 5}, Bytes{3, 0, 4, 1, 5, 2},
      Bytes{5, 2, 4, 1, 3, 0}, Bytes{2, 5, 1, 4, 0, 3}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    PictureSize size = orientation < 5 ? PictureSize{2, 3} : PictureSize{3, 2};
    TiffOptions options;
    options.orientation = orientation;
    auto expectShown = [&](const Bytes &file) {
      EXPECT_EQ(inspectPicture(write(file), /*orients=*/true).size, size);
      EXPECT_EQ(inspectPicture(write(file)).size, (PictureSize{2, 3}));
      Bytes out = decoded(file, {1, size});
      for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ((out[i] - 100 + 1) / 30,
                  shown[static_cast<size_t>(orientation - 1)][i])
            << orientation;
      PictureFormat stored{1, {2, 3}};
      stored.orients = false;
      EXPECT_EQ(decoded(file, stored)[1], decoded(file, stored)[0] + 30);
    };
    expectShown(webp(2, 3, place, orientation));
    expectShown(tiffFile(folder.path("t"), 2, 3, place, options));
    options.planes = PLANARCONFIG_SEPARATE;
    expectShown(tiffFile(folder.path("t"), 2, 3, place, options));
    PngOptions turned;
    turned.orientation = orientation;
    expectShown(png(2, 3, place, turned));
  }
}

// The decoder halves a large JPEG, also where its sides change places.
TEST_F(PictureFormats, TurnedJpeg) {
  auto halves = [](int, int x) {
    return std::vector<uint8_t>{static_cast<uint8_t>(x < 256 ? 30 : 220)};
  };
  JpegOptions grey;
  grey.colour = JCS_GRAYSCALE;
  Bytes file = withExif(jpeg(64, 512, halves, grey), 6);
  Bytes out = decoded(file, {1, {8, 1}});
  for (size_t y = 0; y < 8; ++y)
    EXPECT_NEAR(out[y], y < 4 ? 30 : 220, y == 3 || y == 4 ? 30 : 3);
  // What says no number, or is cut, is no turn.
  for (int wrong : {0, 9, 300})
    EXPECT_EQ(inspectPicture(
                  write(withExif(jpeg(4, 6, plain({9, 9, 9})), wrong)), true)
                  .size,
              (PictureSize{4, 6}));
  expectRobust(withExif(jpeg(4, 6, slope), 6));
}

TEST_F(PictureFormats, Masks) {
  PngOptions options;
  options.colour = PNG_COLOR_TYPE_PALETTE;
  options.depth = 4;
  auto at = [](int y, int x) {
    return std::vector<uint8_t>{static_cast<uint8_t>(4 * y + x)};
  };
  std::vector<uint16_t> out(8);
  auto mask = [&](const Bytes &file, PictureFormat format) {
    out.assign(static_cast<size_t>(format.size.height * format.size.width), 99);
    decodeMask(write(file), format, out);
    return out;
  };
  using Labels = std::vector<uint16_t>;
  EXPECT_EQ(mask(png(2, 4, at, options), {3, {2, 4}}),
            (Labels{0, 1, 2, 3, 4, 5, 6, 7}));
  // The nearest: of 4 for 2 the second and the fourth, as Pillow's NEAREST.
  EXPECT_EQ(mask(png(2, 4, at, options), {3, {2, 2}}), (Labels{1, 3, 5, 7}));
  EXPECT_EQ(mask(png(2, 4, at, options), {3, {2, 2}, Fit::Cover}),
            (Labels{1, 2, 5, 6}));
  options.colour = PNG_COLOR_TYPE_GRAY; // not scaled to 255
  EXPECT_EQ(mask(png(2, 4, at, options), {1, {2, 4}})[7], 7);
  options.depth = 16;
  EXPECT_EQ(mask(png(1, 1, plain({255}), options), {1, {1, 1}})[0], 65535);

  MaskLabels labels = inspectMask(write(png(2, 4, at, options)), -1);
  EXPECT_EQ(labels.largest, 7 * 257);
  options.depth = 8;
  EXPECT_EQ(inspectMask(write(png(2, 4, at, options)), 7).largest, 6);
  EXPECT_EQ(inspectMask(write(png(2, 4, at, options)), 7).size,
            (PictureSize{2, 4}));
  EXPECT_EQ(inspectMask(write(png(1, 1, plain({3}), options)), 3).largest, -1);
  expectError([&] { inspectMask(write(png(1, 1, plain({1, 2, 3}))), -1); },
              {"is a PNG of colours", "indexed or grey"});
  expectError([&] { inspectMask(write(jpeg(1, 1, plain({1, 2, 3}))), -1); },
              {"a mask is a PNG"});
}
