// leasehold-secret-service: one request on stdin, one answer on stdout (secret_service_wire.hpp).
// The only program of ours with GLib and libsecret in it, so that what hangs or aborts in there
// takes nothing else with it.
#include "cache/secret_service/child/unlocking.hpp"
#include "cache/secret_service/child/vault.hpp"
#include "cache/secret_service/wire.hpp"
#include "src/base/fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace leasehold;
using namespace leasehold::cache;

void harden() {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)::umask(077);
}

// Our caller gives us no more than this already; a child that is run by hand obeys no SECRET_*,
// G_* or LD_* variable either (F17). GIO's modules (proxies, TLS, volumes) serve nothing here.
void clean_environment() {
    std::map<std::string, std::string> kept;
    for (const char* name : {"DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_RUNTIME_DIR"})
        if (const char* value = std::getenv(name))
            kept.emplace(name, value);
    (void)::clearenv();
    for (const auto& [name, value] : kept)
        (void)::setenv(name.c_str(), value.c_str(), 1);
    (void)::setenv("GIO_MODULE_DIR", "/dev/null", 1);
    (void)::setenv("GIO_USE_VFS", "local", 1);
}

// All of stdin; empty if it is more than any request.
Secret read_request() {
    constexpr std::size_t most = 256 * 1024;
    std::string text;
    text.reserve(most);
    std::array<char, 16 * 1024> buffer;
    while (true) {
        const ssize_t count = ::read(0, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        const auto size = static_cast<std::size_t>(count);
        if (text.size() + size > most)
            break;
        text.append(buffer.data(), size);
    }
    wipe(buffer.data(), buffer.size());
    return Secret::take(std::move(text));
}

template <class T, class Use>
SecretServiceAnswer answer_with(StoreResult<T> result, Use use) {
    SecretServiceAnswer answer;
    if (!result) {
        answer.fault = result.error().fault;
        answer.message = result.error().message;
        return answer;
    }
    use(answer, result);
    return answer;
}

SecretServiceAnswer perform(Vault& vault, const SecretServiceRequest& request) {
    const auto entries = [](SecretServiceAnswer& answer, auto& result) {
        answer.entries = *std::move(result);
    };
    const auto count = [](SecretServiceAnswer& answer, auto& result) { answer.count = *result; };
    const auto nothing = [](SecretServiceAnswer&, auto&) {};
    const bool keyed = is_key_digest(request.digest);
    if (request.operation == "get" && keyed)
        return answer_with(vault.get(request.digest), entries);
    if (request.operation == "put" && keyed)
        return answer_with(vault.put(request.digest, request.bytes), nothing);
    if (request.operation == "erase" && keyed)
        return answer_with(vault.erase(request.digest), nothing);
    if (request.operation == "list")
        return answer_with(vault.list(), entries);
    if (request.operation == "clear")
        return answer_with(vault.clear(), count);
    const std::string_view attributes = request.bytes.reveal();
    if (const std::size_t end = attributes.find('\n');
        request.operation == "find" && end != std::string_view::npos)
        return answer_with(vault.find(std::string(attributes.substr(0, end)),
                                      std::string(attributes.substr(end + 1))),
                           entries);
    SecretServiceAnswer answer;
    answer.fault = StoreFault::failed;
    answer.message = "the helper was asked for something it cannot do";
    return answer;
}

SecretServiceAnswer unlock(const SecretServiceRequest& request) {
    std::uint32_t limit = 0;
    const std::string_view text = request.bytes.reveal();
    (void)std::from_chars(text.data(), text.data() + text.size(), limit);
    return answer_with(unlock_default_collection(Milliseconds(limit)),
                       [](SecretServiceAnswer&, auto&) {});
}

SecretServiceAnswer serve(const SecretServiceRequest& request) {
    if (request.operation == "unlock")
        return unlock(request);
    SecretServiceAnswer answer;
    // A second time with a new session only if the first met an item it could not decrypt.
    for (bool again : {true, false}) {
        StoreResult<Vault> vault = Vault::open();
        if (!vault)
            return answer_with(std::move(vault), [](SecretServiceAnswer&, auto&) {});
        answer = perform(*vault, request);
        if (!again || !vault->met_spoiled_item())
            break;
    }
    return answer;
}

} // namespace

int main() {
    harden();
    clean_environment();
    const Secret text = read_request();
    const auto request = decode_request(text.reveal());
    if (!request) {
        (void)write_all(2, "leasehold-secret-service: no request on stdin; leasehold runs this\n");
        return 2;
    }
    const Secret answer = encode_answer(serve(*request));
    const bool written = write_all(1, answer.reveal()) == 0;
    // Without destructors: leaving the bus politely could hang.
    ::_exit(written ? 0 : 1);
}
