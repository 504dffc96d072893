// server.go - a server of Go's own TLS and HTTP that responds to each request.
//
// usage: server PORT CHAIN KEY [NAME=VALUE]...
package main

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
)

func number(text string) uint16 {
	value, err := strconv.ParseUint(text, 0, 16)
	if err != nil {
		log.Fatal(err)
	}
	return uint16(value)
}

func configure(config *tls.Config, server *http.Server, name, value string) {
	switch name {
	case "version": // the only one
		config.MinVersion = number(value)
		config.MaxVersion = number(value)
	case "suite":
		config.CipherSuites = []uint16{number(value)}
	case "group":
		config.CurvePreferences = []tls.CurveID{tls.CurveID(number(value))}
	case "tickets":
		config.SessionTicketsDisabled = value == "off"
	case "records":
		config.DynamicRecordSizingDisabled = value == "large"
	case "client":
		config.ClientAuth = tls.RequestClientCert
		if value == "required" {
			config.ClientAuth = tls.RequireAnyClientCert
		}
	case "protocols":
		config.NextProtos = strings.Split(value, ",")
		if !strings.Contains(value, "h2") {
			server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		}
	case "keepalive":
		server.SetKeepAlivesEnabled(value == "on")
	default:
		log.Fatalf("unknown: %s", name)
	}
}

// Takes over the connection and sends this text, then closes it.
func sendRaw(writer http.ResponseWriter, text string) {
	connection, _, err := writer.(http.Hijacker).Hijack()
	if err != nil {
		log.Fatal(err)
	}
	io.WriteString(connection, text)
	connection.Close()
}

// What the mode of the responses is: legal ones, all of which say that the event
// was taken.
func respond(mode string, writer http.ResponseWriter) {
	switch mode {
	case "", "204":
		writer.WriteHeader(204)
	case "200":
		io.WriteString(writer, `{"workflow_run_id":1}`)
	case "202":
		writer.WriteHeader(202)
	case "hints":
		for i := 0; i < 8; i++ {
			writer.Header().Set("Link", "</style.css>; rel=preload")
			writer.WriteHeader(103)
		}
		writer.WriteHeader(204)
	case "processing":
		writer.WriteHeader(102)
		writer.WriteHeader(204)
	case "chunked":
		for _, text := range []string{`{"a":`, `"b`, `c"`, `}`} {
			io.WriteString(writer, text)
			writer.(http.Flusher).Flush()
		}
	case "trailers":
		writer.Header().Set("Trailer", "X-End")
		io.WriteString(writer, `{}`)
		writer.(http.Flusher).Flush()
		writer.Header().Set("X-End", "1")
	case "identity":
		writer.Header().Set("Transfer-Encoding", "identity")
		io.WriteString(writer, `{}`)
	case "close":
		writer.Header().Set("Connection", "close")
		writer.WriteHeader(204)
	case "http10":
		sendRaw(writer, "HTTP/1.0 204 No Content\r\n"+
			"X-GitHub-Request-Id: OTHER:1\r\n\r\n")
	case "http10-body":
		sendRaw(writer, "HTTP/1.0 200 OK\r\n"+
			"X-GitHub-Request-Id: OTHER:1\r\n\r\n{}")
	case "no-reason":
		sendRaw(writer, "HTTP/1.1 204 \r\nConnection: close\r\n"+
			"X-GitHub-Request-Id: OTHER:1\r\n\r\n")
	case "lower-case":
		sendRaw(writer, "HTTP/1.1 204 No Content\r\nconnection:CLOSE\r\n"+
			"x-github-request-id:OTHER:1\r\n\r\n")
	case "extensions":
		sendRaw(writer, "HTTP/1.1 200 OK\r\n"+
			"X-GitHub-Request-Id: OTHER:1\r\nConnection: close\r\n"+
			"Transfer-Encoding: chunked\r\n\r\n"+
			"2;name=value;other=\"a;b\"\r\n{}\r\n0\r\nX-End: 1\r\n\r\n")
	default:
		log.Fatalf("unknown: %s", mode)
	}
}

func main() {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	mode := ""
	server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], TLSConfig: config}
	for _, argument := range os.Args[4:] {
		name, value, _ := strings.Cut(argument, "=")
		if name == "response" {
			mode = value
		} else {
			configure(config, server, name, value)
		}
	}
	server.Handler = http.HandlerFunc(func(writer http.ResponseWriter,
		request *http.Request) {
		io.Copy(io.Discard, request.Body)
		writer.Header().Set("X-GitHub-Request-Id", "OTHER:1")
		respond(mode, writer)
	})
	log.Fatal(server.ListenAndServeTLS(os.Args[2], os.Args[3]))
}
