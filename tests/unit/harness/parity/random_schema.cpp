#include "tests/unit/harness/parity/random_schema.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu::test {

using catalog::Catalog;
using catalog::Column;
using catalog::Expression;
using catalog::LengthUnit;
using catalog::ReferentialAction;
using catalog::Schema;
using catalog::Table;
using catalog::Type;
using catalog::TypeFamily;

namespace {

/// A pattern that is chosen at run time, with its places filled.
template <typename... Values>
std::string filled(std::string_view pattern, const Values&... values) {
  return fmt::format(fmt::runtime(pattern), values...);
}

}  // namespace

std::string Style::name(const std::string& word, std::size_t number) const {
  if (postgres) return word + "_" + std::to_string(number);
  return static_cast<char>(word[0] - 'a' + 'A') + word.substr(1) + std::to_string(number);
}

Type Style::type(Kind kind, int size) const {
  switch (kind) {
    case Kind::integer:
      return integer_type(postgres ? "integer" : "int", 32);
    case Kind::bigint:
      return integer_type("bigint", 64);
    case Kind::boolean:
      return simple_type(TypeFamily::boolean, postgres ? "boolean" : "bit");
    case Kind::text:
      return text_type(postgres ? "character varying" : "nvarchar", size,
                       postgres ? LengthUnit::characters : LengthUnit::utf16_units);
    case Kind::decimal:
      return decimal_type(postgres ? "numeric" : "decimal", size, 2);
    case Kind::timestamp:
      return second_type(TypeFamily::timestamp, postgres ? "timestamp(6) without time zone" : "datetime2(7)",
                         postgres ? 6 : 7);
    case Kind::date:
      return simple_type(TypeFamily::date, "date");
    case Kind::uuid:
      return simple_type(TypeFamily::uuid, postgres ? "uuid" : "uniqueidentifier");
  }
  throw std::logic_error("no such kind");
}

Kind kind_of(const Type& type) {
  switch (type.family) {
    case TypeFamily::integer:
      return type.bits == 64 ? Kind::bigint : Kind::integer;
    case TypeFamily::boolean:
      return Kind::boolean;
    case TypeFamily::decimal:
      return Kind::decimal;
    case TypeFamily::timestamp:
      return Kind::timestamp;
    case TypeFamily::date:
      return Kind::date;
    case TypeFamily::uuid:
      return Kind::uuid;
    default:
      return Kind::text;
  }
}

namespace {

std::string uuid_text(int value) {
  return filled("0000abcd-0000-4000-8000-{:012d}", value);
}

}  // namespace

Expression Style::default_of(Kind kind, int value) const {
  const bool other = other_spelling;
  switch (kind) {
    case Kind::integer:
      if (value % 2 == 0) {
        if (postgres) return expression(std::to_string(value));
        return expression(filled(other ? "(CONVERT([int],({})))" : "(({}))", value));
      }
      if (postgres) return expression(filled(other ? "(-{})" : "'-{}'::integer", value));
      return expression(filled("((-{}))", value));
    case Kind::bigint:
      return expression(filled(postgres ? "'30000000{:03d}'::bigint" : "((30000000{:03d}.))", value));
    case Kind::boolean:
      if (postgres) return expression(value % 2 == 0 ? "true" : "false");
      return expression(filled(other ? "(CONVERT([bit],({})))" : "(({}))", value % 2 == 0 ? 1 : 0));
    case Kind::text:
      if (postgres) return expression(filled(other ? "'it''s {}'::text" : "'it''s {}'::character varying", value));
      return expression(filled(other ? "('it''s {}')" : "(N'it''s {}')", value));
    case Kind::decimal:
      return expression(filled(postgres ? "{}.50" : other ? "(({}.50))" : "(({}.5))", value));
    case Kind::timestamp:
      if (value == 0) {
        if (postgres) return expression(other ? "CURRENT_TIMESTAMP" : "now()");
        return expression(other ? "(sysdatetime())" : "(getdate())");
      }
      if (postgres) {
        return expression(filled("'2020-01-01 12:{:02d}:{:02d}'::timestamp without time zone", value / 60, value % 60));
      }
      return expression(
          filled(other ? "('20200101 12:{:02d}:{:02d}')" : "('2020-01-01T12:{:02d}:{:02d}')", value / 60, value % 60));
    case Kind::date:
      if (value == 0) {
        if (postgres) return expression(other ? "(now())::date" : "CURRENT_DATE");
        return expression(other ? "(getdate())" : "(CONVERT([date],getdate()))");
      }
      if (postgres) return expression(filled("'{}-01-02'::date", 2000 + value));
      return expression(filled(other ? "('{}0102')" : "('{}-01-02')", 2000 + value));
    case Kind::uuid:
      if (value == 0) return expression(postgres ? "gen_random_uuid()" : "(newid())");
      if (postgres) return expression(filled("'{}'::uuid", uuid_text(value)));
      return expression(filled(other ? "(CONVERT([uniqueidentifier],'{}'))" : "('{}')", uuid_text(value)));
  }
  throw std::logic_error("no such kind");
}

