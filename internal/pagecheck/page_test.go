package pagecheck

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// browser opens the Chromium of the machine. Without one the test is skipped, or
// fails where CI is true.
func browser(t *testing.T) *Browser {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		const missing = "no Chromium is installed: install Debian's package chromium, or name the program in CHROMIUM"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	b, err := Open(context.Background(), path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(b.Close)
	return b
}

// pages are the HTML files of the directory PAGES; without it the gallery, the
// review of 200 services and what the quickstart writes.
func pages(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("PAGES")
	if dir == "" {
		dir = t.TempDir()
		for _, args := range [][]string{
			{"run", "./internal/gallery", "-out", filepath.Join(dir, "gallery.html")},
			{"run", "./internal/gallery", "-services", filepath.Join(dir, "services.html")},
			{"run", "./examples/quickstart", "-out", dir},
		} {
			cmd := exec.Command("go", args...)
			cmd.Dir = filepath.Join("..", "..")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("go %v: %v\n%s", args, err, out)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no HTML file in %q (%v)", dir, err)
	}
	return files
}

func TestPages(t *testing.T) {
	b := browser(t)
	limit, err := time.ParseDuration(os.Getenv("FIRST_PAINT"))
	if err != nil {
		limit = time.Hour // a figure, no bar
	}
	for _, file := range pages(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			problems, err := b.Check(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range problems {
				if i == 40 {
					t.Errorf("and %d more", len(problems)-i)
					break
				}
				t.Error(p)
			}
			paint, err := b.FirstPaint(file, 5)
			if err != nil {
				t.Fatal(err)
			}
			size, _ := os.Stat(file)
			t.Logf("%.1f MB, first contentful paint %v, median of %d", float64(size.Size())/1e6, paint[len(paint)/2], len(paint))
			if paint[len(paint)/2] > limit {
				t.Errorf("first contentful paint after %v, want %v at most", paint[len(paint)/2], limit)
			}
		})
	}
}
