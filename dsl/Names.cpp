// Edit distance, and the table of other frameworks' names.
#include "dsl/Names.h"

#include "dsl/Characters.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace netc::dsl {

namespace {
struct ForeignName {
  NameContext context;
  std::string_view name;
  std::string_view ours;   // the name here, or empty
  std::string_view answer; // what to do instead, or empty
};
} // namespace

static constexpr ForeignName foreignNames[] = {
#define RENAMED(context, name, ours) {NameContext::context, name, ours, ""},
#define ANSWERED(context, name, answer)                                        \
  {NameContext::context, name, "", answer},
#include "dsl/ForeignNames.def"
};

/// No known name is as long; those that a text gives may be.
static constexpr size_t longestName = 64;

static std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), toLower);
  return result;
}

/// Changes, insertions, deletions and swaps of neighbours that make `a` of `b`
/// (optimal string alignment).
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> beforeLast, last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.size()];
}

std::string_view nearestName(std::string_view name,
                             std::span<const std::string_view> known) {
  if (name.size() > longestName)
    return "";
  std::string wanted = lowered(name);
  size_t best = name.size() / 3 + 1; // a third of it may be wrong, rounded down
  std::string_view nearest;
  for (std::string_view candidate : known) {
    if (candidate.size() > 2 * longestName)
      continue;
    size_t distance = editDistance(wanted, lowered(candidate));
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string listOfNames(std::span<const std::string_view> names,
                        std::string_view lastSeparator) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0)
      text += i + 1 == names.size() ? lastSeparator : ", ";
    text += fmt::format("`{}`", names[i]);
  }
  return text;
}

/// In lower case and without `_`; nothing of a name longer than any known one.
static std::string withoutStyle(std::string_view name) {
  std::string text = lowered(name.substr(0, longestName + 1));
  std::erase(text, '_');
  return text;
}

/// What the first row says that is of this context, meant, and fits; empty if
/// there is none.
static std::string foreignHint(NameContext context,
                               std::span<const std::string_view> known,
                               const auto &isMeant) {
  for (const ForeignName &foreign : foreignNames) {
    if (foreign.context != context || !isMeant(foreign.name))
      continue;
    if (!foreign.answer.empty())
      return std::string(foreign.answer);
    if (std::ranges::find(known, foreign.ours) != known.end())
      return fmt::format("it is called `{}` here", foreign.ours);
  }
  return "";
}

/// The module of `nn.Linear` says nothing.
static std::string_view withoutModule(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

std::string hintForForeign(NameContext context, std::string_view name,
                           std::span<const std::string_view> known) {
  std::string_view word = withoutModule(name);
  auto sameName = [&](std::string_view other) { return other == word; };
  if (std::string hint = foreignHint(context, known, sameName); !hint.empty())
    return hint;
  // `depthwise_conv2d`, unless only its case makes it a name from here.
  std::string bare = withoutStyle(word);
  auto sameWords = [&](std::string_view other) {
    return withoutStyle(other) == bare;
  };
  return std::ranges::any_of(known, sameWords)
             ? ""
             : foreignHint(context, known, sameWords);
}

std::string hintForName(NameContext context, std::string_view name,
                        std::span<const std::string_view> known) {
  constexpr size_t few = 12;
  if (std::string hint = hintForForeign(context, name, known); !hint.empty())
    return hint;
  std::string_view word = withoutModule(name);
  if (std::string_view nearest = nearestName(word, known); !nearest.empty())
    return word == nearest ? fmt::format("write `{}`", nearest)
                           : fmt::format("did you mean `{}`?", nearest);
  if (known.empty() || known.size() > few)
    return "";
  return fmt::format("{} {}", known.size() == 1 ? "there is" : "there are",
                     listOfNames(known, " and "));
}

} // namespace netc::dsl
