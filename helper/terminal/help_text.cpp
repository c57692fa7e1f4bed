#include "helper/terminal/help_text.hpp"

#include "helper/terminal/text.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace leasehold::helper {

std::size_t help_width() {
    const std::size_t width = terminal_width();
    return width == 0 ? 100 : std::clamp<std::size_t>(width, 40, 120);
}

namespace {

// The first line begins behind `used` characters that stand there already.
std::string wrapped_behind(std::size_t used, const std::string& text, const std::string& indent) {
    if (terminal_width() == 0)
        return text + '\n';
    std::string out;
    std::string line;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!line.empty() && used + line.size() + 1 + word.size() >= help_width()) {
            out += line + '\n';
            line = indent + word;
            used = 0;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return out + line + '\n';
}

} // namespace

std::string wrapped(const std::string& text, const std::string& indent) {
    return wrapped_behind(0, text, indent);
}

std::string example_lines(const std::vector<std::string>& examples) {
    std::string out;
    for (const std::string& example : examples) {
        out += "  ";
        for (const char c : example)
            out += c == '\n' ? std::string("\n  ") : std::string(1, c);
        out += '\n';
    }
    return out.empty() ? out : out + '\n';
}

std::string term_lines(const std::string& term, const std::string& meaning) {
    constexpr std::size_t column = 24;
    const std::string gap(column, ' ');
    std::string head = "  " + term;
    if (head.size() + 2 > column && terminal_width() != 0)
        return head + '\n' + gap + wrapped_behind(column, meaning, gap);
    head.resize(std::max(column, head.size() + 2), ' ');
    return head + wrapped_behind(head.size(), meaning, gap);
}

namespace {

// The first whose end fits.
constexpr std::pair<std::string_view, const char*> words_for_values[] = {
    {"-file", "FILE"},
    {"kubeconfig", "FILE"},
    {"-key", "FILE"},
    {"certificate", "FILE"},
    {"-config", "FILE"},
    {"certificate-authority", "FILE"},
    {"ttl", "DURATION"},
    {"deadline", "DURATION"},
    {"recheck", "DURATION"},
    {"session", "DURATION"},
    {"since", "TIME"},
    {"context", "CONTEXT"},
    {"namespace", "NAMESPACE"},
    {"audience", "AUDIENCE"},
    {"provider", "PROVIDER"},
    {"store", "STORE"},
    {"event", "EVENT"},
    {"limit", "NUMBER"},
    {"port", "PORT"},
    {"variable", "VARIABLE"},
    {"version", "VERSION"},
    {"template", "TEMPLATE"},
    {"region", "REGION"},
    {"slug", "SLUG"},
    {"email", "ADDRESS"},
    {"server", "URL"},
    {"url", "URL"},
    {"gateway", "URL"},
    {"site", "URL"},
    {"address", "URL"},
    {"issuer", "URL"},
    {"endpoint", "URL"},
    {"resource", "URL"},
    {"path", "PATH"},
    {"mount", "PATH"},
    {"command", "PROGRAM"},
    {"arg", "WORD"},
    {"env", "NAME=VALUE"},
    {"metadata", "KEY=VALUE"},
    {"label", "KEY=VALUE"},
    {"annotation", "KEY=VALUE"},
    {"selector", "LABELS"},
    {"role-in", "NAMESPACE/NAME"},
    {"reason", "TEXT"},
    {"sibling", "NAME"},
    {"auth", "METHOD"},
    {"method", "METHOD"},
    {"mode", "MODE"},
    {"type", "KIND"},
    {"credential", "KIND"},
    {"binding", "SCOPE"},
    {"oidc", "SOURCE"},
    {"lease", "ID"},
    {"jti", "ID"},
    {"run", "ID"},
    {"-id", "ID"},
    {"ssl", "BOOLEAN"},
    {"unauthorized", "BOOLEAN"},
    {"profile", "NAME"},
    {"account", "NAME"},
    {"secret", "NAME"},
    {"role", "NAME"},
    {"username", "NAME"},
    {"-name", "NAME"},
    {"environment", "SLUG"},
    {"interactive", "WHEN"},
    {"depends-on", "VARIABLE|FILE"},
};

} // namespace

std::string value_word(std::string_view name) {
    for (const auto& [end, word] : words_for_values)
        if (name.ends_with(end))
            return word;
    return "VALUE";
}

} // namespace leasehold::helper
