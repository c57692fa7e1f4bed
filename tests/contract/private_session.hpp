// A desktop session of a test's own: private HOME and runtime directory, a real D-Bus daemon and,
// if asked for, a real GNOME Keyring in it.
#pragma once

#include "src/base/environment.hpp"
#include "tests/contract/program.hpp"

#include <string>
#include <vector>

namespace leasehold::test {

// The kernel's keyrings belong to a uid within a user namespace, and a test must not touch those of
// whoever runs it: this moves the process into a namespace of its own under its old uid, or, where
// none is to be had (a chroot, a container) and it is root, to the user nobody. Once, before
// anything else. False if the system allows neither.
[[nodiscard]] bool enter_own_keyring();

class PrivateSession {
public:
    PrivateSession();
    PrivateSession(const PrivateSession&) = delete;
    PrivateSession& operator=(const PrivateSession&) = delete;
    ~PrivateSession();

    void start_bus();
    // Unlocked, with a "login" collection as the default one.
    void start_keyring();
    // Started as a headless service would be: without a password, so that there is no collection.
    void start_keyring_without_password();
    void lock_keyring() const;
    // FAKE is a mode of the program fake_secret_service.
    void start_fake_service(const std::string& mode);
    // Program scripted_secret_service: works, and does what the script says once it is armed.
    void start_scripted_service(const std::vector<std::string>& script);
    void arm_service() const;
    // How often a method was called of the scripted service.
    [[nodiscard]] int calls(const std::string& method) const;
    void stop_service(); // SIGSTOP: it is there and says nothing
    void kill_service();

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] const Variables& variables() const { return variables_; }
    [[nodiscard]] Environment environment() const { return Environment(variables_); }
    // Runs a program inside the session to its end; its stdout.
    [[nodiscard]] std::string run(const std::vector<std::string>& argv,
                                  const std::string& input = {}) const;

private:
    void wait_for_service() const;
    [[nodiscard]] std::string service_log() const { return directory_ + "/service.log"; }

    std::string directory_;
    Variables variables_;
    Program bus_;
    Program service_;
};

// The program under test.
[[nodiscard]] std::string secret_service_child();

} // namespace leasehold::test
