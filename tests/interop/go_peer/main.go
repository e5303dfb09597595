// A transparency log as golang.org/x/mod/sumdb/{note,tlog} has it: the other side of tests/interop.
//
//	go_peer make DIR SIZE      writes a log of SIZE entries: vkey, checkpoint.N, inclusion.I.N, consistency.M.N
//	go_peer open VKEY NOTE     verifies a signed note and prints its text
//	go_peer cosigned LOG WITNESS NOTE
//	                           verifies a checkpoint with the log's key and, by litetlog, a witness's cosignature/v1
//	go_peer read VKEY DIR      verifies a directory of tiles: every entry by a proof of its own, every size by another
package main

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tlogx"
)

const origin = "go.example/log"

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir, name, text string) {
	check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
}

func lines(hashes []tlog.Hash) string {
	var text strings.Builder
	for _, hash := range hashes {
		fmt.Fprintln(&text, base64.StdEncoding.EncodeToString(hash[:]))
	}
	return text.String()
}

func makeLog(dir string, size int64) {
	signing, verifying, err := note.GenerateKey(rand.Reader, origin)
	check(err)
	signer, err := note.NewSigner(signing)
	check(err)
	write(dir, "vkey", verifying)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n := int64(0); n < size; n++ {
		hashes, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("entry %d", n)), reader)
		check(err)
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(n+1, reader)
		check(err)
		text := fmt.Sprintf("%s\n%d\n%s\n", origin, n+1, root)
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		check(err)
		write(dir, fmt.Sprintf("checkpoint.%d", n+1), string(signed))
		for index := int64(0); index <= n; index++ {
			path, err := tlog.ProveRecord(n+1, index, reader)
			check(err)
			write(dir, fmt.Sprintf("inclusion.%d.%d", index, n+1), lines(path))
			growth, err := tlog.ProveTree(n+1, index+1, reader)
			check(err)
			write(dir, fmt.Sprintf("consistency.%d.%d", index+1, n+1), lines(growth))
		}
	}
}

func open(vkey string, path string) *note.Note {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	signed, err := os.ReadFile(path)
	check(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	return opened
}

// What litetlog makes a verifier from.
type publicKey ed25519.PublicKey

func (key publicKey) Public() crypto.PublicKey { return ed25519.PublicKey(key) }

func (key publicKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("no private key")
}

func cosigned(log, witness, path string) {
	logVerifier, err := note.NewVerifier(log)
	check(err)
	parts := strings.SplitN(witness, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	cosigner, err := tlogx.NewCosignatureV1Signer(parts[0], publicKey(key[1:]))
	check(err)
	signed, err := os.ReadFile(path)
	check(err)
	opened, err := note.Open(signed, note.VerifierList(logVerifier, cosigner.Verifier()))
	check(err)
	if len(opened.Sigs) != 2 {
		check(fmt.Errorf("%d of 2 signed", len(opened.Sigs)))
	}
}

// Tiles as c2sp.org/tlog-tiles places them: the same bytes as Go's, without the height in the path.
type directory string

func (dir directory) Height() int { return 8 }

func (dir directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (dir directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(dir), path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func entries(dir string, size int64) [][]byte {
	var found [][]byte
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: 8, L: 0, N: n, W: 256}
		if size-n*256 < 256 {
			tile.W = int(size - n*256)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, path))
		check(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			found = append(found, data[2:2+length])
			data = data[2+length:]
		}
	}
	return found
}

func readLog(vkey, dir string) {
	text := strings.Split(open(vkey, filepath.Join(dir, "checkpoint")).Text, "\n")
	size, err := strconv.ParseInt(text[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(text[2])
	check(err)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory(dir))
	all := entries(dir, size)
	if int64(len(all)) != size {
		check(fmt.Errorf("%d entries, not %d", len(all), size))
	}
	for index, entry := range all {
		path, err := tlog.ProveRecord(size, int64(index), reader)
		check(err)
		check(tlog.CheckRecord(path, size, root, int64(index), tlog.RecordHash(entry)))
	}
	for earlier := int64(1); earlier <= size; earlier++ {
		old, err := tlog.TreeHash(earlier, reader)
		check(err)
		path, err := tlog.ProveTree(size, earlier, reader)
		check(err)
		check(tlog.CheckTree(path, size, root, earlier, old))
	}
	fmt.Println(size)
}

func main() {
	if len(os.Args) == 5 && os.Args[1] == "cosigned" {
		cosigned(os.Args[2], os.Args[3], os.Args[4])
		return
	}
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: go_peer make DIR SIZE | open VKEY NOTE | cosigned LOG WITNESS NOTE | read VKEY DIR")
		os.Exit(2)
	}
	argument := os.Args[2]
	switch os.Args[1] {
	case "make":
		size, err := strconv.ParseInt(os.Args[3], 10, 64)
		check(err)
		makeLog(argument, size)
	case "open":
		os.Stdout.WriteString(open(string(bytes.TrimSpace([]byte(argument))), os.Args[3]).Text)
	case "read":
		readLog(argument, os.Args[3])
	default:
		os.Exit(2)
	}
}
