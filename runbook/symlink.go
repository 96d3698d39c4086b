package runbook

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// maxHops is how many symbolic links one name may lead through, as on Linux. A
// cycle ends there, too.
const maxHops = 40

// Why a symbolic link is not followed.
var (
	errNoLinks   = errors.New("it is a symbolic link, and the file system does not tell where it leads")
	errOutside   = errors.New("it is a symbolic link that leads out of the folder")
	errHops      = errors.New("it is a symbolic link that leads through too many others, or in a circle")
	errFolder    = errors.New("it is a symbolic link to a folder, which is not entered")
	errNoFile    = errors.New("it is a symbolic link to what is no regular file")
	errNoTarget  = errors.New("it is a symbolic link to nothing")
	errLongNames = errors.New("it is a symbolic link to a very long path")
)

// followed is the path of the regular file that a symbolic link leads to, free of
// links. Every link on the way is resolved here, step by step, so that the file
// system is only asked about names below the folder: a target that is absolute or
// climbs above the folder is refused, even where it would come back.
func followed(fsys fs.FS, name string) (string, error) {
	links, ok := fsys.(fs.ReadLinkFS)
	if !ok {
		return "", errNoLinks
	}
	at, hops := ".", 0 // at is free of links
	for rest := name; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			if at == "." {
				return "", errOutside
			}
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		info, err := links.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", errNoTarget
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink != 0:
			if hops++; hops > maxHops {
				return "", errHops
			}
			target, err := links.ReadLink(next)
			if err != nil {
				return "", err
			}
			target = filepath.ToSlash(target)
			if strings.HasPrefix(target, "/") || filepath.VolumeName(target) != "" {
				return "", errOutside
			}
			if rest = target + "/" + rest; len(rest) > 8192 {
				return "", errLongNames
			}
		case !info.IsDir() && strings.Trim(rest, "/") != "":
			return "", errNoTarget
		default:
			at = next
		}
	}
	info, err := links.Lstat(at)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", errFolder
	case !info.Mode().IsRegular():
		return "", errNoFile
	}
	return at, nil
}