Expression Style::condition(Kind kind, const std::string& column, int value) const {
  const bool other = other_spelling;
  const std::string c = postgres ? column : "[" + column + "]";
  const int next = value + 1;
  switch (kind) {
    case Kind::integer:
      switch (value % 4) {
        case 0:
          return expression(filled(postgres ? "({} > {})" : "({}>({}))", c, value));
        case 1:
          if (postgres) return expression(filled("({} = ANY (ARRAY[{}, {}]))", c, value, next));
          return expression(filled(other ? "({0} IN (({1}), ({2})))" : "({0}=({2}) OR {0}=({1}))", c, value, next));
        case 2:
          if (postgres) return expression(filled("(({0} >= {1}) AND ({0} <= {2}))", c, value, next));
          return expression(filled("({0}>=({1}) AND {0}<=({2}))", c, value, next));
        default:
          if (postgres) return expression(filled("({} <> ALL (ARRAY[{}, {}]))", c, value, next));
          return expression(
              filled(other ? "({0}<>({1}) AND {0}<>({2}))" : "(NOT ({0}=({2}) OR {0}=({1})))", c, value, next));
      }
    case Kind::bigint:
      return expression(filled(postgres ? "({} > {})" : "({}>({}))", c, value));
    case Kind::boolean:
      if (!postgres) return expression(filled("({}=({}))", c, value % 2 == 0 ? 1 : 0));
      if (other) return expression(filled("({} = {})", c, value % 2 == 0 ? "true" : "false"));
      return expression(value % 2 == 0 ? c : "(NOT " + c + ")");
    case Kind::text: {
      const std::string n = other ? "" : "N";
      switch (value % 3) {
        case 0:
          if (postgres) return expression(filled("(({})::text = 't{}'::text)", c, value));
          return expression(filled("({}={}'t{}')", c, n, value));
        case 1:
          if (postgres) {
            return expression(filled(other ? "(({0})::text = ANY (ARRAY['t{1}'::text, 't{2}'::text]))"
                                           : "(({0})::text = ANY ((ARRAY['t{1}'::character varying, "
                                             "'t{2}'::character varying])::text[]))",
                                     c, value, next));
          }
          return expression(filled("({0}={3}'t{2}' OR {0}={3}'t{1}')", c, value, next, n));
        default:
          if (postgres) return expression(filled("(({})::text ~~ 't{}%'::text)", c, value));
          return expression(filled("({} like {}'t{}%')", c, n, value));
      }
    }
    case Kind::decimal:
      return expression(filled(postgres ? "({} >= ({})::numeric)" : other ? "({}>=({}.00))" : "({}>=({}))", c, value));
    case Kind::timestamp:
      if (postgres)
        return expression(filled("({} < '{}-06-01 00:00:00'::timestamp without time zone)", c, 2000 + value));
      return expression(
          filled(other ? "({}<CONVERT([datetime2](7),'{}-06-01T00:00:00'))" : "({}<'{}-06-01')", c, 2000 + value));
    case Kind::date:
      if (postgres) return expression(filled("({} >= '{}-01-02'::date)", c, 2000 + value));
      return expression(filled(other ? "({}>='{}0102')" : "({}>='{}-01-02')", c, 2000 + value));
    case Kind::uuid:
      return expression(filled(postgres ? "({} <> '{}'::uuid)" : "({}<>'{}')", c, uuid_text(value)));
  }
  throw std::logic_error("no such kind");
}

