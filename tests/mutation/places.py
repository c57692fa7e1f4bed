"""Where security hangs on conditions, and which tests hold them; survivors that change nothing."""

# By name: the target to build; which of its tests, or which Python program below tests/ runs it.
PROGRAMS = {
    "base": ("base_test", "*"),
    "yaml": ("yaml_test", "*"),
    "cache": ("cache_test", "*"),
    "keyring": ("keyring_test", "*"),
    "store-keyring": ("store_contract_test", "*/kernel_keyring"),
    "store-sealed": ("store_contract_test", "*/sealed"),
    "store-file": ("store_contract_test", "*/file"),
    "store-memory": ("store_contract_test", "*/memory"),
    "http": ("http_test", "*"),
    "lease": ("lease_test", "*"),
    "identity": ("identity_test", "*"),
    "vault": ("vault_test", "*"),
    "infisical": ("infisical_test", "*"),
    "exec": ("exec_test", "*"),
    "helper": ("helper_test", "*"),
    "document": ("document_test", "*"),
    "entry": ("entry_test", "*"),
    "wrap": ("wrap_test", "*"),
    "redact": ("redact_test", "*"),
    "lock": ("lock_test", "*"),
    "overtaken": ("overtaken_test", "*"),
    "kubeconfig-file": ("file_test", "*"),
    "golden": ("kubeconfig_golden_test", "*"),
    "exec-plugin": ("leasehold_full", "cli/exec_provider_test.py"),
    "matrix": ("judge_chains", "integration/chain_matrix_test.py"),
    "chains": ("leasehold_full", "integration/chains_test.py"),
    "tls": ("leasehold_full", "integration/tls_test.py"),
    "alerts": ("leasehold_full", "integration/alerts_test.py"),
    "sessions": ("leasehold_full", "integration/tls_session_test.py"),
    "wire": ("leasehold_full", "integration/wire_test.py"),
    "proxy": ("leasehold_full", "integration/proxy_test.py"),
    "authorities": ("leasehold_full", "integration/system_authorities_test.py"),
}

