#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <tuple>
#include <vector>

#include "harness/report/report_text.h"
#include "harness/report/report_writer.h"

namespace paripassu {

using namespace report;  // NOLINT: the words of every format

namespace {

/// From how many equal differences on they are told in one line.
constexpr std::size_t kFoldedMin = 3;

char mark_of(const Difference& difference) {
  if (difference.right.empty() && !difference.left.empty()) return '-';
  if (difference.left.empty() && !difference.right.empty()) return '+';
  return '~';
}

/// What the two sides print, as one text.
std::string sides_of(const Difference& difference) {
  const std::string left = escape_for_terminal(shortened(difference.left));
  const std::string right = escape_for_terminal(shortened(difference.right));
  if (left.empty()) return right;
  if (right.empty()) return left;
  return left + " / " + right;
}

class TextWriter {
 public:
  TextWriter(std::ostream& out, const Comparison& comparison, const TextStyle& style)
      : out_(out), comparison_(comparison), style_(style) {
    for (const Difference& difference : comparison.differences) schemas_.insert(difference.schema);
  }

  void write() {
    write_summary();
    write_stand_ins();
    fold();
    write_folded();
    write_tree();
    write_list("Compatible types", compatible_sentences(comparison_));
    write_list("Database settings that differ", comparison_.settings);
    write_list("Unknown: this could not be read, so it was not compared", unknown_sentences(comparison_));
    write_list("Not compared", comparison_.not_compared);
    write_waived();
  }

 private:
  using FoldKey = std::tuple<std::string, std::string, std::string, std::string>;  // code, kind, left, right

  static FoldKey fold_key(const Difference& difference) {
    return {difference.code, difference.kind, difference.left, difference.right};
  }

  std::string painted(std::string_view text, std::string_view sgr) const {
    return style_.color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text) : std::string(text);
  }
  std::string bold(std::string_view text) const { return painted(text, "1"); }

  std::string painted_by(Severity severity, std::string_view text) const {
    switch (severity) {
      case Severity::error:
        return painted(text, "31");
      case Severity::warning:
        return painted(text, "33");
      case Severity::note:
        return painted(text, "36");
    }
    return std::string(text);
  }

  static std::string severity_word(Severity severity) {
    return severity == Severity::error ? std::string() : fmt::format(" [{}]", to_string(severity));
  }

  void write_summary() {
    const Verdict verdict = verdict_of(comparison_);
    const std::string compared = compared_objects(comparison_.counts);
    const std::string sides = escape_for_terminal(compared_sides(comparison_));
    if (verdict.differs) {
      out_ << painted(verdict.headline, "1;31") << verdict.more << ": " << sides << '\n';
      out_ << "Compared: " << compared << '\n';
    } else {
      const bool all_is_the_same = verdict.complete && comparison_.settings.empty();
      out_ << painted(verdict.headline, all_is_the_same ? "1;32" : "1;33") << verdict.more << ": " << compared
           << " compared, " << sides << '\n';
    }
  }

  void write_stand_ins() {
    for (const std::string& sentence : stand_in_sentences(comparison_)) out_ << escape_for_terminal(sentence) << '\n';
  }

  bool may_fold(const Difference& difference) const {
    if (!is_part_of_table(difference) || !difference.waived.empty()) return false;
    const bool has_forms = !difference.left_side.understood.empty() || !difference.right_side.understood.empty();
    return !(style_.verbose && has_forms);
  }

  void fold() {
    for (const Difference& difference : comparison_.differences) {
      if (may_fold(difference)) folded_[fold_key(difference)].push_back(&difference);
    }
    std::erase_if(folded_, [](const auto& entry) { return entry.second.size() < kFoldedMin; });
  }

  bool is_folded(const Difference& difference) const {
    return may_fold(difference) && folded_.count(fold_key(difference)) > 0;
  }

  std::string qualified(const Difference& difference, const std::string& object) const {
    const bool prefix = schemas_.size() > 1 && !difference.schema.empty() && difference.kind != "schema";
    return escape_for_terminal(shortened(prefix ? difference.schema + "." + object : object));
  }

  void write_names(const std::vector<const Difference*>& group) {
    constexpr std::string_view kIndent = "      ";
    std::string line(kIndent);
    const std::size_t shown = std::min(group.size(), style_.names_shown_max);
    for (std::size_t i = 0; i < shown; ++i) {
      const std::string name = qualified(*group[i], group[i]->object()) + (i + 1 < group.size() ? ", " : "");
      if (line.size() > kIndent.size() && line.size() + name.size() > style_.width) {
        out_ << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
        line = kIndent;
      }
      line += name;
    }
    if (shown < group.size()) line += fmt::format("and {} more, all named with --format json", group.size() - shown);
    out_ << line << '\n';
  }

