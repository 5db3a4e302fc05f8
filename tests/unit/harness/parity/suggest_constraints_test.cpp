#include <doctest/doctest.h>

#include "tests/unit/harness/parity/suggest_fixture.h"

namespace paripassu {

using namespace suggesting;

TEST_CASE("suggest recreates a foreign key once, and keeps its name on the target") {
  Fixture fixture;
  Table orders;
  orders.name = "orders";
  orders.columns = {make_column("id")};
  fixture.add_left(orders);
  orders.name = "Orders";
  orders.columns = {make_column("Id")};
  fixture.add_right(orders);
  fixture.orders->foreign_keys = {make_foreign_key("fk_a", "order_id", "public", "orders", "id")};
  fixture.orders->foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;
  fixture.orders->foreign_keys[0].match_full = true;
  fixture.lines->foreign_keys = {make_foreign_key("FK_B", "OrderId", "main", "Orders", "Id")};
  fixture.differ("foreign-key-action", "foreign key", "fk_a", "FK_B");
  fixture.differ("foreign-key-match", "foreign key", "fk_a", "FK_B");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion) ==
        Lines{"drop foreign key FK_B", "add foreign key FK_B on OrderLines (OrderId) to main.Orders (Id) cascade"});
  CHECK(suggestion.unanswered == 0);
}

TEST_CASE("suggest makes nothing anew that would come out as it is") {
  Fixture fixture;
  fixture.orders->foreign_keys = {make_foreign_key("fk", "order_id", "public", "order_lines", "unit_price")};
  fixture.orders->foreign_keys[0].deferrable = true;
  fixture.lines->foreign_keys = {make_foreign_key("fk", "OrderId", "main", "OrderLines", "UnitPrice")};
  fixture.differ("foreign-key-deferrable", "foreign key", "fk", "fk");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(remarks_of(suggestion) == Lines{"Cannot be deferred."});
  CHECK(suggestion.unanswered == 1);
}

TEST_CASE("suggest drops the foreign keys that rest on a key before the key, and makes them again") {
  Fixture fixture;
  fixture.orders->primary_key = make_key("pk", {"order_id", "note"});
  fixture.lines->primary_key = make_key("PK", {"OrderId"});
  Table other;
  other.name = "Others";
  other.columns = {make_column("Line")};
  other.foreign_keys = {make_foreign_key("fk_in", "Line", "main", "OrderLines", "OrderId")};
  fixture.add_right(other);
  fixture.differ("primary-key-columns", "primary key", "pk", "PK");
  CHECK(statements_of(fixture.run()) == Lines{"drop foreign key fk_in", "drop key PK",
                                              "add primary key PK (OrderId, Note)",
                                              "add foreign key fk_in on Others (Line) to main.OrderLines (OrderId)"});
}

TEST_CASE("suggest prefers what a difference says of a foreign key to making it again as it was") {
  Fixture fixture;
  fixture.orders->primary_key = make_key("pk", {"order_id", "note"});
  fixture.lines->primary_key = make_key("PK", {"OrderId"});
  fixture.orders->foreign_keys = {make_foreign_key("fk", "unit_price", "public", "order_lines", "order_id")};
  fixture.orders->foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;
  fixture.lines->foreign_keys = {make_foreign_key("fk", "UnitPrice", "main", "OrderLines", "OrderId"),
                                 make_foreign_key("fk_gone", "Note", "main", "OrderLines", "OrderId")};
  // The key comes first in the report.
  fixture.differ("primary-key-columns", "primary key", "pk", "PK");
  fixture.differ("foreign-key-action", "foreign key", "fk", "fk");
  fixture.differ("foreign-key-extra", "foreign key", "", "fk_gone");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop foreign key fk", "drop foreign key fk_gone", "drop key PK", "add primary key PK (OrderId, Note)",
              "add foreign key fk on OrderLines (UnitPrice) to main.OrderLines (OrderId) cascade"});
}

TEST_CASE("suggest does not drop a check whose new condition cannot be written") {
  Fixture fixture;
  fixture.orders->checks = {make_check("ck", "# note")};
  fixture.lines->checks = {make_check("ck", "positive UnitPrice")};
  fixture.differ("check-changed", "check", "ck", "ck");
  CHECK(statements_of(fixture.run()).empty());
}

TEST_CASE("suggest rebuilds the index of a disabled key") {
  Fixture fixture;
  fixture.orders->unique_constraints = {make_key("uq", {"order_id"})};
  fixture.lines->unique_constraints = {make_key("UQ", {"OrderId"})};
  fixture.differ("index-invalid", "unique constraint", "uq", "UQ");
  CHECK(statements_of(fixture.run()).empty());
  fixture.lines->unique_constraints[0].enforced = false;
  CHECK(statements_of(fixture.run()) == Lines{"rebuild index UQ"});
}

TEST_CASE("suggest makes a key anew that leaves duplicates out, where there are words for it") {
  Fixture fixture;
  fixture.orders->unique_constraints = {make_key("uq", {"order_id"})};
  fixture.lines->unique_constraints = {make_key("UQ", {"OrderId"})};
  fixture.lines->unique_constraints[0].ignores_duplicates = true;
  fixture.differ("duplicates-ignored", "unique constraint", "uq", "UQ");
  // This writer has no words for it.
  CHECK(statements_of(fixture.run()).empty());
  CHECK(remarks_of(fixture.run()) == Lines{"This engine cannot express what differs."});
}

}  // namespace paripassu
