#include "src/base/kubeconfig_form.hpp"
#include "src/base/utf16.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

std::string current(std::string_view text) {
    const auto document = read_kubeconfig_yaml(text, "f");
    return document ? std::string(document->text("current-context")) : document.error().message;
}

TEST(KubeconfigForm, TakesWhatKubectlTakes) {
    const std::string one = "current-context: a\n";
    for (const std::string& text :
         {one, one + "---\n", one + "...\n---\n# end\n", one + "---\ncurrent-context: b\n",
          one + "---\n{{{\n", "# front\n---\n" + one, "current-context: z\n" + one,
          "apiVersion: v1\nkind: Config\n" + one, "apiVersion:\nkind: null\n" + one,
          from_utf8("\xEF\xBB\xBF" + one, TextEncoding::utf16_little),
          from_utf8("\xEF\xBB\xBF" + one, TextEncoding::utf16_big)})
        EXPECT_EQ(current(text), "a") << text;
    EXPECT_EQ(current("---\n---\n" + one), "");
    EXPECT_EQ(current(""), "");
}

TEST(KubeconfigForm, RefusesFilesOfAnotherKind) {
    for (const char* text : {"apiVersion: apps/v1\nkind: Deployment\n", "kind: Secret\n",
                             "apiVersion: v2\n", "- a\n", "words\n"})
        EXPECT_NE(current(text).find("no kubeconfig"), std::string::npos) << current(text);
}

} // namespace
} // namespace leasehold
