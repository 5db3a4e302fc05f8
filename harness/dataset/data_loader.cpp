#include "harness/dataset/data_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "backends/interrupt.h"
#include "harness/dataset/row_text.h"
#include "harness/dataset/value_text.h"
#include "harness/parity/names.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

/// So many rows are sent at once, and looked through one by one when the server refuses one of them.
constexpr std::size_t kRowsPerInsert = 500;

Error configuration_error(const std::string& message, const SourcePosition& position) {
  Error error(ErrorCategory::configuration, message);
  error.with_position(position);
  return error;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? "" : "; did you mean '" + printable(near) + "'?";
}

/// A table of the data set, ready to be written.
struct Target {
  const DataTable* data = nullptr;
  const catalog::Schema* schema = nullptr;
  const catalog::Table* table = nullptr;
  std::vector<const catalog::Column*> columns;
  std::vector<DmlColumn> dml_columns;
  std::vector<std::vector<DmlWriter::Value>> rows;
};

const std::vector<std::string>* enum_labels(const catalog::Catalog& catalog, const catalog::Type& type) {
  if (type.family != catalog::TypeFamily::enumeration || type.array_dimensions > 0) return nullptr;
  const std::size_t dot = type.user_type.find('.');
  if (dot == std::string::npos) return nullptr;
  const catalog::Schema* schema = catalog.find_schema(type.user_type.substr(0, dot));
  if (schema == nullptr) return nullptr;
  for (const catalog::UserType& candidate : schema->types)
    if (candidate.name == type.user_type.substr(dot + 1) && candidate.kind == "enum") return &candidate.labels;
  return nullptr;
}

Target find_target(const DataTable& data, const catalog::Catalog& catalog, NameMatching names) {
  const FoundTable found = find_table(catalog, data.name, names, data.position);
  Target target{&data, found.schema, found.table, {}, {}, {}};
  const std::string shown_table = printable(found.schema->name + "." + found.table->name);
  std::vector<std::string> known;
  for (const catalog::Column& column : found.table->columns) known.push_back(column.name);
  for (const std::string& name : data.columns) {
    std::vector<const catalog::Column*> matches;
    for (const catalog::Column& column : found.table->columns)
      if (fold_name(column.name, names) == fold_name(name, names)) matches.push_back(&column);
    if (matches.size() > 1) {
      const auto exact =
          std::find_if(matches.begin(), matches.end(), [&](const auto* one) { return one->name == name; });
      if (exact != matches.end()) matches = {*exact};
    }
    if (matches.empty())
      throw configuration_error(
          fmt::format("table {} has no column '{}'{}", shown_table, printable(name), did_you_mean(name, known)),
          data.position)
          .with_remedy("rename the column in the data, or add it by a migration");
    if (matches.size() > 1)
      throw configuration_error(
          fmt::format("column '{}' may mean several columns of table {}", printable(name), shown_table), data.position)
          .with_remedy("spell it as the table does, or set names = \"exact\" in [parity]");
    const catalog::Column* column = matches.front();
    if (std::find(target.columns.begin(), target.columns.end(), column) != target.columns.end())
      throw configuration_error(
          fmt::format("column '{}' of table {} comes twice", printable(column->name), shown_table), data.position);
    const bool written_by_server = column->computed || column->type.family == catalog::TypeFamily::row_version;
    if (written_by_server)
      throw configuration_error(
          fmt::format("column '{}' of table {} cannot be given: the server {} it", printable(column->name), shown_table,
                      column->computed ? "computes" : "writes"),
          data.position)
          .with_remedy("leave the column out of the data");
    target.columns.push_back(column);
    target.dml_columns.push_back({column->name, column->type, column->identity.has_value()});
  }
  return target;
}

Error value_error(const Target& target, std::size_t row, const catalog::Column& column, const std::string& why) {
  return Error(ErrorCategory::data,
               fmt::format("{}.{}: {}", printable(target.table->name), printable(column.name), why))
      .with_position(target.data->rows[row].position)
      .with_remedy("docs/data-sets.md has the form of every type");
}

