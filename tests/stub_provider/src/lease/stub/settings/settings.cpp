#include "src/lease/stub/settings/settings.hpp"

namespace leasehold::lease::stub {
namespace {

constexpr std::string_view own = "stub";

const auto table = std::to_array<Field<StubSettings>>({
    {{.key = "desk",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "desk",
      .help = "the directory that grants",
      .variables = {"STUB_DESK"},
      .needed = "any directory will do"},
     &StubSettings::desk},
    {{.key = "ticket",
      .form = FieldForm::slug,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "ticket",
      .help = "what to lease there",
      .needed = ""},
     &StubSettings::ticket},
    {{.key = "path",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "path",
      .help = "where the ticket lies"},
     &StubSettings::path},
    {{.key = "badge-variable",
      .form = FieldForm::text,
      .identity = Identity::of_login,
      .shown = Shown::if_set,
      .flag = "badge-variable",
      .help = "environment variable with the badge of who asks"},
     &StubSettings::badge_variable},
    {{.key = "window",
      .form = FieldForm::choice,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "window",
      .help = "left or right",
      .choices = "left right"},
     &StubSettings::window},
});

std::span<const Field<StubSettings>> fields() {
    return table;
}

} // namespace

StubSettings read_settings(SettingsSection section, const SettingsPaths& paths, LeaseTerms&) {
    StubSettings settings;
    read_fields(section, fields(), paths, settings);
    section.finish();
    return settings;
}

Fields settings_identity(const StubSettings& settings, Identity::Role role) {
    Fields identity;
    identify_fields(own, fields(), settings, role, identity);
    return identity;
}

Fields shown_settings(const StubSettings& settings, const LeaseTerms&) {
    Fields shown;
    show_fields(own, fields(), settings, shown);
    return shown;
}

std::vector<FieldGroup> setting_groups() {
    return {group_of(own, fields())};
}

} // namespace leasehold::lease::stub
