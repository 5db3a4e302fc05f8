#include "backends/ledger.h"

#include <fmt/format.h>

#include <array>

#include "backends/limits.h"

namespace paripassu {

namespace {

constexpr int kWordCharacters = 40;
constexpr int kVersionCharacters = 200;
constexpr int kNameCharacters = 400;
constexpr int kErrorCharacters = 2000;

LedgerEntry::Kind kind_from_string(const std::string& word) {
  if (word == "repeatable") return LedgerEntry::Kind::repeatable;
  if (word == "baseline") return LedgerEntry::Kind::baseline;
  return LedgerEntry::Kind::versioned;
}

std::string text(const Cell& cell) {
  return cell.value_or("");
}
int number(const Cell& cell) {
  return cell ? std::stoi(*cell) : 0;
}

/// A baseline stands for the version it declares applied, so both share one key.
std::string key_kind(LedgerEntry::Kind kind) {
  return kind == LedgerEntry::Kind::repeatable ? "repeatable" : "versioned";
}

Cell error_cell(const LedgerEntry& entry) {
  if (!entry.error) return std::nullopt;
  std::string shortened = *entry.error;
  if (shortened.size() > limits::kLedgerErrorBytesMax) {
    std::size_t end = limits::kLedgerErrorBytesMax;
    while (end > 0 && (static_cast<unsigned char>(shortened[end]) & 0xC0) == 0x80) --end;
    shortened.resize(end);
  }
  return shortened;
}

/// The columns that `insert` and `update` write, in the order of their parameters.
struct LedgerColumn {
  const char* name;
  enum class Kind { word, version, text, error, number, timestamp } kind;
};

using ColumnKind = LedgerColumn::Kind;

constexpr std::array kColumns = {
    LedgerColumn{"key_kind", ColumnKind::word},
    LedgerColumn{"version", ColumnKind::version},
    LedgerColumn{"kind", ColumnKind::word},
    LedgerColumn{"name", ColumnKind::text},
    LedgerColumn{"checksum", ColumnKind::word},
    LedgerColumn{"applied_checksum", ColumnKind::word},
    LedgerColumn{"going_down", ColumnKind::number},
    LedgerColumn{"applied_statements", ColumnKind::number},
    LedgerColumn{"total_statements", ColumnKind::number},
    LedgerColumn{"started", ColumnKind::timestamp},
    LedgerColumn{"duration_ms", ColumnKind::number},
    LedgerColumn{"applied_by", ColumnKind::text},
    LedgerColumn{"tool_version", ColumnKind::word},
    LedgerColumn{"error", ColumnKind::error},
    LedgerColumn{"in_flight_statement", ColumnKind::number},
};

std::string column_type(const Dialect& dialect, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::word:
      return dialect.text_type(kWordCharacters);
    case ColumnKind::version:
      return dialect.text_type(kVersionCharacters);
    case ColumnKind::text:
      return dialect.text_type(kNameCharacters);
    case ColumnKind::error:
      return dialect.text_type(kErrorCharacters);
    case ColumnKind::number:
      return dialect.bigint_type();
    case ColumnKind::timestamp:
      return dialect.utc_timestamp_type();
  }
  return {};
}

std::vector<Cell> values_of(const LedgerEntry& entry) {
  // A driver that does not know 'Z' would refuse the timestamp; the column is UTC by definition.
  std::string started = entry.started;
  if (!started.empty() && started.back() == 'Z') started.pop_back();
  return {key_kind(entry.kind),
          entry.version,
          std::string(to_string(entry.kind)),
          entry.name,
          entry.checksum,
          entry.applied_checksum,
          entry.going_down ? "1" : "0",
          std::to_string(entry.applied_statements),
          std::to_string(entry.total_statements),
          started,
          std::to_string(entry.duration_ms),
          entry.applied_by,
          entry.tool_version,
          error_cell(entry),
          std::to_string(entry.in_flight_statement)};
}

}  // namespace

std::string_view to_string(LedgerEntry::Kind kind) {
  switch (kind) {
    case LedgerEntry::Kind::versioned:
      return "versioned";
    case LedgerEntry::Kind::repeatable:
      return "repeatable";
    case LedgerEntry::Kind::baseline:
      return "baseline";
  }
  return "versioned";
}

