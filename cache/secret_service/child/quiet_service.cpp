#include "cache/secret_service/child/quiet_service.hpp"

namespace leasehold::cache {
namespace {

GVariant* refuse_to_prompt(SecretService*, SecretPrompt*, GCancellable*, const GVariantType*,
                           GError** error) {
    g_set_error_literal(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED,
                        "it would have to ask the user");
    return nullptr;
}

void switch_prompts_off(gpointer type_class, gpointer) {
    SECRET_SERVICE_CLASS(type_class)->prompt_sync = refuse_to_prompt;
}

} // namespace

GType quiet_service_type() {
    static const GType type = g_type_register_static_simple(
        SECRET_TYPE_SERVICE, "LeaseholdQuietService", sizeof(SecretServiceClass),
        switch_prompts_off, sizeof(SecretService), nullptr, static_cast<GTypeFlags>(0));
    return type;
}

} // namespace leasehold::cache
