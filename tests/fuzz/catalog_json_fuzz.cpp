// Any bytes are either refused with an Error about the file, or a catalog that survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "backends/catalog/catalog_json.h"
#include "backends/error.h"

namespace {

using namespace paripassu;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  catalog::Catalog catalog;
  try {
    catalog = catalog::from_json(text, "fuzz.json");
  } catch (const Error& error) {
    require(error.category() == ErrorCategory::configuration && error.position().file == "fuzz.json");
    return 0;
  }
  const std::string written = catalog::to_json(catalog);
  const catalog::Catalog again = catalog::from_json(written, "fuzz.json");
  require(again == catalog && catalog::to_json(again) == written);
  catalog::sort(catalog);
  require(catalog::from_json(catalog::to_json(catalog), "fuzz.json") == catalog);
  return 0;
}
