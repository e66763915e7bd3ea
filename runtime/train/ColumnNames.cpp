// `columns`: a list of objects in JSON, `name` and, of a category,
// `categories`.
#include "runtime/train/ColumnNames.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netc::runtime::train {

static constexpr const char *key = "columns";

using Columns = std::vector<data::Scaling::Column>;

void addColumnMetadata(const data::DatasetInfo &dataset,
                       SafetensorsMetadata &metadata) {
  if (!dataset.scaling)
    return;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const data::Scaling::Column &column : dataset.scaling->columns) {
    nlohmann::ordered_json object{{"name", column.name}};
    if (!column.categories.empty())
      object["categories"] = column.categories;
    list.push_back(std::move(object));
  }
  metadata[key] = list.dump();
}

/// None where the file has none. Throws Error where they are malformed.
static Columns columnsOf(const SafetensorsFile &file) {
  auto text = file.metadata().find(key);
  if (text == file.metadata().end())
    return {};
  nlohmann::json list = nlohmann::json::parse(text->second, /*cb=*/nullptr,
                                              /*allow_exceptions=*/false);
  auto require = [&](bool holds) {
    if (!holds)
      throw Error(fmt::format("{}: `{}` in its metadata is no list of columns",
                              file.path(), key));
  };
  require(list.is_array());
  Columns columns;
  for (const nlohmann::json &object : list) {
    require(object.is_object() && object.contains("name") &&
            object["name"].is_string());
    data::Scaling::Column column{object["name"].get<std::string>(), {}};
    if (object.contains("categories")) {
      require(object["categories"].is_array());
      for (const nlohmann::json &category : object["categories"]) {
        require(category.is_string());
        column.categories.push_back(category.get<std::string>());
      }
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

void checkColumnNames(const SafetensorsFile &file,
                      const data::DatasetInfo &dataset) {
  if (!dataset.scaling)
    return;
  Columns theirs = columnsOf(file);
  const Columns &ours = dataset.scaling->columns;
  if (theirs.empty() || theirs == ours)
    return;
  auto fail = [&](const std::string &what) {
    throw Error(fmt::format("{}: has weights for another table than `{}`: {}",
                            file.path(), dataset.name, what));
  };
  if (theirs.size() != ours.size())
    fail(fmt::format("{} columns, not {}", theirs.size(), ours.size()));
  size_t at = 0;
  while (theirs[at] == ours[at])
    ++at;
  if (theirs[at].name != ours[at].name)
    fail(fmt::format("column {} is {}, not {}", at + 1,
                     quoteName(theirs[at].name), quoteName(ours[at].name)));
  fail(fmt::format("column {} has other categories; to evaluate another file "
                   "with the categories that were trained on, name it with "
                   "`test=`",
                   quoteName(ours[at].name)));
}

} // namespace netc::runtime::train
