// Generated code does what the kernels say, on whole vectors and on the rest,
// needs no library, and is the same at every compilation.
#include "test/unit/kernel/Loaded.h"

#include "compiler/targets/cpu/CpuTarget.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace netc;
using namespace netc::kernel;

namespace {

constexpr int64_t count = 1003; // not a multiple of any vector

/// 64-byte aligned, as the arena's buffers are.
struct Floats {
  alignas(64) float values[count] = {};
};

std::string replaceAll(std::string text, const std::string &from,
                       const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// y = OP(x): vectors shared among the parts, the last part takes the rest.
std::string pointwise(const std::string &op, int64_t width) {
  const char *text = R"(
    kernel.func @apply(%y: memref<1003xf32>, %x: memref<1003xf32>, %part: index, %parts: index)
        attributes {access = ["write", "read"]} {
      %c1 = arith.constant 1 : index
      %width = arith.constant WIDTH : index
      %vectors = arith.constant VECTORS : index
      %rest = arith.constant REST : index
      %count = arith.constant 1003 : index
      %next = arith.addi %part, %c1 : index
      %scaled = arith.muli %vectors, %part : index
      %first = arith.divui %scaled, %parts : index
      %scaledNext = arith.muli %vectors, %next : index
      %end = arith.divui %scaledNext, %parts : index
      scf.for %i = %first to %end step %c1 {
        %at = arith.muli %i, %width : index
        %v = vector.load %x[%at] : memref<1003xf32>, vector<WIDTHxf32>
        %r = OP %v : vector<WIDTHxf32>
        vector.store %r, %y[%at] : memref<1003xf32>, vector<WIDTHxf32>
      }
      %isLast = arith.cmpi eq, %next, %parts : index
      scf.if %isLast {
        scf.for %i = %rest to %count step %c1 {
          %v = memref.load %x[%i] : memref<1003xf32>
          %r = OP %v : f32
          memref.store %r, %y[%i] : memref<1003xf32>
        }
      }
      kernel.return
    })";
  int64_t vectors = count / width;
  std::string body = replaceAll(text, "OP", op);
  body = replaceAll(body, "REST", std::to_string(vectors * width));
  body = replaceAll(body, "VECTORS", std::to_string(vectors));
  return replaceAll(body, "WIDTH", std::to_string(width));
}

void call(const runtime::cpu::SharedObject &code, const char *name,
          std::vector<void *> arguments, int64_t parts = 1) {
  runtime::cpu::KernelFunction function = code.kernel(name);
  for (int64_t part = 0; part < parts; ++part)
    function(arguments.data(), part, parts);
}

// Of a NaN, an infinity, a denormal number and a range of ordinary ones.
Floats inputs(float low, float high) {
  Floats x;
  for (int64_t i = 0; i < count; ++i)
    x.values[i] = low + (high - low) * static_cast<float>(i) / (count - 1);
  return x;
}

struct Function {
  const char *op;
  double (*exact)(double);
  float low, high;
  double tolerance; // relative to the larger of the result and 1e-3
};

void PrintTo(const Function &function, std::ostream *out) {
  *out << function.op;
}

class MathTest : public testing::TestWithParam<Function> {};

} // namespace

