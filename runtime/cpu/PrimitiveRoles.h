// Which tensors each kind of primitive takes in each direction, and which of
// them it writes: one table for those who ask the library, who read executables
// and who verify launches.
#pragma once

#include "runtime/Enumerations.h"

#include <initializer_list>

namespace netc::runtime::cpu {

using fb::PrimitiveKind;
using fb::Propagation;
using fb::Role;

class RoleSet {
public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (Role role : roles)
      insert(role);
  }
  constexpr void insert(Role role) { bits |= bit(role); }
  constexpr bool contains(Role role) const { return (bits & bit(role)) != 0; }

private:
  static constexpr uint32_t bit(Role role) {
    return uint32_t{1} << static_cast<unsigned>(role);
  }
  uint32_t bits = 0;
};

/// A row of the table: one kind of primitive in one direction.
struct PrimitiveRoles {
  PrimitiveKind kind;
  Propagation propagation;
  RoleSet needed;
  RoleSet optional; // a scratchpad besides
  RoleSet written;  // what it takes else is read; a scratchpad is written
  bool fusesRelu = false;
  RoleSet withRelu = {}; // needed where a relu is fused, not taken else

  /// Whether a primitive that has `given` must have this role too. A gradient
  /// of a normalisation's scale comes with the scale.
  bool needs(Role role, bool relu, RoleSet given) const;
  /// Whether it may have this role.
  bool takes(Role role, bool relu, RoleSet given) const;
  /// Whether it writes that tensor, of those that it takes; statistics that
  /// are given are read.
  bool writes(Role role, bool givenStatistics) const;
};

/// The table's row; null where the kind has no such direction.
const PrimitiveRoles *findRoles(PrimitiveKind kind, Propagation propagation);

/// Whether the kind takes a mean and a variance.
bool isNormalization(PrimitiveKind kind);

/// Whether the role is memory of the library's own, bytes without a type.
constexpr bool isLibraryMemory(Role role) {
  return role == Role::Workspace || role == Role::Scratchpad;
}

} // namespace netc::runtime::cpu
