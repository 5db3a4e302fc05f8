#include <doctest/doctest.h>

#include <string>

#include "backends/odbc/text.h"

namespace paripassu::odbc {
namespace {

using namespace std::string_literals;

TEST_CASE("ODBC text goes from UTF-8 to UTF-16 and back for every code point") {
  for (char32_t value = 0; value <= 0x10FFFF; value += value < 0x11000 ? 1 : 257) {
    if (value >= 0xD800 && value < 0xE000) continue;
    std::u16string units;
    if (value < 0x10000) {
      units += static_cast<char16_t>(value);
    } else {
      units += static_cast<char16_t>(0xD800 + ((value - 0x10000) >> 10U));
      units += static_cast<char16_t>(0xDC00 + ((value - 0x10000) & 0x3FFU));
    }
    const std::string text = to_utf8(units);
    const std::size_t length = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    // CHECK is slow for 70 000 of them.
    if (text.size() == length && to_utf16(text) == units) continue;
    CAPTURE(static_cast<unsigned>(value));
    CHECK(text.size() == length);
    CHECK(to_utf16(text) == units);
  }
}

TEST_CASE("ODBC text has the known bytes at the ends of each length") {
  CHECK(to_utf8(u"\x7F") == "\x7F");
  CHECK(to_utf8(u"\x80") == "\xC2\x80");
  CHECK(to_utf8(u"\x7FF") == "\xDF\xBF");
  CHECK(to_utf8(u"\x800") == "\xE0\xA0\x80");
  CHECK(to_utf8(u"\xFFFF") == "\xEF\xBF\xBF");
  CHECK(to_utf8(u"\xD800\xDC00") == "\xF0\x90\x80\x80");
  CHECK(to_utf8(u"\xDBFF\xDFFF") == "\xF4\x8F\xBF\xBF");
  CHECK(to_utf8(u"\xD83D\xDC18z") == "\xF0\x9F\x90\x98z");
}

TEST_CASE("ODBC text keeps NUL and nothing") {
  CHECK(to_utf16("") == u"");
  CHECK(to_utf8(u"") == "");
  CHECK(to_utf16("a\0b"s) == u"a\0b"s);
  CHECK(to_utf8(u"a\0b"s) == "a\0b"s);
}

TEST_CASE("ODBC text keeps different lone surrogates different") {
  CHECK(to_utf8(u"\xD800") == "\xED\xA0\x80");
  CHECK(to_utf8(u"\xDFFF") == "\xED\xBF\xBF");
  CHECK(to_utf8(u"a\xD83Dz") == "a\xED\xA0\xBDz");
  CHECK(to_utf8(u"\xDC18\xD83D") == "\xED\xB0\x98\xED\xA0\xBD");
  CHECK(to_utf8(u"\xD83D\xD83D\xDC18") == "\xED\xA0\xBD\xF0\x9F\x90\x98");
}

TEST_CASE("ODBC text appends without touching what is there") {
  std::string out = "before ";
  append_utf8(out, u"\x00E9");
  append_utf8(out, u"");
  append_utf8(out, u"!");
  CHECK(out == "before \xC3\xA9!");
}

TEST_CASE("ODBC text turns invalid UTF-8 into replacement characters and reads on") {
  CHECK(to_utf16("a\xFFz") == u"a\xFFFDz");
  CHECK(to_utf16("a\x80z") == u"a\xFFFDz");
  CHECK(to_utf16("\xC0\xAF").find(u'/') == std::u16string::npos);
  CHECK(to_utf16("\xE0\x80\xAF").find(u'/') == std::u16string::npos);
  CHECK(to_utf16("\xF0\x80\x80\xAF").find(u'/') == std::u16string::npos);
  CHECK(to_utf16("\xF4\x90\x80\x80").find(u'\xFFFD') == 0);
  CHECK(to_utf16("\xF8\x88\x80\x80\x80") == u"\xFFFD\xFFFD\xFFFD\xFFFD\xFFFD");
  CHECK(to_utf16("\xE2\x82z") == u"\xFFFD\xFFFDz");
  // Cut at the end.
  for (const std::string text : {"\xC3", "\xE2\x82", "\xF0\x9F\x90"}) {
    const std::u16string units = to_utf16("ok" + text);
    CHECK(units.substr(0, 2) == u"ok");
    CHECK(units.find_first_not_of(u'\xFFFD', 2) == std::u16string::npos);
    CHECK(units.size() > 2);
  }
}

TEST_CASE("ODBC text brings lone surrogates back as they came") {
  // What append_utf8 writes of them is read by to_utf16 for parameters.
  const std::u16string units = u"a\xD83Dz";
  CHECK(to_utf16(to_utf8(units)) == units);
}

}  // namespace
}  // namespace paripassu::odbc
