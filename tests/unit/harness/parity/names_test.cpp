#include "harness/parity/names.h"

#include <doctest/doctest.h>

#include <random>

using paripassu::fold_name;
using paripassu::NameMatching;
using paripassu::NamePairs;
using paripassu::pair_names;

namespace {

std::string fold(std::string_view name) {
  return fold_name(name, NameMatching::fold);
}

}  // namespace

TEST_CASE("fold_name: exact keeps every byte") {
  CHECK(fold_name("Order_Items", NameMatching::exact) == "Order_Items");
  CHECK(fold_name("", NameMatching::exact).empty());
}

TEST_CASE("fold_name: ignore_case lowers and keeps separators") {
  CHECK(fold_name("Order_Items-A b", NameMatching::ignore_case) == "order_items-a b");
}

TEST_CASE("fold_name: fold drops underscore, hyphen and blank, and nothing else") {
  CHECK(fold("order_items") == fold("OrderItems"));
  CHECK(fold("ORDER-ITEMS") == fold("order items"));
  CHECK(fold("order$items") == "order$items");
  CHECK(fold("order.items") == "order.items");
  CHECK(fold("order#1") == "order#1");
  CHECK(fold("a\tb") == "a\tb");
}

TEST_CASE("fold_name: names of separators only stay distinct") {
  CHECK(fold("_") == "_");
  CHECK(fold("__") == "__");
  CHECK(fold("-") == "-");
  CHECK(fold("") == "");
}

TEST_CASE("fold_name lowers Latin, Greek and Cyrillic letters without a locale") {
  CHECK(fold("ÄÖÜ") == fold("äöü"));
  CHECK(fold("ÀÞ") == "àþ");
  CHECK(fold("Ÿ") == "ÿ");
  CHECK(fold("ŽLUŤOUČKÝ") == "žluťoučký");
  CHECK(fold("ŁÓDŹ") == "łódź");
  CHECK(fold("ΠΡΟΪΌΝ") == "προϊόν");
  CHECK(fold("ΟΔΟΣ") == fold("οδος"));
  CHECK(fold("οδος") == fold("οδοσ"));
  CHECK(fold("ЗАКАЗ_Ё") == "заказё");
  CHECK(fold("ԱԲԳ") == "աբգ");
  CHECK(fold("ẞ") == "ß");
  // The ends of the ranges, where a table of ranges goes wrong.
  CHECK(fold("ÖØĮĲĶĹŇŊŶŹŽ") == "öøįĳķĺňŋŷźž");
  CHECK(fold("ΑΡΣΫΆΈΊΌΎΏ") == "αρσϋάέίόύώ");
  CHECK(fold("АЯЀЏѠҀ") == "аяѐџѡҁ");
  CHECK(fold("ԱՖＡＺ") == "աֆａｚ");
  CHECK(fold("@[`{") == "@[`{");
  CHECK(fold("×÷") == "×÷");
  CHECK(fold("订单_表") == "订单表");
  CHECK(fold("😀_A") == "😀a");
}

TEST_CASE("fold_name keeps bytes that are not UTF-8") {
  for (const std::string_view bad : {"\xC3", "\xE2\x82", "\xFF\xFE", "\xC0\x80", "\x80", "\xF0\x9F\x98"}) {
    CHECK(fold(bad) == bad);
    CHECK(fold("A" + std::string(bad) + "B") == "a" + std::string(bad) + "b");
  }
  CHECK(fold(std::string_view("A\0B", 3)) == std::string("a\0b", 3));
}

TEST_CASE("fold_name is idempotent on any bytes") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random());
    CAPTURE(text);
    for (const NameMatching matching : {NameMatching::exact, NameMatching::ignore_case, NameMatching::fold}) {
      const std::string once = fold_name(text, matching);
      CHECK(fold_name(once, matching) == once);
    }
  }
}

TEST_CASE("pair_names pairs by word and keeps the order of the lists") {
  const NamePairs pairs = pair_names({"b_b", "a", "only_left"}, {"A", "only right", "BB"}, NameMatching::fold);
  CHECK(pairs.pairs == std::vector<std::pair<std::size_t, std::size_t>>{{0, 2}, {1, 0}});
  CHECK(pairs.left_only == std::vector<std::size_t>{2});
  CHECK(pairs.right_only == std::vector<std::size_t>{1});
  CHECK(pairs.ambiguous.empty());
}

TEST_CASE("pair_names: the same ambiguous names on both sides pair exactly and silently") {
  const NamePairs pairs = pair_names({"order_items", "OrderItems"}, {"OrderItems", "order_items"}, NameMatching::fold);
  CHECK(pairs.pairs == std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {1, 0}});
  CHECK(pairs.ambiguous.empty());
}

TEST_CASE("pair_names: several names of one word are never guessed") {
  const NamePairs pairs = pair_names({"order_items", "orderitems"}, {"OrderItems"}, NameMatching::fold);
  CHECK(pairs.pairs.empty());
  CHECK(pairs.left_only == std::vector<std::size_t>{0, 1});
  CHECK(pairs.right_only == std::vector<std::size_t>{0});
  REQUIRE(pairs.ambiguous.size() == 1);
  CHECK(pairs.ambiguous[0].left == std::vector<std::size_t>{0, 1});
  CHECK(pairs.ambiguous[0].right == std::vector<std::size_t>{0});
}

TEST_CASE("pair_names: exact matching tells apart what folding would not") {
  const NamePairs pairs = pair_names({"a", "A"}, {"A", "a_"}, NameMatching::exact);
  CHECK(pairs.pairs == std::vector<std::pair<std::size_t, std::size_t>>{{1, 0}});
  CHECK(pairs.ambiguous.empty());
}

TEST_CASE("pair_names: empty and repeated names lose nothing") {
  const NamePairs pairs = pair_names({"", "", "x", "x"}, {"x", ""}, NameMatching::fold);
  CHECK(pairs.pairs.size() == 2);
  CHECK(pairs.left_only.size() == 2);
  CHECK(pairs.right_only.empty());
  CHECK(pairs.ambiguous.size() == 2);
}
