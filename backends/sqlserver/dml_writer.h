#pragma once

#include "backends/sqlserver/dialect.h"
#include "backends/values_dml_writer.h"

namespace paripassu::sqlserver {

/// For SQL Server 2016 to 2025, Azure SQL and Babelfish. The rows of a VALUES list get one type per column, as in a
/// UNION ALL, so that all literals of a type are of one kind.
class SqlServerDmlWriter final : public ValuesDmlWriter {
 public:
  std::string literal(const catalog::Type& type, const Cell& value) const override;

 protected:
  const Dialect& dialect() const override { return dialect_; }
  std::string insert_statement(const std::string& table, const std::string& columns, const std::string& tuples,
                               bool identity_given) const override;
  /// The server moves the counter itself (documentation of SET IDENTITY_INSERT).
  std::string move_counter(const std::string&, const std::string&, const GivenIdentity&) const override { return {}; }
  std::string compared_literal(const catalog::Type& type, const std::string& value) const override;
  std::string compared_name(const std::string& name, const catalog::Type& type) const override;
  std::string same_value(const std::string& name, const catalog::Type& type, const std::string& value,
                         bool in_key) const override;
  std::string delete_some(const std::string& table, const std::string& condition, std::uint64_t copies) const override;

 private:
  std::string text_literal(std::string_view text) const;

  SqlServerDialect dialect_;
};

}  // namespace paripassu::sqlserver
