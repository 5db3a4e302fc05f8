#pragma once

#include <cstdint>
#include <cstdio>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Private to the room.
namespace paripassu::datacheck {

/// Texts that grow side by side and are read one after the other. Beyond `memory_bytes_max` of all of them together
/// they go into one unnamed temporary file.
class RepairSpool {
 public:
  RepairSpool(std::size_t texts, std::size_t memory_bytes_max);

  /// Throws Error(resources).
  void append(std::size_t text, std::string_view part);
  bool empty(std::size_t text) const;
  void copy(std::size_t text, std::ostream& out);

 private:
  struct Piece {
    long offset;
    std::size_t bytes;
  };
  struct Text {
    std::vector<Piece> pieces;
    std::string rest;
  };
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void spill();

  std::vector<Text> texts_;
  std::size_t memory_bytes_max_;
  std::size_t memory_bytes_ = 0;
  long file_bytes_ = 0;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace paripassu::datacheck
