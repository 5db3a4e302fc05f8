#include "backends/postgres/meta_command.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace paripassu::postgres {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

constexpr std::array<std::string_view, 25> kDisplayCommands = {
    "a",      "C",    "f",     "H",        "html",       "t",        "T",         "x", "pset",
    "timing", "echo", "qecho", "warn",     "errverbose", "conninfo", "copyright", "?", "h",
    "help",   "p",    "print", "restrict", "unrestrict", "z",        "l"};
constexpr std::array<std::string_view, 12> kDisplayVariables = {
    "QUIET",   "ECHO",    "ECHO_HIDDEN", "VERBOSITY", "SHOW_CONTEXT", "PROMPT1",
    "PROMPT2", "PROMPT3", "HISTFILE",    "HISTSIZE",  "HISTCONTROL",  "COMP_KEYWORD_CASE"};
constexpr std::array<std::string_view, 4> kSendApartCommands = {"gset", "gexec", "crosstabview", "watch"};

/// Takes the rest of the line whatever it holds.
bool takes_whole_line(std::string_view name, std::string_view arguments) {
  constexpr std::array<std::string_view, 8> kWholeLine = {"copy", "!", "ef", "ev", "sf", "sv", "h", "help"};
  constexpr std::array<std::string_view, 6> kPipe = {"g", "gx", "o", "out", "w", "write"};
  return contains(kWholeLine, name) || (contains(kPipe, name) && trim(arguments).starts_with('|'));
}

/// Where the arguments that start at `offset` end: at a backslash outside quotes, or with the line. psql's '…' knows
/// backslash escapes. Looks no further than that, since a line may hold any number of commands.
std::size_t arguments_end(std::string_view script, std::size_t offset) {
  char quote = '\0';
  for (; offset < script.size() && script[offset] != '\n'; ++offset) {
    const char c = script[offset];
    if (quote != '\0') {
      const bool escapes = quote == '\'' && c == '\\' && offset + 1 < script.size() && script[offset + 1] != '\n';
      if (escapes) ++offset;
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == '\\') {
      break;
    }
  }
  return offset;
}

/// Stopping at the first error, which ON_ERROR_STOP asks for, is what paripassu does anyway.
bool sets_display_only(std::string_view arguments) {
  const std::size_t name_end = std::min(arguments.find_first_of(" \t"), arguments.size());
  const std::string_view name = arguments.substr(0, name_end);
  if (contains(kDisplayVariables, name)) return true;
  if (name != "ON_ERROR_STOP") return false;
  const std::string value = lower(trim(arguments.substr(name_end)));
  return value.empty() || value == "on" || value == "1" || value == "true" || value == "yes";
}

MetaCommandKind kind_of(std::string_view name, std::string_view arguments) {
  if (name == "g" || name == "gx") return arguments.empty() ? MetaCommandKind::send : MetaCommandKind::send_apart;
  if (contains(kSendApartCommands, name)) return MetaCommandKind::send_apart;
  if (name == "r" || name == "reset" || name == "gdesc") return MetaCommandKind::discard;
  if (name == "c" || name == "connect") return MetaCommandKind::connect;
  if (name == "i" || name == "ir" || name == "include" || name == "include_relative") return MetaCommandKind::include;
  if (name == "copy") return MetaCommandKind::copy;
  if (name == "if" || name == "elif" || name == "else" || name == "endif") return MetaCommandKind::condition;
  if (name == "q" || name == "quit") return MetaCommandKind::quit;
  if (name == "set") return sets_display_only(arguments) ? MetaCommandKind::display : MetaCommandKind::variable;
  if (name == "unset" || name == "prompt" || name == "getenv") return MetaCommandKind::variable;
  if (name == "encoding") {
    const std::string encoding = lower(arguments);
    const bool utf8 = encoding.empty() || encoding == "utf8" || encoding == "utf-8" || encoding == "unicode" ||
                      encoding == "'utf8'" || encoding == "'utf-8'";
    return utf8 ? MetaCommandKind::display : MetaCommandKind::encoding;
  }
  // \d, \dt+, \l+, \sf: they describe objects.
  std::string_view bare = name;
  while (bare.ends_with('+') || bare.ends_with('S')) bare.remove_suffix(1);
  const bool describes = bare.starts_with('d') || bare == "l" || bare == "list" || bare == "sf" || bare == "sv";
  return describes || contains(kDisplayCommands, name) ? MetaCommandKind::display : MetaCommandKind::unknown;
}

}  // namespace

MetaCommand parse_meta_command(std::string_view script, std::size_t offset) {
  std::size_t name_end = offset + 1;
  while (name_end < script.size() && script[name_end] != '\n' && !is_blank(script[name_end]) &&
         script[name_end] != '\\')
    ++name_end;

  MetaCommand command;
  command.name = std::string(script.substr(offset + 1, name_end - offset - 1));
  // psql takes ';' behind a command for a part of its name, people do not mean it so.
  while (command.name.size() > 1 && command.name.back() == ';') command.name.pop_back();
  std::size_t end = arguments_end(script, name_end);
  if (takes_whole_line(command.name, script.substr(name_end, end - name_end)))
    end = std::min(script.find('\n', name_end), script.size());
  command.arguments = trim(script.substr(name_end, end - name_end));
  command.text = trim(script.substr(offset, end - offset));
  command.end = script.substr(end).starts_with("\\\\") ? end + 2 : end;
  command.kind = kind_of(command.name, command.arguments);
  return command;
}

std::string meta_command_remedy(const MetaCommand& command) {
  switch (command.kind) {
    case MetaCommandKind::connect:
      return "Remove it, since the script is applied to the database that was named; or have database commands "
             "skipped.";
    case MetaCommandKind::include:
      return "Put the statements of that file here, or apply it as a script of its own.";
    case MetaCommandKind::copy:
      return "Write COPY … FROM stdin with the data in the script, ended by a line with only \\. in it.";
    case MetaCommandKind::variable:
      return "Write the value where it is used: psql variables are not replaced.";
    case MetaCommandKind::condition:
      return "Keep the statements that are meant and remove the condition: without psql nobody can tell which branch "
             "runs, so it is not skipped either.";
    case MetaCommandKind::encoding:
      return "Save the script as UTF-8 and remove the command.";
    case MetaCommandKind::quit:
      return "Finish the statement in front of it, remove what follows it, or remove the command.";
    case MetaCommandKind::display:
    case MetaCommandKind::send:
    case MetaCommandKind::send_apart:
    case MetaCommandKind::discard:
    case MetaCommandKind::unknown:
      break;
  }
  return "Write it as SQL, or remove it; or have such commands skipped.";
}

}  // namespace paripassu::postgres
