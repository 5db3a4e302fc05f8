#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/error.h"
#include "harness/project/toml_reader.h"

/// How words of the configuration and of the environment are read. Private to the room.
namespace paripassu {

using Words = std::vector<std::string>;

/// "expected exact, ignore-case or fold, not 'folded'; did you mean 'fold'?"
std::string expected_one_of(const Words& words, const std::string& word);
/// Throws Error(`category`) "`where`: expected …" unless `word` is one of `words`.
void check_word(const std::string& word, const Words& words, const std::string& where, ErrorCategory category,
                const SourcePosition& position);
/// An array of strings that are not empty; without the key, none. `what` are they, in messages.
Words read_texts(const TomlTable& table, const std::string& key, const std::string& what);
Words engine_names(const BackendRegistry& registry);
/// CI systems set variables of absent secrets to an empty text, so that empty is the same as unset.
std::optional<std::string> filled_variable(const std::string& name);

}  // namespace paripassu