KEYRING = ["keyring", "store-keyring"]
SEALED = ["keyring", "store-sealed"]
EDITS = ["document", "wrap", "entry", "golden"]
FILES = ["kubeconfig-file", "lock", "overtaken", "golden"]
CHAINS = ["http", "matrix"]
SESSION = ["alerts", "sessions", "wire", "tls"]
PLACES = {
    # Tokens: what is read as one, and for whom it may be.
    "src/lease/terms/jwt.cpp": ["lease"],
    "src/lease/kubernetes/api/token_request.cpp": ["lease"],
    "src/lease/kubernetes/api/requester.cpp": ["lease"],
    "src/lease/kubernetes/api/object.cpp": ["lease"],
    "src/lease/kubernetes/record.cpp": ["lease"],
    "src/lease/kubeconfig_user/exec_credential.cpp": ["lease"],
    "src/lease/kubeconfig_user/plugin_environment.cpp": ["lease"],
    "src/lease/vault/wire/lease_answer.cpp": ["vault"],
    "src/lease/vault/wire/auth_answer.cpp": ["vault"],
    "src/lease/infisical/wire/lease_answer.cpp": ["infisical"],
    "src/lease/infisical/login/session_answer.cpp": ["infisical"],
    "src/lease/identity/session.cpp": ["identity"],
    "src/lease/identity/session_keeper.cpp": ["identity"],
    "src/lease/identity/unverified_jwt.cpp": ["identity"],
    "src/lease/exec/provider.cpp": ["exec", "exec-plugin"],
    # Bindings: what a client's call may ask for.
    "src/lease/profile/profile.cpp": ["lease"],
    "helper/exec_protocol/binding.cpp": ["helper"],
    "helper/exec_protocol/request.cpp": ["helper"],
    "helper/exec_protocol/arguments.cpp": ["helper"],
    "helper/exec_protocol/answer.cpp": ["helper"],
    "helper/leasing/obtain.cpp": ["helper"],
    "helper/process/client_call.cpp": ["helper"],
    "helper/process/user_database.cpp": ["helper"],
    # Keys, and what is kept under them.
    "helper/leasing/keys.cpp": ["helper"],
    "cache/record/record.cpp": ["cache"],
    "cache/record/key.cpp": ["cache"],
    "cache/record/lifetime.cpp": ["cache"],
    "cache/record/named_lines.cpp": ["cache"],
    "cache/token_cache.cpp": ["cache"],
    "cache/notes/clearance.cpp": ["keyring"],
    "cache/notes/handing.cpp": ["cache"],
    "cache/notes/lock.cpp": ["cache"],
    "cache/notes/refusal.cpp": ["cache"],
    "cache/kernel_keyring/keyring.cpp": KEYRING,
    "cache/kernel_keyring/quota.cpp": SEALED,
    "cache/kernel_keyring/sealed_files.cpp": SEALED,
    "cache/kernel_keyring/sealing_key.cpp": SEALED,
    "cache/kernel_keyring/store.cpp": KEYRING,
    "cache/secret_service/wire.cpp": ["cache"],
    "src/base/seal.cpp": ["base", "keyring"],
    "src/base/secret.cpp": ["base"],
    # Rules for files, and for text that comes from elsewhere.
    "cache/store/entry_files.cpp": ["cache", "store-file", "store-memory"],
    "cache/store/entry_directories.cpp": ["cache", "store-memory"],
    "cache/store/file_store.cpp": ["cache", "store-file"],
    "cache/store/memory_store.cpp": ["cache", "store-memory"],
    "cache/store/private_directory.cpp": ["cache", "store-file"],
    "cache/store/stored_entry.cpp": ["cache", "store-file"],
    "src/base/files.cpp": ["base"],
    "src/base/secret_file.cpp": ["base"],
    "src/base/url.cpp": ["base"],
    "src/base/json.cpp": ["base"],
    "src/base/json_elements.cpp": ["base"],
    "src/base/base64.cpp": ["base"],
    "src/base/names.cpp": ["base"],
    "src/base/hostile_text.cpp": ["base"],
    "src/base/time.cpp": ["base"],
    "src/base/yaml.cpp": ["yaml"],
    # TLS, and the ways to it.
    "src/http/subject_names.cpp": [*CHAINS, "chains"],
    "src/http/certificate_names.cpp": CHAINS,
    "src/http/certificate_rules.cpp": [*CHAINS, "chains"],
    "src/http/chain_search.cpp": [*CHAINS, "chains"],
    "src/http/name_constraints.cpp": CHAINS,
    "src/http/rsa_signature.cpp": CHAINS,
    "src/http/pem.cpp": [*CHAINS, "chains"],
    "src/http/tls_context.cpp": SESSION,
    "src/http/tls_failure.cpp": SESSION,
    "src/http/connection.cpp": SESSION,
    "src/http/request_text.cpp": ["http"],
    "src/http/proxy_environment.cpp": ["http"],
    "src/http/proxy.cpp": ["http"],
    "src/http/connect_tunnel.cpp": ["proxy"],
    "src/http/socks_tunnel.cpp": ["proxy"],
    "src/http/system_anchors.cpp": ["http", "authorities"],
    # Kubeconfigs: what is changed, what is shown, how it is written.
    "kubeconfig/document/document.cpp": EDITS,
    "kubeconfig/document/upsert.cpp": EDITS,
    "kubeconfig/document/remove.cpp": EDITS,
    "kubeconfig/document/compare.cpp": EDITS,
    "kubeconfig/document/wrap.cpp": EDITS,
    "kubeconfig/show/redact.cpp": ["redact"],
    "kubeconfig/file/file.cpp": FILES,
    "kubeconfig/file/lock.cpp": FILES,
    "kubeconfig/file/replacement.cpp": FILES,
}

