#include "backends/postgres/scratch_databases.h"

#include <doctest/doctest.h>

namespace paripassu::postgres {

TEST_CASE("A cloned database of PostgreSQL gets the settings of its template, which CREATE DATABASE leaves behind") {
  ResultSet rows({"rolname", "setting"});
  const auto add = [&](Cell role, std::string setting) {
    rows.append(std::move(role));
    rows.append(std::move(setting));
  };
  add(std::nullopt, "search_path=\"$user\", app, \"we\"\"ird, name\"");
  add(std::nullopt, "search_path=\"\"");
  add(std::nullopt, "TimeZone=Europe/Berlin");
  add(std::nullopt, "app.tenant=it's = \\ 1");
  add("rol\"e", "statement_timeout=5s");
  add(std::nullopt, "no equals sign");
  CHECK(setting_statements(rows, "new\"one") ==
        std::vector<std::string>{
            "ALTER DATABASE \"new\"\"one\" SET \"search_path\" TO '$user', 'app', 'we\"ird, name'",
            "ALTER DATABASE \"new\"\"one\" SET \"search_path\" TO ''",
            "ALTER DATABASE \"new\"\"one\" SET \"TimeZone\" TO 'Europe/Berlin'",
            "ALTER DATABASE \"new\"\"one\" SET \"app.tenant\" TO E'it''s = \\\\ 1'",
            "ALTER ROLE \"rol\"\"e\" IN DATABASE \"new\"\"one\" SET \"statement_timeout\" TO '5s'",
        });
  CHECK(setting_statements(ResultSet({"rolname", "setting"}), "x").empty());
}

}  // namespace paripassu::postgres
