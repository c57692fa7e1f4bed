// What of a kubeconfig may be shown. Unknown fields are taken for secrets.
#include "kubeconfig/show/diff.hpp"
#include "src/base/kubeconfig_form.hpp"
#include "src/base/utf16.hpp"
#include "src/base/yaml.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view k_redacted = "REDACTED";

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};
using Ranges = std::vector<Range>;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool names_a_secret(std::string_view text) {
    const std::string name = lower(text);
    for (const char* word : {"token", "password", "passwd", "secret", "key", "credential"}) {
        if (name.find(word) != std::string::npos)
            return true;
    }
    return false;
}

class Redaction {
public:
    explicit Redaction(const YamlNode& root) {
        constexpr std::array<std::string_view, 5> shown = {"apiVersion", "kind", "current-context",
                                                           "preferences", "extensions"};
        for (const auto& [key, value] : root.members) {
            if (key.scalar == "users")
                users(value);
            else if (key.scalar == "clusters")
                clusters(value);
            else if (key.scalar != "contexts" && !is_one_of(key.scalar, shown))
                hide(value);
        }
    }

    Ranges take() && { return std::move(ranges_); }

private:
    // Every scalar inside; aliases are left, for what they name is hidden where it stands.
    void hide(const YamlNode& node) {
        if (node.alias)
            return;
        if (node.is_scalar() && node.end.offset > node.start.offset && !node.is_null())
            ranges_.push_back({node.start.offset, node.end.offset});
        for (const YamlNode& item : node.items)
            hide(item);
        for (const auto& [key, value] : node.members)
            hide(value);
    }

    // An anchor may be used as a secret anywhere else.
    void hide_anchored(const YamlNode& node) {
        if (!node.anchor.empty())
            return hide(node);
        for (const YamlNode& item : node.items)
            hide_anchored(item);
        for (const auto& [key, value] : node.members)
            hide_anchored(value);
    }

    void clusters(const YamlNode& list) {
        for (const YamlNode& item : list.items) {
            hide_anchored(item);
            const YamlNode* cluster = item.find("cluster");
            const YamlNode* proxy = cluster == nullptr ? nullptr : cluster->find("proxy-url");
            if (proxy != nullptr && proxy->scalar.find('@') != std::string::npos)
                hide(*proxy);
        }
    }

    void users(const YamlNode& list) {
        for (const YamlNode& item : list.items) {
            for (const auto& [key, value] : item.members) {
                if (key.scalar == "user")
                    user(value);
                else if (key.scalar != "name")
                    hide(value);
            }
        }
    }

    void user(const YamlNode& body) {
        constexpr std::array<std::string_view, 8> shown = {
            "client-certificate", "client-key", "tokenFile", "username", "as", "as-uid",
            "as-groups",          "extensions"};
        for (const auto& [key, value] : body.members) {
            if (key.scalar == "exec")
                exec(value);
            else if (key.scalar == "auth-provider")
                auth_provider(value);
            else if (!is_one_of(key.scalar, shown))
                hide(value);
        }
    }

    void auth_provider(const YamlNode& provider) {
        for (const auto& [key, value] : provider.members) {
            if (key.scalar != "name")
                hide(value);
        }
    }

    void exec(const YamlNode& body) {
        constexpr std::array<std::string_view, 5> shown = {"apiVersion", "command", "installHint",
                                                           "interactiveMode", "provideClusterInfo"};
        for (const auto& [key, value] : body.members) {
            if (key.scalar == "args")
                arguments(value);
            else if (key.scalar == "env")
                variables(value);
            else if (!is_one_of(key.scalar, shown))
                hide(value);
        }
    }

    void variables(const YamlNode& list) {
        for (const YamlNode& item : list.items) {
            for (const auto& [key, value] : item.members) {
                if (key.scalar != "name")
                    hide(value);
            }
        }
    }

    // --client-secret=X and --client-secret X.
    void arguments(const YamlNode& list) {
        bool value_of_secret = false;
        for (const YamlNode& item : list.items) {
            const std::string_view option =
                std::string_view(item.scalar).substr(0, item.scalar.find('='));
            const bool has_value = option.size() < item.scalar.size();
            const bool secret = option.starts_with('-') && names_a_secret(option);
            if (value_of_secret || (secret && has_value) || (!item.plain && secret))
                hide(item);
            value_of_secret = secret && !has_value;
        }
    }

    Ranges ranges_;
};

// `# token: abc`: a field that was commented out.
std::string redacted_comment(std::string_view line) {
    const std::size_t hash = line.find('#');
    if (hash == std::string_view::npos || !names_a_secret(line.substr(hash)))
        return std::string(line);
    const std::size_t value = line.find_first_of(":=", hash);
    if (value == std::string_view::npos)
        return std::string(line);
    return std::string(line.substr(0, value + 1)) + ' ' + std::string(k_redacted);
}

std::string redacted_comments(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        out += redacted_comment(text.substr(0, newline));
        if (newline == std::string_view::npos)
            return out;
        out.push_back('\n');
        text.remove_prefix(newline + 1);
    }
    return out;
}

} // namespace

std::string redacted(const std::string& bytes) {
    const std::string text = to_utf8(bytes, encoding_of(bytes)).value_or("");
    const auto root = parse_yaml(text, "kubeconfig",
                                 {.limit = longest_kubeconfig, .duplicates = YamlDuplicates::keep});
    if (!root)
        return "(not shown: it cannot be parsed)\n";
    Ranges ranges = Redaction(*root).take();
    std::sort(ranges.begin(), ranges.end(),
              [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t at = 0;
    for (const Range& range : ranges) {
        if (range.begin < at)
            continue;
        out.append(text, at, range.begin - at).append(k_redacted);
        // A block scalar ends behind its last line break.
        if (text[range.end - 1] == '\n')
            out.push_back('\n');
        at = range.end;
    }
    out.append(text, at);
    return redacted_comments(out);
}

} // namespace leasehold::kubeconfig