Expression Style::computation(const std::string& column, int value) const {
  return expression(postgres ? filled("({} * {})", column, value + 2) : filled("([{}]*({}))", column, value + 2));
}

Expression Style::next_value(const std::string& sequence) const {
  return expression(postgres ? filled("nextval('public.{}'::regclass)", sequence)
                             : filled("(NEXT VALUE FOR [dbo].[{}])", sequence));
}

catalog::Key Style::unique(std::string key_name, std::vector<std::string> columns) const {
  catalog::Key out = key(std::move(key_name), std::move(columns));
  out.nulls_not_distinct = !postgres;
  return out;
}

catalog::Index Style::index(std::string index_name, const std::vector<std::string>& columns) const {
  catalog::Index out = test::index(std::move(index_name), columns, postgres ? "btree" : "nonclustered");
  out.nulls_not_distinct = !postgres;
  for (catalog::IndexColumn& column : out.columns) column.nulls_first = !postgres;
  return out;
}

catalog::SequenceOptions Style::sequence_options(int start, int increment) const {
  catalog::SequenceOptions options;
  options.start = std::to_string(start);
  options.increment = std::to_string(increment);
  options.minimum = postgres ? "1" : "-9223372036854775808";
  options.maximum = "9223372036854775807";
  return options;
}

Schema& main_schema(Catalog& catalog) {
  for (Schema& schema : catalog.schemas) {
    if (schema.name == catalog.default_schema) return schema;
  }
  throw std::logic_error("no default schema");
}

namespace {

/// Makes every choice by the random numbers alone and never by the style, so that all styles get the same choices.
class Maker {
 public:
  Maker(unsigned seed, const Style& style) : random_(seed), style_(style) {}

  Catalog make() {
    Catalog catalog = style_.postgres ? empty_postgres() : empty_sqlserver();
    catalog.collation = style_.postgres ? "C" : "Latin1_General_BIN2";
    if (random_.chance(80)) catalog.collation_meaning.emplace();
    Schema& schema = catalog.schemas.front();
    schema.comment = comment("schema");
    make_sequences(schema);
    tables_ = 1 + random_.below(3);
    for (std::size_t t = 0; t < tables_; ++t) make_table(schema, t);
    make_views(schema);
    make_routines(schema);
    make_types(schema);
    make_synonyms(schema);
    if (random_.chance(30)) {
      Schema& other = catalog.schemas.emplace_back();
      other.name = style_.name("area", 0);
      Table& table = other.tables.emplace_back();
      table.name = style_.name("entry", 0);
      table.columns = {column(style_.field(0), style_.type(Kind::integer, 0)),
                       column(style_.field(1), style_.type(Kind::date, 0))};
      if (random_.chance(50)) table.primary_key = key(style_.name("pk", 90), {style_.field(0)});
    }
    return catalog;
  }

 private:
  int value() { return random_.between(0, kValueMax); }
  std::optional<std::string> comment(const std::string& what) {
    if (!random_.chance(15)) return std::nullopt;
    return "about this " + what;
  }

  /// Of a constraint: given, or made by the engine.
  template <typename Constraint>
  void name(Constraint& constraint, const std::string& word, std::size_t table, std::size_t number) {
    constraint.system_named = random_.chance(25);
    if (!constraint.system_named) {
      constraint.name = style_.name(word, table * 20 + number);
    } else if (style_.postgres) {
      constraint.name = style_.table(table) + "_" + style_.field(number) + "_" + word;
    } else {
      // Made anew in every database.
      constraint.name =
          filled("{}__{}__{}{}", word, style_.table(table), style_.other_spelling ? "A17C" : "7F09", number);
    }
    constraint.comment = comment(word);
  }

