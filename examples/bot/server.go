package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/examples/internal/measured"
	"github.com/srekit/ownership/examples/quickstart/catalog"
)

// bot answers commands. It may be used by many goroutines.
type bot struct {
	catalog  ownership.Catalog
	files    fs.FS // the catalog's folder, from which each answer reads its measurements
	secret   []byte
	now      func() time.Time
	at       time.Time // of the answers; zero means now
	link     string    // what pictures' addresses begin with
	pictures pictures
	patience time.Duration // that an answer may take; the chat gives up after three seconds
	turns    chan struct{} // answers that may be worked out at a time
}

// newBot reads a catalog, the bundled one if no folder is given. release closes it.
func newBot(folder string, secret []byte, at time.Time) (b *bot, release func(), err error) {
	b = &bot{secret: secret, now: time.Now, at: at, patience: 2500 * time.Millisecond, turns: make(chan struct{}, 4)}
	release = func() {}
	if folder == "" {
		b.files = catalog.Files
	} else {
		root, err := os.OpenRoot(folder) // which refuses to leave the folder
		if err != nil {
			return nil, nil, err
		}
		b.files, release = root.FS(), func() { root.Close() }
	}
	if b.catalog, err = ownership.ReadCatalog(b.files, ownership.CatalogOptions{}); err == nil && len(b.catalog.Services) == 0 {
		err = errors.New("the catalog holds no service; write a service.yaml")
	}
	if err == nil && folder == "" && at.IsZero() {
		b.at, err = lastMeasurement(b.files)
	}
	if err != nil {
		release()
		return nil, nil, err
	}
	return b, release, nil
}

func lastMeasurement(files fs.FS) (time.Time, error) {
	points, err := measured.Points(files, "measurements")
	if err != nil || len(points) == 0 {
		return time.Time{}, err
	}
	return points[len(points)-1].Time, nil
}

// instant is what answers are for.
func (b *bot) instant() time.Time {
	if !b.at.IsZero() {
		return b.at
	}
	return b.now()
}

func (b *bot) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/commands", b.serveCommand)
	mux.HandleFunc("/pictures/{name}", b.servePicture)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, errors.New("nothing is here; commands go to /commands"))
	})
	return mux
}

// mostBody is the size of a request; those of the chat have some hundred bytes.
const mostBody = 16 << 10

func (b *bot) serveCommand(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, fmt.Errorf("commands are not asked for by %.20s; use POST", r.Method))
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(w, http.StatusUnsupportedMediaType, errors.New("the request is no form; send application/x-www-form-urlencoded"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("the request is larger than %d bytes; write a shorter command", mostBody))
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, errors.New("the request ended too early; send it anew"))
		return
	}
	if err := b.verify(r.Header, body); err != nil {
		refuse(w, http.StatusUnauthorized, err)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		refuse(w, http.StatusBadRequest, errors.New("the request is no form; encode it as application/x-www-form-urlencoded"))
		return
	}
	if form.Get("ssl_check") == "1" { // the chat looks whether anybody answers
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), b.patience)
	defer cancel()
	a, err := b.answer(ctx, form.Get("command"), unescape.Replace(form.Get("text")))
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("this takes too long just now; ask for less, or again in a minute")
	}
	if err != nil { // which the chat shows only with this status
		refuse(w, http.StatusOK, err)
		return
	}
	text := plain(a.text)
	if name := b.pictures.put(b.secret, a.picture); name != "" {
		text += "\n<" + b.link + "/pictures/" + name + "|" + plain(a.title) + ">"
	}
	if a.private {
		send(w, http.StatusOK, "ephemeral", text)
		return
	}
	send(w, http.StatusOK, "in_channel", text)
}

// refuse tells one person what is wrong, and the remedy.
func refuse(w http.ResponseWriter, status int, err error) {
	send(w, status, "ephemeral", plain(err.Error()))
}

// reply is what the chat shows. Markup is off: a name with asterisks keeps them.
type reply struct {
	To     string `json:"response_type"`
	Text   string `json:"text"`
	Markup bool   `json:"mrkdwn"`
}

func send(w http.ResponseWriter, status int, to, text string) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(reply{to, text, false}) // whoever has gone hears nothing
}

// The chat takes three characters for the begin or end of a mention or link, and
// sends what people type with them replaced.
var (
	escape   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)
