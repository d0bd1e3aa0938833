"""From bytes to cells: encodings, dialects, headers and numbers."""