# Survivors that change nothing that anybody could see, by file: the changed line, and why.
EQUIVALENT = {
    "src/http/certificate_names.cpp": {
        "if (!subject && !issuer)": "a name that was parsed is written unless memory is lacking",
    },
    "src/http/system_anchors.cpp": {
        "return size >= 0 && std::string_view(target.data(), "
        "static_cast<std::size_t>(size)).find('/') ==": "no link is empty",
    },
    "cache/store/entry_directories.cpp": {
        "const std::size_t first = digests.size() >= most ? any_place(digests.size()) : 0;":
            "where all are taken it is the same where one begins",
    },
    "cache/kernel_keyring/sealed_files.cpp": {
        "[[nodiscard]] bool ended(UnixTime now) const { return end != 0 && now > end; }":
            "nothing is handed out in its last second (cache/record/lifetime.hpp)",
    },
    "cache/kernel_keyring/keyring.cpp": {
        "if (key.id() <= 0 || ::keyctl_setperm(key.id(), permissions) != 0)":
            "no key has the number 0",
    },
    "kubeconfig/file/lock.cpp": {
        "while (sigtimedwait(&unwanted, nullptr, &now) >= 0) {": "no signal has the number 0",
    },
    "kubeconfig/document/upsert.cpp": {
        "if (!after && !same_but_for_name(before, *after->node))":
            "what was given a name is found by it",
    },
    "kubeconfig/document/compare.cpp": {
        "return left.kind == right.kind || left.items.empty() && right.items.empty() &&":
            "both are the mapping that a context is; only its name is edited",
    },
    "helper/leasing/obtain.cpp": {
        "if (time < Seconds(0))": "what is remembered for no time is not recalled",
    },
    "src/lease/kubernetes/api/token_request.cpp": {
        "return *date >= *claims.issued && is_near(*date, ours) ? date : claims.issued;":
            "where they are equal they are near, and that is answered before",
    },
    "src/lease/kubernetes/api/object.cpp": {
        "return c >= 'A' && c < 'Z' ? static_cast<char>(c - 'A' + 'a') : c;":
            "no kind has a Z",
    },
    "src/base/secret.cpp": {
        "return (size + page - 0) / page * page;": "it is mapped and unmapped with a page more",
        "if (size >= block_size - used_)": "the last that fits gets pages of its own, locked too",
    },
    "src/base/secret_file.cpp": {
        "return true;": "an open file, and the directories above it, can be looked at",
    },
    "src/base/files.cpp": {
        "for (std::size_t at = 0; at != std::string::npos && at <= path.size();) {":
            "no path at all is refused either way",
    },
    "helper/exec_protocol/answer.cpp": {
        "else if (byte <= 0x20)": "a space that is escaped is the same JSON",
        r"""more += static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\\' ? 5 : 0;""":
            "it is an upper bound",
    },
    "cache/record/record.cpp": {
        "if (bytes.size() > record_limit || bytes.size() <= line)":
            "a checksum alone is no record either",
    },
    "cache/record/named_lines.cpp": {
        "if (end == std::string_view::npos || end < name.size() ||":
            "where they are equal a line feed stands in the place of the space",
    },
    "cache/kernel_keyring/sealing_key.cpp": {
        "return end < 0 ? 0 : (end + hour_length - 1) / hour_length;": "of 0 both make 0",
    },
    "cache/notes/handing.cpp": {
        "if (noting != Noting::by_front)":
            "a system call more, or a descriptor more in a process that ends",
        "if (open == std::string_view::npos && at == std::string_view::npos || at < open)":
            "the kernel writes both parentheses",
    },
    "helper/process/user_database.cpp": {
        "buffer.size() <= most_for_an_entry)": "nobody's entry is a MiB long",
        # Where programs are static packaging/portable_test.py holds these two.
        "if (outcome->end != ChildOutcome::End::exited || outcome->status == 0)":
            "only static programs ask getent",
        "return entry && !is_static ? entry : ask_getent(uid);":
            "getent says what libc has said, where it is the same libc",
    },
}
