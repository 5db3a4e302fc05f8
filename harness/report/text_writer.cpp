#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <tuple>
#include <vector>

#include "harness/report/report_writer.h"

namespace paripassu {
namespace {

/// From how many equal differences on they are told in one line.
constexpr std::size_t kFoldedMin = 3;

std::string count_of(std::size_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("index")) return fmt::format("{} {}es", count, noun);
  if (noun.ends_with("y") && !noun.ends_with("key"))
    return fmt::format("{} {}ies", count, noun.substr(0, noun.size() - 1));
  return fmt::format("{} {}s", count, noun);
}

bool inside_table(const Difference& difference) {
  return !difference.table.empty() && difference.kind != "table" && difference.kind != "view";
}

char mark_of(const Difference& difference) {
  if (difference.right.empty() && !difference.left.empty()) return '-';
  if (difference.left.empty() && !difference.right.empty()) return '+';
  return '~';
}

/// What the two sides print, as one text.
std::string sides_of(const Difference& difference) {
  const std::string left = escape_for_terminal(difference.left);
  const std::string right = escape_for_terminal(difference.right);
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
    write_compatible();
    write_list("Unknown: this could not be read, so it was not compared", unknown_lines());
    write_list("Not compared", comparison_.not_compared);
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

  std::string compared() const {
    const ComparisonCounts& counts = comparison_.counts;
    const std::pair<std::size_t, std::string_view> parts[] = {
        {counts.tables, "table"}, {counts.columns, "column"},
        {counts.keys, "key"},     {counts.foreign_keys, "foreign key"},
        {counts.checks, "check"}, {counts.indexes, "index"},
        {counts.views, "view"},   {counts.sequences, "sequence"}};
    std::string text;
    for (const auto& [count, noun] : parts) {
      if (count == 0) continue;
      if (!text.empty()) text += ", ";
      text += count_of(count, noun);
    }
    return text.empty() ? "nothing" : text;
  }

  void write_summary() {
    const std::size_t errors = comparison_.count(Severity::error);
    const std::size_t warnings = comparison_.count(Severity::warning);
    const std::size_t notes = comparison_.count(Severity::note);
    const std::string sides = fmt::format("{} against {}", escape_for_terminal(comparison_.left_label),
                                          escape_for_terminal(comparison_.right_label));
    std::string more;
    if (errors > 0 && warnings > 0) more += fmt::format(" ({} of them)", count_of(warnings, "warning"));
    if (errors == 0 && warnings > 0) more += " (warnings)";
    if (notes > 0) more += fmt::format(", {}", count_of(notes, "note"));
    if (!comparison_.unknown.empty()) {
      more += fmt::format(", {} unknown", count_of(comparison_.unknown.size(), "thing"));
    }
    if (errors + warnings > 0) {
      out_ << painted(count_of(errors + warnings, "difference"), "1;31") << more << ": " << sides << '\n';
      out_ << "Compared: " << compared() << '\n';
    } else {
      const bool complete = comparison_.unknown.empty();
      out_ << painted(complete ? "No differences" : "No differences in what could be read", complete ? "1;32" : "1;33")
           << more << ": " << compared() << " compared, " << sides << '\n';
    }
  }

  void write_stand_ins() {
    const auto write = [this](const ComparedSide& side, std::string_view where) {
      if (side.genuine) return;
      out_ << fmt::format("{} on the {} is not {} itself: it stands in for it", escape_for_terminal(side.product),
                          where, escape_for_terminal(side.engine));
      if (side.deviations.empty()) {
        out_ << ".\n";
        return;
      }
      std::string names;
      for (const std::string& deviation : side.deviations) names += (names.empty() ? "" : ", ") + deviation;
      out_ << ". Known deviations: " << escape_for_terminal(names) << '\n';
    };
    write(comparison_.left, "left");
    write(comparison_.right, "right");
  }

  void fold() {
    for (const Difference& difference : comparison_.differences) {
      if (inside_table(difference)) folded_[fold_key(difference)].push_back(&difference);
    }
    std::erase_if(folded_, [](const auto& entry) { return entry.second.size() < kFoldedMin; });
  }

  bool is_folded(const Difference& difference) const {
    return inside_table(difference) && folded_.count(fold_key(difference)) > 0;
  }

  std::string qualified(const Difference& difference, const std::string& object) const {
    const bool prefix = schemas_.size() > 1 && !difference.schema.empty() && difference.kind != "schema";
    return escape_for_terminal(prefix ? difference.schema + "." + object : object);
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
           << count_of(group->size(), first.kind) << ": " << sides_of(first) << "  "
           << painted_by(first.severity, first.code) << severity_word(first.severity) << '\n';
      write_names(*group);
    }
  }

  void write_tree() {
    const std::string* schema = nullptr;
    const std::string* table = nullptr;
    for (const Difference& difference : comparison_.differences) {
      if (is_folded(difference)) continue;
      const bool inside = inside_table(difference);
      const bool new_group = !table || *schema != difference.schema || *table != difference.table;
      if (new_group) {
        out_ << '\n';
        const std::string heading = difference.table.empty() ? difference.schema : difference.table;
        if (difference.table.empty()) {
          out_ << bold("schema " + escape_for_terminal(heading)) << '\n';
        } else {
          out_ << bold(qualified(difference, heading)) << '\n';
        }
        schema = &difference.schema;
        table = &difference.table;
      }
      const std::string subject = inside || difference.table.empty()
                                      ? fmt::format("{} {}", difference.kind, escape_for_terminal(difference.name))
                                      : difference.kind;
      const std::string sides = sides_of(difference);
      out_ << "  " << painted_by(difference.severity, std::string(1, mark_of(difference))) << ' ' << subject;
      // An object without a name is called by its definition, which need not be said twice.
      if (!sides.empty() && sides != escape_for_terminal(difference.name)) out_ << ": " << sides;
      out_ << "  " << painted_by(difference.severity, difference.code) << severity_word(difference.severity) << '\n';
    }
  }

  void write_compatible() {
    if (comparison_.compatible.empty()) return;
    out_ << '\n' << bold("Compatible types") << '\n';
    for (const CompatibleTypes& types : comparison_.compatible) {
      out_ << fmt::format("  {}: {} / {}: {}\n", count_of(types.columns, "column"), escape_for_terminal(types.left),
                          escape_for_terminal(types.right), escape_for_terminal(types.reason));
    }
  }

  std::vector<std::string> unknown_lines() const {
    std::vector<std::string> lines;
    for (const catalog::Unknown& entry : comparison_.unknown) {
      const std::string object = entry.object == "*" ? "the whole database" : entry.object;
      lines.push_back(fmt::format("{} of {}: {}", entry.what, object, entry.reason));
    }
    return lines;
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
