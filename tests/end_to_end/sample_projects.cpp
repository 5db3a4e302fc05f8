#include "tests/end_to_end/sample_projects.h"

namespace paripassu::test {

void write_three_migrations(Project& project) {
  project.migration("0001_create_customers.up.sql", kCreateCustomers);
  project.migration("0001_create_customers.down.sql", "DROP TABLE customers;\n");
  project.migration("0002_create_orders.up.sql", kCreateOrders);
  project.migration("0002_create_orders.down.sql", "DROP TABLE orders;\n");
  project.migration("0003_create_lines.up.sql", kCreateLines);
  project.migration("0003_create_lines.down.sql", "DROP TABLE order_lines;\n");
}

std::vector<std::string> tables_of_three_migrations() {
  return {"customers", "order_lines", "orders", "paripassu_ledger"};
}

std::vector<std::string> versions(const std::vector<LedgerEntry>& ledger) {
  std::vector<std::string> result;
  for (const LedgerEntry& entry : ledger) result.push_back(entry.version + (entry.complete() ? "" : " incomplete"));
  return result;
}

std::string line_with(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return {};
  // npos + 1 is the begin of the text.
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

std::string create_customers(const Target& target) {
  return "CREATE TABLE customers (id int NOT NULL PRIMARY KEY, email " + target.sql.text_type + " NOT NULL UNIQUE)";
}

void write_schema(Project& project) {
  const Target& target = project.database().target();
  project.migration("0001_create_customers.up.sql", target.script({create_customers(target)}));
  project.migration("0002_create_orders.up.sql", target.script({kCreateOrdersOfCustomers, kIndexOrders}));
  project.write("schema.sql", target.script({create_customers(target), kCreateOrdersOfCustomers, kIndexOrders}));
  project.write("ddl/1_customers.sql", target.script({create_customers(target)}));
  project.write("ddl/2_orders.sql", target.script({kCreateOrdersOfCustomers, kIndexOrders}));
  project.write("ddl/readme.txt", "not SQL");
}

nlohmann::json diff_json(const Project& project, const std::string& left, const std::string& right, int exit_code,
                         std::vector<std::string> more) {
  more.insert(more.begin(), {"--format", "json", "diff", left, right});
  const ProgramResult result = project.run(more);
  REQUIRE_EXIT(result, exit_code);
  return parse_json(result);
}

}  // namespace paripassu::test
