#include "harness/datacheck/repair_spool.h"

#include <cerrno>
#include <cstring>
#include <ostream>

#include "backends/error.h"

namespace paripassu::datacheck {

namespace {

Error file_error(const char* what) {
  return Error(ErrorCategory::resources,
               std::string("the statements of the repair could not be ") + what + ": " + std::strerror(errno))
      .with_remedy("make room where temporary files are kept, or repair fewer tables at a time with --table");
}

}  // namespace

RepairSpool::RepairSpool(std::size_t texts, std::size_t memory_bytes_max)
    : texts_(texts), memory_bytes_max_(memory_bytes_max) {}

void RepairSpool::append(std::size_t text, std::string_view part) {
  texts_[text].rest += part;
  memory_bytes_ += part.size();
  if (memory_bytes_ > memory_bytes_max_) spill();
}

bool RepairSpool::empty(std::size_t text) const {
  return texts_[text].pieces.empty() && texts_[text].rest.empty();
}

void RepairSpool::spill() {
  if (!file_) file_.reset(std::tmpfile());
  if (!file_) throw file_error("kept");
  for (Text& text : texts_) {
    if (text.rest.empty()) continue;
    if (std::fwrite(text.rest.data(), 1, text.rest.size(), file_.get()) != text.rest.size()) throw file_error("kept");
    text.pieces.push_back({file_bytes_, text.rest.size()});
    file_bytes_ += static_cast<long>(text.rest.size());
    text.rest = std::string();
  }
  memory_bytes_ = 0;
}

void RepairSpool::copy(std::size_t text, std::ostream& out) {
  std::string buffer;
  for (const Piece& piece : texts_[text].pieces) {
    buffer.resize(piece.bytes);
    // The stream was last written to: a seek must stand between a write and a read.
    if (std::fseek(file_.get(), piece.offset, SEEK_SET) != 0 ||
        std::fread(buffer.data(), 1, piece.bytes, file_.get()) != piece.bytes)
      throw file_error("read");
    out << buffer;
  }
  out << texts_[text].rest;
}

}  // namespace paripassu::datacheck
