package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// A watch goes on with the token that it began with. A short one shows what a new one gets.
const watchSeconds = 2

// Starts what is inside an informer, with less patience. It writes a line of JSON for each object
// that appears and each request that fails, and one when all that were there have been seen.
func inform(client kubernetes.Interface) {
	maps := client.CoreV1().ConfigMaps("ci")
	seconds := int64(watchSeconds)
	reflector := cache.NewReflectorWithOptions(&cache.ListWatch{
		ListFunc: func(options metav1.ListOptions) (runtime.Object, error) {
			list, err := maps.List(context.Background(), options)
			tellError(err)
			return list, err
		},
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) {
			options.TimeoutSeconds = &seconds
			events, err := maps.Watch(context.Background(), options)
			tellError(err)
			return events, err
		},
	}, &corev1.ConfigMap{}, cache.NewUndeltaStore(appeared(), cache.MetaNamespaceKeyFunc),
		cache.ReflectorOptions{Backoff: &wait.Backoff{Duration: 500 * time.Millisecond, Factor: 1, Steps: 1}})
	go reflector.Run(nil)
}

// Gets all objects with each change, and tells those that are new.
func appeared() func(all []any) {
	known, synced := map[string]bool{}, sync.Once{}
	return func(all []any) {
		for _, object := range all {
			name := object.(*corev1.ConfigMap).Name
			if !known[name] {
				known[name] = true
				tell("added", name)
			}
		}
		synced.Do(func() { tell("synced", "") })
	}
}

func tellError(err error) {
	if err != nil {
		tell("error", err.Error())
	}
}

func tell(what, which string) {
	text, _ := json.Marshal(map[string]string{"event": what, "of": which})
	fmt.Println(string(text))
}
