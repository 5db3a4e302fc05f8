#include "harness/parity/definition_statement.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace paripassu::parity {

namespace {

using Words = std::initializer_list<std::string_view>;

bool is_one_of(const DefinitionWord& word, Words wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&word](std::string_view one) { return word.is(one); });
}

/// The word for a kind of object as the catalog's differences have it; empty for those that are of no interest.
std::string_view kind_of(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kKinds = {{
      {"table", "table"},
      {"view", "view"},
      {"index", "index"},
      {"trigger", "trigger"},
      {"policy", "policy"},
      {"sequence", "sequence"},
      {"function", "routine"},
      {"procedure", "routine"},
      {"proc", "routine"},
      {"aggregate", "routine"},
      {"routine", "routine"},
      {"type", "type"},
      {"domain", "type"},
      {"schema", "schema"},
      {"constraint", "constraint"},
      {"column", "column"},
  }};
  for (const auto& [spelling, kind] : kKinds)
    if (spelling == word) return kind;
  return {};
}

bool belongs_to_table(std::string_view kind) {
  return kind == "index" || kind == "trigger" || kind == "policy" || kind == "constraint";
}

/// Reads the words of one statement.
class DefinitionReading {
 public:
  explicit DefinitionReading(std::vector<DefinitionWord> words) : words_(std::move(words)) {}

  std::optional<DefinitionStatement> run() {
    if (words_.empty() || words_[0].quoted || !read()) return std::nullopt;
    find_named_words();
    statement_.words = std::move(words_);
    return std::move(statement_);
  }

 private:
  bool read() {
    const DefinitionWord& verb = words_[0];
    if (verb.is("create")) return read_create();
    if (verb.is("alter")) return read_alter();
    if (verb.is("comment")) return read_comment();
    if (is_one_of(verb, {"grant", "revoke", "deny"})) return read_grant();
    if (is_one_of(verb, {"enable", "disable"}) && at_is(1, "trigger")) return read_alter();
    // A procedure is called with EXEC or, at the start of a batch, without.
    return read_call(is_one_of(verb, {"exec", "execute"}) ? 1 : 0);
  }

  bool at_is(std::size_t index, std::string_view wanted) const {
    return index < words_.size() && words_[index].is(wanted);
  }

  std::size_t skip(std::size_t index, Words wanted) const {
    while (index < words_.size() && is_one_of(words_[index], wanted)) ++index;
    return index;
  }

  /// The name that starts at `index`; nullopt at the end of the words.
  std::optional<WordPath> path_at(std::size_t index) const {
    WordPath path;
    while (index < words_.size() && words_[index].qualifier && index + 1 < words_.size()) {
      path.schema = words_[index].text;
      ++index;
    }
    if (index >= words_.size()) return std::nullopt;
    path.name = words_[index].text;
    path.word = index;
    return path;
  }

  bool read_kind_and_subject(std::size_t index) {
    if (index >= words_.size() || words_[index].quoted) return false;
    statement_.kind = kind_of(words_[index].text);
    if (statement_.kind.empty()) return false;
    index = skip(index + 1, {"if", "not", "exists", "only", "concurrently"});
    // CREATE INDEX ON t (a)
    const bool unnamed = statement_.kind == "index" && at_is(index, "on");
    if (!unnamed) {
      const std::optional<WordPath> subject = path_at(index);
      if (!subject) return false;
      statement_.subject = *subject;
      index = subject->word + 1;
    }
    statement_.body = index;
    if (belongs_to_table(statement_.kind)) {
      statement_.table = table_after_on(index);
      if (unnamed && !statement_.table) return false;
      if (unnamed) statement_.subject.word = statement_.table->word;
    } else if (statement_.kind == "table" || statement_.kind == "view" || statement_.kind == "type") {
      statement_.table = statement_.subject;
    }
    return true;
  }

  std::optional<WordPath> table_after_on(std::size_t index) const {
    while (index < words_.size() && !words_[index].is("on")) ++index;
    return path_at(skip(index + 1, {"only", "table", "view", "materialized", "object"}));
  }

  bool read_create() {
    statement_.verb = DefinitionStatement::Verb::create;
    std::size_t index = 1;
    for (; index < words_.size(); ++index) {
      if (is_one_of(words_[index], {"temp", "temporary"})) return false;
      // CREATE CONSTRAINT TRIGGER
      const bool modifier =
          is_one_of(words_[index], {"or", "replace", "alter", "unlogged", "unique", "clustered", "recursive",
                                    "nonclustered", "columnstore", "materialized", "foreign", "constraint"});
      if (!modifier) break;
    }
    return read_kind_and_subject(index);
  }

