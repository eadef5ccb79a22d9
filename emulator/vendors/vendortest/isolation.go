package vendortest

import (
	"testing"
)

// isolation writes in a world and in its fork. Each sees its own change alone, a snapshot brings back what was, and the
// same request has the same answer again, generated ids included.
func (s *suite) isolation(t *testing.T) {
	r := newRig(t, s.vendor)
	start := string(r.world.Export().Format())
	s.each(t, func(t *testing.T, q request) {
		if q.op.Reads() {
			return
		}
		r.world.Restore(r.start)
		fork, err := r.world.Fork("fork")
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := r.emu.DeleteWorld("fork"); err != nil {
				t.Error(err)
			}
		}()
		there := r.sendTo("fork", q, r.owner)
		if now := string(r.world.Export().Format()); now != start {
			t.Errorf("%s\nin a fork changed the world that it came from", q)
		}
		after := string(fork.Export().Format())
		here := r.send(q, r.owner)
		same := here.Body == there.Body || q.op.Public || q.op.Mints // a public row that writes makes credentials too, by which worlds are told apart
		if !same || here.Status != there.Status {
			t.Errorf("%s\nanswered %d %s in the fork and %d %s in the world", q, there.Status, there.Body, here.Status, here.Body)
		}
		if string(fork.Export().Format()) != after {
			t.Errorf("%s\nchanged the fork of its world", q)
		}
		r.world.Restore(r.start)
		if now := string(r.world.Export().Format()); now != start {
			t.Errorf("%s\nleft something behind that a snapshot does not restore", q)
		}
		if again := r.send(q, r.owner); again.Body != here.Body || again.Status != here.Status {
			t.Errorf("%s\nanswered %d %s, and %d %s after a restore", q, here.Status, here.Body, again.Status, again.Body)
		}
	})
}
