#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "backends/limits.h"
#include "backends/script_reader.h"

namespace paripassu {

namespace {

constexpr std::string_view kMarkUtf8 = "\xEF\xBB\xBF";
constexpr std::string_view kMarkUtf16Little = "\xFF\xFE";
constexpr std::string_view kMarkUtf16Big = "\xFE\xFF";
constexpr std::string_view kMarkUtf32Little("\xFF\xFE\0\0", 4);
constexpr std::string_view kMarkUtf32Big("\0\0\xFE\xFF", 4);
constexpr std::size_t kEncodingSampleBytes = 4096;  ///< how much is looked at to recognise UTF-16 without a mark
constexpr const char* kSaveAsUtf8 = "Save the file as UTF-8.";

enum class ByteOrder { little, big };

unsigned byte_at(std::string_view text, std::size_t offset) {
  return static_cast<unsigned char>(text[offset]);
}

Error encoding_error(std::string message, SourcePosition position, const char* remedy = kSaveAsUtf8) {
  Error error(ErrorCategory::script, std::move(message));
  error.with_position(std::move(position)).with_remedy(remedy);
  return error;
}

std::string place(const SourcePosition& position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

std::string hexadecimal(unsigned value, int digits) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%0*X", digits, value);
  return buffer;
}

/// Bytes of the UTF-8 sequence at `offset`, or 0 where there is none (RFC 3629: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
std::size_t utf8_sequence_length(std::string_view text, std::size_t offset) {
  const unsigned lead = byte_at(text, offset);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned second_min = 0x80;
  unsigned second_max = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) second_min = 0xA0;
    if (lead == 0xED) second_max = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) second_min = 0x90;
    if (lead == 0xF4) second_max = 0x8F;
  } else {
    return 0;
  }
  if (offset + length > text.size()) return 0;
  const unsigned second = byte_at(text, offset + 1);
  if (second < second_min || second > second_max) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte_at(text, offset + i) & 0xC0u) != 0x80u) return 0;
  return length;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto append = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0 | code_point >> 6);
    append(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    append(0xE0 | code_point >> 12);
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  } else {
    append(0xF0 | code_point >> 18);
    append(0x80 | (code_point >> 12 & 0x3F));
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  }
}

SourcePosition start_of(const std::string& file) {
  return {file, 1, 1};
}

/// The byte order of text that has the NUL bytes of UTF-16: text in a Latin script has one in every other byte,
/// while in UTF-8 a NUL is an accident.
std::optional<ByteOrder> unmarked_utf16(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, kEncodingSampleBytes);
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < sample.size(); ++i)
    if (sample[i] == '\0') ++(i % 2 == 0 ? even : odd);
  if (odd > 0 && odd * 5 >= sample.size() && even * 10 <= odd) return ByteOrder::little;
  if (even > 0 && even * 5 >= sample.size() && odd * 10 <= even) return ByteOrder::big;
  return std::nullopt;
}

[[noreturn]] void refuse_nul(const SourcePosition& position) {
  throw encoding_error("NUL character at " + place(position) + "; neither engine accepts one in a script", position,
                       "Remove the character, or save the file as UTF-8 if it is meant to be UTF-16.");
}

std::string decode_utf8(std::string_view text, const std::string& file) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    if (text[offset] == '\0') refuse_nul(position_at(text, offset, start_of(file)));
    const std::size_t length = utf8_sequence_length(text, offset);
    if (length == 0) {
      const SourcePosition position = position_at(text, offset, start_of(file));
      throw encoding_error("byte 0x" + hexadecimal(byte_at(text, offset), 2) + " at " + place(position) +
                               " is not UTF-8; the file looks like Latin-1 or Windows-1252",
                           position);
    }
    offset += length;
  }
  return std::string(text);
}

