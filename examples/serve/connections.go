package main

import (
	"net"
	"net/http"
	"sync/atomic"
)

// connections counts those on which a request may be under way: that are new, or have begun one.
type connections struct {
	busy atomic.Int64
}

// connection is one of them.
type connection struct {
	*net.TCPConn
	busy bool // of its own goroutine, after that of Accept
}

// listener makes connections of what the other accepts.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &connection{TCPConn: tcp}, nil
	}
	return c, err
}

// note is told by net/http what happens to a connection.
func (s *connections) note(n net.Conn, state http.ConnState) {
	c, ok := n.(*connection)
	if !ok {
		return
	}
	if busy := state == http.StateNew || state == http.StateActive; busy != c.busy {
		c.busy = busy
		if busy {
			s.busy.Add(1)
		} else {
			s.busy.Add(-1)
		}
	}
}
