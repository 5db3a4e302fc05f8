#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "backends/script_reader.h"

namespace paripassu {

/// Positions for ascending offsets of one text, each counted from the one before, so that a whole script costs one
/// pass. An offset below the last one is counted from the start of the text. `text` must outlive the tracker.
class PositionTracker {
 public:
  PositionTracker(std::string_view text, const std::string& file) : text_(text), start_{file, 1, 1}, last_(start_) {}

  SourcePosition at(std::size_t offset) {
    if (offset < last_offset_) {
      last_offset_ = 0;
      last_ = start_;
    }
    last_ = position_at(text_.substr(last_offset_), offset - last_offset_, last_);
    last_offset_ = offset < text_.size() ? offset : text_.size();
    return last_;
  }

 private:
  std::string_view text_;
  SourcePosition start_;
  std::size_t last_offset_ = 0;
  SourcePosition last_;
};

}  // namespace paripassu
