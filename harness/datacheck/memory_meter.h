#pragma once

#include <atomic>
#include <cstddef>

namespace paripassu::datacheck {

/// Counts the bytes that a comparison holds of tables, rows and differences, so that tests can hold it to its limit.
/// Thread-safe.
class MemoryMeter {
 public:
  void add(std::size_t bytes) {
    const std::size_t now = used_.fetch_add(bytes) + bytes;
    std::size_t peak = peak_.load();
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
  }
  void remove(std::size_t bytes) { used_ -= bytes; }
  std::size_t used() const { return used_; }
  std::size_t peak() const { return peak_; }

 private:
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::size_t> peak_ = 0;
};

/// Bytes that are counted as long as this lives. `meter` may be null.
class MeteredBytes {
 public:
  explicit MeteredBytes(MemoryMeter* meter, std::size_t bytes = 0) : meter_(meter) { set(bytes); }
  ~MeteredBytes() { set(0); }
  MeteredBytes(const MeteredBytes&) = delete;
  MeteredBytes& operator=(const MeteredBytes&) = delete;
  void set(std::size_t bytes) {
    if (meter_ != nullptr && bytes > bytes_) meter_->add(bytes - bytes_);
    if (meter_ != nullptr && bytes < bytes_) meter_->remove(bytes_ - bytes);
    bytes_ = bytes;
  }
  void add(std::size_t bytes) { set(bytes_ + bytes); }
  std::size_t bytes() const { return bytes_; }

 private:
  MemoryMeter* meter_;
  std::size_t bytes_ = 0;
};

}  // namespace paripassu::datacheck
