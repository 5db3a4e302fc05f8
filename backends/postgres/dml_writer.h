#pragma once

#include "backends/postgres/dialect.h"
#include "backends/values_dml_writer.h"

namespace paripassu::postgres {

/// For PostgreSQL 12 to 18. Numbers and booleans are bare; everything else is a quoted text without a cast, which
/// becomes the column's own type: a domain, an enum, any type of an extension.
class PostgresDmlWriter final : public ValuesDmlWriter {
 public:
  /// A column of arrays takes PostgreSQL's own form, `{a,"b c",NULL}`, and a JSON array.
  std::string literal(const catalog::Type& type, const Cell& value) const override;

 protected:
  const Dialect& dialect() const override { return dialect_; }
  std::string insert_statement(const std::string& table, const std::string& columns, const std::string& tuples,
                               bool identity_given) const override;
  std::string move_counter(const std::string& schema, const std::string& table,
                           const GivenIdentity& given) const override;
  std::string compared_literal(const catalog::Type& type, const std::string& value) const override;
  std::string compared_name(const std::string& name, const catalog::Type&) const override { return name; }
  std::string same_value(const std::string& name, const catalog::Type& type, const std::string& value,
                         bool in_key) const override;
  std::string delete_some(const std::string& table, const std::string& condition, std::uint64_t copies) const override;

 private:
  PostgresDialect dialect_;
};

}  // namespace paripassu::postgres
