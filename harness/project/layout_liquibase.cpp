#include "harness/project/layout_liquibase.h"

#include <algorithm>

#include "harness/project/layout_liquibase_attributes.h"

namespace paripassu {

namespace {

const std::vector<std::string> kChangesetAttributes = {"context",
                                                       "contextFilter",
                                                       "dbms",
                                                       "endDelimiter",
                                                       "failOnError",
                                                       "ignore",
                                                       "labels",
                                                       "logicalFilePath",
                                                       "objectQuotingStrategy",
                                                       "rollbackEndDelimiter",
                                                       "rollbackSplitStatements",
                                                       "runAlways",
                                                       "runInTransaction",
                                                       "runOnChange",
                                                       "runWith",
                                                       "runWithSpoolFile",
                                                       "splitStatements",
                                                       "stripComments"};
const std::vector<std::string> kPropertyAttributes = {"name",   "value",         "dbms",   "global",
                                                      "labels", "contextFilter", "context"};
const std::vector<std::string> kPreconditionAttributes = {"onFail",      "onError",       "onSqlOutput",
                                                          "onUpdateSQL", "onFailMessage", "onErrorMessage"};

/// What stands behind `--word` with any blanks before and between, if `line` is such a comment.
std::optional<std::string_view> marker(std::string_view line, std::string_view word) {
  line = trim_blanks(line);
  if (!line.starts_with("--")) return std::nullopt;
  line = trim_blanks(line.substr(2));
  if (line.size() < word.size() || !same_ignoring_case(line.substr(0, word.size()), word)) return std::nullopt;
  line.remove_prefix(word.size());
  if (!line.empty() && is_word_character(line.front())) return std::nullopt;
  return line;
}

/// `-changeset`, which Liquibase takes for a slip too.
bool has_one_dash(std::string_view line, std::string_view word) {
  line = trim_blanks(line);
  if (!line.starts_with('-') || line.starts_with("--")) return false;
  line = trim_blanks(line.substr(1));
  return line.size() > word.size() && same_ignoring_case(line.substr(0, word.size()), word) &&
         is_blank(line[word.size()]);
}

bool begins_rollback_comment(std::string_view line) {
  line = trim_blanks(line);
  if (!line.starts_with("/*")) return false;
  line = trim_blanks(line.substr(2));
  if (!same_ignoring_case(line.substr(0, 9), "liquibase")) return false;
  return same_ignoring_case(trim_blanks(line.substr(9)), "rollback");
}

/// An author or an id: up to `stop` or, without, to the next blank; perhaps in double quotes.
std::optional<std::string> take_part(std::string_view& rest, char stop) {
  if (rest.starts_with('"')) {
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string part(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return part;
  }
  const std::size_t end = stop != '\0' ? rest.find(stop) : std::min(rest.find_first_of(" \t"), rest.size());
  if (end == std::string_view::npos) return std::nullopt;
  std::string part(rest.substr(0, end));
  rest.remove_prefix(end);
  return part;
}

class ChangelogReader {
 public:
  ChangelogReader(std::string_view text, const std::string& file, std::shared_ptr<std::vector<LiquibaseProperty>> known)
      : text_(text), file_(file), properties_(std::move(known)) {}

  std::vector<LiquibaseChangeset> run() {
    if (!has_liquibase_header(text_))
      throw bad_file("the file does not begin with '--liquibase formatted sql'", file_, 1)
          .with_remedy("write this as its first line, or move the file out of the folder");
    for (Line line; next_line(text_, line);) {
      line_ = line.number;
      if (skip_ignored(line) || read_multi_line_rollback(line)) continue;
      refuse_slips(line.text);
      if (const auto property = marker(line.text, "property")) {
        read_property(*property);
      } else if (const auto changeset = marker(line.text, "changeset")) {
        finish_changeset();
        begin_changeset(*changeset);
      } else if (current_ != nullptr) {
        read_line_of_changeset(line);
      } else if (const auto include = marker(line.text, "include"); include || marker(line.text, "includeAll")) {
        refuse("a changelog that includes others is not supported",
               "name the folder of the files as dir; they run in the order of their names");
      } else if (!trim_blanks(line.text).empty() && !trim_blanks(line.text).starts_with("--") && !skip_comment(line)) {
        refuse("a statement stands before the first '--changeset'", "write a line '--changeset author:id' above it");
      }
    }
    finish_changeset();
    if (changesets_.empty())
      throw bad_file("there is no line '--changeset author:id'", file_, 0)
          .with_remedy("begin each changeset with such a line");
    return std::move(changesets_);
  }

 private:
  [[noreturn]] void refuse(const std::string& message, const std::string& remedy) const {
    throw bad_file(message, file_, line_).with_remedy(remedy);
  }

  /// Block comments before the first changeset, such as a licence.
  bool skip_comment(Line& line) const {
    const std::string_view content = trim_blanks(line.text);
    if (!content.starts_with("/*")) return false;
    const std::size_t begin = line.begin + line.text.find("/*");
    const std::size_t end = skip_block_comment(text_, begin);
    if (end == std::string_view::npos) refuse("unterminated /* comment", "close it with */");
    while (line.next < end && next_line(text_, line)) {
    }
    return trim_blanks(text_.substr(end, line.next - end)).empty();
  }

  /// `--ignoreLines:start` … `--ignoreLines:end`, or `--ignoreLines:3`.
  bool skip_ignored(Line& line) {
    const auto ignore = marker(line.text, "ignoreLines");
    if (!ignore || !ignore->starts_with(':')) return false;
    const std::string_view word = trim_blanks(ignore->substr(1));
    put_empty(line);
    if (same_ignoring_case(word, "start")) {
      for (bool ended = false; !ended;) {
        if (!next_line(text_, line)) refuse("'--ignoreLines:start' has no '--ignoreLines:end'", "write it");
        const auto end = marker(line.text, "ignoreLines");
        ended = end && end->starts_with(':') && same_ignoring_case(trim_blanks(end->substr(1)), "end");
        put_empty(line);
      }
      return true;
    }
    constexpr std::size_t kDigitsMax = 9;
    if (word.empty() || word.size() > kDigitsMax || word.find_first_not_of("0123456789") != std::string_view::npos)
      refuse("'--ignoreLines:" + std::string(word) + "' is neither start, nor a number of lines",
             "write --ignoreLines:start and --ignoreLines:end around the lines");
    for (int count = std::stoi(std::string(word)); count > 0 && next_line(text_, line); --count) put_empty(line);
    return true;
  }

  /// `/* liquibase rollback`, then the statements, then a line that ends in `*/`.
  bool read_multi_line_rollback(Line& line) {
    if (current_ == nullptr || !begins_rollback_comment(line.text)) return false;
    put_empty(line);
    while (next_line(text_, line)) {
      const std::string_view content = line.text.substr(0, line.text.find_last_not_of(" \t") + 1);
      const bool ends = content.ends_with("*/");
      put(line, "", ends ? content.substr(0, content.size() - 2) : line.text);
      if (ends) return true;
    }
    refuse("the rollback comment is not closed", "end it with a line '*/'");
  }

  void refuse_slips(std::string_view text) const {
    for (const char* word : {"changeset", "rollback", "property", "precondition", "preconditions"})
      if (has_one_dash(text, word))
        refuse("'-" + std::string(word) + "' with one dash is neither a comment nor SQL",
               "write --" + std::string(word));
  }

  void read_property(std::string_view text) {
    auto attributes = read_liquibase_attributes(text, kPropertyAttributes, file_, line_);
    for (const char* name : {"context", "contextfilter", "labels"})
      if (attributes.contains(name))
        refuse("a property with a context or labels is not supported",
               "set the value as a placeholder in [migrations] instead");
    if (!liquibase_flag(attributes, "global", true, file_, line_))
      refuse("a property with global:false is not supported", "give it a name of its own and leave out global");
    if (attributes["name"].empty()) refuse("a property has no name", "write --property name:x value:y");
    properties_->push_back({attributes["name"], attributes["value"], liquibase_names(attributes["dbms"])});
  }

  void begin_changeset(std::string_view rest) {
    LiquibaseChangeset changeset;
    changeset.file = file_;
    changeset.line = line_;
    rest = trim_blanks(rest);
    const std::optional<std::string> author = take_part(rest, ':');
    const bool has_colon = author && rest.starts_with(':');
    if (has_colon) rest.remove_prefix(1);
    const std::optional<std::string> id = has_colon ? take_part(rest, '\0') : std::nullopt;
    if (!id || trim_blanks(*author).empty() || trim_blanks(*id).empty())
      refuse("'--changeset' is not followed by author:id",
             "write --changeset author:id, without a blank behind the colon");
    changeset.author = trim_blanks(*author);
    changeset.id = *id;
    read_attributes(rest, changeset);
    changeset.properties = properties_;
    changeset.property_count = properties_->size();
    changesets_.push_back(std::move(changeset));
    current_ = &changesets_.back();
    current_->up.text.assign(static_cast<std::size_t>(line_), '\n');
    rollback_ = SectionText();
    rollback_.text = current_->up.text;
  }

  void read_attributes(std::string_view rest, LiquibaseChangeset& changeset) const {
    const auto attributes = read_liquibase_attributes(rest, kChangesetAttributes, file_, line_);
    const auto value = [&](const char* name) {
      const auto found = attributes.find(name);
      return found == attributes.end() ? std::string() : found->second;
    };
    const auto flag = [&](const char* name, bool fallback) {
      return liquibase_flag(attributes, name, fallback, file_, line_);
    };
    changeset.dbms = liquibase_names(value("dbms"));
    changeset.ignored = flag("ignore", false);
    const bool on_change = flag("runOnChange", false);
    changeset.runs_again = flag("runAlways", false) || on_change;
    changeset.up.no_transaction = !flag("runInTransaction", true);
    if (!flag("failOnError", true))
      refuse("failOnError:false is not supported: a migration that fails ends the run",
             "write the statement so that it cannot fail, with IF EXISTS or the like");
    for (const char* name : {"context", "contextfilter", "labels"}) {
      if (!value(name).empty()) changeset.selected = true;
      if (value(name).find('@') != std::string::npos)
        refuse("a context with '@' is not supported: it would never run here", "take the '@' away, or the changeset");
    }
    changeset.delimiter = liquibase_delimiter(attributes, "", file_, line_);
    changeset.rollback_delimiter = liquibase_delimiter(attributes, "rollback", file_, line_);
    const std::string client = to_lower(value("runwith"));
    if (client == "psql" || client == "sqlcmd") {
      // The engine's reader reads as these clients do.
      changeset.delimiter = StatementDelimiter();
      changeset.delimiter.none = true;
      changeset.rollback_delimiter = changeset.delimiter;
    } else if (!client.empty() && client != "jdbc") {
      refuse("runWith:" + value("runwith") + " is not supported", "psql and sqlcmd are, or no such attribute");
    }
  }

  void read_line_of_changeset(const Line& line) {
    if (const auto rollback = marker(line.text, "rollback"); rollback && !rollback->starts_with(':')) {
      const std::size_t column =
          rollback->empty() ? line.text.size() : static_cast<std::size_t>(rollback->data() - line.text.data());
      put(line, "", line.text.substr(column), column);
    } else if (const auto preconditions = marker(line.text, "preconditions")) {
      read_preconditions(*preconditions);
      put_empty(line);
    } else if (const auto precondition = marker(line.text, "precondition"); precondition) {
      if (!precondition->starts_with('-'))
        refuse("'--precondition' is not followed by what it checks",
               "write --precondition-sql-check expectedResult:0 SELECT …");
      current_->guarded = true;
      put_empty(line);
    } else if (marker(line.text, "comment") || marker(line.text, "validCheckSum")) {
      put_empty(line);
    } else {
      put(line, line.text, "");
      current_->up.body += text_.substr(line.begin, line.next - line.begin);
    }
  }

  void read_preconditions(std::string_view rest) {
    const auto attributes = read_liquibase_attributes(rest, kPreconditionAttributes, file_, line_);
    for (const char* name : {"onfail", "onerror"}) {
      const auto found = attributes.find(name);
      if (found == attributes.end()) continue;
      const std::string word = to_lower(found->second);
      if (word == "continue" || word == "mark_ran")
        refuse("a precondition that decides whether the changeset runs is not supported",
               "write the condition into the SQL, with IF NOT EXISTS or the like; onFail:HALT is only not checked");
      if (word != "halt" && word != "warn")
        refuse("'" + found->second + "' is not what a precondition can do", "write HALT or WARN");
    }
    current_->guarded = true;
  }

  /// Every line of the file is a line of both texts, so that line numbers stay; `column` keeps columns.
  void put(const Line& line, std::string_view up, std::string_view rollback, std::size_t column = 0) {
    if (current_ == nullptr) return;
    const std::string_view line_end =
        text_.substr(line.begin + line.text.size(), line.next - line.begin - line.text.size());
    current_->up.text += up;
    current_->up.text += line_end;
    if (!trim_blanks(rollback).empty()) {
      rollback_.body += std::string(trim_blanks(rollback)) + "\n";
      rollback_.text.append(column, ' ');
      rollback_.text += rollback;
    }
    rollback_.text += line_end;
  }
  void put_empty(const Line& line) { put(line, "", ""); }

  void finish_changeset() {
    if (current_ == nullptr) return;
    LiquibaseChangeset& changeset = *current_;
    current_ = nullptr;
    const std::string_view rollback = trim_blanks(rollback_.body);
    if (rollback.empty()) return;
    const std::string words = to_lower(rollback.substr(0, rollback.find(';')));
    if (words.find("changesetid:") != std::string::npos)
      throw bad_file("the rollback of " + changeset.author + ":" + changeset.id +
                         " names another changeset, which is not supported",
                     file_, changeset.line)
          .with_remedy("write the statements of that changeset instead");
    const bool one_line = rollback.find('\n') == std::string_view::npos;
    const auto says = [&](std::string_view word) {
      return words.starts_with(word) && (words.size() == word.size() || !is_word_character(words[word.size()])) &&
             words.find('(') == std::string::npos;
    };
    rollback_.does_nothing = one_line && (says("not required") || says("empty"));
    rollback_.no_transaction = changeset.up.no_transaction;
    changeset.rollback = std::move(rollback_);
  }

  std::string_view text_;
  const std::string& file_;
  std::shared_ptr<std::vector<LiquibaseProperty>> properties_;
  int line_ = 0;
  std::vector<LiquibaseChangeset> changesets_;
  LiquibaseChangeset* current_ = nullptr;
  SectionText rollback_;
};

}  // namespace

bool has_liquibase_header(std::string_view text) {
  for (Line line; next_line(text, line);) {
    if (trim_blanks(line.text).empty()) continue;
    const auto rest = marker(line.text, "liquibase");
    return rest && same_ignoring_case(trim_blanks(*rest).substr(0, 9), "formatted");
  }
  return false;
}

std::vector<LiquibaseChangeset> read_liquibase(std::string_view text, const std::string& file,
                                               const std::shared_ptr<std::vector<LiquibaseProperty>>& properties) {
  return ChangelogReader(text, file, properties).run();
}

}  // namespace paripassu
