#include <cctype>
#include <stdexcept>

#include "tests/unit/harness/parity/alterations.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu::test {

using catalog::Column;
using catalog::Expression;
using catalog::Table;
using catalog::TypeFamily;
using Result = std::optional<Expected>;

Column& column_named(Table& table, const std::string& name) {
  for (Column& column : table.columns) {
    if (column.name == name) return column;
  }
  throw std::out_of_range("no column " + name);
}

namespace {

bool is_word_at(const std::string& text, std::size_t at, const std::string& word) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const bool begins = at == 0 || !is_part(text[at - 1]);
  const std::size_t end = at + word.size();
  return begins && (end == text.size() || !is_part(text[end]));
}

}  // namespace

bool mentions_column(const std::string& printed, const std::string& column) {
  for (std::size_t at = printed.find(column); at != std::string::npos; at = printed.find(column, at + 1)) {
    if (is_word_at(printed, at, column)) return true;
  }
  return false;
}

bool is_tested(const Table& table, const std::string& column) {
  for (const catalog::Check& check : table.checks) {
    if (mentions_column(check.expression.printed, column)) return true;
  }
  for (const catalog::Index& index : table.indexes) {
    if (index.predicate && mentions_column(index.predicate->printed, column)) return true;
  }
  return false;
}

bool is_used(const catalog::Catalog& catalog, const Table& table, const std::string& column) {
  bool used = is_tested(table, column) || mentions_column(table.partition_key, column) ||
              (table.primary_key && contains(table.primary_key->columns, column));
  for (const catalog::Policy& policy : table.policies) used = used || mentions_column(policy.definition, column);
  for (const Column& each : table.columns) {
    used = used || (each.computed && mentions_column(each.computed->expression.printed, column));
  }
  for (const catalog::Key& key : table.unique_constraints) used = used || contains(key.columns, column);
  for (const catalog::Index& index : table.indexes) {
    used = used || contains(index.included, column);
    for (const catalog::IndexColumn& item : index.columns) used = used || item.column == column;
  }
  for (const catalog::ForeignKey& key : table.foreign_keys) used = used || contains(key.columns, column);
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const Table& other : schema.tables) {
      for (const catalog::ForeignKey& key : other.foreign_keys) {
        used = used || (key.referenced_table == table.name && contains(key.referenced_columns, column));
      }
    }
  }
  return used;
}

namespace {

Expected about(std::string code, const Spot<Column>& spot) {
  return {std::move(code), "column", spot.table->name, spot.part().name};
}

template <typename Suits>
std::optional<Spot<Column>> any_column(Altering& altering, Suits suits) {
  return any_part(altering, &Table::columns, suits);
}

bool is_plain(const Column& column) {
  return !column.default_value && !column.identity && !column.computed;
}

bool is_whole_number(const Column& column) {
  return column.type.family == TypeFamily::integer;
}

void rename_in(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
    if (is_word_at(text, at, from)) text.replace(at, from.size(), to);
  }
}

void rename_in(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::replace(names.begin(), names.end(), from, to);
}

/// As an engine does it: everything that names the column follows.
void rename_column(catalog::Catalog& catalog, Table& table, const std::string& from, const std::string& to) {
  for (Column& each : table.columns) {
    if (each.name == from) each.name = to;
    if (each.computed) rename_in(each.computed->expression.printed, from, to);
  }
  if (table.primary_key) rename_in(table.primary_key->columns, from, to);
  for (catalog::Key& key : table.unique_constraints) rename_in(key.columns, from, to);
  for (catalog::Check& check : table.checks) {
    rename_in(check.columns, from, to);
    rename_in(check.expression.printed, from, to);
  }
  for (catalog::Index& index : table.indexes) {
    for (catalog::IndexColumn& item : index.columns) {
      if (item.column == from) item.column = to;
    }
    rename_in(index.included, from, to);
    if (index.predicate) rename_in(index.predicate->printed, from, to);
  }
  for (catalog::ForeignKey& key : table.foreign_keys) rename_in(key.columns, from, to);
  for (catalog::Schema& schema : catalog.schemas) {
    for (Table& other : schema.tables) {
      for (catalog::ForeignKey& key : other.foreign_keys) {
        if (key.referenced_table == table.name) rename_in(key.referenced_columns, from, to);
      }
    }
    for (catalog::Sequence& sequence : schema.sequences) {
      if (sequence.owned_by == table.name + "." + from) sequence.owned_by = table.name + "." + to;
    }
  }
}

