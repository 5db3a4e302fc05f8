#include "harness/migration_tests/member_changes.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <unordered_map>

#include "harness/migration_tests/neutral_encoding.h"

namespace paripassu::migration_tests {

namespace {

using namespace catalog;

template <class T>
concept Structure = requires(const T& value) {
  members(value);
};
template <class T>
concept Constraint = std::same_as<T, Key> || std::same_as<T, ForeignKey> || std::same_as<T, Check>;

std::string show(const std::string& text) {
  return text.empty() ? "''" : text;
}
std::string show(bool value) {
  return value ? "yes" : "no";
}
std::string show(int value) {
  return std::to_string(value);
}
std::string show(long long value) {
  return std::to_string(value);
}
template <class Enum>
requires std::is_enum_v<Enum> std::string show(Enum value) {
  return std::string(to_string(value));
}
template <class T>
std::string show(const std::optional<T>& value);
template <Structure T>
std::string show(const T& value);

template <class T>
std::string show(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "(" : ", ") + show(value);
  return text.empty() ? "()" : text + ")";
}

template <class T>
std::string show(const std::optional<T>& value) {
  return value ? show(*value) : std::string();
}

std::string show(const Expression& expression) {
  return expression.hidden ? "hidden" : show(expression.printed);
}
std::string show(const Type& type) {
  return show(type.printed);
}

/// What is not the default of it.
template <Structure T>
std::string show(const T& value) {
  static const T kDefault{};
  std::string text;
  const auto defaults = members(kDefault);
  const auto show_member = [&text]<class M>(const Member<const M>& own, const Member<const M>& its_default) {
    if (own.value == its_default.value) return;
    text += (text.empty() ? "" : ", ") + std::string(own.key) + " " + show(own.value);
  };
  std::apply(
      [&](const auto&... own) {
        std::apply([&](const auto&... its_default) { (show_member(own, its_default), ...); }, defaults);
      },
      members(value));
  return text.empty() ? "there" : text;
}

/// Which objects of two lists belong together.
template <class T>
struct Pairing {
  std::vector<std::pair<const T*, const T*>> pairs;
  std::vector<const T*> before_only;
  std::vector<const T*> after_only;
};

template <class T>
class Pairer {
 public:
  Pairer(const std::vector<T>& before, const std::vector<T>& after) {
    for (const T& one : before) open_.before_only.push_back(&one);
    for (const T& one : after) open_.after_only.push_back(&one);
  }

  /// Pairs, in order, what has equal keys; nullopt pairs with nothing.
  template <class BeforeKey, class AfterKey>
  void pair_by(BeforeKey before_key, AfterKey after_key) {
    if (open_.before_only.empty() || open_.after_only.empty()) return;
    std::unordered_map<std::string, std::vector<std::size_t>> places;
    for (std::size_t i = open_.after_only.size(); i > 0; --i) {
      if (std::optional<std::string> key = after_key(*open_.after_only[i - 1]))
        places[std::move(*key)].push_back(i - 1);
    }
    std::erase_if(open_.before_only, [&](const T* one) {
      const std::optional<std::string> key = before_key(*one);
      const auto found = key ? places.find(*key) : places.end();
      if (found == places.end() || found->second.empty()) return false;
      const T*& partner = open_.after_only[found->second.back()];
      found->second.pop_back();
      open_.pairs.emplace_back(one, partner);
      partner = nullptr;
      return true;
    });
    std::erase(open_.after_only, nullptr);
  }
  template <class AnyKey>
  void pair_by(AnyKey key) {
    pair_by(key, key);
  }

  Pairing<T> take() { return std::move(open_); }

 private:
  Pairing<T> open_;
};

class MemberDiffer {
 public:
  MemberDiffer(const Renames& renames, bool compare_column_order)
      : renames_(renames), compare_column_order_(compare_column_order), encoder_(compare_column_order) {}

  std::vector<MemberChange> run(const Catalog& before, const Catalog& after) {
    compare_object("database", {}, {}, before, after);
    compare_list("schema", {}, {}, before.schemas, after.schemas,
                 [this](const ObjectPlace& one, const ObjectPlace& other, const Schema& left, const Schema& right) {
                   compare_schema(one, other, left, right);
                 });
    return std::move(changes_);
  }

 private:
  void compare_schema(const ObjectPlace& before_place, const ObjectPlace& after_place, const Schema& before,
                      const Schema& after) {
    compare_object("schema", before_place, after_place, before, after);
    const ObjectPlace one{before.name, "", ""};
    const ObjectPlace other{after.name, "", ""};
    compare_list("table", one, other, before.tables, after.tables,
                 [this](const ObjectPlace& l, const ObjectPlace& r, const Table& left, const Table& right) {
                   compare_table(l, r, left, right);
                 });
    compare_list("view", one, other, before.views, after.views,
                 [this](const ObjectPlace& l, const ObjectPlace& r, const View& left, const View& right) {
                   compare_object("view", l, r, left, right);
                   compare_parts(l, r, left, right);
                 });
    compare_plain_list("sequence", one, other, before.sequences, after.sequences);
    compare_plain_list("routine", one, other, before.routines, after.routines);
    compare_plain_list("type", one, other, before.types, after.types);
    compare_plain_list("synonym", one, other, before.synonyms, after.synonyms);
  }

