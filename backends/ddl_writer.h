#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/catalog/expression_tree.h"

namespace paripassu {

/// A piece of SQL, or the reason why there is none.
struct WrittenSql {
  std::string text;    ///< empty: this engine cannot say it
  std::string remark;  ///< a sentence for people: what is lost, or why there is no text; empty: nothing
};

/// What came of one request for statements.
struct Ddl {
  /// In order; each is one unit, without its end (`;`, GO). May span lines.
  std::vector<std::string> statements;
  /// Sentences for people: what the statements leave out, what they need, or why there are none.
  std::vector<std::string> remarks;
};

/// Where an expression will stand: engines take less in some places.
enum class ExpressionUse { default_value, check, computed, index_key, index_predicate };

/// What must be known of the place where an expression will stand.
struct ExpressionSite {
  ExpressionUse use = ExpressionUse::check;
  /// The type of a column of the table, by its name in this engine; nullptr when it is not known. May be empty.
  std::function<const catalog::Type*(std::string_view column)> column_type;
  /// Of a default or computed column: the column's own type. nullptr: not known.
  const catalog::Type* target = nullptr;
  /// The tree was read from a catalog of this very engine, so that every function it calls exists.
  bool own = false;
};

/// The table that a statement is about: in its schema, with its columns as they are when the statement runs.
struct DdlTable {
  std::string_view schema;
  const catalog::Table& table;
};

/// An object that a comment is on. `name` is empty where the table or view itself is meant; `table` is empty for a
/// sequence or a schema.
struct CommentedObject {
  enum class Kind { schema, table, view, materialized_view, column, constraint, index, sequence };
  Kind kind = Kind::table;
  std::string schema;
  std::string table;
  std::string name;
  bool of_view = false;  ///< of a column or index: `table` is a view
};

/// Writes statements in this engine's dialect. Pure and thread-safe: no connection, no state; equal questions have
/// equal answers. Nothing that it writes is executed by the program.
///
/// Objects are given *in this engine's own words*: names, `Type::printed` and `Expression::printed` are what the
/// statement will say, so whoever asks has put an object of another engine through `translated_type` and `expression`
/// first. An object of a catalog of this engine is in its own words as it is. An empty name of a key, check or foreign
/// key leaves the name to the server.
///
/// What an engine cannot do is never silently left out: the answer has a remark. Where the whole request cannot be met,
/// it has no statement.
class DdlWriter {
 public:
  virtual ~DdlWriter() = default;

  // Words.

  /// A type of this engine's own catalog, as a statement says it.
  virtual WrittenSql own_type(const catalog::Type& type) const = 0;
  /// The type of this engine that holds the values of a type of another one, by its meaning. Where none does, the
  /// nearest one, with a remark.
  virtual WrittenSql translated_type(const catalog::Type& type) const = 0;
  /// What a type's name in a cast means (`ExpressionTree::Kind::cast`); nullopt for one that is not the engine's own.
  virtual std::optional<catalog::Type> type_of_name(std::string_view name) const = 0;
  /// A collation that compares texts this way, as a statement names it.
  virtual WrittenSql collation(const catalog::CollationMeaning& meaning) const = 0;
  /// The expression, whose columns and sequences have the names they have in this engine. The text of casts is a type
  /// of this engine.
  virtual WrittenSql expression(const catalog::ExpressionTree& tree, const ExpressionSite& site) const = 0;
  /// Whether an index puts NULLs first unless it is told otherwise.
  virtual bool nulls_first_by_default(bool descending) const = 0;
  /// Whether keys and plain indexes stay when a column's type or nullability is altered. Otherwise a column can only be
  /// altered while none of these, no check and no foreign key uses it.
  virtual bool keys_follow_columns() const = 0;
  /// A statement with its end, as the engine's script reader expects it; with the line break. Empty when no script can
  /// hold the statement, since the engine's client would take a part of a name or text for a command or variable.
  virtual std::string terminated(std::string_view statement) const = 0;
  /// What a script of these statements begins with; may be empty.
  virtual std::vector<std::string> opening() const = 0;

  // Whole objects.

  virtual Ddl create_schema(std::string_view schema) const = 0;
  virtual Ddl create_sequence(std::string_view schema, const catalog::Sequence& sequence) const = 0;
  virtual Ddl alter_sequence(std::string_view schema, const catalog::Sequence& before,
                             const catalog::Sequence& after) const = 0;
  virtual Ddl drop_sequence(std::string_view schema, const catalog::Sequence& sequence) const = 0;
  virtual Ddl create_type(std::string_view schema, const catalog::UserType& type) const = 0;
  /// With its columns, primary key, unique constraints and checks; without foreign keys, indexes and comments, which
  /// are statements of their own.
  virtual Ddl create_table(const DdlTable& table) const = 0;
  virtual Ddl rename_table(const DdlTable& table, std::string_view name) const = 0;
  virtual Ddl drop_table(const DdlTable& table) const = 0;
  virtual Ddl set_persistent(const DdlTable& table, bool persistent) const = 0;

  // Columns.

  virtual Ddl add_column(const DdlTable& table, const catalog::Column& column) const = 0;
  virtual Ddl rename_column(const DdlTable& table, std::string_view before, std::string_view after) const = 0;
  virtual Ddl drop_column(const DdlTable& table, const catalog::Column& column) const = 0;
  /// Type, collation and nullability.
  virtual Ddl alter_column(const DdlTable& table, const catalog::Column& before,
                           const catalog::Column& after) const = 0;
  /// `after` has a default; `before` may have one.
  virtual Ddl set_default(const DdlTable& table, const catalog::Column& before, const catalog::Column& after) const = 0;
  virtual Ddl drop_default(const DdlTable& table, const catalog::Column& before) const = 0;
  /// Identity: given, taken away, of another kind or with other options.
  virtual Ddl alter_identity(const DdlTable& table, const catalog::Column& before,
                             const catalog::Column& after) const = 0;
  /// A computed column that is not to be one any more: the values stay. Without a statement where they cannot.
  virtual Ddl drop_computation(const DdlTable& table, const catalog::Column& before) const = 0;

  // Keys, checks, indexes.

  virtual Ddl add_key(const DdlTable& table, const catalog::Key& key, bool primary) const = 0;
  /// Whether `add_key` makes an index instead of a constraint of this unique key.
  virtual bool key_is_index(const DdlTable& table, const catalog::Key& key) const = 0;
  virtual Ddl drop_key(const DdlTable& table, const catalog::Key& key, bool primary) const = 0;
  virtual Ddl add_check(const DdlTable& table, const catalog::Check& check) const = 0;
  virtual Ddl drop_check(const DdlTable& table, const catalog::Check& check) const = 0;
  virtual Ddl add_index(const DdlTable& table, const catalog::Index& index) const = 0;
  virtual Ddl drop_index(const DdlTable& table, const catalog::Index& index) const = 0;
  /// Makes a disabled or invalid index valid.
  virtual Ddl rebuild_index(const DdlTable& table, const catalog::Index& index) const = 0;
  virtual Ddl add_foreign_key(const DdlTable& table, const catalog::ForeignKey& key) const = 0;
  virtual Ddl drop_foreign_key(const DdlTable& table, const catalog::ForeignKey& key) const = 0;
  virtual Ddl rename_constraint(const DdlTable& table, std::string_view before, std::string_view after,
                                bool is_index) const = 0;

  /// `after` absent: the comment goes.
  virtual Ddl set_comment(const CommentedObject& object, const std::optional<std::string>& before,
                          const std::optional<std::string>& after) const = 0;
};

}  // namespace paripassu
