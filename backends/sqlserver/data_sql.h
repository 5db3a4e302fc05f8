#pragma once

#include "backends/data_sql.h"
#include "backends/sqlserver/dialect.h"

namespace paripassu::sqlserver {

/// For SQL Server 2016 to 2025, Azure SQL and Babelfish. Snapshots are SNAPSHOT isolation where the database allows it;
/// sessions cannot share one, but those of a read-only database all see the same.
class SqlServerDataSql final : public DataSql {
 public:
  std::optional<std::string> read_expression(const catalog::Column& column, std::string& why) const override;
  bool is_long(const catalog::Type& type) const override;
  std::string order_by_value(const catalog::Type& type, std::string_view expression) const override;
  std::string order_by_code_points(const catalog::Type& type, std::string_view expression) const override;
  ReadSnapshot begin_snapshot(Session& session) const override;
  void join_snapshot(Session& session, const std::string& id) const override;
  std::string estimated_rows_query(std::string_view schema, std::string_view table) const override;
  std::optional<std::string> checksum_text(const catalog::Type& type, const ChecksumForm& form,
                                           std::string_view expression, const ServerInfo& server) const override;
  std::string checksum_query(std::string_view qualified_table, const std::vector<std::string>& texts,
                             std::string_view where) const override;

 private:
  SqlServerDialect dialect_;
};

/// What is selected for a value of the type, and compared where it has no comparison of its own: `expression`, or a
/// conversion of it to text or bytes.
std::string readable_expression(const catalog::Type& type, std::string_view expression);

}  // namespace paripassu::sqlserver
