#include "tests/contract/store_fixtures.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "cache/secret_service/store.hpp"
#include "cache/store/entry_files.hpp"
#include "cache/store/file_store.hpp"
#include "cache/store/memory_store.hpp"
#include "tests/support/keyring_forbidden.hpp"
#include "tests/support/process_store.hpp"

#include <cstdlib>
#include <filesystem>

namespace leasehold::test {
namespace {

// `share`: of the key quota; 0 seals every entry into a file.
template <int share>
class KeyringPlace final : public StorePlace {
public:
    KeyringPlace() { (void)open()->clear(); }
    ~KeyringPlace() override { (void)open()->clear(); }
    std::unique_ptr<cache::TokenStore> open() override {
        return cache::make_kernel_keyring_store({session_.directory() + "/run", share});
    }

private:
    PrivateSession session_;
};

std::string keyring_left_out() {
    return keyring_forbidden() ? no_keyring : "";
}

class SecretServicePlace final : public StorePlace {
public:
    SecretServicePlace() {
        session_.start_bus();
        session_.start_keyring();
    }
    std::unique_ptr<cache::TokenStore> open() override {
        return cache::make_secret_service_store(
            {.child = secret_service_child(),
             .environment = session_.environment(),
             .limit = Seconds(20), // a small machine may have others' work to do, too
             .marker_directory = session_.directory() + "/run"});
    }

private:
    PrivateSession session_;
};

class FilePlace final : public StorePlace {
public:
    std::unique_ptr<cache::TokenStore> open() override {
        return cache::make_file_store(session_.directory() + "/home/state/tokens");
    }

private:
    PrivateSession session_;
};

class MemoryPlace final : public StorePlace {
public:
    MemoryPlace() {
        std::string pattern = "/dev/shm/leasehold-contract-XXXXXX";
        if (::mkdtemp(pattern.data()) != nullptr)
            directory_ = pattern;
    }
    ~MemoryPlace() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    std::unique_ptr<cache::TokenStore> open() override {
        return cache::make_memory_store({directory_ + "/leasehold"});
    }

private:
    std::string directory_;
};

class ProcessPlace final : public StorePlace {
public:
    std::unique_ptr<cache::TokenStore> open() override { return cache::make_process_store(); }
};

template <class Place>
std::unique_ptr<StorePlace> make_place() {
    return std::make_unique<Place>();
}

} // namespace

const std::vector<StoreKind>& all_store_kinds() {
    static const std::vector<StoreKind> kinds{
        {.name = "kernel_keyring",
         .make = make_place<KeyringPlace<75>>,
         .left_out = keyring_left_out},
        {.name = "sealed", .make = make_place<KeyringPlace<0>>, .left_out = keyring_left_out},
        {.name = "secret_service", .make = make_place<SecretServicePlace>},
        {.name = "file", .make = make_place<FilePlace>},
        {.name = "memory",
         .make = make_place<MemoryPlace>,
         .left_out =
             [] {
                 return std::string(cache::is_on_memory_file_system("/dev/shm")
                                        ? ""
                                        : "/dev/shm is not in memory");
             }},
        {.name = "process", .make = make_place<ProcessPlace>, .shared = false},
    };
    return kinds;
}

} // namespace leasehold::test
