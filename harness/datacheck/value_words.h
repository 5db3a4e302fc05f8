#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Words whose bytes compare like the values they stand for. Private to the room.
namespace paripassu {

inline constexpr unsigned char kValidForm = 0x01;
inline constexpr unsigned char kInvalidForm = 0xFF;  ///< no value of the common type: its text follows
inline constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

inline std::uint64_t signed_key(std::int64_t value) {
  return static_cast<std::uint64_t>(value) ^ kSignBit;
}

inline void append_big_endian(std::uint64_t word, std::string& out) {
  const std::uint64_t swapped = __builtin_bswap64(word);
  out.append(reinterpret_cast<const char*>(&swapped), sizeof swapped);
}

inline std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t word = 0;
  bytes.copy(reinterpret_cast<char*>(&word), sizeof word);
  return __builtin_bswap64(word);
}

inline void append_word_form(std::uint64_t key, std::string& out) {
  out += static_cast<char>(kValidForm);
  append_big_endian(key, out);
}

inline void append_instant_form(std::int64_t seconds, std::int64_t nanoseconds, std::string& out) {
  append_word_form(signed_key(seconds), out);
  append_big_endian(static_cast<std::uint64_t>(nanoseconds), out);
}

}  // namespace paripassu
