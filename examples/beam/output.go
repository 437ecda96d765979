package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// written is a file of results. It has its name only when what has been written is known to be complete: whoever fails
// and starts again leaves files behind whose names begin with tmp, which nobody reads.
type written struct {
	Name  string `json:",omitempty"` // without the folder; "" if there was nothing to write
	Temp  string `json:",omitempty"`
	Lines int64
	Bytes int64
}

// lineWriter writes lines to a file that it makes when the first one comes.
type lineWriter struct {
	written
	folder string
	fs     filesystem.Interface
	file   io.WriteCloser
	buf    *bufio.Writer
}

// newLineWriter returns the writer of a file, which has another name until it is committed: one that no other attempt
// has.
func newLineWriter(folder, name, tag string) *lineWriter {
	return &lineWriter{folder: folder, written: written{Name: name, Temp: tempName(tag) + name}}
}

func tempName(tag string) string { return fmt.Sprintf("tmp-%s-%s-", tag, rand.Text()) }

// write writes so many lines.
func (w *lineWriter) write(ctx context.Context, lines []byte, count int64) (err error) {
	if count == 0 {
		return nil
	}
	if w.file == nil {
		path := w.folder + "/" + w.Temp
		if w.fs, err = filesystem.New(ctx, path); err != nil {
			return err
		}
		if w.file, err = w.fs.OpenWrite(ctx, path); err != nil {
			return err
		}
		w.buf = bufio.NewWriterSize(w.file, 1<<16)
	}
	w.Lines += count
	w.Bytes += int64(len(lines))
	_, err = w.buf.Write(lines)
	return err
}

// close returns what was written. Local files are on the disk then.
func (w *lineWriter) close() (written, error) {
	if w.file == nil {
		return written{}, nil
	}
	err := w.buf.Flush()
	if f, ok := w.file.(interface{ Sync() error }); ok && err == nil {
		err = f.Sync()
	}
	return w.written, errors.Join(err, w.file.Close(), w.fs.Close())
}

// abort gives up.
func (w *lineWriter) abort() {
	if w.file != nil {
		w.file.Close()
		w.fs.Close()
	}
}

// commit gives files their names. What has its name already was committed by an attempt that failed later.
func commit(ctx context.Context, folder string, files []written) error {
	fs, err := filesystem.New(ctx, folder)
	if err != nil {
		return err
	}
	defer fs.Close()
	for _, w := range files {
		if w.Name == "" {
			continue
		}
		if _, err := fs.Size(ctx, folder+"/"+w.Temp); err == nil {
			if err := filesystem.Rename(ctx, fs, folder+"/"+w.Temp, folder+"/"+w.Name); err != nil {
				return err
			}
		}
		if err := checkSize(ctx, fs, folder, w); err != nil {
			return err
		}
	}
	return nil
}

// checkSize reports whether a file is as it was written.
func checkSize(ctx context.Context, fs filesystem.Interface, folder string, w written) error {
	size, err := fs.Size(ctx, folder+"/"+w.Name)
	if err != nil {
		return err
	}
	if size != w.Bytes {
		return fmt.Errorf("%s/%s has %d bytes, but %d were written", folder, w.Name, size, w.Bytes)
	}
	return nil
}

// writeFile writes a small file at once or not at all.
func writeFile(ctx context.Context, folder, name string, data []byte) error {
	w := newLineWriter(folder, name, "small")
	if err := w.write(ctx, data, 1); err != nil {
		w.abort()
		return err
	}
	file, err := w.close()
	if err != nil {
		return err
	}
	return commit(ctx, folder, []written{file})
}

// removeTemps removes what attempts with this tag left behind, if the file system can.
func removeTemps(ctx context.Context, folder, tag string) error {
	fs, err := filesystem.New(ctx, folder)
	if err != nil {
		return err
	}
	defer fs.Close()
	remover, ok := fs.(filesystem.Remover)
	if !ok {
		return nil
	}
	names, err := fs.List(ctx, folder+"/tmp-"+tag+"-*")
	for _, name := range names {
		err = errors.Join(err, remover.Remove(ctx, name))
	}
	return err
}