void check_values(Target& target, const catalog::Catalog& catalog) {
  std::vector<const std::vector<std::string>*> labels;
  for (const catalog::Column* column : target.columns) labels.push_back(enum_labels(catalog, column->type));
  target.rows.reserve(target.data->rows.size());
  for (std::size_t row = 0; row < target.data->rows.size(); ++row) {
    const std::vector<DataTable::Value>& given = target.data->rows[row].values;
    if (given.size() != target.columns.size())
      throw Error(ErrorCategory::internal, "a row of '" + printable(target.data->name) + "' has not a value per column")
          .with_position(target.data->rows[row].position);
    std::vector<DmlWriter::Value>& values = target.rows.emplace_back();
    values.reserve(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (!given[i] || !*given[i]) {
        values.push_back(given[i]);
        continue;
      }
      const std::string& text = **given[i];
      const catalog::Column& column = *target.columns[i];
      if (const std::string why = dataset::why_not(column.type, text); !why.empty())
        throw value_error(target, row, column, why);
      if (labels[i] != nullptr && std::find(labels[i]->begin(), labels[i]->end(), text) == labels[i]->end())
        throw value_error(target, row, column,
                          fmt::format("'{}' is no label of {}{}", printable(text), column.type.user_type,
                                      did_you_mean(text, *labels[i])));
      values.emplace_back(std::in_place, dataset::canonical_value(column.type, text));
    }
  }
}

/// Rows that are sent together.
struct Chunk {
  const Target* target = nullptr;
  std::size_t first = 0;
  std::size_t count = 0;
  std::vector<std::string> statements;
};

std::vector<std::string> insert_statements(const Target& target, std::size_t first, std::size_t count,
                                           const DmlWriter& writer) {
  const auto begin = target.rows.begin() + static_cast<std::ptrdiff_t>(first);
  const std::vector<std::vector<DmlWriter::Value>> rows(begin, begin + static_cast<std::ptrdiff_t>(count));
  try {
    return writer.insert(target.schema->name, target.table->name, target.dml_columns, rows);
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::data) throw;
    // The writer says which row; its column and its place in the file are found here.
    for (std::size_t row = first; row < first + count; ++row) {
      for (std::size_t i = 0; i < target.columns.size(); ++i) {
        if (!target.rows[row][i]) continue;
        try {
          static_cast<void>(writer.literal(target.columns[i]->type, *target.rows[row][i]));
        } catch (const Error& refused) {
          if (refused.category() != ErrorCategory::data) throw;
          Error failure = value_error(target, row, *target.columns[i], refused.message());
          failure.with_engine(refused.engine());
          if (!refused.remedy().empty()) failure.with_remedy(refused.remedy());
          throw Error(failure);
        }
      }
    }
    Error failure = error;
    failure.with_position(target.data->rows[first].position);
    throw Error(failure);
  }
}

void execute(Session& session, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) session.execute(statement);
}

/// "row 3 of the data for public.orders (id = 7)".
std::string row_label(const Target& target, std::size_t row) {
  std::string values;
  for (std::size_t i = 0; i < target.columns.size(); ++i) {
    if (!target.rows[row][i]) continue;
    values +=
        (values.empty() ? "" : ", ") + target.columns[i]->name + " = " + dataset::shown_value(*target.rows[row][i]);
  }
  return fmt::format("row {} of the data for {}.{}{}", row + 1, target.schema->name, target.table->name,
                     values.empty() ? "" : " (" + dataset::shortened(values) + ")");
}

/// The row of `chunks[failed]` that the server refuses for the same reason, and what it says of it alone. Leaves no
/// transaction open.
std::optional<std::pair<std::size_t, Error>> find_refused_row(const std::vector<Chunk>& chunks, std::size_t failed,
                                                              const Error& error, Session& session,
                                                              const DmlWriter& writer) {
  const Chunk& chunk = chunks[failed];
  std::size_t row = chunk.first;
  try {
    const Transaction transaction(session);
    for (std::size_t i = 0; i < failed; ++i) execute(session, chunks[i].statements);
    try {
      for (; row < chunk.first + chunk.count; ++row) execute(session, insert_statements(*chunk.target, row, 1, writer));
    } catch (const Error& refused) {
      // A row may fail alone that would not fail among the others, when it refers to one behind it.
      if (refused.category() == error.category()) return std::pair(row, refused);
    }
  } catch (const Error& other) {
    if (other.category() == ErrorCategory::interrupted) throw;
    // The connection is gone, or earlier rows are refused now: what was said at first stands.
  }
  return std::nullopt;
}

