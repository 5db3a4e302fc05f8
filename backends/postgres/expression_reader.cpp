#include "backends/postgres/expression_reader.h"

#include <pg_query.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "backends/postgres/expression_converter.h"
#include "backends/postgres/expression_text.h"
#include "backends/postgres/parse_tree.h"
#include "backends/postgres/parser_lock.h"

namespace paripassu::postgres {
namespace {

/// Bounds of one statement: a refused text makes the parser read those before it once more. Larger ones are not faster.
constexpr std::size_t kBatchTextsMax = 64;
constexpr std::size_t kBatchBytesMax = 16 * 1024;

constexpr std::string_view kSelect = "SELECT ";
constexpr std::string_view kSeparator = ",\n";

class ParseResult {
 public:
  explicit ParseResult(const std::string& statement) : result_(parse(statement)) {}
  ~ParseResult() { pg_query_free_parse_result(result_); }
  ParseResult(const ParseResult&) = delete;
  ParseResult& operator=(const ParseResult&) = delete;

  const PgQueryError* error() const { return result_.error; }
  std::string_view tree() const { return result_.parse_tree == nullptr ? std::string_view() : result_.parse_tree; }

 private:
  static PgQueryParseResult parse(const std::string& statement) {
    const std::lock_guard lock(parser_lock());
    return pg_query_parse(statement.c_str());
  }

  PgQueryParseResult result_;
};

/// A text that may be parsed, and where its result goes.
struct Job {
  ExpressionText text;
  ReadExpression* result = nullptr;
  std::size_t offset = 0;  ///< of the body in the statement
};

/// Byte offset of the parser's count of characters from 1; nothing when it gives none.
std::optional<std::size_t> byte_offset(std::string_view statement, int cursor_position) {
  if (cursor_position <= 0) return std::nullopt;
  std::size_t offset = 0;
  for (int i = 1; i < cursor_position && offset < statement.size(); ++i) {
    ++offset;
    while (offset < statement.size() && (static_cast<unsigned char>(statement[offset]) & 0xC0u) == 0x80u) ++offset;
  }
  return offset;
}

/// Reads jobs in statements of many; keeps its buffers between them.
class BatchReader {
 public:
  void read(std::vector<Job>& jobs) {
    std::size_t first = 0;
    while (first < jobs.size()) {
      std::size_t last = first;
      std::size_t bytes = 0;
      while (last < jobs.size() && last - first < kBatchTextsMax &&
             (last == first || bytes + jobs[last].text.body.size() <= kBatchBytesMax))
        bytes += jobs[last++].text.body.size();
      read(jobs, first, last);
      first = last;
    }
  }

 private:
  static constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);

  void read(std::vector<Job>& jobs, std::size_t first, std::size_t last) {
    while (first < last) {
      const std::size_t stop = parse(jobs, first, last);
      if (stop == last) return;
      // The parser got as far as there, so those before are sound. Alone, the one there gets the words that `read` has
      // for it. When nobody can say which it is, each is read alone.
      const bool place_is_known = stop != kUnknown && (stop == first || parse(jobs, first, stop) == stop);
      const std::size_t end = place_is_known ? stop + 1 : last;
      for (std::size_t i = place_is_known ? stop : first; i < end; ++i) parse(jobs, i, i + 1);
      first = end;
    }
  }

