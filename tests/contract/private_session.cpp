#include "tests/contract/private_session.hpp"

#include "tests/contract/own_programs.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::test {
namespace {

constexpr const char* service_name = "org.freedesktop.secrets";

std::string make_directory() {
    std::string pattern = "/tmp/leasehold-session-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    return pattern;
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

// No service directories: nothing is started by itself, least of all the machine's own services.
std::string bus_configuration(const std::string& directory) {
    return "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
           "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
           "<busconfig><type>session</type><listen>unix:path=" +
           directory +
           "/run/bus</listen><auth>EXTERNAL</auth>"
           "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
           "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n";
}

} // namespace

namespace {

bool enter_own_user_namespace() {
    const std::string uid = std::to_string(::getuid());
    const std::string gid = std::to_string(::getgid());
    if (::unshare(CLONE_NEWUSER) != 0)
        return false;
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", uid + ' ' + uid + " 1");
    write_text("/proc/self/gid_map", gid + ' ' + gid + " 1");
    return std::to_string(::getuid()) == uid;
}

// One that is in the user database, since dbus-daemon wants that, and that nobody is.
bool become_nobody() {
    const passwd* nobody = ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;
    return nobody != nullptr && copy_own_programs_for(nobody->pw_uid, nobody->pw_gid) &&
           ::chdir("/") == 0 && ::setgroups(0, nullptr) == 0 &&
           ::setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) == 0 &&
           ::setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) == 0;
}

} // namespace

bool enter_own_keyring() {
    return enter_own_user_namespace() || become_nobody();
}

PrivateSession::PrivateSession() : directory_(make_directory()) {
    for (const char* name : {"/home", "/run"})
        (void)::mkdir((directory_ + name).c_str(), 0700);
    variables_ = {{"HOME", directory_ + "/home"},
                  {"XDG_RUNTIME_DIR", directory_ + "/run"},
                  {"PATH", "/usr/bin:/bin"}};
}

PrivateSession::~PrivateSession() {
    service_ = Program();
    bus_ = Program();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void PrivateSession::start_bus() {
    const std::string file = directory_ + "/bus.conf";
    write_text(file, bus_configuration(directory_));
    bus_ = Program(
        {"dbus-daemon", "--config-file=" + file, "--nofork", "--nopidfile", "--print-address=1"},
        variables_);
    const std::string address = bus_.read_line();
    if (address.empty())
        throw std::runtime_error("dbus-daemon did not start");
    variables_["DBUS_SESSION_BUS_ADDRESS"] = address;
}

void PrivateSession::start_keyring() {
    service_ = Program({"gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"},
                       variables_, "password of a test\n");
    wait_for_service();
}

void PrivateSession::start_keyring_without_password() {
    service_ =
        Program({"gnome-keyring-daemon", "--foreground", "--components=secrets"}, variables_);
    wait_for_service();
}

void PrivateSession::lock_keyring() const {
    const std::string answer =
        run({"dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets",
             "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
             "array:objpath:/org/freedesktop/secrets/collection/login"});
    if (answer.find("collection/login") == std::string::npos)
        throw std::runtime_error("the keyring could not be locked: " + answer);
}

void PrivateSession::start_fake_service(const std::string& mode) {
    service_ = Program({own_program(OwnProgram::fake_service), mode}, variables_);
    wait_for_service();
}

void PrivateSession::start_scripted_service(const std::vector<std::string>& script) {
    std::vector<std::string> argv{own_program(OwnProgram::scripted_service), service_log()};
    argv.insert(argv.end(), script.begin(), script.end());
    service_ = Program(argv, variables_);
    wait_for_service();
}

void PrivateSession::arm_service() const {
    write_text(service_log() + ".armed", "");
}

int PrivateSession::calls(const std::string& method) const {
    std::ifstream log(service_log());
    int count = 0;
    for (std::string line; std::getline(log, line);)
        count += line == method ? 1 : 0;
    return count;
}

void PrivateSession::stop_service() {
    service_.signal(SIGSTOP);
}

void PrivateSession::kill_service() {
    service_ = Program();
}

std::string PrivateSession::run(const std::vector<std::string>& argv,
                                const std::string& input) const {
    Program program(argv, variables_, input);
    std::string output = program.read_all();
    (void)program.wait();
    return output;
}

void PrivateSession::wait_for_service() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
        const std::string answer =
            run({"dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.NameHasOwner", std::string("string:") + service_name});
        if (answer.find("boolean true") != std::string::npos)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("no Secret Service came up on the private bus");
}

std::string secret_service_child() {
    return own_program(OwnProgram::secret_service_child);
}

} // namespace leasehold::test
