#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/unit/harness/parity/suggest_fixture.h"

namespace paripassu {

using namespace suggesting;

TEST_CASE("suggest frees a column from all that uses it before its type changes, and makes that again") {
  Fixture fixture;
  fixture.lines->primary_key = make_key("pk", {"OrderId"});
  fixture.lines->indexes = {make_index("ix", {"OrderId"}), make_index("ix_note", {"Note"})};
  fixture.lines->indexes[1].predicate = catalog::Expression{"positive OrderId"};
  fixture.lines->indexes.push_back(make_index("ix_other", {"UnitPrice"}));
  fixture.lines->checks = {make_check("ck", "positive OrderId"), make_check("ck_other", "positive UnitPrice")};
  Column twice = make_column("Twice");
  twice.computed = catalog::Computed{{"double OrderId"}, true};
  fixture.lines->columns.push_back(twice);
  fixture.lines->columns[0].default_value = catalog::Expression{"zero"};
  Table other;
  other.name = "Others";
  other.columns = {make_column("Line")};
  other.foreign_keys = {make_foreign_key("fk_in", "Line", "main", "OrderLines", "OrderId")};
  fixture.add_right(other);
  fixture.differ("column-type", "column", "order_id", "OrderId");

  CHECK(statements_of(fixture.run()) ==
        Lines{"drop foreign key fk_in", "drop index ix", "drop index ix_note", "drop check ck", "drop key pk",
              "drop column Twice", "drop default OrderId", "alter column OrderId our int null",
              "add column OrderLines.Twice int computed double OrderId", "set default OrderId zero",
              "add primary key pk (OrderId)", "add index ix on OrderLines (OrderId)",
              "add index ix_note on OrderLines (Note) where positive OrderId", "add check ck positive OrderId",
              "add foreign key fk_in on Others (Line) to main.OrderLines (OrderId)"});

  // Where keys follow their columns, only what says something about the values must go.
  fixture.writer.keys_follow = true;
  const Lines followed = statements_of(fixture.run());
  CHECK(std::count(followed.begin(), followed.end(), "drop key pk") == 0);
  CHECK(std::count(followed.begin(), followed.end(), "drop index ix") == 0);
  CHECK(std::count(followed.begin(), followed.end(), "drop index ix_note") == 1);
  CHECK(std::count(followed.begin(), followed.end(), "drop check ck") == 1);
}

TEST_CASE("suggest frees a column for its nullability only where the engine needs that") {
  Fixture fixture;
  fixture.orders->columns[0].nullable = false;
  fixture.lines->indexes = {make_index("ix", {"OrderId"})};
  fixture.differ("column-nullability", "column", "order_id", "OrderId");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop index ix", "alter column OrderId int not null", "add index ix on OrderLines (OrderId)"});
  fixture.writer.keys_follow = true;
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion) == Lines{"alter column OrderId int not null"});
  REQUIRE(remarks_of(suggestion).size() == 1);
  CHECK(remarks_of(suggestion)[0].find("NULL") != std::string::npos);
}

TEST_CASE("suggest alters a column once, whatever differs about it") {
  Fixture fixture;
  fixture.orders->columns[2] = make_column("note", "odd");
  fixture.orders->columns[2].nullable = false;
  fixture.differ("column-nullability", "column", "note", "Note");
  fixture.differ("column-type", "column", "note", "Note");
  const Suggestion suggestion = fixture.run();
  REQUIRE(suggestion.steps.size() == 1);
  CHECK(suggestion.steps[0].statements == Lines{"alter column Note our odd not null"});
  CHECK(suggestion.steps[0].detail == "and column-type");
  CHECK(suggestion.steps[0].remarks.front() == "odd is odd.");
  CHECK(suggestion.unanswered == 0);
}

TEST_CASE("suggest sets, changes and drops defaults, and takes NULL for none") {
  Fixture fixture;
  fixture.orders->columns[0].default_value = catalog::Expression{"zero"};
  fixture.orders->columns[1].default_value = catalog::Expression{"null"};
  fixture.lines->columns[1].default_value = catalog::Expression{"one"};
  fixture.lines->columns[2].default_value = catalog::Expression{"two"};
  fixture.differ("default-missing", "column", "order_id", "");
  fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
  fixture.differ("default-extra", "column", "", "Note");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop default UnitPrice", "drop default Note", "set default OrderId (zero())"});
}

