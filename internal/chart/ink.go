package chart

// State is what a mark says about health. It chooses colour and sign together.
// The zero value says nothing about health.
type State int

const (
	Neutral  State = iota // no statement: the mark takes a colour by its place
	OK                    // as it should be
	Info                  // worth knowing
	Warning               // needs attention
	Critical              // needs action now
	Unknown               // not measured
)

// String returns "neutral", "ok", "info", "warning", "critical" or "unknown";
// what is outside the list is "neutral".
func (s State) String() string {
	switch s {
	case OK:
		return "ok"
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Critical:
		return "critical"
	case Unknown:
		return "unknown"
	}
	return "neutral"
}

func (s State) ink() ink {
	switch s {
	case OK:
		return inkOK
	case Info:
		return inkInfo
	case Warning:
		return inkWarning
	case Critical:
		return inkCritical
	case Unknown:
		return inkUnknown
	}
	return inkMuted
}

// Theme chooses the colours of a picture.
type Theme int

const (
	// Auto follows the reader: the scheme of the browser or system
	// (prefers-color-scheme), unless an element around the picture carries
	// data-theme="light" or "dark", or data-jp-theme-light="true" or "false" as
	// notebook pages do.
	Auto  Theme = iota
	Light       // always light
	Dark        // always dark
)

// ink names one colour of the palette; light and dark hold its two values.
type ink uint8

const (
	inkNone ink = iota
	inkPaper
	inkText
	inkMuted
	inkGrid
	inkAxis
	inkOK
	inkInfo
	inkWarning
	inkCritical
	inkUnknown
	inkSeries0 // eight colours for series
)

const (
	seriesInks     = 8
	scaleInks      = 7 // steps of a heat map
	inkHeat0       = inkSeries0 + seriesInks
	inkDiverging0  = inkHeat0 + scaleInks
	inkCount       = inkDiverging0 + scaleInks
	variablePrefix = "--"
)

// seriesInk returns the colour of the i-th series; the list repeats.
func seriesInk(i int) ink {
	if i < 0 {
		i = 0
	}
	return inkSeries0 + ink(i%seriesInks)
}

func heatInk(i int) ink      { return inkHeat0 + ink(i) }
func divergingInk(i int) ink { return inkDiverging0 + ink(i) }

// inks holds for every ink its name in the style sheet, its value on light and
// its value on dark paper.
var inks = [inkCount]struct{ name, light, dark string }{
	inkNone:     {"none", "none", "none"},
	inkPaper:    {"paper", "#ffffff", "#14181e"},
	inkText:     {"text", "#1b2128", "#e8ecf1"},
	inkMuted:    {"muted", "#59636e", "#a3adb8"},
	inkGrid:     {"grid", "#e3e7eb", "#2b323b"},
	inkAxis:     {"axis", "#8b949e", "#6b7580"},
	inkOK:       {"ok", "#08a58f", "#66f2da"},
	inkInfo:     {"info", "#3f69d3", "#0085d2"},
	inkWarning:  {"warn", "#c37e20", "#f4ce3a"},
	inkCritical: {"crit", "#b50006", "#df5c16"},
	inkUnknown:  {"unkn", "#535863", "#a6a6a6"},

	// The families of hues are those of Okabe and Ito (2008); lightness and
	// chroma are chosen so that each stands out from its paper and that the
	// least distance between two is large for every kind of colour vision.
	// The tests hold the figures.
	inkSeries0 + 0: {"s0", "#064bae", "#3788ed"},
	inkSeries0 + 1: {"s1", "#e06810", "#d95701"},
	inkSeries0 + 2: {"s2", "#37a683", "#81f49d"},
	inkSeries0 + 3: {"s3", "#d566dd", "#fcbcff"},
	inkSeries0 + 4: {"s4", "#5d5c00", "#d0b91d"},
	inkSeries0 + 5: {"s5", "#1a3b4d", "#82b1b6"},
	inkSeries0 + 6: {"s6", "#6d707d", "#f9f9f9"},
	inkSeries0 + 7: {"s7", "#651100", "#9168a4"},

	inkHeat0 + 0: {"h0", "#ebf3f9", "#1d2b3a"},
	inkHeat0 + 1: {"h1", "#c3dcee", "#1f4262"},
	inkHeat0 + 2: {"h2", "#98c6e4", "#1f5b8c"},
	inkHeat0 + 3: {"h3", "#65abd6", "#2877b5"},
	inkHeat0 + 4: {"h4", "#338dc4", "#4a97d6"},
	inkHeat0 + 5: {"h5", "#0f6ba6", "#7fb9ea"},
	inkHeat0 + 6: {"h6", "#0b4778", "#c2defa"},

	inkDiverging0 + 0: {"d0", "#084c85", "#6db6f5"},
	inkDiverging0 + 1: {"d1", "#3b8ec5", "#3d84bd"},
	inkDiverging0 + 2: {"d2", "#a3cbe6", "#29506f"},
	inkDiverging0 + 3: {"d3", "#ebedef", "#2a3038"},
	inkDiverging0 + 4: {"d4", "#f7c49c", "#7a4520"},
	inkDiverging0 + 5: {"d5", "#e0792f", "#c96a25"},
	inkDiverging0 + 6: {"d6", "#a33a00", "#ffa45c"},
}
