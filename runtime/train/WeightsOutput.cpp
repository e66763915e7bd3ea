// Saves to the place asked for, or to the next best.
#include "runtime/train/WeightsOutput.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime::train {

namespace fs = std::filesystem;

WeightsOutput::WeightsOutput(const Programs &programs, const std::string &path,
                             SafetensorsMetadata metadata)
    : programs(programs), path(path), metadata(std::move(metadata)),
      reserved(OutputFile::reserved(
          path, weightsBytes(programs.model(), this->metadata))) {}

void WeightsOutput::save() {
  try {
    if (reserved)
      saveWeights(programs, *reserved, path, metadata);
    else
      saveWeights(programs, path, metadata);
  } catch (const WriteError &error) {
    reserved.reset(); // its room is free again
    if (!error.kept.empty())
      throw;
    saveElsewhere(error.what());
  }
}

/// The folder of a file or, where that is gone, the nearest around it; the
/// current one; the one for temporary files.
static std::vector<fs::path> otherFolders(const std::string &path) {
  std::error_code error;
  fs::path nearest = fs::absolute(followLinks(path), error).parent_path();
  while (!fs::is_directory(nearest, error) && nearest.has_relative_path())
    nearest = nearest.parent_path();
  std::vector<fs::path> folders;
  for (const fs::path &folder :
       {nearest, fs::current_path(error), fs::temp_directory_path(error)})
    if (!folder.empty() &&
        std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  return folders;
}

void WeightsOutput::saveElsewhere(const std::string &why) const {
  std::vector<std::string> refused;
  for (const fs::path &folder : otherFolders(path)) {
    std::string place = (folder / spareName(path)).string();
    std::error_code error; // nothing is written over
    if (fs::symlink_status(place, error).type() != fs::file_type::not_found)
      continue;
    try {
      saveWeights(programs, place, metadata);
    } catch (const WriteError &problem) {
      refused.push_back(problem.what());
      continue;
    }
    throw WriteError(fmt::format("{}; the weights are in {}", why, place),
                     place);
  }
  throw WriteError(fmt::format("{}; the weights are lost: {}", why,
                               fmt::join(refused, "; ")));
}

} // namespace netc::runtime::train
