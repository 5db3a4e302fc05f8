#include "harness/migration_tests/fingerprint.h"

#include <xxhash.h>

#include <cstdio>

#include "harness/migration_tests/neutral_encoding.h"

namespace paripassu {

std::string fingerprint(const catalog::Catalog& catalog, const FingerprintOptions& options) {
  const std::string bytes = migration_tests::NeutralEncoder(options.compare_column_order).encode(catalog);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

}  // namespace paripassu