TEST_P(MathTest, IsAPolynomialCloseToTheFunction) {
  const Function &function = GetParam();
  for (std::string isa : {"avx2", "avx512"}) {
    if (isa > "avx2" && runtime::cpu::hostIsa() == "avx2")
      continue;
    runtime::cpu::SharedObject code =
        load(pointwise(function.op, isa == "avx2" ? 8 : 16), isa);
    Floats x = inputs(function.low, function.high), y;
    call(code, "apply", {y.values, x.values}, 3);
    double worst = 0;
    for (int64_t i = 0; i < count; ++i) {
      double exact = function.exact(x.values[i]);
      double error =
          std::abs(y.values[i] - exact) / std::max(std::abs(exact), 1e-3);
      EXPECT_LT(error, function.tolerance)
          << function.op << "(" << x.values[i] << ")";
      worst = std::max(worst, error);
    }
    RecordProperty(isa, std::to_string(worst));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Functions, MathTest,
    testing::Values(Function{"math.exp", std::exp, -80, 80, 3e-7},
                    Function{"math.log", std::log, 1e-3f, 1e4f, 3e-7},
                    Function{"math.log1p", std::log1p, -0.9f, 100, 3e-6},
                    Function{"math.expm1", std::expm1, -10, 10, 3e-6},
                    Function{"math.tanh", std::tanh, -10, 10, 1e-6},
                    Function{"math.erf", std::erf, -4, 4, 1e-5},
                    Function{"math.sin", std::sin, -10, 10, 3e-4},
                    Function{"math.sqrt", std::sqrt, 0, 1e4f, 1e-7},
                    Function{"math.rsqrt",
                             [](double x) { return 1 / std::sqrt(x); }, 1e-3f,
                             1e3f, 3e-7},
                    Function{"math.floor", std::floor, -10, 10, 1e-12},
                    Function{"math.round", std::round, -10.3f, 10.1f, 1e-12}));

TEST(Code, ExpOfExtremes) {
  runtime::cpu::SharedObject code = load(pointwise("math.exp", 8), "avx2");
  const float infinity = std::numeric_limits<float>::infinity();
  Floats x, y;
  for (float *at : {x.values, x.values + 1000}) { // in a vector and in the rest
    at[0] = infinity;
    at[1] = -infinity;
    at[2] = std::numeric_limits<float>::quiet_NaN();
  }
  call(code, "apply", {y.values, x.values});
  for (float *at : {y.values, y.values + 1000}) {
    EXPECT_EQ(at[0], infinity);
    EXPECT_NEAR(at[1], 0, 1e-38);
    EXPECT_TRUE(std::isnan(at[2]));
  }
  EXPECT_EQ(y.values[3], 1);
}

TEST(Code, PartsDoAllOfTheWork) {
  runtime::cpu::SharedObject code = load(pointwise("math.exp", 8), "avx2");
  Floats x = inputs(-3, 3), whole, shared;
  call(code, "apply", {whole.values, x.values});
  call(code, "apply", {shared.values, x.values}, 7);
  EXPECT_EQ(std::memcmp(&whole, &shared, sizeof whole), 0);
}

TEST(Code, InPlace) {
  runtime::cpu::SharedObject code = load(pointwise("math.exp", 8), "avx2");
  Floats x = inputs(-3, 3), y;
  call(code, "apply", {y.values, x.values});
  call(code, "apply", {x.values, x.values});
  EXPECT_EQ(std::memcmp(&x, &y, sizeof x), 0);
}

TEST(Code, ReducesAndViewsInMoreDimensions) {
  // s[i] = sum over j of x[i, j], through a collapsed view and a vector.
  runtime::cpu::SharedObject code = load(R"(
    kernel.func @sums(%s: memref<3xf32>, %x: memref<3x4x8xf32>, %part: index, %parts: index)
        attributes {access = ["write", "read"], serial} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c8 = arith.constant 8 : index
      %c32 = arith.constant 32 : index
      %zero = arith.constant dense<0.0> : vector<8xf32>
      %rows = memref.collapse_shape %x [[0], [1, 2]] : memref<3x4x8xf32> into memref<3x32xf32>
      scf.for %i = %c0 to %c3 step %c1 {
        %sum = scf.for %j = %c0 to %c32 step %c8 iter_args(%lanes = %zero) -> (vector<8xf32>) {
          %v = vector.load %rows[%i, %j] : memref<3x32xf32>, vector<8xf32>
          %next = arith.addf %lanes, %v : vector<8xf32>
          scf.yield %next : vector<8xf32>
        }
        %total = vector.reduction <add>, %sum : vector<8xf32> into f32
        memref.store %total, %s[%i] : memref<3xf32>
      }
      kernel.return
    })",
                                         "avx2");
  Floats x, s;
  for (int i = 0; i < 96; ++i)
    x.values[i] = static_cast<float>(i);
  call(code, "sums", {s.values, x.values});
  EXPECT_EQ(s.values[0], 496);  // 0 + ... + 31
  EXPECT_EQ(s.values[1], 1520); // 32 + ... + 63
  EXPECT_EQ(s.values[2], 2544);
}

TEST(Code, FillsWithoutALibrary) {
  // A loop that an optimiser likes to make a call of memset of.
  runtime::cpu::SharedObject code = load(R"(
    kernel.func @fill(%x: memref<1003xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %count = arith.constant 1003 : index
      %zero = arith.constant 0.0 : f32
      scf.for %i = %c0 to %count step %c1 {
        memref.store %zero, %x[%i] : memref<1003xf32>
      }
      kernel.return
    })");
  Floats x = inputs(1, 2);
  call(code, "fill", {x.values});
  for (float value : x.values)
    EXPECT_EQ(value, 0);
}

TEST(Code, CallOfALibraryIsAnErrorThatNamesTheKernel) {
  EXPECT_EQ(compileError(R"(
    kernel.func @halves(%x: memref<1xf32>, %part: index, %parts: index) attributes {access = ["readwrite"]} {
      %c0 = arith.constant 0 : index
      %v = memref.load %x[%c0] : memref<1xf32>
      %d = arith.extf %v : f32 to f64
      %e = math.exp %d : f64
      %r = arith.truncf %e : f64 to f32
      memref.store %r, %x[%c0] : memref<1xf32>
      kernel.return
    })"),
            "kernel `halves` calls `exp`, which generated code cannot: it is "
            "linked with no library");
}

TEST(Code, IsTheSameEveryTime) {
  auto context = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> module =
      parse(*context, pointwise("math.tanh", 16), "avx512");
  std::vector<uint8_t> first = llvm::cantFail(generateCode(*module));
  auto other = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> again =
      parse(*other, pointwise("math.tanh", 16), "avx512");
  EXPECT_EQ(first, llvm::cantFail(generateCode(*again)));
  EXPECT_EQ(first, llvm::cantFail(generateCode(*module)));
}

TEST(Code, IsForTheTargetNotTheHost) {
  auto context = makeContext();
  auto text = [&](const std::string &isa) {
    return llvm::cantFail(
        printLlvm(*parse(*context, pointwise("math.sqrt", 8), isa)));
  };
  EXPECT_NE(text("avx2").find("\"target-cpu\"=\"x86-64-v3\""),
            std::string::npos);
  EXPECT_NE(text("avx512").find("\"target-cpu\"=\"x86-64-v4\""),
            std::string::npos);
  EXPECT_NE(text("avx512").find("\"prefer-vector-width\"=\"512\""),
            std::string::npos);
}

TEST(Code, IsEmptyWithoutKernels) {
  auto context = makeContext();
  EXPECT_TRUE(llvm::cantFail(generateCode(*parse(*context, ""))).empty());
}