  /// Returns `last` when all have their result, else the one that the parser refused or kUnknown. One alone always gets
  /// a result.
  std::size_t parse(std::vector<Job>& jobs, std::size_t first, std::size_t last) {
    statement_ = kSelect;
    for (std::size_t i = first; i < last; ++i) {
      if (i > first) statement_ += kSeparator;
      statement_ += '(';
      jobs[i].offset = statement_.size();
      statement_ += jobs[i].text.body;
      statement_ += ')';
      // Older parsers do not know IS JSON. Another test that has its precedence, and is never printed, marks the place.
      constexpr std::string_view kStandIn = "ISNULL";
      for (const JsonTest& test : jobs[i].text.json_tests) {
        const std::size_t size = test.end - test.start;
        statement_.replace(jobs[i].offset + test.start, size,
                           std::string(kStandIn).append(size - kStandIn.size(), ' '));
      }
    }

    const ParseResult result(statement_);
    if (const PgQueryError* error = result.error()) {
      const std::optional<std::size_t> offset = byte_offset(statement_, error->cursorpos);
      if (last - first > 1) return offset ? job_at(jobs, first, last, *offset) : kUnknown;
      explain(jobs[first], error->message, offset);
      return last;
    }

    const bool complete = tree_.assign(result.tree());
    ParseTree::Node targets = complete ? only_targets(tree_.root()) : ParseTree::Node();
    if (!each_in_its_text(targets, jobs, first, last)) {
      if (last - first > 1) return kUnknown;
      jobs[first].result->problem = "PostgreSQL's parser takes it for something other than one expression.";
      return last;
    }
    ParseTree::Node target = targets.first();
    for (std::size_t i = first; i < last; ++i, target = target.next())
      convert(jobs[i], target.member("ResTarget").member("val"));
    return last;
  }

  /// The targets of a statement that is nothing but SELECT and targets.
  static ParseTree::Node only_targets(ParseTree::Node root) {
    const ParseTree::Node statements = root.member("stmts");
    if (statements.count() != 1) return {};
    const ParseTree::Node select = statements.first().member("stmt").member("SelectStmt");
    for (ParseTree::Node part = select.first(); part; part = part.next())
      if (part.name() != "targetList" && part.name() != "limitOption" && part.name() != "op") return {};
    return select.member("targetList");
  }

  /// True when there is one target per text and each starts at its text's bracket: then none has got hold of another's.
  static bool each_in_its_text(ParseTree::Node targets, const std::vector<Job>& jobs, std::size_t first,
                               std::size_t last) {
    ParseTree::Node node = targets.first();
    for (std::size_t i = first; i < last; ++i, node = node.next()) {
      const ParseTree::Node target = node.member("ResTarget");
      const int location = target.member("location").number(-1);
      if (!target || target.member("name") || location < 0 || static_cast<std::size_t>(location) + 1 != jobs[i].offset)
        return false;
    }
    return !node;
  }

  static std::size_t job_at(const std::vector<Job>& jobs, std::size_t first, std::size_t last, std::size_t offset) {
    const auto begin = jobs.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = jobs.begin() + static_cast<std::ptrdiff_t>(last);
    const auto behind =
        std::upper_bound(begin, end, offset, [](std::size_t at, const Job& job) { return at < job.offset; });
    return behind == begin ? first : static_cast<std::size_t>(behind - jobs.begin()) - 1;
  }

  static void explain(const Job& job, std::string_view message, std::optional<std::size_t> offset) {
    std::string& problem = job.result->problem;
    if (offset && *offset >= job.offset + job.text.body.size()) {
      problem = "PostgreSQL's parser cannot read it: it ends too early.";
      return;
    }
    problem = "PostgreSQL's parser cannot read it: ";
    problem += message;
    if (offset && *offset >= job.offset)
      problem += " (offset " + std::to_string(*offset - job.offset + job.text.offset) + ")";
    problem += '.';
  }

  void convert(const Job& job, ParseTree::Node node) {
    if (converter_.convert(job.text, job.offset, node, job.result->tree.emplace())) return;
    job.result->tree.reset();
    job.result->problem = "The expression is not understood: " + converter_.problem() + ".";
  }

  std::string statement_;
  ParseTree tree_;
  ExpressionConverter converter_;
};

}  // namespace

ReadExpression PostgresExpressionReader::read(std::string_view printed) const {
  return std::move(read_all({printed}).front());
}

std::vector<ReadExpression> PostgresExpressionReader::read_all(const std::vector<std::string_view>& printed) const {
  std::vector<ReadExpression> results(printed.size());
  std::vector<Job> jobs;
  jobs.reserve(printed.size());
  for (std::size_t i = 0; i < printed.size(); ++i) {
    ExpressionText text = examine_expression(printed[i]);
    if (text.problem.empty()) {
      jobs.push_back({std::move(text), &results[i]});
    } else {
      results[i].problem = "The expression is not understood: " + text.problem + ".";
    }
  }
  BatchReader().read(jobs);
  return results;
}

}  // namespace paripassu::postgres
