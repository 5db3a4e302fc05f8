#include <xxhash.h>

#include <cstring>

#include "harness/datacheck/value_forms.h"
#include "harness/datacheck/value_words.h"

namespace paripassu {

namespace {

void put(std::uint64_t* slot, std::uint64_t low, std::uint64_t high) {
  slot[0] = low;
  slot[1] = high;
}

void put_hash(std::uint64_t* slot, std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  put(slot, hash.low64, hash.high64);
}

void put_decimal(std::uint64_t* slot, const ShortDecimal& value) {
  put(slot, value.mantissa, static_cast<std::uint64_t>(value.fraction_digits) << 1 | (value.negative ? 1U : 0U));
}

template <class Word>
Word load(const ColumnVector& column, std::size_t at) {
  Word word;
  std::memcpy(&word, column.data.data() + at * sizeof(Word), sizeof word);
  return word;
}

}  // namespace

/// Equal forms give equal slots: the words that a fixed form is made of, or the hash of the form.
void ValueForms::write_slot_of_form(std::string_view form, std::uint64_t* slot) const {
  const bool valid = !form.empty() && static_cast<unsigned char>(form.front()) == kValidForm;
  switch (choice_.kind) {
    case ValueKind::boolean:
    case ValueKind::integer:
    case ValueKind::floating:
    case ValueKind::date:
    case ValueKind::time:
      if (valid) return put(slot, read_big_endian(form.substr(1)), 0);
      break;
    case ValueKind::timestamp:
      if (valid) return put(slot, read_big_endian(form.substr(1)), read_big_endian(form.substr(9)));
      break;
    case ValueKind::uuid:
      if (valid) {
        std::memcpy(slot, form.data() + 1, 16);
        return;
      }
      break;
    default:
      break;
  }
  put_hash(slot, form);
}

void ValueForms::write_decimal_slot(ValueSide side, std::string_view text, std::uint64_t* slot,
                                    std::string& scratch) const {
  const Own& own = this->own(side);
  text = content(own, text);
  if (!own.decimal_digits_max) {
    if (const auto value = short_decimal(text, exact_)) return put_decimal(slot, *value);
  }
  if (!exact_) {
    if (auto number = this->number(side, text)) {
      if (own.decimal_digits_max) number->snap(*own.decimal_digits_max, decimal_snap_);
      if (const auto value = short_decimal(*number)) return put_decimal(slot, *value);
    }
  }
  scratch.clear();
  append_text(side, text, scratch);
  put_hash(slot, scratch);
}

void ValueForms::write_slots(ValueSide side, const ColumnVector& column, std::size_t begin, std::size_t end,
                             std::uint64_t* slots, std::size_t stride, std::string& scratch) const {
  const Own& own = this->own(side);
  const ColumnLayout layout = column.layout;
  const auto each = [&](const auto& write) {
    for (std::size_t row = begin; row < end; ++row, slots += stride) write(row, slots);
  };
  // NULLs have a slot of zeros or no bytes, which may be written like any other.
  const bool has_text = layout == ColumnLayout::text || layout == ColumnLayout::decimal;
  if (choice_.kind == ValueKind::text && has_text && !folding_.any())
    return each([&](std::size_t row, std::uint64_t* slot) { put_hash(slot, column.bytes(row)); });
  if (choice_.kind == ValueKind::decimal && has_text)
    return each(
        [&](std::size_t row, std::uint64_t* slot) { write_decimal_slot(side, column.bytes(row), slot, scratch); });
  if (!own.is_text && own.type.array_dimensions == 0) {
    if (choice_.kind == ValueKind::integer && layout == ColumnLayout::int64)
      return each(
          [&](std::size_t row, std::uint64_t* slot) { put(slot, signed_key(load<std::int64_t>(column, row)), 0); });
    if (choice_.kind == ValueKind::decimal && layout == ColumnLayout::int64 && !exact_ && !own.decimal_digits_max)
      return each([&](std::size_t row, std::uint64_t* slot) {
        const auto value = load<std::int64_t>(column, row);
        const auto bits = static_cast<std::uint64_t>(value);
        put_decimal(slot, {value < 0 ? ~bits + 1 : bits, 0, value < 0});
      });
    if (choice_.kind == ValueKind::uuid && layout == ColumnLayout::uuid)
      return each([&](std::size_t row, std::uint64_t* slot) { std::memcpy(slot, column.data.data() + row * 16, 16); });
    if (choice_.kind == ValueKind::timestamp && goes_with(own, layout) && layout != ColumnLayout::date)
      return each([&](std::size_t row, std::uint64_t* slot) {
        const Instant value =
            snapped_instant(own, {load<std::int64_t>(column, row * 2), load<std::int64_t>(column, row * 2 + 1)});
        put(slot, signed_key(value.seconds), static_cast<std::uint64_t>(value.nanoseconds));
      });
  }
  each([&](std::size_t row, std::uint64_t* slot) {
    if (const auto key = word(own, column, row)) return put(slot, *key, 0);
    if (choice_.kind == ValueKind::decimal) return write_decimal_slot(side, format_value(column, row), slot, scratch);
    scratch.clear();
    append(side, column, row, scratch);
    write_slot_of_form(scratch, slot);
  });
}

void ValueForms::write_slot_of_null(std::uint64_t* slot) const {
  if (form_of_null_) {
    write_slot_of_form(*form_of_null_, slot);
  } else {
    put(slot, 0, 0);
  }
}

}  // namespace paripassu
