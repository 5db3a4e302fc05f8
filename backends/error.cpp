#include "backends/error.h"

#include <utility>

#include "backends/connection_url.h"
#include "backends/limits.h"

namespace paripassu {

std::string_view to_string(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::usage:
      return "usage";
    case ErrorCategory::configuration:
      return "configuration";
    case ErrorCategory::script:
      return "script";
    case ErrorCategory::connection:
      return "connection";
    case ErrorCategory::authentication:
      return "authentication";
    case ErrorCategory::driver_missing:
      return "driver-missing";
    case ErrorCategory::server_unavailable:
      return "server-unavailable";
    case ErrorCategory::permission:
      return "permission";
    case ErrorCategory::not_found:
      return "not-found";
    case ErrorCategory::already_exists:
      return "already-exists";
    case ErrorCategory::syntax:
      return "syntax";
    case ErrorCategory::unique_violation:
      return "unique-violation";
    case ErrorCategory::foreign_key_violation:
      return "foreign-key-violation";
    case ErrorCategory::check_violation:
      return "check-violation";
    case ErrorCategory::not_null_violation:
      return "not-null-violation";
    case ErrorCategory::data:
      return "data";
    case ErrorCategory::deadlock:
      return "deadlock";
    case ErrorCategory::lock_timeout:
      return "lock-timeout";
    case ErrorCategory::statement_timeout:
      return "statement-timeout";
    case ErrorCategory::cancelled:
      return "cancelled";
    case ErrorCategory::interrupted:
      return "interrupted";
    case ErrorCategory::transaction:
      return "transaction";
    case ErrorCategory::migration:
      return "migration";
    case ErrorCategory::not_supported:
      return "not-supported";
    case ErrorCategory::resources:
      return "resources";
    case ErrorCategory::unclassified:
      return "unclassified";
    case ErrorCategory::internal:
      return "internal";
  }
  return "unclassified";
}

std::string SourcePosition::to_string() const {
  std::string text = file;
  if (line > 0) {
    if (!text.empty()) text += ':';
    text += std::to_string(line);
    if (column > 0) text += ':' + std::to_string(column);
  }
  return text;
}

Error::Error(ErrorCategory category, std::string message)
    : std::runtime_error(message), category_(category), message_(std::move(message)) {
  render();
}

std::string Error::sqlstate() const {
  for (const Diagnostic& record : diagnostics_)
    if (!record.sqlstate.empty()) return record.sqlstate;
  return {};
}

std::int64_t Error::native_code() const {
  for (const Diagnostic& record : diagnostics_)
    if (record.native_code != 0) return record.native_code;
  return 0;
}

Error& Error::with_engine(std::string engine) {
  engine_ = std::move(engine);
  render();
  return *this;
}

Error& Error::with_statement(const std::string& statement) {
  statement_ = redact_secrets(statement);
  render();
  return *this;
}

Error& Error::with_position(SourcePosition position) {
  position_ = std::move(position);
  render();
  return *this;
}

Error& Error::with_diagnostics(std::vector<Diagnostic> diagnostics) {
  diagnostics_ = std::move(diagnostics);
  for (Diagnostic& record : diagnostics_)
    for (std::string* text : {&record.message, &record.detail, &record.hint, &record.context})
      *text = redact_secrets(*text);
  render();
  return *this;
}

Error& Error::with_remedy(std::string remedy) {
  remedy_ = std::move(remedy);
  render();
  return *this;
}

Error& Error::add_context(std::string context) {
  context_.push_back(std::move(context));
  render();
  return *this;
}

namespace {

/// The first lines of a statement, so that an error stays readable.
std::string shorten(const std::string& statement) {
  constexpr std::size_t kLinesMax = 12;
  std::size_t end = 0;
  for (std::size_t lines = 0; end < statement.size() && lines < kLinesMax; ++lines) {
    const std::size_t newline = statement.find('\n', end);
    end = newline == std::string::npos ? statement.size() : newline + 1;
  }
  if (end > limits::kErrorStatementBytesMax) end = limits::kErrorStatementBytesMax;
  while (end > 0 && end < statement.size() && (static_cast<unsigned char>(statement[end]) & 0xC0) == 0x80) --end;
  std::string text = statement.substr(0, end);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (end < statement.size()) text += "\n… (" + std::to_string(statement.size() - end) + " more bytes)";
  return text;
}

std::string indent(const std::string& text) {
  std::string result = "    ";
  for (char c : text) {
    result += c;
    if (c == '\n') result += "    ";
  }
  return result;
}

}  // namespace

void Error::render() {
  text_.clear();
  if (position_.known()) text_ += position_.to_string() + ": ";
  text_ += message_;
  for (const Diagnostic& record : diagnostics_) {
    if (record.message == message_ && record.detail.empty() && record.hint.empty() && record.context.empty() &&
        record.sqlstate.empty() && record.native_code == 0)
      continue;
    text_ += "\n  server: ";
    if (!record.severity.empty()) text_ += record.severity + " ";
    if (!record.sqlstate.empty()) text_ += "[" + record.sqlstate + "] ";
    if (record.native_code != 0) text_ += "(" + std::to_string(record.native_code) + ") ";
    text_ += record.message;
    if (!record.detail.empty()) text_ += "\n  detail: " + record.detail;
    if (!record.hint.empty()) text_ += "\n  hint: " + record.hint;
    if (!record.context.empty()) text_ += "\n  where: " + record.context;
  }
  if (!statement_.empty()) text_ += "\n  statement:\n" + indent(shorten(statement_));
  for (const std::string& context : context_) text_ += "\n  while " + context;
  if (!remedy_.empty()) text_ += "\n  → " + remedy_;
}

}  // namespace paripassu
