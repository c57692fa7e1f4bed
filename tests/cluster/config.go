package main

import (
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// auditPolicy records who did what, and never a request's or a response's
// body: tokens and Secrets must not end up in a file.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// writeKubeconfig writes DIR/NAME.kubeconfig, whose only context is NAME and
// authenticates with the client certificate NAME.crt. Everything is embedded,
// so that a test may copy the file elsewhere.
func writeKubeconfig(dir, name, server string) (string, error) {
	var contents [3][]byte
	for i, file := range []string{"ca.crt", name + ".crt", name + ".key"} {
		var err error
		if contents[i], err = os.ReadFile(filepath.Join(dir, file)); err != nil {
			return "", err
		}
	}
	config := api.NewConfig()
	config.Clusters["leasehold-test"] = &api.Cluster{Server: server, CertificateAuthorityData: contents[0]}
	config.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: contents[1], ClientKeyData: contents[2]}
	config.Contexts[name] = &api.Context{Cluster: "leasehold-test", AuthInfo: name}
	config.CurrentContext = name
	path := filepath.Join(dir, name+".kubeconfig")
	return path, clientcmd.WriteToFile(*config, path)
}

// apiServerArgs takes the path of an AuthenticationConfiguration, or "".
func apiServerArgs(port, authentication string) []string {
	args := []string{
		"--bind-address=127.0.0.1",
		"--secure-port=" + port,
		// The port is also held by `up`, see reservePort.
		"--permit-port-sharing=true",
		// Without these two it looks for an address of the host to publish in
		// the Endpoints of default/kubernetes. A machine without a network has
		// none, and loopback addresses are not allowed there.
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--etcd-servers=" + etcdEndpoint,
		"--tls-cert-file=apiserver.crt",
		"--tls-private-key-file=apiserver.key",
		"--client-ca-file=ca.crt",
		"--authorization-mode=Node,RBAC",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=service-account.key",
		"--service-account-signing-key-file=service-account.key",
		"--audit-policy-file=audit-policy.yaml",
		"--audit-log-path=audit.log",
		// Requests wait for their line, so that a test finds it in the log as
		// soon as it has the answer.
		"--audit-log-mode=blocking",
	}
	if authentication != "" {
		args = append(args, "--authentication-config="+authentication)
	}
	return args
}

func controllerManagerArgs(kubeconfig string) []string {
	return []string{
		"--kubeconfig=" + kubeconfig,
		// Only what the tests rely on. The aggregation controller is the one
		// that fills in the roles admin, edit and view.
		"--controllers=garbage-collector-controller,namespace-controller," +
			"serviceaccount-controller,root-ca-certificate-publisher-controller," +
			"clusterrole-aggregation-controller",
		"--use-service-account-credentials=true",
		"--root-ca-file=ca.crt",
		"--leader-elect=false",
		"--secure-port=0",
		// The default of 20 requests a second makes the start slow.
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}
}
