#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/parity/compare_context.h"

/// What an index says, in numbers that mean the same on both sides. Private to the room.
namespace paripassu::parity {

/// One key of an index. Views into the catalog.
struct IndexItem {
  /// By which the columns pair; meaningless for an expression.
  int column = 0;
  bool is_column = true;
  /// The expression, or how the column is computed; nullopt for a column that is stored as it is given.
  std::optional<catalog::Expression> expression;
  std::optional<NormalForm> form;  ///< of the expression; filled when it is first asked for
  bool descending = false;
  bool nulls_first = false;
  std::string_view operator_class;  ///< within one engine only
  std::string_view collation;       ///< within one engine only; where it is not the column's

  /// Each engine puts NULLs before or after all values, and turns that round for a descending key.
  bool nulls_are_highest() const { return descending == nulls_first; }
};

struct IndexDefinition {
  std::vector<IndexItem> items;
  std::vector<int> included;  ///< sorted
  std::string method;
  bool unique = false;
  /// Absent also where it only leaves out NULLs of a unique key: `many_nulls` says that.
  std::optional<catalog::Expression> predicate;
  std::optional<NormalForm> predicate_form;  ///< filled when it is first asked for
  /// Rows with a NULL in the key may repeat. Not part of the definition: reported by itself.
  bool many_nulls = false;

  /// The columns, where the index does no more and no less than a unique constraint on them; else empty.
  std::vector<int> as_constraint() const;
};

IndexDefinition define_index(CompareContext& context, const TablePair& pair, bool on_left, const catalog::Index& index);
/// The index behind a primary key or unique constraint.
IndexDefinition define_index(CompareContext& context, const TablePair& pair, bool on_left, const catalog::Key& key);

/// Compares indexes of the two sides of a table, and remembers the normal forms of their expressions.
class IndexComparer {
 public:
  IndexComparer(CompareContext& context, const TablePair& pair) : context_(context), pair_(pair) {}

  /// `different` also where anything but an expression differs. NULLs, names and state are not part of it.
  ExpressionMatch compare(IndexDefinition& left, IndexDefinition& right);
  /// The same columns and expressions in the same order, whatever else differs.
  bool same_keys(IndexDefinition& left, IndexDefinition& right);
  /// True when `other`, an index of the other side, begins with the keys of `index` and has all its rows and columns.
  bool covers(IndexDefinition& index, bool on_left, IndexDefinition& other);
  /// What is not understood, or understood with a caveat, of two indexes for which compare() found no difference.
  void report_expressions_of(const CompareContext::Names& names, IndexDefinition& left, IndexDefinition& right);
  /// Where one index keeps NULLs in another order than the other, so that queries may use one only.
  bool nulls_differ(const IndexDefinition& left, const IndexDefinition& right) const;

 private:
  /// The forms are kept where they are asked for: predicates here, keys there.
  const NormalForm& predicate_form(bool on_left, IndexDefinition& definition);
  const NormalForm& key_form(bool on_left, IndexItem& item);
  ExpressionMatch compare_items(IndexItem& left, IndexItem& right);
  ExpressionMatch compare_predicates(IndexDefinition& left, IndexDefinition& right);
  bool is_paired(const IndexItem& item) const;
  bool may_be_null(const IndexItem& item) const;

  CompareContext& context_;
  const TablePair& pair_;
};

}  // namespace paripassu::parity
