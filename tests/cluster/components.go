package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	"k8s.io/component-base/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"

	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl: the client auth plugins
)

// The functions below are the main functions of the released programs, less
// what a test has no use for (time zones of CronJobs, JSON logs, metrics).

func runKubectl() {
	// kubectl logs while its commands are being put together, before it has
	// parsed any flags: take the verbosity from the raw arguments.
	_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
}

func runAPIServer() {
	os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
}

func runControllerManager() {
	os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
}

// kubernetesVersion is the release that the build script linked in.
func kubernetesVersion() string {
	return version.Get().GitVersion
}
