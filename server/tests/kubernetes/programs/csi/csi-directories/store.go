package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	volumes   = "volumes"
	snapshots = "snapshots"
)

// entry names a volume or a snapshot.
type entry struct{ kind, id string }

// store keeps each entry as a directory, with a file of the same name and the ending .size beside it.
type store struct{ root, hold string }

const lookAgain = 20 * time.Millisecond

func (s store) path(e entry) (string, error) {
	if e.id == "" || e.id != filepath.Base(e.id) || strings.HasPrefix(e.id, ".") {
		return "", status.Errorf(codes.InvalidArgument, "%q is not a name for one of the %s", e.id, e.kind)
	}
	return filepath.Join(s.root, e.kind, e.id), nil
}

func (s store) size(e entry) (int64, error) {
	path, err := s.path(e)
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(path + ".size")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, status.Errorf(codes.NotFound, "%s is not among the %s", e.id, e.kind)
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}

// create makes an entry with the content of another one, or empty. One that is there stays as it is: provisioners ask again.
// The entry has its name only once it is complete, so that a copy that broke off is not taken for a volume.
func (s store) create(ctx context.Context, e, source entry, size int64) error {
	path, err := s.path(e)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	partial := path + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.Mkdir(partial, 0o777); err != nil {
		return err
	}
	// Whoever a pod runs as: the mode that is asked for when a folder is made has the umask taken from it.
	if err := os.Chmod(partial, 0o777); err != nil {
		return err
	}
	if source != (entry{}) {
		if err := s.wait(ctx); err != nil {
			return err
		}
		if err := s.copy(source, partial); err != nil {
			return err
		}
	}
	if err := os.WriteFile(path+".size", []byte(strconv.FormatInt(size, 10)), 0o644); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

// wait returns once copies are not held up any more.
func (s store) wait(ctx context.Context) error {
	for s.hold != "" {
		if _, err := os.Stat(s.hold); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-time.After(lookAgain):
		}
	}
	return nil
}

func (s store) copy(source entry, target string) error {
	from, err := s.path(source)
	if err != nil {
		return err
	}
	output, err := exec.Command("cp", "--archive", "--reflink=auto", from+"/.", target).CombinedOutput()
	if err != nil {
		return status.Errorf(codes.Internal, "copying %s failed: %s", source.id, output)
	}
	return nil
}

// remove takes an entry away. One that is not there is no error: provisioners ask again.
func (s store) remove(e entry) error {
	path, err := s.path(e)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.RemoveAll(path + ".size")
}
