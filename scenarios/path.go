package scenarios

import "strings"

// SplitPath splits a dotted path into its segments; \. is a dot in a segment, and \\ a backslash.
func SplitPath(path string) []string {
	var segments []string
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path) && (path[i+1] == '.' || path[i+1] == '\\'):
			i++
			b.WriteByte(path[i])
		case path[i] == '.':
			segments = append(segments, b.String())
			b.Reset()
		default:
			b.WriteByte(path[i])
		}
	}
	return append(segments, b.String())
}
