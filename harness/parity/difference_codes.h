#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "harness/parity/difference.h"

/// The table of codes, and a way to name one that does not compile when it is misspelt. Private to the room.
namespace paripassu::parity {

inline constexpr auto kDifferenceCodes = std::to_array<DifferenceCode>({
    {"schema-missing", Severity::error},
    {"schema-extra", Severity::error},
    {"name-ambiguous", Severity::error},
    {"database-collation", Severity::warning},

    {"table-missing", Severity::error},
    {"table-extra", Severity::error},
    {"table-renamed", Severity::error},
    {"table-unlogged", Severity::note},
    {"table-inherits", Severity::error},
    {"table-history", Severity::warning},
    {"column-missing", Severity::error},
    {"column-extra", Severity::error},
    {"column-renamed", Severity::error},
    {"column-type", Severity::error},
    {"column-nullability", Severity::error},
    {"column-order", Severity::error},
    {"column-collation", Severity::warning},
    {"column-identity", Severity::error},
    {"identity-kind", Severity::note},
    {"identity-options", Severity::warning},
    {"column-computed", Severity::error},
    {"computed-changed", Severity::error},
    {"default-missing", Severity::error},
    {"default-extra", Severity::error},
    {"default-changed", Severity::error},

    {"primary-key-missing", Severity::error},
    {"primary-key-extra", Severity::error},
    {"primary-key-columns", Severity::error},
    {"unique-missing", Severity::error},
    {"unique-extra", Severity::error},
    {"unique-columns", Severity::error},
    {"unique-nulls", Severity::warning},
    {"unique-as-index", Severity::note},
    {"key-deferrable", Severity::note},
    {"duplicates-ignored", Severity::error},

    {"foreign-key-missing", Severity::error},
    {"foreign-key-extra", Severity::error},
    {"foreign-key-changed", Severity::error},
    {"foreign-key-action", Severity::error},
    {"foreign-key-match", Severity::warning},
    {"foreign-key-disabled", Severity::warning},
    {"foreign-key-not-trusted", Severity::note},
    {"foreign-key-deferrable", Severity::note},

    {"check-missing", Severity::error},
    {"check-extra", Severity::error},
    {"check-changed", Severity::error},
    {"check-disabled", Severity::warning},
    {"check-not-trusted", Severity::note},

    {"index-missing", Severity::error},
    {"index-extra", Severity::error},
    {"index-changed", Severity::error},
    {"index-covered", Severity::note},
    {"index-nulls", Severity::note},
    {"index-invalid", Severity::warning},
    {"constraint-renamed", Severity::note},

    {"view-missing", Severity::error},
    {"view-extra", Severity::error},
    {"view-columns", Severity::error},
    {"view-changed", Severity::error},
    {"view-materialized", Severity::note},
    {"synonym-missing", Severity::error},
    {"synonym-extra", Severity::error},
    {"synonym-changed", Severity::error},
    {"sequence-missing", Severity::error},
    {"sequence-extra", Severity::error},
    {"sequence-changed", Severity::warning},

    {"trigger-missing", Severity::error},
    {"trigger-extra", Severity::error},
    {"trigger-changed", Severity::error},
    {"routine-missing", Severity::error},
    {"routine-extra", Severity::error},
    {"routine-changed", Severity::error},
    {"type-missing", Severity::error},
    {"type-extra", Severity::error},
    {"type-changed", Severity::error},
    {"type-as-check", Severity::note},
    {"enum-labels", Severity::error},

    {"partitioning", Severity::warning},
    {"row-security", Severity::warning},
    {"policy-changed", Severity::warning},
    {"grants", Severity::note},
    {"comment-missing", Severity::note},
    {"comment-extra", Severity::note},
    {"comment-changed", Severity::note},

    {"expression-not-understood", Severity::warning},
    {"expression-caveat", Severity::note},

    {"waiver-unused", Severity::warning},
    {"waiver-expired", Severity::warning},
});

/// A code of the table: `KnownCode("column-typo")` is a compile error.
class KnownCode {
 public:
  // Implicit, so that a call reads `report("column-type", …)`.
  consteval KnownCode(const char* text) : entry_(find(text)) {}  // NOLINT(google-explicit-constructor)
  constexpr const DifferenceCode& operator*() const { return *entry_; }

 private:
  static consteval const DifferenceCode* find(std::string_view text) {
    for (const DifferenceCode& entry : kDifferenceCodes) {
      if (entry.code == text) return &entry;
    }
    throw "this code is not in kDifferenceCodes";
  }

  const DifferenceCode* entry_;
};

}  // namespace paripassu::parity
