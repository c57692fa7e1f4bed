#include "cache/secret_service/store.hpp"

#include "cache/notes/skip_marker.hpp"
#include "cache/secret_service/foreign_secret.hpp"
#include "cache/secret_service/session_bus.hpp"
#include "cache/secret_service/unlocking.hpp"
#include "cache/secret_service/wire.hpp"
#include "cache/store/stored_entry.hpp"
#include "src/base/error.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/process.hpp"

#include <ctime>

namespace leasehold::cache {
namespace {

StoreError service_error(StoreFault fault, const std::string& message, std::string hint = {}) {
    return {fault, "secret service: " + message, std::move(hint)};
}

std::string hint_for(StoreFault fault) {
    switch (fault) {
    case StoreFault::locked:
        return "unlock the login keyring: log in at the desktop, or open the keyring's manager";
    case StoreFault::timed_out:
        return "its daemon hangs: restart it";
    case StoreFault::unavailable:
    case StoreFault::full:
    case StoreFault::refused:
    case StoreFault::failed:
        break;
    }
    return {};
}

// All the child gets: no loader, GLib or libsecret variable can come from a kubeconfig (SS-8, F17).
std::map<std::string, std::string, std::less<>> child_environment(const Environment& ours,
                                                                  const std::string& bus) {
    std::map<std::string, std::string, std::less<>> theirs{{"DBUS_SESSION_BUS_ADDRESS", bus}};
    for (const char* name : {"HOME", "XDG_RUNTIME_DIR"})
        if (auto value = ours.get(name))
            theirs.emplace(name, *std::move(value));
    return theirs;
}

// Keeps the request's bytes from staying behind in the options.
class WipedInput {
public:
    explicit WipedInput(std::string& text) : text_(text) {}
    ~WipedInput() { wipe(text_); }
    WipedInput(const WipedInput&) = delete;
    WipedInput& operator=(const WipedInput&) = delete;

private:
    std::string& text_;
};

class SecretServiceStore final : public TokenStore {
public:
    explicit SecretServiceStore(SecretServiceSettings settings)
        : settings_(std::move(settings)), marker_(settings_.marker_directory) {}

    [[nodiscard]] std::string_view name() const override { return "secret-service"; }

    StoreResult<std::optional<Secret>> get(const CacheKey& key) override {
        LEASEHOLD_TRY_ASSIGN(SecretServiceAnswer answer, ask({"get", key.digest_hex(), {}}));
        if (answer.entries.empty())
            return std::optional<Secret>();
        auto entry = decode_entry(answer.entries.front().reveal());
        if (!entry || entry->digest != key.digest_hex() || entry->ended(::time(nullptr)))
            return std::optional<Secret>();
        return std::optional<Secret>(std::move(entry->bytes));
    }

    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        const UnixTime end = life == Seconds(0) ? 0 : ::time(nullptr) + life.count();
        LEASEHOLD_TRY(
            ask({"put", key.digest_hex(), encode_entry({key.digest_hex(), end, bytes.clone()})}));
        return {};
    }

    StoreResult<void> erase(const CacheKey& key) override {
        LEASEHOLD_TRY(ask({"erase", key.digest_hex(), {}}));
        return {};
    }

    StoreResult<std::vector<Secret>> list() override {
        LEASEHOLD_TRY_ASSIGN(const SecretServiceAnswer answer, ask({"list", "", {}}));
        std::vector<Secret> all;
        for (const Secret& text : answer.entries)
            if (auto entry = decode_entry(text.reveal()); entry && !entry->ended(::time(nullptr)))
                all.push_back(std::move(entry->bytes));
        return all;
    }

    // An item of another program's.
    StoreResult<std::optional<Secret>> find(const std::string& service,
                                            const std::string& username) {
        const std::string attributes = service + '\n' + username;
        LEASEHOLD_TRY_ASSIGN(SecretServiceAnswer answer,
                             ask({"find", "", Secret(std::string_view(attributes))}));
        if (answer.entries.empty())
            return std::optional<Secret>();
        return std::optional<Secret>(std::move(answer.entries.front()));
    }

    StoreResult<void> ask_to_unlock(Milliseconds limit) {
        const std::string text = std::to_string(limit.count());
        LEASEHOLD_TRY(ask({"unlock", "", Secret(std::string_view(text))}));
        return {};
    }

    StoreResult<std::size_t> clear() override {
        LEASEHOLD_TRY_ASSIGN(const SecretServiceAnswer answer, ask({"clear", "", {}}));
        return answer.count;
    }

private:
    StoreResult<SecretServiceAnswer> ask(const SecretServiceRequest& request) {
        if (const auto left = marker_.time_left(); left && !settings_.ignore_marker)
            return service_error(StoreFault::unavailable,
                                 "skipped for another " + std::to_string(left->count()) +
                                     " s, since it did not answer in time");
        LEASEHOLD_TRY_ASSIGN(const ChildOutcome outcome, run(request));
        if (outcome.end == ChildOutcome::End::timed_out)
            return hung();
        if (outcome.end != ChildOutcome::End::exited || outcome.status != 0)
            // An abort inside libsecret or GLib must look like a service that is not there (SS-10).
            return service_error(StoreFault::unavailable,
                                 "its helper failed: " + hostile_text(outcome.error_output));
        auto answer = decode_answer(outcome.output.reveal());
        if (!answer)
            return service_error(StoreFault::failed, "its helper's answer makes no sense");
        return judged(*std::move(answer));
    }

    StoreResult<ChildOutcome> run(const SecretServiceRequest& request) {
        auto bus = find_session_bus(settings_.environment);
        if (!bus && bus.error().fault == StoreFault::timed_out)
            marker_.set();
        if (!bus)
            return service_error(bus.error().fault, bus.error().message);
        ChildOptions options;
        options.argv = {settings_.child};
        options.environment = child_environment(settings_.environment, *bus);
        options.input = std::string(encode_request(request).reveal());
        options.output_limit = wire_limit;
        options.working_directory = "/";
        const WipedInput wiped(options.input);
        auto outcome = run_child(options, Deadline::after(settings_.limit));
        if (!outcome)
            return service_error(StoreFault::unavailable, outcome.error().message,
                                 "the installation is incomplete: reinstall leasehold");
        return *std::move(outcome);
    }

    StoreError hung() {
        marker_.set();
        return service_error(StoreFault::timed_out,
                             "no answer within " + std::to_string(settings_.limit.count()) + " ms",
                             hint_for(StoreFault::timed_out));
    }

    StoreResult<SecretServiceAnswer> judged(SecretServiceAnswer answer) {
        if (answer.fault == StoreFault::timed_out)
            return hung();
        marker_.remove(); // it talks, whatever it says
        if (answer.fault)
            return service_error(*answer.fault, hostile_text(answer.message),
                                 hint_for(*answer.fault));
        return answer;
    }

    SecretServiceSettings settings_;
    SkipMarker marker_;
};

} // namespace

StoreResult<std::optional<Secret>> find_foreign_secret(const SecretServiceSettings& settings,
                                                       const std::string& service,
                                                       const std::string& username) {
    return SecretServiceStore(settings).find(service, username);
}

StoreResult<void> ask_to_unlock(SecretServiceSettings settings, Milliseconds limit) {
    settings.limit += limit; // the daemon's share and the user's
    return SecretServiceStore(std::move(settings)).ask_to_unlock(limit);
}

std::unique_ptr<TokenStore> make_secret_service_store(SecretServiceSettings settings) {
    return std::make_unique<SecretServiceStore>(std::move(settings));
}

} // namespace leasehold::cache