  bool read_alter() {
    statement_.verb = DefinitionStatement::Verb::alter;
    if (!read_kind_and_subject(skip(1, {"materialized", "foreign"}))) return false;
    const std::size_t body = statement_.body;
    if (!at_is(body, "rename")) return true;
    std::size_t index = body + 1;
    if (at_is(index, "constraint")) return true;
    const bool whole = at_is(index, "to");
    if (!whole) index = skip(index, {"column", "value", "attribute"});
    const std::size_t old_word = whole ? statement_.subject.word : index;
    const std::size_t new_word = whole ? index + 1 : index + 2;
    if (new_word >= words_.size()) return true;
    rename(words_[old_word].text, new_word, !whole);
    return true;
  }

  void rename(const std::string& old_name, std::size_t new_word, bool of_column) {
    statement_.verb = DefinitionStatement::Verb::rename;
    statement_.old_name = old_name;
    statement_.renames_column = of_column;
    statement_.subject.name = words_[new_word].text;
    statement_.subject.word = new_word;
    if (!of_column && !belongs_to_table(statement_.kind) && statement_.table) {
      statement_.table->name = statement_.subject.name;
      statement_.table->word = new_word;
    }
  }

  bool read_comment() {
    statement_.verb = DefinitionStatement::Verb::comment;
    if (!at_is(1, "on") || !read_kind_and_subject(skip(2, {"materialized", "foreign"}))) return false;
    if (statement_.kind == "column") set_table_before(statement_.subject.word);
    return true;
  }

  /// The table whose column is at `word`.
  void set_table_before(std::size_t word) {
    if (word == 0 || !words_[word - 1].qualifier) return;
    WordPath table;
    table.word = word - 1;
    table.name = words_[word - 1].text;
    if (word >= 2 && words_[word - 2].qualifier) table.schema = words_[word - 2].text;
    statement_.table = table;
  }

  bool read_grant() {
    statement_.verb = DefinitionStatement::Verb::grant;
    statement_.table = table_after_on(1);
    if (!statement_.table) return false;
    statement_.subject = *statement_.table;
    return true;
  }

  bool read_call(std::size_t index) {
    const std::optional<WordPath> procedure = path_at(index);
    if (!procedure) return false;
    const std::size_t arguments = procedure->word + 1;
    if (procedure->name == "sp_rename") return read_sp_rename(arguments);
    if (procedure->name == "sp_addextendedproperty" || procedure->name == "sp_updateextendedproperty")
      return read_property(arguments);
    return false;
  }

  bool read_sp_rename(std::size_t index) {
    const std::optional<WordPath> old_path = path_at(index);
    if (!old_path || old_path->word + 1 >= words_.size()) return false;
    const std::size_t new_word = old_path->word + 1;
    const std::string type = new_word + 1 < words_.size() ? words_[new_word + 1].text : std::string();
    statement_.body = new_word;
    statement_.subject.schema = old_path->schema;
    if (type == "column" || type == "index") {
      set_table_before(old_path->word);
      if (!statement_.table) return false;
      if (type == "index") statement_.kind = "index";
    } else {
      // A table, or a constraint: without looking at the database one cannot tell.
      statement_.table = *old_path;
      if (type == "userdatatype") statement_.kind = "type";
    }
    if (type != "column") statement_.named_words.push_back(new_word);
    rename(old_path->name, new_word, type == "column");
    return true;
  }

  /// Level types and names: SCHEMA, dbo, TABLE, orders, COLUMN, note.
  bool read_property(std::size_t index) {
    statement_.verb = DefinitionStatement::Verb::comment;
    std::string schema;
    for (++index; index + 1 < words_.size(); index += 2) {
      const std::string_view kind = kind_of(words_[index].text);
      if (kind.empty()) return false;
      WordPath path;
      path.schema = schema;
      path.name = words_[index + 1].text;
      path.word = index + 1;
      if (kind == "schema") schema = path.name;
      if (kind == "table" || kind == "view") statement_.table = path;
      if (belongs_to_table(kind)) statement_.named_words.push_back(path.word);
      statement_.kind = kind;
      statement_.subject = path;
    }
    return !statement_.kind.empty();
  }