TEST_CASE("suggest drops the old default before a type changes, and sets the new one after") {
  Fixture fixture;
  fixture.orders->columns[0].default_value = catalog::Expression{"zero"};
  fixture.lines->columns[0].default_value = catalog::Expression{"one"};
  fixture.differ("column-type", "column", "order_id", "OrderId");
  fixture.differ("default-changed", "column", "order_id", "OrderId");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop default OrderId", "alter column OrderId our int null", "set default OrderId (zero())"});
}

TEST_CASE("suggest makes a computed column anew, and what rests on it") {
  Fixture fixture;
  fixture.orders->columns[1].computed = catalog::Computed{{"double order_id"}, true};
  fixture.lines->columns[1].computed = catalog::Computed{{"triple OrderId"}, true};
  fixture.lines->indexes = {make_index("ix", {"UnitPrice"})};
  fixture.differ("computed-changed", "column", "unit_price", "UnitPrice");
  fixture.writer.keys_follow = true;
  CHECK(statements_of(fixture.run()) == Lines{"drop index ix", "drop column UnitPrice",
                                              "add column OrderLines.UnitPrice our int computed (double() OrderId)",
                                              "add index ix on OrderLines (UnitPrice)"});
}

TEST_CASE("suggest does not touch a computed column whose new expression cannot be written") {
  Fixture fixture;
  fixture.orders->columns[1].computed = catalog::Computed{{"# order_id"}, true};
  fixture.lines->columns[1].computed = catalog::Computed{{"triple OrderId"}, true};
  fixture.lines->indexes = {make_index("ix", {"UnitPrice"})};
  fixture.differ("column-type", "column", "unit_price", "UnitPrice");
  fixture.differ("computed-changed", "column", "unit_price", "UnitPrice");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 2);
  CHECK_FALSE(remarks_of(suggestion).empty());
}

TEST_CASE("suggest translates the collation of a column where it means something else than the database's") {
  Fixture fixture;
  fixture.right.collation_meaning = catalog::CollationMeaning{false, true};
  Column exact = make_column("exact", "text");
  exact.collation = "other";
  exact.collation_meaning = catalog::CollationMeaning{true, true};
  fixture.orders->columns.push_back(exact);
  fixture.lines->columns.push_back(make_column("exact", "words"));
  fixture.differ("column-collation", "column", "exact", "exact");
  const Suggestion suggestion = fixture.run();
  // The writer of this test does not print collations: that it was asked to alter says that the collation changed.
  CHECK(statements_of(suggestion) == Lines{"alter column exact words null"});
}

TEST_CASE("suggest takes over expressions of the same engine as they are, unless a name changes") {
  Fixture fixture;
  fixture.right.engine = "one";
  fixture.right.default_schema = "public";
  fixture.right.schemas[0].name = "public";
  fixture.orders->columns[2].name = "Note";
  fixture.orders->checks = {make_check("ck", "# unreadable"), make_check("ck2", "f order_id")};
  // A text that is not understood stays out, whatever the names: it may be more than an expression.
  fixture.differ("check-missing", "check", "ck", "").right_side.schema = "public";
  fixture.differ("check-missing", "check", "ck2", "").right_side.schema = "public";
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 (f() OrderId)"});
  fixture.lines->columns[0].name = "order_id";
  fixture.lines->columns[1].name = "unit_price";
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 f order_id"});
  // A stand-in prints another engine's words.
  fixture.left.genuine = false;
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 (f() order_id)"});
}