Ledger::Ledger(Session& session, const Dialect& dialect, std::string schema)
    : session_(session), dialect_(dialect), schema_(schema.empty() ? dialect.default_schema() : std::move(schema)) {}

bool Ledger::exists() {
  const std::array<Cell, 2> parameters = {schema_, kTableName};
  return session_.query(dialect_.table_exists_query(), parameters).row_count() > 0;
}

void Ledger::create_if_missing() {
  if (exists()) return;
  std::string columns = "  rank " + dialect_.bigint_type() + " NOT NULL,\n";
  for (const LedgerColumn& column : kColumns)
    columns += fmt::format("  {} {} {},\n", column.name, column_type(dialect_, column.kind),
                           column.kind == ColumnKind::error ? "NULL" : "NOT NULL");
  session_.execute(
      fmt::format("CREATE TABLE {} (\n{}  CONSTRAINT paripassu_ledger_pk PRIMARY KEY (key_kind, version)\n)",
                  dialect_.qualified(schema_, kTableName), columns));
}

std::vector<LedgerEntry> Ledger::read() {
  if (!exists()) return {};
  const ResultSet rows = session_.query(fmt::format(
      "SELECT kind, version, name, checksum, applied_checksum, going_down, applied_statements, total_statements,\n"
      "       {} AS started, duration_ms, applied_by, tool_version, error, in_flight_statement\n"
      "FROM {} ORDER BY rank",
      dialect_.utc_text("started"), dialect_.qualified(schema_, kTableName)));
  std::vector<LedgerEntry> entries;
  for (std::size_t i = 0; i < rows.row_count(); ++i) {
    const auto row = rows.row(i);
    LedgerEntry entry;
    entry.kind = kind_from_string(text(row[0]));
    entry.version = text(row[1]);
    entry.name = text(row[2]);
    entry.checksum = text(row[3]);
    entry.applied_checksum = text(row[4]);
    entry.going_down = number(row[5]) != 0;
    entry.applied_statements = number(row[6]);
    entry.total_statements = number(row[7]);
    entry.started = text(row[8]);
    entry.duration_ms = row[9] ? std::stoll(*row[9]) : 0;
    entry.applied_by = text(row[10]);
    entry.tool_version = text(row[11]);
    entry.error = row[12];
    entry.in_flight_statement = number(row[13]);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string Ledger::parameter(std::size_t column) const {
  const std::string placeholder = dialect_.placeholder(static_cast<int>(column) + 1);
  const ColumnKind kind = kColumns[column].kind;
  // Parameters travel as text; only the server's own conversion is the same on every driver.
  if (kind == ColumnKind::number || kind == ColumnKind::timestamp)
    return fmt::format("CAST({} AS {})", placeholder, column_type(dialect_, kind));
  return placeholder;
}

void Ledger::insert(const LedgerEntry& entry) {
  const std::string table = dialect_.qualified(schema_, kTableName);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    names += fmt::format(", {}", kColumns[i].name);
    values += ", " + parameter(i);
  }
  session_.execute(fmt::format("INSERT INTO {} (rank{})\nSELECT (SELECT COALESCE(MAX(rank), 0) + 1 FROM {}){}", table,
                               names, table, values),
                   values_of(entry));
}

void Ledger::update(const LedgerEntry& entry) {
  std::string assignments;
  for (std::size_t i = 0; i < kColumns.size(); ++i)
    assignments += fmt::format("{}{} = {}", i == 0 ? "" : ", ", kColumns[i].name, parameter(i));
  std::vector<Cell> values = values_of(entry);
  const auto next = static_cast<int>(values.size());
  values.push_back(values[0]);
  values.push_back(values[1]);
  session_.execute(
      fmt::format("UPDATE {} SET {}\nWHERE key_kind = {} AND version = {}", dialect_.qualified(schema_, kTableName),
                  assignments, dialect_.placeholder(next + 1), dialect_.placeholder(next + 2)),
      values);
}

void Ledger::erase(LedgerEntry::Kind kind, const std::string& version) {
  const std::vector<Cell> parameters = {key_kind(kind), version};
  session_.execute(
      fmt::format("DELETE FROM {} WHERE key_kind = {} AND version = {}", dialect_.qualified(schema_, kTableName),
                  dialect_.placeholder(1), dialect_.placeholder(2)),
      parameters);
}

}  // namespace paripassu
