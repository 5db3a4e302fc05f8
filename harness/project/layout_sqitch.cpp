#include "harness/project/layout_sqitch.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "backends/script_reader.h"
#include "harness/project/layout_lines.h"

namespace paripassu {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kVersionDigits = 4;
constexpr std::size_t kNamedFilesMax = 3;
constexpr std::string_view kTimeShape = "0000-00-00T00:00:00Z";

bool is_punctuation(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7F && !is_word_character(c);
}

/// sqitchchanges: not begun or ended by punctuation, without blanks and @ : # \, not ended by a sign of a symbolic
/// reference and digits. Control characters and steps out of the folder are refused here as well.
bool is_name(std::string_view name) {
  if (name.empty() || is_punctuation(name.front()) || is_punctuation(name.back())) return false;
  for (char c : name)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
        std::string_view("@:#\\").find(c) != std::string_view::npos)
      return false;
  std::size_t digits = name.size();
  while (digits > 0 && is_digit(name[digits - 1])) --digits;
  if (digits > 0 && digits < name.size() &&
      std::string_view("~/=%^[]").find(name[digits - 1]) != std::string_view::npos)
    return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool is_object_id(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool has_time_shape(std::string_view word) {
  return word.size() == kTimeShape.size() &&
         std::equal(word.begin(), word.end(), kTimeShape.begin(),
                    [](char c, char shape) { return shape == '0' ? is_digit(c) : c == shape; });
}

/// "Name <email>".
bool is_planner(std::string_view text) {
  const std::size_t open = text.find('<');
  return open != std::string_view::npos && !trim_blanks(text.substr(0, open)).empty() && text.ends_with('>') &&
         text.size() - open > 2;
}

struct Dependency {
  bool conflicts = false;
  std::string project;
  std::string change;
  std::string tag;
  std::string written;
};

class PlanReader {
 public:
  PlanReader(std::string_view text, const std::string& file, std::vector<std::string>& warnings)
      : text_(text), file_(file), warnings_(warnings) {}

  std::vector<SqitchChange> run() {
    for (Line line; next_line(text_, line);) {
      line_ = line.number;
      // A note begins at the first '#': no name may hold one.
      const std::string_view content = trim_blanks(line.text.substr(0, line.text.find('#')));
      if (content.empty()) continue;
      if (content.front() == '%') {
        read_pragma(content.substr(1));
      } else if (content.front() == '@') {
        read_tag(content.substr(1));
      } else {
        read_change(content);
      }
    }
    if (!project_)
      throw bad_file("the plan has no %project", file_, 0).with_remedy("begin it with a line such as %project=orders");
    check_dependencies();
    name_reworked_scripts();
    return std::move(changes_);
  }

 private:
  struct Pending {
    std::size_t change;  ///< index of the change that depends
    Dependency dependency;
  };

  [[noreturn]] void refuse(const std::string& message, const std::string& remedy, int line = 0) const {
    throw bad_file(message, file_, line > 0 ? line : line_).with_remedy(remedy);
  }

  void read_pragma(std::string_view pragma) {
    const std::size_t equals = pragma.find('=');
    const std::string_view name = trim_blanks(pragma.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : trim_blanks(pragma.substr(equals + 1));
    if (!changes_.empty())
      refuse("the pragma %" + std::string(name) + " stands behind a change", "move it to the begin of the plan");
    if (name != "project") return;
    if (!is_name(value))
      refuse("'" + std::string(value) + "' is no name of a sqitch project", "write a line such as %project=orders");
    project_ = std::string(value);
  }

  std::string read_name(std::string_view& rest, const char* what) {
    // Blanks may be missing before the dependencies.
    const std::size_t end = std::min(rest.find_first_of(" \t["), rest.size());
    const std::string name(rest.substr(0, end));
    rest = trim_blanks(rest.substr(end));
    if (!is_name(name))
      refuse("'" + name + "' is no name of a sqitch " + what,
             "names neither begin nor end with punctuation and hold no blank, '@', ':', '#' or '\\'");
    if (name == "ROOT" || name == "HEAD") refuse("'" + name + "' is a reserved name", "give it another name");
    return name;
  }

  void read_stamp(std::string_view rest) const {
    const std::string_view time = take_word(rest);
    if (!has_time_shape(time) || !is_planner(rest))
      refuse("expected a time and a planner behind the name and the dependencies",
             "a line of a plan is: name [dependency …] 2026-01-31T12:00:00Z Name <email> # note");
  }

  void read_tag(std::string_view rest) {
    const std::string name = read_name(rest, "tag");
    if (name.find('/') != std::string::npos) refuse("the tag @" + name + " holds a '/'", "give it another name");
    if (changes_.empty()) refuse("the tag @" + name + " stands before every change", "move it behind a change");
    if (rest.starts_with('['))
      refuse("the tag @" + name + " has dependencies", "give them to the change that needs them");
    read_stamp(rest);
    if (const auto [known, added] = tag_lines_.emplace(name, line_); !added)
      refuse("the tag @" + name + " is declared a second time, first in line " + std::to_string(known->second),
             "give it another name");
    tagged_change_.emplace(name, changes_.size() - 1);
    changes_.back().tags.push_back(name);
    names_since_tag_.clear();
  }

  void read_change(std::string_view rest) {
    if (rest.front() == '-')
      refuse("a change that reverts another one is not supported", "take the change out of the plan");
    if (rest.front() == '+') rest = trim_blanks(rest.substr(1));
    SqitchChange change;
    change.line = line_;
    change.name = read_name(rest, "change");
    if (rest.starts_with('[')) {
      const std::size_t end = rest.find(']');
      if (end == std::string_view::npos) refuse("the dependencies have no closing ']'", "write it");
      read_dependencies(rest.substr(1, end - 1));
      rest = trim_blanks(rest.substr(end + 1));
    }
    read_stamp(rest);
    if (const auto [known, added] = names_since_tag_.emplace(change.name, line_); !added)
      refuse("the change " + change.name + " is planned a second time, first in line " + std::to_string(known->second),
             "give it another name; a reworked change needs a tag between the two");
    changes_.push_back(std::move(change));
  }

  void read_dependencies(std::string_view words) {
    std::set<std::string> seen;
    while (!trim_blanks(words).empty()) {
      Dependency dependency;
      std::string_view word = take_word(words);
      dependency.written = word;
      if (!seen.insert(dependency.written).second)
        refuse("the dependency " + dependency.written + " is written twice", "delete one of them");
      if (word.starts_with('!')) {
        dependency.conflicts = true;
        word.remove_prefix(1);
      }
      if (const std::size_t colon = word.find(':'); colon != std::string_view::npos) {
        dependency.project = word.substr(0, colon);
        word.remove_prefix(colon + 1);
      }
      const std::size_t at = std::min(word.find('@'), word.size());
      dependency.change = word.substr(0, at);
      if (at < word.size()) dependency.tag = word.substr(at + 1);
      const bool valid = (dependency.project.empty() || is_name(dependency.project)) &&
                         (dependency.change.empty() ? !dependency.tag.empty() : is_name(dependency.change)) &&
                         (at == word.size() || is_name(dependency.tag));
      if (!valid)
        refuse("'" + dependency.written + "' is no dependency", "write change, change@tag, @tag or project:change");
      pending_.push_back({changes_.size(), std::move(dependency)});
    }
  }

  /// Index of the last change of this name before `end`, or npos.
  std::size_t find(const std::string& name, std::size_t end) const {
    for (std::size_t i = end; i > 0; --i)
      if (changes_[i - 1].name == name) return i - 1;
    return std::string::npos;
  }

  void check_dependencies() {
    for (const auto& [index, dependency] : pending_) {
      const SqitchChange& change = changes_[index];
      if (!dependency.project.empty() && dependency.project != *project_) {
        warnings_.push_back(file_ + ":" + std::to_string(change.line) + ": " + change.name + " depends on " +
                            dependency.written + " of another sqitch project, which is not checked");
        continue;
      }
      // An id stands for any change, perhaps one of another project.
      if (is_object_id(dependency.change)) continue;
      const bool symbolic = dependency.tag == "HEAD" || dependency.tag == "ROOT";
      const auto tag = tagged_change_.find(dependency.tag);
      bool met = true;
      std::size_t end = index;
      if (!dependency.tag.empty() && !symbolic) {
        met = tag != tagged_change_.end() && tag->second < index;
        if (met) end = tag->second + 1;
      }
      if (met && !dependency.change.empty()) met = find(dependency.change, end) != std::string::npos;
      if (dependency.conflicts) {
        if (met)
          refuse(change.name + " conflicts with " + dependency.written + ", which the plan has before it",
                 "take one of the two out of the plan", change.line);
      } else if (!met) {
        refuse(change.name + " requires " + dependency.written + missing(dependency, index),
               "put it before the change that needs it", change.line);
      }
    }
  }

  std::string missing(const Dependency& dependency, std::size_t index) const {
    if (dependency.change == changes_[index].name) return ", which is the change itself";
    const std::size_t later = dependency.change.empty() ? std::string::npos : find(dependency.change, changes_.size());
    if (later != std::string::npos && later > index)
      return ", which comes later, in line " + std::to_string(changes_[later].line);
    const auto tag = tag_lines_.find(dependency.tag);
    if (!dependency.tag.empty() && tag != tag_lines_.end() && tag->second > changes_[index].line)
      return ", whose tag comes later, in line " + std::to_string(tag->second);
    return ", which the plan does not have";
  }

  void name_reworked_scripts() {
    std::map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (const auto earlier = last.find(changes_[i].name); earlier != last.end()) {
        for (std::size_t k = i; k > earlier->second; --k)
          for (const std::string& tag : changes_[k - 1].tags) changes_[earlier->second].rework_tags.push_back(tag);
      }
      last[changes_[i].name] = i;
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::vector<std::string>& warnings_;
  int line_ = 0;
  std::optional<std::string> project_;
  std::vector<SqitchChange> changes_;
  std::vector<Pending> pending_;
  std::map<std::string, int> tag_lines_;
  std::map<std::string, std::size_t> tagged_change_;
  std::map<std::string, int> names_since_tag_;
};

bool exists(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code);
}

/// "NAME" or "NAME@TAG", by what lies in the folder of deploy scripts.
std::string script_name(const SqitchChange& change, const std::string& deploy_dir) {
  if (change.rework_tags.empty()) return change.name;
  for (const std::string& tag : change.rework_tags) {
    const std::string name = change.name + "@" + tag;
    if (exists(join_path(deploy_dir, name + ".sql"))) return name;
  }
  return change.name + "@" + change.rework_tags.front();
}

void warn_of_unplanned(const std::string& dir, const std::set<std::string>& planned,
                       std::vector<std::string>& warnings) {
  std::error_code code;
  std::vector<std::string> unplanned;
  fs::recursive_directory_iterator entry(dir, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    const std::string name = fs::path(entry->path()).lexically_relative(dir).generic_string();
    std::error_code type_code;
    if (name.ends_with(".sql") && !entry->is_directory(type_code) && !planned.contains(name)) unplanned.push_back(name);
  }
  if (unplanned.empty()) return;
  std::sort(unplanned.begin(), unplanned.end());
  std::string message;
  for (std::size_t i = 0; i < std::min(unplanned.size(), kNamedFilesMax); ++i)
    message += (i > 0 ? ", " : "") + join_path(dir, unplanned[i]);
  if (unplanned.size() > kNamedFilesMax)
    message += " and " + std::to_string(unplanned.size() - kNamedFilesMax) + " more";
  warnings.push_back(message + (unplanned.size() == 1 ? " is" : " are") + " not run: no change of " + kSqitchPlan +
                     " has this name");
}

}  // namespace

std::vector<SqitchChange> read_sqitch_plan(std::string_view text, const std::string& file,
                                           std::vector<std::string>& warnings) {
  return PlanReader(text, file, warnings).run();
}

std::vector<MigrationFile> list_sqitch(const std::string& dir, const std::string& folder_engine,
                                       std::vector<std::string>& warnings) {
  const std::string plan = join_path(dir, kSqitchPlan);
  const std::vector<SqitchChange> changes = read_sqitch_plan(read_script_file(plan), plan, warnings);
  const std::string deploy = join_path(dir, "deploy");
  const std::string revert = join_path(dir, "revert");
  const std::string verify = join_path(dir, "verify");
  std::vector<MigrationFile> files;
  std::set<std::string> planned;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::string name = script_name(changes[i], deploy) + ".sql";
    planned.insert(name);
    MigrationFile file;
    file.layout = "sqitch";
    file.engine = folder_engine;
    file.name = changes[i].name;
    file.version = std::to_string(i + 1);
    file.version.insert(0, kVersionDigits - std::min(kVersionDigits, file.version.size()), '0');
    file.path = join_path(deploy, name);
    if (!exists(file.path))
      throw bad_file("the change " + changes[i].name + " has no deploy script " + file.path, plan, changes[i].line)
          .with_remedy("write it, or take the change out of the plan");
    files.push_back(file);
    file.path = join_path(revert, name);
    file.part = MigrationFile::Part::down;
    if (exists(file.path)) files.push_back(file);
    file.path = join_path(verify, name);
    file.part = MigrationFile::Part::verify;
    if (exists(file.path)) files.push_back(file);
  }
  for (const std::string& folder : {deploy, revert, verify}) warn_of_unplanned(folder, planned, warnings);
  return files;
}

}  // namespace paripassu
