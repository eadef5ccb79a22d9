package wire

import "net/http"

// drip sends the headers and then a few bytes of the body at a time. When the scenario is disarmed the rest follows at
// once.
func drip(a *Answer, f Fault) error {
	ctx, cancel := a.watched()
	defer cancel()
	a.declare(len(a.Body))
	rest := a.Body
	for first := true; rest != ""; first = false {
		if !first && a.Clock.Sleep(ctx, f.Every) != nil {
			break
		}
		n := min(f.Bytes, len(rest))
		a.send(rest[:n])
		rest = rest[n:]
	}
	if rest != "" && !a.disarmed() {
		panic(http.ErrAbortHandler) // the client or the server has gone
	}
	a.write(rest)
	return nil
}
