// Reductions of nodes with no, one or two edges, which are exact; else one node
// is settled by itself. Then backwards: each node with its neighbours known.
#include "compiler/select/Assignment.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace netc::select {

static constexpr double unbounded = std::numeric_limits<double>::infinity();

size_t Assignment::addNode(std::vector<double> costs) {
  assert(!costs.empty() && "a node without an option has no solution");
  nodes.push_back({std::move(costs), {}});
  return nodes.size() - 1;
}

static Assignment::Matrix transposed(const Assignment::Matrix &matrix) {
  Assignment::Matrix result(matrix.front().size(),
                            std::vector<double>(matrix.size()));
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t j = 0; j < matrix[i].size(); ++j)
      result[j][i] = matrix[i][j];
  return result;
}

static void addTo(Assignment::Matrix &sum, const Assignment::Matrix &more) {
  if (sum.empty()) {
    sum = more;
    return;
  }
  for (size_t i = 0; i < sum.size(); ++i)
    for (size_t j = 0; j < sum[i].size(); ++j)
      sum[i][j] += more[i][j];
}

void Assignment::addEdge(size_t first, size_t second, const Matrix &costs) {
  assert(first != second && costs.size() == nodes[first].costs.size() &&
         costs.front().size() == nodes[second].costs.size());
  addTo(nodes[first].edges[second], costs);
  addTo(nodes[second].edges[first], transposed(costs));
}

/// Folds a node of at most two edges into its neighbours: whatever they take,
/// it takes what is then best.
void Assignment::takeAway(size_t number) {
  Node node = std::move(nodes[number]);
  std::vector<size_t> neighbours;
  for (const auto &[neighbour, matrix] : node.edges) {
    neighbours.push_back(neighbour);
    nodes[neighbour].edges.erase(number);
  }
  assert(neighbours.size() <= 2);
  auto leastWith = [&](auto &&costOf) {
    double least = unbounded;
    for (size_t i = 0; i < node.costs.size(); ++i)
      least = std::min(least, node.costs[i] + costOf(i));
    return least;
  };
  if (neighbours.size() == 1) {
    Node &other = nodes[neighbours[0]];
    const Matrix &edge = node.edges[neighbours[0]];
    for (size_t j = 0; j < other.costs.size(); ++j)
      other.costs[j] += leastWith([&](size_t i) { return edge[i][j]; });
  } else if (neighbours.size() == 2) {
    size_t a = neighbours[0], b = neighbours[1];
    Matrix between(nodes[a].costs.size(),
                   std::vector<double>(nodes[b].costs.size()));
    for (size_t j = 0; j < between.size(); ++j)
      for (size_t k = 0; k < between[j].size(); ++k)
        between[j][k] = leastWith([&](size_t i) {
          return node.edges[a][i][j] + node.edges[b][i][k];
        });
    addEdge(a, b, between);
  }
  reduced.push_back({number, std::move(node)});
}

/// Of the nodes that are left the one with the fewest edges; where all have
/// three or more, the one with the most.
size_t Assignment::next() const {
  auto edgesOf = [&](size_t number) { return nodes[number].edges.size(); };
  size_t fewest = *std::ranges::min_element(left, {}, edgesOf);
  return edgesOf(fewest) <= 2 ? fewest
                              : *std::ranges::max_element(left, {}, edgesOf);
}

/// Leaves a node only the option that is best with its neighbours' best.
void Assignment::settle(size_t number) {
  Node &node = nodes[number];
  std::vector<double> costs = node.costs;
  for (const auto &[neighbour, matrix] : node.edges)
    for (size_t i = 0; i < costs.size(); ++i) {
      double least = unbounded;
      for (size_t j = 0; j < matrix[i].size(); ++j)
        least = std::min(least, matrix[i][j] + nodes[neighbour].costs[j]);
      costs[i] += least;
    }
  auto option =
      static_cast<size_t>(std::ranges::min_element(costs) - costs.begin());
  Node settled = std::move(node);
  for (const auto &[neighbour, matrix] : settled.edges) {
    Node &other = nodes[neighbour];
    for (size_t j = 0; j < other.costs.size(); ++j)
      other.costs[j] += matrix[option][j];
    other.edges.erase(number);
  }
  for (size_t i = 0; i < settled.costs.size(); ++i)
    if (i != option)
      settled.costs[i] = unbounded;
  settled.edges.clear();
  reduced.push_back({number, std::move(settled)});
}

std::vector<size_t> Assignment::solve() {
  std::vector<size_t> options(nodes.size());
  left.resize(nodes.size());
  std::iota(left.begin(), left.end(), size_t{0});
  while (!left.empty()) {
    size_t number = next();
    std::erase(left, number);
    if (nodes[number].edges.size() <= 2)
      takeAway(number);
    else
      settle(number);
  }
  // Later ones are left of earlier ones: a node's neighbours come before it.
  for (; !reduced.empty(); reduced.pop_back()) {
    auto &[number, node] = reduced.back();
    for (const auto &[neighbour, matrix] : node.edges)
      for (size_t i = 0; i < node.costs.size(); ++i)
        node.costs[i] += matrix[i][options[neighbour]];
    options[number] = static_cast<size_t>(std::ranges::min_element(node.costs) -
                                          node.costs.begin());
  }
  return options;
}

} // namespace netc::select
