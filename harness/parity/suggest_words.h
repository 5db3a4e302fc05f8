#pragma once

#include <string>
#include <vector>

#include "harness/parity/suggest.h"
#include "harness/parity/suggest_names.h"

/// Objects in the words of the target's engine, for suggest(). Private to the room.
namespace paripassu::parity {

/// An object as the target's writer takes it, or why it cannot be one. `remarks` may be there either way.
template <typename Object>
struct Worded {
  Object object;
  bool complete = true;  ///< false: an expression could not be written, so that the object must not be made
  std::vector<std::string> remarks;
};

class SuggestWords {
 public:
  /// All must outlive this.
  SuggestWords(const SuggestSide& source, const SuggestSide& target, SuggestNames& names);

  bool same_engine() const { return same_engine_; }

  /// Objects of the source. Columns have their final names; the object's own name is the source's, or none where that
  /// is the server's own.
  Worded<catalog::Column> column(const SuggestedTable& table, const catalog::Column& as_listed);
  /// Type and collation only.
  Worded<catalog::Column> typed(const catalog::Column& source);
  Worded<catalog::Key> key(const SuggestedTable& table, const catalog::Key& source);
  Worded<catalog::Check> check(const SuggestedTable& table, const catalog::Check& source);
  Worded<catalog::Index> index(const SuggestedTable& table, const catalog::Index& source, bool keep_nulls);
  Worded<catalog::ForeignKey> foreign_key(const SuggestedTable& table, const catalog::ForeignKey& source);
  Worded<catalog::Sequence> sequence(const catalog::Sequence& source);
  /// A column of the source with the default that an insert writes: across engines a domain's is that of its columns.
  catalog::Column effective(const catalog::Column& source) const;
  /// Whether the domain of a column of the target gives a default where the column has none of its own.
  bool domain_has_default(const catalog::Column& own) const;
  /// The default of a column; an object without a default where the source's is NULL.
  Worded<catalog::Column> with_default(const SuggestedTable& table, const catalog::Column& base,
                                       const catalog::Column& source);
  Worded<catalog::Column> with_computation(const SuggestedTable& table, const catalog::Column& base,
                                           const catalog::Column& source);

  /// Objects of the target, to be made again, under their names.
  catalog::Column own_column(const SuggestedTable& table, const catalog::Column& own);
  Worded<catalog::Column> own_default(const SuggestedTable& table, const catalog::Column& own);
  Worded<catalog::Column> own_computation(const SuggestedTable& table, const catalog::Column& own);
  Worded<catalog::Key> own_key(const SuggestedTable& table, const catalog::Key& own);
  Worded<catalog::Check> own_check(const SuggestedTable& table, const catalog::Check& own);
  Worded<catalog::Index> own_index(const SuggestedTable& table, const catalog::Index& own);
  Worded<catalog::ForeignKey> own_foreign_key(const SuggestedTable& table, const catalog::ForeignKey& own);

  /// Why the default of a type of the source, which the target takes as it is printed, must not become part of a
  /// statement; empty when it may.
  std::string default_problem(const catalog::UserType& type) const;

  /// Columns that an expression of the target mentions, by its names; all of the table where it cannot be read.
  std::vector<std::string> mentioned(const SuggestedTable& table, const catalog::Expression& own);

 private:
  const catalog::Expression* domain_default(const catalog::Catalog& catalog, const catalog::Column& column) const;

  struct Use {
    const SuggestedTable& table;
    ExpressionUse use;
    const catalog::Type* target = nullptr;
    bool own = false;
  };

  WrittenSql write(const catalog::Expression& expression, const Use& use);
  /// The tree with the target's names and types; false, with a problem, where it calls what the target does not have.
  bool translate(catalog::ExpressionTree& tree, const Use& use, std::string& problem);

  const SuggestSide& source_;
  const SuggestSide& target_;
  SuggestNames& names_;
  bool same_engine_;
};

}  // namespace paripassu::parity
