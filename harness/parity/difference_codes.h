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

    {"table-missing", Severity::error},
    {"table-extra", Severity::error},
    {"column-missing", Severity::error},
    {"column-extra", Severity::error},
    {"column-type", Severity::error},
    {"column-nullability", Severity::error},
    {"column-order", Severity::error},
    {"column-identity", Severity::error},
    {"column-computed", Severity::error},
    {"default-missing", Severity::error},
    {"default-extra", Severity::error},

    {"primary-key-missing", Severity::error},
    {"primary-key-extra", Severity::error},
    {"primary-key-columns", Severity::error},
    {"unique-missing", Severity::error},
    {"unique-extra", Severity::error},
    {"unique-columns", Severity::error},
    {"unique-nulls", Severity::warning},
    {"unique-as-index", Severity::note},
    {"key-deferrable", Severity::note},

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
    {"check-disabled", Severity::warning},
    {"check-not-trusted", Severity::note},

    {"index-missing", Severity::error},
    {"index-extra", Severity::error},
    {"index-changed", Severity::error},
    {"index-invalid", Severity::warning},

    {"view-missing", Severity::error},
    {"view-extra", Severity::error},
    {"view-columns", Severity::error},
    {"view-materialized", Severity::note},
    {"sequence-missing", Severity::error},
    {"sequence-extra", Severity::error},

    {"trigger-missing", Severity::error},
    {"trigger-extra", Severity::error},
    {"trigger-changed", Severity::error},
    {"routine-missing", Severity::error},
    {"routine-extra", Severity::error},
    {"routine-changed", Severity::error},
    {"type-missing", Severity::error},
    {"type-extra", Severity::error},
    {"type-changed", Severity::error},
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
