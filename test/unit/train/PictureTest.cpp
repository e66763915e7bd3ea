// Pictures of every kind to pixels of one size, and files that are none.
#include "TestPictures.h"
#include "runtime/data/PictureDecoder.h"
#include "runtime/data/PictureScaler.h"

#include <cmath>
#include <sys/stat.h>

using namespace netc::runtime::data;
using namespace netc::test;

namespace {

struct Picture : testing::Test {
  TempFolder folder;

  std::string write(const std::string &name, const Bytes &bytes) {
    std::string path = folder.path(name);
    writeFile(path, bytes);
    return path;
  }
  Bytes decoded(const Bytes &file, const PictureFormat &format) {
    Bytes out(static_cast<size_t>(format.channels * format.size.height *
                                  format.size.width));
    decodePicture(write("p", file), format, out);
    return out;
  }
  void expectBroken(const Bytes &file, const std::vector<std::string> &parts) {
    std::string path = write("broken.png", file);
    std::vector<std::string> all = parts;
    all.push_back(path);
    Bytes out(3);
    expectError([&] { decodePicture(path, {3, {1, 1}}, out); }, all);
  }
};

std::vector<uint8_t> slope(int y, int x) {
  return {static_cast<uint8_t>(40 * y), static_cast<uint8_t>(30 * x),
          static_cast<uint8_t>(255 - 10 * x)};
}

/// The scaling as sums over the whole picture, in double.
double scaledAt(const std::vector<double> &picture, int64_t height,
                int64_t width, double scaledHeight, double scaledWidth,
                double y, double x) {
  double sum = 0, weights = 0;
  double down = static_cast<double>(height) / scaledHeight;
  double across = static_cast<double>(width) / scaledWidth;
  auto weight = [](double distance, double scale) {
    return std::max(0.0, 1 - std::abs(distance) / std::max(1.0, scale));
  };
  for (int64_t i = 0; i < height; ++i)
    for (int64_t j = 0; j < width; ++j) {
      double w =
          weight(static_cast<double>(i) + 0.5 - (y + 0.5) * down, down) *
          weight(static_cast<double>(j) + 0.5 - (x + 0.5) * across, across);
      sum += w * picture[static_cast<size_t>(i * width + j)];
      weights += w;
    }
  return sum / weights;
}

} // namespace

TEST_F(Picture, SizesFromHeaders) {
  EXPECT_EQ(inspectPicture(write("a.png", png(3, 5, slope))),
            (PictureHeader{{3, 5}, 8}));
  // Told by its content.
  EXPECT_EQ(inspectPicture(write("b.png", jpeg(7, 4, slope))),
            (PictureHeader{{7, 4}, 8}));
}

TEST_F(Picture, RgbAtItsSize) {
  Bytes out = decoded(png(3, 4, slope), {3, {3, 4}});
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 4; ++x)
        EXPECT_EQ(out[static_cast<size_t>((c * 3 + y) * 4 + x)],
                  slope(y, x)[static_cast<size_t>(c)]);
  PngOptions interlaced;
  interlaced.isInterlaced = true;
  EXPECT_EQ(decoded(png(3, 4, slope, interlaced), {3, {3, 4}}), out);
  PngOptions deep;
  deep.depth = 16;
  EXPECT_EQ(decoded(png(3, 4, slope, deep), {3, {3, 4}}), out);
}

TEST_F(Picture, GreyAndColour) {
  // Grey is repeated; the luma of BT.601 is taken of colours.
  PngOptions grey;
  grey.colour = PNG_COLOR_TYPE_GRAY;
  EXPECT_EQ(decoded(png(1, 1, plain({77}), grey), {3, {1, 1}}),
            (Bytes{77, 77, 77}));
  EXPECT_EQ(decoded(png(1, 1, plain({77}), grey), {1, {1, 1}}), (Bytes{77}));
  EXPECT_EQ(decoded(png(1, 1, plain({200, 100, 50})), {1, {1, 1}}),
            (Bytes{124})); // 0.299*200 + 0.587*100 + 0.114*50 = 124.2
  grey.depth = 1;
  EXPECT_EQ(decoded(png(1, 1, plain({1}), grey), {1, {1, 1}}), (Bytes{255}));
  PngOptions palette;
  palette.colour = PNG_COLOR_TYPE_PALETTE;
  palette.depth = 4;
  EXPECT_EQ(decoded(png(1, 1, plain({9}), palette), {3, {1, 1}}),
            (Bytes{9, 18, 246}));
  // The colour under a transparent pixel.
  PngOptions alpha;
  alpha.colour = PNG_COLOR_TYPE_RGBA;
  EXPECT_EQ(decoded(png(1, 1, plain({9, 8, 7, 0}), alpha), {3, {1, 1}}),
            (Bytes{9, 8, 7}));
  alpha.colour = PNG_COLOR_TYPE_GRAY_ALPHA;
  EXPECT_EQ(decoded(png(1, 1, plain({9, 0}), alpha), {1, {1, 1}}), (Bytes{9}));
}

