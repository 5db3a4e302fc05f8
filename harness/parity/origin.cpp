#include "harness/parity/origin.h"

#include <algorithm>
#include <initializer_list>

#include "harness/parity/definition_statement.h"
#include "harness/parity/names.h"

namespace paripassu {

using parity::ColumnMention;
using parity::DefinitionStatement;
using parity::DefinitionWord;
using parity::WordPath;
using Verb = parity::DefinitionStatement::Verb;

namespace {

/// A chain of renamings that is longer is a circle.
constexpr int kRenamesMax = 100;

std::string fold(std::string_view name) {
  return fold_name(name, NameMatching::ignore_case);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> wanted) {
  return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
}

/// What about a column a code speaks of.
unsigned wanted_parts(std::string_view code) {
  using namespace parity;
  if (code == "column-type" || code == "column-collation") return kColumnType;
  if (code == "column-nullability") return kColumnNullability;
  if (code.starts_with("default-")) return kColumnDefault;
  if (code == "column-identity" || code.starts_with("identity-")) return kColumnIdentity;
  if (code == "column-computed" || code == "computed-changed") return kColumnItself;
  return kColumnItself | kColumnName;
}

std::string member_key(std::string_view table, std::string_view kind, std::string_view name) {
  return std::string(table) + '\n' + std::string(kind) + '\n' + std::string(name);
}

}  // namespace

Origins::Origins() = default;
Origins::~Origins() = default;
Origins::Origins(Origins&&) noexcept = default;
Origins& Origins::operator=(Origins&&) noexcept = default;

void Origins::add(const Script& script, const ScriptReader& reader, const std::string& file) {
  files_.push_back(file);
  const std::string& stored_file = files_.back();
  for (const ScriptStatement& statement : script.statements) {
    if (statement.kind != StatementKind::sql || !parity::may_define(statement.text)) continue;
    std::vector<StatementWord> words;
    try {
      words = reader.words(statement.text);
    } catch (const Error&) {
      continue;
    }
    std::vector<DefinitionWord> definition;
    const auto finish = [&] {
      std::optional<DefinitionStatement> read = parity::read_definition(std::move(definition));
      definition.clear();
      if (!read) return;
      read->file = &stored_file;
      const std::size_t index = statements_.size();
      if (read->table) by_table_[read->table->name].push_back(index);
      by_subject_[read->subject.name].push_back(index);
      for (const std::size_t word : read->named_words) by_name_[read->words[word].text].emplace_back(index, word);
      statements_.push_back(std::move(*read));
    };
    int line = statement.position.line;
    std::size_t counted = 0;
    for (StatementWord& word : words) {
      if (word.starts_statement) finish();
      // Offsets ascend, also those into strings.
      const auto begin = statement.text.begin() + static_cast<std::ptrdiff_t>(std::min(counted, word.offset));
      const auto end = statement.text.begin() + static_cast<std::ptrdiff_t>(word.offset);
      line += static_cast<int>(std::count(begin, end, '\n'));
      counted = std::max(counted, word.offset);
      definition.push_back({fold(word.text), line, word.depth, word.quoted, word.qualifier});
    }
    finish();
  }
}

void Origins::describe(const catalog::Catalog& catalog) {
  default_schema_ = fold(catalog.default_schema);
  members_.clear();
  for (const catalog::Schema& schema : catalog.schemas) {
    const std::string schema_name = fold(schema.name);
    for (const catalog::Table& table : schema.tables) {
      const std::string table_name = fold(table.name);
      const auto add_members = [&](std::string_view kind, const std::string& name, std::vector<std::string> columns) {
        for (std::string& column : columns) column = fold(column);
        members_[member_key(table_name, kind, fold(name))].push_back({schema_name, std::move(columns)});
      };
      if (table.primary_key) add_members("primary key", table.primary_key->name, table.primary_key->columns);
      for (const catalog::Key& key : table.unique_constraints) add_members("unique constraint", key.name, key.columns);
      for (const catalog::ForeignKey& key : table.foreign_keys) add_members("foreign key", key.name, key.columns);
      for (const catalog::Check& check : table.checks) add_members("check", check.name, check.columns);
      for (const catalog::Index& index : table.indexes) {
        std::vector<std::string> columns;
        for (const catalog::IndexColumn& column : index.columns)
          if (!column.column.empty()) columns.push_back(column.column);
        add_members("index", index.name, std::move(columns));
      }
    }
  }
}

/// One question, asked twice if need be: with schemas taken at their word, then with any schema where a script names
/// none (its own search path decided).
class Origins::Search {
 public:
  Search(const Origins& origins, const OriginQuery& query, bool strict)
      : origins_(origins),
        strict_(strict),
        schema_(fold(query.schema)),
        table_(fold(query.table)),
        name_(fold(query.name)),
        kind_(query.kind),
        code_(query.code) {}

  std::optional<SourcePosition> run() const {
    if (const auto place = object()) return place;
    const std::string& table = table_.empty() && is_one_of(kind_, {"table", "view"}) ? name_ : table_;
    return table.empty() ? std::nullopt : made(table, false);
  }

