# Homebrew's formula; packaging/release fills in the words between at signs.
class Leasehold < Formula
  desc "Short-lived Kubernetes credentials from the secret store"
  homepage "@URL@"
  version "@VERSION@"
  license "Apache-2.0"
  depends_on :linux

  # amd64:
  on_intel do
    url "@URL@/leasehold-@VERSION@-linux-amd64.tar.gz"
    sha256 "@SHA256_AMD64@"
  end
  # :amd64
  # arm64:
  on_arm do
    url "@URL@/leasehold-@VERSION@-linux-arm64.tar.gz"
    sha256 "@SHA256_ARM64@"
  end
  # :arm64

  # The front finds the full program by its own place: both stay below one prefix.
  def install
    bin.install Dir["bin/*"]
    libexec.install Dir["libexec/*"]
    man1.install Dir["share/man/man1/*"]
    man5.install Dir["share/man/man5/*"]
    man7.install Dir["share/man/man7/*"]
    bash_completion.install Dir["share/bash-completion/completions/*"]
    fish_completion.install "share/fish/vendor_completions.d/leasehold.fish"
    zsh_completion.install "share/zsh/vendor-completions/_leasehold"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/leasehold version")
  end
end
