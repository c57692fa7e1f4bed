// A step of a shared library: commands with a Kubernetes token of their own, asked for by the
// build's own JWT (plugin oidc-provider: a credential of the kind "OpenID Connect id token", whose
// audience the API server accepts).
//
//   withLease(credential: 'prod-jwt', server: 'https://prod.example:6443',
//             authority: 'ca.pem', namespace: 'ci', serviceAccount: 'deployer',
//             run: 'kubectl apply -f deploy/')
def call(Map lease) {
    for (name in ['credential', 'server', 'authority', 'namespace', 'serviceAccount', 'run']) {
        if (!lease[name]) {
            error("withLease: ${name} is missing")
        }
    }
    withCredentials([string(credentialsId: lease.credential, variable: 'LEASEHOLD_CI_JWT')]) {
        withEnv(["LEASEHOLD_CI_RUN=${lease.run}",
                 "LEASEHOLD_CI_SERVER=${lease.server}",
                 "LEASEHOLD_CI_AUTHORITY=${lease.authority}",
                 "LEASEHOLD_CI_NAMESPACE=${lease.namespace}",
                 "LEASEHOLD_CI_SERVICE_ACCOUNT=${lease.serviceAccount}",
                 "LEASEHOLD_CI_TTL=${lease.ttl ?: '1h'}",
                 "LEASEHOLD_CI_OPTIONS=${lease.options ?: ''}"]) {
            sh(script: libraryResource('leasehold-job.sh'), label: 'leasehold')
        }
    }
}
