// posix_spawn with files for both directions, so that neither side waits.
#include "tools/netc/ChildProcess.h"

#include "runtime/Error.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netc::tools {

namespace {
struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;
} // namespace

static TemporaryFile makeTemporary() {
  TemporaryFile file(std::tmpfile());
  if (!file)
    throw Error(fmt::format("a temporary file cannot be made: {}",
                            std::strerror(errno)));
  return file;
}

std::string runChild(const std::vector<std::string> &command,
                     const std::string &input, const std::string &absent) {
  TemporaryFile in = makeTemporary(), out = makeTemporary();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() ||
      std::fflush(in.get()) != 0)
    throw Error(fmt::format("a temporary file cannot be written: {}",
                            std::strerror(errno)));
  std::rewind(in.get());

  std::vector<char *> arguments;
  for (const std::string &argument : command)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  pid_t child = 0;
  int error = posix_spawnp(&child, arguments[0], &actions, nullptr,
                           arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT)
    throw Error(absent);
  if (error != 0)
    throw Error(fmt::format("`{}` cannot be started: {}", command[0],
                            std::strerror(error)));

  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      throw Error(
          fmt::format("`{}` is lost: {}", command[0], std::strerror(errno)));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw Error(WIFEXITED(status) ? fmt::format("`{}` failed with status {}",
                                                command[0], WEXITSTATUS(status))
                                  : fmt::format("`{}` was killed by signal {}",
                                                command[0], WTERMSIG(status)));
  std::string result;
  std::rewind(out.get());
  char buffer[1 << 14];
  while (size_t count = std::fread(buffer, 1, sizeof buffer, out.get()))
    result.append(buffer, count);
  return result;
}

} // namespace netc::tools
