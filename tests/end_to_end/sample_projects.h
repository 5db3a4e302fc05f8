#pragma once

#include <string>
#include <vector>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

inline constexpr const char* kCreateCustomers = "CREATE TABLE customers (id int NOT NULL PRIMARY KEY);\n";
inline constexpr const char* kCreateOrders = "CREATE TABLE orders (id int NOT NULL PRIMARY KEY);\n";
inline constexpr const char* kCreateLines = "CREATE TABLE order_lines (id int NOT NULL PRIMARY KEY);\n";

/// Three versions of one table each, with a down each.
void write_three_migrations(Project& project);
/// What the three make, the ledger included.
std::vector<std::string> tables_of_three_migrations();

/// The versions of a ledger in its order; "0003 incomplete" for one that has not ended.
std::vector<std::string> versions(const std::vector<LedgerEntry>& ledger);
/// The line of `text` that holds `part`; empty when there is none.
std::string line_with(const std::string& text, const std::string& part);

/// The statements of one schema of two tables, a foreign key and an index.
std::string create_customers(const Target& target);
inline constexpr const char* kCreateOrdersOfCustomers =
    "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id))";
inline constexpr const char* kIndexOrders = "CREATE INDEX ix_orders_customer ON orders (customer_id)";
/// That schema in two migrations, in schema.sql, and in two files below ddl/.
void write_schema(Project& project);

/// Runs `diff --format json` and gives the document; ends the case when the exit code is another.
nlohmann::json diff_json(const Project& project, const std::string& left, const std::string& right, int exit_code,
                         std::vector<std::string> more = {});

}  // namespace paripassu::test