 private:
  std::optional<SourcePosition> object() const {
    const bool about_comment = code_.starts_with("comment-");
    if (kind_ == "table") return of_table(table_.empty() ? name_ : table_, about_comment);
    if (is_one_of(kind_, {"view", "sequence", "routine", "type", "schema"}))
      return of_schema_object(kind_ == "view" && !table_.empty() ? table_ : name_, about_comment);
    if (table_.empty() || name_.empty()) return std::nullopt;
    if (kind_ == "column") return about_comment ? column_comment() : column();
    if (about_comment)
      if (const auto place = named(true)) return place;
    if (const auto place = named(false)) return place;
    return unnamed();
  }

  SourcePosition place(const DefinitionStatement& statement, std::size_t word) const {
    return {*statement.file, statement.line_of(word), 0};
  }

  bool in_schema(const WordPath& path) const {
    if (!path.schema.empty()) return path.schema == schema_ || schema_.empty();
    return !strict_ || schema_.empty() || origins_.default_schema_.empty() || schema_ == origins_.default_schema_;
  }

  /// Calls `visit(statement, current name)` for what was done with the table, newest first, through its renamings, down
  /// to where it was made or `visit` returns true.
  template <class Visit>
  void walk_table(std::string current, Visit visit) const {
    std::size_t before = origins_.statements_.size();
    for (int renames = 0; renames < kRenamesMax; ++renames) {
      const auto found = origins_.by_table_.find(current);
      if (found == origins_.by_table_.end()) return;
      bool renamed = false;
      for (auto index = found->second.rbegin(); index != found->second.rend() && !renamed; ++index) {
        if (*index >= before) continue;
        const DefinitionStatement& statement = origins_.statements_[*index];
        if (!in_schema(*statement.table)) continue;
        if (visit(statement, current)) return;
        const bool of_table = statement.kind == "table" || statement.kind == "view" || statement.kind.empty();
        if (statement.verb == Verb::create && of_table) return;
        if (statement.verb == Verb::rename && !statement.renames_column && of_table) {
          before = *index;
          current = statement.old_name;
          renamed = true;
        }
      }
      if (!renamed) return;
    }
  }

  std::optional<SourcePosition> made(const std::string& table, bool by_renaming) const {
    std::optional<SourcePosition> result;
    walk_table(table, [&](const DefinitionStatement& statement, const std::string&) {
      const bool makes = statement.verb == Verb::create && (statement.kind == "table" || statement.kind == "view");
      const bool renames = by_renaming && statement.verb == Verb::rename && !statement.renames_column &&
                           (statement.kind == "table" || statement.kind.empty());
      if (makes || renames) result = place(statement, statement.subject.word);
      return result.has_value();
    });
    return result;
  }

  std::optional<SourcePosition> of_table(const std::string& table, bool about_comment) const {
    const bool about_grants = code_ == "grants";
    const bool about_rows = code_ == "row-security";
    if (about_comment || about_grants || about_rows || code_ == "table-unlogged") {
      std::optional<SourcePosition> result;
      walk_table(table, [&](const DefinitionStatement& statement, const std::string&) {
        const auto says = [&](std::string_view word) {
          return statement.verb == Verb::alter && statement.kind == "table" &&
                 std::any_of(statement.words.begin(), statement.words.end(),
                             [&](const DefinitionWord& one) { return one.is(word); });
        };
        const bool fits = about_comment ? statement.verb == Verb::comment && statement.kind != "column" &&
                                              is_one_of(statement.kind, {"table", "view"})
                          : about_grants ? statement.verb == Verb::grant
                          : about_rows   ? says("security")
                                         : says("logged") || says("unlogged");
        if (fits) result = place(statement, statement.subject.word);
        return fits;
      });
      if (result) return result;
    }
    return made(table, code_.starts_with("table-"));
  }

  std::optional<SourcePosition> of_schema_object(const std::string& name, bool about_comment) const {
    const auto found = origins_.by_subject_.find(name);
    if (found == origins_.by_subject_.end()) return std::nullopt;
    for (auto index = found->second.rbegin(); index != found->second.rend(); ++index) {
      const DefinitionStatement& statement = origins_.statements_[*index];
      if (statement.kind != kind_) continue;
      if (kind_ != "schema" && !in_schema(statement.subject)) continue;
      const bool comments = statement.verb == Verb::comment;
      if (comments != about_comment) continue;
      // OWNER TO is in every dump and changes nothing that is compared.
      const bool changes_owner = statement.verb == Verb::alter && statement.body < statement.words.size() &&
                                 statement.words[statement.body].is("owner");
      if (!changes_owner) return place(statement, statement.subject.word);
    }
    return about_comment ? of_schema_object(name, false) : std::nullopt;
  }