TEST_CASE("suggest takes over from a catalog only what is one expression") {
  Fixture fixture;
  fixture.left.engine = fixture.right.engine = "one";
  for (const std::string hostile : {"#0); drop table t; --", "0; drop table t; --", "true -- all", "true /* all"}) {
    CAPTURE(hostile);
    fixture.comparison.differences.clear();
    fixture.orders->columns = {make_column("order_id")};
    fixture.lines->columns = {make_column("order_id")};
    fixture.orders->columns[0].default_value = catalog::Expression{hostile};
    fixture.orders->checks = {make_check("ck", hostile)};
    fixture.orders->indexes = {make_index("ix", {"order_id"})};
    fixture.orders->indexes[0].predicate = catalog::Expression{hostile};
    fixture.differ("default-missing", "default", "order_id", "order_id");
    fixture.differ("check-missing", "check", "ck", "");
    fixture.differ("index-missing", "index", "ix", "");
    for (const std::string& statement : statements_of(fixture.run())) {
      // What was understood is written from its tree.
      CHECK(statement.find(hostile) == std::string::npos);
      CHECK_FALSE(hostile.starts_with("#"));
    }
  }
}

TEST_CASE("suggest makes no type whose default is not understood") {
  Fixture fixture;
  fixture.left.engine = fixture.right.engine = "one";
  catalog::UserType type;
  type.name = "amount";
  type.kind = "domain";
  type.default_value = catalog::Expression{"#0; drop table t"};
  fixture.left.schemas[0].types = {type};
  fixture.differ("type-missing", "type", "amount", "");
  CHECK(statements_of(fixture.run()).empty());
  fixture.left.schemas[0].types[0].default_value = catalog::Expression{"zero"};
  CHECK(statements_of(fixture.run()) == Lines{"create type amount"});
}

TEST_CASE("suggest leaves what uses a column where no statement could make it again") {
  Fixture fixture;
  fixture.lines->checks = {make_check("ck_odd", "# UnitPrice")};
  fixture.orders->columns[1].type.printed = "wide";
  fixture.differ("column-type", "column", "unit_price", "UnitPrice");
  const Suggestion suggestion = fixture.run();
  for (const std::string& statement : statements_of(suggestion)) CHECK(statement.find("ck_odd") == std::string::npos);
  const Lines remarks = remarks_of(suggestion);
  CHECK(std::any_of(remarks.begin(), remarks.end(),
                    [](const std::string& remark) { return remark.starts_with("It stays"); }));
}

TEST_CASE("suggest takes the default of a domain for that of its columns, on either side") {
  Fixture fixture;
  catalog::UserType domain;
  domain.name = "price";
  domain.kind = "domain";
  domain.default_value = catalog::Expression{"zero"};
  fixture.left.schemas[0].types = {domain};
  fixture.orders->columns[1].type.user_type = "public.price";
  SUBCASE("it is missing") {
    fixture.differ("default-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (zero())"});
  }
  SUBCASE("it is another one") {
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (zero()) instead of one"});
  }
  SUBCASE("a column of the domain has a default of its own") {
    fixture.orders->columns[1].default_value = catalog::Expression{"two"};
    fixture.differ("default-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (two())"});
  }
  SUBCASE("the column is missing") {
    fixture.lines->columns.erase(fixture.lines->columns.begin() + 1);
    fixture.differ("column-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"add column OrderLines.unit_price our int default (zero())"});
  }
  SUBCASE("it is to go: only NULL stands against it") {
    fixture.differ("default-missing", "column", "unit_price", "");
    const Suggestion suggestion = fixture.run(SuggestTarget::left);
    CHECK(statements_of(suggestion) == Lines{"set default unit_price NULL"});
    CHECK(remarks_of(suggestion) == Lines{"Against the default of its domain."});
    // The same where the column's own default hides it for now.
    fixture.orders->columns[1].default_value = catalog::Expression{"two"};
    CHECK(statements_of(fixture.run(SuggestTarget::left)) == Lines{"set default unit_price NULL instead of two"});
  }
  SUBCASE("the target's domain gives another default") {
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
    CHECK(statements_of(fixture.run(SuggestTarget::left)) == Lines{"set default unit_price (one())"});
  }
  SUBCASE("within one engine the domain itself is compared") {
    fixture.left.engine = fixture.right.engine = "one";
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-extra", "column", "", "UnitPrice");
    CHECK(statements_of(fixture.run()) == Lines{"drop default UnitPrice"});
  }
}

}  // namespace paripassu
