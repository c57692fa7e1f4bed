package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
)

// etcdEndpoint is where etcd listens and the API server finds it: a socket in
// the working directory of both, which is the cluster's private directory. A
// socket needs no port, and nobody but its owner gets at it. The path is
// relative because socket paths are limited to some hundred characters, while
// the directory's name may be as long as it likes.
const etcdEndpoint = "unix://etcd.sock"

// runEtcd serves one member from the working directory until it is killed.
func runEtcd(args []string) {
	flags := flag.NewFlagSet("etcd", flag.ExitOnError)
	dataDir := flags.String("data-dir", "etcd", "directory of the data")
	_ = flags.Parse(args)

	config := embed.NewConfig()
	config.Dir = *dataDir
	config.LogLevel = "warn"
	config.ListenClientUrls = []url.URL{{Scheme: "unix", Host: "etcd.sock"}}
	// There are no peers, yet etcd wants to listen for them. The advertised
	// URLs have to name a host and a port, but no one ever connects to them.
	config.ListenPeerUrls = []url.URL{{Scheme: "unix", Host: "peer.sock"}}
	config.EnableGRPCGateway = false
	// The data does not outlive the process, so waiting for the disk is in
	// vain; and a single member need not wait long before it elects itself.
	config.UnsafeNoFsync = true
	config.TickMs = 10
	config.ElectionMs = 100
	// Only etcd's own main function sets this; left at zero, every request is
	// logged as a slow one.
	config.WarningUnaryRequestDuration = embed.DefaultWarningUnaryRequestDuration

	etcd, err := embed.StartEtcd(config)
	if err == nil {
		err = <-etcd.Err()
	}
	fmt.Fprintln(os.Stderr, "etcd:", err)
	os.Exit(1)
}
