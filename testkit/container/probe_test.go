package container

import ("testing";"context")

func TestProbe(t *testing.T) {
	c, err := Run(context.Background(), "understudy:none")
	t.Log(c, err)
}
