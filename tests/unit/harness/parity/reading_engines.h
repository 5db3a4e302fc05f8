#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "backends/backend.h"
#include "backends/postgres/expression_reader.h"
#include "backends/sqlserver/expression_reader.h"

namespace paripassu::test {

/// An engine that reads its expressions and does nothing else.
class ReadingBackend : public Backend {
 public:
  ReadingBackend(std::string name, std::unique_ptr<ExpressionReader> reader)
      : name_(std::move(name)), reader_(std::move(reader)) {
    capabilities_.before_triggers = name_ != "sqlserver";
  }
  std::string_view name() const override { return name_; }
  std::string_view display_name() const override { return name_; }
  std::vector<std::string> url_schemes() const override { return {name_}; }
  std::vector<std::string> file_infixes() const override { return {name_}; }
  const Capabilities& capabilities() const override { return capabilities_; }
  const Dialect& dialect() const override { return unused<const Dialect&>(); }
  const ScriptReader& script_reader() const override { return unused<const ScriptReader&>(); }
  const Inspector& inspector() const override { return unused<const Inspector&>(); }
  const ExpressionReader& expression_reader() const override { return *reader_; }
  const DdlWriter& ddl_writer() const override { return unused<const DdlWriter&>(); }
  const DmlWriter& dml_writer() const override { return unused<const DmlWriter&>(); }
  const DataSql& data_sql() const override { return unused<const DataSql&>(); }
  const ServerProvider& servers() const override { return unused<const ServerProvider&>(); }
  const ScratchDatabases& scratch_databases() const override { return unused<const ScratchDatabases&>(); }
  std::unique_ptr<Session> connect(const ConnectionUrl&) const override { return unused<std::unique_ptr<Session>>(); }
  std::vector<Finding> findings() const override { return {}; }
  InFlightVerdict resolve_in_flight(Session&, const ScriptStatement&) const override {
    return unused<InFlightVerdict>();
  }
  std::unique_ptr<BatchReader> read_batches(Session&, std::string_view, const BatchOptions&) const override {
    return unused<std::unique_ptr<BatchReader>>();
  }

 private:
  template <typename T>
  static T unused() {
    throw std::logic_error("the parity room asked an engine for more than to read expressions");
  }

  std::string name_;
  Capabilities capabilities_;
  std::unique_ptr<ExpressionReader> reader_;
};

/// The engines of the catalogs of this folder.
inline const BackendRegistry& reading_engines() {
  static const BackendRegistry registry = [] {
    BackendRegistry engines;
    engines.add(std::make_unique<ReadingBackend>("postgres", std::make_unique<postgres::PostgresExpressionReader>()));
    engines.add(std::make_unique<ReadingBackend>("sqlserver", std::make_unique<SqlServerExpressionReader>()));
    return engines;
  }();
  return registry;
}

}  // namespace paripassu::test
