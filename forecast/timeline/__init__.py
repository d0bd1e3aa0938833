"""Times: how they are written, which calendar they follow, how far apart they are."""
