#include "harness/parity/sql_text.h"

#include <doctest/doctest.h>

#include <string>

using paripassu::parity::plain_sql;
using paripassu::parity::same_sql;

TEST_CASE("plain_sql drops comments and needless blanks, and nothing else") {
  CHECK(plain_sql("") == "");
  CHECK(plain_sql("  SELECT\n\ta ,  b -- why\r\nFROM t /* a /* b */ c */ WHERE x = 1 ;\n") ==
        "SELECT a,b FROM t WHERE x = 1");
  CHECK(plain_sql("SELECT '  --  ', \"a  b\", [c  d]") == "SELECT '  --  ',\"a  b\",[c  d]");
  CHECK(plain_sql("SELECT 'it''s  so', [a]]  b]") == "SELECT 'it''s  so',[a]]  b]");
  CHECK(plain_sql("AS $body$ a  -- b $x$ $body$  LANGUAGE sql") == "AS $body$ a  -- b $x$ $body$ LANGUAGE sql");
  CHECK(plain_sql("SELECT - -1") == "SELECT - -1");
  CHECK(plain_sql("a$b  $c") == "a$b $c");
}

TEST_CASE("plain_sql takes what is never closed to the end") {
  for (const char* text : {"'", "\"", "[", "$", "$$", "$a$ b", "/*", "/* /* */", "--", "-", "/"}) {
    CAPTURE(text);
    CHECK(plain_sql(text).size() <= std::string(text).size());
  }
  CHECK(plain_sql("SELECT 'a  b") == "SELECT 'a  b");
  CHECK(plain_sql(std::string(200'000, '(')).size() == 200'000);
}

TEST_CASE("same_sql tells statements apart that differ in more than comments and blanks") {
  CHECK(same_sql("CREATE VIEW v AS SELECT 1", "create_view") == false);
  CHECK(same_sql("CREATE VIEW v\nAS SELECT 1;", "CREATE VIEW v AS /* one */ SELECT 1"));
  CHECK_FALSE(same_sql("SELECT 'a b'", "SELECT 'a  b'"));
  CHECK_FALSE(same_sql("SELECT ab", "SELECT a b"));
}