  void compare_table(const ObjectPlace& before_place, const ObjectPlace& after_place, const Table& before,
                     const Table& after) {
    compare_object("table", before_place, after_place, before, after);
    compare_parts(before_place, after_place, before, after);
    const auto [one, other] = parts_of(before_place, after_place);
    const auto key_list = [](const std::optional<Key>& key) {
      return key ? std::vector<Key>{*key} : std::vector<Key>();
    };
    compare_primary_keys(one, other, key_list(before.primary_key), key_list(after.primary_key));
    compare_plain_list("unique constraint", one, other, before.unique_constraints, after.unique_constraints);
    compare_plain_list("foreign key", one, other, before.foreign_keys, after.foreign_keys);
    compare_plain_list("check", one, other, before.checks, after.checks);
    compare_plain_list("policy", one, other, before.policies, after.policies);
  }

  static std::pair<ObjectPlace, ObjectPlace> parts_of(const ObjectPlace& before, const ObjectPlace& after) {
    return {{before.schema, before.name, ""}, {after.schema, after.name, ""}};
  }

  /// What tables and views have.
  template <class Relation>
  void compare_parts(const ObjectPlace& before_place, const ObjectPlace& after_place, const Relation& before,
                     const Relation& after) {
    const auto [one, other] = parts_of(before_place, after_place);
    compare_list("column", one, other, before.columns, after.columns,
                 [this](const ObjectPlace& l, const ObjectPlace& r, const Column& left, const Column& right) {
                   compare_object("column", l, r, left, right);
                 });
    if (std::is_same_v<Relation, View> || compare_column_order_)
      compare_order(std::is_same_v<Relation, View> ? "view" : "table", before_place, after_place, before.columns,
                    after.columns);
    compare_plain_list("index", one, other, before.indexes, after.indexes);
    compare_plain_list("trigger", one, other, before.triggers, after.triggers);
  }

  /// There is one at most, whatever it is called.
  void compare_primary_keys(const ObjectPlace& one, const ObjectPlace& other, const std::vector<Key>& before,
                            const std::vector<Key>& after) {
    if (before.empty() || after.empty()) return compare_plain_list("primary key", one, other, before, after);
    const Key& left = before.front();
    const Key& right = after.front();
    ObjectPlace left_place = one;
    ObjectPlace right_place = other;
    left_place.name = left.name;
    right_place.name = right.name;
    compare_object("primary key", left_place, right_place, left, right);
  }

  void compare_order(const std::string& kind, const ObjectPlace& before_place, const ObjectPlace& after_place,
                     const std::vector<Column>& before, const std::vector<Column>& after) {
    std::vector<std::string> left;
    std::vector<std::string> right;
    std::set<std::string> common;
    for (const Column& column : before) {
      ObjectPlace place{before_place.schema, before_place.name, column.name};
      const std::string* renamed = renames_.find("column", place);
      left.push_back(renamed ? *renamed : column.name);
      common.insert(left.back());
    }
    for (const Column& column : after) {
      if (common.count(column.name) > 0) right.push_back(column.name);
    }
    const std::set<std::string> kept(right.begin(), right.end());
    std::erase_if(left, [&](const std::string& name) { return kept.count(name) == 0; });
    if (left == right) {
      // With columns on one side alone, the others move up or down for that reason.
      if (left.size() == before.size() && right.size() == after.size())
        compare_ordinals(before_place, after_place, before, after);
      return;
    }
    MemberChange& change = add(kind, before_place, after_place);
    change.member = "columns";
    change.path = "order of columns";
    change.before_text = show(left);
    change.after_text = show(right);
  }