  void write_folded() {
    if (folded_.empty()) return;
    std::vector<const std::vector<const Difference*>*> groups;
    for (const auto& [key, group] : folded_) groups.push_back(&group);
    std::stable_sort(groups.begin(), groups.end(), [](const auto* one, const auto* other) {
      return std::make_pair(one->front()->severity, other->size()) <
             std::make_pair(other->front()->severity, one->size());
    });
    out_ << '\n' << bold("In several places") << '\n';
    for (const auto* group : groups) {
      const Difference& first = *group->front();
      out_ << "  " << painted_by(first.severity, std::string(1, mark_of(first))) << ' '
           << count_of(group->size(), escape_for_terminal(first.kind)) << ": " << sides_of(first) << "  "
           << painted_by(first.severity, escape_for_terminal(first.code)) << severity_word(first.severity) << '\n';
      write_names(*group);
    }
  }

  void write_tree() {
    const std::string* schema = nullptr;
    const std::string* table = nullptr;
    for (const Difference& difference : comparison_.differences) {
      if (!difference.waived.empty() || is_folded(difference)) continue;
      const bool inside = is_part_of_table(difference);
      const bool new_group = !table || *schema != difference.schema || *table != difference.table;
      if (new_group) {
        out_ << '\n';
        const std::string heading = difference.table.empty() ? difference.schema : difference.table;
        if (heading.empty()) {
          // Of the database itself, or of the configuration.
          const bool of_database = difference.kind == "database";
          out_ << bold(of_database ? "database" : escape_for_terminal(difference.kind + "s")) << '\n';
        } else if (difference.table.empty()) {
          out_ << bold("schema " + escape_for_terminal(heading)) << '\n';
        } else {
          out_ << bold(qualified(difference, heading)) << '\n';
        }
        schema = &difference.schema;
        table = &difference.table;
      }
      const std::string subject = inside || difference.table.empty() ? subject_of(difference) : difference.kind;
      std::string sides = sides_of(difference);
      if (sides.empty()) sides = escape_for_terminal(difference.message);
      out_ << "  " << painted_by(difference.severity, std::string(1, mark_of(difference))) << ' '
           << escape_for_terminal(shortened(subject));
      // An object without a name is called by its definition, which need not be said twice.
      if (!sides.empty() && sides != escape_for_terminal(shortened(difference.name))) out_ << ": " << sides;
      out_ << "  " << painted_by(difference.severity, escape_for_terminal(difference.code))
           << severity_word(difference.severity) << origins(difference) << '\n';
      if (style_.verbose) write_understood(difference);
    }
  }

  static std::string origins(const Difference& difference) {
    std::string text;
    for (const std::string& origin : origins_of(difference)) {
      text += (text.empty() ? " (" : ", ") + escape_for_terminal(origin);
    }
    return text.empty() ? text : text + ")";
  }

  void write_understood(const Difference& difference) {
    const std::string& left = difference.left_side.understood;
    const std::string& right = difference.right_side.understood;
    if (left.empty() && right.empty()) return;
    const auto shown = [](const std::string& form) {
      return form.empty() ? std::string("nothing") : escape_for_terminal(shortened(form));
    };
    out_ << "      understood as " << shown(left) << " / " << shown(right) << '\n';
  }

  void write_waived() {
    std::map<std::pair<std::string, std::string>, std::vector<const Difference*>> groups;
    for (const Difference* difference : waived_differences(comparison_)) {
      groups[{difference->code, difference->waived}].push_back(difference);
    }
    if (groups.empty()) return;
    out_ << '\n' << bold("Waived") << '\n';
    for (const auto& [key, group] : groups) {
      const std::string object =
          group.size() == 1 ? qualified(*group.front(), group.front()->object()) : count_of(group.size(), "object");
      out_ << "  " << escape_for_terminal(key.first) << ' ' << object << ": " << escape_for_terminal(key.second)
           << '\n';
      if (group.size() > 1) write_names(group);
    }
  }

  void write_list(std::string_view heading, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out_ << '\n' << bold(heading) << '\n';
    for (const std::string& line : lines) out_ << "  " << escape_for_terminal(line) << '\n';
  }

  std::ostream& out_;
  const Comparison& comparison_;
  const TextStyle& style_;
  std::set<std::string> schemas_;
  std::map<FoldKey, std::vector<const Difference*>> folded_;
};

}  // namespace

void write_text(std::ostream& out, const Comparison& comparison, const TextStyle& style) {
  TextWriter(out, comparison, style).write();
}

}  // namespace paripassu
