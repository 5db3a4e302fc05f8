#include "tests/mutation/mutants.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace paripassu::test {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The samples end every statement with a semicolon at the end of a line.
std::vector<std::string> statements_of(const std::string& text) {
  std::vector<std::string> statements;
  std::istringstream lines(text);
  std::string line;
  std::string statement;
  while (std::getline(lines, line)) {
    statement += line + "\n";
    if (!ends_with(line, ";")) continue;
    statements.push_back(statement);
    statement.clear();
  }
  if (!statement.empty()) statements.push_back(statement);
  return statements;
}

bool is_separator(const std::string& statement) {
  return statement.find_first_not_of(" \n") == std::string::npos || statement == "GO\n";
}

std::string joined(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) text += statement;
  // A migration must hold something.
  const bool empty = std::all_of(statements.begin(), statements.end(),
                                 [](const std::string& one) { return one.empty() || is_separator(one); });
  return empty ? "SELECT 1;\n" : text;
}

struct Replacement {
  const char* what;
  std::regex pattern;
  const char* by;
};

const std::vector<Replacement>& replacements() {
  static const std::vector<Replacement> all = [] {
    const auto flags = std::regex::ECMAScript | std::regex::icase;
    std::vector<Replacement> made;
    made.push_back({"a shorter text", std::regex("varchar\\((\\d+)\\)", flags), "varchar(19)"});
    made.push_back({"bigint for integer", std::regex("\\b(integer|int)\\b", flags), "bigint"});
    made.push_back({"smallint for bigint", std::regex("\\bbigint\\b", flags), "smallint"});
    made.push_back({"one decimal place", std::regex("(numeric|decimal)\\((\\d+), ?\\d+\\)", flags), "$1($2, 1)"});
    made.push_back({"whole seconds", std::regex("(timestamp|datetime2)\\(3\\)", flags), "$1(0)"});
    made.push_back({"no NOT NULL", std::regex(" NOT NULL", flags), ""});
    made.push_back({"no default",
                    std::regex(" (CONSTRAINT df_\\w+ )?DEFAULT (\\([^;\\n]*?'\\)|\\w+\\(\\)|N?'[^']*'|\\w+)", flags),
                    ""});
    return made;
  }();
  return all;
}

class Maker {
 public:
  Maker(const std::string& project_dir, const std::string& engine) {
    for (const auto& entry : fs::directory_iterator(fs::path(project_dir) / "migrations")) {
      const std::string name = entry.path().filename().string();
      const bool own = name.find("." + engine + ".") != std::string::npos;
      const bool common = name.find(".postgres.") == std::string::npos && name.find(".sqlserver.") == std::string::npos;
      if (own || (common && engine == "postgres")) texts_[name] = read(entry.path());
    }
  }

  std::vector<Mutant> make() {
    for (const auto& [name, text] : texts_) {
      drop_statements(name, text);
      if (is_up(name)) {
        change_types(name, text);
        swap_directions(name, text);
      } else {
        delete_rows(name, text);
      }
      widen_updates(name, text);
    }
    return std::move(mutants_);
  }

 private:
  static bool is_up(const std::string& name) { return ends_with(name, ".up.sql"); }

  void add(const std::string& name, const std::string& what, const std::string& text) {
    if (text == texts_.at(name)) return;
    mutants_.push_back({name + ": " + what, {{"migrations/" + name, text}}});
  }

  void drop_statements(const std::string& name, const std::string& text) {
    const std::vector<std::string> statements = statements_of(text);
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (is_separator(statements[i])) continue;
      std::vector<std::string> rest = statements;
      // In T-SQL it may begin with what ended the batch before.
      rest[i] = statements[i].rfind("GO\n", 0) == 0 ? "GO\n" : "";
      add(name, "drop statement " + std::to_string(i + 1), joined(rest));
    }
  }

  void change_types(const std::string& name, const std::string& text) {
    for (const Replacement& replacement : replacements()) {
      int number = 0;
      for (std::sregex_iterator it(text.begin(), text.end(), replacement.pattern), end; it != end; ++it) {
        const auto at = static_cast<std::size_t>(it->position());
        const std::string changed =
            text.substr(0, at) + it->format(replacement.by) + text.substr(at + static_cast<std::size_t>(it->length()));
        add(name, std::string(replacement.what) + " (" + std::to_string(++number) + ")", changed);
      }
    }
  }

  void swap_directions(const std::string& name, const std::string& text) {
    const std::string stem = name.substr(0, name.size() - std::string(".up.sql").size());
    for (const std::string& down : {stem + ".down.sql", stem.substr(0, stem.rfind('.')) + ".down.sql"}) {
      const auto other = texts_.find(down);
      if (other == texts_.end()) continue;
      mutants_.push_back(
          {name + ": up and down swapped", {{"migrations/" + name, other->second}, {"migrations/" + down, text}}});
      return;
    }
  }

  void delete_rows(const std::string& name, const std::string& text) {
    if (name.rfind("0001", 0) == 0) return;
    // The table of the first migration, which this down does not own.
    for (const auto& [first, up] : texts_) {
      std::smatch match;
      if (!is_up(first) || !std::regex_search(up, match, std::regex("CREATE TABLE (\\S+) "))) continue;
      add(name, "delete the rows of " + match[1].str(), text + "DELETE FROM " + match[1].str() + ";\n");
      return;
    }
  }

  void widen_updates(const std::string& name, const std::string& text) {
    const std::vector<std::string> statements = statements_of(text);
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (statements[i].find("UPDATE ") == std::string::npos) continue;
      const std::size_t where = statements[i].rfind("WHERE ");
      if (where == std::string::npos) continue;
      std::vector<std::string> changed = statements;
      changed[i] = statements[i].substr(0, where) + ";\n";
      add(name, "UPDATE without WHERE (" + std::to_string(i + 1) + ")", joined(changed));
    }
  }

  std::map<std::string, std::string> texts_;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::vector<Mutant> mutants_of(const std::string& project_dir, const std::string& engine) {
  return Maker(project_dir, engine).make();
}

}  // namespace paripassu::test