  void make_sequences(Schema& schema) {
    for (std::size_t s = random_.below(3); s > 0; --s) {
      catalog::Sequence& sequence = schema.sequences.emplace_back();
      sequence.name = style_.name("sequence", s);
      sequence.type = style_.type(Kind::bigint, 0);
      sequence.options = style_.sequence_options(random_.between(1, 9), random_.between(1, 3));
      sequence.comment = comment("sequence");
      sequences_.push_back(sequence.name);
    }
  }

  Column make_column(Schema& schema, std::size_t number, bool& has_identity) {
    const Kind kind = number == 0 ? Kind::integer : static_cast<Kind>(random_.below(kKindCount));
    Column out = column(style_.field(number), style_.type(kind, random_.between(10, 29)), random_.chance(60));
    out.ordinal = static_cast<int>(number) + 1;
    out.comment = comment("column");
    const std::size_t content = random_.below(10);
    const int content_value = value();
    if (content < 4) {
      const bool computed = content == 0 || (content == 1 && kind == Kind::uuid);  // now, a new uuid
      out.default_value = style_.default_of(kind, computed ? 0 : content_value);
    } else if (content == 4 && kind == Kind::bigint && !sequences_.empty()) {
      out.default_value = style_.next_value(random_.pick(sequences_));
    } else if (content == 5 && number > 0) {
      out.type = style_.type(Kind::integer, 0);
      out.computed = catalog::Computed{style_.computation(style_.field(0), content_value), style_.postgres};
    } else if (content > 6 && (kind == Kind::integer || kind == Kind::bigint) && !has_identity) {
      has_identity = true;
      out.nullable = false;
      make_identity(schema, out, random_.below(3), random_.between(1, 9), random_.between(1, 3));
    } else if (content == 6 && kind == Kind::text) {
      out.collation = style_.postgres ? "und-x-icu" : "Latin1_General_100_CS_AS";
      out.collation_meaning.emplace();
    }
    return out;
  }

  void make_identity(Schema& schema, Column& column, std::size_t kind, int start, int increment) {
    catalog::Identity& identity = column.identity.emplace();
    identity.options = style_.sequence_options(start, increment);
    if (!style_.postgres) return;
    identity.kind = static_cast<catalog::Identity::Kind>(kind);
    if (identity.kind != catalog::Identity::Kind::serial) return;
    catalog::Sequence sequence;
    sequence.name = filled("{}_{}_seq", table_->name, column.name);
    sequence.owned_by = table_->name + "." + column.name;
    sequence.type = style_.type(Kind::integer, 0);
    sequence.options = identity.options;
    column.default_value = expression(filled("nextval('{}'::regclass)", sequence.name));
    schema.sequences.push_back(std::move(sequence));
  }

  void make_unique(std::size_t number, std::size_t field) {
    Column& column = table_->columns[field];
    catalog::Key key = style_.unique("", {column.name});
    name(key, "uq", number, field);
    const bool many_nulls = random_.chance(50) && !key.system_named;
    if (column.nullable && many_nulls && !style_.postgres) {
      // How SQL Server is told to take any number of NULLs.
      catalog::Index index = style_.index(style_.name("uq", number * 20 + field), {column.name});
      index.unique = true;
      index.predicate = expression("([" + column.name + "] IS NOT NULL)");
      index.comment = key.comment;
      table_->indexes.push_back(std::move(index));
      return;
    }
    if (column.nullable && !many_nulls) key.nulls_not_distinct = true;
    table_->unique_constraints.push_back(std::move(key));
  }

