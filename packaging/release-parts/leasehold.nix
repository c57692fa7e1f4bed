# For nix-env -f or callPackage; packaging/release fills in the words between at signs. The programs
# need no library and no patching.
{ stdenvNoCC ? (import <nixpkgs> { }).stdenvNoCC, fetchurl ? (import <nixpkgs> { }).fetchurl }:
stdenvNoCC.mkDerivation {
  pname = "leasehold";
  version = "@VERSION@";
  src = fetchurl ({
    # amd64:
    x86_64-linux = {
      url = "@URL@/leasehold-@VERSION@-linux-amd64.tar.gz";
      sha256 = "@SHA256_AMD64@";
    };
    # :amd64
    # arm64:
    aarch64-linux = {
      url = "@URL@/leasehold-@VERSION@-linux-arm64.tar.gz";
      sha256 = "@SHA256_ARM64@";
    };
    # :arm64
  }.${stdenvNoCC.hostPlatform.system});
  dontConfigure = true;
  dontBuild = true;
  dontStrip = true;
  dontPatchELF = true;
  installPhase = ''
    mkdir -p $out
    cp -r bin libexec share $out/
    mkdir -p $out/share/zsh/site-functions
    mv $out/share/zsh/vendor-completions/_leasehold $out/share/zsh/site-functions/
    rmdir $out/share/zsh/vendor-completions
  '';
  meta = {
    description = "Short-lived Kubernetes credentials from the secret store";
    license = "Apache-2.0";
    mainProgram = "leasehold";
    platforms = [ "x86_64-linux" "aarch64-linux" ];
  };
}
