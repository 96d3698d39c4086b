package main

import (
	"container/list"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What is kept of pictures. Who comes later is told to ask again.
const (
	mostPictures     = 256
	mostPictureBytes = 32 << 20
)

// pictures are those that answers lately linked to, by name. The zero value is
// empty; it may be used by many goroutines.
type pictures struct {
	mu    sync.Mutex
	named map[string]*list.Element
	order list.List // of picture, the one that was wanted last in front
	bytes int
}

type picture struct{ name, svg string }

// put keeps a picture and returns its name, which nobody can guess: 128 bits of an
// authentication code of what is drawn, so that the same picture is kept once. It
// is empty without a picture.
func (p *pictures) put(key []byte, svg string) string {
	if svg == "" || len(svg) > mostPictureBytes {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("picture:" + svg))
	name := hex.EncodeToString(mac.Sum(nil)[:16]) + ".svg"
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.named[name]; ok {
		p.order.MoveToFront(e)
		return name
	}
	if p.named == nil {
		p.named = map[string]*list.Element{}
	}
	p.named[name] = p.order.PushFront(picture{name, svg})
	p.bytes += len(svg)
	for p.order.Len() > mostPictures || p.bytes > mostPictureBytes {
		last := p.order.Remove(p.order.Back()).(picture)
		delete(p.named, last.name)
		p.bytes -= len(last.svg)
	}
	return name
}

func (p *pictures) get(name string) (svg string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.named[name]
	if !ok {
		return "", false
	}
	p.order.MoveToFront(e)
	return e.Value.(picture).svg, true
}

func (b *bot) servePicture(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, errors.New("pictures are only looked at; use GET"))
		return
	}
	name := r.PathValue("name")
	svg, ok := b.pictures.get(name)
	if !ok {
		refuse(w, http.StatusNotFound, errors.New("the picture is not kept any more; give the command again"))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml; charset=utf-8")
	// Pictures bring styles of their own, and nothing that runs or loads.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	h.Set("ETag", `"`+name+`"`)
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(svg))
}