  void make_index(std::size_t number, std::size_t field) {
    std::vector<std::string> columns = {table_->columns[field].name};
    const bool wide = random_.chance(50);
    if (wide) columns.push_back(style_.field(0));
    catalog::Index index = style_.index(style_.name("ix", number * 20 + field), columns);
    for (catalog::IndexColumn& item : index.columns) {
      item.descending = random_.chance(30);
      item.nulls_first = item.descending == style_.postgres;
    }
    if (random_.chance(30)) index.included = {table_->columns[1].name};
    if (random_.chance(30)) {
      const Column& tested = random_.pick(table_->columns);
      index.predicate = style_.condition(kind_of(tested.type), tested.name, value());
    }
    const bool may_be_null = table_->columns[field].nullable || (wide && table_->columns[0].nullable);
    index.unique = random_.chance(20) && !may_be_null;
    index.comment = comment("index");
    table_->indexes.push_back(std::move(index));
  }

  void make_foreign_key(std::size_t number, std::size_t field) {
    std::vector<std::string> columns = {table_->columns[field].name};
    std::vector<std::string> referenced = {style_.field(0)};
    if (random_.chance(40)) {
      columns.push_back(style_.field(0));
      referenced.push_back(style_.field(1));
    }
    catalog::ForeignKey key = foreign_key("", std::move(columns), style_.schema(), style_.table(random_.below(tables_)),
                                          std::move(referenced));
    name(key, "fk", number, field);
    if (random_.chance(30)) key.on_delete = ReferentialAction::cascade;
    if (random_.chance(15)) key.on_update = ReferentialAction::set_null;
    table_->foreign_keys.push_back(std::move(key));
  }

  void make_table(Schema& schema, std::size_t number) {
    table_ = &schema.tables.emplace_back();
    table_->name = style_.table(number);
    bool has_identity = false;
    const std::size_t fields = 4 + random_.below(4);
    for (std::size_t f = 0; f < fields; ++f) table_->columns.push_back(make_column(schema, f, has_identity));

    const bool wide_key = random_.chance(30);
    if (random_.chance(80)) {
      catalog::Key key;
      key.columns = {style_.field(0)};
      if (wide_key) key.columns.push_back(style_.field(1));
      for (std::size_t f = 0; f < key.columns.size(); ++f) table_->columns[f].nullable = false;
      name(key, "pk", number, 0);
      table_->primary_key = std::move(key);
    }
    // No two keys or indexes begin with one column, so that none stands for another.
    for (std::size_t f = 2; f < fields; ++f) {
      const std::size_t role = random_.below(8);
      if (role == 0) make_unique(number, f);
      if (role == 1 || role == 2) make_index(number, f);
      if (role == 3 || role == 4) make_foreign_key(number, f);
    }
    for (std::size_t f = 0; f < fields; ++f) {
      const Column& tested = table_->columns[f];
      if (!random_.chance(kind_of(tested.type) == Kind::text ? 50 : 25)) continue;
      catalog::Check check;
      check.expression = style_.condition(kind_of(tested.type), tested.name, value());
      // PostgreSQL says which columns a check mentions; SQL Server says so for checks of columns only.
      const bool of_column = random_.chance(50);
      if (style_.postgres || of_column) check.columns = {tested.name};
      name(check, "ck", number, f);
      table_->checks.push_back(std::move(check));
    }
    make_properties(number);
  }

  void make_properties(std::size_t number) {
    if (random_.chance(30)) {
      catalog::Trigger& trigger = table_->triggers.emplace_back();
      trigger.name = style_.name("trigger", number);
      trigger.timing = random_.chance(70) ? "after" : "instead of";
      trigger.events = {"insert"};
      if (random_.chance(50)) trigger.events.push_back("update");
      trigger.row_level = style_.postgres;
      if (style_.postgres) trigger.calls = "public.audit";
      trigger.definition = expression("CREATE TRIGGER " + trigger.name + " ON " + table_->name);
    }
    table_->comment = comment("table");
    if (random_.chance(10)) table_->partition_key = style_.postgres ? "RANGE (field_0)" : "RANGE ([Field0])";
    if (random_.chance(20)) table_->grants = {"reader: SELECT"};
    const bool is_child = random_.chance(15);
    if (is_child && number > 0 && style_.one_engine && style_.postgres) {
      table_->inherits = {"public." + style_.table(0)};
    }
    if (random_.chance(10)) {
      table_->row_security = true;
      table_->policies = {
          {style_.name("policy", number), "select", style_.postgres ? "(field_0 > 0)" : "rules.visible"}};
    }
  }