TEST_F(Picture, Jpegs) {
  auto expectNear = [&](const Bytes &file, const Bytes &colour) {
    PictureFormat format{static_cast<int64_t>(colour.size()), {16, 16}};
    Bytes out = decoded(file, format);
    for (size_t i = 0; i < out.size(); ++i)
      ASSERT_NEAR(out[i], colour[i / 256], 3);
  };
  expectNear(jpeg(16, 16, plain({200, 100, 50})), {200, 100, 50});
  expectNear(jpeg(16, 16, plain({200, 100, 50})), {124});
  JpegOptions options;
  options.isProgressive = true;
  expectNear(jpeg(16, 16, plain({10, 220, 90}), options), {10, 220, 90});
  options.isProgressive = false;
  options.colour = JCS_GRAYSCALE;
  expectNear(jpeg(16, 16, plain({88}), options), {88});
  expectNear(jpeg(16, 16, plain({88}), options), {88, 88, 88});
  // As Adobe's: inverted, and told so by its marker.
  options.colour = JCS_CMYK;
  expectNear(jpeg(16, 16, plain({200, 100, 50, 255}), options), {200, 100, 50});
  expectNear(jpeg(16, 16, plain({200, 100, 50, 128}), options), {100, 50, 25});
}

// A large JPEG is decoded at an eighth, and is still what it shows.
TEST_F(Picture, LargeJpegMadeSmall) {
  auto halves = [](int, int x) {
    return std::vector<uint8_t>{static_cast<uint8_t>(x < 512 ? 30 : 220)};
  };
  JpegOptions grey;
  grey.colour = JCS_GRAYSCALE;
  Bytes out = decoded(jpeg(1024, 1024, halves, grey), {1, {8, 8}});
  for (size_t i = 0; i < out.size(); ++i)
    EXPECT_NEAR(out[i], i % 8 < 4 ? 30 : 220,
                i % 8 == 3 || i % 8 == 4 ? 30 : 2);
}

TEST_F(Picture, ScaledLikeTheSums) {
  struct Case {
    int64_t height, width;
    PictureSize size;
    Fit fit;
  };
  for (const Case &each :
       {Case{9, 7, {5, 4}, Fit::Stretch}, Case{3, 4, {8, 11}, Fit::Stretch},
        Case{40, 30, {7, 7}, Fit::Cover}, Case{6, 20, {9, 9}, Fit::Cover},
        Case{1, 1, {3, 2}, Fit::Stretch}, Case{31, 8, {4, 9}, Fit::Cover}}) {
    for (int64_t channels : {1, 3}) {
      PictureFormat format{channels, each.size, each.fit};
      std::vector<std::vector<double>> picture(static_cast<size_t>(channels));
      Bytes pixels;
      for (int64_t i = 0; i < each.height * each.width; ++i)
        for (std::vector<double> &plane : picture) {
          pixels.push_back(static_cast<uint8_t>(pixels.size() * 37 % 256));
          plane.push_back(pixels.back());
        }
      Bytes out(static_cast<size_t>(format.bytes()));
      PictureScaler scaler(format, out);
      scaler.begin({each.height, each.width});
      for (int64_t y = 0; y < each.height; ++y)
        scaler.row(pixels.data() + y * each.width * channels);
      PictureSize scaled = scaledSize({each.height, each.width}, format);
      double top = std::nearbyint(
          static_cast<double>(scaled.height - each.size.height) / 2);
      double left = std::nearbyint(
          static_cast<double>(scaled.width - each.size.width) / 2);
      for (size_t i = 0; i < out.size(); ++i) {
        auto width = static_cast<size_t>(each.size.width);
        auto height = static_cast<size_t>(each.size.height);
        size_t x = i % width, y = i / width % height;
        EXPECT_NEAR(out[i],
                    scaledAt(picture[i / (width * height)], each.height,
                             each.width, static_cast<double>(scaled.height),
                             static_cast<double>(scaled.width),
                             static_cast<double>(y) + top,
                             static_cast<double>(x) + left),
                    0.51)
            << each.height << "x" << each.width << " at " << y << ", " << x;
      }
    }
  }
}

