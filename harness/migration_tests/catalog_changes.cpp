#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/member_changes.h"
#include "harness/migration_tests/neutral_encoding.h"
#include "harness/parity/differ.h"

namespace paripassu {

namespace {

using catalog::Catalog;
using migration_tests::MemberChange;
using migration_tests::ObjectPlace;
using migration_tests::Renames;

constexpr const char* kCatalogCode = "catalog";

/// Which members of an object a code of the comparison speaks for, as beginnings of MemberChange::path, and the word
/// for them; an empty word is the object's kind.
struct Speech {
  std::string_view code;
  std::string_view word;
  std::vector<std::string_view> members;
};

const std::vector<Speech>& speeches() {
  static const std::vector<Speech> all = {
      {"column-type", "type", {"type"}},
      {"column-nullability", "nullability", {"nullable"}},
      {"column-order", "order of columns", {"order of columns"}},
      {"column-collation", "collation", {"collation"}},
      {"column-identity", "identity", {"identity"}},
      {"identity-kind", "identity", {"identity", "default_value"}},
      {"identity-options",
       "identity",
       {"identity.options.start", "identity.options.increment", "identity.options.minimum", "identity.options.maximum",
        "identity.options.cycle"}},
      {"column-computed", "computation", {"computed"}},
      {"computed-changed", "computation", {"computed.expression"}},
      {"default-missing", "default", {"default_value"}},
      {"default-extra", "default", {"default_value"}},
      {"default-changed", "default", {"default_value"}},
      {"column-renamed", "name of column", {"name"}},
      {"table-renamed", "name of table", {"name"}},
      {"constraint-renamed", "name", {"name"}},
      {"primary-key-columns", "primary key", {"columns"}},
      {"unique-columns", "unique constraint", {"columns"}},
      {"unique-nulls", "treatment of NULLs", {"nulls_not_distinct"}},
      {"key-deferrable", "deferral", {"deferrable", "initially_deferred"}},
      {"duplicates-ignored", "treatment of duplicates", {"ignores_duplicates"}},
      {"foreign-key-changed", "", {"columns", "referenced_"}},
      {"foreign-key-action", "action", {"on_delete", "on_update"}},
      {"foreign-key-match", "match of NULLs", {"match_full"}},
      {"foreign-key-disabled", "enforcement", {"enforced", "validated"}},
      {"foreign-key-not-trusted", "validation of rows", {"validated"}},
      {"foreign-key-deferrable", "deferral", {"deferrable", "initially_deferred"}},
      {"check-changed", "", {"expression", "columns"}},
      {"check-disabled", "enforcement", {"enforced", "validated"}},
      {"check-not-trusted", "validation of rows", {"validated"}},
      {"index-changed", "", {"unique", "method", "columns", "included", "predicate"}},
      {"index-nulls", "place of NULLs", {"columns"}},
      {"index-invalid", "state", {"valid", "enforced"}},
      {"view-columns", "columns of view", {"order of columns"}},
      {"view-changed", "definition of view", {"definition"}},
      {"view-materialized", "materialization", {"materialized"}},
      {"sequence-changed",
       "",
       {"type", "options.start", "options.increment", "options.minimum", "options.maximum", "options.cycle"}},
      {"trigger-changed", "", {"timing", "events", "row_level", "enabled", "calls", "definition"}},
      {"routine-changed", "", {"kind", "parameters", "returns", "language", "body_hash", "hidden"}},
      {"type-changed", "", {"kind", "labels", "base", "nullable", "default_value", "checks", "attributes"}},
      {"enum-labels", "labels", {"labels"}},
      {"synonym-changed", "target", {"target"}},
      {"partitioning", "partitioning", {"partition_"}},
      {"table-inherits", "parents", {"inherits"}},
      {"table-history", "old versions of rows", {"history_table"}},
      {"table-unlogged", "logging", {"persistent"}},
      {"row-security", "row-level security", {"row_security"}},
      {"policy-changed", "", {"command", "definition", "roles"}},
      {"grants", "grants", {"grants"}},
      {"comment-missing", "comment", {"comment"}},
      {"comment-extra", "comment", {"comment"}},
      {"comment-changed", "comment", {"comment"}},
      {"database-collation", "collation of the database", {"collation"}},
      {"expression-not-understood", "", {"default_value", "computed", "expression", "predicate", "columns"}},
      {"expression-caveat", "", {"default_value", "computed", "expression", "predicate", "columns"}},
  };
  return all;
}

const Speech* find_speech(std::string_view code) {
  const auto& all = speeches();
  const auto found = std::find_if(all.begin(), all.end(), [code](const Speech& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

bool speaks_for_member(std::string_view code, std::string_view path) {
  const Speech* speech = find_speech(code);
  return speech != nullptr && std::any_of(speech->members.begin(), speech->members.end(),
                                          [path](std::string_view member) { return path.starts_with(member); });
}

/// Of an object that only one of the catalogs has.
bool speaks_for_absence(std::string_view code) {
  if (code.starts_with("comment-") || code.starts_with("default-")) return false;
  static constexpr std::array<std::string_view, 5> kOthers = {"index-covered", "unique-as-index", "unique-columns",
                                                              "policy-changed", "view-columns"};
  return code.ends_with("-missing") || code.ends_with("-extra") ||
         std::find(kOthers.begin(), kOthers.end(), code) != kOthers.end();
}

std::string shown(const std::string& schema, const std::string& object) {
  return schema.empty() || schema == object ? object : schema + "." + object;
}

std::string shown(const ObjectPlace& place) {
  std::string text = place.schema;
  for (const std::string& part : {place.table, place.name}) {
    if (!part.empty()) text += (text.empty() ? "" : ".") + part;
  }
  return text;
}

/// By what rule a rule is a trigger.
std::string group_of(const std::string& kind) {
  return kind == "rule" ? "trigger" : kind;
}

/// `side` as MemberChange places its objects.
ObjectPlace place_of(const DifferenceSide& side, const std::string& kind) {
  if (kind == "database") return {};
  if (kind == "schema") return {"", "", side.name};
  if (kind == "table" || kind == "view") return {side.schema, "", side.table};
  return {side.schema, side.table, side.name};
}

/// What the comparison of schemas has found, by object.
class Findings {
 public:
  explicit Findings(const std::vector<Difference>& differences) {
    for (const Difference& difference : differences) {
      add(difference, difference.kind);
      // Either may stand for the other.
      if (difference.kind == "unique constraint") add(difference, "index");
    }
  }

  bool name(const MemberChange& change) const {
    const std::string group = group_of(change.kind);
    const auto speaks = [&change](const std::string& code) {
      return change.member.empty() ? speaks_for_absence(code) : speaks_for_member(code, change.path);
    };
    if (any(before_, group, change.before, speaks) || any(after_, group, change.after, speaks)) return true;
    if (!change.owner.empty() && owner_is_absent(change)) return true;
    // The comparison has one word for all columns of a view.
    const auto of_view = [](const std::string& code) { return code == "view-columns"; };
    const bool counts = change.member.empty() || change.path.starts_with("type");
    return group == "column" && counts &&
           (any(before_, "view", {change.before.schema, "", change.before.table}, of_view) ||
            any(after_, "view", {change.after.schema, "", change.after.table}, of_view));
  }

 private:
  using ByObject = std::map<std::pair<std::string, ObjectPlace>, std::vector<std::string>>;

  void add(const Difference& difference, const std::string& kind) {
    const std::string group = group_of(kind);
    const auto add_side = [&](ByObject& objects, const DifferenceSide& side) {
      if (side.name.empty() && kind != "database") return;
      objects[{group, place_of(side, kind)}].push_back(difference.code);
    };
    add_side(before_, difference.left_side);
    add_side(after_, difference.right_side);
  }

  template <class Speaks>
  static bool any(const ByObject& objects, const std::string& group, const ObjectPlace& place, Speaks speaks) {
    const auto found = objects.find({group, place});
    return found != objects.end() && std::any_of(found->second.begin(), found->second.end(), speaks);
  }

  /// A sequence comes and goes with the column that owns it.
  bool owner_is_absent(const MemberChange& change) const {
    const ByObject& objects = change.in_before ? before_ : after_;
    const std::string& schema = change.in_before ? change.before.schema : change.after.schema;
    for (std::size_t dot = change.owner.find('.'); dot != std::string::npos; dot = change.owner.find('.', dot + 1)) {
      const std::string table = change.owner.substr(0, dot);
      if (any(objects, "table", {schema, "", table}, speaks_for_absence) ||
          any(objects, "column", {schema, table, change.owner.substr(dot + 1)}, speaks_for_absence))
        return true;
    }
    return false;
  }

  ByObject before_;
  ByObject after_;
};

std::string text_of(const Difference& difference, const std::string& object) {
  const Speech* speech = find_speech(difference.code);
  const std::string word(speech != nullptr && !speech->word.empty() ? speech->word : difference.kind);
  const bool is_text = difference.code.starts_with("comment-");
  const auto value = [is_text](const std::string& text) {
    const std::string whole = shortened(text);
    return is_text ? "'" + whole + "'" : whole;
  };
  if (difference.left.empty() != difference.right.empty()) {
    const bool lost = difference.right.empty();
    const std::string& definition = lost ? difference.left : difference.right;
    const std::string verb = lost ? "lost" : "left behind";
    if (!speaks_for_absence(difference.code)) return fmt::format("{}: {} {}", verb, word, value(definition));
    // An object that nobody named is called by its definition.
    if (difference.name == definition || definition.empty())
      return fmt::format("{}: {} {}", verb, difference.kind, object);
    return fmt::format("{}: {} {} ({})", verb, difference.kind, object, value(definition));
  }
  if (difference.left.empty()) return "changed: " + difference.message;
  return fmt::format("changed: {} {} → {}", word, value(difference.left), value(difference.right));
}

std::string text_of(const MemberChange& change) {
  const auto value = [&change](const std::string& text) {
    return change.member == "comment" ? "'" + shortened(text) + "'" : shortened(text);
  };
  if (change.member.empty()) {
    const std::string& definition = change.in_before ? change.before_text : change.after_text;
    return fmt::format("{}: {} {}{}", change.in_before ? "lost" : "left behind", change.kind,
                       shown(change.in_before ? change.before : change.after),
                       definition.empty() ? "" : " (" + value(definition) + ")");
  }
  if (change.before_text.empty()) return fmt::format("left behind: {} {}", change.path, value(change.after_text));
  if (change.after_text.empty()) return fmt::format("lost: {} {}", change.path, value(change.before_text));
  return fmt::format("changed: {} {} → {}", change.path, value(change.before_text), value(change.after_text));
}

/// Columns in the order of their names, where their order does not count.
Catalog with_neutral_order(const Catalog& catalog, const FingerprintOptions& options) {
  Catalog ordered = catalog;
  if (options.compare_column_order) return ordered;
  for (catalog::Schema& schema : ordered.schemas) {
    for (catalog::Table& table : schema.tables) {
      std::sort(table.columns.begin(), table.columns.end(),
                [](const catalog::Column& one, const catalog::Column& other) { return one.name < other.name; });
      for (std::size_t i = 0; i < table.columns.size(); ++i) table.columns[i].ordinal = static_cast<int>(i) + 1;
    }
  }
  return ordered;
}

Renames renames_of(const std::vector<Difference>& differences) {
  Renames renames;
  for (const Difference& difference : differences) {
    const ObjectPlace before = place_of(difference.left_side, difference.kind);
    const ObjectPlace after = place_of(difference.right_side, difference.kind);
    if (before.name.empty() || after.name.empty() || before.name == after.name) continue;
    // One form of a constraint for another: two objects.
    if (difference.code == "unique-as-index" || difference.code == "unique-columns") continue;
    renames.add(group_of(difference.kind), before, after);
  }
  return renames;
}

}  // namespace

std::vector<CatalogChange> catalog_changes(const Catalog& before, const Catalog& after,
                                           const FingerprintOptions& options) {
  migration_tests::NeutralEncoder encoder(options.compare_column_order);
  if (encoder.encode(before) == encoder.encode(after)) return {};
  ComparisonOptions comparison;
  comparison.names = NameMatching::exact;
  comparison.compare_column_order = options.compare_column_order;
  comparison.compare_enum_order = true;
  comparison.engines = options.engines;
  const std::vector<Difference> differences =
      compare(with_neutral_order(before, options), with_neutral_order(after, options), comparison).differences;
  const Findings findings(differences);

  std::vector<CatalogChange> changes;
  for (const Difference& difference : differences) {
    const std::string object =
        difference.kind == "schema" ? difference.name : shown(difference.schema, difference.object());
    changes.push_back({difference.code, object, text_of(difference, object)});
  }
  for (const MemberChange& change :
       migration_tests::member_changes(before, after, renames_of(differences), options.compare_column_order)) {
    if (findings.name(change)) continue;
    changes.push_back({kCatalogCode, shown(change.in_before ? change.before : change.after), text_of(change)});
  }
  // A difference that neither has a word for would be a fault of this program; it must not pass for equality.
  if (changes.empty()) changes.push_back({kCatalogCode, before.database, "changed: the catalogs are not alike"});
  return changes;
}

}  // namespace paripassu
