#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/type.h"
#include "harness/project/configuration.h"

namespace paripassu {

enum class TypeMatch {
  same,        ///< the same values
  compatible,  ///< the same values but for a loss that is named
  different,
};

/// "same", "compatible", "different".
std::string_view to_string(TypeMatch match);

/// One row of the table of equivalences between two engines, in either direction: docs/type-mapping.md shows the same
/// rows in the same order. What no row allows is different.
struct TypeRule {
  catalog::TypeFamily one;
  catalog::TypeFamily other;
  std::string_view when;  ///< the condition, for people
  TypeMatch match;
  std::string_view loss;  ///< what one side loses; empty for `same`
  /// The condition. Called with a type of family `one` first; symmetric where the families are equal.
  bool (*applies)(const catalog::Type& one, const catalog::Type& other);
};

/// Rows are tried in this order; the first that applies decides.
std::span<const TypeRule> type_rules();

struct TypeComparison {
  TypeMatch match = TypeMatch::different;
  std::string reason;  ///< of `compatible`, for people
};

/// Compares types of two engines, on what they mean alone: by `type_rules`. Arrays need equal dimensions; domains and
/// alias types count as what they are based on. Symmetric.
TypeComparison compare_types(const catalog::Type& left, const catalog::Type& right);

/// Compares types of one engine: same when everything but the way they are printed is, different else. Symmetric.
TypeComparison compare_types_of_one_engine(const catalog::Type& left, const catalog::Type& right, NameMatching names);

/// Of the types of two columns that pair, the one by which the literals beside them are read: one for both sides, so
/// that 0 and false, or a text and JSON, are found alike where one side stores a truth as a number or JSON as a text.
/// Either argument may be the result.
const catalog::Type& type_for_literals(const catalog::Type& own, const catalog::Type& other);

/// A printed type in the form in which EquivalentTypes are matched: lower case, no needless blanks, no quotes or
/// brackets around names, aliases replaced ("VARCHAR (40)" and "character varying(40)" are "varchar(40)";
/// "timestamptz(3)" is "timestamp(3) with time zone"; "numeric(10)" is "numeric(10,0)").
std::string normalise_type_name(std::string_view printed);

/// The reasons that a team gave for pairs of types. Built once per comparison.
class DeclaredEquivalences {
 public:
  DeclaredEquivalences(const std::vector<EquivalentTypes>& declared, const std::string& left_engine,
                       const std::string& right_engine);
  /// The declared reason (or a sentence that says it was declared), or nullptr when the pair is not declared.
  const std::string* find(const catalog::Type& left, const catalog::Type& right) const;

 private:
  struct Entry {
    std::string left;
    std::string right;
    std::string reason;
  };
  std::vector<Entry> entries_;
};

}  // namespace paripassu
