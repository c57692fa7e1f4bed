#include "src/lease/stub/provider.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/secret_file.hpp"

#include <filesystem>

namespace leasehold::lease::stub {
namespace {

namespace fs = std::filesystem;

fs::path grants_of(const StubSettings& settings) {
    return fs::path(settings.desk) / "grants";
}

class Provider final : public LeaseProvider {
public:
    Provider(const StubSettings& settings, Outside outside)
        : settings_(settings), outside_(std::move(outside)) {}

    Result<Lease> lease(const LeaseRequest& request, Deadline) override {
        LEASEHOLD_TRY(ask_desk(settings_, outside_));
        const UnixTime now = outside_.clock.now().wall;
        const fs::path grants = grants_of(settings_);
        LEASEHOLD_TRY(make_private_directory(grants));
        int number = 1;
        while (fs::exists(grants / (settings_.ticket + '-' + std::to_string(number))))
            ++number;
        Lease lease;
        lease.id = settings_.ticket + '-' + std::to_string(number);
        lease.token = Secret("token-of-" + lease.id);
        lease.subject = "system:serviceaccount:stub:" + settings_.ticket;
        lease.life = request.ttl;
        lease.issued = now;
        lease.expires = now + request.ttl.count();
        lease.revocable = true;
        LEASEHOLD_TRY(write_file(grants / lease.id, std::to_string(lease.expires), 0600));
        return lease;
    }

private:
    const StubSettings& settings_;
    Outside outside_;
};

class Book final : public LeaseBook {
public:
    explicit Book(const StubSettings& settings) : settings_(settings) {}

    Result<std::vector<LeaseEntry>> list(Deadline) override {
        std::vector<LeaseEntry> entries;
        std::error_code none;
        for (const auto& file : fs::directory_iterator(grants_of(settings_), none)) {
            LeaseEntry entry;
            entry.id = file.path().filename();
            entry.subject = "system:serviceaccount:stub:" + settings_.ticket;
            LEASEHOLD_TRY_ASSIGN(const std::string text, read_file(file.path(), {}, "grant"));
            entry.expires = std::stoll(text);
            entry.revocable = entry.ours = true;
            entry.state = "active";
            entries.push_back(std::move(entry));
        }
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const auto entries, list(deadline));
        for (const LeaseEntry& entry : entries)
            if (entry.id == id)
                return std::optional(entry);
        return std::optional<LeaseEntry>();
    }

    Result<Renewal> renew(const std::string& id, Seconds, Deadline) override {
        return make_error(ErrorCode::denied,
                          "the desk renews nothing, nor " + leasehold::quoted(id));
    }

    Result<Revocation> revoke(const std::string& id, bool, Deadline) override {
        Revocation revocation;
        revocation.id = id;
        revocation.was_gone = !fs::remove(grants_of(settings_) / id);
        return revocation;
    }

private:
    const StubSettings& settings_;
};

} // namespace

Result<void> ask_desk(const StubSettings& settings, const Outside& outside) {
    LEASEHOLD_TRY_ASSIGN(const auto there, check_private_directory(settings.desk));
    if (!there)
        return make_error(ErrorCode::unreachable,
                          "there is no desk " + leasehold::quoted(settings.desk));
    if (const auto closed = read_file(settings.desk + "/closed", {}, "notice"))
        return make_error(ErrorCode::denied, "the desk is closed: " + hostile_text(*closed));
    const auto wanted = read_secret_file(settings.desk + "/pass", "pass");
    if (!wanted)
        return {};
    LEASEHOLD_TRY_ASSIGN(const auto shown, outside.stored_secret());
    if (!shown || shown->reveal() != wanted->reveal())
        return make_error(ErrorCode::denied, shown ? "the desk knows another pass" : "no pass");
    return {};
}

std::unique_ptr<LeaseProvider> make_provider(const StubSettings& settings, Outside outside) {
    return std::make_unique<Provider>(settings, std::move(outside));
}

std::unique_ptr<LeaseBook> make_book(const StubSettings& settings) {
    return std::make_unique<Book>(settings);
}

} // namespace leasehold::lease::stub