  std::optional<SourcePosition> column() const {
    const unsigned wanted = wanted_parts(code_);
    std::string column = name_;
    std::optional<SourcePosition> result;
    walk_table(table_, [&](const DefinitionStatement& statement, const std::string&) {
      if (statement.verb == Verb::rename && statement.renames_column && statement.subject.name == column) {
        if ((wanted & parity::kColumnName) != 0) {
          result = place(statement, statement.subject.word);
          return true;
        }
        column = statement.old_name;
        return false;
      }
      const std::vector<ColumnMention> mentions = parity::column_mentions(statement, column);
      for (auto mention = mentions.rbegin(); mention != mentions.rend(); ++mention) {
        if ((mention->parts & parity::kColumnDropped) != 0) return true;
        if ((mention->parts & wanted) == 0) continue;
        result = place(statement, mention->word);
        return true;
      }
      return false;
    });
    return result;
  }

  std::optional<SourcePosition> column_comment() const {
    std::string column = name_;
    std::optional<SourcePosition> result;
    walk_table(table_, [&](const DefinitionStatement& statement, const std::string&) {
      if (statement.verb == Verb::rename && statement.renames_column && statement.subject.name == column)
        column = statement.old_name;
      if (statement.verb != Verb::comment || statement.kind != "column" || statement.subject.name != column)
        return false;
      result = place(statement, statement.subject.word);
      return true;
    });
    return result ? result : this->column();
  }

  /// A constraint, index, trigger or policy by its own name.
  std::optional<SourcePosition> named(bool about_comment) const {
    const auto found = origins_.by_name_.find(name_);
    if (found == origins_.by_name_.end()) return std::nullopt;
    std::vector<std::string> table_names{table_};
    walk_table(table_, [&](const DefinitionStatement&, const std::string& current) {
      if (current != table_names.back()) table_names.push_back(current);
      return false;
    });
    for (auto use = found->second.rbegin(); use != found->second.rend(); ++use) {
      const DefinitionStatement& statement = origins_.statements_[use->first];
      if ((statement.verb == Verb::comment) != about_comment) continue;
      // ALTER INDEX x says nothing of the table, and sp_rename of a constraint looks as if it were one.
      const bool of_table =
          !statement.table || statement.verb == Verb::rename ||
          std::find(table_names.begin(), table_names.end(), statement.table->name) != table_names.end();
      if (of_table) return place(statement, use->second);
    }
    return std::nullopt;
  }

  /// A constraint or index that was named by the server, by its columns.
  std::optional<SourcePosition> unnamed() const {
    const auto found = origins_.members_.find(member_key(table_, kind_, name_));
    if (found == origins_.members_.end()) return std::nullopt;
    const auto members = std::find_if(found->second.begin(), found->second.end(),
                                      [&](const Members& one) { return schema_.empty() || one.schema == schema_; });
    if (members == found->second.end()) return std::nullopt;
    std::vector<std::string> columns = members->columns;
    std::optional<SourcePosition> result;
    walk_table(table_, [&](const DefinitionStatement& statement, const std::string&) {
      if (statement.verb == Verb::rename && statement.renames_column)
        std::replace(columns.begin(), columns.end(), statement.subject.name, statement.old_name);
      if (const auto word = parity::unnamed_definition(statement, kind_, columns)) result = place(statement, *word);
      return result.has_value();
    });
    return result;
  }

  const Origins& origins_;
  const bool strict_;
  const std::string schema_;
  const std::string table_;
  const std::string name_;
  const std::string kind_;
  const std::string code_;
};

std::optional<SourcePosition> Origins::find(const OriginQuery& query) const {
  if (statements_.empty()) return std::nullopt;
  if (auto place = Search(*this, query, true).run()) return place;
  return Search(*this, query, false).run();
}

namespace {

void locate_side(DifferenceSide& side, const Difference& difference, bool exists, const Origins& origins) {
  if (!side.file.empty()) return;
  const bool known = !side.table.empty() || !side.name.empty();
  OriginQuery query;
  query.schema = side.schema;
  query.table = known && !side.table.empty() ? side.table : difference.table;
  query.kind = difference.kind;
  query.code = difference.code;
  if (exists) {
    query.name = side.name.empty() ? difference.name : side.name;
  } else if (difference.kind != "table" && difference.kind != "view" && !query.table.empty()) {
    query.kind = "table";
    query.code.clear();
  } else {
    return;
  }
  if (const std::optional<SourcePosition> place = origins.find(query)) {
    side.file = place->file;
    side.line = place->line;
  }
}

}  // namespace

void locate(Comparison& comparison, const Origins* left, const Origins* right) {
  for (Difference& difference : comparison.differences) {
    // A part of an object may be absent ("default-missing") where the object itself is not.
    const bool filled = !difference.left_side.name.empty() || !difference.right_side.name.empty();
    const auto exists = [&](const DifferenceSide& side, const std::string& printed) {
      return filled ? !side.name.empty() : !printed.empty() || difference.kind == "column";
    };
    if (left != nullptr)
      locate_side(difference.left_side, difference, exists(difference.left_side, difference.left), *left);
    if (right != nullptr)
      locate_side(difference.right_side, difference, exists(difference.right_side, difference.right), *right);
  }
}

}  // namespace paripassu
