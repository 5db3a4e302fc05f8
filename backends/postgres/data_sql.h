#pragma once

#include "backends/data_sql.h"
#include "backends/postgres/dialect.h"

namespace paripassu::postgres {

/// For PostgreSQL 12 to 18. Snapshots are REPEATABLE READ, exported where the server lets them be.
class PostgresDataSql final : public DataSql {
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
  PostgresDialect dialect_;
};

}  // namespace paripassu::postgres