/// The error of a statement, with the row.
[[noreturn]] void throw_with_row(const std::vector<Chunk>& chunks, std::size_t failed, const Error& error,
                                 Session& session, const DmlWriter& writer) {
  const Chunk& chunk = chunks[failed];
  std::size_t row = chunk.first;
  bool exact = chunk.count == 1;
  Error failure = error;
  const bool worth_looking = !error.poisons_connection() && error.category() != ErrorCategory::interrupted &&
                             error.category() != ErrorCategory::cancelled;
  if (!exact && worth_looking) {
    if (auto refused = find_refused_row(chunks, failed, error, session, writer)) {
      row = refused->first;
      failure = std::move(refused->second);
      exact = true;
    }
  }
  failure.with_position(chunk.target->data->rows[row].position);
  if (exact) {
    failure.add_context("inserting " + row_label(*chunk.target, row));
  } else {
    failure.add_context(fmt::format("inserting rows {} to {} of the data for {}.{}", chunk.first + 1,
                                    chunk.first + chunk.count, chunk.target->schema->name, chunk.target->table->name));
  }
  throw Error(failure);
}

void insert_all(const std::vector<Chunk>& chunks, Session& session, const DmlWriter& writer) {
  std::size_t at = 0;
  std::optional<Error> refused;
  {
    Transaction transaction(session);
    try {
      for (; at < chunks.size(); ++at) {
        Interrupt::throw_if_requested();
        execute(session, chunks[at].statements);
      }
      transaction.commit();
    } catch (const Error& error) {
      refused = error;
    }
  }
  if (!refused) return;
  if (at < chunks.size()) throw_with_row(chunks, at, *refused, session, writer);
  // A constraint that is checked at the end does not say which row it means.
  refused->with_position({chunks.front().target->data->position.file, 0, 0});
  refused->add_context("committing the rows of the data");
  throw Error(*refused);
}

}  // namespace

FoundTable find_table(const catalog::Catalog& catalog, const std::string& name, NameMatching names,
                      const SourcePosition& position) {
  const std::string folded = fold_name(name, names);
  std::vector<std::pair<std::string, std::string>> qualified;
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    qualified.emplace_back(fold_name(name.substr(0, dot), names), fold_name(name.substr(dot + 1), names));

  std::vector<FoundTable> in_named;
  std::vector<FoundTable> in_default;
  std::vector<FoundTable> elsewhere;
  std::vector<std::string> known;
  for (const catalog::Schema& schema : catalog.schemas) {
    const bool is_default = schema.name == catalog.default_schema;
    const std::string folded_schema = fold_name(schema.name, names);
    for (const catalog::Table& table : schema.tables) {
      const std::string folded_table = fold_name(table.name, names);
      known.push_back(qualified.empty() ? table.name : schema.name + "." + table.name);
      if (folded_table == folded) (is_default ? in_default : elsewhere).push_back({&schema, &table});
      if (std::find(qualified.begin(), qualified.end(), std::pair(folded_schema, folded_table)) != qualified.end())
        in_named.push_back({&schema, &table});
    }
  }

  std::vector<FoundTable> found = !in_named.empty() ? in_named : !in_default.empty() ? in_default : elsewhere;
  if (found.size() > 1) {
    std::vector<FoundTable> exact;
    for (const FoundTable& one : found)
      if (one.table->name == name || one.schema->name + "." + one.table->name == name) exact.push_back(one);
    if (exact.size() == 1) found = exact;
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    throw configuration_error(
        fmt::format("there is no table '{}' in the database{}", printable(name), did_you_mean(name, known)), position)
        .with_remedy("a table is named as in the database, with its schema where that is not the default one");
  std::string list;
  for (const FoundTable& one : found)
    list += (list.empty() ? "" : ", ") + printable(one.schema->name + "." + one.table->name);
  throw configuration_error(fmt::format("'{}' may mean several tables: {}", printable(name), list), position)
      .with_remedy("name the schema as well, or spell the table as the database does");
}

void load_data(const DataSet& data, Session& session, const Backend& backend, const catalog::Catalog& catalog,
               NameMatching names) {
  std::vector<Target> targets;
  targets.reserve(data.tables.size());
  for (const DataTable& table : data.tables) {
    targets.push_back(find_target(table, catalog, names));
    check_values(targets.back(), catalog);
  }
  const DmlWriter& writer = backend.dml_writer();
  std::vector<Chunk> chunks;
  for (const Target& target : targets) {
    for (std::size_t first = 0; first < target.rows.size(); first += kRowsPerInsert) {
      const std::size_t count = std::min(kRowsPerInsert, target.rows.size() - first);
      chunks.push_back({&target, first, count, insert_statements(target, first, count, writer)});
    }
  }
  if (!chunks.empty()) insert_all(chunks, session, writer);
}

}  // namespace paripassu