  void compare_ordinals(const ObjectPlace& before_place, const ObjectPlace& after_place,
                        const std::vector<Column>& before, const std::vector<Column>& after) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i].ordinal == after[i].ordinal) continue;
      MemberChange& change = add("column", {before_place.schema, before_place.name, before[i].name},
                                 {after_place.schema, after_place.name, after[i].name});
      change.member = "ordinal";
      change.path = "ordinal";
      change.before_text = show(before[i].ordinal);
      change.after_text = show(after[i].ordinal);
    }
  }

  template <class T>
  void compare_plain_list(const std::string& kind, const ObjectPlace& before_place, const ObjectPlace& after_place,
                          const std::vector<T>& before, const std::vector<T>& after) {
    compare_list(kind, before_place, after_place, before, after,
                 [&](const ObjectPlace& l, const ObjectPlace& r, const T& left, const T& right) {
                   compare_object(kind, l, r, left, right);
                 });
  }

  /// `before_place` and `after_place` without names.
  template <class T, class OnPair>
  void compare_list(const std::string& kind, const ObjectPlace& before_place, const ObjectPlace& after_place,
                    const std::vector<T>& before, const std::vector<T>& after, OnPair on_pair) {
    const auto named = [](ObjectPlace place, const T& object) {
      place.name = object.name;
      return place;
    };
    Pairer<T> pairer(before, after);
    using Text = std::optional<std::string>;
    const auto name_of = [](const T& object) -> Text { return object.name; };
    pairer.pair_by(
        [&](const T& object) -> Text {
          const std::string* renamed = renames_.find(kind, named(before_place, object));
          return renamed ? Text(*renamed) : Text();
        },
        name_of);
    // The ordinal of a column is no part of it.
    if constexpr (!std::is_same_v<T, Column>)
      pairer.pair_by([&](const T& object) -> Text { return encoder_.encode(object); });
    if constexpr (std::is_same_v<T, Routine>) {
      pairer.pair_by([&](const T& object) -> Text { return object.name + encoder_.encode(object.parameters); });
    }
    pairer.pair_by(name_of);
    if constexpr (Constraint<T>) {
      pairer.pair_by([&](const T& object) -> Text { return encoder_.encode_unnamed(object); });
    }
    const Pairing<T> pairing = pairer.take();
    for (const auto& [left, right] : pairing.pairs)
      on_pair(named(before_place, *left), named(after_place, *right), *left, *right);
    for (const T* one : pairing.before_only) {
      MemberChange& change = add(kind, named(before_place, *one), after_place);
      change.in_after = false;
      change.before_text = show_whole(*one);
      if constexpr (std::is_same_v<T, Sequence>) change.owner = one->owned_by;
    }
    for (const T* one : pairing.after_only) {
      MemberChange& change = add(kind, before_place, named(after_place, *one));
      change.in_before = false;
      change.after_text = show_whole(*one);
      if constexpr (std::is_same_v<T, Sequence>) change.owner = one->owned_by;
    }
  }

  template <class T>
  static std::string show_whole(const T& object) {
    if constexpr (std::is_same_v<T, Key> || std::is_same_v<T, ForeignKey>) return show(object.columns);
    if constexpr (std::is_same_v<T, Check>) return show(object.expression);
    if constexpr (std::is_same_v<T, Synonym>) return show(object.target);
    return {};
  }

  /// All members but those that are lists of objects.
  template <class T>
  void compare_object(const std::string& kind, const ObjectPlace& before_place, const ObjectPlace& after_place,
                      const T& before, const T& after) {
    place_ = {kind, &before_place, &after_place};
    const auto right = members(after);
    std::apply(
        [&](const auto&... left) {
          std::apply([&](const auto&... other) { (compare_top_member(before, after, left, other), ...); }, right);
        },
        members(before));
  }

  template <class Owner, class T>
  void compare_top_member(const Owner& owner, const Owner& other_owner, const Member<const T>& before,
                          const Member<const T>& after) {
    constexpr bool kRelation = std::is_same_v<Owner, Table> || std::is_same_v<Owner, View>;
    constexpr bool kList =
        (kRelation && (std::is_same_v<T, std::vector<Column>> || std::is_same_v<T, std::vector<Index>> ||
                       std::is_same_v<T, std::vector<Trigger>>)) ||
        std::is_same_v<T, std::vector<Key>> || std::is_same_v<T, std::vector<ForeignKey>> ||
        std::is_same_v<T, std::vector<Check>> || std::is_same_v<T, std::vector<Policy>> ||
        std::is_same_v<T, std::optional<Key>> || std::is_same_v<T, std::vector<Table>> ||
        std::is_same_v<T, std::vector<View>> || std::is_same_v<T, std::vector<Sequence>> ||
        std::is_same_v<T, std::vector<Routine>> || std::is_same_v<T, std::vector<UserType>> ||
        std::is_same_v<T, std::vector<Synonym>> || std::is_same_v<T, std::vector<Schema>>;
    if constexpr (!kList) {
      if (is_left_out(owner, other_owner, before.value)) return;
      member_ = std::string(before.key);
      if constexpr (Constraint<Owner> && std::is_same_v<T, std::string>) {
        if (&before.value == &owner.name) return compare_constraint_names(owner, other_owner);
      }
      if constexpr (std::is_same_v<Owner, Check> && std::is_same_v<T, std::vector<std::string>>) {
        std::vector<std::string> left = before.value;
        std::vector<std::string> right = after.value;
        std::sort(left.begin(), left.end());
        std::sort(right.begin(), right.end());
        compare_value(member_, left, right);
      } else {
        compare_value(member_, before.value, after.value);
      }
    }
  }

  template <class Owner, class T>
  static bool is_left_out([[maybe_unused]] const Owner& owner, [[maybe_unused]] const Owner& other,
                          [[maybe_unused]] const T& value) {
    if constexpr (std::is_same_v<Owner, Catalog> && std::is_same_v<T, std::string>) return &value == &owner.database;
    // Places are compared by compare_order.
    if constexpr (std::is_same_v<Owner, Column> && std::is_same_v<T, int>) return &value == &owner.ordinal;
    if constexpr (std::is_same_v<Owner, Column> && std::is_same_v<T, std::string>)
      return &value == &owner.default_name && owner.default_system_named && other.default_system_named;
    // Told with the name.
    if constexpr (Constraint<Owner> && std::is_same_v<T, bool>) return &value == &owner.system_named;
    return false;
  }

  template <class T>
  void compare_constraint_names(const T& before, const T& after) {
    if (before.system_named && after.system_named) return;
    if (before.system_named == after.system_named) return compare_value("name", before.name, after.name);
    const auto words = [](const T& constraint) {
      return constraint.system_named ? "made up by the server" : show(constraint.name);
    };
    report("name", words(before), words(after));
  }

  template <class T>
  void compare_value(const std::string& path, const T& before, const T& after) {
    if (before == after) return;
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>>) {
      if (renames_.explains(before, after)) return;
    }
    report(path, show(before), show(after));
  }

  template <class T>
  void compare_value(const std::string& path, const std::optional<T>& before, const std::optional<T>& after) {
    if (before && after) {
      compare_value(path, *before, *after);
    } else if (before || after) {
      report(path, show(before), show(after));
    }
  }

  template <Structure T>
  void compare_value(const std::string& path, const std::vector<T>& before, const std::vector<T>& after) {
    if (before.size() != after.size()) return report(path, show(before), show(after));
    for (std::size_t i = 0; i < before.size(); ++i)
      compare_value(path + "[" + std::to_string(i + 1) + "]", before[i], after[i]);
  }

  template <Structure T>
  void compare_value(const std::string& path, const T& before, const T& after) {
    const auto right = members(after);
    const auto compare_member = [&]<class M>(const Member<const M>& left, const Member<const M>& other) {
      if constexpr (std::is_same_v<T, Column>) {
        if (is_left_out(before, after, left.value) && std::is_same_v<M, std::string>) return;
      }
      compare_value(path + "." + std::string(left.key), left.value, other.value);
    };
    std::apply(
        [&](const auto&... left) {
          std::apply([&](const auto&... other) { (compare_member(left, other), ...); }, right);
        },
        members(before));
  }

  void report(const std::string& path, std::string before_text, std::string after_text) {
    MemberChange& change = add(place_.kind, *place_.before, *place_.after);
    change.member = member_;
    change.path = path;
    change.before_text = std::move(before_text);
    change.after_text = std::move(after_text);
  }

  MemberChange& add(const std::string& kind, const ObjectPlace& before, const ObjectPlace& after) {
    MemberChange& change = changes_.emplace_back();
    change.kind = kind;
    change.before = before;
    change.after = after;
    return change;
  }

  struct Place {
    std::string kind;
    const ObjectPlace* before = nullptr;
    const ObjectPlace* after = nullptr;
  };

  const Renames& renames_;
  const bool compare_column_order_;
  NeutralEncoder encoder_;
  std::vector<MemberChange> changes_;
  Place place_;  ///< of the object whose members are being compared, and which of them
  std::string member_;
};

}  // namespace

void Renames::add(const std::string& kind, ObjectPlace before, const ObjectPlace& after) {
  pairs_.emplace(before.name, after.name);
  if (kind == "table") pairs_.emplace(before.schema + "." + before.name, after.schema + "." + after.name);
  names_.emplace(std::pair(kind, std::move(before)), after.name);
}

const std::string* Renames::find(const std::string& kind, const ObjectPlace& before) const {
  if (names_.empty()) return nullptr;
  const auto found = names_.find(std::pair(kind, before));
  return found == names_.end() ? nullptr : &found->second;
}

bool Renames::explains(const std::string& before, const std::string& after) const {
  return pairs_.count({before, after}) > 0;
}

bool Renames::explains(const std::vector<std::string>& before, const std::vector<std::string>& after) const {
  return std::equal(
      before.begin(), before.end(), after.begin(), after.end(),
      [this](const std::string& one, const std::string& other) { return one == other || explains(one, other); });
}

std::vector<MemberChange> member_changes(const Catalog& before, const Catalog& after, const Renames& renames,
                                         bool compare_column_order) {
  return MemberDiffer(renames, compare_column_order).run(before, after);
}

}  // namespace paripassu::migration_tests
