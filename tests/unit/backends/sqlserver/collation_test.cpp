#include "backends/sqlserver/collation.h"

#include <doctest/doctest.h>

using paripassu::catalog::CollationMeaning;
using paripassu::sqlserver::collation_meaning;

TEST_CASE("SQL Server's collation names say what counts when texts are compared") {
  CHECK(collation_meaning("SQL_Latin1_General_CP1_CI_AS") == CollationMeaning{false, true});
  CHECK(collation_meaning("SQL_Latin1_General_Pref_CP1_CI_AS") == CollationMeaning{false, true});
  CHECK(collation_meaning("Latin1_General_CS_AS") == CollationMeaning{true, true});
  CHECK(collation_meaning("Latin1_General_100_CI_AI_SC_UTF8") == CollationMeaning{false, false});
  CHECK(collation_meaning("Japanese_XJIS_140_CS_AI_VSS") == CollationMeaning{true, false});
  CHECK(collation_meaning("Latin1_General_BIN") == CollationMeaning{true, true});
  CHECK(collation_meaning("Latin1_General_100_BIN2_UTF8") == CollationMeaning{true, true});
}

TEST_CASE("SQL Server's collation names count in Babelfish's small letters too") {
  CHECK(collation_meaning("bbf_unicode_cp1_ci_as") == CollationMeaning{false, true});
  CHECK(collation_meaning("bbf_unicode_general_cs_as") == CollationMeaning{true, true});
}

TEST_CASE("A collation without a known part has no known meaning") {
  CHECK_FALSE(collation_meaning(""));
  CHECK_FALSE(collation_meaning("Klingon"));
  CHECK_FALSE(collation_meaning("Circle_Assembly"));
}