  /// CONSTRAINT x, INDEX IF NOT EXISTS app.x, RENAME CONSTRAINT x TO y; but not DROP CONSTRAINT x.
  void find_named_words() {
    std::size_t name_start = 0;
    const bool renames = at_is(statement_.body, "rename");
    for (std::size_t i = 1; i < words_.size(); ++i) {
      if (!words_[i - 1].qualifier) name_start = i;
      if (words_[i].qualifier) continue;
      std::size_t before = name_start;
      while (before > 0 && is_one_of(words_[before - 1], {"if", "not", "exists", "only", "concurrently"})) --before;
      if (before == 0) continue;
      const DefinitionWord& introducer = words_[before - 1];
      const bool introduces =
          renames ? introducer.is("to") : is_one_of(introducer, {"constraint", "index", "trigger", "policy"});
      if (!introduces) continue;
      if (before >= 2 && words_[before - 2].is("drop")) continue;
      statement_.named_words.push_back(i);
    }
  }

  std::vector<DefinitionWord> words_;
  DefinitionStatement statement_;
};

/// The action of an ALTER TABLE to which the word at `index` belongs ("add", "alter", "drop"); empty when there is
/// none.
std::string_view action_before(const DefinitionStatement& statement, std::size_t index) {
  const int depth = statement.words[statement.subject.word].depth;
  for (std::size_t i = index; i-- > statement.body;) {
    const DefinitionWord& word = statement.words[i];
    if (word.depth == depth && is_one_of(word, {"add", "alter", "drop"})) return word.text;
  }
  return {};
}

/// What `ALTER [COLUMN] x` does to x, by the words behind it.
unsigned altered_parts(const DefinitionStatement& statement, std::size_t column) {
  const auto at = [&](std::size_t index) -> const DefinitionWord& {
    static const DefinitionWord none;
    return index < statement.words.size() ? statement.words[index] : none;
  };
  const DefinitionWord& first = at(column + 1);
  const DefinitionWord& second = at(column + 2);
  if (first.is("type")) return kColumnType;
  if (first.is("add") || first.is("restart")) return kColumnIdentity;
  if (first.is("set") || first.is("drop")) {
    if (second.is("default")) return kColumnDefault;
    if (second.is("not")) return kColumnNullability;
    if (second.is("data")) return kColumnType;
    if (second.is("expression")) return kColumnType | kColumnItself;
    if (is_one_of(second,
                  {"generated", "identity", "start", "increment", "minvalue", "maxvalue", "cycle", "cache", "no"}))
      return kColumnIdentity;
    return 0;
  }
  // ALTER COLUMN x bigint NOT NULL
  return kColumnType | kColumnNullability;
}

unsigned parts_in_alter(const DefinitionStatement& statement, std::size_t index) {
  const auto& words = statement.words;
  std::size_t before = index;
  while (before > statement.body && is_one_of(words[before - 1], {"if", "not", "exists"})) --before;
  if (before > statement.body && words[before - 1].is("column")) --before;
  while (before > statement.body && is_one_of(words[before - 1], {"if", "not", "exists"})) --before;
  if (before == statement.body) return 0;
  const DefinitionWord& previous = words[before - 1];
  if (previous.is("add")) return kColumnWhole;
  if (previous.is("drop")) return kColumnDropped;
  if (previous.is("alter")) return altered_parts(statement, index);
  // ADD CONSTRAINT d DEFAULT 0 FOR x
  if (previous.is("for")) return kColumnDefault;
  if (is_one_of(previous, {"constraint", "index", "trigger", "references", "using", "to", "rename", "on", "type"}))
    return 0;
  // ADD a int, x int; DROP COLUMN a, x
  const std::string_view action = action_before(statement, index);
  if (action == "add") return kColumnWhole;
  return action == "drop" ? kColumnDropped : 0;
}

bool holds(std::span<const DefinitionWord> words, std::string_view name) {
  return std::any_of(words.begin(), words.end(), [&](const DefinitionWord& word) { return word.text == name; });
}

/// The words in the parentheses that follow the keyword at `index`, perhaps behind a few more keywords.
std::span<const DefinitionWord> parenthesised(const DefinitionStatement& statement, std::size_t index) {
  const auto& words = statement.words;
  const int depth = words[index].depth;
  std::size_t begin = index + 1;
  while (
      begin < words.size() && words[begin].depth == depth &&
      is_one_of(words[begin], {"key", "clustered", "nonclustered", "nulls", "not", "distinct", "for", "replication"}))
    ++begin;
  std::size_t end = begin;
  while (end < words.size() && words[end].depth > depth) ++end;
  return std::span(words).subspan(begin, end - begin);
}

}  // namespace

