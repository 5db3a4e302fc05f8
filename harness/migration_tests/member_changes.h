#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"

/// Two catalogs of one engine, member by member: complete, but without a word for anything. Private to the room.
namespace paripassu::migration_tests {

/// Where an object is: schema, table or view (empty: a part of the schema), its own name.
struct ObjectPlace {
  std::string schema;
  std::string table;
  std::string name;
  auto operator<=>(const ObjectPlace&) const =
      default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 takes its 0 for a pointer
};

struct MemberChange {
  std::string kind;  ///< "table", "column", "primary key", "unique constraint", … "database"; words of Difference::kind
  ObjectPlace before;  ///< as it is called in either catalog
  ObjectPlace after;
  bool in_before = true;  ///< false: the object is in the other catalog only
  bool in_after = true;
  std::string member;       ///< key of the object's member, as in a snapshot; empty: the whole object
  std::string path;         ///< from the object: "type.length", "columns[2].descending"
  std::string before_text;  ///< empty: none
  std::string after_text;
  std::string owner;  ///< of a sequence: "table.column"
};

/// Objects that are to be taken for one although their names differ.
class Renames {
 public:
  void add(const std::string& kind, ObjectPlace before, const ObjectPlace& after);
  /// The name in the other catalog; nullptr when there is no such rename.
  const std::string* find(const std::string& kind, const ObjectPlace& before) const;
  /// Whether a text that names objects may have changed from one to the other by these renames.
  bool explains(const std::string& before, const std::string& after) const;
  bool explains(const std::vector<std::string>& before, const std::vector<std::string>& after) const;

 private:
  std::map<std::pair<std::string, ObjectPlace>, std::string> names_;
  std::set<std::pair<std::string, std::string>> pairs_;
};

/// What is not the same in the sense of NeutralEncoder.
std::vector<MemberChange> member_changes(const catalog::Catalog& before, const catalog::Catalog& after,
                                         const Renames& renames, bool compare_column_order);

}  // namespace paripassu::migration_tests
