// Speaks with netc-plan and keeps what it says.
#include "compiler/targets/cuda/Planner.h"

#include "runtime/CacheFolder.h"
#include "runtime/Error.h"
#include "runtime/InputFile.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace netc::cuda {

using nlohmann::json;
namespace filesystem = std::filesystem;

PlannerOptions plannerOptions() {
  PlannerOptions options;
  std::error_code code;
  filesystem::path self = filesystem::read_symlink("/proc/self/exe", code);
  options.program = (self.parent_path() / "netc-plan").string();
  options.cacheFolder = runtime::cacheFolder("cuda-plans");
  return options;
}

/// netc-plan, while it runs: it answers each line with a line.
class Planner::Process {
public:
  Process(const std::string &program, const std::string &device);
  ~Process();
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  json ask(const std::string &line);
  int64_t version() const { return cudnnVersion; }

private:
  json read();
  [[noreturn]] void fail();

  int channel = -1; // a socket, so that writing to the dead is no signal
  pid_t child = -1;
  std::string received;
  int64_t cudnnVersion = 0;
};

Planner::Process::Process(const std::string &program,
                          const std::string &device) {
  if (::access(program.c_str(), X_OK) != 0)
    throw Error(fmt::format("this netc was built without CUDA and cuDNN (there "
                            "is no {}): it compiles for `cpu` only; "
                            "tools/bootstrap --cuda gets them",
                            program));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(
        fmt::format("the planner cannot be started: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  char *arguments[] = {const_cast<char *>(program.c_str()), nullptr};
  int code = ::posix_spawn(&child, program.c_str(), &actions, nullptr,
                           arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  channel = ends[0];
  if (code != 0) {
    ::close(channel);
    throw Error(
        fmt::format("{} cannot be started: {}", program, std::strerror(code)));
  }
  try {
    json first = ask(device);
    if (first.contains("error"))
      throw Error(first["error"].get<std::string>());
    cudnnVersion = first.value("cudnn", int64_t(0));
  } catch (...) {
    ::close(channel);
    if (child > 0)
      ::waitpid(child, nullptr, 0);
    throw;
  }
}

Planner::Process::~Process() {
  ::close(channel); // the end of its input ends it
  if (child > 0)
    ::waitpid(child, nullptr, 0);
}

void Planner::Process::fail() {
  int status = 0;
  ::shutdown(channel, SHUT_RDWR);
  ::waitpid(child, &status, 0);
  child = -1;
  throw Error(fmt::format("the planner ended without an answer ({} {})",
                          WIFSIGNALED(status) ? "signal" : "status",
                          WIFSIGNALED(status) ? WTERMSIG(status)
                                              : WEXITSTATUS(status)));
}

json Planner::Process::ask(const std::string &line) {
  if (child < 0)
    throw Error("the planner has ended");
  std::string message = line + "\n";
  size_t sent = 0;
  while (sent < message.size()) {
    ssize_t count = ::send(channel, message.data() + sent,
                           message.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      fail();
    sent += static_cast<size_t>(count);
  }
  return read();
}

json Planner::Process::read() {
  size_t end;
  while ((end = received.find('\n')) == std::string::npos) {
    char buffer[65536];
    ssize_t count = ::recv(channel, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      fail();
    received.append(buffer, static_cast<size_t>(count));
  }
  json answer = json::parse(received.substr(0, end), nullptr, false);
  received.erase(0, end + 1);
  if (!answer.is_object())
    fail();
  return answer;
}

static uint64_t hash(std::string_view text) { // FNV-1a, 64 bits
  uint64_t value = 0xcbf29ce484222325;
  for (unsigned char c : text)
    value = (value ^ c) * 0x100000001b3;
  return value;
}

Planner::Planner(std::string device, PlannerOptions options)
    : device(std::move(device)), options(std::move(options)) {}

Planner::Planner(Planner &&other) noexcept = default;
Planner::~Planner() = default;

std::string Planner::cachePath(const std::string &graph) const {
  uint64_t key =
      hash(fmt::format("{}\n{}\n{}", process->version(), device, graph));
  return (filesystem::path(options.cacheFolder) /
          fmt::format("{:016x}.json", key))
      .string();
}

// The file says itself what it is for, so that equal hashes do no harm.
bool Planner::readCached(const std::string &graph, Answer &into) const {
  if (options.cacheFolder.empty())
    return false;
  std::string path = cachePath(graph);
  if (!runtime::problemOfInput(path).empty())
    return false;
  std::ifstream in(path, std::ios::binary);
  json entry = json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!entry.is_object() || entry.value("cudnn", json()) != process->version())
    return false;
  auto hasText = [&](const char *name) {
    return entry.contains(name) && entry[name].is_string();
  };
  if (!hasText("device") || !hasText("graph") || entry["device"] != device ||
      entry["graph"] != graph)
    return false;
  if (hasText("refusal")) {
    into.refusal = entry["refusal"];
    return true;
  }
  if (!hasText("engine") || !hasText("plan") || !entry.contains("workspace") ||
      !entry["workspace"].is_number_unsigned())
    return false;
  into.plan = {entry["engine"], entry["workspace"], entry["plan"]};
  return true;
}

// A cache that cannot be written is no error: the plan is there.
void Planner::keep(const std::string &graph, const Answer &answer) const {
  if (options.cacheFolder.empty())
    return;
  json entry = {
      {"cudnn", process->version()}, {"device", device}, {"graph", graph}};
  if (answer.refusal.empty())
    entry.update({{"engine", answer.plan.engine},
                  {"workspace", answer.plan.workspaceBytes},
                  {"plan", answer.plan.plan}});
  else
    entry["refusal"] = answer.refusal;
  runtime::keepCached(cachePath(graph), entry.dump() + '\n');
}

const PlannedGraph &Planner::plan(const std::string &graph) {
  const Answer &answer = find(graph);
  if (!answer.refusal.empty())
    throw Error(answer.refusal);
  return answer.plan;
}

bool Planner::hasEngine(const std::string &graph) {
  return find(graph).refusal.empty();
}

const Planner::Answer &Planner::find(const std::string &graph) {
  if (auto found = answers.find(graph); found != answers.end())
    return found->second;
  if (!process)
    process = std::make_unique<Process>(options.program, device);
  Answer answer;
  if (readCached(graph, answer)) {
    ++cachedCount;
  } else {
    json said = process->ask(graph);
    ++askedCount;
    if (said.value("no_engine", false))
      answer.refusal = said.at("error");
    else if (said.contains("error"))
      throw Error(said["error"].get<std::string>());
    else
      answer.plan = {said.at("engine"), said.at("workspace"), said.at("plan")};
    keep(graph, answer);
  }
  return answers.emplace(graph, std::move(answer)).first->second;
}

} // namespace netc::cuda
