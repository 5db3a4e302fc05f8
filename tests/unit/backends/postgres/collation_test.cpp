#include "backends/postgres/collation.h"

#include <doctest/doctest.h>

using paripassu::catalog::CollationMeaning;
using paripassu::postgres::nondeterministic_collation_meaning;

TEST_CASE("The locale of a nondeterministic collation says what counts when texts are compared") {
  CHECK(nondeterministic_collation_meaning("und-u-ks-level2") == CollationMeaning{false, true});
  CHECK(nondeterministic_collation_meaning("de-DE-u-ks-level1") == CollationMeaning{false, false});
  CHECK(nondeterministic_collation_meaning("und-u-kc-true-ks-level1") == CollationMeaning{true, false});
  CHECK(nondeterministic_collation_meaning("und-u-kc-false-ks-level1") == CollationMeaning{false, false});
  CHECK(nondeterministic_collation_meaning("und-u-ks-level3") == CollationMeaning{true, true});
  CHECK(nondeterministic_collation_meaning("und") == CollationMeaning{true, true});
}

TEST_CASE("The old spelling of a locale counts as the new one") {
  CHECK(nondeterministic_collation_meaning("@colStrength=secondary") == CollationMeaning{false, true});
  CHECK(nondeterministic_collation_meaning("en@colStrength=primary;colCaseLevel=yes") == CollationMeaning{true, false});
  CHECK(nondeterministic_collation_meaning("en@colNumeric=yes") == CollationMeaning{true, true});
}

TEST_CASE("A strength that ICU does not have has no known meaning") {
  CHECK_FALSE(nondeterministic_collation_meaning("und-u-ks-level9"));
  CHECK_FALSE(nondeterministic_collation_meaning("@colStrength=soft"));
}