  void make_views(Schema& schema) {
    for (std::size_t v = random_.below(3); v > 0; --v) {
      catalog::View& view = schema.views.emplace_back();
      view.name = style_.name("view", v);
      const int size = random_.between(10, 29);
      const Kind kind = static_cast<Kind>(random_.below(kKindCount));
      view.columns = {column(style_.field(0), style_.type(Kind::integer, 0)),
                      column(style_.field(1), style_.type(kind, size))};
      view.definition = expression("SELECT " + style_.field(0) + ", " + style_.field(1) + " FROM " + style_.table(0));
      view.comment = comment("view");
    }
  }

  void make_routines(Schema& schema) {
    for (std::size_t r = random_.below(3); r > 0; --r) {
      catalog::Routine& routine = schema.routines.emplace_back();
      routine.name = style_.name("routine", r);
      const bool function = random_.chance(60);
      routine.kind = function ? "function" : "procedure";
      routine.language = style_.postgres ? "plpgsql" : "sql";
      if (function) routine.returns = style_.type(Kind::integer, 0).printed;
      for (std::size_t p = random_.below(3); p > 0; --p) {
        routine.parameters.push_back({(style_.postgres ? "" : "@") + style_.name("value", p),
                                      style_.type(static_cast<Kind>(random_.below(kKindCount)), 20).printed, false});
      }
      routine.body_hash = "1f" + std::to_string(r);
      routine.comment = comment("routine");
    }
  }

  void make_synonyms(Schema& schema) {
    for (std::size_t s = random_.below(3); s > 0; --s) {
      // Chosen in every style alike, though only one engine has them.
      if (!style_.one_engine || style_.postgres) continue;
      schema.synonyms.push_back({style_.name("nickname", s), "dbo." + style_.table(0), std::nullopt});
    }
  }

  void make_types(Schema& schema) {
    for (std::size_t t = random_.below(3); t > 0; --t) {
      catalog::UserType type;
      type.name = style_.name("sort", t);
      type.comment = comment("type");
      const bool is_enum = random_.chance(60);
      if (is_enum && style_.postgres) {
        type.kind = "enum";
        type.labels = {"low", "middle", "high"};
      } else {
        type.kind = style_.postgres ? "domain" : "alias";
        type.base = style_.type(Kind::text, 40).printed;
        if (style_.postgres) type.checks = {"CHECK (((VALUE)::text <> ''::text))"};
      }
      schema.types.push_back(std::move(type));
    }
  }

  Random random_;
  const Style& style_;
  std::vector<std::string> sequences_;  ///< those that no column owns
  std::size_t tables_ = 0;
  Table* table_ = nullptr;
};

}  // namespace

Catalog random_schema(unsigned seed, const Style& style) {
  return Maker(seed, style).make();
}

void shuffle_lists(Random& random, Catalog& catalog, bool with_columns) {
  for (Schema& schema : catalog.schemas) {
    random.shuffle(schema.tables);
    random.shuffle(schema.views);
    random.shuffle(schema.sequences);
    random.shuffle(schema.routines);
    random.shuffle(schema.types);
    random.shuffle(schema.synonyms);
    for (Table& table : schema.tables) {
      if (with_columns) {
        random.shuffle(table.columns);
        int ordinal = 0;
        for (Column& column : table.columns) column.ordinal = ++ordinal;
      }
      random.shuffle(table.unique_constraints);
      random.shuffle(table.foreign_keys);
      random.shuffle(table.checks);
      random.shuffle(table.indexes);
    }
  }
}

}  // namespace paripassu::test
