#include "backends/catalog/expression_tree.h"

#include <algorithm>
#include <unordered_set>

namespace paripassu::catalog {
namespace {

using Kind = ExpressionTree::Kind;

/// The text in quotes, so that no content can look like structure.
void append_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

/// True when the name reads as one word, so that it needs no quotes.
bool is_plain_word(std::string_view text) {
  const auto plain = [](unsigned char c) {
    return c >= 0x80 || c == '_' || c == '.' || c == '#' || c == '$' || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const auto starts_word = [&plain](unsigned char c) { return plain(c) && c != '.' && !(c >= '0' && c <= '9'); };
  return !text.empty() && starts_word(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), plain) && text != "null" && text != "true" && text != "false";
}

/// True when an operator's text cannot be taken for something else: signs, or one of the words of the vocabulary.
bool is_plain_operator(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || c == '_' ||
           std::string_view("=<>+-*/%|&#^~!@?.").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

void append_name(std::string& out, std::string_view name) {
  if (is_plain_word(name)) {
    out += name;
    return;
  }
  out += '"';
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append(std::string& out, const ExpressionTree& tree);

void append_list(std::string& out, std::string_view head, const ExpressionTree& tree) {
  out += '(';
  out += head;
  for (const ExpressionTree& child : tree.children) {
    out += ' ';
    append(out, child);
  }
  out += ')';
}

void append(std::string& out, const ExpressionTree& tree) {
  switch (tree.kind) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
    case Kind::number:
      out += tree.text;
      return;
    case Kind::string:
      append_quoted(out, tree.text);
      return;
    case Kind::bytes:
      out += "x";
      append_quoted(out, tree.text);
      return;
    case Kind::column:
      append_name(out, tree.text);
      return;
    case Kind::call: {
      std::string head;
      append_name(head, tree.text);
      append_list(out, head + "()", tree);
      return;
    }
    case Kind::operation:
      append_list(out, is_plain_operator(tree.text) ? tree.text : quoted(tree.text), tree);
      return;
    case Kind::all_of:
      append_list(out, "and", tree);
      return;
    case Kind::any_of:
      append_list(out, "or", tree);
      return;
    case Kind::negation:
      append_list(out, "not", tree);
      return;
    case Kind::null_test:
      append_list(out, "is-null", tree);
      return;
    case Kind::truth_test:
      append_list(out, "is-" + tree.text, tree);
      return;
    case Kind::membership:
      append_list(out, "in", tree);
      return;
    case Kind::between:
      append_list(out, "between", tree);
      return;
    case Kind::choice:
      append_list(out, "case", tree);
      return;
    case Kind::cast: {
      std::string head = "cast-";
      append_name(head, tree.text);
      append_list(out, head, tree);
      return;
    }
    case Kind::array:
      append_list(out, "array", tree);
      return;
  }
}

void collect_columns(const ExpressionTree& tree, std::unordered_set<std::string_view>& seen,
                     std::vector<std::string>& out) {
  if (tree.kind == Kind::column && seen.insert(tree.text).second) out.push_back(tree.text);
  for (const ExpressionTree& child : tree.children) collect_columns(child, seen, out);
}

}  // namespace

std::size_t node_count(const ExpressionTree& tree) {
  std::size_t count = 1;
  for (const ExpressionTree& child : tree.children) count += node_count(child);
  return count;
}

int depth(const ExpressionTree& tree) {
  int deepest = 0;
  for (const ExpressionTree& child : tree.children) deepest = std::max(deepest, depth(child));
  return deepest + 1;
}

std::vector<std::string> columns_of(const ExpressionTree& tree) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> seen;
  collect_columns(tree, seen, out);
  return out;
}

std::string to_text(const ExpressionTree& tree) {
  std::string out;
  append(out, tree);
  return out;
}

}  // namespace paripassu::catalog
