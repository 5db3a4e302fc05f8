#include "harness/datacheck/key_image.h"

#include <algorithm>
#include <cstring>

namespace paripassu::datacheck {

namespace {

constexpr std::size_t kBytesMax = 24;
// Each value begins with a tag: the length of a text (up to kBytesMax); or one of these.
constexpr std::uint8_t kDecimal = 0x40;  ///< plus the length of its text
constexpr std::uint8_t kFixed = 0x80;    ///< plus the layout; the slot follows
constexpr std::uint8_t kInteger = 0xC0;  ///< plus the number of bytes that follow, the lowest first
constexpr std::uint8_t kNull = 0xFF;

std::uint64_t check_of(const std::array<std::uint64_t, 4>& words) {
  std::uint64_t value = words[0] * 0x9E3779B97F4A7C15u;
  value ^= value >> 29;
  value = (value + words[1]) * 0xBF58476D1CE4E5B9u;
  value ^= value >> 32;
  value = (value + words[2]) * 0x94D049BB133111EBu;
  value ^= value >> 31;
  return value & ~std::uint64_t{0xFF};
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

bool is_suitable(const catalog::Type& type) {
  using catalog::TypeFamily;
  if (type.array_dimensions > 0) return false;
  switch (type.family) {
    case TypeFamily::boolean:
    case TypeFamily::integer:
    case TypeFamily::decimal:
    case TypeFamily::text:
    case TypeFamily::uuid:
    case TypeFamily::date:
    case TypeFamily::time:
    case TypeFamily::timestamp:
    case TypeFamily::enumeration:
      return true;
    default:
      return false;
  }
}

/// Writes the values of one row; gives up when they do not fit.
class ImageWriter {
 public:
  void append(const ColumnVector& column, std::size_t row, bool trimmed) {
    if (column.is_null(row)) return tag(kNull);
    switch (column.layout) {
      case ColumnLayout::boolean:
      case ColumnLayout::int64:
        return append_integer(column.int64(row));
      case ColumnLayout::uuid:
      case ColumnLayout::date:
      case ColumnLayout::time:
      case ColumnLayout::timestamp:
      case ColumnLayout::timestamp_tz:
        tag(static_cast<std::uint8_t>(kFixed + static_cast<int>(column.layout)));
        return append_bytes(column.bytes(row));
      case ColumnLayout::text: {
        std::string_view text = column.bytes(row);
        if (trimmed) text = text.substr(0, text.find_last_not_of(' ') + 1);
        return append_text(text, 0);
      }
      case ColumnLayout::decimal:
        return append_text(column.bytes(row), kDecimal);
      default:
        fits_ = false;
    }
  }

  KeyImage image() const {
    KeyImage image;
    if (!fits_) return image;
    std::memcpy(image.words.data(), bytes_.data(), kBytesMax);
    image.words[3] = check_of(image.words) | length_;
    return image;
  }

 private:
  void tag(std::uint8_t value) { append_bytes({reinterpret_cast<const char*>(&value), 1}); }
  void append_bytes(std::string_view bytes) {
    if (!fits_ || length_ + bytes.size() > kBytesMax) {
      fits_ = false;
      return;
    }
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(length_));
    length_ += bytes.size();
  }
  void append_text(std::string_view text, std::uint8_t kind) {
    if (text.size() >= kBytesMax) {
      fits_ = false;
      return;
    }
    tag(static_cast<std::uint8_t>(kind + text.size()));
    append_bytes(text);
  }
  void append_integer(std::int64_t value) {
    std::array<char, 8> bytes{};
    std::size_t count = 0;
    for (std::uint64_t rest = zigzag(value); rest != 0; rest >>= 8) bytes[count++] = static_cast<char>(rest & 0xFF);
    tag(static_cast<std::uint8_t>(kInteger + count));
    append_bytes({bytes.data(), count});
  }

  std::array<char, kBytesMax> bytes_{};
  std::size_t length_ = 0;
  bool fits_ = true;
};

}  // namespace

bool KeyImage::intact() const {
  const std::uint64_t length = words[3] & 0xFF;
  return length != 0 && length <= kBytesMax && (words[3] & ~std::uint64_t{0xFF}) == check_of(words);
}

KeyImages::KeyImages(const TableShape& shape) : possible_(shape.key_columns > 0) {
  for (std::size_t i = 0; i < shape.key_columns; ++i) {
    const catalog::Type& left = shape.columns[i].planned->left->type;
    const catalog::Type& right = shape.columns[i].planned->right->type;
    trimmed_.push_back(left.fixed_length || right.fixed_length);
    possible_ = possible_ && is_suitable(left) && is_suitable(right);
  }
}

void KeyImages::make(const ColumnBatch& batch, std::vector<KeyImage>& images) const {
  images.clear();
  images.reserve(batch.rows);
  for (std::size_t row = 0; row < batch.rows; ++row) {
    ImageWriter writer;
    for (std::size_t i = 0; i < trimmed_.size(); ++i) writer.append(batch.columns[i], row, trimmed_[i]);
    images.push_back(writer.image());
  }
}

std::optional<std::vector<Cell>> KeyImages::read(const KeyImage& image) const {
  if (!image.intact()) return std::nullopt;
  std::array<char, kBytesMax> bytes{};
  std::memcpy(bytes.data(), image.words.data(), kBytesMax);
  std::string_view rest(bytes.data(), image.words[3] & 0xFF);
  std::vector<Cell> key;
  while (!rest.empty()) {
    const auto tag = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    if (tag == kNull) {
      key.emplace_back();
    } else if (tag >= kInteger) {
      const std::size_t count = tag - kInteger;
      if (count > 8 || count > rest.size()) return std::nullopt;
      std::uint64_t value = 0;
      for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{static_cast<std::uint8_t>(rest[i])} << (8 * i);
      key.emplace_back(std::to_string(unzigzag(value)));
      rest.remove_prefix(count);
    } else if (tag >= kFixed) {
      ColumnBatch one;
      one.columns.resize(1);
      one.columns[0].layout = static_cast<ColumnLayout>(tag - kFixed);
      const std::size_t width = fixed_width(one.columns[0].layout);
      if (width == 0 || width > rest.size()) return std::nullopt;
      one.columns[0].append_fixed(rest.data(), width);
      one.rows = 1;
      key.emplace_back(one.format(0, 0));
      rest.remove_prefix(width);
    } else {
      const std::size_t length = tag >= kDecimal ? tag - kDecimal : tag;
      if (length > rest.size()) return std::nullopt;
      key.emplace_back(std::string(rest.substr(0, length)));
      rest.remove_prefix(length);
    }
  }
  if (key.size() != trimmed_.size()) return std::nullopt;
  return key;
}

}  // namespace paripassu::datacheck
