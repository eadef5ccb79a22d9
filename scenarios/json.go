package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (r *reader) json(src []byte) (node, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	j := jsonReader{reader: r, src: src, dec: dec, last: position{1, 1}}
	root, err := j.value(1)
	if err != nil {
		return node{}, err
	}
	at := j.next()
	if _, err := dec.Token(); err != io.EOF {
		return node{}, r.problem(at, "only white space may follow the closing brace")
	}
	return root, nil
}

type jsonReader struct {
	*reader
	src    []byte
	dec    *json.Decoder
	offset int // that last is the position of
	last   position
}

func (j *jsonReader) value(depth int) (node, error) {
	n := node{at: j.next()}
	if depth > maxDepth {
		return n, j.problem(n.at, "nested deeper than %d levels", maxDepth)
	}
	token, err := j.dec.Token()
	if err != nil {
		return n, j.syntax(err)
	}
	switch t := token.(type) {
	case string:
		n.kind, n.text = textual, t
	case json.Number:
		n.text = t.String()
	case bool:
		n.text = strconv.FormatBool(t)
	case nil:
		n.text = "null"
	case json.Delim:
		n.kind = list
		if t == '{' {
			n.kind = mapping
		}
		return j.kids(n, depth)
	}
	return n, nil
}

func (j *jsonReader) kids(n node, depth int) (node, error) {
	for j.dec.More() {
		var key string
		var keyAt position
		if n.kind == mapping {
			keyAt = j.next()
			token, err := j.dec.Token()
			if err != nil {
				return n, j.syntax(err)
			}
			key, _ = token.(string) // the decoder refuses any other key
		}
		kid, err := j.value(depth + 1)
		if err != nil {
			return n, err
		}
		kid.key, kid.keyAt = key, keyAt
		n.kids = append(n.kids, kid)
	}
	if _, err := j.dec.Token(); err != nil {
		return n, j.syntax(err)
	}
	return n, j.twice(&n)
}

// next is where the next token starts.
func (j *jsonReader) next() position {
	offset := int(j.dec.InputOffset())
	for offset < len(j.src) && strings.IndexByte(" \t\r\n,:", j.src[offset]) >= 0 {
		offset++
	}
	return j.place(offset)
}

// place turns rising offsets into positions in one pass over the text.
func (j *jsonReader) place(offset int) position {
	for ; j.offset < min(offset, len(j.src)); j.offset++ {
		switch b := j.src[j.offset]; {
		case b == '\n':
			j.last.line, j.last.column = j.last.line+1, 1
		case utf8.RuneStart(b):
			j.last.column++
		}
	}
	return j.last
}

func (j *jsonReader) syntax(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return j.problem(j.place(len(j.src)), "the text ends within a value")
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset > j.dec.InputOffset() {
		return j.problem(j.place(int(syntax.Offset)-1), "%v", err)
	}
	return j.problem(j.next(), "%v", err)
}
