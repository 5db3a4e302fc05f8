#include "harness/project/configuration_words.h"

#include <cstdlib>

#include "harness/project/configuration.h"

namespace paripassu {

std::string expected_one_of(const Words& words, const std::string& word) {
  std::string message = "expected ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) message += i + 1 == words.size() ? " or " : ", ";
    message += words[i];
  }
  message += ", not '" + printable(word) + "'";
  const std::string near = nearest_word(word, words);
  if (!near.empty()) message += "; did you mean '" + near + "'?";
  return message;
}

void check_word(const std::string& word, const Words& words, const std::string& where, ErrorCategory category,
                const SourcePosition& position) {
  for (const std::string& known : words)
    if (word == known) return;
  throw Error(category, where + ": " + expected_one_of(words, word)).with_position(position);
}

Words read_texts(const TomlTable& table, const std::string& key, const std::string& what) {
  Words texts;
  const toml::node* node = table.find(key);
  if (node == nullptr) return texts;
  if (!node->is_array()) throw table.wrong_type(key, "an array of " + what);
  for (const toml::node& element : *node->as_array()) {
    const auto* text = element.as_string();
    const bool blank = text == nullptr || text->get().find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank || text->get().find('\0') != std::string::npos)
      throw table.error(key, "must be an array of " + what + ": every element a string that is not empty")
          .with_position({table.position().file, static_cast<int>(element.source().begin.line),
                          static_cast<int>(element.source().begin.column)});
    texts.push_back(text->get());
  }
  return texts;
}

Words engine_names(const BackendRegistry& registry) {
  Words names;
  for (const auto& backend : registry.all()) names.emplace_back(backend->name());
  return names;
}

std::optional<std::string> filled_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace paripassu
