// leasehold-cluster is a real Kubernetes control plane for leasehold's tests:
// etcd, kube-apiserver, kube-controller-manager and kubectl of one release in
// one program.
//
// The components do not share a process. They register flags, feature gates
// and metrics in package-level registries and would collide there, so `up`
// starts this same program once per component and the first argument (or the
// name it was called by, for kubectl) says which one to be.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const usage = `usage:
  leasehold-cluster up [--dir DIR] [--keep]
  leasehold-cluster kubectl ARGS...
  leasehold-cluster version
`

func main() {
	if filepath.Base(os.Args[0]) == "kubectl" {
		runKubectl()
		return
	}
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}

	// Each component reads os.Args itself and expects its own name there.
	command := os.Args[1]
	os.Args = os.Args[1:]
	switch command {
	case "up":
		os.Exit(runUp(os.Args[1:]))
	case "version":
		fmt.Println(kubernetesVersion())
	case "kubectl":
		runKubectl()
	case "kube-apiserver":
		runAPIServer()
	case "kube-controller-manager":
		runControllerManager()
	case "etcd":
		runEtcd(os.Args[1:])
	default:
		fmt.Fprintf(os.Stderr, "leasehold-cluster: unknown command %q\n%s", command, usage)
		os.Exit(2)
	}
}