std::string decode_utf16(std::string_view bytes, ByteOrder order, const std::string& file) {
  const auto unit_at = [bytes, order](std::size_t offset) -> std::uint32_t {
    const std::uint32_t first = byte_at(bytes, offset);
    const std::uint32_t second = byte_at(bytes, offset + 1);
    return order == ByteOrder::little ? second << 8 | first : first << 8 | second;
  };
  std::string text;
  text.reserve(bytes.size());
  const auto here = [&text, &file] { return position_at(text, text.size(), start_of(file)); };
  std::size_t offset = 0;
  while (offset + 1 < bytes.size()) {
    std::uint32_t code_point = unit_at(offset);
    offset += 2;
    if (code_point == 0) refuse_nul(here());
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
      const bool paired =
          code_point < 0xDC00 && offset + 1 < bytes.size() && unit_at(offset) >= 0xDC00 && unit_at(offset) <= 0xDFFF;
      if (!paired)
        throw encoding_error(
            "lone surrogate U+" + hexadecimal(code_point, 4) + " at " + place(here()) + ": the file is damaged UTF-16",
            here());
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (unit_at(offset) - 0xDC00);
      offset += 2;
    }
    append_utf8(text, code_point);
  }
  if (offset < bytes.size())
    throw encoding_error("the file is UTF-16 by its mark, but its last character at " + place(here()) +
                             " is cut: the number of bytes is odd",
                         here());
  return text;
}

Error file_error(const std::string& path, const std::string& what, const std::string& remedy) {
  Error error(ErrorCategory::script, what);
  error.with_position({path, 0, 0}).with_remedy(remedy);
  return error;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

std::string decode_script(std::string_view bytes, const std::string& file) {
  if (bytes.starts_with(kMarkUtf8)) return decode_utf8(bytes.substr(kMarkUtf8.size()), file);
  if (bytes.starts_with(kMarkUtf32Little) || bytes.starts_with(kMarkUtf32Big))
    throw encoding_error("the file is UTF-32 by its mark at line 1, column 1", start_of(file));
  if (bytes.starts_with(kMarkUtf16Little)) return decode_utf16(bytes.substr(2), ByteOrder::little, file);
  if (bytes.starts_with(kMarkUtf16Big)) return decode_utf16(bytes.substr(2), ByteOrder::big, file);
  if (const std::optional<ByteOrder> order = unmarked_utf16(bytes))
    throw encoding_error(std::string("the file looks like UTF-16 (") +
                             (*order == ByteOrder::little ? "little" : "big") +
                             " endian) from line 1, column 1, but has no byte order mark",
                         start_of(file), "Save the file as UTF-8, or as UTF-16 with a byte order mark.");
  return decode_utf8(bytes, file);
}

std::string read_script_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw file_error(path, "the script is a folder", "Name a file.");
  errno = 0;
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    const int code = errno;
    throw file_error(path, "the script cannot be opened: " + std::generic_category().message(code),
                     code == ENOENT ? "Check the path; it is taken from the current folder."
                                    : "Check that the file may be read by this user.");
  }
  std::string bytes;
  // Without a size in advance, so that pipes work as well.
  char buffer[1u << 16];
  std::size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    if (bytes.size() + count > limits::kScriptBytesMax)
      throw file_error(path, "the script is larger than " + std::to_string(limits::kScriptBytesMax >> 20) + " MiB",
                       "Split it, or load its data with the engine's bulk loader.");
    bytes.append(buffer, count);
  }
  if (std::ferror(file.get()))
    throw file_error(path, "the script cannot be read: " + std::generic_category().message(errno),
                     "Check the file and the disk it lies on.");
  return decode_script(bytes, path);
}

SourcePosition position_at(std::string_view text, std::size_t offset, const SourcePosition& start) {
  SourcePosition position = start;
  if (position.line < 1) position.line = 1;
  if (position.column < 1) position.column = 1;
  const std::string_view before = text.substr(0, offset);
  for (const char c : before) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace paripassu
