package main

import (
	"fmt"
	"maps"
	"sync"

	"k8s.io/client-go/tools/metrics"
)

type pluginCalls struct {
	lock sync.Mutex
	seen map[string]int
}

var ofPlugin = pluginCalls{seen: map[string]int{}}

func (calls *pluginCalls) Increment(exitCode int, callStatus string) {
	calls.lock.Lock()
	defer calls.lock.Unlock()
	calls.seen[fmt.Sprintf("%s %d", callStatus, exitCode)]++
}

func countPluginRuns() {
	metrics.Register(metrics.RegisterOpts{ExecPluginCalls: &ofPlugin})
}

// How often the plugin has ended in which way, as "no_error 0".
func pluginRuns() map[string]int {
	ofPlugin.lock.Lock()
	defer ofPlugin.lock.Unlock()
	return maps.Clone(ofPlugin.seen)
}
