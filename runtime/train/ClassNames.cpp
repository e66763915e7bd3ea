// `classes`: a list of strings in JSON.
#include "runtime/train/ClassNames.h"
#include "runtime/Printable.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netc::runtime::train {

static constexpr const char *key = "classes";

SafetensorsMetadata classMetadata(const data::DatasetInfo &dataset) {
  if (dataset.classNames.empty())
    return {};
  return {{key, nlohmann::json(dataset.classNames).dump()}};
}

std::vector<std::string> classNamesOf(const SafetensorsFile &file) {
  auto text = file.metadata().find(key);
  if (text == file.metadata().end())
    return {};
  nlohmann::json list = nlohmann::json::parse(text->second, /*cb=*/nullptr,
                                              /*allow_exceptions=*/false);
  auto fail = [&] {
    throw Error(fmt::format("{}: `{}` in its metadata is no list of names",
                            file.path(), key));
  };
  if (!list.is_array())
    fail();
  std::vector<std::string> names;
  for (const nlohmann::json &name : list) {
    if (!name.is_string())
      fail();
    names.push_back(name.get<std::string>());
  }
  return names;
}

std::string className(const std::vector<std::string> &names, int64_t label) {
  return names.empty() ? fmt::format("class {}", label)
                       : printable(names.at(static_cast<size_t>(label)));
}

void checkClassNames(const SafetensorsFile &file,
                     const data::DatasetInfo &dataset) {
  std::vector<std::string> names = classNamesOf(file);
  if (names.empty() || dataset.classNames.empty() ||
      names == dataset.classNames)
    return;
  if (names.size() != dataset.classNames.size())
    throw Error(fmt::format("{}: has weights for {} classes, data set `{}` has "
                            "{}",
                            file.path(), names.size(), dataset.name,
                            dataset.classNames.size()));
  size_t label = 0;
  while (names[label] == dataset.classNames[label])
    ++label;
  throw Error(fmt::format("{}: has weights of other classes: class {} is {}, "
                          "that of data set `{}` is {}",
                          file.path(), label, quoteName(names[label]),
                          dataset.name, quoteName(dataset.classNames[label])));
}

} // namespace netc::runtime::train
