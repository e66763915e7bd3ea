// The cheapest choice of options, beside trying all of them.
#include "compiler/select/Assignment.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

using namespace netc::select;

namespace {
/// A graph with its costs, to be solved in both ways.
struct Problem {
  std::vector<std::vector<double>> nodes;
  struct Edge {
    size_t first, second;
    Assignment::Matrix costs;
  };
  std::vector<Edge> edges;

  double costOf(const std::vector<size_t> &options) const {
    double cost = 0;
    for (size_t i = 0; i < nodes.size(); ++i)
      cost += nodes[i][options[i]];
    for (const Edge &edge : edges)
      cost += edge.costs[options[edge.first]][options[edge.second]];
    return cost;
  }

  double least() const {
    std::vector<size_t> options(nodes.size(), 0);
    double best = std::numeric_limits<double>::infinity();
    for (;;) {
      best = std::min(best, costOf(options));
      size_t node = 0;
      while (node < nodes.size() && ++options[node] == nodes[node].size())
        options[node++] = 0;
      if (node == nodes.size())
        return best;
    }
  }

  std::vector<size_t> solve() const {
    Assignment assignment;
    for (const std::vector<double> &costs : nodes)
      assignment.addNode(costs);
    for (const Edge &edge : edges)
      assignment.addEdge(edge.first, edge.second, edge.costs);
    return assignment.solve();
  }
};

class Drawing {
public:
  explicit Drawing(unsigned seed) : generator(seed) {}

  size_t number(size_t least, size_t most) {
    return std::uniform_int_distribution<size_t>(least, most)(generator);
  }
  double cost() { return static_cast<double>(number(0, 20)); }

  Problem nodes(size_t count) {
    Problem problem;
    for (size_t i = 0; i < count; ++i) {
      problem.nodes.emplace_back(number(1, 3));
      for (double &each : problem.nodes.back())
        each = cost();
    }
    return problem;
  }
  void connect(Problem &problem, size_t first, size_t second) {
    Assignment::Matrix costs(problem.nodes[first].size(),
                             std::vector<double>(problem.nodes[second].size()));
    for (std::vector<double> &row : costs)
      for (double &each : row)
        each = cost();
    problem.edges.push_back({first, second, costs});
  }

private:
  std::mt19937 generator;
};
} // namespace

TEST(Assignment, ReordersCountWhereLayoutsDiffer) {
  // By itself the second option of the middle node is cheaper; with what the
  // two edges add it is not.
  Problem problem;
  problem.nodes = {{0}, {10, 4}, {0}};
  problem.edges = {{0, 1, {{0, 5}}}, {1, 2, {{0}, {5}}}};
  EXPECT_EQ(problem.solve(), (std::vector<size_t>{0, 0, 0}));
  problem.edges[1].costs = {{0}, {0}}; // the third is glad of either
  EXPECT_EQ(problem.solve(), (std::vector<size_t>{0, 1, 0}));
}

TEST(Assignment, OfEqualsTheFirst) {
  Problem problem;
  problem.nodes = {{1, 1, 1}, {2, 2}};
  problem.edges = {{0, 1, {{0, 0}, {0, 0}, {0, 0}}}};
  EXPECT_EQ(problem.solve(), (std::vector<size_t>{0, 0}));
}

TEST(Assignment, SeriesParallelGraphsAreSolvedExactly) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drawing draw(seed);
    // A chain, pieces of which are bridged by a parallel branch of one node, as
    // residual blocks are; edges between the same two nodes add up.
    Problem problem = draw.nodes(draw.number(2, 9));
    size_t chain = (problem.nodes.size() + 1) / 2;
    for (size_t i = 1; i < chain; ++i)
      draw.connect(problem, i - 1, i);
    size_t from = 0;
    for (size_t i = chain; i < problem.nodes.size(); ++i) {
      size_t to = draw.number(from, chain - 1);
      draw.connect(problem, from, i);
      if (to != from)
        draw.connect(problem, i, to);
      from = to;
    }
    EXPECT_EQ(problem.costOf(problem.solve()), problem.least());
  }
}

TEST(Assignment, OtherGraphsAreSolvedWell) {
  double found = 0, least = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Drawing draw(seed);
    Problem problem = draw.nodes(7);
    for (size_t i = 0; i < 7; ++i)
      for (size_t j = i + 1; j < 7; ++j)
        if (draw.number(0, 1))
          draw.connect(problem, i, j);
    found += problem.costOf(problem.solve());
    least += problem.least();
    EXPECT_GE(problem.costOf(problem.solve()), problem.least());
  }
  EXPECT_LE(found, 1.05 * least);
}
