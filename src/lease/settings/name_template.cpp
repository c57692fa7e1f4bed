#include "src/lease/settings/name_template.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace leasehold::lease {
namespace {

constexpr std::size_t longest_name = 63; // RFC 1123
constexpr std::size_t longest_part = 12; // of a text that is not ours

bool is_base36(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label_character(char c) {
    return is_base36(c) || c == '-';
}

struct Placeholder {
    std::string_view text;
    std::size_t shortest;
    std::size_t longest;
    bool (*of)(char);
};

constexpr std::array placeholders = {
    Placeholder{"{random}", random_name_length, random_name_length, is_base36},
    Placeholder{"{unixtime}", 1, 12, is_base36},
    Placeholder{"{user}", 1, longest_part, is_label_character},
    Placeholder{"{host}", 1, longest_part, is_label_character},
    Placeholder{"{profile}", 1, longest_part, is_label_character},
};

// A piece of a template: one character as it stands, or a placeholder.
struct Piece {
    char character = 0;
    const Placeholder* placeholder = nullptr;
};

// Empty if some character may not stand there.
std::optional<std::vector<Piece>> split(std::string_view rest) {
    std::vector<Piece> pieces;
    while (!rest.empty()) {
        const auto found =
            std::find_if(placeholders.begin(), placeholders.end(),
                         [&](const Placeholder& one) { return rest.starts_with(one.text); });
        if (found != placeholders.end()) {
            pieces.push_back({0, &*found});
            rest.remove_prefix(found->text.size());
        } else if (is_label_character(rest.front())) {
            pieces.push_back({rest.front(), nullptr});
            rest.remove_prefix(1);
        } else {
            return std::nullopt;
        }
    }
    return pieces;
}

std::string random_part() {
    static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::random_device source;
    std::uniform_int_distribution<std::size_t> digit(0, digits.size() - 1);
    std::string text;
    while (text.size() < random_name_length)
        text += digits[digit(source)];
    return text;
}

// What may stand inside a label, whatever the text was; never empty, '-' at neither end.
std::string label_part(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        out += is_base36(c) ? c : '-';
    }
    out.resize(std::min(out.size(), longest_part));
    out.erase(0, std::min(out.find_first_not_of('-'), out.size()));
    out.erase(out.find_last_not_of('-') + 1);
    return out.empty() ? "x" : out;
}

std::string stand_in(std::string_view placeholder, const NameParts& parts) {
    if (placeholder == "{random}")
        return random_part();
    if (placeholder == "{unixtime}")
        return std::to_string(std::max<UnixTime>(parts.now, 0));
    if (placeholder == "{user}")
        return label_part(parts.user);
    if (placeholder == "{host}")
        return label_part(parts.host);
    return label_part(parts.profile);
}

bool matches(std::string_view name, const Piece* piece, const Piece* end) {
    if (piece == end)
        return name.empty();
    if (piece->placeholder == nullptr)
        return !name.empty() && name.front() == piece->character &&
               matches(name.substr(1), piece + 1, end);
    const Placeholder& part = *piece->placeholder;
    for (std::size_t length = 1; length <= std::min(name.size(), part.longest); ++length) {
        if (!part.of(name[length - 1]))
            return false;
        if (length >= part.shortest && matches(name.substr(length), piece + 1, end))
            return true;
    }
    return false;
}

} // namespace

Result<void> check_name_template(std::string_view name_template) {
    const auto refuse = [&](std::string_view why) {
        return make_error(ErrorCode::configuration,
                          "the name template " + quoted(name_template, 80) + ' ' + std::string(why),
                          "it is made of a-z, 0-9, '-' and {random}, {unixtime}, {user}, {host}, "
                          "{profile}; the default is " +
                              std::string(default_name_template));
    };
    const auto pieces = split(name_template);
    if (!pieces)
        return refuse("holds something that no name may hold");
    if (name_template.find("{random}") == std::string_view::npos)
        return refuse("lacks {random}: two leases would take the same name");
    std::size_t longest = 0;
    for (const Piece& piece : *pieces)
        longest += piece.placeholder == nullptr ? 1 : piece.placeholder->longest;
    if (longest > longest_name)
        return refuse("can grow longer than 63 characters");
    if (pieces->front().character == '-' || pieces->back().character == '-')
        return refuse("begins or ends with '-'");
    return {};
}

std::string make_lease_name(std::string_view name_template, const NameParts& parts) {
    std::string name;
    for (const Piece& piece : split(name_template).value_or(std::vector<Piece>{}))
        if (piece.placeholder == nullptr)
            name += piece.character;
        else
            name += stand_in(piece.placeholder->text, parts);
    return name;
}

bool matches_name_template(std::string_view name, std::string_view name_template) {
    const auto pieces = split(name_template);
    return pieces && is_dns_label(name) &&
           matches(name, pieces->data(), pieces->data() + pieces->size());
}

} // namespace leasehold::lease