TEST_F(Picture, CoverKeepsTheAspect) {
  auto sizeOf = [](PictureSize picture, PictureSize size) {
    return scaledSize(picture, {3, size, Fit::Cover});
  };
  EXPECT_EQ(sizeOf({480, 640}, {256, 256}), (PictureSize{256, 341}));
  EXPECT_EQ(sizeOf({640, 480}, {256, 256}), (PictureSize{341, 256}));
  EXPECT_EQ(sizeOf({100, 100}, {256, 256}), (PictureSize{256, 256}));
  EXPECT_EQ(sizeOf({3, 65535}, {256, 256}), (PictureSize{256, 5592320}));
}

TEST_F(Picture, NoPictures) {
  expectBroken({}, {"an empty file"});
  expectBroken({'G', 'I', 'F', '8'}, {"neither a PNG nor a JPEG"});
  expectError([&] { inspectPicture(folder.path("absent.png")); },
              {"absent.png", "No such file"});
  expectError([&] { inspectPicture(folder.path()); }, {"not a regular file"});
  std::string loop = folder.path("loop.png");
  ASSERT_EQ(symlink(loop.c_str(), loop.c_str()), 0);
  expectError([&] { inspectPicture(loop); }, {"loop.png", "symbolic links"});
  std::string pipe = folder.path("pipe.png");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expectError([&] { inspectPicture(pipe); }, {"pipe.png", "regular file"});
}

TEST_F(Picture, Truncated) {
  Bytes whole = png(40, 40, slope);
  for (size_t size : {9u, 30u, 45u, 60u})
    expectBroken(Bytes(whole.begin(), whole.begin() + size), {});
  whole[whole.size() / 2] ^= 0x55; // a checksum
  expectBroken(whole, {});

  auto noise = [](int y, int x) {
    return std::vector<uint8_t>(3, static_cast<uint8_t>(y * 91 + x * x * 57));
  };
  whole = jpeg(64, 64, noise);
  // In the header, in the middle, and the last bytes of the data.
  for (size_t size : {4u, 200u, static_cast<unsigned>(whole.size() / 2)})
    expectBroken(Bytes(whole.begin(), whole.begin() + size), {});
}

TEST_F(Picture, LyingHeaders) {
  expectBroken(pngHeader(70000, 4, false), {"a picture of 70000x4", "65535"});
  expectBroken(pngHeader(60000, 60000, false), {"60000x60000", "268435456"});
  expectBroken(pngHeader(8192, 8192, true), {"8192x8192", "33554432"});
  expectBroken(pngHeader(0, 5, false), {});
  expectBroken(pngHeader(1000, 1000, false), {}); // and has no pixels
  Bytes progressive = jpeg(8, 8, slope, {JCS_RGB, true, 90});
  // The frame's height and width, behind its marker, length and precision.
  for (size_t i = 0; i + 9 < progressive.size(); ++i)
    if (progressive[i] == 0xff && progressive[i + 1] == 0xc2)
      for (size_t k = 5; k < 9; ++k)
        progressive[i + k] = k % 2 ? 0xf0 : 0;
  expectBroken(progressive, {"61440x61440", "33554432"});
}

// Ten thousand scans of one small picture would take a minute of work.
TEST_F(Picture, TooManyScans) {
  Bytes file = jpeg(512, 512, plain({9, 9, 9}), {JCS_RGB, true, 90});
  size_t start = 0, end = file.size() - 2;
  for (size_t i = 0; i + 1 < file.size(); ++i)
    if (file[i] == 0xff && file[i + 1] == 0xda)
      start = i; // the last scan
  Bytes scan(file.begin() + static_cast<ptrdiff_t>(start),
             file.begin() + static_cast<ptrdiff_t>(end));
  file.resize(end);
  for (int i = 0; i < 500; ++i)
    file.insert(file.end(), scan.begin(), scan.end());
  file.insert(file.end(), {0xff, 0xd9});
  Bytes out(3);
  std::string path = write("scans.jpg", file);
  expectError([&] { decodePicture(path, {3, {1, 1}}, out); }, {"scans.jpg"});
}
