#include "harness/parity/object_pattern.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace paripassu;

namespace {

bool matches(const std::string& pattern, const std::string& object) {
  const ObjectPattern parsed(pattern);
  const ObjectText text(object);
  // The two ways in which a waiver finds its differences must agree.
  if (parsed.is_literal()) CHECK(parsed.matches(text) == (parsed.head() == text.folded()));
  return parsed.matches(text);
}

}  // namespace

TEST_CASE("Waived objects match in whatever case and with whatever separators their names have") {
  CHECK(matches("orders.quantity", "Orders.Quantity"));
  CHECK(matches("Orders.Quantity", "orders.quantity"));
  CHECK(matches("order_items.unit_price", "OrderItems.UnitPrice"));
  CHECK(matches("OrderItems.unit price", "order-items.unit_price"));
  CHECK(matches("orders._id", "orders.id"));
  CHECK(matches("\xC3\x84RZTE.name", "\xC3\xA4rzte.Name"));
  CHECK_FALSE(matches("orders.quantity", "orders.quantit"));
  CHECK_FALSE(matches("orders.quantity", "orders.quantity2"));
  CHECK_FALSE(matches("orders", "orders.quantity"));
  CHECK_FALSE(matches("ordersquantity", "orders.quantity"));
}

TEST_CASE("Signs in the definition of an unnamed constraint are no separators") {
  CHECK(matches("orders.(a > -1)", "Orders.(A > -1)"));
  CHECK_FALSE(matches("orders.(a > -1)", "orders.(a > 1)"));
  CHECK(matches("orders.(line_no > 0)", "orders.(LineNo > 0)"));
  CHECK(matches("orders.(a > -*", "orders.(a > -17)"));
  CHECK_FALSE(matches("orders.(a > -*", "orders.(a > 17)"));
}

TEST_CASE("Names of separators alone stay apart from other names") {
  CHECK(matches("t._", "t._"));
  CHECK_FALSE(matches("t._", "t."));
  CHECK_FALSE(matches("t._", "t.-"));
  CHECK_FALSE(matches("t._", "t.a"));
}

TEST_CASE("A star stands for any text, a question mark for one character") {
  CHECK(matches("*", ""));
  CHECK(matches("*", "anything.at all"));
  CHECK(matches("orders.*", "Orders.x"));
  CHECK(matches("orders.*", "orders."));
  CHECK_FALSE(matches("orders.*", "orders"));
  CHECK_FALSE(matches("orders.*", "reorders.x"));
  CHECK(matches("*.note", "orders.note"));
  CHECK(matches("a*b*c", "abbcbc"));
  CHECK_FALSE(matches("a*b*c", "abbcb"));
  CHECK(matches("**x**", "x"));
  CHECK(matches("orders.col?", "orders.col7"));
  CHECK(matches("orders.col?", "orders.col_7"));
  CHECK_FALSE(matches("orders.col?", "orders.col"));
  CHECK_FALSE(matches("orders.col?", "orders.col17"));
  CHECK(matches("?", "\xE2\x82\xAC"));
  CHECK(matches("*?x", "\xF0\x9F\x98\x80x"));
  CHECK_FALSE(matches("??", "\xE2\x82\xAC"));
  CHECK_FALSE(matches("?", ""));
}

TEST_CASE("A separator beside a wildcard must be there, be it only as a capital") {
  CHECK(matches("t.ix_*", "t.ix_orders"));
  CHECK(matches("t.ix_*", "t.IxOrders"));
  CHECK(matches("t.ix_*", "t.IXOrders"));
  CHECK(matches("t.ix_*", "t.ix-orders"));
  CHECK_FALSE(matches("t.ix_*", "t.ixodes"));
  CHECK(matches("t.*_id", "t.customer_id"));
  CHECK(matches("t.*_id", "t.CustomerId"));
  CHECK(matches("t.*_id", "t.customer id"));
  CHECK_FALSE(matches("t.*_id", "t.paid"));
  CHECK_FALSE(matches("t.*_id", "t.id"));
  CHECK(matches("t._*", "t._id"));
  CHECK_FALSE(matches("t._*", "t.id"));
  CHECK(matches("t.a?_b", "t.ax_b"));
  CHECK_FALSE(matches("t.a?_b", "t.axb"));
  CHECK(matches("check *", "CHECK (a)"));
}

TEST_CASE("A backslash takes the meaning from wildcards and from itself, and is a backslash elsewhere") {
  CHECK(matches(R"(t.\*)", "t.*"));
  CHECK_FALSE(matches(R"(t.\*)", "t.x"));
  CHECK(matches(R"(t.\?)", "t.?"));
  CHECK_FALSE(matches(R"(t.\?)", "t.x"));
  CHECK(matches(R"(t.\\)", R"(t.\)"));
  CHECK(matches(R"(t.\\*)", R"(t.\anything)"));
  CHECK(matches(R"(DOMAIN\user)", R"(domain\user)"));
  CHECK(matches(R"(t.\)", R"(t.\)"));
}

TEST_CASE("Escaped objects match themselves and no other one") {
  const std::vector<std::string> objects = {"orders.quantity",
                                            "t.*",
                                            "t.?",
                                            "t.**?*",
                                            R"(t.\)",
                                            R"(t.\*)",
                                            R"(t.\\*)",
                                            "t.\"]['`",
                                            "t.a\nb",
                                            "t.\xE2\x82\xAC",
                                            "t.\xF0\x9F\x98\x80",
                                            "t.-",
                                            "t. ",
                                            "t._",
                                            "t.(a > -1)",
                                            "t.(a > 1)",
                                            "t.\x1b[31m",
                                            "",
                                            std::string(100'000, 'x')};
  for (const std::string& one : objects) {
    const ObjectPattern pattern(escape_object_pattern(one));
    CHECK(pattern.is_literal());
    for (const std::string& other : objects) {
      CAPTURE(one.substr(0, 50));
      CAPTURE(other.substr(0, 50));
      CHECK(pattern.matches(ObjectText(other)) == (one == other));
    }
  }
}

TEST_CASE("Bytes that are not UTF-8 count as a replacement character") {
  CHECK(valid_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(valid_utf8(std::string("a\0b", 3)) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(valid_utf8("\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80\xE2\x82") == [] {
    std::string replaced;
    for (int i = 0; i < 11; ++i) replaced += "\xEF\xBF\xBD";
    return replaced;
  }());
  CHECK(valid_utf8("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80") == "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(matches("t.?", "t.\xFF"));
  CHECK(matches("t.?_??", "t.\xE2_\x80\x80"));
  CHECK(matches(escape_object_pattern("t.\xE2_\x80\x80"), "t.\xE2_\x80\x80"));
}

TEST_CASE("A pattern of many stars ends") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  const std::string object(5'000, 'a');
  CHECK(matches(pattern, object));
  CHECK_FALSE(matches(pattern + "b", object));
  CHECK_FALSE(matches(pattern + "b*", object));
}
