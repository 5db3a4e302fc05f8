#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "backends/position_tracker.h"
#include "backends/script_reader.h"
#include "tests/support/skip.h"

using namespace paripassu;
using namespace std::string_literals;

namespace {

Error decode_failure(std::string_view bytes) {
  try {
    decode_script(bytes, "a.sql");
  } catch (const Error& e) {
    return e;
  }
  return Error(ErrorCategory::internal, "nothing was thrown");
}

Error read_failure(const std::string& path) {
  try {
    read_script_file(path);
  } catch (const Error& e) {
    return e;
  }
  return Error(ErrorCategory::internal, "nothing was thrown");
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "paripassu-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = path_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("decode_script passes UTF-8 through and drops its mark") {
  CHECK(decode_script("SELECT 'é€😀';\r\n", "a.sql") == "SELECT 'é€😀';\r\n");
  CHECK(decode_script("\xEF\xBB\xBFSELECT 1", "a.sql") == "SELECT 1");
  CHECK(decode_script("", "a.sql").empty());
  CHECK(decode_script("\xEF\xBB\xBF", "a.sql").empty());
}

TEST_CASE("decode_script turns UTF-16 with a mark into UTF-8") {
  CHECK(decode_script("\xFF\xFE"
                      "a\0\xE9\0\xAC\x20\x3D\xD8\x00\xDE\n\0"s,
                      "a.sql") == "aé€😀\n");
  CHECK(decode_script("\xFE\xFF\0a\0\xE9\x20\xAC\xD8\x3D\xDE\x00\0\n"s, "a.sql") == "aé€😀\n");
  CHECK(decode_script("\xFF\xFE", "a.sql").empty());
}

TEST_CASE("decode_script names the place of the first byte that is not UTF-8") {
  const Error error = decode_failure("-- é\nSELECT 'caf\xE9', '\xFF'");
  CHECK(error.category() == ErrorCategory::script);
  CHECK(error.position() == SourcePosition{"a.sql", 2, 12});
  CHECK(contains(error.message(), "0xE9"));
  CHECK(contains(error.message(), "line 2, column 12"));
  CHECK(contains(error.message(), "Latin-1"));
  CHECK(contains(error.message(), "Windows-1252"));
  CHECK(contains(error.remedy(), "UTF-8"));
}

TEST_CASE("decode_script refuses what only looks like UTF-8") {
  for (const std::string& bytes :
       {"a\xC3"s, "a\xC0\xAF"s, "a\xE0\x80\xAF"s, "a\xED\xA0\x80"s, "a\xF4\x90\x80\x80"s, "a\xF0\x80\x80\xAF"s,
        "a\xE2\x82"s, "a\xF8\x88\x80\x80\x80"s, "a\x80"s, "a\xE2\x28\xA1"s}) {
    CAPTURE(bytes);
    CHECK(decode_failure(bytes).position() == SourcePosition{"a.sql", 1, 2});
  }
  CHECK(decode_script("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xF0\x90\x80\x80", "a.sql").size() == 14);
}

TEST_CASE("decode_script recognises UTF-16 without a mark by its NUL bytes") {
  for (const std::string& bytes : {"S\0E\0L\0E\0C\0T\0 \0\x31\0"s, "\0S\0E\0L\0E\0C\0T\0 \0\x31"s}) {
    const Error error = decode_failure(bytes);
    CHECK(error.category() == ErrorCategory::script);
    CHECK(contains(error.message(), "UTF-16"));
    CHECK(contains(error.message(), "byte order mark"));
    CHECK(error.position() == SourcePosition{"a.sql", 1, 1});
  }
}

TEST_CASE("decode_script refuses a NUL character and says where it is") {
  const Error utf8 = decode_failure("SELECT 1;\nSELECT '\0';"s);
  CHECK(contains(utf8.message(), "NUL"));
  CHECK(utf8.position() == SourcePosition{"a.sql", 2, 9});
  CHECK(decode_failure("\xFF\xFE"
                       "a\0\n\0b\0\0\0"s)
            .position() == SourcePosition{"a.sql", 2, 2});
}

TEST_CASE("decode_script refuses damaged UTF-16") {
  const Error odd = decode_failure(
      "\xFF\xFE"
      "a\0b"s);
  CHECK(contains(odd.message(), "odd"));
  CHECK(odd.position() == SourcePosition{"a.sql", 1, 2});
  const Error low = decode_failure(
      "\xFF\xFE"
      "a\0\x00\xDE"s);
  CHECK(contains(low.message(), "lone surrogate U+DE00"));
  CHECK(low.position() == SourcePosition{"a.sql", 1, 2});
  CHECK(contains(decode_failure("\xFF\xFE\x3D\xD8"
                                "a\0"s)
                     .message(),
                 "lone surrogate U+D83D"));
  CHECK(contains(decode_failure("\xFF\xFE\x3D\xD8"s).message(), "lone surrogate U+D83D"));
  CHECK(contains(decode_failure("\xFF\xFE\0\0a\0\0\0"s).message(), "UTF-32"));
  CHECK(contains(decode_failure("\0\0\xFE\xFF\0\0\0a"s).message(), "UTF-32"));
}

TEST_CASE("read_script_file reads and decodes a file") {
  const TemporaryFolder folder;
  CHECK(read_script_file(folder.write("a.sql", "\xEF\xBB\xBFSELECT 1;\n")) == "SELECT 1;\n");
  const std::string large(300'000, 'x');
  CHECK(read_script_file(folder.write("b.sql", large)) == large);
  CHECK(read_failure(folder.write("c.sql", "\xE9")).position().file == folder.path() + "/c.sql");
}

TEST_CASE("read_script_file says that a script is missing or a folder") {
  const TemporaryFolder folder;
  const Error missing = read_failure(folder.path() + "/missing.sql");
  CHECK(missing.category() == ErrorCategory::script);
  CHECK(missing.position().file == folder.path() + "/missing.sql");
  CHECK(contains(missing.message(), "No such file"));
  CHECK_FALSE(missing.remedy().empty());
  CHECK(contains(read_failure(folder.path()).message(), "folder"));
}

TEST_CASE("read_script_file says that a script is unreadable") {
  if (geteuid() == 0) SKIP_TEST("the superuser may read everything");
  const TemporaryFolder folder;
  const std::string path = folder.write("a.sql", "SELECT 1");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  CHECK(contains(read_failure(path).message(), "Permission denied"));
}

TEST_CASE("position_at counts lines and code points") {
  const std::string text = "é😀x\r\n€\nz";
  const SourcePosition start{"f", 1, 1};
  CHECK(position_at(text, 0, start) == SourcePosition{"f", 1, 1});
  CHECK(position_at(text, text.find('x'), start) == SourcePosition{"f", 1, 3});
  CHECK(position_at(text, text.find("€"), start) == SourcePosition{"f", 2, 1});
  CHECK(position_at(text, text.find('z'), start) == SourcePosition{"f", 3, 1});
  CHECK(position_at(text, 1000, start) == SourcePosition{"f", 3, 2});
}

TEST_CASE("position_at goes on from where the text starts") {
  CHECK(position_at("ab\ncd", 1, {"f", 7, 5}) == SourcePosition{"f", 7, 6});
  CHECK(position_at("ab\ncd", 4, {"f", 7, 5}) == SourcePosition{"f", 8, 2});
  CHECK(position_at("ab", 1, {"f", 0, 0}) == SourcePosition{"f", 1, 2});
}

TEST_CASE("PositionTracker agrees with position_at in any order of offsets") {
  const std::string text = "a\n€b\n\n😀c";
  PositionTracker tracker(text, "f");
  for (const std::size_t offset : {0u, 2u, 5u, 7u, 8u, 12u, 2u, 100u})
    CHECK(tracker.at(offset) == position_at(text, offset, {"f", 1, 1}));
}
