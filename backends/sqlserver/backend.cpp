#include "backends/sqlserver/backend.h"

#include "backends/sqlserver/batch_reader.h"
#include "backends/sqlserver/connection_string.h"
#include "backends/sqlserver/data_sql.h"
#include "backends/sqlserver/ddl_writer.h"
#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/dml_writer.h"
#include "backends/sqlserver/expression_reader.h"
#include "backends/sqlserver/inspector.h"
#include "backends/sqlserver/scratch_databases.h"
#include "backends/sqlserver/script_reader.h"
#include "backends/sqlserver/server.h"
#include "backends/sqlserver/session.h"

namespace paripassu {

namespace {

class SqlServerBackend final : public Backend {
 public:
  SqlServerBackend() {
    capabilities_.batch_separator = true;
    capabilities_.before_triggers = false;
  }

  std::string_view name() const override { return "sqlserver"; }
  std::string_view display_name() const override { return "SQL Server"; }
  std::vector<std::string> url_schemes() const override { return {"sqlserver", "mssql"}; }
  std::vector<std::string> file_infixes() const override { return {"sqlserver", "mssql"}; }
  const Capabilities& capabilities() const override { return capabilities_; }
  std::vector<Finding> findings() const override {
    std::vector<Finding> result;
    for (const sqlserver::Driver& driver : sqlserver::installed_drivers())
      result.push_back({true, "ODBC driver " + driver.name, ""});
    if (result.empty())
      result.push_back(
          {false, "no ODBC driver for SQL Server", "apt-get install tdsodbc, or install Microsoft's msodbcsql18"});
    return result;
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
    return std::make_unique<sqlserver::SqlServerSession>(url);
  }

  InFlightVerdict resolve_in_flight(Session&, const ScriptStatement& statement) const override {
    // Setting an option, a backup and a reconfiguration end in the same state however often they are done.
    for (const char* repeatable : {"ALTER DATABASE CURRENT", "BACKUP", "RECONFIGURE"})
      if (statement.outside_transaction == repeatable) return InFlightVerdict::not_applied;
    return InFlightVerdict::unknown;
  }

  std::unique_ptr<BatchReader> read_batches(Session& session, std::string_view sql,
                                            const BatchOptions& options) const override {
    return sqlserver::read_batches(dynamic_cast<sqlserver::SqlServerSession&>(session), sql, options);
  }

 private:
  Capabilities capabilities_;
  sqlserver::SqlServerDialect dialect_;
  sqlserver::SqlServerScriptReader script_reader_;
  sqlserver::SqlServerInspector inspector_;
  sqlserver::SqlServerExpressionReader expression_reader_;
  sqlserver::SqlServerDdlWriter ddl_writer_;
  sqlserver::SqlServerDmlWriter dml_writer_;
  sqlserver::SqlServerDataSql data_sql_;
  sqlserver::SqlServerServerProvider servers_;
  sqlserver::SqlServerScratchDatabases scratch_databases_;
};

}  // namespace

void register_sqlserver(BackendRegistry& registry) {
  registry.add(std::make_unique<SqlServerBackend>());
}

}  // namespace paripassu
