// A controller-runtime program, steered from stdin (see tests/clients/README.md). With -watch its
// manager tells each object that it reconciles.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

var watch = flag.Bool("watch", false, "tell what the manager reconciles, until stdin ends")

type answer struct {
	OK     int      `json:"ok"`
	Errors []string `json:"errors"`
}

func main() {
	flag.Parse() // --kubeconfig is controller-runtime's
	log.SetLogger(funcr.New(func(_, text string) { fmt.Fprintln(os.Stderr, text) }, funcr.Options{}))
	settings, err := config.GetConfigWithContext(flag.Arg(0))
	endIf(err)
	settings.QPS, settings.Burst = -1, 0
	lines := bufio.NewScanner(os.Stdin)
	if *watch {
		manager, err := ctrl.NewManager(settings, ctrl.Options{
			Cache:   cache.Options{DefaultNamespaces: map[string]cache.Config{"ci": {}}},
			Metrics: server.Options{BindAddress: "0"},
		})
		endIf(err)
		endIf(ctrl.NewControllerManagedBy(manager).For(&corev1.ConfigMap{}).Complete(&teller{}))
		go func() { endIf(manager.Start(context.Background())) }()
		for lines.Scan() {
		}
		return
	}
	reader, err := newReader(settings)
	endIf(err)
	for lines.Scan() {
		var count, parallel int
		if _, err := fmt.Sscan(lines.Text(), &count, &parallel); err != nil {
			os.Exit(2)
		}
		text, _ := json.Marshal(calls(reader, count, parallel))
		fmt.Println(string(text))
	}
}

type teller struct{}

func (*teller) Reconcile(_ context.Context, request ctrl.Request) (ctrl.Result, error) {
	text, _ := json.Marshal(map[string]string{"event": "added", "of": request.Name})
	fmt.Println(string(text))
	return ctrl.Result{}, nil
}

func endIf(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
