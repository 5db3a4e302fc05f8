#include "harness/source/script_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/names.h"

namespace paripassu {

namespace {

std::vector<std::string> words_of(const ScriptReader& reader, const ScriptStatement& statement) {
  std::vector<std::string> words;
  try {
    for (const StatementWord& word : reader.words(statement.text))
      words.push_back(fold_name(word.text, NameMatching::ignore_case));
  } catch (const Error&) {
    // The server's own error is the better one.
    words.clear();
  }
  return words;
}

/// Whether the server's complaint is about `name`, which it quotes in one way or another.
bool is_about(const Error& error, const std::string& name) {
  const auto holds = [&name](const std::string& text) {
    const std::string folded = fold_name(text, NameMatching::ignore_case);
    return folded.find('"' + name + '"') != std::string::npos || folded.find("'" + name + "'") != std::string::npos;
  };
  return holds(error.message()) || std::any_of(error.diagnostics().begin(), error.diagnostics().end(),
                                               [&](const Diagnostic& record) { return holds(record.message); });
}

}  // namespace

void ScriptRunner::run(const Script& script) {
  for (const ScriptStatement& statement : script.statements) {
    for (int repeat = 0; repeat < statement.repeat; ++repeat) {
      try {
        session_.run(statement);
      } catch (Error& error) {
        handle(error, statement);
      }
    }
  }
}

void ScriptRunner::handle(Error& error, const ScriptStatement& statement) {
  const Verdict verdict = error.poisons_connection() ? Verdict::fatal : judge(error, statement);
  if (verdict == Verdict::fatal || session_.transaction_state() != TransactionState::none) throw error;
  if (verdict == Verdict::left_out) leave_out(error, statement);
}

/// May add a remedy to the error.
ScriptRunner::Verdict ScriptRunner::judge(Error& error, const ScriptStatement& statement) const {
  const bool exists = error.category() == ErrorCategory::already_exists;
  if (!exists && error.category() != ErrorCategory::not_found) return Verdict::fatal;
  const std::vector<std::string> words = words_of(reader_, statement);
  if (words.size() < 2) return Verdict::fatal;
  if (exists) {
    // CREATE SCHEMA s [AUTHORIZATION r], and nothing in it.
    const bool only_schema = words[0] == "create" && words[1] == "schema" &&
                             (words.size() == 3 || (words.size() == 5 && words[3] == "authorization"));
    return only_schema ? Verdict::needless : Verdict::fatal;
  }
  if (words[0] == "set") {
    const bool unknown = std::any_of(words.begin() + 1, words.end(),
                                     [&error](const std::string& word) { return is_about(error, word); });
    return unknown ? Verdict::left_out : Verdict::fatal;
  }
  const std::size_t count = words.size();
  if (words[0] == "alter" && count >= 5 && words[count - 3] == "owner" && words[count - 2] == "to" &&
      is_about(error, words[count - 1])) {
    if (error.remedy().empty())
      error.with_remedy("write the dump without owners (pg_dump --no-owner), or without a transaction around it");
    return Verdict::left_out;
  }
  const bool grants = words[0] == "grant" || words[0] == "revoke" ||
                      (words[0] == "alter" && words[1] == "default" && count > 2 && words[2] == "privileges");
  const auto role = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word == "to" || word == "from" || word == "role";
  });
  const bool about_role =
      grants && std::any_of(role, words.end(), [&error](const std::string& word) { return is_about(error, word); });
  if (!about_role) return Verdict::fatal;
  error.with_remedy(
      "create the role on the server that the scratch database is made on; or write the dump without privileges "
      "(pg_dump --no-privileges); or leave such statements out with --skip-database-commands");
  return skip_database_commands_ ? Verdict::left_out : Verdict::fatal;
}

void ScriptRunner::leave_out(const Error& error, const ScriptStatement& statement) {
  const std::string& reason = error.message();
  const auto known =
      std::find_if(left_out_.begin(), left_out_.end(), [&reason](const LeftOut& one) { return one.reason == reason; });
  if (known == left_out_.end()) {
    left_out_.push_back({reason, statement.position, 1});
  } else {
    ++known->count;
  }
}

std::vector<std::string> ScriptRunner::warnings() const {
  std::vector<std::string> warnings;
  for (const LeftOut& one : left_out_)
    warnings.push_back(fmt::format(
        "{}: {} left out: {}", one.first.to_string(),
        one.count == 1 ? std::string("this statement was") : fmt::format("this and {} more were", one.count - 1),
        one.reason));
  return warnings;
}

}  // namespace paripassu
