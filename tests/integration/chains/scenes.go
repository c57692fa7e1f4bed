package main

import "fmt"

// Every leaf by every way, by the usual name; then by the plainest way what cannot be read, and every
// name that was called.
func allScenes() []scene {
	var scenes []scene
	ways, leaves := allWays(), allLeaves()
	for _, way := range ways {
		for _, leaf := range leaves {
			scenes = append(scenes, way.to(leaf, usualHost))
		}
	}
	for _, leaf := range brokenLeaves() {
		scenes = append(scenes, ways[0].to(leaf, usualHost))
	}
	for _, leaf := range namedLeaves() {
		for _, host := range hosts {
			scenes = append(scenes, ways[0].to(leaf, host))
		}
	}
	return scenes
}

func (w way) to(leaf leafKind, host string) scene {
	s := scene{name: fmt.Sprintf("%s, %s", leaf.name, w.name), host: host}
	made := leaf.issuedBy(w.issuer)
	s.leaf = made.der
	for _, p := range w.sent {
		s.sent = append(s.sent, p.der)
	}
	for _, p := range w.trusted {
		s.trusted = append(s.trusted, p.der)
	}
	if w.trustsLeaf {
		s.trusted = append(s.trusted, made.der)
	}
	return s
}