Result add_column(Altering& altering) {
  Table* table = any_table(altering, anything);
  const Kind kind = static_cast<Kind>(altering.random.below(kKindCount));
  Column added = column(altering.style.name("added", 1), altering.style.type(kind, 20), altering.random.chance(50));
  if (altering.random.chance(50)) added.default_value = altering.style.default_of(kind, 3);
  const std::size_t at = altering.random.below(table->columns.size() + 1);
  table->columns.insert(table->columns.begin() + static_cast<std::ptrdiff_t>(at), added);
  return Expected{"column-extra", "column", table->name, added.name, "", false};
}

Result drop_column(Altering& altering) {
  const auto spot = any_column(
      altering, [&](const Table& table, const Column& each) { return !is_used(altering.catalog, table, each.name); });
  if (!spot) return std::nullopt;
  Expected expected = about("column-missing", *spot);
  expected.is_there = false;
  spot->erase();
  return expected;
}

Result rename(Altering& altering) {
  // What a partition key or policy names is text of the engine, which a comparison does not rename.
  const auto spot = any_column(altering, [](const Table& table, const Column&) {
    return table.partition_key.empty() && table.policies.empty();
  });
  if (!spot) return std::nullopt;
  Expected expected = about("column-renamed", *spot);
  expected.name_before = expected.name;
  expected.name = altering.style.name("renamed", 1);
  rename_column(altering.catalog, *spot->table, expected.name_before, expected.name);
  return expected;
}

Result change_type_of_unused(Altering& altering) {
  const auto spot = any_column(altering, [&](const Table& table, const Column& each) {
    return is_plain(each) && !is_used(altering.catalog, table, each.name);
  });
  if (!spot) return std::nullopt;
  const std::size_t now = static_cast<std::size_t>(kind_of(spot->part().type));
  const std::size_t step = 1 + altering.random.below(kKindCount - 1);
  spot->part().type = altering.style.type(static_cast<Kind>((now + step) % kKindCount), 20);
  return about("column-type", *spot);
}

Result change_length(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) {
    return each.type.family == TypeFamily::text || each.type.family == TypeFamily::decimal;
  });
  if (!spot) return std::nullopt;
  const catalog::Type& type = spot->part().type;
  const int size = type.length ? *type.length : *type.precision;
  spot->part().type = altering.style.type(kind_of(type), size + 1);
  return about("column-type", *spot);
}

/// Defaults and checks mean the same with the wider type, and stay as they are printed.
Result widen_integer(Altering& altering) {
  const auto spot =
      any_column(altering, [](const Table&, const Column& each) { return each.type.bits == 32 && !each.computed; });
  if (!spot) return std::nullopt;
  const bool whole = altering.random.chance(50) || spot->part().identity;
  spot->part().type = altering.style.type(whole ? Kind::bigint : Kind::decimal, 12);
  return about("column-type", *spot);
}

Result store_truth_as_number(Altering& altering) {
  const auto spot = any_column(altering, [](const Table& table, const Column& each) {
    return each.type.family == TypeFamily::boolean && !is_tested(table, each.name);
  });
  if (!spot) return std::nullopt;
  Column& column = spot->part();
  if (column.default_value) {
    const std::string& printed = column.default_value->printed;
    const bool is_true = printed == "true" || printed.find('1') != std::string::npos;
    column.default_value = expression(altering.style.postgres ? (is_true ? "1" : "0") : (is_true ? "((1))" : "((0))"));
  }
  column.type = altering.style.postgres ? integer_type("smallint", 16) : integer_type("tinyint", 8);
  column.type.is_unsigned = !altering.style.postgres;
  return about("column-type", *spot);
}

