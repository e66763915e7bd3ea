// What the simulated device does not forgive, each planted once: it ends the
// process with status 86. And what it must let pass.
#include <cuda.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace {

constexpr int faulty = 86;

class Faults : public testing::Test {
protected:
  static CUdeviceptr alloc(size_t bytes) {
    CUdeviceptr address = 0;
    EXPECT_EQ(cuMemAlloc(&address, bytes), CUDA_SUCCESS);
    return address;
  }
  static CUstream stream() {
    CUstream made = nullptr;
    EXPECT_EQ(cuStreamCreate(&made, CU_STREAM_NON_BLOCKING), CUDA_SUCCESS);
    return made;
  }
  static CUfunction kernel() {
    std::ifstream in(NETC_TWO_POINTERS, std::ios::binary);
    static const std::string image{std::istreambuf_iterator<char>(in), {}};
    CUmodule module = nullptr;
    EXPECT_EQ(cuModuleLoadData(&module, image.data()), CUDA_SUCCESS);
    CUfunction function = nullptr;
    EXPECT_EQ(cuModuleGetFunction(&function, module, "two_pointers"),
              CUDA_SUCCESS);
    return function;
  }
  static void launch(CUfunction function, CUstream stream, size_t bytes) {
    static CUdeviceptr arguments[8] = {};
    void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, arguments,
                     CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes, CU_LAUNCH_PARAM_END};
    cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, stream, nullptr, extra);
  }
};

} // namespace

TEST_F(Faults, CopyOutOfBounds) {
  EXPECT_EXIT(
      {
        char host[200] = {};
        cuMemcpyHtoDAsync(alloc(100), host, 101, stream());
      },
      testing::ExitedWithCode(faulty),
      "cuMemcpyHtoDAsync passes the end of its memory by 1 bytes");
}

TEST_F(Faults, CopyOfTheHostsMemoryAsTheDevices) {
  EXPECT_EXIT(
      {
        void *pinned = nullptr;
        cuMemHostAlloc(&pinned, 64, 0);
        cuMemsetD8Async(reinterpret_cast<CUdeviceptr>(pinned), 0, 64, stream());
      },
      testing::ExitedWithCode(faulty), "takes the host's memory");
}

TEST_F(Faults, OverlappingCopy) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(128);
        cuMemcpyDtoDAsync(memory + 32, memory, 64, stream());
      },
      testing::ExitedWithCode(faulty), "between bytes that overlap");
}

TEST_F(Faults, UseAfterFree) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        cuMemFree(memory);
        cuMemsetD8Async(memory, 0, 64, stream());
      },
      testing::ExitedWithCode(faulty),
      "cuMemsetD8Async uses memory after its free");
}

TEST_F(Faults, UseAfterFreeByACapturedGraph) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        CUstream made = stream();
        CUgraph graph = nullptr;
        CUgraphExec exec = nullptr;
        cuStreamBeginCapture(made, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        cuMemsetD8Async(memory, 0, 64, made);
        cuStreamEndCapture(made, &graph);
        cuGraphInstantiateWithFlags(&exec, graph, 0);
        cuMemFree(memory);
        cuGraphLaunch(exec, made);
      },
      testing::ExitedWithCode(faulty), "uses memory after its free");
}

TEST_F(Faults, FreeWhileInUse) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        cuMemsetD8Async(memory, 0, 64, stream());
        cuMemFree(memory);
      },
      testing::ExitedWithCode(faulty),
      "a free of memory that cuMemsetD8Async still uses");
}

TEST_F(Faults, SecondFree) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        cuMemFree(memory);
        cuMemFree(memory);
      },
      testing::ExitedWithCode(faulty), "a second free");
}

TEST_F(Faults, MissingEventBetweenStreams) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        CUstream one = stream();
        CUstream two = stream();
        cuMemsetD8Async(memory, 1, 64, one);
        cuMemsetD8Async(memory, 2, 64, two);
      },
      testing::ExitedWithCode(faulty),
      "an event is missing between their streams");
}

TEST_F(Faults, EventRecordedTooEarly) {
  EXPECT_EXIT(
      {
        CUdeviceptr memory = alloc(64);
        CUstream one = stream();
        CUstream two = stream();
        CUevent event = nullptr;
        cuEventCreate(&event, 0);
        cuEventRecord(event, one);
        cuMemsetD8Async(memory, 1, 64, one);
        cuStreamWaitEvent(two, event, 0);
        char host[64];
        cuMemcpyDtoHAsync(host, memory, 64, two);
      },
      testing::ExitedWithCode(faulty), "does not wait for cuMemsetD8Async");
}

TEST_F(Faults, WrongArgumentCount) {
  EXPECT_EXIT(launch(kernel(), stream(), 3 * sizeof(CUdeviceptr)),
              testing::ExitedWithCode(faulty),
              "`two_pointers` has 24 bytes of arguments, the kernel takes 16");
}

TEST_F(Faults, WrongArgumentSize) {
  EXPECT_EXIT(launch(kernel(), stream(), 12), testing::ExitedWithCode(faulty),
              "has 12 bytes of arguments, the kernel takes 16");
}

TEST_F(Faults, ImageForAnotherArchitecture) {
  EXPECT_EXIT(
      {
        setenv("NETC_SIMULATED_CAPABILITY", "80", 1);
        kernel();
      },
      testing::ExitedWithCode(faulty),
      "the image is for sm_90, the device is sm_80");
}

TEST_F(Faults, ImageThatIsNone) {
  EXPECT_EXIT(
      {
        CUmodule module = nullptr;
        static const char image[64] = "no image";
        cuModuleLoadData(&module, image);
      },
      testing::ExitedWithCode(faulty), "no ELF object for a GPU");
}

TEST_F(Faults, NoStream) {
  EXPECT_EXIT(cuMemsetD8Async(alloc(64), 0, 64, nullptr),
              testing::ExitedWithCode(faulty), "of no stream");
}

TEST_F(Faults, MemoryLeftAtExit) {
  EXPECT_EXIT(
      {
        alloc(64);
        std::exit(0);
      },
      testing::ExitedWithCode(faulty),
      "at exit 64 bytes of the device are not freed");
}

TEST_F(Faults, StreamLeftAtExit) {
  EXPECT_EXIT(
      {
        stream();
        std::exit(0);
      },
      testing::ExitedWithCode(faulty), "at exit there are 1 streams");
}

// The same work in order passes, and is done when it is waited for, not before.
TEST_F(Faults, NoneInWhatIsRight) {
  EXPECT_EXIT(
      {
        void *pinned = nullptr;
        cuMemHostAlloc(&pinned, 64, 0);
        auto *bytes = static_cast<unsigned char *>(pinned);
        CUdeviceptr memory = alloc(64);
        CUstream one = stream();
        CUstream two = stream();
        CUevent event = nullptr;
        cuEventCreate(&event, 0);
        cuMemsetD8Async(memory, 7, 64, one);
        cuEventRecord(event, one);
        cuStreamWaitEvent(two, event, 0);
        cuMemcpyDtoHAsync(pinned, memory, 64, two);
        if (bytes[0] == 7) // read before anybody waited
          std::exit(1);
        cuStreamSynchronize(two);
        if (bytes[0] != 7 || bytes[63] != 7)
          std::exit(2);
        launch(kernel(), one, 16);
        cuStreamSynchronize(one);
        std::_Exit(0); // the module is not ours to unload here
      },
      testing::ExitedWithCode(0), "");
}
