#include "backends/postgres/backend.h"

#include <fmt/format.h>

#include "backends/postgres/batch_reader.h"
#include "backends/postgres/data_sql.h"
#include "backends/postgres/ddl_writer.h"
#include "backends/postgres/dialect.h"
#include "backends/postgres/dml_writer.h"
#include "backends/postgres/expression_reader.h"
#include "backends/postgres/in_flight.h"
#include "backends/postgres/inspector.h"
#include "backends/postgres/scratch_databases.h"
#include "backends/postgres/script_reader.h"
#include "backends/postgres/server.h"
#include "backends/postgres/session.h"

namespace paripassu {

namespace {

class PostgresBackend final : public Backend {
 public:
  PostgresBackend() {
    capabilities_.copy_from_stdin = true;
    capabilities_.deferrable_constraints = true;
    capabilities_.expression_indexes = true;
    capabilities_.enum_types = true;
  }

  std::string_view name() const override { return "postgres"; }
  std::string_view display_name() const override { return "PostgreSQL"; }
  std::vector<std::string> url_schemes() const override { return {"postgres", "postgresql"}; }
  std::vector<std::string> file_infixes() const override { return {"postgres", "postgresql", "pg"}; }
  const Capabilities& capabilities() const override { return capabilities_; }
  std::vector<Finding> findings() const override {
    const int version = PQlibVersion();
    return {{true, fmt::format("libpq {}.{}", version / 10000, version % 10000), ""}};
  }
  const Dialect& dialect() const override { return dialect_; }
  const ScriptReader& script_reader() const override { return script_reader_; }
  const Inspector& inspector() const override { return inspector_; }
  const ExpressionReader& expression_reader() const override { return expression_reader_; }
  const DdlWriter& ddl_writer() const override { return ddl_writer_; }
  const DmlWriter& dml_writer() const override { return dml_writer_; }
  const DataSql& data_sql() const override { return data_sql_; }
  const ServerProvider& servers() const override { return servers_; }
  const ScratchDatabases& scratch_databases() const override { return scratch_databases_; }

  std::unique_ptr<Session> connect(const ConnectionUrl& url) const override {
    return std::make_unique<postgres::PostgresSession>(url);
  }

  InFlightVerdict resolve_in_flight(Session& session, const ScriptStatement& statement) const override {
    return postgres::resolve_in_flight(session, statement);
  }

  std::unique_ptr<BatchReader> read_batches(Session& session, std::string_view sql,
                                            const BatchOptions& options) const override {
    return postgres::read_batches(dynamic_cast<postgres::PostgresSession&>(session), sql, options);
  }

 private:
  Capabilities capabilities_;
  postgres::PostgresDialect dialect_;
  postgres::PostgresScriptReader script_reader_;
  postgres::PostgresInspector inspector_;
  postgres::PostgresExpressionReader expression_reader_;
  postgres::PostgresDdlWriter ddl_writer_;
  postgres::PostgresDmlWriter dml_writer_;
  postgres::PostgresDataSql data_sql_;
  postgres::PostgresServerProvider servers_;
  postgres::PostgresScratchDatabases scratch_databases_;
};

}  // namespace

void register_postgres(BackendRegistry& registry) {
  registry.add(std::make_unique<PostgresBackend>());
}

}  // namespace paripassu