Result change_nullability(Altering& altering) {
  const auto spot = any_column(altering, [](const Table& table, const Column& each) {
    return !each.identity && !(table.primary_key && contains(table.primary_key->columns, each.name));
  });
  if (!spot) return std::nullopt;
  spot->part().nullable = !spot->part().nullable;
  return about("column-nullability", *spot);
}

Result change_order(Altering& altering) {
  if (!altering.column_order) return std::nullopt;
  Table* table = any_table(altering, anything);
  const std::size_t from = altering.random.below(table->columns.size());
  const std::size_t step = 1 + altering.random.below(table->columns.size() - 1);
  std::swap(table->columns[from], table->columns[(from + step) % table->columns.size()]);
  return Expected{"column-order", "table", table->name, table->name};
}

Result change_collation(Altering& altering) {
  // Across engines only what collations mean is compared, where it is known.
  const auto spot = any_column(altering, [&](const Table&, const Column& each) {
    return each.type.family == TypeFamily::text &&
           (altering.style.one_engine || each.collation_meaning || altering.catalog.collation_meaning);
  });
  if (!spot) return std::nullopt;
  spot->part().collation = altering.style.postgres ? "case_insensitive" : "Latin1_General_CI_AS";
  spot->part().collation_meaning = catalog::CollationMeaning{false, true};
  return about("column-collation", *spot);
}

Result drop_identity(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.identity.has_value(); });
  if (!spot) return std::nullopt;
  Column& column = spot->part();
  column.identity.reset();
  column.default_value.reset();
  std::erase_if(main_schema(altering.catalog).sequences, [&](const catalog::Sequence& sequence) {
    return sequence.owned_by == spot->table->name + "." + column.name;
  });
  return about("column-identity", *spot);
}

Result add_identity(Altering& altering) {
  const auto spot =
      any_column(altering, [](const Table&, const Column& each) { return is_plain(each) && is_whole_number(each); });
  if (!spot) return std::nullopt;
  spot->part().identity.emplace().options = altering.style.sequence_options(1, 1);
  return about("column-identity", *spot);
}

Result change_kind_of_identity(Altering& altering) {
  // One engine has one kind, and its kind is as good as any other's.
  if (!altering.style.postgres || !altering.style.one_engine) return std::nullopt;
  using IdentityKind = catalog::Identity::Kind;
  const auto spot = any_column(altering, [](const Table&, const Column& each) {
    return each.identity && each.identity->kind != IdentityKind::serial;
  });
  if (!spot) return std::nullopt;
  IdentityKind& kind = spot->part().identity->kind;
  kind = kind == IdentityKind::always ? IdentityKind::by_default : IdentityKind::always;
  return about("identity-kind", *spot);
}

Result change_options_of_identity(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.identity.has_value(); });
  if (!spot) return std::nullopt;
  catalog::SequenceOptions& options = spot->part().identity->options;
  (altering.random.chance(50) ? options.start : options.increment) = "77";
  return about("identity-options", *spot);
}

Result drop_computation(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.computed.has_value(); });
  if (!spot) return std::nullopt;
  spot->part().computed.reset();
  return about("column-computed", *spot);
}

Result add_computation(Altering& altering) {
  const auto spot =
      any_column(altering, [](const Table&, const Column& each) { return is_plain(each) && is_whole_number(each); });
  if (!spot) return std::nullopt;
  spot->part().computed = catalog::Computed{altering.style.computation(altering.style.field(1), 3), true};
  return about("column-computed", *spot);
}