bool may_define(std::string_view text) {
  constexpr std::array<std::string_view, 12> kVerbs = {"create", "alter", "comment", "exec",    "execute",   "grant",
                                                       "revoke", "deny",  "enable",  "disable", "sp_rename", "rename"};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto is_part = [&](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_'; };
  for (std::size_t i = 0; i < text.size();) {
    if (!is_part(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_part(text[end])) ++end;
    const std::string_view word = text.substr(i, end - i);
    for (const std::string_view verb : kVerbs)
      if (word.size() == verb.size() &&
          std::equal(word.begin(), word.end(), verb.begin(), [&](char a, char b) { return lower(a) == b; }))
        return true;
    // sp_addextendedproperty may be called without EXEC.
    if (word.size() > 16 && lower(word.front()) == 's') return true;
    i = end;
  }
  return false;
}

std::optional<DefinitionStatement> read_definition(std::vector<DefinitionWord> words) {
  return DefinitionReading(std::move(words)).run();
}

std::vector<ColumnMention> column_mentions(const DefinitionStatement& statement, std::string_view column) {
  std::vector<ColumnMention> mentions;
  const bool creates = statement.verb == DefinitionStatement::Verb::create;
  if (!creates && statement.verb != DefinitionStatement::Verb::alter) return mentions;
  if (statement.kind != "table" && statement.kind != "type") return mentions;
  // Columns are defined at one depth of parentheses; constraints and expressions use them further inside.
  const int depth = statement.words[statement.subject.word].depth + (creates ? 1 : 0);
  for (std::size_t i = statement.body; i < statement.words.size(); ++i) {
    const DefinitionWord& word = statement.words[i];
    if (word.depth != depth || word.text != column || word.qualifier) continue;
    if (creates) {
      const DefinitionWord& previous = statement.words[i - 1];
      if (is_one_of(previous, {"constraint", "index", "references", "like"})) continue;
      mentions.push_back({i, kColumnWhole});
      break;
    }
    if (const unsigned parts = parts_in_alter(statement, i); parts != 0) mentions.push_back({i, parts});
  }
  return mentions;
}

std::optional<std::size_t> unnamed_definition(const DefinitionStatement& statement, std::string_view kind,
                                              std::span<const std::string> columns) {
  const bool of_table = statement.kind == "table" && (statement.verb == DefinitionStatement::Verb::create ||
                                                      statement.verb == DefinitionStatement::Verb::alter);
  const bool of_index = statement.kind == "index" && statement.verb == DefinitionStatement::Verb::create;
  if (kind == "index" && of_index) {
    const std::span<const DefinitionWord> rest =
        std::span(statement.words).subspan(statement.table ? statement.table->word : 0);
    const bool all = !columns.empty() && std::all_of(columns.begin(), columns.end(),
                                                     [&](const std::string& column) { return holds(rest, column); });
    return all ? std::optional(statement.subject.word) : std::nullopt;
  }
  if (!of_table || columns.empty()) return std::nullopt;
  struct Keywords {
    std::string_view kind;
    std::string_view of_table;   ///< in front of the columns in parentheses
    std::string_view of_column;  ///< behind the one column
  };
  constexpr std::array<Keywords, 4> kKeywords = {{{"primary key", "primary", "primary"},
                                                  {"unique constraint", "unique", "unique"},
                                                  {"foreign key", "foreign", "references"},
                                                  {"check", "check", "check"}}};
  const auto* keywords =
      std::find_if(kKeywords.begin(), kKeywords.end(), [kind](const Keywords& one) { return one.kind == kind; });
  if (keywords == kKeywords.end()) return std::nullopt;
  for (std::size_t i = statement.body; i < statement.words.size(); ++i) {
    if (!statement.words[i].is(keywords->of_table)) continue;
    const std::span<const DefinitionWord> inside = parenthesised(statement, i);
    if (std::all_of(columns.begin(), columns.end(), [&](const std::string& column) { return holds(inside, column); }))
      return i;
  }
  if (columns.size() != 1) return std::nullopt;
  for (const ColumnMention& mention : column_mentions(statement, columns.front())) {
    const int depth = statement.words[mention.word].depth;
    for (std::size_t i = mention.word + 1; i < statement.words.size(); ++i)
      if (statement.words[i].depth == depth && statement.words[i].is(keywords->of_column)) return mention.word;
  }
  return std::nullopt;
}

}  // namespace paripassu::parity
