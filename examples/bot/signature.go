package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

// mostAge is how old a signed request may be, or ahead of the clock: what somebody
// has recorded is of no use after it.
const mostAge = 5 * time.Minute

// readSecret reads the signing secret. Errors never repeat it.
func readSecret(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-secret: %w", err)
	}
	data = bytes.TrimSpace(data)
	if len(data) < 16 || len(data) > 256 || bytes.ContainsAny(data, " \t\r\n") {
		return nil, fmt.Errorf("-secret %s: no signing secret, which is one line of 16 to 256 characters; copy it from the chat's settings of the app into the file", file)
	}
	return data, nil
}

// sign is the signature of a request, as Slack documents it ("Verifying requests
// from Slack", version v0): HMAC-SHA256 of v0:TIMESTAMP:BODY in hexadecimal digits.
func sign(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "v0:%s:", timestamp)
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// verify checks that a request is the chat's and was made just now.
func (b *bot) verify(h http.Header, body []byte) error {
	timestamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("the request has no timestamp; send X-Slack-Request-Timestamp in Unix seconds")
	}
	if !hmac.Equal([]byte(sign(b.secret, timestamp, body)), []byte(h.Get("X-Slack-Signature"))) {
		return errors.New("the signature is wrong; check that the bot has the signing secret of this app, and that no proxy changes the body")
	}
	if b.now().Sub(time.Unix(seconds, 0)).Abs() > mostAge {
		return fmt.Errorf("the request is more than %s from the bot's time; send it anew, and check both clocks", mostAge)
	}
	return nil
}
