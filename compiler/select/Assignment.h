// The cheapest choice of one option for each node of a graph, where options
// cost something and so does each pair of options along an edge: a partitioned
// Boolean quadratic problem (Scholz and Eckstein, LCTES 2002), as it is used
// for the layouts of networks (Anderson and Gregg, CGO 2018).
#pragma once

#include <cstddef>
#include <map>
#include <vector>

namespace netc::select {

class Assignment {
public:
  /// The costs of an edge: `costs[i][j]` with option i of the first node and
  /// option j of the second.
  using Matrix = std::vector<std::vector<double>>;

  /// Adds a node by the costs of its options. \returns its number.
  /// \pre there is an option
  size_t addNode(std::vector<double> costs);
  /// Adds an edge between two nodes; several between the same two add up.
  /// \pre the matrix has their numbers of options; the two differ
  void addEdge(size_t first, size_t second, const Matrix &costs);

  /// The option of each node. Exact where the graph reduces by taking away
  /// nodes of at most two edges, as series-parallel ones do; where it does not,
  /// a node of many edges takes what is best with its neighbours' best. Of
  /// equal costs the lower option.
  std::vector<size_t> solve();

private:
  struct Node {
    std::vector<double> costs;
    std::map<size_t, Matrix> edges; // by neighbour; rows are this node's
  };
  /// A node that was taken away, with what it had then.
  struct Reduced {
    size_t number;
    Node node;
  };

  void takeAway(size_t number);
  size_t next() const;
  void settle(size_t number);

  std::vector<Node> nodes;
  std::vector<size_t> left; // the numbers of the nodes that are not taken away
  std::vector<Reduced> reduced;
};

} // namespace netc::select
