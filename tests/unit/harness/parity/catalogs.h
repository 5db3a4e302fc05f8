#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/parity/differ.h"

/// Catalogs made by hand, in the way two engines would show the same schema.
namespace paripassu::test {

inline catalog::Type integer_type(std::string printed, int bits) {
  catalog::Type type;
  type.family = catalog::TypeFamily::integer;
  type.printed = printed;
  type.name = std::move(printed);
  type.bits = bits;
  return type;
}

inline catalog::Type simple_type(catalog::TypeFamily family, std::string printed) {
  catalog::Type type;
  type.family = family;
  type.printed = printed;
  type.name = std::move(printed);
  return type;
}

/// A length of 0 is no limit.
inline catalog::Type text_type(std::string name, int length, catalog::LengthUnit unit, bool fixed = false) {
  catalog::Type type;
  type.family = catalog::TypeFamily::text;
  type.printed = length > 0 ? name + "(" + std::to_string(length) + ")" : name;
  type.name = std::move(name);
  if (length > 0) type.length = length;
  type.length_unit = unit;
  type.fixed_length = fixed;
  return type;
}

inline catalog::Type decimal_type(std::string name, int precision, int scale) {
  catalog::Type type;
  type.family = catalog::TypeFamily::decimal;
  type.printed = name + "(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
  type.name = std::move(name);
  type.precision = precision;
  type.scale = scale;
  return type;
}

inline catalog::Type second_type(catalog::TypeFamily family, std::string printed, int precision, bool zone = false,
                                 long long tick_ns = 0) {
  catalog::Type type = simple_type(family, std::move(printed));
  type.precision = precision;
  type.with_time_zone = zone;
  type.tick_ns = tick_ns;
  return type;
}

inline catalog::Column column(std::string name, catalog::Type type, bool nullable = true) {
  catalog::Column out;
  out.name = std::move(name);
  out.type = std::move(type);
  out.nullable = nullable;
  return out;
}

inline catalog::Key key(std::string name, std::vector<std::string> columns) {
  catalog::Key out;
  out.name = std::move(name);
  out.columns = std::move(columns);
  return out;
}

inline catalog::ForeignKey foreign_key(std::string name, std::vector<std::string> columns, std::string schema,
                                       std::string table, std::vector<std::string> referenced) {
  catalog::ForeignKey out;
  out.name = std::move(name);
  out.columns = std::move(columns);
  out.referenced_schema = std::move(schema);
  out.referenced_table = std::move(table);
  out.referenced_columns = std::move(referenced);
  return out;
}

inline catalog::Check check(std::string name, std::string printed, std::vector<std::string> columns) {
  catalog::Check out;
  out.name = std::move(name);
  out.expression.printed = std::move(printed);
  out.columns = std::move(columns);
  return out;
}

inline catalog::Index index(std::string name, const std::vector<std::string>& columns, std::string method) {
  catalog::Index out;
  out.name = std::move(name);
  out.method = std::move(method);
  for (const std::string& text : columns) {
    catalog::IndexColumn item;
    item.column = text;
    out.columns.push_back(std::move(item));
  }
  return out;
}

inline catalog::Catalog empty_postgres() {
  catalog::Catalog out;
  out.engine = "postgres";
  out.product = "PostgreSQL";
  out.product_version = "15.20";
  out.default_schema = "public";
  out.case_folds_identifiers = true;
  out.schemas.emplace_back().name = "public";
  return out;
}

inline catalog::Catalog empty_sqlserver() {
  catalog::Catalog out;
  out.engine = "sqlserver";
  out.product = "Microsoft SQL Server";
  out.product_version = "16.0.4135.4";
  out.default_schema = "dbo";
  out.schemas.emplace_back().name = "dbo";
  return out;
}

inline catalog::Table& add_table(catalog::Catalog& catalog, std::string name, std::vector<catalog::Column> columns) {
  catalog::Table& table = catalog.schemas.front().tables.emplace_back();
  table.name = std::move(name);
  table.columns = std::move(columns);
  int ordinal = 0;
  for (catalog::Column& each : table.columns) each.ordinal = ++ordinal;
  return table;
}

inline catalog::Table& table_of(catalog::Catalog& catalog, const std::string& name) {
  for (catalog::Table& table : catalog.schemas.front().tables) {
    if (table.name == name) return table;
  }
  throw std::out_of_range("no table " + name);
}

inline catalog::Column& column_of(catalog::Catalog& catalog, const std::string& table, const std::string& name) {
  for (catalog::Column& each : table_of(catalog, table).columns) {
    if (each.name == name) return each;
  }
  throw std::out_of_range("no column " + table + "." + name);
}

inline catalog::Expression expression(std::string printed) {
  return {std::move(printed), false};
}

/// Customers, orders and their lines as PostgreSQL shows them.
inline catalog::Catalog shop_on_postgres() {
  using catalog::LengthUnit;
  using catalog::TypeFamily;
  catalog::Catalog out = empty_postgres();
  const auto varchar = [](int n) { return text_type("character varying", n, LengthUnit::characters); };
  const auto integer = integer_type("integer", 32);

  catalog::Table& customers =
      add_table(out, "customers",
                {column("customer_id", integer, false), column("full_name", varchar(80), false),
                 column("email", varchar(120)), column("notes", text_type("text", 0, LengthUnit::none)),
                 column("is_active", simple_type(TypeFamily::boolean, "boolean"), false)});
  customers.columns[0].identity.emplace();
  customers.columns[0].identity->kind = catalog::Identity::Kind::serial;
  customers.columns[0].default_value = expression("nextval('customers_customer_id_seq'::regclass)");
  customers.columns[4].default_value = expression("true");
  customers.primary_key = key("customers_pkey", {"customer_id"});
  customers.unique_constraints = {key("customers_full_name_key", {"full_name"})};
  customers.comment = "who buys";

  catalog::Table& orders =
      add_table(out, "orders",
                {column("order_id", integer, false), column("customer_id", integer, false),
                 column("placed_at", second_type(TypeFamily::timestamp, "timestamp(6) without time zone", 6), false),
                 column("total", decimal_type("numeric", 12, 2), false), column("quantity", integer, false),
                 column("reference", varchar(20)), column("gross", decimal_type("numeric", 12, 2))});
  orders.columns[6].computed = catalog::Computed{expression("(total * 1.2)"), true};
  orders.primary_key = key("orders_pkey", {"order_id"});
  orders.foreign_keys = {
      foreign_key("orders_customer_id_fkey", {"customer_id"}, "public", "customers", {"customer_id"})};
  orders.checks = {check("orders_quantity_check", "(quantity > 0)", {"quantity"}),
                   check("orders_total_check", "(total >= (0)::numeric)", {"total"})};
  orders.indexes = {index("orders_customer_id_idx", {"customer_id", "placed_at"}, "btree"),
                    index("orders_placed_at_idx", {"placed_at"}, "btree")};
  orders.indexes[0].columns[1].descending = true;
  orders.indexes[0].columns[1].nulls_first = true;
  orders.indexes[1].included = {"total"};

  catalog::Table& lines = add_table(out, "order_lines",
                                    {column("order_id", integer, false), column("line_no", integer, false),
                                     column("product_code", varchar(30), false)});
  lines.primary_key = key("order_lines_pkey", {"order_id", "line_no"});
  lines.foreign_keys = {foreign_key("order_lines_order_id_fkey", {"order_id"}, "public", "orders", {"order_id"})};
  lines.foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;

  catalog::View& view = out.schemas.front().views.emplace_back();
  view.name = "open_orders";
  view.columns = {column("order_id", integer), column("customer_id", integer)};
  catalog::Sequence owned;
  owned.name = "customers_customer_id_seq";
  owned.owned_by = "customers.customer_id";
  catalog::Sequence numbers;
  numbers.name = "invoice_numbers";
  numbers.type = integer_type("bigint", 64);
  out.schemas.front().sequences = {owned, numbers};
  catalog::sort(out);
  return out;
}

/// The same as SQL Server shows them.
inline catalog::Catalog shop_on_sqlserver() {
  using catalog::LengthUnit;
  using catalog::TypeFamily;
  catalog::Catalog out = empty_sqlserver();
  const auto nvarchar = [](int n) { return text_type("nvarchar", n, LengthUnit::utf16_units); };
  const auto integer = integer_type("int", 32);
  const auto unique = [](std::string name, std::vector<std::string> columns) {
    catalog::Key out_key = key(std::move(name), std::move(columns));
    out_key.nulls_not_distinct = true;
    return out_key;
  };

  catalog::Type unlimited = text_type("nvarchar", 0, LengthUnit::utf16_units);
  unlimited.printed = "nvarchar(max)";
  catalog::Table& customers = add_table(
      out, "Customers",
      {column("CustomerId", integer, false), column("FullName", nvarchar(80), false), column("Email", nvarchar(120)),
       column("Notes", unlimited), column("IsActive", simple_type(TypeFamily::boolean, "bit"), false)});
  customers.columns[0].identity.emplace();
  customers.columns[4].default_value = expression("((1))");
  customers.primary_key = key("PK_Customers", {"CustomerId"});
  customers.unique_constraints = {unique("UQ_Customers_FullName", {"FullName"})};
  customers.comment = "who buys";

  catalog::Table& orders =
      add_table(out, "Orders",
                {column("OrderId", integer, false), column("CustomerId", integer, false),
                 column("PlacedAt", second_type(TypeFamily::timestamp, "datetime", 3, false, 3'333'333), false),
                 column("Total", decimal_type("decimal", 12, 2), false), column("Quantity", integer, false),
                 column("Reference", nvarchar(20)), column("Gross", decimal_type("decimal", 12, 2))});
  orders.columns[6].computed = catalog::Computed{expression("([Total]*(1.2))"), false};
  orders.primary_key = key("PK_Orders", {"OrderId"});
  orders.foreign_keys = {foreign_key("FK_Orders_Customers", {"CustomerId"}, "dbo", "Customers", {"CustomerId"})};
  orders.checks = {check("CK_Orders_Total", "([Total]>=(0))", {"Total"}),
                   check("CK_Orders_Quantity", "([Quantity]>(0))", {"Quantity"})};
  orders.indexes = {index("IX_Orders_Customer", {"CustomerId", "PlacedAt"}, "nonclustered"),
                    index("IX_Orders_PlacedAt", {"PlacedAt"}, "clustered")};
  orders.indexes[0].columns[1].descending = true;
  orders.indexes[1].clustered = true;
  orders.indexes[1].columns[0].nulls_first = true;
  orders.indexes[1].included = {"Total"};

  catalog::Table& lines = add_table(out, "OrderLines",
                                    {column("OrderId", integer, false), column("LineNo", integer, false),
                                     column("ProductCode", nvarchar(30), false)});
  lines.primary_key = key("PK_OrderLines", {"OrderId", "LineNo"});
  lines.foreign_keys = {foreign_key("FK_OrderLines_Orders", {"OrderId"}, "dbo", "Orders", {"OrderId"})};
  lines.foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;

  catalog::View& view = out.schemas.front().views.emplace_back();
  view.name = "OpenOrders";
  view.columns = {column("OrderId", integer), column("CustomerId", integer)};
  catalog::Sequence numbers;
  numbers.name = "InvoiceNumbers";
  numbers.type = integer_type("bigint", 64);
  out.schemas.front().sequences = {numbers};
  catalog::sort(out);
  return out;
}

}  // namespace paripassu::test
