package main

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Prints a verdict a line on the scenes that stand in a directory.
func judgeWritten(directory, seconds string) {
	at, err := strconv.ParseInt(seconds, 10, 64)
	must(err)
	index, err := os.Open(filepath.Join(directory, "scenes"))
	must(err)
	lines := bufio.NewScanner(index)
	for number := 0; lines.Scan(); number++ {
		parts := strings.Split(lines.Text(), "\t")
		shown := certificatesIn(filepath.Join(directory, fmt.Sprintf("%d.shown", number)))
		trusted := certificatesIn(filepath.Join(directory, fmt.Sprintf("%d.trusted", number)))
		s := scene{name: parts[0], host: parts[1], leaf: shown[0], sent: shown[1:],
			trusted: trusted, at: time.Unix(at, 0)}
		if err := s.judge(); err != nil {
			fmt.Printf("refused: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("accepted")
		}
	}
	must(lines.Err())
}

func certificatesIn(path string) (found [][]byte) {
	text, err := os.ReadFile(path)
	must(err)
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return found
		}
		found = append(found, block.Bytes)
	}
}
