#pragma once

#include "backends/dialect.h"

namespace paripassu::sqlserver {

class SqlServerDialect final : public Dialect {
 public:
  std::string quote_identifier(std::string_view name) const override;
  std::string quote_literal(std::string_view text) const override;
  std::string placeholder(int index) const override;
  std::string default_schema() const override { return "dbo"; }
  int identifier_length_max() const override { return 128; }
  std::string text_type(int characters) const override;
  std::string bigint_type() const override { return "bigint"; }
  std::string utc_timestamp_type() const override { return "datetime2(6)"; }
  std::string utc_now() const override { return "SYSUTCDATETIME()"; }
  std::string utc_text(std::string_view expression) const override;
  std::string table_exists_query() const override;
  std::string create_schema_if_missing(std::string_view schema) const override;
  std::string use_schema(std::string_view schema) const override;
  std::string client_url(ClientUrlForm form, const ConnectionUrl& url) const override;
  bool changes_session(std::span<const StatementWord> words) const override;
};

}  // namespace paripassu::sqlserver
