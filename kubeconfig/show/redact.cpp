// What of a kubeconfig may be shown. Unknown fields are taken for secrets.
#include "kubeconfig/show/diff.hpp"
#include "src/base/kubeconfig_form.hpp"
#include "src/base/names.hpp"
#include "src/base/utf16.hpp"
#include "src/base/yaml.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view redacted_text = "REDACTED";

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
    constexpr std::array<std::string_view, 11> words = {
        "token", "password",   "passwd", "passphrase", "pwd", "secret",
        "key",   "credential", "bearer", "jwt",        "auth"};
    const std::string name = lower(text);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// Long, without a break, of letters and digits: as keys and tokens look.
bool looks_like_a_secret(std::string_view text) {
    constexpr std::size_t shortest = 20;
    std::size_t run = 0;
    bool letter = false;
    bool digit = false;
    for (const char c : text) {
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_digit && !is_letter &&
            std::string_view("+/=_-.").find(c) == std::string_view::npos) {
            run = 0;
            letter = digit = false;
            continue;
        }
        letter = letter || is_letter;
        digit = digit || is_digit;
        if (++run >= shortest && letter && digit)
            return true;
    }
    return false;
}

// Subcommands, and values that say a form: what the common plugins are called with.
bool is_harmless_word(std::string_view word) {
    constexpr std::array<std::string_view, 31> words = {"auth",
                                                        "aws",
                                                        "azurecli",
                                                        "ce",
                                                        "cluster",
                                                        "credential",
                                                        "devicecode",
                                                        "eks",
                                                        "exec",
                                                        "exec-credential",
                                                        "get-token",
                                                        "generate-token",
                                                        "get-credentials",
                                                        "gke",
                                                        "interactive",
                                                        "json",
                                                        "k8s",
                                                        "kube",
                                                        "kubeconfig",
                                                        "kubernetes",
                                                        "login",
                                                        "msi",
                                                        "oidc-login",
                                                        "spn",
                                                        "token",
                                                        "v1",
                                                        "v1beta1",
                                                        "version",
                                                        "workloadidentity",
                                                        "yaml",
                                                        "--"};
    return is_one_of(word, words);
}

// The name of a long option, and nothing that could be its value.
bool is_option_name(std::string_view word) {
    return word.size() > 3 && word.starts_with("--") &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); });
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
            else if (key.scalar == "contexts" || is_one_of(key.scalar, shown))
                spare(value);
            else
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

    // Shown, but for what could be a secret all the same: an anchor may be used as one anywhere
    // else, and extensions hold what their owners like.
    void spare(const YamlNode& node) {
        if (!node.anchor.empty())
            return hide(node);
        for (const YamlNode& item : node.items)
            spare(item);
        for (const auto& [key, value] : node.members) {
            if (!key.anchor.empty())
                hide(key);
            if (value.is_scalar() && names_a_secret(key.scalar))
                hide(value);
            else
                spare(value);
        }
    }

    // The members of each item of a list. What has not the form that is known is taken for a secret
    // as well: `env` as a mapping, say.
    template <class Act>
    void for_each_member(const YamlNode& list, Act act) {
        if (!list.is_sequence())
            return hide(list);
        for (const YamlNode& item : list.items) {
            if (!item.is_mapping())
                hide(item);
            for (const auto& [key, value] : item.members)
                act(key, value);
        }
    }

    void hide_all_but_name(const YamlNode& key, const YamlNode& value) {
        if (key.scalar != "name" || !value.is_scalar())
            hide(value);
    }

    void users(const YamlNode& list) {
        for_each_member(list, [this](const YamlNode& key, const YamlNode& value) {
            if (key.scalar == "user")
                user(value);
            else
                hide_all_but_name(key, value);
        });
    }

    void clusters(const YamlNode& list) {
        constexpr std::array<std::string_view, 8> shown = {"server",
                                                           "certificate-authority",
                                                           "certificate-authority-data",
                                                           "tls-server-name",
                                                           "insecure-skip-tls-verify",
                                                           "proxy-url",
                                                           "disable-compression",
                                                           "extensions"};
        for (const YamlNode& item : list.items) {
            const YamlNode* cluster = item.find("cluster");
            if (!item.anchor.empty() || cluster == nullptr || !cluster->anchor.empty()) {
                spare(item);
                continue;
            }
            for (const auto& [key, value] : cluster->members) {
                const bool address = key.scalar == "server" || key.scalar == "proxy-url";
                if (!is_one_of(key.scalar, shown) ||
                    (address && value.scalar.find('@') != std::string::npos))
                    hide(value);
                else
                    spare(value);
            }
        }
    }

    void user(const YamlNode& body) {
        constexpr std::array<std::string_view, 8> shown = {
            "client-certificate", "client-key", "tokenFile", "username", "as", "as-uid",
            "as-groups",          "extensions"};
        if (!body.is_mapping())
            return hide(body);
        for (const auto& [key, value] : body.members) {
            if (key.scalar == "exec")
                exec(value);
            else if (key.scalar == "auth-provider")
                auth_provider(value);
            else if (!is_one_of(key.scalar, shown) ||
                     !(value.is_scalar() || key.scalar == "as-groups" ||
                       key.scalar == "extensions"))
                hide(value);
            else
                spare(value);
        }
    }

    void auth_provider(const YamlNode& provider) {
        if (!provider.is_mapping())
            return hide(provider);
        for (const auto& [key, value] : provider.members)
            hide_all_but_name(key, value);
    }

    void exec(const YamlNode& body) {
        constexpr std::array<std::string_view, 5> shown = {"apiVersion", "command", "installHint",
                                                           "interactiveMode", "provideClusterInfo"};
        if (!body.is_mapping())
            return hide(body);
        for (const auto& [key, value] : body.members) {
            if (key.scalar == "args")
                arguments(value);
            else if (key.scalar == "env")
                variables(value);
            else if (!is_one_of(key.scalar, shown) || !value.is_scalar())
                hide(value);
        }
    }

    void variables(const YamlNode& list) {
        for_each_member(list, [this](const YamlNode& key, const YamlNode& value) {
            hide_all_but_name(key, value);
        });
    }

    // What an argument means only its program knows: words that are known are shown, and the
    // profile's name in an entry of ours.
    void arguments(const YamlNode& list) {
        std::string_view before;
        if (!list.is_sequence())
            return hide(list);
        for (const YamlNode& item : list.items) {
            const std::string_view word = item.scalar;
            const bool profile = before == "--profile" && is_profile_name(word);
            if (!profile && !is_harmless_word(word) && !is_option_name(word))
                hide(item);
            else
                spare(item);
            before = word;
        }
    }

    Ranges ranges_;
};

// A comment that speaks of a secret may well hold one: `# token: abc`, `# the password is abc`.
std::string redacted_comment(std::string_view line) {
    const std::size_t hash = line.find('#');
    if (hash == std::string_view::npos ||
        (!names_a_secret(line.substr(hash)) && !looks_like_a_secret(line.substr(hash))))
        return std::string(line);
    return std::string(line.substr(0, hash + 1)) + ' ' + std::string(redacted_text);
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
        out.append(text, at, range.begin - at).append(redacted_text);
        // A block scalar ends behind its last line break.
        if (text[range.end - 1] == '\n')
            out.push_back('\n');
        at = range.end;
    }
    out.append(text, at);
    return redacted_comments(out);
}

} // namespace leasehold::kubeconfig