Result store_computation(Altering& altering) {
  if (altering.style.postgres || !altering.style.one_engine) return std::nullopt;
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.computed.has_value(); });
  if (!spot) return std::nullopt;
  spot->part().computed->stored = !spot->part().computed->stored;
  return about("column-computed", *spot);
}

Result change_computation(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.computed.has_value(); });
  if (!spot) return std::nullopt;
  const bool other_column = altering.random.chance(50);
  Expression& printed = spot->part().computed->expression;
  if (other_column) {
    rename_in(printed.printed, altering.style.field(0), altering.style.field(1));
  } else {
    printed = altering.style.computation(altering.style.field(0), 100);
  }
  return about("computed-changed", *spot);
}

Result drop_default(Altering& altering) {
  const auto spot = any_column(
      altering, [](const Table&, const Column& each) { return each.default_value.has_value() && !each.identity; });
  if (!spot) return std::nullopt;
  spot->part().default_value.reset();
  Expected expected = about("default-missing", *spot);
  expected.is_there = false;
  return expected;
}

Result add_default(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return is_plain(each); });
  if (!spot) return std::nullopt;
  Column& column = spot->part();
  column.default_value = altering.style.default_of(kind_of(column.type), altering.random.between(0, kValueMax));
  Expected expected = about("default-extra", *spot);
  expected.was_there = false;
  return expected;
}

Result change_default(Altering& altering) {
  const auto spot = any_column(
      altering, [](const Table&, const Column& each) { return each.default_value.has_value() && !each.identity; });
  if (!spot) return std::nullopt;
  Column& column = spot->part();
  column.default_value = another(altering.style, column.default_value->printed, [&](const Style& style, int value) {
    return style.default_of(kind_of(column.type), value);
  });
  return about("default-changed", *spot);
}

Result order_uuids(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) {
    return each.default_value &&
           (each.default_value->printed == "gen_random_uuid()" || each.default_value->printed == "(newid())");
  });
  if (!spot) return std::nullopt;
  spot->part().default_value = expression(altering.style.postgres ? "uuidv7()" : "(newsequentialid())");
  return about("expression-caveat", *spot);
}

Result write_unknown_default(Altering& altering) {
  const auto spot = any_column(
      altering, [](const Table&, const Column& each) { return each.default_value.has_value() && !each.identity; });
  if (!spot) return std::nullopt;
  spot->part().default_value = expression("(no expression (");
  return about("expression-not-understood", *spot);
}

Result write_unknown_computation(Altering& altering) {
  const auto spot = any_column(altering, [](const Table&, const Column& each) { return each.computed.has_value(); });
  if (!spot) return std::nullopt;
  spot->part().computed->expression = expression("(no expression (");
  return about("expression-not-understood", *spot);
}

}  // namespace

std::vector<Alteration> alterations_of_columns() {
  return {
      {"add a column", add_column},
      {"drop a column", drop_column},
      {"rename a column", rename},
      {"change the type of a column that nothing uses", change_type_of_unused},
      {"lengthen a text or number", change_length},
      {"widen an integer", widen_integer},
      {"store a truth as a number", store_truth_as_number},
      {"change the nullability", change_nullability},
      {"change the order of columns", change_order},
      {"change a collation", change_collation},
      {"drop an identity", drop_identity},
      {"add an identity", add_identity},
      {"change the kind of an identity", change_kind_of_identity, 3},
      {"change the options of an identity", change_options_of_identity},
      {"drop a computation", drop_computation},
      {"add a computation", add_computation},
      {"store a computation, or no longer", store_computation, 3},
      {"change a computation", change_computation},
      {"drop a default", drop_default},
      {"add a default", add_default},
      {"change a default", change_default},
      {"give out ordered uuids", order_uuids, 3},
      {"write a default that nobody can read", write_unknown_default},
      {"write a computation that nobody can read", write_unknown_computation},
  };
}

}  // namespace paripassu::test
